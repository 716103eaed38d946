"""Which agency shows which of our materials, how often, and whether in the version that is public now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Sum

from cms.sharing.models import MaterialUse


@dataclass(frozen=True)
class UseRow:
    """One line of the register: an agency, a material in a version, and a kind of use."""

    agency: str
    title: str
    code: str
    language: str
    revision_id: int
    kind: str
    count: int
    last_day: date
    # Whether it was the present version; None for what has been taken back since.
    is_current: bool | None


def uses(*, since: date, until: date) -> list[UseRow]:
    """What was used from `since` to `until`, both included; by agency, then the most used. One query."""
    found = (
        MaterialUse.objects.filter(day__range=(since, until))
        .values(
            "agency__name",
            "title",
            "kind",
            "revision_id",
            "material__code",
            "material__language",
            "material__revision_id",
            "material__withdrawn",
        )
        .annotate(times=Sum("count"), last=Max("day"))
        .order_by("agency__name", "-times", "title")
    )
    return [
        UseRow(
            agency=row["agency__name"],
            title=row["title"],
            code=row["material__code"],
            language=row["material__language"],
            revision_id=row["revision_id"],
            kind=str(MaterialUse.Kind(row["kind"]).label),
            count=row["times"],
            last_day=row["last"],
            is_current=None if row["material__withdrawn"] else row["revision_id"] == row["material__revision_id"],
        )
        for row in found
    ]


def lines(rows: Iterable[UseRow]) -> list[list]:
    """The register as the cells of a spreadsheet."""
    return [
        [row.agency, row.title, row.code, row.language, row.revision_id, row.kind, row.count, row.last_day]
        for row in rows
    ]
