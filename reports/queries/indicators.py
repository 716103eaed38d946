"""The figures of a report: counted here, entered by hand, or frozen; each with its definition, source and time taken."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.models import Figure, Indicator, PlaceReport, ReportingRound
from reports.queries import sources
from reports.queries.coverage import percent
from reports.queries.scopes import Scope
from reports.queries.tables import Column, Row, Table, shown
from schools.models import ReportingYear

# A count over a whole province takes seconds: a page may show one that is this old, and says of when it is.
SECONDS = 120


@dataclass(frozen=True)
class Line:
    """One indicator in a report. `numerator` is None where there is no figure yet."""

    indicator: Indicator
    numerator: int | None
    denominator: int | None
    taken_at: datetime | None
    is_counted: bool
    is_frozen: bool
    figure: Figure | None = None
    before: Figure | None = None
    """The signed figure of the reporting year before."""
    inputs: dict = field(default_factory=dict)
    here: sources.Counted | None = None
    """What the system counts of a figure that people enter: the accounts and lists it knows, which may not be all."""
    here_at: datetime | None = None

    @property
    def here_word(self) -> str:
        if self.here is None:
            return ""
        if self.here.denominator is None:
            return shown(self.here.numerator)
        return f"{shown(self.here.numerator)}/{shown(self.here.denominator)}"

    @property
    def is_share(self) -> bool:
        return self.indicator.measure == Indicator.Measure.SHARE

    @property
    def is_over(self) -> bool:
        """More counted than there are: one of the two is wrong, and no share is told."""
        return bool(self.denominator is not None and self.numerator is not None and self.numerator > self.denominator)

    @property
    def share(self) -> float | None:
        return percent(self.numerator, self.denominator) if self.is_share else None

    @property
    def share_before(self) -> float | None:
        return percent(self.before.numerator, self.before.denominator) if self.before and self.is_share else None

    @property
    def change(self) -> float | int | None:
        """Against the year before: in points of percent for a share, else in number."""
        if self.is_share:
            here, there = self.share, self.share_before
            return None if here is None or there is None else round(here - there, 1)
        return None if self.before is None or self.numerator is None else self.numerator - self.before.numerator

    @property
    def source_word(self) -> str:
        if self.is_counted:
            return _("Counted by the system")
        if places := self.inputs.get("places"):
            words = ngettext("Added up from %(number)d report", "Added up from %(number)d reports", len(places))
            return words % {"number": len(places)}
        return self.figure.source_note if self.figure else ""


def scope_of(report: PlaceReport) -> Scope:
    return Scope(report.school.unit, report.school) if report.school_id else Scope(report.unit)


def asked_in(report: PlaceReport) -> list[Indicator]:
    """The indicators of a place's form, in the order of their codes; one query.

    What schools enter by hand is not asked of their commune again: the province would add the same people up twice.
    """
    return [
        one
        for one in report.round.indicators.order_by("code")
        if report.asked in one.asked_of
        and (
            report.asked != Indicator.Asked.UNIT
            or Indicator.Asked.SCHOOL not in one.asked_of
            or sources.is_counted(one)
        )
    ]


def lines_of(report: PlaceReport, *, fresh: bool = False, step: Callable[[int, int], None] | None = None) -> list[Line]:
    """The form of a place: frozen figures if it was sent, else counted now (at most `SECONDS` ago unless `fresh`).

    `step` is told how many of how many are done.
    """
    stored = {one.indicator_id: one for one in report.figures.all()}
    before = figures_before(report)
    rolled = _entered_below(report.round) if report.asked == "province" else {}
    found: list[Line] = []
    asked = asked_in(report)
    for number, indicator in enumerate(asked):
        if step:
            step(number, len(asked))
        figure, last = stored.get(indicator.pk), before.get(indicator.code)
        is_counted = sources.is_counted(indicator)
        if report.state == PlaceReport.State.SENT:
            found.append(_stored(indicator, figure, last, is_frozen=True))
        elif is_counted:
            found.append(_counted(report, indicator, last, fresh))
        else:
            line = _added(indicator, figure, rolled.get(indicator.pk, []), last)
            found.append(_beside(report, line, fresh) if indicator.rule else line)
    return found


def _stored(indicator: Indicator, figure: Figure | None, before: Figure | None, *, is_frozen: bool) -> Line:
    return Line(
        indicator=indicator,
        numerator=figure.numerator if figure else None,
        denominator=figure.denominator if figure else None,
        taken_at=figure.taken_at if figure else None,
        is_counted=bool(figure.inputs.get("counted")) if figure else is_frozen and sources.is_counted(indicator),
        is_frozen=is_frozen,
        figure=figure,
        before=before,
        inputs=figure.inputs if figure else {},
        **_signed_beside(figure if is_frozen else None),
    )


def _signed_beside(figure: Figure | None) -> dict:
    """What stood beside a figure when it was signed."""
    told = figure.inputs.get("counted_here") if figure else None
    if not told or figure is None:
        return {}
    return {
        "here": sources.Counted(told[0], told[1]),
        "here_at": datetime.fromisoformat(figure.inputs["counted_here_at"]),
    }


def _beside(report: PlaceReport, line: Line, fresh: bool) -> Line:
    """With what the system counts beside what was entered; it is signed with the figure."""
    value, at = _value(report, line.indicator, fresh)
    if value is None:
        return line
    told = {"counted_here": [value.numerator, value.denominator], "counted_here_at": at.isoformat()}
    return replace(line, here=value, here_at=at, inputs={**line.inputs, **told})


def _value(report: PlaceReport, indicator: Indicator, fresh: bool) -> tuple[sources.Counted | None, datetime]:
    key = f"indicator:{report.pk}:{indicator.pk}"
    kept = None if fresh else cache.get(key)
    if kept is None:
        value = sources.count(
            indicator,
            scope=scope_of(report),
            reporting_year=report.round.reporting_year,
            school_year=report.round.school_year,
        )
        kept = (value, timezone.now())
        cache.set(key, kept, SECONDS)
    return kept


def _counted(report: PlaceReport, indicator: Indicator, before: Figure | None, fresh: bool) -> Line:
    value, at = _value(report, indicator, fresh)
    return Line(
        indicator=indicator,
        numerator=value.numerator if value else None,
        denominator=value.denominator if value else None,
        taken_at=at,
        is_counted=True,
        is_frozen=False,
        before=before,
        inputs=value.inputs if value else {},
    )


def _added(indicator: Indicator, own: Figure | None, below: list[Figure], before: Figure | None) -> Line:
    """A figure people enter: that of the place itself, and for the province what the places below sent, added up."""
    figures = [*below, *([own] if own else [])]
    if not below:
        return _stored(indicator, own, before, is_frozen=False)
    wholes = [one.denominator for one in figures if one.denominator is not None]
    places = [
        {"place": str((one.school_id and f"school-{one.school_id}") or f"unit-{one.unit_id}"),
         "numerator": one.numerator, "denominator": one.denominator}
        for one in figures
    ]  # fmt: skip
    return Line(
        indicator=indicator,
        numerator=sum(one.numerator for one in figures),
        denominator=sum(wholes) if wholes else None,
        taken_at=max(one.taken_at for one in figures),
        is_counted=False,
        is_frozen=False,
        figure=own,
        before=before,
        inputs={"places": places},
    )


def _entered_below(round_: ReportingRound) -> dict[int, list[Figure]]:
    """What the communes and schools that sent their report entered by hand, by indicator; one query."""
    found: dict[int, list[Figure]] = defaultdict(list)
    rows = Figure.objects.filter(
        report__round=round_, report__state=PlaceReport.State.SENT, entered_by__isnull=False
    ).exclude(unit__depth=1)
    for figure in rows.order_by("pk"):
        found[figure.indicator_id].append(figure)
    return found


def figures_before(report: PlaceReport) -> dict[str, Figure]:
    """The signed figures of the same place for the reporting year before, by the code of the indicator; one query."""
    year = (
        ReportingYear.objects.filter(starts_on__lt=report.round.reporting_year.starts_on).order_by("-starts_on").first()
    )
    if year is None:
        return {}
    signed = Figure.objects.filter(
        reporting_year=year, signed_at__isnull=False, unit=report.unit_id, school=report.school_id
    ).select_related("indicator")
    return {one.indicator.code: one for one in signed}


def missing_of(lines: list[Line]) -> list[Indicator]:
    """What has no figure although somebody must enter it. What the system cannot count for want of pupils is not missing."""
    return [line.indicator for line in lines if line.numerator is None and not line.is_counted]


# --- As a table -----------------------------------------------------------------------------------------------------


def table_of(lines: list[Line]) -> Table:
    """The figures of a report for the screen and every file."""
    columns = [
        Column("code", _("Code"), "text"),
        Column("title", _("Indicator"), "text"),
        Column("part", _("Counted")),
        Column("whole", _("Out of")),
        Column("share", _("Share"), "percent"),
        Column("before", _("Year before"), "text"),
        Column("change", _("Against the year before"), "text"),
        Column("source", _("Source"), "text"),
        Column("taken", _("Taken"), "text"),
        Column("here", _("Counted here"), "text"),
    ]
    rows = [
        Row(
            line.indicator.code,
            [
                line.indicator.code,
                line.indicator.title,
                line.numerator,
                line.denominator,
                line.share,
                before_word(line),
                change_word(line),
                line.source_word,
                taken_word(line),
                line.here_word,
            ],
            line.share,
            line.is_over,
        )
        for line in lines
    ]
    note = _("Figures of the reporting year beside those of the year before.")
    return Table("indicators", _("Indicators"), note, columns, rows)


def before_word(line: Line) -> str:
    if line.before is None:
        return ""
    return shown(line.share_before, "percent") if line.is_share else shown(line.before.numerator)


def change_word(line: Line) -> str:
    """«+3,2» with a true minus."""
    if line.change is None:
        return ""
    sign = "+" if line.change > 0 else "−" if line.change < 0 else ""
    number = shown(abs(line.change))
    return f"{sign}{number} {_('percentage points')}" if line.is_share else f"{sign}{number}"


def taken_word(line: Line) -> str:
    return date_format(timezone.localtime(line.taken_at), "H:i d/m/Y") if line.taken_at else ""
