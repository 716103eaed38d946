"""The coverage ledger: every figure of the page, the files and the API comes from here (product.md §2.5, §9).

`coverage` reads counts only, never people: a few thousand rows for a province of a million. The meaning of each figure is
in `definitions`; the time it was taken is in the ledger.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import ceil
from operator import add
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.text.names import text_sort_key
from cms.vocabulary.models import ContentLanguage
from reports.models import ClassTally, RosterCount, Target, WeekTally
from reports.models.ledger import STEPS
from reports.queries.scopes import Scope
from schools.models import Level, Roll, SchoolClass, SchoolYear
from schools.models.rolls import NO_GRADE

# In public a figure under so many people is not shown (product.md §2.1).
FEWEST_SHOWN = 5
# A roster this much (in percent) apart from the roll is worth a question.
ROSTER_DIFFERS = 5
LEVELS_BY_GRADE = (Level.LOWER, Level.UPPER)


def percent(part: int | None, whole: int | None) -> float | None:
    """A share in percent with one decimal; None where there is no whole, or where the part is more than the whole."""
    if part is None or not whole or part > whole:
        return None
    return round(100 * part / whole, 1)


@dataclass(frozen=True)
class Figures:
    """One line of the ledger. `roll` is None where no roll can be (a class, a language) or none was entered."""

    key: str
    label: str
    roll: int | None = None
    roster: int | None = None
    reached: int | None = 0
    started: int | None = 0
    finished: int | None = 0
    passed: int | None = 0
    parent: str = ""
    """For a school the name of its unit."""

    @property
    def is_over(self) -> bool:
        """More people reached than the roll has: one of the two is wrong, and no share is told."""
        return bool(self.roll is not None and self.reached is not None and self.reached > self.roll)

    def share(self, step: str = "reached") -> float | None:
        return None if self.is_over else percent(getattr(self, step), self.roll)

    @property
    def missing(self) -> int | None:
        if self.roll is None or self.reached is None:
            return None
        return max(0, self.roll - self.reached)


@dataclass(frozen=True)
class Week:
    starts_on: date
    reached: int
    started: int
    finished: int
    passed: int
    so_far: int
    """Reached up to the end of the week."""


@dataclass(frozen=True)
class Line:
    """A target: what share of which pupils by when, and how far it is."""

    percent: float
    due_on: date
    is_past: bool
    is_next: bool
    figures: Figures
    needed: int
    missing: int
    levels: tuple[str, ...] = ()
    """Of which levels the line speaks here."""


@dataclass(frozen=True)
class Question:
    """Two figures that cannot both be right, for people to settle."""

    kind: str
    school: Figures
    text: str


@dataclass(frozen=True)
class Ledger:
    scope: Scope
    school_year: SchoolYear
    roll_on: date | None
    taken_at: datetime
    total: Figures
    aimed: Figures
    """The pupils the next target speaks of; the same as `total` where no target is."""
    lines: list[Line]
    units: list[Figures] = field(default_factory=list)
    schools: list[Figures] = field(default_factory=list)
    levels: list[Figures] = field(default_factory=list)
    grades: list[Figures] = field(default_factory=list)
    classes: list[Figures] = field(default_factory=list)
    languages: list[Figures] = field(default_factory=list)
    weeks: list[Week] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    cells: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """(code of the unit, level) → (roll, reached): what public tables are checked against, never shown itself."""


def definitions() -> dict[str, str]:
    """What each figure means, in the reader's language; the same words on the screen, in the files and in the API."""
    return {
        "roll": _(
            "Official enrolment of the school year as it was frozen on a date, entered apart from any class list."
        ),
        "roster": _("Pupils on the class lists of the school now, without guests."),
        "reached": _(
            "People who opened a lesson, took its quiz, or were recorded present at one in the school year; each counts "
            "once. Being assigned a lesson does not count."
        ),
        "started": _("People reached who saw a step, answered, took a quiz or were present."),
        "finished": _("People who finished at least one lesson."),
        "passed": _("People who passed the quiz of at least one lesson."),
        "missing": _("Pupils of the roll who were not reached yet."),
        "share": _("Share of the roll. Where more people were reached than the roll has, no share is told."),
        "language": _("The language of the lesson in which a person was reached first."),
        "week": _("People who took the step in that week (Monday to Sunday) for the first time in the school year."),
    }


Cell = tuple[int, str, int]
"""(school, level, grade)"""


@dataclass
class _Counts:
    """The counts of a scope by (school, level, grade); everything else is added up from them."""

    roll: dict[Cell, int]
    roster: dict[Cell, int]
    steps: dict[Cell, tuple[int, ...]]

    def sum(self, key: str, label: str, cells: Iterable[Cell], *, parent: str = "") -> Figures:
        cells = list(cells)
        rolls = [self.roll[cell] for cell in cells if cell in self.roll]
        steps = [self.steps[cell] for cell in cells if cell in self.steps]
        sums = [sum(column) for column in zip(*steps, strict=True)] if steps else [0] * len(STEPS)
        return Figures(
            key,
            label,
            sum(rolls) if rolls else None,
            sum(self.roster.get(cell, 0) for cell in cells),
            **dict(zip(STEPS, sums, strict=True)),
            parent=parent,
        )

    def cells(self) -> set[Cell]:
        return {*self.roll, *self.roster, *self.steps}


