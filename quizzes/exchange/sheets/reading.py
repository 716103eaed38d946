"""A table of questions in: each row one question, or the reason why not."""

import json
import re
from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from cms.text.folding import fold
from quizzes.exchange.docx.signs import truth_of, truths
from quizzes.exchange.items import Item, OptionItem, Reading, Skipped, TargetItem
from quizzes.exchange.sheets import columns as c
from quizzes.exchange.sheets.tables import Refusal, Row, of_text, of_workbook
from quizzes.kinds.typed import numbers_in


def read(data: bytes, *, name: str) -> Reading:
    """Read .xlsx or .csv. Raises Unreadable when there is no header, or the file is no sound table."""
    workbook = data.startswith(b"PK")
    reading = Reading("xlsx" if workbook else "csv")
    rows = of_workbook(data, reading) if workbook else of_text(data, reading)
    for row in rows:
        if not any(row.cells.values()) and not row.pictures:
            continue
        try:
            reading.items.append(_item(row))
        except Refusal as refusal:
            reading.skipped.append(Skipped(row.label, str(refusal)))
    return reading


def _item(row: Row) -> Item:
    if "fault" in row.pictures:
        raise Refusal(_("A picture of this row is damaged, or of an unknown kind."))
    if any(text.startswith("#") and text.endswith(("!", "?", "/A")) for text in row.cells.values()):
        raise Refusal(_("A formula of this row has no value, or an error. Open the file in Excel, save it and retry."))
    item = Item(row.label, _type(row), row.text("stem"))
    item.explanation, item.source = row.text("explanation"), row.text("source")
    item.topic = row.text("topic")
    item.difficulty = _level(row.text("difficulty"))
    item.scoring = _scoring(row.text("scoring"))
    if alt := row.text("picture"):
        if not row.holds_pictures:
            raise Refusal(_("A CSV table holds no pictures. Use .xlsx and put the picture into the cell “Hình”."))
        if "picture" not in row.pictures:
            raise Refusal(_("The cell “Hình” names a picture, but none is in the cell. Insert it there."))
        shown = [row.pictures["picture"], *row.more.get("picture", [])]
        # One line of the cell for each picture.
        for picture, words in zip(shown, alt.split("\n") if len(shown) > 1 else [alt], strict=False):
            picture.alt = words.strip()
    item.picture, item.more_pictures = row.pictures.get("picture"), row.more.get("picture", [])
    _READERS[item.type](row, item)
    _weights(row, item)
    _whys(row, item)
    return item


def _type(row: Row) -> str:
    word = c.key(row.text("type"))
    if word:
        if word not in c.TYPE_WORDS:
            raise Refusal(_("Unknown type: %(type)s.") % {"type": row.text("type")[:60]})
        return c.TYPE_WORDS[word]
    letters, answer = row.letters, row.text("answer")
    if len(letters) >= 2:
        if truths(answer, len(letters)) is not None and not (len(answer.strip()) == 1 and answer.strip() in letters):
            return "statements"
        if all(letter in row.pictures for letter in letters):
            return "picture_choice"
        return "single"
    if letters:
        raise Refusal(_("It has only one option."))
    if not answer:
        raise Refusal(_("It has neither options nor an answer."))
    return "numeric" if numbers_in(answer) else "short"


def _level(text: str) -> int | None:
    word = c.key(text)
    if not word:
        return None
    level = c.LEVELS.get(word) or (int(word[0]) if word[0] in "123" else None)
    if level is None:
        raise Refusal(_("Unknown level: %(level)s. Write 1, 2 or 3.") % {"level": text[:40]})
    return level


def _scoring(text: str) -> dict:
    if text.startswith("{"):
        try:
            told = json.loads(text)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise Refusal(_("The cell “Cách chấm” is not understood."))
        return told
    words = [c.key(one) for one in text.split(";") if one.strip()]
    if any(word not in c.SCORING for word in words):
        raise Refusal(_("The cell “Cách chấm” is not understood."))
    return dict(c.SCORING[word] for word in words)


def _chosen(row: Row) -> list[str]:
    """Letters of the right ones."""
    bare = re.sub(r"[\s,;./&|]+|và", "", row.text("answer"))
    letters = list(bare.upper())
    if not letters:
        raise Refusal(_("No answer is given in “Đáp án”."))
    if any(letter not in row.letters for letter in letters):
        raise Refusal(_("Its answer “%(answer)s” is none of its options.") % {"answer": row.text("answer")[:60]})
    return letters


def _options(row: Row) -> list[OptionItem]:
    options = []
    for letter in row.letters:
        picture = row.pictures.get(letter)
        text = row.text(letter)
        if picture is not None:
            text = text or _("Picture %(letter)s") % {"letter": letter}
            picture.alt = text
        more = row.more.get(letter, [])
        for one in more:
            one.alt = text
        options.append(OptionItem(text, picture=picture, more_pictures=more))
    return options


def _choice(row: Row, item: Item) -> None:
    item.options = _options(row)
    if item.type == "true_false" and not item.options:
        value = truth_of(row.text("answer"))
        if value is None:
            raise Refusal(_("Write Đ or S in “Đáp án”."))
        item.options = [OptionItem("Đúng", value), OptionItem("Sai", not value)]
        return
    if len(item.options) == 1:
        raise Refusal(_("It has only one option."))
    letters = _chosen(row)
    if item.type != "multiple" and len(letters) > 1:
        raise Refusal(
            _("Two right answers are given: %(letters)s. If several are right, write “Nhiều lựa chọn” in “Loại”.")
            % {"letters": ", ".join(letters)}
        )
    for letter, option in zip(row.letters, item.options, strict=True):
        option.correct = letter in letters


