"""Which agency shows which of our materials and which station reads them out: how often, and in which version."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Sum

from cms.sharing.models import Broadcast, MaterialUse


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


@dataclass(frozen=True)
class AirRow:
    """One line of the broadcast log's sums: a station, a material, a language and a version."""

    station: str
    title: str
    code: str
    language: str
    revision_id: int
    days: int
    times: int
    last_day: date


def aired(*, since: date, until: date) -> list[AirRow]:
    """What stations read out from `since` to `until`, both included; by station, then the most often. One query."""
    found = (
        Broadcast.objects.filter(aired_on__range=(since, until))
        .values("station__name", "title", "code", "language", "revision_id")
        .annotate(days=Count("pk"), total=Sum("times"), last=Max("aired_on"))
        .order_by("station__name", "-total", "title")
    )
    return [
        AirRow(
            station=row["station__name"],
            title=row["title"],
            code=row["code"],
            language=row["language"],
            revision_id=row["revision_id"],
            days=row["days"],
            times=row["total"],
            last_day=row["last"],
        )
        for row in found
    ]
