"""What the system counts for the indicators: a function for each `from` of a rule (reports.models.Indicator.rule).

Each takes the place, the reporting year, the school year whose roll is the whole, and the rule, and returns `Counted`, or None
where it cannot tell. A rule without a function (a room that is not there yet) cannot be told either: the figure is then
entered by hand, with evidence. A room above registers its function with `register_source`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from cms.models import GuidePage
from cms.vocabulary.models import Procedure
from courses.models import ClassSession, LessonProgress
from reports.models import Indicator, Reach
from reports.models.ledger import STEPS
from reports.queries.scopes import Scope
from schools.models import Membership, ReportingYear, Roll, SchoolYear
from schools.models.rolls import FIRST_UPPER_GRADE, Level, level_of


@dataclass(frozen=True)
class Counted:
    """`denominator` is None for a plain number, and where there is no whole to tell a share of."""

    numerator: int
    denominator: int | None = None
    inputs: dict[str, Any] = field(default_factory=dict)


Source = Callable[[Scope, ReportingYear, SchoolYear, dict], Counted | None]
_sources: dict[str, Source] = {}


def register_source(name: str, count: Source) -> None:
    """Called in a room's `AppConfig.ready()`: from now on `{"from": name}` is counted by `count`."""
    _sources[name] = count


def is_counted(indicator: Indicator) -> bool:
    """Whether a function counts this indicator; else somebody enters it."""
    return indicator.source == Indicator.Source.SYSTEM and indicator.rule.get("from") in _sources


def count(
    indicator: Indicator, *, scope: Scope, reporting_year: ReportingYear, school_year: SchoolYear
) -> Counted | None:
    """The figure of a place by the indicator's rule; None where nothing counts it or there is nothing to count.

    What is entered by hand may have a rule too: the count then stands beside what people enter and takes no place of it.
    """
    if indicator.rule.get("from") not in _sources:
        return None
    return _sources[indicator.rule["from"]](scope, reporting_year, school_year, indicator.rule)


def stretch(year: ReportingYear) -> tuple[datetime, datetime]:
    """The first and the last moment of a reporting year, as times."""
    return (
        timezone.make_aware(datetime.combine(year.starts_on, time.min)),
        timezone.make_aware(datetime.combine(year.ends_on, time.max)),
    )


def _pupils(scope: Scope, school_year: SchoolYear):
    """One membership a pupil: the last of the school year, wherever it is; of those the ones of this place."""
    in_year = Membership.objects.filter(school_class__school_year=school_year, is_guest=False)
    later = in_year.filter(user=OuterRef("user"), starts_on__gt=OuterRef("starts_on"))
    rows = in_year.filter(~Exists(later))
    return rows if scope.kind == "province" else rows.filter(school_class__school__in=scope.schools().values("pk"))


def _by_level(rows, levels: list[str]) -> int:
    """How many people of `levels` the memberships `rows` are of; a level follows from the school's kind and the grade."""
    counted = (
        rows.values("school_class__school__kind", "school_class__grade")
        .annotate(people=Count("user", distinct=True))
        .values_list("school_class__school__kind", "school_class__grade", "people")
        .order_by()
    )
    return sum(people for kind, grade, people in counted if not levels or level_of(kind, grade) in levels)