def _statements(row: Row, item: Item) -> None:
    item.options = _options(row)
    values = truths(row.text("answer"), len(item.options))
    if values is None:
        raise Refusal(_("Write Đ or S for each statement in “Đáp án”, such as: Đ, S, Đ, S."))
    for option, value in zip(item.options, values, strict=True):
        option.correct = value
    credit = row.text("credit")
    if credit and fold(credit) != fold(c.EQUAL_SHARES):
        shares = [c.number(one) for one in credit.split(";")]
        if any(one is None for one in shares) or len(shares) != len(values):
            raise Refusal(_("“Thang điểm” needs a number for each statement, such as: 0,1; 0,25; 0,5; 1."))
        item.credit = [c.plain(one) for one in shares if one is not None]
    elif not credit and len(values) == len(c.FOUR):
        item.credit = list(c.FOUR)


def _pairs(row: Row, item: Item) -> None:
    """ "Thủ đô → Hà Nội"; places in their order, and those to which nothing goes, in “Đáp án” apart by bars."""
    named = [one.strip() for one in row.text("answer").split("|") if one.strip()]
    for option in _options(row):
        left, arrow, right = (one.strip() for one in f"{option.text} ".partition(c.ARROW))
        if arrow and right not in named:
            named.append(right)
        item.options.append(OptionItem(left, target=named.index(right) if arrow else None))
    item.targets = [TargetItem(one) for one in named]


def _ordering(row: Row, item: Item) -> None:
    item.options = _options(row)


def _gaps(row: Row, item: Item) -> None:
    """Column A is gap 1: "chọn: *Hà Nội | Huế", "chữ: Tý | 50% tí", "số: 5 ± 0,5"."""
    for place, letter in enumerate(row.letters):
        kind_word, colon, rest = row.text(letter).partition(":")
        kind = c.GAP_KINDS.get(fold(kind_word).strip())
        if not colon or kind is None:
            raise Refusal(_("Column %(letter)s must begin with “chọn:”, “chữ:” or “số:”.") % {"letter": letter})
        item.targets.append(TargetItem(_("gap %(number)d") % {"number": place + 1}, kind))
        for part in rest.split("|"):
            if not part.strip():
                continue
            option = _accepted(part, numeric=kind == "number")
            option.target = place
            if kind == "select":
                option.correct = option.text.startswith("*") or (option.fraction is not None and option.fraction > 0)
                option.text = option.text.removeprefix("*").strip()
            item.options.append(option)


def _accepted(text: str, *, numeric: bool) -> OptionItem:
    share, rest = c.weighted(text)
    tolerance = None
    if numeric:
        rest, _sign, margin = (one.strip() for one in re.sub(r"\+/-|\+-", "±", rest).partition("±"))
        tolerance = c.number(margin) if margin else None
        if margin and tolerance is None:
            raise Refusal(_("“%(text)s” is no number.") % {"text": margin[:40]})
    return OptionItem(rest, share is None or share > 0, fraction=share, tolerance=tolerance)


def _typed(row: Row, item: Item) -> None:
    item.options = [
        _accepted(part, numeric=item.type == "numeric") for part in row.text("answer").split("|") if part.strip()
    ]


def _hotspot(row: Row, item: Item) -> None:
    """ "Đây @ 0, 0, 200, 200": left, top, width, height in thousandths of the picture."""
    letters = _chosen(row)
    for letter in row.letters:
        text, _at, numbers = row.text(letter).rpartition(c.AT.strip())
        parts = re.findall(r"\d+", numbers)
        if len(parts) != 4 or not text.strip():
            raise Refusal(
                _("Column %(letter)s needs a name and four numbers: Đây @ 0, 0, 200, 200.") % {"letter": letter}
            )
        area = [int(one) for one in parts]
        if not (area[2] and area[3] and area[0] + area[2] <= 1000 and area[1] + area[3] <= 1000):
            raise Refusal(_("The area in column %(letter)s reaches outside the picture.") % {"letter": letter})
        item.targets.append(TargetItem(text.strip(), area=area, correct=letter in letters))


def _lines(text: str) -> dict[str, str]:
    found = (re.match(r"\s*([A-Z])\s*:\s*(.*)", line, re.DOTALL) for line in text.split("\n") if line.strip())
    return {one.group(1): one.group(2).replace("\\n", "\n").strip() for one in found if one}


def _weights(row: Row, item: Item) -> None:
    for letter, text in _lines(row.text("weights").replace(";", "\n")).items():
        place = ord(letter) - ord("A")
        share = c.number(text.replace("%", ""))
        if share is None or place >= len(item.options) or abs(share) > 100:
            raise Refusal(_("The cell “Điểm từng ý” is not understood; write for example: A: 75%%; B: 25%%.") % {})
        item.options[place].fraction = (share / Decimal(100)).quantize(Decimal("0.000001")).normalize()


def _whys(row: Row, item: Item) -> None:
    for letter, text in _lines(row.text("whys")).items():
        if ord(letter) - ord("A") < len(item.options):
            item.options[ord(letter) - ord("A")].why = text


_READERS: dict[str, Callable[[Row, Item], None]] = {
    "single": _choice, "multiple": _choice, "true_false": _choice, "picture_choice": _choice, "statements": _statements,
    "matching": _pairs, "zones": _pairs, "ordering": _ordering, "gaps": _gaps, "numeric": _typed, "short": _typed,
    "hotspot": _hotspot, "long": lambda row, item: None,
}  # fmt: skip
