"""The annual report as an official document: Nghị định 30/2020/NĐ-CP, Phụ lục I (form of administrative documents).

A4, margins 20-20-30-15 mm, Times New Roman; national title at the right, the issuing body at the left, number and sign, place
and date, name and abstract, text and tables, where it is sent and the signature. The page number stands at the top from the
second page on. The number, the date and the signature are written by hand or by the document system of the office.
"""

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from cms import official, word
from reports.documents.word import numbers_right
from reports.models import PlaceReport
from reports.queries.annual import AnnualReport
from reports.queries.tables import Table, shown
from schools.models import School, Unit

SHARES = {
    "code": 0.9, "title": 4, "part": 1.15, "whole": 1.15, "share": 1.4, "before": 1.5, "change": 1.8, "source": 1.75,
    "taken": 2, "here": 1.55, "name": 4, "unit": 3, "state": 1.6,
}  # fmt: skip
ROMAN = ("I", "II", "III", "IV", "V", "VI")


def as_official_word(found: AnnualReport) -> bytes:
    title = f"Báo cáo năm {found.year.code}"
    document = word.new_document(title=f"{title}: {found.report.place}", language="vi", size=13)
    official.set_page(document)
    _head(document, found.report)
    _name(document, found)
    number = iter(ROMAN)
    results, *others = found.texts
    _part(document, next(number), results)
    main, *more = found.tables
    word.add_heading(document, f"{next(number)}. Số liệu")
    word.add_line(document, found.when, italic=True, size=12, keep=True)
    _table(document, main)
    for table in more:
        word.add_heading(document, table.title, 3)
        word.add_line(document, table.note, italic=True, size=12, keep=True)
        _table(document, table)
    for text in others:
        _part(document, next(number), text)
    _foot(document, found.report)
    return word.as_bytes(document)


def issuer(report: PlaceReport) -> tuple[str, str, str]:
    """(the body above, the body that reports, the sign of its reports)."""
    if report.school_id:
        school = report.school
        province = Unit.objects.filter(depth=1).first()
        above = (
            f"Ủy ban nhân dân {school.unit.name}"
            if school.kind == School.Kind.LOWER
            else f"Sở Giáo dục và Đào tạo {_bare(province.name if province else '')}"
        )
        return above.strip(), school.name, "BC"
    if report.asked == "province":
        return f"Ủy ban nhân dân {report.unit.name}", "Sở Văn hóa, Thể thao và Du lịch", "BC-SVHTTDL"
    province = report.unit.get_root()
    return f"{province.name}", f"Ủy ban nhân dân {report.unit.name}", "BC-UBND"


def _bare(name: str) -> str:
    return name.removeprefix("Tỉnh ").removeprefix("Thành phố ")


def _place_of(report: PlaceReport) -> str:
    return (report.school.unit if report.school_id else report.unit).name


def _head(document, report: PlaceReport) -> None:
    above, own, sign = issuer(report)
    year = report.round.reporting_year.ends_on.year
    official.head(document, above=above, own=own, sign=sign, place=_place_of(report), year=year)


def _name(document, found: AnnualReport) -> None:
    heading = word.add_heading(document, "BÁO CÁO", 1, centred=True)
    heading.paragraph_format.space_before = Pt(14)
    word.add_line(
        document,
        "Kết quả thực hiện tuyên truyền, phổ biến, nâng cao chất lượng cung cấp và sử dụng hiệu quả Dịch vụ công trực tuyến "
        f"năm {found.year.code}",
        bold=True,
        centred=True,
        size=14,
    )
    if not found.is_frozen:
        word.add_line(document, "(Dự thảo: số liệu chưa ký chốt)", italic=True, centred=True)


def _part(document, number: str, text: tuple[str, str]) -> None:
    word.add_heading(document, f"{number}. {text[0]}")
    for line in (text[1] or "…").splitlines():
        paragraph = word.add_line(document, line.strip())
        paragraph.paragraph_format.first_line_indent = Cm(1)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY


def _table(document, table: Table) -> None:
    made = word.add_table(
        document,
        [column.label for column in table.columns],
        [
            [shown(value, column.kind) for column, value in zip(table.columns, row.values, strict=True)]
            for row in table.rows
        ],
        widths=[SHARES[column.key] for column in table.columns],
        size=9 if len(table.columns) > 8 else 10,
    )
    numbers_right(made, table)


def _foot(document, report: PlaceReport) -> None:
    document.add_paragraph().paragraph_format.keep_with_next = True
    left, right = official.columns(document, 7.5, 9)
    word.write(left.paragraphs[0], "Nơi nhận:", bold=True, italic=True, size=12)
    above = "UBND tỉnh" if report.asked == "province" else "Sở Văn hóa, Thể thao và Du lịch"
    for line in (f"- {above};", "- Lưu: VT."):
        paragraph = left.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        word.write(paragraph, line, size=11)
    official.centred(right, (report.signer_title or "Thủ trưởng đơn vị").upper(), size=13, bold=True, first=True)
    for _line in range(4):
        official.centred(right, "", size=13)
    official.centred(right, report.signer_name, size=13, bold=True)
