"""GIFT, Moodle's text format: reading what its importer reads, ordering and our notes in comments besides."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from quizzes.exchange import notes
from quizzes.exchange.formats import decode
from quizzes.exchange.items import Item, OptionItem, Reading, Skipped, TargetItem, Written
from quizzes.exchange.texts import from_html, repaired, tidy

HUNDRED = Decimal(100)
_ESCAPED = re.compile(r"\\([~=#{}:\\>])")
_HIDDEN = re.compile(r"\\([~=#{}:\\>])")
_FORMAT = re.compile(r"^\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_TITLE = re.compile(r"^\s*::(.*?)::", re.DOTALL)
_WEIGHT = re.compile(r"^\s*%(-?[\d.,]+)%")
_ORDERING = re.compile(r"^>[^\n]*\n?")
_TRUE, _FALSE = {"T", "TRUE"}, {"F", "FALSE"}
GAP = "_____"


class Broken(ValueError):
    """One question cannot be read; its text says why."""


# --- Reading -------------------------------------------------------------------------------------------------------------


def read(data: bytes, *, name: str) -> Reading:
    """Questions are parted by blank lines outside braces; each broken one is skipped with the line it starts on."""
    reading = Reading("gift")
    for line, comments, text in _chunks(repaired(decode(data), reading)):
        label = str(_("line %(line)s") % {"line": line})
        try:
            item = _question(label, text)
        except Broken as fault:
            reading.skipped.append(Skipped(label, str(fault)))
            continue
        note = next((found for one in comments if (found := notes.read_note(one))), None)
        reading.items.append(notes.apply(note, item))
    return reading


def _chunks(text: str) -> Iterator[tuple[int, list[str], str]]:
    """(line, comments before it, text) of each question."""
    comments: list[str] = []
    lines: list[str] = []
    first, depth = 1, 0
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        bare = line.strip()
        if depth == 0 and bare.startswith("//"):
            comments.append(bare[2:].strip())
            continue
        if depth == 0 and bare.upper().startswith("$CATEGORY:"):
            continue
        if depth == 0 and not bare:
            if lines:
                yield first, comments, "\n".join(lines)
            if lines or not comments:
                comments = []
            lines = []
            continue
        if depth > 0 and bare.startswith("//"):
            continue
        if not lines:
            first = number
        lines.append(line)
        plain = _ESCAPED.sub("", line)
        depth = max(0, depth + plain.count("{") - plain.count("}"))
    if lines:
        yield first, comments, "\n".join(lines)


def _question(label: str, text: str) -> Item:
    hidden = _HIDDEN.sub(lambda found: chr(0xE000 + ord(found.group(1))), text)
    title = _TITLE.match(hidden)
    if title:
        hidden = hidden[title.end() :]
    start, end = hidden.find("{"), hidden.rfind("}")
    if start == -1:
        raise Broken(_("It has no answers in braces: a text, not a question."))
    if end < start:
        raise Broken(_("Its closing brace is missing."))
    before, body, after = hidden[:start], hidden[start + 1 : end], hidden[end + 1 :]
    markup = _FORMAT.match(before)
    kind = markup.group(1).lower() if markup else "moodle"
    before = before[markup.end() :] if markup else before
    after = after.strip().strip('";')
    stem = f"{before.rstrip()} {GAP} {after}" if after else before
    body, _hashes, general = body.partition("####")
    item = _answers(label, body.strip())
    item.stem = _text(stem, kind)
    item.explanation = _text(general, kind)
    return item


def _answers(label: str, body: str) -> Item:
    if not body:
        return Item(label, "long", "")
    head = re.split(r"[#\s]", body, maxsplit=1)[0].upper()
    if head in _TRUE | _FALSE:
        return _true_false(label, body, head in _TRUE)
    if body.startswith("#"):
        return _numeric(label, body[1:])
    if body.startswith(">"):
        return _ordering(label, body)
    parts = [part for part in re.split(r"(?=[~=])", body) if part.strip()]
    if not all(part[0] in "~=" for part in parts):
        raise Broken(_("An answer begins neither with = nor with ~."))
    if all("->" in part for part in parts):
        return _matching(label, parts)
    options = [_option(part) for part in parts]
    if all(part[0] == "=" for part in parts):
        return Item(label, "short", "", options)
    if any(part[0] == "=" for part in parts):
        for option in options:
            # Part of the marks for a near miss is kept, but only one option is the right one.
            option.correct = option.correct and option.fraction is None
        if sum(option.correct for option in options) > 1:
            raise Broken(_("Two answers of a single choice are marked as right."))
        return Item(label, "single", "", options)
    if not any(option.correct for option in options):
        raise Broken(_("No answer is marked as right."))
    return Item(label, "multiple", "", options)


def _true_false(label: str, body: str, is_true: bool) -> Item:
    _head, *said = body.split("#")
    # The first remark is for the wrong answer, the second for the right one.
    wrong, right = (_text(one) for one in [*said, "", ""][:2])
    options = [
        OptionItem(notes.TRUE, correct=is_true, why=right if is_true else wrong),
        OptionItem(notes.FALSE, correct=not is_true, why=wrong if is_true else right),
    ]
    return Item(label, "true_false", "", options)


def _ordering(label: str, body: str) -> Item:
    lines = _ORDERING.sub("", body, count=1).splitlines()
    return Item(label, "ordering", "", [OptionItem(_text(line)) for line in lines if line.strip()])


def _matching(label: str, parts: list[str]) -> Item:
    item = Item(label, "matching", "")
    places: dict[str, int] = {}
    for part in parts:
        left, _arrow, right = part[1:].partition("->")
        right = _text(right)
        if not right:
            raise Broken(_("A pair has no right side."))
        if right not in places:
            places[right] = len(item.targets)
            item.targets.append(TargetItem(right))
        left = _text(left)
        if left:
            item.options.append(OptionItem(left, target=places[right]))
    return item


def _numeric(label: str, body: str) -> Item:
    parts = [part for part in re.split(r"(?=[~=])", body) if part.strip()]
    if parts and parts[0][0] not in "~=":
        parts[0] = "=" + parts[0]
    options = []
    for part in parts:
        option = _option(part)
        if part[0] == "~":
            # "~#remark": what is said of any other number.
            continue
        number, tolerance = _range(option.text)
        options.append(OptionItem(number, True, option.why, option.fraction, tolerance))
    if not options:
        raise Broken(_("It has no number as its answer."))
    return Item(label, "numeric", "", options)


def _range(text: str) -> tuple[str, Decimal]:
    """A number and its tolerance, of "3:0.5", "1..5" or "3"."""
    try:
        if ".." in text:
            low, high = (Decimal(one.strip()) for one in text.split("..", 1))
            return f"{(low + high) / 2:f}", (high - low) / 2
        number, _colon, tolerance = text.partition(":")
        return f"{Decimal(number.strip()):f}", Decimal(tolerance.strip() or 0)
    except InvalidOperation:
        raise Broken(_("“%(text)s” is no number.") % {"text": text[:40]}) from None


def _option(part: str) -> OptionItem:
    right, text = part[0] == "=", part[1:]
    weight = _WEIGHT.match(text)
    fraction = None
    if weight:
        text = text[weight.end() :]
        fraction = Decimal(weight.group(1).replace(",", ".")) / HUNDRED
        if not -1 <= fraction <= 1:
            raise Broken(_("A weight is outside -100% to 100%."))
        right = fraction > 0
        if fraction in (0, 1):
            fraction = None
    answer, _hash, why = text.partition("#")
    return OptionItem(_text(answer), right, _text(why), fraction)


def _text(text: str, kind: str = "moodle") -> str:
    markup = _FORMAT.match(text)
    if markup:
        kind, text = markup.group(1).lower(), text[markup.end() :]
    # GIFT writes a line break as the two characters \n; real ones are blanks of the file.
    text = re.sub(r"\s*\n\s*", " ", text).replace("\\n", "\n")
    text = "".join(chr(ord(one) - 0xE000) if 0xE000 <= ord(one) < 0xE080 else one for one in text)
    return from_html(text)[0] if kind == "html" or re.search(r"</?\w+[^>]*>", text) else tidy(text)


# --- Writing -------------------------------------------------------------------------------------------------------------


def write(items: list[Item], *, title: str) -> Written:
    """Questions with pictures, gaps and areas of a picture have no form in GIFT and are left out."""
    left_out, parts = [], [f"// {' '.join(title.split())}"]
    for item in items:
        if item.pictures or any(option.pictures for option in item.options):
            left_out.append(Skipped(item.label, _("GIFT has no pictures.")))
        elif item.type not in _WRITERS:
            left_out.append(Skipped(item.label, _("GIFT has no such type of question.")))
        else:
            plain = item.type == "multiple" and all(option.fraction is None for option in item.options)
            body = _WRITERS[item.type](item)
            general = f"\n####{_escape(item.explanation)}" if item.explanation else ""
            parts.append(f"// {notes.note_of(item, plain_weights=plain)}\n{_escape(item.stem)}{{{body}{general}}}")
    return Written("\n\n".join(parts).encode() + b"\n", "questions.gift.txt", "text/plain; charset=utf-8", left_out)


def _escape(text: str) -> str:
    return re.sub(r"([~=#{}:\\])", r"\\\1", text).replace("\n", "\\n").replace("->", "-\\>")


def _why(option: OptionItem) -> str:
    return f"#{_escape(option.why)}" if option.why else ""


def _percent(fraction: Decimal) -> str:
    return f"%{(fraction * HUNDRED).normalize():f}%"


def _choice(item: Item) -> str:
    lines = []
    for option in item.options:
        mark = "=" if option.correct and option.fraction is None else "~"
        weight = _percent(option.fraction) if option.fraction is not None else ""
        lines.append(f"\n{mark}{weight}{_escape(option.text)}{_why(option)}")
    return "".join(lines) + "\n"


def _several(item: Item) -> str:
    right = sum(option.correct for option in item.options)
    plain = all(option.fraction is None for option in item.options)
    lines = []
    for option in item.options:
        share = (Decimal(1) / right if option.correct else Decimal(-1)) if plain else option.fraction or Decimal(0)
        lines.append(f"\n~{_percent(share.quantize(Decimal('0.0000001')))}{_escape(option.text)}{_why(option)}")
    return "".join(lines) + "\n"


def _short(item: Item) -> str:
    lines = []
    for option in item.options:
        earns = option.fraction if option.fraction is not None else Decimal(int(option.correct))
        weight = "" if earns == 1 else _percent(earns)
        lines.append(f"\n={weight}{_escape(option.text)}{_why(option)}")
    return "".join(lines) + "\n"


def _numbers(item: Item) -> str:
    lines = []
    for option in item.options:
        weight = _percent(option.fraction) if option.fraction is not None else ""
        number = option.text.strip().replace(",", ".")
        lines.append(f"\n={weight}{number}:{(option.tolerance or Decimal(0)).normalize():f}{_why(option)}")
    return "#" + "".join(lines) + "\n"


def _said(item: Item) -> str:
    true, false = item.options
    wrong, right = (false, true) if true.correct else (true, false)
    return f"{'TRUE' if true.correct else 'FALSE'}{_why(wrong) or '#'}{_why(right) or '#'}"


def _pairs(item: Item) -> str:
    lines = [
        f"\n={_escape(option.text)} -> "
        + (notes.NOWHERE if option.target is None else _escape(item.targets[option.target].text))
        for option in item.options
    ]
    used = {option.target for option in item.options}
    spare = [f"\n= -> {_escape(one.text)}" for place, one in enumerate(item.targets) if place not in used]
    return "".join(lines + spare) + "\n"


def _statements(item: Item) -> str:
    said = (notes.TRUE, notes.FALSE)
    lines = [f"\n={_escape(one.text)} -> {said[0] if one.correct else said[1]}" for one in item.options]
    used = {one.correct for one in item.options}
    lines += [f"\n= -> {word}" for word, value in zip(said, (True, False), strict=True) if value not in used]
    return "".join(lines) + "\n"


def _order(item: Item) -> str:
    return "> " + "".join(f"\n{_escape(one.text)}" for one in item.options) + "\n"


_WRITERS = {
    "single": _choice,
    "true_false": _said,
    "multiple": _several,
    "short": _short,
    "numeric": _numbers,
    "matching": _pairs,
    "zones": _pairs,
    "statements": _statements,
    "ordering": _order,
    "long": lambda item: "",
}
