"""The secretary's desk: setting a contest up, opening it, and what follows."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from contests import operations
from contests.forms import SetUpForm, SignForm, quizzes_to_choose
from contests.models import Appeal, Contest, Enquiry, Entry, Ranking, RoundQuiz, TakeDown
from contests.operations.states import name_of
from contests.permissions import may_manage_contests, units_to_organise
from contests.presets import presets as offered
from contests.presets import rule_sets
from contests.problems import NoSuchContest
from contests.queries.contests import categories_of, clock_of, quiz_rounds, round_of, rounds_of, rules_in_force
from contests.queries.criteria import order_words
from contests.queries.stage import live_rounds
from contests.rules import Rules
from contests.work_desk_forms import WorkSetUpForm

PER_PAGE = 50
# What is done, rather than what it is called afterwards.
FOLLOWING = {
    "open": gettext_lazy("open the contest"),
    "closed": gettext_lazy("close the contest"),
    "judging": gettext_lazy("begin judging"),
    "moderated": gettext_lazy("end the moderation"),
    "published": gettext_lazy("publish the results"),
    "archived": gettext_lazy("archive the contest"),
}


def managed(request: HttpRequest, slug: str) -> Contest:
    found = Contest.objects.managed_by(request.user).select_related("organiser").filter(slug=slug).first()
    if found is None:
        raise NoSuchContest()
    return found


def _require_office(request: HttpRequest) -> None:
    if not may_manage_contests(request.user):
        raise Http404


@require_safe
@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    _require_office(request)
    contests = (
        Contest.objects.managed_by(request.user)
        .select_related("organiser")
        .annotate(entered=Count("entries"))
        .order_by("-created_at")
    )
    return render(
        request, "contests/desk/home.html", {"page": Paginator(contests, 20).get_page(request.GET.get("page"))}
    )


@require_safe
@login_required
@never_cache
def presets(request: HttpRequest) -> HttpResponse:
    """First step: what kind of contest."""
    _require_office(request)
    real = [one for one in rule_sets().values() if not one.is_preset]
    return render(request, "contests/desk/presets.html", {"presets": offered(), "real": real})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def set_up(request: HttpRequest, preset: str) -> HttpResponse:
    """Second step: what differs from the preset. The draft is made; its desk says what is still missing."""
    _require_office(request)
    chosen = rule_sets().get(preset)
    if chosen is None:
        raise Http404
    data, units = request.POST if request.method == "POST" else None, units_to_organise(request.user)
    form: SetUpForm | WorkSetUpForm
    if chosen.is_of_works:
        form = WorkSetUpForm(data, preset=chosen, units=units)
    else:
        form = SetUpForm(data, preset=chosen, units=units, language=get_language() or "vi")
    if request.method == "POST" and form.is_valid():
        contest = operations.set_up_contest(
            document=form.document, organiser=form.cleaned_data["organiser"], by=request.user
        )
        if form.cleaned_data.get("quiz"):
            _choose_everywhere(contest, UUID(form.cleaned_data["quiz"]), request.user)
        messages.success(request, _("The draft is made. Nobody sees it before you open it."))
        return redirect("contests:step", slug=contest.slug, step="name" if chosen.is_of_works else "who")
    shown = {"form": form, "preset": chosen}
    return render(request, "contests/desk/set_up.html", shown, status=422 if request.method == "POST" else 200)


def _choose_everywhere(contest: Contest, quiz: UUID, by) -> None:
    for round in quiz_rounds(contest):
        for category in categories_of(contest):
            operations.choose_quiz(round=round, category=category, quiz_key=quiz, by=by)


def slots_of(contest: Contest) -> list[dict]:
    """One for each round and category: {"round", "category" where there is a choice, "for", "name", "chosen"}."""
    categories, rounds = list(categories_of(contest)), list(quiz_rounds(contest))
    chosen = {(one.round_id, one.category_id): str(one.quiz_key) for one in RoundQuiz.objects.filter(round__in=rounds)}
    return [
        {
            "round": round,
            "category": category if len(categories) > 1 else None,
            "for": category,
            "name": f"quiz-{round.number}-{category.pk}",
            "chosen": chosen.get((round.pk, category.pk), ""),
        }
        for round in rounds
        for category in categories
    ]


@dataclass(frozen=True)
class Tool:
    """A line of the desk: where it leads, and how many things wait there."""

    label: str
    url: str
    icon: str
    waiting: int = 0


def tools_of(contest: Contest) -> list[Tool]:
    """What can be done now, in the order of a contest's life. Four queries."""
    is_works, has_begun = contest.takes_works, contest.state != Contest.State.DRAFT
    live = list(live_rounds(contest))
    has_quiz = not is_works and (not live or quiz_rounds(contest).exists())
    asked = contest.enquiries.filter(state=Enquiry.State.WAITING).count()
    objected = Appeal.objects.filter(entry__contest=contest, state=Appeal.State.WAITING).count()
    hidden = contest.take_downs.filter(state=TakeDown.State.WAITING).count()
    rows: list[tuple[bool, str, str, str, int]] = [
        (True, "faq", _("Frequently asked questions"), "circle-question-mark", 0),
        (True, "enquiries", _("Questions of entrants"), "message-circle", asked),
        (has_begun and is_works, "extend", _("More time for everybody"), "timer", 0),
        (has_begun and has_quiz, "outages", _("Record an outage"), "triangle-alert", 0),
        (has_begun and has_quiz, "questions", _("Cancel a question"), "circle-x", 0),
        (is_works, "screening", _("Screening"), "list-checks", 0),
        (is_works, "jury_room", _("Jury"), "users", 0),
        (has_begun, "appeals", _("Appeals"), "circle-alert", objected),
        (has_begun, "letters", _("Letters to schools"), "file-text", 0),
        (has_begun and is_works, "hang", pgettext("contest", "Gallery"), "image", 0),
        (has_begun, "take_downs", _("Requests to take something down"), "eye-off", hidden),
    ]
    found = [
        Tool(label, reverse(f"contests:{name}", args=[contest.slug]), icon, waiting)
        for is_there, name, label, icon, waiting in rows
        if is_there
    ]
    if not live:
        return found
    stages = [
        Tool(
            _("On stage") if len(live) == 1 else f"{_('On stage')} · {one.title or one.number}",
            reverse("contests:stage_desk", args=[contest.slug, one.number]),
            "users",
        )
        for one in live
    ]
    return [
        *stages,
        Tool(_("Parts and criteria"), reverse("contests:parts", args=[contest.slug]), "list-checks"),
        Tool(_("Minutes of the meeting"), reverse("contests:minutes", args=[contest.slug]), "file-text"),
        *found,
    ]


