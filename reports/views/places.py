"""A commune's or school's own report: the form that is due, its figures and texts, sending and giving back."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.problems import Problem
from courses.queries.readings import waiting_for
from reports import evidence
from reports.forms import FigureForm, NarrativeForm, ReturnForm
from reports.models import PlaceReport
from reports.models.rounds import NARRATIVES
from reports.operations import rounds
from reports.operations.rounds import Narrative
from reports.permissions import may_fill, reports_to_fill, runs_rounds
from reports.queries.coverage import coverage
from reports.queries.home import to_publish, trained_at, visits_at
from reports.queries.indicators import asked_in, lines_of, scope_of
from reports.queries.rounds import is_late
from reports.queries.sources import is_counted
from reports.queries.tables import shown
from reports.views.lines import shown_lines
from schools.models import SchoolYear

RELATED = ("unit", "school__unit", "round__reporting_year", "round__school_year")
# Somebody who looks after many places chooses one; few have more than two.
MOST = 20


@never_cache
@login_required
def mine(request):
    """«Xã của tôi», «Trường của tôi»: the form that is due, and how far the place is."""
    found = list(
        reports_to_fill(request.user)
        .exclude(unit__depth=1)
        .select_related(*RELATED)
        .order_by("-round__reporting_year__starts_on", "pk")[: MOST * 2]
    )
    places: dict[tuple, list[PlaceReport]] = {}
    for report in found:
        places.setdefault((report.unit_id, report.school_id), []).append(report)
    if not places:
        from reports.queries.scopes import scopes_of

        if not scopes_of(request.user):
            raise Http404
    year = SchoolYear.objects.current()
    cards = []
    for reports in list(places.values())[:MOST]:
        report = reports[0]
        ledger = coverage(scope=scope_of(report), school_year=year) if year else None
        cards.append(
            {
                "report": report,
                "place": report.place,
                "is_school": bool(report.school_id),
                "is_late": is_late(report.round),
                "earlier": reports[1:4],
                "reached": shown(ledger.total.reached) if ledger else "",
                "roll": shown(ledger.total.roll) if ledger and ledger.total.roll else "",
                "share": shown(ledger.total.share(), "percent") if ledger and ledger.total.share() is not None else "",
                "bar": ledger.total.share() if ledger else None,
                "trained": trained_at(report),
                "visits": visits_at(report),
            }
        )
    context = {
        "cards": cards,
        "year": year,
        "alone": len(cards) == 1,
        "readings": waiting_for(request.user),
        "materials": to_publish(get_language()) or to_publish(settings.LANGUAGE_CODE),
    }
    return render(request, "reports/mine.html", context)


def _report(request, uuid) -> PlaceReport:
    return get_object_or_404(PlaceReport.objects.visible_to(request.user).select_related(*RELATED), uuid=uuid)


def _to_fill(request, uuid) -> PlaceReport:
    return get_object_or_404(reports_to_fill(request.user).select_related(*RELATED), uuid=uuid)


@never_cache
@login_required
def report(request, uuid):
    """The form of a place. Whose it is writes; an office above reads."""
    found = _report(request, uuid)
    fills = may_fill(request.user, found)
    writes = fills and found.round.is_open and found.state != PlaceReport.State.SENT
    initial = {name: getattr(found, name) for name in (*NARRATIVES, "signer_name", "signer_title")}
    form = NarrativeForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        if not fills:
            raise Http404
        if form.is_valid():
            return _keep(request, found, form)
    return _show(request, found, form, writes=writes)


def _keep(request, found: PlaceReport, form: NarrativeForm):
    """Keep the texts; with the button «send» sign and send as well."""
    try:
        rounds.write_narrative(report=found, narrative=Narrative(**form.cleaned_data))
        if "send" in request.POST:
            rounds.send_report(report=found, actor=request.user)
            messages.success(request, _("The report is signed and sent. Thank you."))
        else:
            messages.success(request, _("Kept. Nothing is sent yet."))
    except Problem as problem:
        messages.error(request, str(problem))
    return redirect("reports:report", uuid=found.uuid)


def _show(request, found: PlaceReport, form: NarrativeForm, *, writes: bool, return_form: ReturnForm | None = None):
    lines = lines_of(found)
    oversees = runs_rounds(request.user) and found.asked != "province"
    context = {
        "report": found,
        "round": found.round,
        "year": found.round.reporting_year,
        "lines": shown_lines(lines),
        "form": form,
        "writes": writes,
        "texts": [(form.fields[name].label, getattr(found, name)) for name in NARRATIVES],
        "missing": rounds.what_is_missing(found, lines) if writes else [],
        "is_late": is_late(found.round),
        "is_province": found.asked == "province",
        "may_return": oversees and found.round.is_open and found.state == PlaceReport.State.SENT,
        "oversees": runs_rounds(request.user),
        "return_form": return_form or ReturnForm(),
    }
    status = 422 if form.errors or (return_form and return_form.errors) else 200
    return render(request, "reports/report.html", context, status=status)


@never_cache
@login_required
def figure(request, uuid, code):
    """Enter one figure with its evidence."""
    found = _to_fill(request, uuid)
    indicator = next((one for one in asked_in(found) if one.code == code and not is_counted(one)), None)
    if indicator is None or not found.round.is_open or found.state == PlaceReport.State.SENT:
        raise Http404
    stored = found.figures.filter(indicator=indicator).first()
    initial = (
        {"numerator": stored.numerator, "denominator": stored.denominator, "source_note": stored.source_note}
        if stored
        else {}
    )
    if request.method == "POST":
        form = FigureForm(request.POST, request.FILES, initial=initial, indicator=indicator)
        if form.is_valid():
            file = form.cleaned_data["evidence"]
            try:
                rounds.enter_figure(
                    report=found,
                    indicator=indicator,
                    numerator=form.cleaned_data["numerator"],
                    denominator=form.cleaned_data.get("denominator"),
                    source_note=form.cleaned_data["source_note"],
                    raw=file.read() if file else None,
                    file_name=file.name if file else "",
                    actor=request.user,
                )
            except Problem as problem:
                of_file = isinstance(problem, evidence.EvidenceRefused)
                form.add_error("evidence" if of_file else None, str(problem))
            else:
                messages.success(request, _("The figure %(code)s is entered.") % {"code": code})
                return redirect("reports:report", uuid=found.uuid)
    else:
        form = FigureForm(initial=initial, indicator=indicator)
    here = next((line.here_word for line in lines_of(found) if line.indicator == indicator), "")
    context = {"report": found, "indicator": indicator, "form": form, "stored": stored, "here": here}
    return render(request, "reports/figure.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
def evidence_file(request, uuid, code):
    """A short-lived signed address of the evidence behind a figure."""
    found = _report(request, uuid)
    stored = get_object_or_404(found.figures.exclude(evidence_key=""), indicator__code=code)
    return redirect(evidence.link(stored.evidence_key, stored.evidence_name))


@require_POST
@login_required
def give_back(request, uuid):
    """Return a report with a reason. For the officer of the province."""
    if not runs_rounds(request.user):
        raise Http404
    found = _report(request, uuid)
    form = ReturnForm(request.POST)
    if form.is_valid():
        try:
            rounds.return_report(report=found, reason=form.cleaned_data["reason"], actor=request.user)
        except Problem as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The report is returned."))
        return redirect("reports:report", uuid=found.uuid)
    return _show(request, found, NarrativeForm(), writes=False, return_form=form)
