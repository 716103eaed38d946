"""Who may enter a category, judged by what a person was on the reference date. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.problems import RulesRefused

LEVELS = {
    "thcs": gettext_lazy("lower secondary pupils"),
    "thpt": gettext_lazy("upper secondary pupils"),
    "gdtx": gettext_lazy("learners of continuing education"),
    "gdnn": gettext_lazy("learners of vocational schools"),
    "college": gettext_lazy("college students"),
    "university": gettext_lazy("university students"),
    "teacher": gettext_lazy("teachers"),
    "official": gettext_lazy("officials"),
    "citizen": gettext_lazy("citizens"),
}
OF_SCHOOL = {"thcs", "thpt", "gdtx", "gdnn", "college", "university"}


@dataclass(frozen=True)
class Eligibility:
    """The conditions of a category. An empty one lets everybody in.

    `units` are keys of communes or of the province (whoever belongs below one of them); `barred_roles` are kinds of
    `schools.Role`, `barred_people` keys of accounts: organisers, question writers, jury and secretaries.
    """

    levels: tuple[str, ...] = ()
    grade_min: int | None = None
    grade_max: int | None = None
    age_min: int | None = None
    age_max: int | None = None
    units: tuple[str, ...] = ()
    barred_roles: tuple[str, ...] = ()
    barred_people: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Eligibility":
        """Conditions from stored data. Raises RulesRefused, which names what is wrong."""
        known = {one.name for one in fields(cls)}
        if unknown := set(values) - known:
            raise RulesRefused(_("Unknown conditions: %(names)s.") % {"names": ", ".join(sorted(unknown))})
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        made = cls(**given)
        if unknown := set(made.levels) - set(LEVELS):
            raise RulesRefused(_("Unknown levels: %(names)s.") % {"names": ", ".join(sorted(unknown))})
        for low, high in ((made.grade_min, made.grade_max), (made.age_min, made.age_max)):
            if low is not None and high is not None and low > high:
                raise RulesRefused(_("The lowest grade or age is above the highest."))
        return made

    @property
    def asks_age(self) -> bool:
        return self.age_min is not None or self.age_max is not None


@dataclass(frozen=True)
class Standing:
    """What a person was on the reference date."""

    key: str
    level: str
    grade: int | None = None
    age: int | None = None
    unit_keys: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


def age_on(birth: date | None, day: date) -> int | None:
    """Full years on `day`."""
    return None if birth is None else day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def judge(conditions: Eligibility, standing: Standing, day: date) -> list[str]:
    """Why somebody may not enter, in words; empty where they may."""
    on = {"day": day.strftime("%d/%m/%Y")}
    reasons = []
    if standing.key in conditions.barred_people or standing.roles & set(conditions.barred_roles):
        reasons.append(_("Whoever organises, writes questions or judges does not compete."))
    if conditions.levels and standing.level not in conditions.levels:
        allowed = ", ".join(str(LEVELS[level]) for level in conditions.levels)
        reasons.append(_("On %(day)s it is for: %(levels)s.") % {**on, "levels": allowed})
    if _outside(standing.grade, conditions.grade_min, conditions.grade_max) and standing.level in OF_SCHOOL | {""}:
        reasons.append(
            _("It is for grades %(low)s to %(high)s on %(day)s.")
            % {**on, "low": conditions.grade_min or 6, "high": conditions.grade_max or 12}
        )
    if conditions.asks_age and standing.age is None:
        reasons.append(_("Your date of birth is not known here, and the rules ask for an age."))
    elif conditions.age_min is not None and standing.age < conditions.age_min:
        reasons.append(_("It is for people of %(age)s and older on %(day)s.") % {**on, "age": conditions.age_min})
    elif conditions.age_max is not None and standing.age > conditions.age_max:
        reasons.append(_("It is for people of %(age)s and younger on %(day)s.") % {**on, "age": conditions.age_max})
    if conditions.units and not standing.unit_keys & set(conditions.units):
        reasons.append(_("It is for people of other communes."))
    return reasons


def _outside(value: int | None, low: int | None, high: int | None) -> bool:
    if low is None and high is None:
        return False
    return value is None or (low is not None and value < low) or (high is not None and value > high)
