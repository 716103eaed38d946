"""Aiken: a question on one line, options `A.` or `A)`, then `ANSWER: B`."""

import re

from django.utils.translation import gettext_lazy as _

from quizzes.exchange.formats import decode
from quizzes.exchange.items import Item, OptionItem, Reading, Skipped
from quizzes.exchange.texts import repaired, tidy

_OPTION = re.compile(r"^\s*([A-Z])[.)]\s*(.*)$")
_ANSWER = re.compile(r"^\s*ANSWER\s*:\s*([A-Z])\s*$", re.IGNORECASE)


def read(data: bytes, *, name: str) -> Reading:
    """Every question ends at its ANSWER line. What cannot be understood is skipped with its line."""
    reading = Reading("aiken")
    text = repaired(decode(data), reading)
    stem: list[str] = []
    options: list[tuple[str, str]] = []
    first = 1
    for number, line in enumerate(text.splitlines(), start=1):
        answer, option = _ANSWER.match(line), _OPTION.match(line)
        if answer:
            _take(reading, f"{first}", stem, options, answer.group(1).upper())
            stem, options = [], []
        elif option and stem:
            options.append((option.group(1), option.group(2).strip()))
        elif line.strip():
            if options:
                reading.skipped.append(Skipped(_label(first), _("It has no ANSWER line.")))
                stem, options = [], []
            if not stem:
                first = number
            stem.append(line.strip())
    if stem or options:
        reading.skipped.append(Skipped(_label(first), _("It has no ANSWER line.")))
    return reading


def _label(line: int | str) -> str:
    return str(_("line %(line)s") % {"line": line})


def _take(reading: Reading, line: str, stem: list[str], options: list[tuple[str, str]], answer: str) -> None:
    label = _label(line)
    letters = [letter for letter, _text in options]
    if not stem or len(options) < 2:
        reading.skipped.append(Skipped(label, _("It has fewer than two options.")))
    elif len(set(letters)) < len(letters):
        reading.skipped.append(Skipped(label, _("Two options have the same letter.")))
    elif answer not in letters:
        reading.skipped.append(Skipped(label, _("The answer names an option that is not there.")))
    else:
        items = [OptionItem(tidy(text), correct=letter == answer) for letter, text in options]
        reading.items.append(Item(label, "single", tidy("\n".join(stem)), items))
