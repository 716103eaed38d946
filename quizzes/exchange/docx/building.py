"""One question's lines understood: its text, options or statements, and the right one, or why it is refused."""

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from quizzes.exchange.docx import signs
from quizzes.exchange.docx.lines import HOLE, Line, Look
from quizzes.exchange.docx.marks import Labelled, marked
from quizzes.exchange.items import Attachment, Item, OptionItem
from quizzes.exchange.texts import tidy
from quizzes.kinds.typed import numbers_in

if TYPE_CHECKING:
    from quizzes.exchange.docx.reading import Found

FOUR = ["0.1", "0.25", "0.5", "1"]
MOST = 8


class Refusal(ValueError):
    """Why a question is not taken, in a sentence."""


def build(found: "Found", told: list[str]) -> tuple[Item, list[str]]:
    """The item, and remarks on what was left out. Raises Refusal; nothing is ever guessed."""
    remarks: list[str] = []
    stem, options, lower = _split(found, remarks)
    for line in [*stem, *(option.line for option in options)]:
        _check(line, remarks)
    text, pictures = _stem(stem, remarks)
    item = Item(found.label, "", text)
    item.pictures = pictures
    item.explanation = tidy("\n".join(line.text.replace(HOLE, " ").replace("\t", " ") for line in found.explanation))
    if options and not lower:
        _choice(item, options, told, remarks)
    elif options:
        _statements(item, options, found.truths, told, remarks)
    elif found.essay and not told:
        item.type = "long"
    else:
        _typed(item, told)
    return item, remarks


def _check(line: Line, remarks: list[str]) -> None:
    if "object" in line.faults:
        raise Refusal(
            _(
                "It contains a MathType formula or another embedded object. Turn it into an equation of Word (in MathType: Convert Equations)."
            )
        )
    if "symbol" in line.faults:
        raise Refusal(_("It contains a sign of a symbol font. Type the sign itself, or write it as an equation."))
    if "drawing" in line.faults:
        raise Refusal(_("It contains a drawing, chart or text box of Word. Paste it as a picture."))
    if "picture" in line.faults:
        raise Refusal(
            _("A picture cannot be taken: it is linked, damaged, or in an old format (WMF, EMF). Paste it as PNG.")
        )
    if line.remarks:
        remarks.append(
            _("parts of a formula are not known here (%(parts)s); compare it with the paper.")
            % {"parts": ", ".join(dict.fromkeys(line.remarks))}
        )


# --- Text and labels apart ---


def _split(found: "Found", remarks: list[str]) -> tuple[list[Line], list[Labelled], bool]:
    """Stem, options or statements, and whether they are statements (small letters)."""
    if found.statements:
        return found.lines, [_bare(place, line) for place, line in enumerate(found.statements)], True
    for lower in (False, True):
        split = _labelled(found.lines, remarks, lower=lower)
        if split is not None:
            return *split, lower
    return found.lines, [], False


def _bare(place: int, line: Line) -> Labelled:
    letter = signs.starts_with_label(line, lower=True)
    text = line.part(letter.end()) if letter else line
    return Labelled("abcdefgh"[place], line.looks[letter.start(1)] if letter else Look(), text)


