"""The reporting round: open, write, enter figures, send, return, sign off (product.md §9; plan V.10.c and VI)."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.audit.operations import record
from cms.problems import Problem
from reports import evidence
from reports.models import Figure, Indicator, PlaceReport, ReportingRound
from reports.models.rounds import NARRATIVES
from reports.queries import sources
from reports.queries.indicators import Line, asked_in, lines_of, missing_of
from schools.models import ReportingYear, School, SchoolYear, Unit, User


class RoundRefused(Problem):
    status = 422
    code = "round_refused"


class RoundClosed(RoundRefused):
    status = 409
    code = "round_closed"
    detail = gettext_lazy("The report of this year is signed off. Its figures no longer change.")


class ReportSent(RoundRefused):
    status = 409
    code = "report_sent"
    detail = gettext_lazy("The report has been sent. Ask the province to return it if something is to be changed.")


@dataclass(frozen=True)
class Narrative:
    """The four texts of a report and who signs it."""

    results: str = ""
    shortcomings: str = ""
    causes: str = ""
    proposals: str = ""
    signer_name: str = ""
    signer_title: str = ""


def indicators_in_force() -> list[Indicator]:
    """The newest version of every indicator."""
    newest: dict[tuple[int, str], Indicator] = {}
    for one in Indicator.objects.order_by("code", "version"):
        newest[one.programme_id, one.code] = one
    return list(newest.values())


@transaction.atomic
def open_round(*, reporting_year: ReportingYear, due_on: date, actor: User) -> ReportingRound:
    """Open the round of a year with a form for the province, every commune and every open school.

    Done again it makes forms for places that have none yet, and moves the day it is due; nothing that was written changes.
    Raises `RoundClosed` after the sign-off, `RoundRefused` for a day that cannot be or where no school year has begun.
    """
    school_year = SchoolYear.objects.current(reporting_year.ends_on)
    if school_year is None:
        raise RoundRefused(_("Enter the school year first: shares are told of its roll."))
    if due_on < reporting_year.starts_on:
        raise RoundRefused(_("The reports cannot be due before the reporting year begins."))
    found, made = ReportingRound.objects.select_for_update().get_or_create(
        reporting_year=reporting_year, defaults={"school_year": school_year, "due_on": due_on, "opened_by": actor}
    )
    if not found.is_open:
        raise RoundClosed
    if made:
        found.indicators.set(indicators_in_force())
    elif found.due_on != due_on:
        found.due_on = due_on
        found.save(update_fields=["due_on"])
    there = set(found.reports.values_list("unit", "school"))
    day = min(reporting_year.ends_on, timezone.localdate())
    units = Unit.objects.exclude(kind=Unit.Kind.FORMER_DISTRICT).filter(Q(valid_to=None) | Q(valid_to__gte=day))
    places: list[dict] = [{"unit": unit} for unit in units]
    places += [{"school": school} for school in School.objects.open_on(day)]
    PlaceReport.objects.bulk_create(
        [
            PlaceReport(round=found, **place)
            for place in places
            if (place["unit"].pk if "unit" in place else None, place["school"].pk if "school" in place else None)
            not in there
        ],
        batch_size=500,
    )
    record(
        actor=actor,
        action="open_reporting_round",
        target_kind="reporting_round",
        target_key=reporting_year.code,
        detail={"due_on": due_on.isoformat(), "reports": found.reports.count()},
    )
    return found


def _locked(report: PlaceReport) -> PlaceReport:
    """The report and its round under lock, if it may still be written."""
    round_ = ReportingRound.objects.select_for_update().get(pk=report.round_id)
    if not round_.is_open:
        raise RoundClosed
    report = (
        PlaceReport.objects.select_for_update(of=("self",)).select_related("unit", "school__unit").get(pk=report.pk)
    )
    report.round = round_
    return report


def _writable(report: PlaceReport) -> PlaceReport:
    report = _locked(report)
    if report.state == PlaceReport.State.SENT:
        raise ReportSent
    return report


@transaction.atomic
def write_narrative(*, report: PlaceReport, narrative: Narrative) -> PlaceReport:
    """Keep the texts as they are; they may be unfinished. Raises `ReportSent`, `RoundClosed`."""
    report = _writable(report)
    names = [*NARRATIVES, "signer_name", "signer_title"]
    for name in names:
        setattr(report, name, getattr(narrative, name).strip())
    report.save(update_fields=[*names, "changed_at"])
    return report


@transaction.atomic
def enter_figure(
    *,
    report: PlaceReport,
    indicator: Indicator,
    numerator: int,
    denominator: int | None,
    source_note: str,
    raw: bytes | None,
    file_name: str,
    actor: User,
) -> Figure:
    """Enter a figure the system does not count, with where it is from and a file that shows it.

    `raw` is None where the evidence given before stays. Raises `RoundRefused` for figures that cannot both be right or
    without evidence, `EvidenceRefused` for a file of another kind, `ReportSent`, `RoundClosed`.
    """
    report = _writable(report)
    if indicator not in asked_in(report) or sources.is_counted(indicator):
        raise RoundRefused(_("This figure is not entered here."))
    if indicator.measure == Indicator.Measure.SHARE:
        if not denominator:
            raise RoundRefused(_("Write out of how many."))
        if numerator > denominator:
            raise RoundRefused(_("More are counted than there are. One of the two numbers is wrong."))
    figure = Figure.objects.filter(report=report, indicator=indicator).first()
    if raw is None and not (figure and figure.evidence_key):
        raise RoundRefused(_("Add the file that shows the figure: a list, a decision, a signed page."))
    if figure is None:
        figure = Figure(
            report=report, indicator=indicator, reporting_year_id=report.round.reporting_year_id, unit=report.unit,
            school=report.school,
        )  # fmt: skip
    if raw is not None:
        ending = evidence.check(raw)
        old, figure.evidence_key = figure.evidence_key, evidence.keep(raw, ending)
        stem = file_name.rsplit(".", 1)[0].strip()[:140] or "minh-chung"
        figure.evidence_name = f"{stem}.{ending}"
        transaction.on_commit(lambda: evidence.erase(old))
    figure.numerator = numerator
    figure.denominator = denominator if indicator.measure == Indicator.Measure.SHARE else None
    figure.source_note, figure.entered_by, figure.taken_at = source_note.strip(), actor, timezone.now()
    figure.save()
    return figure


@transaction.atomic
def send_report(*, report: PlaceReport, actor: User) -> PlaceReport:
    """Sign and send the report of a commune or school: its figures are taken now and stay as they are.

    Raises `RoundRefused` with what is missing, `ReportSent`, `RoundClosed`.
    """
    report = _writable(report)
    if report.asked == Indicator.Asked.PROVINCE:
        raise RoundRefused(_("The report of the province is closed by signing off."))
    _sign(report, actor)
    record(
        actor=actor,
        action="send_report",
        target_kind="place_report",
        target_key=str(report.uuid),
        target_label=str(report.place),
        detail={"reporting_year": report.round.reporting_year.code},
    )
    return report


def what_is_missing(report: PlaceReport, lines: list[Line]) -> list[str]:
    """What has to be there before a report can be sent, in words."""
    found = []
    if missing := missing_of(lines):
        codes = ", ".join(one.code for one in missing)
        words = ngettext("A figure is missing: %(codes)s.", "Figures are missing: %(codes)s.", len(missing))
        found.append(words % {"codes": codes})
    if not report.results:
        found.append(_("Write the results of the year."))
    if not (report.signer_name and report.signer_title):
        found.append(_("Write who signs, and their office."))
    return found


def _sign(report: PlaceReport, actor: User) -> None:
    lines = lines_of(report, fresh=True)
    if missing := what_is_missing(report, lines):
        raise RoundRefused(" ".join(missing))
    now = timezone.now()
    for line in lines:
        if line.numerator is None:
            continue
        figure = line.figure or Figure(
            report=report, indicator=line.indicator, reporting_year_id=report.round.reporting_year_id, unit=report.unit,
            school=report.school,
        )  # fmt: skip
        own = {"numerator": figure.numerator, "denominator": figure.denominator} if figure.pk else {}
        figure.numerator, figure.denominator = line.numerator, line.denominator
        figure.taken_at = line.taken_at or now
        # What the figure was made from: with this it can be made again, whatever changes later.
        figure.inputs = {
            **line.inputs,
            "counted": line.is_counted,
            "rule": line.indicator.rule,
            "version": line.indicator.version,
            "from": report.round.reporting_year.starts_on.isoformat(),
            "to": report.round.reporting_year.ends_on.isoformat(),
            **({"own": own} if own and line.inputs.get("places") else {}),
        }
        figure.signed_at, figure.signed_by = now, actor
        figure.save()
    report.state, report.signed_at, report.signed_by = PlaceReport.State.SENT, now, actor
    report.return_reason, report.returned_at = "", None
    report.save()


@transaction.atomic
def return_report(*, report: PlaceReport, reason: str, actor: User) -> PlaceReport:
    """Give a report back to be put right; what was entered by hand stays, what was counted is counted again.

    Raises `RoundRefused` without a reason or for a report that was not sent, `RoundClosed`.
    """
    report = _locked(report)
    if report.state != PlaceReport.State.SENT:
        raise RoundRefused(_("Only a report that was sent can be returned."))
    if not reason.strip():
        raise RoundRefused(_("Say what is to be put right."))
    report.figures.filter(entered_by=None).delete()
    report.figures.update(signed_at=None, signed_by=None, inputs={})
    report.state, report.signed_at, report.signed_by = PlaceReport.State.RETURNED, None, None
    report.return_reason, report.returned_at = reason.strip(), timezone.now()
    report.save()
    record(
        actor=actor,
        action="return_report",
        target_kind="place_report",
        target_key=str(report.uuid),
        target_label=str(report.place),
        detail={"reporting_year": report.round.reporting_year.code},
    )
    return report


@transaction.atomic
def sign_off(*, round_: ReportingRound, actor: User) -> ReportingRound:
    """Close the year: the figures of the province are taken, with the figures they were added up from, and nothing changes
    any more, the reports of the places included.

    Raises `RoundRefused` with what is missing in the province's own report, `RoundClosed`.
    """
    report = round_.reports.select_related("unit").get(unit__depth=1)
    report = _writable(report)
    _sign(report, actor)
    round_ = report.round
    round_.signed_at, round_.signed_by = timezone.now(), actor
    round_.save(update_fields=["signed_at", "signed_by"])
    waiting = round_.reports.exclude(state=PlaceReport.State.SENT).count()
    record(
        actor=actor,
        action="sign_off_reporting_round",
        target_kind="reporting_round",
        target_key=round_.reporting_year.code,
        detail={"not_sent": waiting},
    )
    return round_


@transaction.atomic
def revise_indicator(*, indicator: Indicator, title: str, definition: str, step: str, actor: User) -> Indicator:
    """A new version of an indicator's definition and, where the ledger counts it, of what counts as reached.

    Rounds that are open keep the version they were opened with. The same words again change nothing.
    """
    newest = (
        Indicator.objects.select_for_update()
        .filter(programme=indicator.programme_id, code=indicator.code)
        .order_by("-version")[0]
    )
    rule = {**newest.rule, **({"step": step} if newest.rule.get("from") == "coverage" and step else {})}
    if (title, definition, rule) == (newest.title, newest.definition, newest.rule):
        return newest
    old = newest.version
    newest.pk, newest._state.adding = None, True
    newest.version, newest.title, newest.definition, newest.rule = old + 1, title, definition, rule
    newest.save()
    record(
        actor=actor,
        action="revise_indicator",
        target_kind="indicator",
        target_key=newest.code,
        target_label=newest.title,
        detail={"version": newest.version, "rule": rule},
    )
    return newest
