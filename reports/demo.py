"""The demo's coverage: a school that has a roll and no class lists yet, and the figures of what the others did.

The roll of the other schools is frozen by schools.demo; what the pupils did was recorded by the operations that clicks call,
so the figures live: an attempt in the demo moves them within the minute.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from reports.operations.ledger import bring_up_to_date
from schools.models import Roll, School, SchoolYear, Unit
from schools.models.rolls import level_of

YEAR = "2026-2027"
FROZEN_ON = date(2026, 10, 15)
# A commune of its own, so that the province sees a place where nothing has begun.
SCHOOL = ("SUOITRUC", "Trường THCS Suối Trúc", School.Kind.LOWER, 6, 9, "ST03")
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
    return counts
