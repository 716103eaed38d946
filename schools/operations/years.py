"""The calendars: school years and reporting years, which know nothing of each other."""

import re
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.audit.operations import record
from cms.problems import Problem
from schools.models import ReportingYear, SchoolYear, User


class YearRefused(Problem):
    status = 422
    code = "year_refused"
    title = gettext_lazy("This year was not entered")


@transaction.atomic
def set_school_year(*, code: str, starts_on: date, ends_on: date, actor: User | None) -> SchoolYear:
    """Enter a school year such as 2027-2028, or move its days. Raises `YearRefused` for a code or days that do not fit."""
    found = re.fullmatch(r"(\d{4})-(\d{4})", code.strip())
    if not found or int(found[2]) != int(found[1]) + 1:
        raise YearRefused(_("Write the school year as 2027-2028."))
    return _set(SchoolYear, code.strip(), starts_on, ends_on, int(found[1]), actor)


@transaction.atomic
def set_reporting_year(*, code: str, starts_on: date, ends_on: date, actor: User | None) -> ReportingYear:
    """Enter a reporting year such as 2027, or move its days. Raises `YearRefused` for a code or days that do not fit."""
    if not re.fullmatch(r"\d{4}", code.strip()):
        raise YearRefused(_("Write the reporting year as 2027."))
    return _set(ReportingYear, code.strip(), starts_on, ends_on, int(code) - 1, actor)


def _set(kind, code: str, starts_on: date, ends_on: date, begins_in: int, actor: User | None):
    if ends_on <= starts_on:
        raise YearRefused(_("The last day must come after the first."))
    if starts_on.year != begins_in or (ends_on - starts_on).days > 400:
        raise YearRefused(_("These days do not belong to the year %(code)s.") % {"code": code})
    others = kind.objects.exclude(code=code).filter(starts_on__lte=ends_on, ends_on__gte=starts_on)
    if other := others.first():
        raise YearRefused(_("These days overlap the year %(code)s.") % {"code": other.code})
    year, _made = kind.objects.update_or_create(code=code, defaults={"starts_on": starts_on, "ends_on": ends_on})
    record(
        actor=actor,
        action="set_year",
        target_kind=kind._meta.model_name,
        target_key=code,
        detail={"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()},
    )
    return year
