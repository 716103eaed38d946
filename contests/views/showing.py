"""What everybody may see once the results are out: the gallery, the honour roll; and asking for something to be taken down."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.problems import Problem
from contests import operations
from contests.models import Contest, Entry, Exhibit, TakeDown
from contests.queries.contests import contest_for
from contests.queries.showing import gallery_of, honour_roll, hung_in, player_of
from contests.queries.standings import ranking_in_force
from contests.showing_forms import TakeDownForm
from media.storage import PrivateStorage
from schools import limits

PER_PAGE = 24
# An address to a picture holds for so long.
PICTURE_SECONDS = 300
# A browser asks for piece after piece at the address it was led to, also after a pause.
FILM_SECONDS = 2 * 60 * 60
ASKING = limits.Limit("take-down", 20, 60 * 60)


@require_safe
@never_cache
def gallery(request: HttpRequest, slug: str) -> HttpResponse:
    contest = contest_for(request.user, slug)
    page = Paginator(gallery_of(contest), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "contests/gallery.html", {"contest": contest, "page": page})


@require_safe
@never_cache
def exhibit(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """One work, large, with what may be said of its makers."""
    contest = contest_for(request.user, slug)
    shown = list(gallery_of(contest))
    place = next((place for place, one in enumerate(shown) if one.exhibit.uuid == uuid), None)
    if place is None:
        raise Http404
    around = {
        "before": shown[place - 1] if place else None,
        "after": shown[place + 1] if place + 1 < len(shown) else None,
    }
    one = shown[place]
    player = player_of(contest, one) if one.exhibit.is_film else None
    return render(request, "contests/exhibit.html", {"contest": contest, "one": one, "player": player, **around})


@require_safe
@never_cache
def picture(request: HttpRequest, slug: str, uuid: UUID, number: int = 0) -> HttpResponse:
    """An address for a few minutes, given only while the work hangs; with `number` that of a further picture."""
    contest = contest_for(request.user, slug)
    one = hung_in(contest, uuid)
    if one is None or number > len(one.exhibit.more):
        raise Http404
    key = one.exhibit.more[number - 1]["key"] if number else one.exhibit.picture_key
    store = cast(PrivateStorage, storages["private"])
    return HttpResponseRedirect(store.url(key, expire=PICTURE_SECONDS))


def _film(request: HttpRequest, slug: str, uuid: UUID) -> Exhibit:
    """A film that hangs now. Raises Http404."""
    one = hung_in(contest_for(request.user, slug), uuid)
    if one is None or not one.exhibit.is_film:
        raise Http404
    return one.exhibit


@require_safe
@never_cache
def film(request: HttpRequest, slug: str, uuid: UUID, label: str) -> HttpResponse:
    """One size of a film, at an address that lasts for one viewing and is given only while the work hangs."""
    key = next((one["key"] for one in _film(request, slug, uuid).film["copies"] if one["label"] == label), None)
    if key is None:
        raise Http404
    store = cast(PrivateStorage, storages["private"])
    return HttpResponseRedirect(store.url(key, expire=FILM_SECONDS))


@require_safe
@never_cache
def captions(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """What is said in a film, as WebVTT."""
    exhibit = _film(request, slug, uuid)
    if not exhibit.captions:
        raise Http404
    return HttpResponse(exhibit.captions, content_type="text/vtt; charset=utf-8")


@require_safe
@never_cache
def honour(request: HttpRequest, slug: str) -> HttpResponse:
    contest = contest_for(request.user, slug)
    ranking = ranking_in_force(contest)
    shown = {"contest": contest, "roll": honour_roll(contest), "ranking": ranking}
    return render(request, "contests/honour.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def take_down(request: HttpRequest, slug: str, uuid: UUID | None = None) -> HttpResponse:
    """Ask that a name, or with `uuid` a work of the gallery, is no longer shown. No account is needed."""
    contest = contest_for(request.user, slug)
    one = hung_in(contest, uuid) if uuid else None
    if contest.state == Contest.State.DRAFT or (uuid and one is None):
        raise Http404
    initial = {} if uuid else {"code": request.GET.get("code", "")[:20]}
    form = TakeDownForm(request.POST if request.method == "POST" else None, of_work=uuid is not None, initial=initial)
    if request.method == "POST" and form.is_valid():
        whom = limits.client_address(request) or "unknown"
        limits.check((ASKING, whom))
        entry = None
        if not uuid:
            entry = Entry.objects.filter(contest=contest, code__iexact=form.cleaned_data["code"].strip()).first()
        try:
            made = operations.ask_to_take_down(
                contest=contest,
                key=form.cleaned_data["key"],
                relation=form.cleaned_data["relation"],
                reason=form.cleaned_data["reason"],
                user=request.user,
                entry=entry,
                exhibit=one.exhibit if one else None,
            )
        except Problem as problem:
            form.add_error("code" if "code" in form.fields else "reason", str(problem))
        else:
            limits.count((ASKING, whom))
            return redirect("contests:take_down_answer", slug=slug, uuid=made.uuid)
    shown = {"contest": contest, "one": one, "form": form}
    return render(request, "contests/take_down.html", shown, status=422 if form.errors else 200)


@require_safe
@never_cache
def take_down_answer(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """What became of a request: the address is known to whoever made it, and says nothing of whom it is about."""
    contest = contest_for(request.user, slug)
    made = get_object_or_404(TakeDown, contest=contest, uuid=uuid)
    address = f"{settings.SITE_URL.rstrip('/')}{request.path}"
    return render(request, "contests/take_down_answer.html", {"contest": contest, "made": made, "address": address})
