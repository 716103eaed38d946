"""The secretary's part in what is shown: hanging works, answering requests to take down, letters to schools, questions."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from contests import operations
from contests.models import Exhibit, TakeDown, Work
from contests.permissions import may_manage
from contests.problems import NotToShow
from contests.queries.choosing import Group
from contests.queries.contests import contest_for
from contests.queries.faq import faq_of
from contests.queries.showing import take_downs_of, to_hang
from contests.queries.winners import wins_of_schools
from contests.showing_forms import DecideForm, FaqForm, FilmForm, HangForm
from contests.views.desk import PER_PAGE, managed
from schools.models import User
from schools.permissions import schools_administered


def _hang_form(row: dict, *posted) -> HangForm:
    """The form of a work, that of a film where it is one; `posted` are what was typed and the files."""
    held: Exhibit | None = row["exhibit"]
    names = ("caption", "alt_text", "captions", "spoken", "is_wordless", "poster_at")
    words = {name: getattr(held, name) for name in names} if held else {"caption": row["work"].title}
    more = {
        "auto_id": f"id_{row['work'].pk}_%s",
        "initial": words,
        "pictures": row["others"],
        "shown": {one["copy"]: one["alt"] for one in held.more} if held else {},
    }
    if row["film"] is None:
        return HangForm(*posted, **more)
    return FilmForm(*posted, seconds=row["film"], **more)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def gallery(request: HttpRequest, slug: str) -> HttpResponse:
    """Every work that took part, with what keeps it from the gallery, and its words."""
    contest = managed(request, slug)
    refused, problem, status = None, None, 200
    if request.method == "POST":
        work = get_object_or_404(Work.objects.select_related("contest"), contest=contest, code=request.POST.get("work"))
        try:
            if "down" in request.POST:
                operations.take_off(exhibit=get_object_or_404(Exhibit, work=work), by=request.user)
                messages.success(request, _("The work is out of the gallery."))
                return redirect("contests:hang", slug=slug)
            row = next((one for one in to_hang(contest) if one["work"].pk == work.pk), None)
            if row is None:
                raise NotToShow()
            form = _hang_form(row, request.POST, request.FILES)
            if form.is_valid():
                words = {name: form.cleaned_data[name] for name in ("caption", "alt_text")}
                made = operations.hang(
                    work=work, by=request.user, film=getattr(form, "film", None), others=form.others, **words
                )
                if made.state == Exhibit.State.MAKING:
                    messages.success(request, _("The film is being made light; it hangs in a few minutes by itself."))
                else:
                    messages.success(request, _("The work hangs in the gallery."))
                return redirect("contests:hang", slug=slug)
            refused, status = (work.pk, form), 422
        except Problem as found:
            problem, status = found, found.status
    page = Paginator(to_hang(contest), PER_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row["form"] = refused[1] if refused and refused[0] == row["work"].pk else _hang_form(row)
    shown = {"contest": contest, "page": page, "problem": problem}
    return render(request, "contests/desk/gallery.html", shown, status=status)


@require_safe
@login_required
@never_cache
def take_downs(request: HttpRequest, slug: str) -> HttpResponse:
    contest = managed(request, slug)
    page = Paginator(take_downs_of(contest), PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"made": one, "form": DecideForm(auto_id=f"id_{one.pk}_%s")} for one in page]
    return render(request, "contests/desk/take_downs.html", {"contest": contest, "page": page, "rows": rows})


@require_POST
@login_required
def decide_take_down(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    contest = managed(request, slug)
    made = get_object_or_404(TakeDown, contest=contest, uuid=uuid)
    try:
        operations.decide_take_down(
            request=made,
            granted="grant" in request.POST,
            decision=request.POST.get("decision", ""),
            by=request.user,
        )
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The answer is kept, and stands at the address of the request."))
    return redirect("contests:take_downs", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def faq(request: HttpRequest, slug: str) -> HttpResponse:
    """Questions people ask before they enter, written at any time."""
    contest = managed(request, slug)
    form = FaqForm(request.POST if request.method == "POST" else None, initial={"faq": contest.faq})
    if request.method == "POST" and form.is_valid():
        operations.write_faq(contest=contest, text=form.cleaned_data["faq"], by=request.user)
        messages.success(request, _("Saved."))
        return redirect("contests:faq", slug=slug)
    shown = {"contest": contest, "form": form, "faq": faq_of(contest.faq)}
    return render(request, "contests/desk/faq.html", shown, status=422 if form.errors else 200)


@require_safe
@login_required
@never_cache
def letters(request: HttpRequest, slug: str) -> HttpResponse:
    """Schools with prizes, a letter for each."""
    contest = managed(request, slug)
    return render(request, "contests/desk/letters.html", {"contest": contest, "schools": wins_of_schools(contest)})


@require_safe
@login_required
@never_cache
def letter(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """The letter to one school: for the secretary, and for who administers the school or what it merged into."""
    contest = contest_for(request.user, slug)
    school = schools_administered(cast(User, request.user)).filter(uuid=uuid).first()
    if school is not None:
        keys = set(Group.of_school(school).keys)
    elif may_manage(request.user, contest):
        keys = {uuid}
    else:
        raise Http404
    wins = wins_of_schools(contest, keys)
    if not wins:
        raise Http404
    # What makes PDFs is large: no web process holds it before somebody asks.
    from contests.documents import school_letter

    response = HttpResponse(school_letter(contest, wins), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="thong-bao-{slug}.pdf"'
    return response
