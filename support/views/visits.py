"""The visit log: a member's notebook, which works without a line, and the list of what they wrote down."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.problems import Problem
from schools.models import Unit, User
from support.models import Visit
from support.operations.visits import MENDED_FOR, keep_visit
from support.permissions import keeps_visits, units_guided
from support.queries import visits as queries
from support.visit_forms import VisitForm, initial_of

PER_PAGE = 30
LATEST = 10


def _member(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not keeps_visits(user):
        raise Http404
    return user


def _units(user: User | None) -> list[Unit]:
    return list(units_guided(user, timezone.localdate())) if user else []


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def notebook(request: HttpRequest) -> HttpResponse:
    """Write down a visit. Nobody in particular sees the same form, which is what stays on the device for when there is no
    line: a script then writes for whoever was signed in last."""
    member = _member(request) if request.user.is_authenticated else None
    if member is None and request.method == "POST":
        return redirect("account_login")
    units = _units(member)
    form = VisitForm(request.POST if request.method == "POST" else None, units=units, initial=_as_last(member))
    if member is not None and request.method == "POST" and form.is_valid():
        try:
            keep_visit(member=member, told=form.told())
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Written down. Thank you."))
            return redirect("support:notebook")
    context = {
        "form": form,
        "member": member,
        "units": [{"code": one.code, "name": one.name} for one in units],
        "latest": _told(list(queries.own(member)[:LATEST])) if member else [],
    }
    return render(request, "support/notebook.html", context, status=422 if form.errors else 200)


def _as_last(member: User | None) -> dict:
    """A round from door to door is made with one service and in one language: they stand there again."""
    last = queries.own(member).order_by("-received_at").first() if member else None
    return {"procedure": last.procedure_code, "language": last.language} if last else {}


def _told(visits: list[Visit]) -> list[Visit]:
    """With the words of what they keep as codes, and whether they may still be changed."""
    services, languages = queries.service_names(get_language() or "vi"), queries.language_names()
    now = timezone.now()
    for one in visits:
        one.service = services.get(one.procedure_code, one.procedure_code)
        one.spoken = languages.get(one.language, one.language)
        one.is_open = now <= one.received_at + MENDED_FOR
    return visits


@require_safe
@login_required
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """What one wrote down, with totals."""
    user = _member(request)
    page = Paginator(queries.own(user), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = _told(list(page.object_list))
    return render(request, "support/own_visits.html", {"page": page, "totals": queries.own_totals(user)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Mend or take back one's own entry, for seven days."""
    user = _member(request)
    found = get_object_or_404(queries.own(user), visit_id=visit_id)
    (told,) = _told([found])
    units = list(units_guided(user, found.on))
    form = VisitForm(request.POST if request.method == "POST" else None, units=units, initial=initial_of(found))
    if request.method == "POST" and "undo" in request.POST:
        # What the form holds beside does not matter: the entry goes as it is.
        form = VisitForm({**initial_of(found), "undo": "1"}, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["visit_id"] != found.visit_id:
                raise Http404
            keep_visit(member=user, told=form.told(undone="undo" in request.POST))
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Taken back.") if "undo" in request.POST else _("Changed."))
            return redirect("support:own_visits")
    return render(request, "support/visit.html", {"form": form, "visit": told}, status=422 if form.errors else 200)
