"""A table of questions in: rows of every sheet that has a header, each row one question or the reason why not."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from cms.text import legacy
from cms.text.folding import fold
from media.checking import check_picture, real_type
from media.problems import FileRefused
from quizzes.exchange.docx.signs import truth_of, truths
from quizzes.exchange.items import Attachment, Item, OptionItem, Reading, Skipped, TargetItem, Unreadable
from quizzes.exchange.sheets import columns as c
from quizzes.exchange.texts import tidy
from quizzes.kinds.typed import numbers_in

MOST_ROWS, HEADER_WITHIN, MOST_COLUMNS = 10_000, 30, 60
MAX_UNPACKED = 200_000_000
PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


class Refusal(ValueError):
    """Why a row is not taken."""


@dataclass
class Row:
    label: str
    cells: dict[str, str]
    pictures: dict[str, Attachment] = field(default_factory=dict)
    holds_pictures: bool = True

    def text(self, name: str) -> str:
        return self.cells.get(name, "")

    @property
    def letters(self) -> list[str]:
        """The options that are there. A gap between them is refused: the letters of the answer would mean others."""
        there = sorted(name for name in {*self.cells, *self.pictures} if len(name) == 1)
        there = [one for one in there if self.cells.get(one) or one in self.pictures]
        if there and there != [chr(ord("A") + place) for place in range(len(there))]:
            raise Refusal(_("An option between others is empty: only %(letters)s are filled in.") % {"letters": ", ".join(there)})
        return there


def read(data: bytes, *, name: str) -> Reading:
    """Read .xlsx or .csv. Raises Unreadable when there is no header, or the file is no sound table."""
    workbook = data.startswith(b"PK")
    reading = Reading("xlsx" if workbook else "csv")
    rows = _of_workbook(data, reading) if workbook else _of_text(data, reading)
    for row in rows:
        if not any(row.cells.values()) and not row.pictures:
            continue
        try:
            reading.items.append(_item(row))
        except Refusal as refusal:
            reading.skipped.append(Skipped(row.label, str(refusal)))
    return reading


# --- Files ---


def _of_text(data: bytes, reading: Reading) -> list[Row]:
    text, _encoding = legacy.decode(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    try:
        table = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise Unreadable(_("The table is damaged: a cell never ends. Save it again as CSV or .xlsx.")) from None
    rows = _rows([[cell for cell in line] for line in table], [], "", reading)
    if rows is None:
        raise _no_header()
    for row in rows:
        row.holds_pictures = False
    return rows


def _no_header() -> Unreadable:
    return Unreadable(
        _("No row with the names of columns was found. It needs “Câu hỏi” and “Đáp án”; the template shows them all.")
    )


def _of_workbook(data: bytes, reading: Reading) -> list[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(part.file_size for part in package.infolist()) > MAX_UNPACKED or len(package.infolist()) > 5_000:
                raise Unreadable(_("This file unpacks to far more than a table holds. Save it again in Excel."))
            for part in package.infolist():
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.read(part)[:4096]:
                    raise Unreadable(_("The file defines entities of its own; such files are not read."))
            formulas = any(
                b"<f>" in (text := package.read(part)) or b"<f " in text
                for part in package.infolist()
                if part.filename.startswith("xl/worksheets/")
            )
        workbook = load_workbook(io.BytesIO(data), data_only=True)
        written = load_workbook(io.BytesIO(data)) if formulas else workbook
    except Unreadable:
        raise
    except Exception as error:
        # openpyxl, lxml and zipfile raise many kinds for a damaged package; each means the same to its owner.
        raise Unreadable(_("This Excel file is damaged and cannot be read. Save it again and retry.")) from error
    found: list[Row] = []
    headers = 0
    for sheet in workbook.worksheets:
        if sheet.max_row > MOST_ROWS + HEADER_WITHIN:
            raise Unreadable(_("There are more than %(count)d rows. Split the file.") % {"count": MOST_ROWS})
        cells = list(sheet.iter_rows(max_col=min(sheet.max_column, MOST_COLUMNS)))
        table = [[_shown(cell.value) for cell in line] for line in cells]
        if written is not workbook:
            _mark_uncounted(table, written[sheet.title])
        fonts = [[cell.font.name if isinstance(cell.value, str) and cell.font else None for cell in line] for line in cells]
        title = sheet.title if len(workbook.worksheets) > 1 else ""
        rows = _rows(table, fonts, title, reading, _pictures(sheet))
        if rows is not None:
            headers += 1
            found += rows
    if not headers:
        raise _no_header()
    return found


def _shown(value) -> str:
    """A cell's value as it reads: whole numbers without a point, days as Vietnamese write them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Đúng" if value else "Sai"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def _mark_uncounted(table: list[list[str]], written) -> None:
    """A formula that no program has calculated yet has no value to read: its row is refused."""
    for place, line in enumerate(written.iter_rows(max_row=len(table), max_col=len(table[0]) if table else 1)):
        for column, cell in enumerate(line):
            if cell.data_type == "f" and not table[place][column]:
                table[place][column] = "#N/A"


