"""A table of questions out, and the template that teachers fill in."""

import io
import json
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from media.checking import real_type
from quizzes.exchange.items import Attachment, Item, OptionItem, Skipped, Written
from quizzes.exchange.sheets import columns as c

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_LETTERS, FEWEST = 20, 8
_SHOWN = ("image/png", "image/jpeg", "image/gif")


class _Cannot(ValueError):
    pass


def write(items: list[Item], *, title: str) -> Written:
    """An .xlsx with one row a question. What a cell cannot spell is left out and listed."""
    rows, left_out = [], []
    for item in items:
        try:
            rows.append((_cells(item), item))
        except _Cannot as fault:
            left_out.append(Skipped(item.label, str(fault)))
    workbook = Workbook()
    _sheet(workbook.active, rows)
    return Written(_saved(workbook), "cau-hoi.xlsx", XLSX, left_out)


def template() -> Written:
    """The table to fill in: an example of each type that a text can hold, and a sheet that explains the columns."""
    from quizzes.exchange.sheets.examples import EXPLANATIONS, examples

    workbook = Workbook()
    _sheet(workbook.active, [(_cells(item), item) for item in examples()])
    guide = workbook.create_sheet("Hướng dẫn")
    for line in EXPLANATIONS:
        guide.append(line)
    guide.column_dimensions["A"].width, guide.column_dimensions["B"].width = 22, 110
    for cells in guide.iter_rows():
        cells[0].font = Font(bold=True)
        cells[1].alignment = Alignment(wrap_text=True, vertical="top")
    return Written(_saved(workbook), "mau-cau-hoi.xlsx", XLSX)


def _saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _sheet(sheet, rows: list[tuple[dict[str, str], Item]]) -> None:
    sheet.title = "Câu hỏi"
    most = max([FEWEST, *(sum(len(name) == 1 for name in cells) for cells, _item in rows)])
    letters = [chr(ord("A") + place) for place in range(most)]
    names = ["stem", "type", *letters, *(name for name in c.TITLES if name not in {"stem", "type"})]
    sheet.append([c.TITLES.get(name, name) for name in names])
    for number, (cells, item) in enumerate(rows, start=2):
        for place, name in enumerate(names, start=1):
            if text := cells.get(name):
                cell = sheet.cell(number, place, c.guarded(ILLEGAL_CHARACTERS_RE.sub("", text)))
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        for name, pictures in _pictures(item).items():
            for picture in pictures:
                _place(sheet, picture, f"{get_column_letter(names.index(name) + 1)}{number}")
    for place, name in enumerate(names, start=1):
        head = sheet.cell(1, place)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DCE6F1")
        sheet.column_dimensions[get_column_letter(place)].width = 60 if name == "stem" else 24
    sheet.freeze_panes = "B2"


def _pictures(item: Item) -> dict[str, list[Attachment]]:
    found = {chr(ord("A") + place): one.pictures for place, one in enumerate(item.options) if one.pictures}
    return found | ({"picture": item.pictures} if item.pictures else {})


def _place(sheet, picture: Attachment, cell: str) -> None:
    image = Image(io.BytesIO(picture.data))
    scale = min(1, 160 / max(image.width, 1), 100 / max(image.height, 1))
    image.width, image.height = image.width * scale, image.height * scale
    sheet.add_image(image, cell)
    row = sheet.row_dimensions[sheet[cell].row]
    row.height = max(row.height or 0, 80)


def _cells(item: Item) -> dict[str, str]:
    if len(item.options) > MOST_LETTERS and item.type not in {"short", "numeric", "gaps"}:
        raise _Cannot(_("The table has columns for at most 20 options."))
    for picture in [one for pictures in _pictures(item).values() for one in pictures]:
        if real_type(picture.data[:4096]) not in _SHOWN:
            raise _Cannot(_("Excel shows no picture of this kind; store it as PNG or JPEG."))
    cells = {
        "stem": item.stem,
        "type": c.TYPES[item.type],
        "topic": item.topic,
        "difficulty": str(item.difficulty or ""),
        "explanation": item.explanation,
        "source": item.source,
        "picture": "\n".join(" ".join(one.alt.split()) or "Hình" for one in item.pictures),
        "scoring": _scoring(item.scoring),
    }
    cells |= _WRITERS[item.type](item)
    if item.type not in {"short", "numeric", "gaps"}:
        cells["weights"] = "; ".join(
            f"{_letter(place)}: {c.percent(one.fraction)}"
            for place, one in enumerate(item.options)
            if one.fraction is not None
        )
    if any(one.why for one in item.options):
        if len(item.options) > 26:
            raise _Cannot(_("The table has no room for the remarks of so many options."))
        cells["whys"] = "\n".join(
            f"{_letter(place)}: {one.why}".replace("\n", "\\n") for place, one in enumerate(item.options) if one.why
        )
    return cells


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _scoring(scoring: dict) -> str:
    words = [c.SCORING_WORDS.get((name, value)) for name, value in scoring.items() if isinstance(value, bool)]
    if len(words) == len(scoring) and all(words):
        return "; ".join(word for word in words if word)
    return json.dumps(scoring, ensure_ascii=False)