def coverage(*, scope: Scope, school_year: SchoolYear) -> Ledger:
    """The ledger of a place and school year as it is now: at most ten queries, whatever its size."""
    now = timezone.now()
    frozen = Roll.objects.frozen().filter(school_year=school_year)
    roll_on = frozen.order_by("-on").values_list("on", flat=True).first()
    schools = {
        pk: (code, name, unit, unit_name, unit_code)
        for pk, code, name, unit, unit_name, unit_code in scope.schools()
        .order_by("name_folded")
        .values_list("pk", "code", "name", "unit", "unit__name", "unit__code")
    }
    still_open = set(scope.schools().open_on(school_year.starts_on).values_list("pk", flat=True))
    whole = scope.kind == "province"

    def here(rows):
        return rows if whole else rows.filter(school__in=list(schools))

    tallies = here(ClassTally.objects.filter(school_year=school_year))
    # One pass over the tallies for the places and the languages.
    tallied = list(_summed(tallies, "school", "level", "grade", "language"))
    counts = _Counts(
        roll={
            cell: pupils
            for *key, pupils in here(frozen.filter(on=roll_on)).values_list("school", "level", "grade", "pupils")
            if (cell := (key[0], key[1], key[2]))
        },
        roster={
            (school, level, grade): pupils
            for school, level, grade, pupils in here(RosterCount.objects.filter(school_year=school_year))
            .values("school", "level", "grade")
            .annotate(sum=Sum("pupils"))
            .values_list("school", "level", "grade", "sum")
            .order_by()
        },
        steps=_by_cell(tallied),
    )
    by_school, by_unit, by_level, by_grade = defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list)
    for cell in counts.cells():
        school, level, grade = cell
        by_school[school].append(cell)
        if school in schools:
            by_unit[schools[school][2]].append(cell)
        by_level[level].append(cell)
        by_grade[level, grade].append(cell)
    unit_names = {unit: (code, name) for _code, _name, unit, name, code in schools.values()}
    lines = [
        counts.sum(code, name, by_school[pk], parent=unit_name)
        for pk, (code, name, _unit, unit_name, _unit_code) in schools.items()
        if pk in by_school or (roll_on and pk in still_open)
    ]
    total = counts.sum(scope.code, scope.name, counts.cells())
    targets = _lines(counts, by_level, now)
    ledger = Ledger(
        scope=scope,
        school_year=school_year,
        roll_on=roll_on,
        taken_at=now,
        total=total,
        aimed=next((line.figures for line in targets if line.is_next), targets[-1].figures if targets else total),
        lines=targets,
        units=[counts.sum(unit_names[unit][0], unit_names[unit][1], cells) for unit, cells in by_unit.items()],
        schools=lines,
        levels=[counts.sum(level, level_word(level), cells) for level, cells in by_level.items()],
        grades=[
            counts.sum(f"{level}-{grade}", grade_word(level, grade), cells)
            for (level, grade), cells in by_grade.items()
        ],
        classes=_classes(scope, school_year, tallies) if scope.school else [],
        languages=_languages(tallied),
        weeks=_weeks(here(WeekTally.objects.filter(school_year=school_year))),
        questions=_questions(lines),
        cells=_crossed(counts, {pk: row[4] for pk, row in schools.items()}),
    )
    order = list(Level)
    return replace(
        ledger,
        units=sorted(ledger.units, key=lambda one: text_sort_key(one.label)) if scope.kind == "province" else [],
        schools=ledger.schools if scope.kind != "school" else [],
        levels=sorted(ledger.levels, key=lambda one: _place(order, one.key)),
        grades=sorted(
            ledger.grades, key=lambda one: (_place(order, one.key.split("-")[0]), int(one.key.split("-")[1]))
        ),
    )


def _crossed(counts: _Counts, units: dict[int, str]) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for cell in counts.cells():
        school, level, _grade = cell
        if school not in units:
            continue
        roll, reached = found.get((units[school], level), (0, 0))
        steps = counts.steps.get(cell)
        found[units[school], level] = (roll + counts.roll.get(cell, 0), reached + (steps[0] if steps else 0))
    return found


def _summed(rows, *names):
    return rows.values(*names).annotate(**{f"sum_{step}": Sum(step) for step in STEPS}).order_by().values_list(
        *names, *(f"sum_{step}" for step in STEPS)
    )  # fmt: skip


def _place(order: list, key: str) -> int:
    return order.index(key) if key in order else len(order)


def level_word(level: str) -> str:
    return str(Level(level).label) if level in Level.values else _("Level not told")


