"""The refused rows of an official list as a workbook: each as it stood, with why. Mended, the file can be brought in."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from schools.rosters.workbooks import sheets

# Headers as the reader knows them (`reading.WORDS`), in the order of a Sở's table.
HEADERS: dict[str | int, str] = {
    "code": "Mã trường",
    "name": "Tên trường",
    "grade": "Khối",
    "pupils": "Số học sinh",
    **{grade: f"Khối {grade}" for grade in range(1, 13)},
    "whole": "Sinh viên, học viên",
    "total": "Tổng số",
}
WIDTHS: dict[str | int, int] = {"code": 14, "name": 40}


def refused_roll(rejected: Iterable[dict]) -> bytes:
    """`rejected` are rows of `RollImport.rejected`. A line of which several figures were refused stands there once.

    The two layouts of a list never share a sheet: the reader takes a sheet for one of them.
    """
    lines: dict[tuple[str, int], tuple[dict[str | int, str], list[str]]] = {}
    for one in rejected:
        cells = dict(one.get("cells", ())) or {"name": one["shown"]}
        _cells, reasons = lines.setdefault((one["sheet"], one["row"]), (cells, []))
        if one["reason"] not in reasons:
            reasons.append(one["reason"])
    by_layout: dict[bool, list[tuple]] = {}
    for (sheet, number), (cells, reasons) in lines.items():
        by_layout.setdefault("pupils" in cells, []).append((cells, [" ".join(reasons), sheet, str(number)]))
    tables = []
    for is_long, found in sorted(by_layout.items()):
        known = [what for what in HEADERS if any(what in cells for cells, _why in found)]
        tables.append(
            (
                f"{_('Refused rows')} {2 if is_long else 1}" if len(by_layout) > 1 else _("Refused rows"),
                [*(HEADERS[what] for what in known), _("Reason"), _("Sheet"), _("Row")],
                [*(WIDTHS.get(what, 11) for what in known), 60, 14, 8],
                [[*(cells.get(what, "") for what in known), *why] for cells, why in found],
            )
        )
    return sheets(tables)
