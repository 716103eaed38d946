"""A round as the province sees it: who has sent, who has not, and whose form is due."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from reports.models import PlaceReport, ReportingRound


@dataclass(frozen=True)
class Counts:
    """Reports of communes and schools of a round by their state; the province's own is not among them."""

    draft: int
    sent: int
    returned: int

    @property
    def all(self) -> int:
        return self.draft + self.sent + self.returned

    @property
    def waiting(self) -> int:
        return self.draft + self.returned


def places_of(round_: ReportingRound):
    return round_.reports.exclude(unit__depth=1)


def counts_of(round_: ReportingRound) -> Counts:
    states = PlaceReport.State
    return Counts(
        **places_of(round_).aggregate(
            draft=Count("pk", filter=Q(state=states.DRAFT)),
            sent=Count("pk", filter=Q(state=states.SENT)),
            returned=Count("pk", filter=Q(state=states.RETURNED)),
        )
    )


def place_list(round_: ReportingRound, *, state: str = "", words: str = ""):
    """The reports of a round in the order of the list: who has not sent first, then by kind and name."""
    rows = places_of(round_).select_related("unit", "school__unit")
    if state == "waiting":
        rows = rows.exclude(state=PlaceReport.State.SENT)
    elif state:
        rows = rows.filter(state=state)
    if words:
        from cms.text.folding import fold

        rows = rows.filter(Q(unit__name_folded__contains=fold(words)) | Q(school__name_folded__contains=fold(words)))
    return rows.order_by("school__unit__path", "unit__path", "school__name_folded", "pk")


def is_late(round_: ReportingRound) -> bool:
    return round_.due_on < timezone.localdate()
