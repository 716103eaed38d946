"""A juror's own pages: the invitation, the works to score, one work or two beside each other."""

from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.files.storage import storages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from contests import operations
from contests.documents import score_sheet
from contests.models import Conflict, Contest, Copy, Juror, Review
from contests.problems import NoSuchReview, NotAsked
from contests.queries.judging import board_of, copies_of, own_review, own_reviews, seat_on, seats_of, texts_of
from contests.queries.stage import live_rounds
from media.storage import PrivateStorage
from schools.models import Role, User
from schools.permissions import has_role

# So long an address of a file works: enough to load a film's beginning, too short to be passed around.
FILE_SECONDS = 300
# From here on the jurors' points are open to one another.
OPENED = {Contest.State.MODERATED, Contest.State.PUBLISHED, Contest.State.ARCHIVED}


# Whoever is invited signs in with a user name, as teachers and officers do.
STAFF_SIGN_IN = format_lazy("{}?as=staff", reverse_lazy("account_login"))


def _sign_in_first(request: HttpRequest, token: str) -> HttpResponse:
    """To the sign-in, which says what for: whoever opens the link may never have been here."""
    try:
        seat = operations.invitation(token)
    except NotAsked:
        pass
    else:
        words = _(
            "You are invited to the jury of “%(contest)s”. Sign in with your user name first; if you have none yet, ask the "
            "secretary who sent you the link for an account."
        )
        messages.info(request, words % {"contest": seat.contest.title})
    return redirect_to_login(request.path, str(STAFF_SIGN_IN))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an invitation: what is asked, and one press to accept."""
    if not request.user.is_authenticated:
        return _sign_in_first(request, token)
    seat, problem = operations.invitation(token), None
    if seat.user_id is not None and seat.user_id == request.user.pk:
        return _seated(request)
    if request.method == "POST":
        try:
            operations.accept_invitation(token=token, user=request.user)
        except Problem as refusal:
            if refusal.status == 404:
                raise
            problem = refusal
        else:
            return _seated(request)
    shown = {"seat": seat, "contest": seat.contest, "problem": problem}
    return render(request, "contests/jury/join.html", shown, status=problem.status if problem else 200)


def _seated(request: HttpRequest) -> HttpResponse:
    """To the jury's works; where the new office has ended the session, to the sign-in, with the reason."""
    if request.session.get(HASH_SESSION_KEY) == cast(User, request.user).get_session_auth_hash():
        return redirect("contests:jury_home")
    logout(request)
    messages.success(
        request,
        _(
            "The seat is yours. Please sign in once more: from now on the site also asks for six digits of your telephone."
        ),
    )
    return redirect(f"{STAFF_SIGN_IN}&{urlencode({'next': reverse('contests:jury_home')})}")


