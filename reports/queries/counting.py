"""Figures of other rooms for the indicators: trainings, readings and family tasks of `courses`, entrants of `contests`,
the desk, surveys and visits of community teams of `support`.

Those rooms lie below and know nothing of indicators, so what counts them by the rule of a row stands here and is registered
as a source; the counting itself is theirs.
"""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from contests.models import Contest, Entry, TeamMember, Work
from courses.models import ReadingConfirmation
from courses.queries.family import people_helped
from courses.queries.headcounts import without_account
from courses.queries.staff import StaffPlace, offices, people
from courses.queries.trainings import trained_between
from reports.queries.scopes import Scope
from reports.queries.sources import Counted, frozen_pupils, register_source, stretch
from schools.models import ReportingYear, SchoolYear, Unit
from support.models import AnswerPage, Ticket
from support.queries.desk import tally
from support.queries.survey_figures import FEWEST, satisfied_between
from support.queries.visits import figures_of, sum_of, visits_in


def _staff(scope: Scope, year: ReportingYear, rule: dict):
    """Accounts with one of the rule's offices at the place on the last day of the year, or today while it runs."""
    day = min(year.ends_on, timezone.localdate())
    return people(offices(kinds=rule.get("kinds", []), place=StaffPlace(scope.unit, scope.school), day=day)).order_by()


def trained_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """People with one of the offices of the rule who took part in a training in the reporting year, or finished a course
    that counts as one, of all who hold such an office; those on the lists who have no account are added to both. None
    where there is nobody: then only a list on paper can tell."""
    staff = _staff(scope, year, rule)
    everybody, more = staff.count(), _without_account(scope, year, rule)
    if not everybody and not more:
        return None
    trained = staff.filter(trained_between(year.starts_on, year.ends_on)).count()
    return _with(trained, everybody, more, rule)


def informed_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """As `trained_of`; whoever has read and confirmed something in the reporting year counts as well, once."""
    staff = _staff(scope, year, rule)
    everybody, more = staff.count(), _without_account(scope, year, rule)
    if not everybody and not more:
        return None
    read = ReadingConfirmation.objects.filter(user=OuterRef("pk"), confirmed_at__range=stretch(year))
    informed = staff.filter(trained_between(year.starts_on, year.ends_on) | Q(Exists(read))).count()
    return _with(informed, everybody, more, rule)


def _without_account(scope: Scope, year: ReportingYear, rule: dict) -> int:
    return without_account(StaffPlace(scope.unit, scope.school), year.starts_on, year.ends_on, rule.get("kinds", []))


def _with(part: int, whole: int, without: int, rule: dict) -> Counted:
    """Who signed a list and has no account is one of those who hold the office, and was trained."""
    return Counted(part + without, whole + without, {"kinds": rule.get("kinds", []), "without_account": without})


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
    entries = _at(scope, entries)
    return Counted(entries.order_by().values("user").distinct().count(), None, {"contests": held.count()})


def entrants_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """Pupils who entered a contest of knowledge in the reporting year and stayed in it, each once, of the frozen roll; how
    many schools they came from is told in the inputs. None where no such contest was held here."""
    held = _contests(year, Contest.Kind.KNOWLEDGE)
    if not held.exists():
        return None
    entries = Entry.objects.in_the_running().filter(
        contest__in=held, entered_at__range=stretch(year), class_key__isnull=False
    )
    entries = _at(scope, entries).order_by()
    pupils, roll_on = frozen_pupils(scope, school_year, [])
    inputs = {
        "contests": held.count(),
        "schools": entries.values("school_key").distinct().count(),
        "school_year": school_year.code,
        "roll_on": roll_on,
    }
    return Counted(entries.values("user").distinct().count(), pupils, inputs)


def works_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """Works that were first handed in in the reporting year and are neither withdrawn, disqualified nor refused, once each,
    at the place of who leads the team. None where no work was handed in anywhere."""
    handed_in = Work.objects.in_the_running().filter(submitted_at__range=stretch(year))
    if not handed_in.exists():
        return None
    led = TeamMember.objects.filter(team=OuterRef("team"), role=TeamMember.Role.LEADER)
    found = handed_in
    if scope.kind != "province":
        found = handed_in.filter(Exists(_at(scope, led, "entry__")))
    types = dict(found.order_by().values_list("category__title").annotate(number=Count("pk")))
    return Counted(found.count(), None, {"by_category": types})


def visits_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """People guided by the community teams in the reporting year, by the visits they wrote down; how many visits and with
    which difficulties is told in the inputs. None for a school, and where no team of the province writes here: what is kept
    on paper is entered by hand."""
    if scope.school:
        return None
    written = visits_in(None, (year.starts_on, year.ends_on))
    if not written.exists():
        return None
    if scope.kind == "unit" and scope.unit is not None:
        written = written.filter(unit__path__startswith=scope.unit.path)
    whole = sum_of(figures_of(written, "difficulty").values())
    difficulties = {code: number for code, number in whole.by.most_common() if code}
    return Counted(whole.people, None, {"visits": whole.visits, "people_by_difficulty": difficulties})


def _at(scope: Scope, rows: QuerySet, to_entry: str = "") -> QuerySet:
    """Of entries, or of rows that lead to one: those of a place, by where they were on the reference date."""
    if scope.school:
        return rows.filter(**{f"{to_entry}school_key": scope.school.uuid})
    units = _units(scope)
    return rows if units is None else rows.filter(**{f"{to_entry}unit_key__in": units})


def _contests(year: ReportingYear, kind: str):
    entered = Entry.objects.filter(contest=OuterRef("pk"), entered_at__range=stretch(year))
    return Contest.objects.filter(Exists(entered), kind=kind).exclude(state=Contest.State.DRAFT)


def satisfied_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """People who chose 4 of 5 and more, of those who answered surveys of the rule's purpose (`lesson`, `satisfaction`) in
    the reporting year. Who answered is not known, so that only the whole province can be told, and nothing of few."""
    if scope.kind != "province":
        return None
    satisfied, answered = satisfied_between(*stretch(year), rule.get("purpose", "lesson"))
    return Counted(satisfied, answered) if answered >= FEWEST else None


def heard_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """Questions and opinions the desk answered, of those it received in the reporting year, as its public pages count them;
    how many were answered in time, and how many were pointed to the national portal or published, is told in the inputs.
    Those of no commune are the province's. None for a school, and where nothing was received."""
    if scope.school:
        return None
    tickets = Ticket.objects.filter(received_at__range=stretch(year))
    if scope.kind == "unit" and scope.unit is not None:
        tickets = tickets.filter(unit__path__startswith=scope.unit.path)
    found = tally(tickets)
    if not found["received"]:
        return None
    pointed = tickets.filter(state=Ticket.State.PORTAL).count()
    published = AnswerPage.objects.live().filter(translation_key__in=tickets.values("page_key")).count()
    inputs = {"in_time": found["in_time"], "pointed_to_portal": pointed, "published": published}
    return Counted(found["answered"], found["received"], inputs)


register_source("trained", trained_of)
register_source("informed", informed_of)
register_source("family", families_of)
register_source("survey", satisfied_of)
register_source("contest", entrants_of)
register_source("works", works_of)
register_source("communicators", communicators_of)
register_source("visits", visits_of)
register_source("desk", heard_of)