def grade_word(level: str, grade: int) -> str:
    if grade == NO_GRADE:
        return _("%(level)s, no grades") % {"level": level_word(level)}
    if level in LEVELS_BY_GRADE:
        return _("Grade %(grade)d") % {"grade": grade}
    return _("Grade %(grade)d · %(level)s") % {"grade": grade, "level": level_word(level)}


def _lines(counts: _Counts, by_level: dict[str, list[Cell]], now: datetime) -> list[Line]:
    """The targets against the pupils they speak of: the one that has passed and the next, both."""
    today, found, next_seen = timezone.localdate(now), [], False
    for target in Target.objects.filter(indicator__code="A1").order_by("due_on"):
        levels = target.levels or list(by_level)
        here = [level for level in levels if level in by_level]
        if by_level and not here:
            continue  # the line speaks of none of the pupils of this place
        label = ", ".join(level_word(level) for level in here or target.levels) or _("all levels")
        figures = counts.sum(
            f"target-{target.due_on}", label, (cell for level in levels for cell in by_level.get(level, []))
        )
        needed = ceil(target.percent * (figures.roll or 0) / 100)
        is_past = target.due_on < today
        found.append(
            Line(
                percent=float(target.percent),
                due_on=target.due_on,
                is_past=is_past,
                is_next=not is_past and not next_seen,
                figures=figures,
                needed=needed,
                missing=max(0, needed - (figures.reached or 0)),
                levels=tuple(here),
            )
        )
        next_seen = next_seen or not is_past
    return found


def _classes(scope: Scope, school_year: SchoolYear, tallies) -> list[Figures]:
    sums = {key: tuple(steps) for key, *steps in _summed(tallies, "class_key")}
    rosters = dict(
        RosterCount.objects.filter(school_year=school_year, school=scope.school).values_list("class_key", "pupils")
    )
    names: dict[UUID, str] = dict(
        SchoolClass.objects.filter(school=scope.school, school_year=school_year)
        .order_by("grade", "name_sort")
        .values_list("uuid", "name")
    )
    keys = [*names, *(key for key in {*sums, *rosters} if key not in names)]
    return [
        Figures(
            str(key), names.get(key, _("A class that is gone")), None, rosters.get(key, 0), *sums.get(key, (0,) * 4)
        )
        for key in keys
    ]


def _by_cell(tallied: list[tuple]) -> dict[Cell, tuple[int, ...]]:
    found: dict[Cell, tuple[int, ...]] = {}
    for school, level, grade, _language, *sums in tallied:
        cell = (school, level, grade)
        before = found.get(cell)
        found[cell] = tuple(map(add, before, sums)) if before else tuple(sums)
    return found


def _languages(tallied: list[tuple]) -> list[Figures]:
    sums: dict[str, tuple[int, ...]] = {}
    for _school, _level, _grade, language, *steps in tallied:
        sums[language] = tuple(map(add, sums.get(language, (0,) * len(STEPS)), steps))
    found = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    column = "name_vi" if get_language() == "vi" else "name_en"
    names = {
        tag.lower(): name
        for tag, name in ContentLanguage.objects.filter(tag__in=_tags(row[0] for row in found)).values_list(
            "tag", column
        )
    }
    return [
        Figures(tag or "-", names.get(tag, tag) or _("Not known"), parent="", **dict(zip(STEPS, steps, strict=True)))
        for tag, steps in found
        if steps[0]
    ]


def _tags(found: Iterable[str]) -> set[str]:
    """Language codes as the registry may write them: `zh-hant` and `zh-Hant`."""
    tags = {tag for tag in found if tag}
    return tags | {"-".join([*tag.split("-")[:1], *(part.title() for part in tag.split("-")[1:])]) for tag in tags}


def _weeks(rows) -> list[Week]:
    found, so_far = [], 0
    for week, *steps in sorted(_summed(rows, "week")):
        so_far += steps[0]
        found.append(Week(week, **dict(zip(STEPS, steps, strict=True)), so_far=so_far))
    return found


def _questions(schools: list[Figures]) -> list[Question]:
    found = []
    for one in schools:
        words = {"reached": one.reached, "roll": one.roll, "roster": one.roster}
        if one.roll is None:
            text = (
                _("Has pupils here and is missing from the roll.")
                if one.reached or one.roster
                else _("Is missing from the roll.")
            )
            found.append(Question("no_roll", one, text))
        elif one.is_over:
            text = _("%(reached)d people reached, %(roll)d on the roll. One of the two is wrong.") % words
            found.append(Question("over_roll", one, text))
        elif one.roll and one.roster and abs(one.roster - one.roll) * 100 > ROSTER_DIFFERS * one.roll:
            text = _("%(roster)d pupils on the class lists, %(roll)d on the roll.") % words
            found.append(Question("roster_differs", one, text))
    order = ["over_roll", "no_roll", "roster_differs"]
    return sorted(
        found, key=lambda one: (order.index(one.kind), -abs((one.school.roster or 0) - (one.school.roll or 0)))
    )