def _labelled(lines: list[Line], remarks: list[str], *, lower: bool) -> tuple[list[Line], list[Labelled]] | None:
    first = "a" if lower else "A"
    starts = [
        (place, one.group(1)) for place, line in enumerate(lines) if (one := signs.starts_with_label(line, lower=lower))
    ]
    at_starts = {letter for _place, letter in starts}
    begin = max((place for place, letter in starts if letter == first), default=None)
    if begin is None:
        begin = next(
            (place for place, line in enumerate(lines) if signs.labels_in(line, first, at_starts, lower=lower)), None
        )
    if begin is None:
        if not lower and len(starts) > 1:
            raise Refusal(
                _("Its options do not begin with A: %(letters)s.") % {"letters": ", ".join(x for _p, x in starts)}
            )
        return None
    stem = list(lines[:begin])
    options: list[Labelled] = []
    for line in lines[begin:]:
        expected = chr(ord(first) + len(options))
        labels = signs.labels_in(line, expected, at_starts - {expected}, lower=lower)
        start = signs.starts_with_label(line, lower=lower)
        if not labels:
            if start is not None and not line.continues:
                letters = ", ".join([option.letter for option in options] + [start.group(1)])
                raise Refusal(_("Its options are not in order: %(letters)s.") % {"letters": letters})
            _after(line, options, stem, remarks)
            continue
        head = line.part(0, labels[0][1])
        if head.words or head.pictures:
            if not options:
                stem.append(head)
            elif head.pictures and not head.words:
                _after(head, options, stem, remarks)
            else:
                options[-1].line = _joined(options[-1].line, head)
        for position, (letter, at, end) in enumerate(labels):
            until = labels[position + 1][1] if position + 1 < len(labels) else None
            options.append(Labelled(letter, line.looks[at], line.part(end, until)))
        # What is wrong with a line is wrong with the question, whichever part of it had it.
    if lower and len(options) < 2:
        return None
    if len(options) > MOST:
        raise Refusal(_("It has %(count)d options; at most 8 are possible.") % {"count": len(options)})
    return stem, options


def _after(line: Line, options: list[Labelled], stem: list[Line], remarks: list[str]) -> None:
    """What follows an option without a label: the rest of its paragraph, its picture, or the question's picture."""
    last = options[-1]
    if line.continues or (not last.line.words and not last.line.pictures):
        last.line = _joined(last.line, line)
    elif line.pictures and not line.words:
        stem.append(line)
    elif line.words:
        remarks.append(_("text after its options was left out: “%(text)s”") % {"text": line.words[:80]})
    if line.faults:
        stem.append(Line(faults=line.faults))


def _joined(first: Line, second: Line) -> Line:
    shift = len(first.text) + 1
    return Line(
        text=f"{first.text} {second.text}",
        looks=[*first.looks, first.looks[-1] if first.looks else Look(), *second.looks],
        pictures=first.pictures | {at + shift: one for at, one in second.pictures.items()},
        faults=first.faults + second.faults,
        remarks=first.remarks + second.remarks,
    )


def _stem(lines: list[Line], remarks: list[str]) -> tuple[str, list[Attachment]]:
    text = tidy("\n".join(line.text.replace(HOLE, " ").replace("\t", " ") for line in lines))
    pictures = [one for line in lines for one in line.pictures.values()]
    if not all(picture.alt for picture in pictures):
        remarks.append(_("its picture has no description for those who cannot see it. Add one."))
    return text, pictures


def _said(line: Line) -> str:
    text = tidy(" ".join(line.text.replace(HOLE, " ").split()))
    return text[:-1].rstrip() if text.endswith(";") else text


# --- Choices ---


def _choice(item: Item, options: list[Labelled], told: list[str], remarks: list[str]) -> None:
    if len(options) == 1:
        raise Refusal(_("It has only one option."))
    right = _right(options, told)
    item.type = "single"
    for place, option in enumerate(options):
        pictures = list(option.line.pictures.values())
        text = _said(option.line)
        if pictures and not text:
            text = pictures[0].alt or _("Picture %(letter)s") % {"letter": option.letter}
        if not text:
            raise Refusal(_("Option %(letter)s is empty.") % {"letter": option.letter})
        item.options.append(OptionItem(text, place == right))
        item.options[-1].pictures = pictures
    if all(option.picture for option in item.options):
        item.type = "picture_choice"


