"""The reporting round for the province: open it, see who has not sent, sign off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.problems import Problem
from reports.forms import IndicatorForm, OpenRoundForm
from reports.models import Indicator, ReportingRound
from reports.operations import rounds
from reports.permissions import runs_rounds
from reports.queries.indicators import lines_of
from reports.queries.rounds import counts_of, is_late, place_list
from reports.queries.sources import is_counted
from reports.views.lines import shown_lines
from schools.permissions import units_kept

PER_PAGE = 25


def _officer(request) -> None:
    if not runs_rounds(request.user):
        raise Http404


def round_for(request, year: str) -> ReportingRound:
    """The round of a year, for whom runs rounds. For everybody else 404."""
    _officer(request)
    return get_object_or_404(
        ReportingRound.objects.select_related("reporting_year", "school_year", "signed_by"), reporting_year__code=year
    )


@never_cache
@login_required
def rounds_list(request):
    """Rounds there were, and a new one to open. Whose unit lies below the province is shown its own report."""
    if not runs_rounds(request.user) and units_kept(request.user).exists():
        return redirect("reports:mine")
    _officer(request)
    form = OpenRoundForm(request.POST) if request.method == "POST" else OpenRoundForm()
    if request.method == "POST" and form.is_valid():
        try:
            found = rounds.open_round(
                reporting_year=form.cleaned_data["year"], due_on=form.cleaned_data["due_on"], actor=request.user
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The round is open. Every commune and school has its form."))
            return redirect("reports:round", year=found.reporting_year.code)
    found = ReportingRound.objects.select_related("reporting_year")
    status = 422 if form.is_bound else 200
    return render(request, "reports/rounds.html", {"form": form, "rounds": found}, status=status)


@never_cache
@login_required
def round_page(request, year):
    """How far the round is: who has sent, who has not, and the figures of the province as they stand."""
    found = round_for(request, year)
    counts = counts_of(found)
    state = request.GET.get("show", "waiting" if counts.waiting else "sent")
    if state not in {"waiting", "sent", "returned"}:
        state = "waiting"
    words = request.GET.get("q", "").strip()[:80]
    page = Paginator(place_list(found, state=state, words=words), PER_PAGE).get_page(request.GET.get("page"))
    own = found.reports.select_related("unit", "round__reporting_year", "round__school_year").get(unit__depth=1)
    lines = lines_of(own)
    context = {
        "round": found,
        "year": found.reporting_year,
        "counts": counts,
        "boxes": [
            {"label": label, "icon": icon, "number": number, "url": f"?{urlencode({'show': name})}",
             "current": name == state}
            for name, label, icon, number in (
                ("waiting", _("Not sent"), "clock", counts.waiting),
                ("returned", _("Returned"), "rotate-ccw", counts.returned),
                ("sent", _("Sent"), "circle-check", counts.sent),
            )
        ],
        "state": state,
        "words": words,
        "page": page,
        "query": urlencode({"show": state, "q": words}) + "&",
        "is_late": is_late(found),
        "own": own,
        "lines": shown_lines(lines),
        "missing": rounds.what_is_missing(own, lines) if found.is_open else [],
        "letter": _letter(found),
    }  # fmt: skip
    return render(request, "reports/round.html", context)


def _letter(found: ReportingRound) -> str:
    """The words of a reminder; it names nobody, so that it can be sent to all."""
    return _(
        "The report of %(year)s is due on %(due)s. Please open “Report of the year” on Học Dịch vụ công, look at the "
        "figures, add what is missing with its evidence, and send it."
    ) % {"year": found.reporting_year.code, "due": found.due_on.strftime("%d/%m/%Y")}


@require_POST
@login_required
def sign_off(request, year):
    found = round_for(request, year)
    try:
        rounds.sign_off(round_=found, actor=request.user)
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The year is signed off. Its figures no longer change."))
    return redirect("reports:round", year=year)


@never_cache
@login_required
def indicators(request):
    """Every indicator with its definition, its rule and where its figure comes from."""
    _officer(request)
    found = [{"one": one, "is_counted": is_counted(one)} for one in rounds.indicators_in_force()]
    return render(request, "reports/indicators.html", {"indicators": found})


@never_cache
@login_required
def indicator(request, code):
    """The versions of one indicator, and a new one."""
    _officer(request)
    versions = list(Indicator.objects.filter(code=code).order_by("-version"))
    if not versions:
        raise Http404
    newest = versions[0]
    initial = {"title": newest.title, "definition": newest.definition, "step": newest.rule.get("step", "reached")}
    form = IndicatorForm(request.POST if request.method == "POST" else None, initial=initial, indicator=newest)
    if request.method == "POST" and form.is_valid():
        rounds.revise_indicator(
            indicator=newest,
            title=form.cleaned_data["title"],
            definition=form.cleaned_data["definition"],
            step=form.cleaned_data.get("step", ""),
            actor=request.user,
        )
        messages.success(request, _("Kept. Rounds that are open keep the version they were opened with."))
        return redirect("reports:indicator", code=code)
    context = {"form": form, "newest": newest, "versions": versions, "is_counted": is_counted(newest)}
    return render(request, "reports/indicator.html", context, status=422 if form.is_bound else 200)