def _pictures(sheet) -> dict[tuple[int, int], list[bytes]]:
    """Pictures by row and column of their upper left corner, from 0."""
    found: dict[tuple[int, int], list[bytes]] = {}
    for image in getattr(sheet, "_images", []):
        corner = getattr(image.anchor, "_from", None)
        if corner is not None:
            found.setdefault((corner.row, corner.col), []).append(image._data())
    return found


def _rows(table, fonts, sheet: str, reading: Reading, pictures=None) -> list[Row] | None:
    """The rows below the header; None if there is none."""
    for place, line in enumerate(table[:HEADER_WITHIN]):
        names = _header(line)
        if names:
            break
    else:
        return None
    if len(table) - place > MOST_ROWS:
        raise Unreadable(_("There are more than %(count)d rows. Split the file.") % {"count": MOST_ROWS})
    texts = [cell for line in table[place + 1 :] for cell in line]
    known = [font for line in fonts[place + 1 :] for font in line] if fonts else None
    repairs = iter(found := legacy.repair_texts(texts, known))
    reading.before_after += [(one.before, one.after) for one in legacy.examples(found)]
    rows = []
    for number, line in enumerate(table[place + 1 :], start=place + 2):
        line = [repair.after if (repair := next(repairs)) else cell for cell in line]
        label = _("row %(number)d") % {"number": number}
        row = Row(f"{sheet}, {label}" if sheet else label, {})
        for column, name in names.items():
            if column < len(line):
                row.cells[name] = tidy(c.unguarded(line[column].strip()))
            for data in (pictures or {}).get((number - 1, column), []):
                _attach(row, name, data)
        rows.append(row)
    return rows


def _header(line: list[str]) -> dict[int, str]:
    names: dict[int, str] = {}
    for column, cell in enumerate(line):
        word = c.key(cell)
        letter = re.fullmatch(r"(?:phuong an |dap an |lua chon |option )?([a-z])", word)
        name = c.COLUMNS.get(word) or (letter.group(1).upper() if letter else "")
        if name and name not in names.values():
            names[column] = name
    return names if "stem" in names.values() and ({"answer", "A"} & set(names.values())) else {}


def _attach(row: Row, name: str, data: bytes) -> None:
    ending = PICTURES.get(real_type(data[:4096]), "")
    try:
        check_picture(data)
    except FileRefused:
        ending = ""
    if not ending or name in row.pictures:
        row.pictures["fault"] = Attachment("", b"")
        return
    row.pictures[name] = Attachment(f"hinh-{c.key(row.label).replace(' ', '-')}-{name.lower()}.{ending}", data)


# --- Questions ---


def _item(row: Row) -> Item:
    if "fault" in row.pictures:
        raise Refusal(_("A picture of this row is damaged, of an unknown kind, or one of two in one cell."))
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
        row.pictures["picture"].alt = alt
    item.picture = row.pictures.get("picture")
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
        options.append(OptionItem(text, picture=picture))
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
                option.correct = option.text.startswith("*") or option.fraction is not None and option.fraction > 0
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
            raise Refusal(_("Column %(letter)s needs a name and four numbers: Đây @ 0, 0, 200, 200.") % {"letter": letter})
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
