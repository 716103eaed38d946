"""What an official list would change, against the drafts and what was frozen before. Reads, never writes."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.text.folding import compare_key, fold
from schools.enrolment.reading import ReadRoll, RollRow
from schools.models import Roll, School, SchoolSuccession, SchoolYear
from schools.models.rolls import BY_KIND, NO_GRADE, level_of

REASONS = {
    "bad_grade": gettext_lazy("“%(shown)s” is not a grade."),
    "no_number": gettext_lazy("No number of pupils stands in this row."),
    "not_a_number": gettext_lazy("“%(shown)s” is not a number of pupils."),
    "too_many": gettext_lazy("%(shown)s pupils in one grade cannot be right."),
    "cell_error": gettext_lazy("A cell holds the error %(shown)s."),
    "formula": gettext_lazy("A cell holds a formula without a result. Open the file in Excel and save it again."),
    "wrong_total": gettext_lazy("The grades do not add up to the total: %(shown)s."),
    "unknown_school": gettext_lazy("There is no school “%(shown)s”."),
    "several_schools": gettext_lazy("Several schools are called “%(shown)s”. Write the school code."),
    "closed_school": gettext_lazy("The school no longer exists; its pupils belong to %(shown)s."),
    "closed_without_successor": gettext_lazy("The school no longer exists on %(shown)s."),
    "foreign_grade": gettext_lazy("The school has no grade %(shown)s."),
    "grade_needed": gettext_lazy("The grade is missing; this school counts its pupils by grade."),
    "twice": gettext_lazy("The same school and grade stands in rows %(shown)s with different numbers."),
}

Key = tuple[int, str, int]
"""(school id, level, grade)"""


@dataclass(frozen=True)
class Refused:
    number: int
    sheet: str
    shown: str
    reason: str
    cells: tuple[tuple[str | int, str], ...] = ()

    def as_json(self) -> dict:
        cells = [list(cell) for cell in self.cells]
        return {"row": self.number, "sheet": self.sheet, "shown": self.shown, "reason": self.reason, "cells": cells}


@dataclass
class RollPlan:
    """`rows` is what the file says; the three others are their keys by what would happen to them."""

    rows: dict[Key, int] = field(default_factory=dict)
    before: dict[Key, int] = field(default_factory=dict)
    created: list[Key] = field(default_factory=list)
    changed: list[Key] = field(default_factory=list)
    unchanged: list[Key] = field(default_factory=list)
    rejected: list[Refused] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {
            "created": len(self.created),
            "changed": len(self.changed),
            "unchanged": len(self.unchanged),
            "schools": len({school for school, _level, _grade in self.rows}),
            "pupils": sum(self.rows.values()),
        }


def current_figures(school_year: SchoolYear) -> dict[Key, int]:
    """The official figures as they are known: the drafts, over the roll frozen last."""
    last = Roll.objects.frozen().filter(school_year=school_year).order_by("-on").values_list("on", flat=True).first()
    found: dict[Key, int] = {}
    for rows in (
        Roll.objects.frozen().filter(school_year=school_year, on=last),
        Roll.objects.drafts().filter(school_year=school_year),
    ):
        for school, level, grade, pupils in rows.values_list("school", "level", "grade", "pupils"):
            found[school, level, grade] = pupils
    return found


def plan_roll(*, school_year: SchoolYear, read: ReadRoll) -> RollPlan:
    """Match the file's rows with schools and compare them with the figures known. Four queries, however long the file."""
    plan, found = RollPlan(), _Schools()
    taken: dict[Key, list[RollRow]] = defaultdict(list)
    for row in read.rows:
        school, problem, shown = found.of(row)
        if not problem:
            problem, shown = row.reason, row.shown
        if not problem and school is not None:
            problem, shown = _grade_problem(school, row)
        if problem or school is None:
            plan.rejected.append(_refused(row, problem, shown))
            continue
        taken[school.pk, level_of(school.kind, row.grade), row.grade or NO_GRADE].append(row)
    for key, rows in taken.items():
        if len({row.pupils for row in rows}) > 1:
            numbers = ", ".join(str(row.number) for row in rows)
            plan.rejected += [_refused(row, "twice", numbers) for row in rows]
            continue
        plan.rows[key] = rows[0].pupils or 0
    return compare(plan, school_year)


def compare(plan: RollPlan, school_year: SchoolYear) -> RollPlan:
    plan.before = current_figures(school_year)
    for key, pupils in plan.rows.items():
        known = plan.before.get(key)
        (plan.created if known is None else plan.unchanged if known == pupils else plan.changed).append(key)
    plan.rejected.sort(key=lambda one: (one.sheet, one.number))
    return plan


def _refused(row: RollRow, problem: str, shown: str) -> Refused:
    label = " · ".join(text for text in (row.code, row.name) if text)
    if row.grade:
        label += f" · {_('grade')} {row.grade}"
    return Refused(row.number, row.sheet, label[:120], str(REASONS[problem]) % {"shown": shown}, row.cells)


def _grade_problem(school: School, row: RollRow) -> tuple[str, str]:
    if school.kind in BY_KIND:
        return "", ""
    if not row.grade:
        return "grade_needed", ""
    if not school.has_grade(row.grade):
        # A column for a grade the school does not have holds a nought or nothing.
        return ("", "") if not row.pupils else ("foreign_grade", str(row.grade))
    return "", ""


class _Schools:
    """Schools by code and by name. A closed one is known too: the reason names its successors."""

    def __init__(self):
        self.by_code: dict[str, School] = {}
        self.by_name: dict[str, list[School]] = defaultdict(list)
        self.today = timezone.localdate()
        for school in School.objects.select_related("unit"):
            self.by_code[compare_key(school.code)] = school
            self.by_code.setdefault(compare_key(school.code).lstrip("0"), school)
            self.by_name[school.name_folded].append(school)
        self.successors: dict[int, list[str]] = defaultdict(list)
        for before, name, code in SchoolSuccession.objects.values_list(
            "predecessor", "successor__name", "successor__code"
        ):
            self.successors[before].append(f"{name} ({code})")

    def of(self, row: RollRow) -> tuple[School | None, str, str]:
        """(school, problem, what to show); a problem of the row itself is told first by the caller."""
        key = compare_key(row.code)
        school = self.by_code.get(key) or (self.by_code.get(key.lstrip("0")) if key.lstrip("0") else None)
        if school is None and not row.code:
            named = self.by_name.get(fold(row.name), [])
            if len(named) > 1:
                return None, "several_schools", row.name
            school = named[0] if named else None
        if school is None:
            return None, "unknown_school", row.code or row.name
        if school.valid_to and school.valid_to < self.today:
            to = self.successors.get(school.pk)
            if to:
                return None, "closed_school", ", ".join(to)
            return None, "closed_without_successor", f"{school.valid_to:%d/%m/%Y}"
        return school, "", ""