def _shown(contest: Contest, **more) -> dict:
    version, rounds = rules_in_force(contest), list(rounds_of(contest))
    rules = Rules.of(version)
    frozen = Ranking.objects.filter(contest=contest, kind=Ranking.Kind.FROZEN, category=None).select_related("round")
    following = operations.next_state(contest)
    return {
        "contest": contest,
        "version": version,
        "rules": rules,
        "order": order_words(contest, rules),
        "clock": clock_of(contest),
        "slots": slots_of(contest),
        "quizzes": quizzes_to_choose(get_language() or "vi") if contest.state == Contest.State.DRAFT else [],
        "rounds": rounds,
        "lacking": operations.lacking(contest) if contest.state == Contest.State.DRAFT else [],
        "steps": list(contest.steps.all()),
        "entered": contest.entries.count(),
        "tools": tools_of(contest),
        "frozen": list(frozen.order_by("-computed_at")[:30]),
        "certificates_lack": operations.certificates_lack(contest),
        "following": FOLLOWING.get(following) if following else None,
        "form": SignForm(initial={"to": following}),
        **more,
    }


@require_safe
@login_required
@never_cache
def show(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "contests/desk/show.html", _shown(managed(request, slug)))


@require_POST
@login_required
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Which quiz each category is asked in each round."""
    contest = managed(request, slug)
    known = {key for key, _title in quizzes_to_choose("vi")}
    for round in quiz_rounds(contest):
        for category in categories_of(contest):
            key = request.POST.get(f"quiz-{round.number}-{category.pk}", "")
            if key in known:
                operations.choose_quiz(round=round, category=category, quiz_key=UUID(key), by=request.user)
    messages.success(request, _("The quizzes are chosen."))
    return redirect("contests:manage", slug=slug)


@require_POST
@login_required
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """One step forward, signed by name."""
    contest = managed(request, slug)
    try:
        operations.move_contest(
            contest=contest,
            to=request.POST.get("to", ""),
            by=request.user,
            signed_name=request.POST.get("signed_name", ""),
        )
    except Problem as problem:
        return render(request, "contests/desk/show.html", _shown(contest, problem=problem), status=problem.status)
    messages.success(request, _("Signed by %(name)s.") % {"name": name_of(request.user)})
    return redirect("contests:manage", slug=slug)


@require_POST
@login_required
@never_cache
def try_out(request: HttpRequest, slug: str) -> HttpResponse:
    """The dry run with made-up entrants."""
    contest = managed(request, slug)
    if contest.takes_works:
        # Its own step asks for the size of the jury.
        return redirect("contests:step", slug=slug, step="try")
    try:
        rehearsal = operations.rehearse(contest=contest)
    except Problem as problem:
        return render(request, "contests/desk/show.html", _shown(contest, problem=problem), status=problem.status)
    return render(request, "contests/desk/try_out.html", {"contest": contest, "rehearsal": rehearsal})


@require_POST
@login_required
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Freeze the ranking of a round, or without one of the whole contest."""
    contest = managed(request, slug)
    number = request.POST.get("round", "")
    try:
        operations.freeze_ranking(
            contest=contest,
            round=round_of(contest, int(number)) if number.isascii() and number.isdigit() else None,
            by=request.user,
            reason=request.POST.get("reason", ""),
        )
    except Problem as problem:
        return render(request, "contests/desk/show.html", _shown(contest, problem=problem), status=problem.status)
    messages.success(request, _("The ranking is frozen."))
    return redirect("contests:manage", slug=slug)