@require_safe
@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Every jury one sits on, with the work that is left."""
    rows = []
    for seat in seats_of(request.user).order_by("-contest__created_at")[:20]:
        reviews = list(own_reviews(seat))
        rounds = list(live_rounds(seat.contest))
        rows.append({"seat": seat, "all": len(reviews), "left": sum(one.is_open for one in reviews), "rounds": rounds})
    if not rows and not has_role(cast(User, request.user), Role.Kind.JUROR):
        raise NoSuchReview()
    return render(request, "contests/jury/home.html", {"rows": rows})


@require_safe
@login_required
@never_cache
def works(request: HttpRequest, slug: str) -> HttpResponse:
    seat = seat_on(request.user, slug)
    reviews = list(own_reviews(seat))
    left = sum(one.is_open for one in reviews)
    shown = {"seat": seat, "contest": seat.contest, "reviews": reviews, "left": left, "done": len(reviews) - left}
    return render(request, "contests/jury/works.html", shown)


def _lines(review: Review, points: dict[int, str]) -> list[dict]:
    return [
        {"criterion": one, "points": points.get(one.pk, ""), "name": f"points-{one.key}"}
        for one in review.work.category.criteria.all()
    ]


def _plain(number) -> str:
    return f"{number.normalize():f}".replace(".", ",") if number else "0"


def _pane(review: Review) -> dict:
    return {"review": review, "work": review.work, "copies": copies_of(review.work), "texts": texts_of(review.work)}


def _page(request: HttpRequest, seat: Juror, review: Review, problem: Problem | None = None) -> HttpResponse:
    reviews = list(own_reviews(seat))
    place = next(number for number, one in enumerate(reviews) if one.pk == review.pk)
    points = {one.criterion_id: _plain(one.points) for one in review.scores.all()}
    if problem is not None:
        criteria = review.work.category.criteria.all()
        points |= {one.pk: request.POST[name] for one in criteria if (name := f"points-{one.key}") in request.POST}
        review.comment = request.POST.get("comment", review.comment)
    beside = next((one for one in reviews if str(one.uuid) == request.GET.get("beside")), None)
    others = []
    if seat.contest.state in OPENED:
        board = board_of(review.work.category)
        others = next((one.given for one in board.works if one.work.pk == review.work_id), [])
    shown = {
        "seat": seat,
        "contest": seat.contest,
        "review": review,
        "panes": [_pane(review), *([_pane(beside)] if beside else [])],
        "beside": beside,
        "choices": [one for one in reviews if one.pk != review.pk],
        "lines": _lines(review, points),
        "number": place + 1,
        "all": len(reviews),
        "previous": reviews[place - 1] if place else None,
        "next": reviews[place + 1] if place + 1 < len(reviews) else None,
        "kinds": Conflict.Kind.choices,
        "problem": problem,
        "others": others,
    }
    return render(request, "contests/jury/score.html", shown, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def score(request: HttpRequest, slug: str, uuid) -> HttpResponse:
    """The work and the rubric. Without a script the whole form is saved at once."""
    seat = seat_on(request.user, slug)
    review = own_review(seat, uuid)
    if request.method != "POST":
        return _page(request, seat, review)
    try:
        for one in review.work.category.criteria.all():
            if (name := f"points-{one.key}") in request.POST:
                operations.save_score(review=review, key=one.key, value=request.POST[name])
        operations.save_comment(review=review, text=request.POST.get("comment", ""))
        if request.POST.get("submit"):
            operations.submit_review(review=review)
    except Problem as problem:
        return _page(request, seat, own_review(seat, uuid), problem)
    if not request.POST.get("submit"):
        messages.success(request, _("Saved at %(time)s.") % {"time": timezone.localtime().strftime("%H:%M:%S")})
        return redirect("contests:score", slug=slug, uuid=review.uuid)
    messages.success(request, _("Work %(code)s is handed in.") % {"code": review.work.code})
    following = next((one for one in own_reviews(seat) if one.is_open), None)
    if following:
        return redirect("contests:score", slug=slug, uuid=following.uuid)
    return redirect("contests:jury_works", slug=slug)


@require_POST
@login_required
@never_cache
def save(request: HttpRequest, slug: str, uuid) -> HttpResponse:
    """One criterion or the comment, by a script; the answer says when it was saved."""
    review = own_review(seat_on(request.user, slug), uuid)
    if "comment" in request.POST:
        operations.save_comment(review=review, text=request.POST["comment"])
    else:
        operations.save_score(review=review, key=request.POST.get("key", ""), value=request.POST.get("points"))
    left = own_reviews(review.juror).get(pk=review.pk).missing
    return JsonResponse({"saved_at": timezone.localtime().strftime("%H:%M:%S"), "left": left})


@require_POST
@login_required
@never_cache
def decline(request: HttpRequest, slug: str, uuid) -> HttpResponse:
    """Give a work back: it leaves the list, and somebody else gets it."""
    seat = seat_on(request.user, slug)
    review = own_review(seat, uuid)
    conflict = request.POST.get("conflict", "")
    try:
        operations.decline_review(
            review=review,
            reason=request.POST.get("reason", ""),
            by=request.user,
            conflict=conflict if conflict in Conflict.Kind.values else "",
        )
    except Problem as problem:
        return _page(request, seat, review, problem)
    messages.success(request, _("The work was given back. Thank you for saying so."))
    return redirect("contests:jury_works", slug=slug)


@require_safe
@login_required
@never_cache
def file(request: HttpRequest, slug: str, uuid, copy) -> HttpResponse:
    """An address for a few minutes to the copy, never to what was handed in; with `page` to the picture of a PDF."""
    review = own_review(seat_on(request.user, slug), uuid)
    found = Copy.objects.filter(uuid=copy, state=Copy.State.READY, file__version=review.work.counting_version).first()
    if found is None:
        raise NoSuchReview()
    key = found.page_key if "page" in request.GET and found.page_key else found.key
    return HttpResponseRedirect(cast(PrivateStorage, storages["private"]).url(key, expire=FILE_SECONDS))


@require_safe
@login_required
@never_cache
def sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own score sheet as a PDF, to print and sign."""
    seat = seat_on(request.user, slug)
    response = HttpResponse(score_sheet(seat, list(own_reviews(seat))), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="phieu-cham-{seat.contest.slug}.pdf"'
    return response
