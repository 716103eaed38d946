"""The places a ledger is about: the province, a unit below it, a school."""

from dataclasses import dataclass

from schools.models import School, Unit
from schools.permissions import schools_overseen, units_overseen


@dataclass(frozen=True)
class Scope:
    """`unit` without a school is the unit with everything under it; with neither it is the whole province."""

    unit: Unit | None = None
    school: School | None = None

    @property
    def kind(self) -> str:
        if self.school:
            return "school"
        return "unit" if self.unit and not self.unit.is_root() else "province"

    @property
    def name(self) -> str:
        return str(self.school or self.unit or "")

    @property
    def code(self) -> str:
        return self.school.code if self.school else self.unit.code if self.unit else ""

    def schools(self):
        """All schools the scope counts, those that were closed or merged too: what was reached there stays."""
        if self.school:
            return School.objects.filter(pk=self.school.pk)
        if self.kind == "unit" and self.unit:
            return School.objects.filter(unit__path__startswith=self.unit.path)
        return School.objects.all()


def province() -> Scope:
    return Scope(Unit.objects.filter(depth=1).first())


def scopes_of(user) -> list[Scope]:
    """Where the ledger of a person begins: the units of their offices, else the schools they administer."""
    units = list(units_overseen(user).order_by("path"))
    tops = [one for one in units if not any(one != other and one.path.startswith(other.path) for other in units)]
    if tops:
        return [Scope(unit) for unit in tops]
    return [Scope(school.unit, school) for school in schools_overseen(user).select_related("unit")]