@require_POST
@login_required
def certify(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the certificates of all prizes."""
    contest = managed(request, slug)
    try:
        made = operations.issue_contest_certificates(contest=contest, by=request.user)
    except Problem as problem:
        return render(request, "contests/desk/show.html", _shown(contest, problem=problem), status=problem.status)
    told = ngettext("%(count)s certificate was given.", "%(count)s certificates were given.", made) % {"count": made}
    messages.success(request, told)
    return redirect("contests:manage", slug=slug)


@require_safe
@login_required
@never_cache
def entries(request: HttpRequest, slug: str) -> HttpResponse:
    contest = managed(request, slug)
    found = (
        Entry.objects.filter(contest=contest)
        .select_related("user__person", "category")
        .annotate(taken=Count("attempts"))
        .order_by("unit_name", "user__person__name_sort", "pk")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "contests/desk/entries.html", {"contest": contest, "page": page})


@require_POST
@login_required
def decide_entry(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Disqualify an entry, or take it back in."""
    contest = managed(request, slug)
    entry = get_object_or_404(Entry, contest=contest, uuid=uuid)
    decide_on = operations.reinstate_entry if request.POST.get("back") else operations.disqualify_entry
    try:
        decide_on(entry=entry, reason=request.POST.get("reason", ""), by=request.user)
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Done, and kept in the log."))
    return redirect("contests:entries", slug=slug)


@require_safe
@login_required
@never_cache
def appeals(request: HttpRequest, slug: str) -> HttpResponse:
    contest = managed(request, slug)
    made = Appeal.objects.filter(entry__contest=contest).select_related("entry__user__person", "decided_by__person")
    page = Paginator(made.order_by("-made_at"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "contests/desk/appeals.html", {"contest": contest, "page": page})


@require_POST
@login_required
def decide(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    contest = managed(request, slug)
    appeal = get_object_or_404(Appeal, entry__contest=contest, uuid=uuid)
    try:
        operations.decide_appeal(
            appeal=appeal,
            upheld=bool(request.POST.get("uphold")),
            decision=request.POST.get("decision", ""),
            by=request.user,
        )
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The decision is kept, and the entrant sees it."))
    return redirect("contests:appeals", slug=slug)
