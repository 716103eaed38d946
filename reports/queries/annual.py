"""The annual report of a place as one thing: the screen, .docx and .xlsx are all made from it, so that no figure differs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports.models import Figure, PlaceReport
from reports.models.rounds import NARRATIVES
from reports.queries.coverage import percent
from reports.queries.indicators import Line, lines_of, table_of
from reports.queries.rounds import places_of
from reports.queries.tables import Column, Row, Table
from schools.models import School

# The share that is told commune by commune.
MAIN = "A1"


@dataclass(frozen=True)
class AnnualReport:
    report: PlaceReport
    lines: list[Line]
    tables: list[Table]
    texts: list[tuple[str, str]]
    taken_at: datetime

    @property
    def is_frozen(self) -> bool:
        return self.report.state == PlaceReport.State.SENT

    @property
    def year(self):
        return self.report.round.reporting_year

    @property
    def title(self) -> str:
        return _("Report of the year %(year)s: %(place)s") % {"year": self.year.code, "place": self.report.place}

    @property
    def when(self) -> str:
        words = {
            "from": date_format(self.year.starts_on, "d/m/Y"),
            "to": date_format(self.year.ends_on, "d/m/Y"),
            "at": date_format(timezone.localtime(self.taken_at), "H:i d/m/Y"),
        }
        if self.is_frozen:
            return _("From %(from)s to %(to)s · figures signed at %(at)s") % words
        return _("From %(from)s to %(to)s · not signed yet, figures of %(at)s") % words


def annual(report: PlaceReport, *, step: Callable[[int, int], None] | None = None) -> AnnualReport:
    """The annual report of a place as it stands; `step` is told how far the counting is.

    Once it is signed the figures come from what was frozen.
    """
    lines = lines_of(report, step=step)
    tables = [table_of(lines)]
    if report.asked == "province":
        tables += [_places(report), *_waiting(report)]
    return AnnualReport(
        report=report,
        lines=lines,
        tables=tables,
        texts=[(text_word(name), getattr(report, name)) for name in NARRATIVES],
        taken_at=report.signed_at or timezone.now(),
    )


def text_word(name: str) -> str:
    return {
        "results": _("Results"),
        "shortcomings": _("Shortcomings"),
        "causes": _("Causes"),
        "proposals": _("Proposals"),
    }[name]


def _places(report: PlaceReport) -> Table:
    """What the communes sent of the main share, as they signed it; two queries."""
    figures = {
        one.report_id: one
        for one in Figure.objects.filter(
            report__round=report.round_id, indicator__code=MAIN, unit__depth__gt=1, signed_at__isnull=False
        )
    }
    columns = [
        Column("name", _("Commune or ward"), "text"),
        Column("state", _("State"), "text"),
        Column("part", _("Reached")),
        Column("whole", _("Roll")),
        Column("share", _("Share of the roll"), "percent"),
    ]
    rows = []
    for one in places_of(report.round).filter(unit__isnull=False).select_related("unit").order_by("unit__name_folded"):
        figure = figures.get(one.pk)
        part, whole = (figure.numerator, figure.denominator) if figure else (None, None)
        share = percent(part, whole)
        is_over = bool(part is not None and whole is not None and part > whole)
        state = str(PlaceReport.State(one.state).label)
        rows.append(Row(one.unit.code, [one.unit.name, state, part, whole, share], share, is_over))
    note = _("Pupils of upper secondary level reached (A1), as each commune has signed it.")
    return Table("places", _("By commune"), note, columns, rows)


def _waiting(report: PlaceReport) -> list[Table]:
    """Schools whose report is missing; nothing where all have sent it."""
    missing = (
        School.objects.filter(pk__in=places_of(report.round).exclude(state=PlaceReport.State.SENT).values("school"))
        .select_related("unit")
        .order_by("unit__name_folded", "name_folded")
    )
    rows = [Row(one.code, [one.name, one.unit.name]) for one in missing]
    if not rows:
        return []
    columns = [Column("name", _("School"), "text"), Column("unit", _("Commune or ward"), "text")]
    note = _("Schools that have not sent their report.")
    return [Table("waiting", _("Not sent"), note, columns, rows)]
