"""Holding trainings: the list of them, one with who was there, its papers and certificates."""

from typing import cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from courses.models import Training, TrainingAttendance
from courses.operations import trainings as operations
from courses.permissions import staff_places, trainings_held_by
from courses.queries.trainings import attendance_listing, attendee_rows, attendees, trainings_for
from courses.staff_forms import AttendanceFileForm, TrainingForm, WithoutAccountForm
from courses.views.papers import download
from schools.models import User

PER_PAGE = 25
# A hall; a longer list has pages, each saved by itself.
PEOPLE_PER_PAGE = 100


def _training(request: HttpRequest, uuid: UUID, *, to_change: bool = False) -> Training:
    rows = trainings_held_by(request.user) if to_change else Training.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("unit", "school"), uuid=uuid)


@require_safe
@login_required
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Trainings of one's places."""
    if not staff_places(request.user):
        raise Http404
    page = Paginator(trainings_for(cast(User, request.user)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/trainings.html", {"page": page, "today": timezone.localdate()})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    places = staff_places(request.user)
    if not places:
        raise Http404
    form = TrainingForm(request.POST or None, places=places, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            training = operations.plan_training(
                key=form.cleaned_data["key"],
                place=form.chosen_place(),
                plan=form.plan(),
                actor=cast(User, request.user),
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("courses:training", training.uuid)
    return _form(request, form)


def _form(request: HttpRequest, form: TrainingForm, training: Training | None = None) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "courses/training_form.html", {"form": form, "training": training}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a training; the place that holds it stays."""
    training = _training(request, uuid, to_change=True)
    places = [one for one in staff_places(request.user) if _holds(one, training)] or staff_places(request.user)
    initial = {
        "key": training.uuid,
        "title": training.title,
        "course": str(training.course_key or ""),
        "venue": training.venue,
        "held_on": training.held_on,
        "starts_at": training.starts_at,
        "kinds": training.kinds,
        "within": [one.code for one in training.within.all()],
        "validity": "months" if training.months else "year",
    }
    form = TrainingForm(request.POST or None, places=places[:1], initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_training(training=training, plan=form.plan(), actor=cast(User, request.user))
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The training is changed."))
            return redirect("courses:training", training.uuid)
    return _form(request, form, training)


def _holds(place, training: Training) -> bool:
    if training.school_id:
        return bool(place.school and place.school.pk == training.school_id)
    return bool(place.unit and not place.school and training.unit.path.startswith(place.unit.path))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One training and its list; posting sets who of the shown people was present."""
    training = _training(request, uuid, to_change=request.method == "POST")
    if request.method == "POST":
        return _record(request, training)
    return _page(request, training)


def _page(request: HttpRequest, training: Training, **more) -> HttpResponse:
    text = request.GET.get("q", "")[:80]
    page = Paginator(attendees(training, text), PEOPLE_PER_PAGE).get_page(request.GET.get("page"))
    keeps = trainings_held_by(request.user).filter(pk=training.pk).exists()
    ahead = training.held_on > timezone.localdate()
    shown = {
        "training": training,
        "page": page,
        "rows": attendee_rows(training, page),
        "text": text,
        "query": urlencode({"q": text}) + "&" if text else "",
        "present": training.attendances.counted().count(),
        "given": operations.certificates_given(training).count(),
        "keeps": keeps and not training.called_off_at,
        "ahead": ahead,
        "ticks": keeps and not ahead and not training.called_off_at,
        "file_form": AttendanceFileForm(),
        "number_form": WithoutAccountForm(training=training),
        "numbers": training.without_account.select_related("unit", "school").order_by("pk"),
        "words_one": ngettext("Save: %(mark)s present", "Save: %(mark)s present", 1) % {"mark": "#"},
        "words_many": ngettext("Save: %(mark)s present", "Save: %(mark)s present", 2) % {"mark": "#"},
        **more,
    }
    return render(request, "courses/training.html", shown)


def _record(request: HttpRequest, training: Training) -> HttpResponse:
    shown, present = set(request.POST.getlist("shown")), set(request.POST.getlist("present"))
    known = dict(attendees(training).filter(uuid__in=_uuids(shown | present)).values_list("uuid", "pk"))
    ids = {str(key): pk for key, pk in known.items()}
    how = TrainingAttendance.How.FILE if request.POST.get("how") == "file" else TrainingAttendance.How.LIST
    try:
        came, went = operations.record_trained(
            training=training,
            present=[ids[one] for one in present if one in ids],
            among=[ids[one] for one in shown if one in ids],
            how=how,
            actor=cast(User, request.user),
        )
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(
            request,
            _("Saved: %(came)d added, %(went)d taken away.") % {"came": came, "went": went}
            if came or went
            else _("Saved. Nothing was different."),
        )
    answer = redirect("courses:training", training.uuid)
    if request.GET.urlencode():
        answer["Location"] += f"?{request.GET.urlencode()}"
    return answer


def _uuids(texts: set[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@require_POST
@login_required
def act(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One thing with a training, named by `do`: invite, certificates, open, close, call_off."""
    training, actor = _training(request, uuid, to_change=True), cast(User, request.user)
    what = request.POST.get("do", "")
    try:
        if what == "invite":
            told = operations.invite_to_training(training=training, actor=actor)
            text = ngettext("%(count)d person was told.", "%(count)d people were told.", told)
            messages.success(request, text % {"count": told} if told else _("Everybody was told already."))
        elif what == "certificates":
            made = operations.give_training_certificates(training=training, actor=actor)
            text = ngettext("%(count)d certificate was given.", "%(count)d certificates were given.", len(made))
            messages.success(
                request, text % {"count": len(made)} if made else _("Everybody on the list has one already.")
            )
        elif what == "open":
            operations.open_door(training=training, actor=actor)
            return redirect("courses:training_wall", training.uuid)
        elif what == "close":
            operations.close_door(training=training, actor=actor)
            messages.success(request, _("The code is no longer taken."))
        elif what == "call_off":
            operations.call_off_training(training=training, actor=actor)
            messages.success(request, _("The training is called off."))
        else:
            raise Http404
    except Problem as problem:
        messages.error(request, str(problem))
    return redirect("courses:training", training.uuid)


@require_POST
@login_required
@never_cache
def number(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How many signed the list who have no account."""
    training = _training(request, uuid, to_change=True)
    form = WithoutAccountForm(request.POST, training=training)
    if form.is_valid():
        try:
            operations.count_without_account(
                training=training,
                place=form.places[form.cleaned_data["where"]],
                kind=form.cleaned_data["office"],
                number=form.cleaned_data["number"],
                actor=cast(User, request.user),
            )
        except Problem as problem:
            form.add_error("number", str(problem))
        else:
            messages.success(request, _("The number is kept."))
            return redirect("courses:training", training.uuid)
    response = _page(request, training, number_form=form)
    response.status_code = 422
    return response


@require_POST
@login_required
@never_cache
def bring(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Read a typed list and show whom it means; nothing is written before the button below it."""
    from courses.attendance_files import match_list

    training = _training(request, uuid, to_change=True)
    form, found = AttendanceFileForm(request.POST, request.FILES), None
    if form.is_valid():
        try:
            found = match_list(training, form.cleaned_data["file"].read())
        except Problem as problem:
            form.add_error("file", str(problem))
    if found is None:
        response = _page(request, training, file_form=form)
        response.status_code = 422
        return response
    context = {"training": training, "rows": attendee_rows(training, found.users), "refused": found.refused}
    return render(request, "courses/training_import.html", context)


@require_safe
@login_required
@never_cache
def sheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The list to print and sign."""
    from courses.papers.signing import write_signing_sheet

    return download(write_signing_sheet(_training(request, uuid), get_language()))


@require_safe
@login_required
@never_cache
def spreadsheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    from courses.listing_sheets import XLSX, as_workbook, file_name

    training = _training(request, uuid)
    return sheet_answer(as_workbook(attendance_listing(training)), XLSX, file_name(training.title))


def sheet_answer(content: bytes, kind: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition or "attachment"})