def coverage_of(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """Pupils on the class lists of the school year who took the step in the reporting year, of the frozen roll.

    The reporting year lies across two school years: whoever was reached in spring and is still on a list in autumn counts,
    once; who has left in between does not, and is not in the roll either.
    """
    step, levels = rule.get("step", "reached"), list(rule.get("levels", []))
    if step not in STEPS:
        return None
    if rule.get("people") == "cumulative":
        return _coverage_through(scope, year, school_year, step, levels)
    taken = Reach.objects.filter(user=OuterRef("user"), **{f"{step}_at__range": stretch(year)})
    reached = _by_level(_pupils(scope, school_year).filter(Exists(taken)), levels)
    frozen = Roll.objects.frozen().filter(school_year=school_year)
    on = frozen.order_by("-on").values_list("on", flat=True).first()
    rolls = frozen.filter(on=on)
    if scope.kind != "province":
        rolls = rolls.filter(school__in=scope.schools().values("pk"))
    if levels:
        rolls = rolls.filter(level__in=levels)
    pupils = list(rolls.values_list("pupils", flat=True))
    if not pupils and not reached:
        return None  # no pupils of these levels here
    inputs = {
        "school_year": school_year.code,
        "roll_on": on.isoformat() if on else None,
        "step": step,
        "levels": levels,
    }
    return Counted(reached, sum(pupils) if pupils else None, inputs)


def _coverage_through(
    scope: Scope, year: ReportingYear, school_year: SchoolYear, step: str, levels: list[str]
) -> Counted | None:
    """The `cumulative` rule (domain.md §6): everybody who took the step in the reporting year, at the place and level of
    that moment, each once, of everybody who was on a roll in it: the roll of the school year and, of the one before, the
    classes that left their level in June. `snapshot`, the usual rule, counts who is there at the end alone."""
    taken = Reach.objects.filter(**{f"{step}_at__range": stretch(year)})
    if scope.kind != "province":
        taken = taken.filter(school__in=scope.schools().values("pk"))
    if levels:
        taken = taken.filter(level__in=levels)
    reached = taken.order_by().values("user").distinct().count()
    pupils, on = frozen_pupils(scope, school_year, levels)
    before = (
        SchoolYear.objects.filter(
            starts_on__lt=school_year.starts_on, ends_on__gte=year.starts_on, ends_on__lte=year.ends_on
        )
        .order_by("-starts_on")
        .first()
    )
    left, left_on = frozen_pupils(scope, before, levels, leaving=True) if before else (None, None)
    if pupils is None and not reached:
        return None
    inputs = {
        "school_year": school_year.code,
        "roll_on": on,
        "step": step,
        "levels": levels,
        "people": "cumulative",
        "left": left or 0,
        "left_roll_on": left_on,
    }
    return Counted(reached, None if pupils is None else pupils + (left or 0), inputs)


def frozen_pupils(
    scope: Scope, school_year: SchoolYear, levels: list[str], *, leaving: bool = False
) -> tuple[int | None, str | None]:
    """Pupils on the last frozen roll of a school year at a place, and its day; `leaving`: only the last grades of a level."""
    frozen = Roll.objects.frozen().filter(school_year=school_year)
    on = frozen.order_by("-on").values_list("on", flat=True).first()
    rolls = frozen.filter(on=on)
    if scope.kind != "province":
        rolls = rolls.filter(school__in=scope.schools().values("pk"))
    if levels:
        rolls = rolls.filter(level__in=levels)
    if leaving:
        rolls = rolls.filter(Q(grade=F("school__grade_max")) | Q(level=Level.LOWER, grade=FIRST_UPPER_GRADE - 1))
    pupils = list(rolls.values_list("pupils", flat=True))
    return (sum(pupils) if pupils else None), (on.isoformat() if on else None)


def sessions_held(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted:
    """Schools with a recorded class session in the reporting year, of those open at its end."""
    held = ClassSession.objects.filter(held_on__range=(year.starts_on, year.ends_on))
    schools = scope.schools().open_on(min(year.ends_on, timezone.localdate()))
    with_one = schools.filter(pk__in=held.values("school_class__school")).count()
    return Counted(with_one, schools.count())


def tests_passed(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """Pupils who passed the quiz of a lesson in the reporting year, of those who took one."""
    took = LessonProgress.objects.filter(user=OuterRef("user"), quiz_at__range=stretch(year))
    pupils = _pupils(scope, school_year)
    everybody = pupils.filter(Exists(took)).count()
    if not everybody:
        return None
    passed = pupils.filter(Exists(took.filter(quiz_passed=True))).count()
    return Counted(passed, everybody, {"school_year": school_year.code})


def guides_there_are(scope: Scope, year: ReportingYear, school_year: SchoolYear, rule: dict) -> Counted | None:
    """Procedures with a published guide, in each language of the site. As it is now: pages keep no history of this."""
    languages = list(dict(settings.LANGUAGES))
    codes = set(Procedure.objects.order_by().values_list("code", flat=True).distinct())
    if not codes:
        return None
    there = set()
    for language, found in GuidePage.objects.live().values_list("locale__language_code", "procedure_codes"):
        there |= {(language, code) for code in found if code in codes and language in languages}
    return Counted(len(there), len(codes) * len(languages), {"languages": languages})


register_source("coverage", coverage_of)
register_source("sessions", sessions_held)
register_source("tests", tests_passed)
register_source("guides", guides_there_are)
