"""The demo's coverage: a school that has a roll and no class lists yet, and the figures of what the others did.

The roll of the other schools is frozen by schools.demo; what the pupils did was recorded by the operations that clicks call,
so the figures live: an attempt in the demo moves them within the minute.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from reports.models import Figure, Indicator, ReportingRound
from reports.operations.ledger import bring_up_to_date
from reports.operations.rounds import (
    Narrative,
    enter_figure,
    open_round,
    send_report,
    what_is_missing,
    write_narrative,
)
from reports.queries.indicators import asked_in, lines_of
from reports.queries.sources import is_counted
from schools.models import ReportingYear, Role, Roll, School, SchoolYear, Unit, User
from schools.models.rolls import level_of

YEAR = "2026-2027"
FROZEN_ON = date(2026, 10, 15)
# A commune of its own, so that the province sees a place where nothing has begun.
SCHOOL = ("SUOITRUC", "Trường THCS Suối Trúc", School.Kind.LOWER, 6, 9, "ST03")
LAST_YEAR = {"A1": (12, 950), "B3": (11, 26), "B4": (80, None), "E2": (70, 100)}
SCHOOL_TEXT = Narrative(
    results="Đã đưa nội dung Dịch vụ công trực tuyến vào môn Tin học và giờ sinh hoạt của các lớp.",
    shortcomings="Phòng máy chỉ đủ cho một nửa lớp mỗi tiết.",
    causes="Máy tính mua từ năm 2015, nhiều máy hỏng.",
    proposals="Đề nghị bổ sung máy tính và đường truyền.",
    signer_name="Nguyễn Thị Minh Hoạ",
    signer_title="Hiệu trưởng",
)
COMMUNE_RESULTS = "Tổ công nghệ số cộng đồng đã đến từng thôn hướng dẫn bà con nộp hồ sơ trực tuyến."
PUPILS = {6: 31, 7: 28, 8: 30, 9: 26}


@transaction.atomic
def load_demo_figures() -> dict[str, int]:
    """Make what is missing; running it again changes nothing. Returns `{"created", "kept"}`."""
    counts = {"created": 0, "kept": 0}
    year = SchoolYear.objects.filter(code=YEAR).first()
    unit = Unit.objects.filter(code=SCHOOL[5]).first()
    if year is None or unit is None:
        return counts
    code, name, kind, low, high, _unit = SCHOOL
    school, made = School.objects.get_or_create(
        code=code,
        defaults={
            "name": name, "kind": kind, "grade_min": low, "grade_max": high, "unit": unit, "is_demo": True,
        },
    )  # fmt: skip
    counts["created" if made else "kept"] += 1
    # A roll frozen for a later day in the demo holds this school already.
    if not Roll.objects.filter(school=school, school_year=year).exists():
        Roll.objects.bulk_create(
            Roll(
                school=school,
                school_year=year,
                on=FROZEN_ON,
                level=level_of(kind, grade),
                grade=grade,
                pupils=pupils,
                source="Báo cáo đầu năm học (dữ liệu minh hoạ)",
                frozen_at=timezone.now(),
            )
            for grade, pupils in PUPILS.items()
        )
    bring_up_to_date(school_year=year)
    counts["created" if load_demo_round() else "kept"] += 1
    return counts


def load_demo_round() -> bool:
    """The round of 2026 with what three places made of it so far, and the figures of the year before. False if it is there."""
    year = ReportingYear.objects.filter(code="2026").first()
    officer = User.objects.filter(username="canbotinh").first()
    if year is None or officer is None or ReportingRound.objects.filter(reporting_year=year).exists():
        return False
    before, _made = ReportingYear.objects.get_or_create(
        code="2025", defaults={"starts_on": date(2024, 12, 1), "ends_on": date(2025, 11, 30)}
    )
    round_ = open_round(reporting_year=year, due_on=date(2026, 11, 27), actor=officer)
    _last_year(before, officer)
    schools = round_.reports.filter(school__roles__kind=Role.Kind.SCHOOL_ADMIN).order_by("pk").distinct()
    report = schools.first()
    if report:
        figures = {"A5": (31, None), "B1": (52, 58), "D1": (64, 146), "D2": (12, None), "E2": (96, 118)}
        _enter(report, officer, figures)
        report = write_narrative(report=report, narrative=SCHOOL_TEXT)
        if not what_is_missing(report, lines_of(report)):
            send_report(report=report, actor=officer)
    commune = round_.reports.filter(unit__code="DM02").first()
    if commune:
        _enter(commune, officer, {"B3": (18, 24), "B4": (137, None)})
        write_narrative(report=commune, narrative=Narrative(results=COMMUNE_RESULTS))
    return True


def _enter(report, actor, figures: dict[str, tuple[int, int | None]]) -> None:
    raw = _evidence()
    for indicator in asked_in(report):
        if is_counted(indicator) or indicator.code not in figures:
            continue
        share = indicator.measure == Indicator.Measure.SHARE
        numerator, denominator = figures[indicator.code]
        enter_figure(
            report=report, indicator=indicator, numerator=numerator, denominator=denominator if share else None,
            source_note="Danh sách của đơn vị (dữ liệu minh hoạ)", raw=raw, file_name="danh-sach-minh-hoa.docx", actor=actor,
        )  # fmt: skip


def _evidence() -> bytes:
    from cms import word

    document = word.new_document(title="Danh sách (dữ liệu minh hoạ)")
    word.add_heading(document, "Danh sách (dữ liệu minh hoạ)", 1)
    return word.as_bytes(document)


def _last_year(year: ReportingYear, actor) -> None:
    unit = Unit.objects.filter(depth=1).first()
    for code, (numerator, denominator) in LAST_YEAR.items():
        Figure.objects.get_or_create(
            reporting_year=year,
            unit=unit,
            indicator=Indicator.objects.get(code=code, version=1),
            defaults={
                "numerator": numerator, "denominator": denominator, "taken_at": timezone.now(), "signed_by": actor,
                "signed_at": timezone.now(), "source_note": "Số năm trước (dữ liệu minh hoạ)",
            },
        )  # fmt: skip