def _right(options: list[Labelled], told: list[str]) -> int:
    letters = [option.letter for option in options]
    marks = marked(options)
    named = {letter for answer in told for letter in _letters(answer)}
    if told and not named:
        raise Refusal(_("Its answer “%(answer)s” is none of its options.") % {"answer": told[0][:60]})
    if len(named) > 1:
        raise Refusal(_("Two right answers are given: %(letters)s.") % {"letters": ", ".join(sorted(named))})
    if named:
        letter = named.pop()
        if letter not in letters:
            raise Refusal(_("Its answer %(letter)s is none of its options.") % {"letter": letter})
        place = letters.index(letter)
        if marks.strong and marks.strong != {place}:
            other = ", ".join(letters[one] for one in sorted(marks.strong))
            raise Refusal(
                _("The key says %(letter)s, but %(other)s is marked in the text.") % {"letter": letter, "other": other}
            )
        return place
    if not marks.any:
        raise Refusal(_("No option is marked as right, and no answer is given."))
    if len(marks.any) > 1:
        shown = ", ".join(letters[one] for one in sorted(marks.any))
        raise Refusal(_("More than one option is marked as right: %(letters)s.") % {"letters": shown})
    return next(iter(marks.any))


def _letters(answer: str) -> list[str]:
    """ "B", "b.", "A, C", "AC", "A hoặc C" as letters; [] for anything else."""
    bare = re.sub(r"\b(?:và|hoặc|and|or)\b", " ", answer, flags=re.IGNORECASE)
    bare = re.sub(r"[\s.,;/&)(]+", "", bare)
    if re.fullmatch(r"[A-H]{1,8}|[a-h]", bare):
        return list(bare.upper())
    # "B. thực hiện trọn vẹn": the letter, then the option's words.
    match = re.match(r"([A-H])\s*[.):]\s*\S", answer)
    return [match.group(1)] if match else []


# --- Statements and typed answers ---


def _statements(
    item: Item, options: list[Labelled], ticked: list[bool | None] | None, told: list[str], remarks: list[str]
) -> None:
    item.type = "statements"
    values = _truths(options, ticked, told)
    for option, value in zip(options, values, strict=True):
        if option.line.pictures:
            raise Refusal(
                _("Statement %(letter)s has a picture; a statement holds only text.") % {"letter": option.letter}
            )
        text = _said(option.line)
        if not text:
            raise Refusal(_("Statement %(letter)s is empty.") % {"letter": option.letter})
        item.options.append(OptionItem(text, value))
    if len(values) == len(FOUR):
        item.credit = list(FOUR)


def _truths(options: list[Labelled], ticked: list[bool | None] | None, told: list[str]) -> list[bool]:
    ways: list[list[bool]] = []
    if ticked and any(value is not None for value in ticked):
        if any(value is None for value in ticked):
            raise Refusal(_("In its table, a statement is marked neither as right nor as wrong, or as both."))
        ways.append([bool(value) for value in ticked])
    for answer in told:
        values = signs.truths(answer, len(options))
        if values is None:
            raise Refusal(_("Its answer “%(answer)s” does not say Đ or S of each statement.") % {"answer": answer[:60]})
        ways.append(values)
    marks = marked(options)
    if marks.strong or marks.all_underlined:
        ways.append([marks.all_underlined or place in marks.strong for place in range(len(options))])
    elif not ways and marks.weak:
        ways.append([place in marks.weak for place in range(len(options))])
    if not ways:
        raise Refusal(_("Which statements are right is not shown: underline their letters, or give Đ and S."))
    if any(way != ways[0] for way in ways):
        raise Refusal(_("The key and the marks in the text say different things."))
    return ways[0]


def _typed(item: Item, told: list[str]) -> None:
    if not told:
        raise Refusal(_("It has neither options nor an answer."))
    if len({" ".join(answer.split()).casefold() for answer in told}) > 1:
        raise Refusal(_("Different answers are given: %(answers)s.") % {"answers": "; ".join(told)[:120]})
    accepted = [one.strip().rstrip(".").strip() for one in re.split(r"\s+hoặc\s+|\s*\|\s*", told[0])]
    accepted = [one for one in accepted if one]
    if not accepted or not any(letter.isalnum() for one in accepted for letter in one):
        raise Refusal(_("It has neither options nor an answer."))
    numeric = all(numbers_in(one) for one in accepted)
    item.type = "numeric" if numeric else "short"
    item.options = [OptionItem(one, True, tolerance=None) for one in dict.fromkeys(accepted)]
