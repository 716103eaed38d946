"""Figures of other rooms for the indicators: trainings, readings and family tasks of `courses`, entrants of `contests`.

Those rooms lie below and know nothing of indicators, so what counts them by the rule of a row stands here and is registered
as a source; the counting itself is theirs.
"""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from contests.models import Contest, Entry
from courses.models import ReadingConfirmation
from courses.queries.family import people_helped
from courses.queries.staff import StaffPlace, offices, people
from courses.queries.trainings import trained_between
from reports.queries.scopes import Scope
from reports.queries.sources import Counted, register_source, stretch
from schools.models import ReportingYear, SchoolYear, Unit


def _staff(scope: Scope, year: ReportingYear, rule: dict):
    """Accounts with one of the rule's offices at the place on the last day of the year, or today while it runs."""
    day = min(year.ends_on, timezone.localdate())
    return people(offices(kinds=rule.get("kinds", []), place=StaffPlace(scope.unit, scope.school), day=day)).order_by()


def trained_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """People with one of the offices of the rule who took part in a training in the reporting year, or finished a course
    that counts as one, of all who hold such an office. None where nobody does: then only a list on paper can tell."""
    staff = _staff(scope, year, rule)
    everybody = staff.count()
    if not everybody:
        return None
    trained = staff.filter(trained_between(year.starts_on, year.ends_on)).count()
    return Counted(trained, everybody, {"kinds": rule.get("kinds", [])})


def informed_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """As `trained_of`; whoever has read and confirmed something in the reporting year counts as well, once."""
    staff = _staff(scope, year, rule)
    everybody = staff.count()
    if not everybody:
        return None
    read = ReadingConfirmation.objects.filter(user=OuterRef("pk"), confirmed_at__range=stretch(year))
    informed = staff.filter(trained_between(year.starts_on, year.ends_on) | Q(Exists(read))).count()
    return Counted(informed, everybody, {"kinds": rule.get("kinds", [])})


def _units(scope: Scope) -> list | None:
    """Keys of the units of a place; None for the whole province, whose records may have no unit at all."""
    if scope.kind != "unit" or scope.unit is None:
        return None
    return list(Unit.objects.filter(path__startswith=scope.unit.path).values_list("uuid", flat=True))


def families_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted:
    """Pupils with a family task that a teacher accepted and a relative confirmed in the reporting year; the relatives
    helped are told in the inputs."""
    figures = people_helped(
        since=year.starts_on,
        until=year.ends_on,
        unit_keys=_units(scope),
        school_key=scope.school.uuid if scope.school else None,
    )
    return Counted(figures.pupils, None, {"people_helped": figures.people, "self_done": figures.self_done})


def communicators_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """People who entered a contest of communicators in the reporting year and stayed in it, each once. None where the
    province held no such contest here: one that was held elsewhere is entered by hand."""
    held = _contests(year, Contest.Kind.COMMUNICATOR)
    if not held.exists():
        return None
    entries = Entry.objects.in_the_running().filter(contest__in=held, entered_at__range=stretch(year))
    if scope.school:
        entries = entries.filter(school_key=scope.school.uuid)
    elif (units := _units(scope)) is not None:
        entries = entries.filter(unit_key__in=units)
    return Counted(entries.order_by().values("user").distinct().count(), None, {"contests": held.count()})


def _contests(year: ReportingYear, kind: str):
    entered = Entry.objects.filter(contest=OuterRef("pk"), entered_at__range=stretch(year))
    return Contest.objects.filter(Exists(entered), kind=kind).exclude(state=Contest.State.DRAFT)


register_source("trained", trained_of)
register_source("informed", informed_of)
register_source("family", families_of)
register_source("communicators", communicators_of)
