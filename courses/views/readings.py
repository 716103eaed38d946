"""Readings to confirm: the reader's page, and the desk of whoever asks."""

from typing import cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from courses.models import RequiredReading
from courses.operations import readings as operations
from courses.permissions import asks_everywhere, readings_asked_by, staff_places
from courses.queries.readings import (
    counts_of,
    page_of,
    pages_to_choose,
    reader_lines,
    readers,
    reading_listing,
    readings_for,
)
from courses.queries.staff import StaffPlace, offices_for
from courses.staff_forms import AgainForm, ReadingForm
from courses.views.trainings import sheet_answer
from schools.models import Unit, User

PER_PAGE = 25
PEOPLE_PER_PAGE = 50


def _places(request: HttpRequest) -> list[StaffPlace]:
    """Whose staff somebody may ask; an editor that of the whole province. 404 for everybody else."""
    places = staff_places(request.user)
    if asks_everywhere(request.user):
        root = Unit.objects.filter(depth=1).first()
        places = [StaffPlace(root), *(one for one in places if one.unit != root)] if root else places
    if not places:
        raise Http404
    return places


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def read(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is to be read, and «Tôi đã đọc». For whom it is meant; everybody else's is 404."""
    user = cast(User, request.user)
    reading = get_object_or_404(RequiredReading.objects.select_related("unit", "school"), uuid=uuid)
    if not offices_for(reading).filter(user=user).exists():
        raise Http404
    if request.method == "POST":
        try:
            operations.confirm_reading(reading=reading, user=user)
        except Problem as problem:
            messages.error(request, str(problem))
        return redirect("courses:reading", uuid)
    confirmed = reading.confirmations.filter(user=user, version=reading.version).first()
    page = page_of(reading.page_key) if reading.page_key else None
    context = {"reading": reading, "page": page, "confirmed": confirmed}
    return render(request, "courses/reading.html", context)


@require_safe
@login_required
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    _places(request)
    page = Paginator(readings_for(cast(User, request.user)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/readings.html", {"page": page, "today": timezone.localdate()})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Choose a published page by its title, or write a notice; then for whom and by when."""
    places = _places(request)
    text, key = request.GET.get("q", "")[:80], request.GET.get("key", "")
    initial = {"key": uuid4(), "page": key}
    form = ReadingForm(request.POST or None, places=places, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            reading = operations.require_reading(
                key=form.cleaned_data["key"],
                place=form.chosen_place(),
                wanted=form.wanted(),
                actor=cast(User, request.user),
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The staff is asked to read it."))
            return redirect("courses:reading_status", reading.uuid)
    chosen = form["page"].value() or None
    try:
        page = page_of(UUID(str(chosen))) if chosen else None
    except ValueError:
        page = None
    context = {"form": form, "page": page, "text": text, "found": pages_to_choose(text) if text else []}
    return render(request, "courses/reading_form.html", context, status=422 if form.errors else 200)


def _reading(request: HttpRequest, uuid: UUID, *, to_change: bool = False) -> RequiredReading:
    user = cast(User, request.user)
    rows = readings_asked_by(user) if to_change else readings_for(user)
    return get_object_or_404(rows.select_related("unit", "school"), uuid=uuid)


@require_safe
@login_required
@never_cache
def status(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who has not confirmed, and what can be done about it."""
    reading = _reading(request, uuid)
    missing = request.GET.get("show") != "done"
    people = Paginator(readers(reading, missing=missing), PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    page = page_of(reading.page_key) if reading.page_key else None
    context = {
        "reading": reading,
        "published": page,
        "is_newer": bool(page and page.live_revision_id != reading.revision_id),
        "counts": counts_of(reading),
        "missing": missing,
        "people": people,
        "lines": reader_lines(reading, people),
        "query": "" if missing else "show=done&",
        "keeps": reading.withdrawn_at is None and readings_asked_by(request.user).filter(pk=reading.pk).exists(),
        "again": AgainForm(),
    }
    return render(request, "courses/reading_status.html", context)


@require_safe
@login_required
@never_cache
def spreadsheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    from courses.listing_sheets import XLSX, as_workbook, file_name

    reading = _reading(request, uuid)
    return sheet_answer(as_workbook(reading_listing(reading)), XLSX, file_name(f"da doc {reading.title}"))


@require_POST
@login_required
def act(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One thing with a reading, named by `do`: remind, again, withdraw."""
    reading, actor = _reading(request, uuid, to_change=True), cast(User, request.user)
    what = request.POST.get("do", "")
    try:
        if what == "remind":
            told = operations.remind_readers(reading=reading, actor=actor)
            text = ngettext("%(count)d person was reminded.", "%(count)d people were reminded.", told)
            messages.success(request, text % {"count": told} if told else _("Nobody has to be reminded today."))
        elif what == "again":
            form = AgainForm(request.POST)
            if form.is_valid():
                operations.ask_again(reading=reading, due_on=form.cleaned_data["due_on"], actor=actor)
                messages.success(request, _("The staff is asked to read it again."))
            else:
                messages.error(request, _("Choose the day by which it is to be confirmed."))
        elif what == "withdraw":
            operations.withdraw_reading(reading=reading, actor=actor)
            messages.success(request, _("Nobody is asked for it any more."))
        else:
            raise Http404
    except Problem as problem:
        messages.error(request, str(problem))
    return redirect("courses:reading_status", uuid)