def _texts(item: Item) -> dict[str, str]:
    return {_letter(place): one.text for place, one in enumerate(item.options)}


def _choice(item: Item) -> dict[str, str]:
    return _texts(item) | {"answer": ", ".join(_letter(place) for place, one in enumerate(item.options) if one.correct)}


def _statements(item: Item) -> dict[str, str]:
    return _texts(item) | {
        "answer": ", ".join("Đ" if one.correct else "S" for one in item.options),
        "credit": "; ".join(item.credit) if item.credit else c.EQUAL_SHARES,
    }


def _pairs(item: Item) -> dict[str, str]:
    _free([one.text for one in item.options], c.ARROW.strip())
    _free([one.text for one in item.targets], c.ARROW.strip(), "|")
    cells = {
        _letter(place): one.text if one.target is None else f"{one.text}{c.ARROW}{item.targets[one.target].text}"
        for place, one in enumerate(item.options)
    }
    return cells | {"answer": c.BAR.join(one.text for one in item.targets)}


def _free(texts: list[str], *signs: str) -> None:
    for sign in signs:
        if any(sign in text for text in texts):
            raise _Cannot(_("A text contains “%(sign)s”, which separates things in this table.") % {"sign": sign})


def _accepted(option: OptionItem, *, numeric: bool) -> str:
    text = option.text
    if numeric and option.tolerance is not None:
        text += f"{c.MARGIN}{c.plain(option.tolerance)}"
    return f"{c.percent(option.fraction)} {text}" if option.fraction is not None else text


def _typed(item: Item) -> dict[str, str]:
    _free([one.text for one in item.options], "|")
    if any(c.weighted(one.text)[0] is not None or (not one.correct and one.fraction is None) for one in item.options):
        raise _Cannot(_("An accepted answer begins like a weight (50%), or earns nothing."))
    return {"answer": c.BAR.join(_accepted(one, numeric=item.type == "numeric") for one in item.options)}


def _gaps(item: Item) -> dict[str, str]:
    _free([one.text for one in item.options], "|")
    cells = {}
    for place, gap in enumerate(item.targets):
        own = [one for one in item.options if one.target == place]
        if any(c.weighted(one.text)[0] is not None or one.text.startswith("*") for one in own):
            raise _Cannot(_("An answer of a gap begins with a sign of this table (* or 50%)."))
        if gap.kind != "select" and any(not one.correct and one.fraction is None for one in own):
            raise _Cannot(_("An accepted answer begins like a weight (50%), or earns nothing."))
        parts = []
        for one in own:
            star = "*" if gap.kind == "select" and one.correct and one.fraction is None else ""
            parts.append(star + _accepted(one, numeric=gap.kind == "number"))
        cells[_letter(place)] = f"{c.GAPS[gap.kind]}: {c.BAR.join(parts)}"
    return cells


def _hotspot(item: Item) -> dict[str, str]:
    cells = {
        _letter(place): f"{one.text}{c.AT}{', '.join(map(str, one.area or []))}"
        for place, one in enumerate(item.targets)
    }
    return cells | {"answer": ", ".join(_letter(place) for place, one in enumerate(item.targets) if one.correct)}


_WRITERS: dict[str, Callable[[Item], dict[str, str]]] = {
    "single": _choice, "multiple": _choice, "true_false": _choice, "picture_choice": _choice, "statements": _statements,
    "matching": _pairs, "zones": _pairs, "ordering": _texts, "gaps": _gaps, "numeric": _typed, "short": _typed,
    "hotspot": _hotspot, "long": lambda item: {},
}  # fmt: skip
