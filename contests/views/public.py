"""What everybody may see of a contest, and what a teacher sees of a class."""

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contests import snapshots
from contests.models import Contest, Enquiry, Exhibit, Extension, Ranking, Round
from contests.permissions import classes_to_follow, may_manage, may_manage_contests
from contests.problems import NoSuchRound
from contests.queries.choosing import rounds_to_choose_from
from contests.queries.contests import categories_of, clock_of, contest_for, round_of, rounds_of
from contests.queries.faq import faq_of
from contests.queries.judging import seats_of
from contests.queries.pages import appeal_of, entered_in_class, listed_for, own_certificates, page_of, results_of
from contests.queries.showing import OPEN_IN
from contests.queries.stage import live_rounds
from contests.queries.standings import by_category, earlier_rankings, ranking_in_force, rows_shown
from contests.queries.works import works_of
from schools.models import SchoolYear, User
from schools.permissions import schools_administered

FILES = {snapshots.TABLE: "text/csv; charset=utf-8", snapshots.RULES: "application/json"}

ASKED_IN = {Contest.State.OPEN, Contest.State.CLOSED, Contest.State.JUDGING, Contest.State.MODERATED}


@require_safe
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    user = request.user
    shown = {
        "contests": listed_for(user),
        "may_manage": may_manage_contests(user),
        "judges": user.is_authenticated and seats_of(user).exists(),
    }
    return render(request, "contests/list.html", shown)


@require_safe
@never_cache
def contest(request: HttpRequest, slug: str) -> HttpResponse:
    found = contest_for(request.user, slug)
    page = page_of(found, request.user)
    ranking = ranking_in_force(found)
    classes = (
        classes_to_follow(request.user).filter(school_year=SchoolYear.objects.current()).select_related("school")[:30]
        if request.user.is_authenticated
        else []
    )
    shown = {
        "page": page,
        "contest": found,
        "ranking": ranking,
        "results": results_of(ranking),
        "appeal": appeal_of(page.entry, ranking),
        "certificates": own_certificates(found, request.user),
        "classes": classes,
        "schools": list(schools_administered(cast(User, request.user))[:20]) if request.user.is_authenticated else [],
        "may_manage": request.user.is_authenticated and may_manage(request.user, found),
        "language": get_language(),
        "faq": faq_of(found.faq),
        "is_over": found.state in OPEN_IN,
        "stages": list(live_rounds(found)) if found.kind == Contest.Kind.COMMUNICATOR else [],
        "has_gallery": found.takes_works
        and found.state in OPEN_IN
        and Exhibit.objects.filter(work__contest=found, state=Exhibit.State.SHOWN).exists(),
        "works": works_of(found, request.user) if found.takes_works else [],
        "extensions": Extension.objects.filter(round__stage__contest=found).order_by("-at")[:10],
        "answered": Enquiry.objects.published().filter(contest=found).order_by("-answered_at")[:50],
        "asked": Enquiry.objects.visible_to(request.user).filter(contest=found)[:20],
        "may_ask": request.user.is_authenticated and found.state in ASKED_IN,
    }
    return render(request, "contests/contest.html", shown)


def _frozen(contest: Contest, asked: str) -> Ranking:
    """A frozen table by its identity: earlier ones stay to be read."""
    try:
        found = UUID(asked)
    except ValueError:
        raise Http404 from None
    frozen = Ranking.objects.filter(contest=contest, kind=Ranking.Kind.FROZEN)
    return get_object_or_404(frozen.select_related("round", "category", "contest"), uuid=found)


@require_safe
@never_cache
def standings(request: HttpRequest, slug: str) -> HttpResponse:
    """The published table, page by page; of one round or category where that is asked for."""
    found = contest_for(request.user, slug)
    rounds, categories = list(rounds_of(found)), list(categories_of(found))
    chosen = request.GET.get("round", "")
    round = round_of(found, int(chosen)) if chosen.isascii() and chosen.isdigit() and len(chosen) < 6 else None
    if chosen and round is None:
        raise NoSuchRound()
    category = next((one for one in categories if one.slug == request.GET.get("category")), None)
    ranking = ranking_in_force(found, round=round, category=category)
    current = ranking
    if "ranking" in request.GET:
        ranking = _frozen(found, request.GET["ranking"])
        round, category, current = ranking.round, ranking.category, None
    asked = request.GET.get("page", "1")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
    number = min(number, max(1, ranking.pages)) if ranking else 1
    rows = rows_shown(ranking, number) if ranking else []
    query = f"round={round.number}&" if round else ""
    entry = found.entries.visible_to(request.user).first()
    shown = {
        "contest": found,
        "rounds": rounds,
        "categories": categories if len(categories) > 1 else [],
        "round": round,
        "category": category,
        "ranking": ranking,
        "groups": by_category(rows, categories),
        "takes_works": found.takes_works,
        "guessed": any(one.get("prediction_error") is not None for one in rows),
        "number": number,
        "query": query,
        # What a further page of this very table is asked for by.
        "page_query": f"ranking={ranking.uuid}&"
        if ranking and not ranking.is_current
        else query + (f"category={category.slug}&" if category else ""),
        "own_code": entry.code if entry else "",
        "earlier": earlier_rankings(current) if current and current.kind == Ranking.Kind.FROZEN else [],
        "results": results_of(ranking),
    }
    return render(request, "contests/standings.html", shown)


@require_safe
@never_cache
def published_file(request: HttpRequest, slug: str, uuid: UUID, file: str) -> HttpResponse:
    """`ranking.csv` and `rules.json` of a frozen ranking, the earlier ones too."""
    found = contest_for(request.user, slug)
    ranking = get_object_or_404(Ranking, contest=found, uuid=uuid, kind=Ranking.Kind.FROZEN)
    if file not in FILES:
        raise Http404
    response = HttpResponse(snapshots.read_file(ranking, file), content_type=FILES[file])
    response["Content-Disposition"] = f'attachment; filename="{slug}-{file}"'
    return response


@require_safe
@login_required
@never_cache
def school_class(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Who of a class has entered and taken part."""
    found = contest_for(request.user, slug)
    of_class = get_object_or_404(classes_to_follow(request.user).select_related("school"), uuid=uuid)
    rows, clock = entered_in_class(found, of_class), clock_of(found)
    shown = {
        "contest": found,
        "school_class": of_class,
        "rows": rows,
        "takes_entries": found.state == Contest.State.OPEN and clock.takes_newcomers,
        "may_remind": found.state == Contest.State.OPEN and not clock.is_over,
        "rounds": rounds_to_choose_from(found, Round.Level.CLASS),
        "entered": sum(bool(row["entry"]) for row in rows),
        "taken": sum(bool(row["entry"] and row["entry"].taken) for row in rows),
    }
    return render(request, "contests/class.html", shown)
