"""The family task: the pupil's pages, the relative's page on any phone, the teacher's list."""

import secrets
from typing import cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.problems import Problem
from courses.address import as_adult
from courses.models import FamilyAnswer, FamilyTask
from courses.operations.family import (
    accept_tasks,
    ask_again,
    confirm_task,
    device_hash,
    network_hash,
    start_task,
)
from courses.queries import family as queries
from courses.views.certificates import languages_of, speak_to
from schools import limits
from schools.codes import show_code, tidy_code
from schools.models import SchoolClass, User
from schools.permissions import classes_with_right
from schools.problems import TooManyTries
from schools.queries.addresses import absolute, qr_svg

UNKNOWN = limits.Limit("family-unknown", 30, 10 * 60, is_plain=True)
PHONE = "nguoi_than"
PHONE_SECONDS = 90 * 24 * 3600
PER_PAGE = 60
STATE_LOOKS = {
    FamilyTask.State.WAITING: ("hourglass", "doing"),
    FamilyTask.State.CONFIRMED: ("circle-dot", "doing"),
    FamilyTask.State.ACCEPTED: ("circle-check", "done"),
    FamilyTask.State.AGAIN: ("rotate-ccw", "warning"),
}


def _look(task: FamilyTask) -> FamilyTask:
    task.icon, task.kind = STATE_LOOKS[task.state]
    task.words = queries.service_words(task) if task.service in queries.WITHOUT_SIGN_IN else task.service_title
    return task


# --- The pupil --------------------------------------------------------------------------------------------------------


@require_safe
@login_required
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    listed = Paginator(queries.own_tasks(request.user), PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "listed": listed,
        "tasks": [_look(task) for task in listed.object_list],
        "adult": as_adult(cast(User, request.user)),
    }
    return render(request, "courses/family.html", shown)


class StartForm(forms.Form):
    service = forms.ChoiceField(
        label=gettext_lazy("What will you show?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose one thing."),
            "invalid_choice": gettext_lazy("Choose one thing of the list."),
        },
    )

    def __init__(self, *args, offered: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = list(offered.items())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def start(request: HttpRequest, key: UUID, block: str) -> HttpResponse:
    """Which service; posting makes the code, or finds the one of a task under way."""
    place = queries.slot(key, block, get_language())
    if place is None:
        raise Http404
    offered = queries.services(get_language())
    form = StartForm(request.POST if request.method == "POST" else None, offered=offered)
    problem = None
    if request.method == "POST" and form.is_valid():
        service = form.cleaned_data["service"]
        with override(settings.LANGUAGE_CODE):
            title = queries.services(settings.LANGUAGE_CODE).get(service, offered[service])
        try:
            task = start_task(user=request.user, lesson_key=key, block=block, service=service, service_title=title)
        except Problem as found:
            problem = found
        else:
            return redirect("courses:family_task", task.uuid)
    shown = {
        "place": place,
        "form": form,
        "first": list(queries.WITHOUT_SIGN_IN),
        "problem": problem,
        "adult": as_adult(cast(User, request.user)),
    }
    status = problem.status if problem else 422 if form.errors else 200
    return render(request, "courses/family_start.html", shown, status=status)


@require_safe
@login_required
@never_cache
def task(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The code to scan, and how far it is."""
    found = get_object_or_404(queries.own_tasks(request.user), uuid=uuid)
    place = queries.slot(found.lesson_key, found.block, get_language())
    address = absolute(reverse("family_confirm", args=[found.code]))
    shown = {
        "task": _look(found),
        "place": place,
        "address": address,
        "short": address.split("://", 1)[-1],
        "code": show_code(found.code),
        "qr": qr_svg(address),
        "message": _(
            "Please open this to say that I showed you: %(service)s. It asks for no name and no number. %(link)s"
        )
        % {"service": queries.service_words(found), "link": address},
        "adult": as_adult(cast(User, request.user)),
    }
    return render(request, "courses/family_task.html", shown)


# --- The relative -----------------------------------------------------------------------------------------------------


class ConfirmForm(forms.Form):
    """Three questions and nothing else: no name, no number."""

    doing = forms.ChoiceField(
        label=gettext_lazy("Who held the phone and typed?"),
        choices=FamilyAnswer.Doing,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one.")},
    )
    age_band = forms.ChoiceField(
        label=gettext_lazy("About how old are you?"),
        choices=FamilyAnswer.Age,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one.")},
    )
    next_time = forms.ChoiceField(
        label=gettext_lazy("Could you do it again next time?"),
        choices=FamilyAnswer.Next,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one.")},
    )


@require_safe
@never_cache
def type_code(request: HttpRequest) -> HttpResponse:
    """Where a code is typed by a relative whose camera does not read it."""
    speak_to(request)
    typed = tidy_code(request.GET.get("code", ""))[:12]
    if typed:
        return redirect(f"{reverse('family_confirm', args=[typed])}?language={get_language()}")
    return render(request, "courses/family_code.html", _spoken(request))


def _spoken(request: HttpRequest) -> dict:
    """The languages to choose from; `fallback`, the main language's name, where the chosen one has no words here yet."""
    probe = "Who held the phone and typed?"
    with override(settings.LANGUAGE_CODE):
        main = _(probe)
    here = get_language()
    lacks = here not in {settings.LANGUAGE_CODE, "en"} and _(probe) in {main, probe}
    names = dict(settings.LANGUAGES)
    return {
        "language_links": languages_of(request),
        "fallback": names[settings.LANGUAGE_CODE] if lacks else "",
        "chosen": names.get(here, ""),
        "main_language": settings.LANGUAGE_CODE,
    }


# No session and no account decide anything here: the code in the address does, and it is good once. A token against forged
# posts would only shut out phones that keep no cookies.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Three questions for the relative, in every language of the site, without a script and without an account."""
    speak_to(request)
    shown = _spoken(request)
    if shown["fallback"]:
        with override(settings.LANGUAGE_CODE):
            return _confirm(request, tidy_code(code)[:12], shown)
    return _confirm(request, tidy_code(code)[:12], shown)


def _confirm(request: HttpRequest, code: str, shown: dict) -> HttpResponse:
    address = limits.client_address(request)
    try:
        limits.check((UNKNOWN, address))
    except TooManyTries as problem:
        wait = {"wait": max(1, -(-problem.retry_after // 60))}
        answer = render(request, "courses/family_confirm.html", shown | wait, status=429)
        answer["Retry-After"] = problem.retry_after
        return answer
    found = FamilyTask.objects.filter(code=code).first()
    if found is None:
        limits.count((UNKNOWN, address))
        return render(request, "courses/family_confirm.html", shown | {"unknown": True, "typed": code}, status=404)
    shown |= {"task": found, "service": queries.service_words(found)}
    place = queries.slot(found.lesson_key, found.block, get_language())
    shown["steps"] = place.steps if place else ()
    number = request.COOKIES.get(PHONE, "")[:64] or secrets.token_urlsafe(16)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            confirm_task(
                code=code,
                **form.cleaned_data,
                language=get_language(),
                device=device_hash(number),
                network=network_hash(address, timezone.localdate()),
                own_account=request.user.is_authenticated and request.user.pk == found.user_id,
            )
        except Problem as problem:
            shown |= {"problem": problem}
            return _with_number(render(request, "courses/family_confirm.html", shown, status=problem.status), number)
        return _with_number(render(request, "courses/family_confirm.html", shown | {"thanks": True}), number)
    if request.method != "POST" and not found.is_open:
        had = found.state in {FamilyTask.State.CONFIRMED, FamilyTask.State.ACCEPTED}
        return render(request, "courses/family_confirm.html", shown | {"had": had, "expired": not had})
    return render(request, "courses/family_confirm.html", shown | {"form": form}, status=422 if form.errors else 200)


def _with_number(answer: HttpResponse, number: str) -> HttpResponse:
    """The phone keeps its random number, so that a post repeated on a bad line is the same one."""
    answer.set_cookie(
        PHONE,
        number,
        max_age=PHONE_SECONDS,
        path="/f/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


# --- The teacher ------------------------------------------------------------------------------------------------------


@require_safe
@login_required
@never_cache
def classes(request: HttpRequest) -> HttpResponse:
    """The teacher's classes of this year, each with how many tasks wait."""
    today = timezone.localdate()
    found = list(
        SchoolClass.objects.visible_to(request.user)
        .filter(school_year__starts_on__lte=today, school_year__ends_on__gte=today)
        .select_related("school")
        .order_by("school__name_folded", "grade", "name_sort")[:200]
    )
    if not found:
        raise Http404
    waiting = queries.classes_waiting(found)
    shown = {"classes": [(one, waiting.get(one.pk, 0)) for one in found]}
    return render(request, "courses/family_classes.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def of_class(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the pupils' relatives have confirmed; posting accepts one (`task`), or all with nothing to look at."""
    school_class = get_object_or_404(
        SchoolClass.objects.visible_to(request.user).select_related("school", "school_year"), uuid=uuid
    )
    may_grade = classes_with_right(cast(User, request.user), "grade").filter(pk=school_class.pk).exists()
    tasks = queries.class_tasks(school_class)
    if request.method == "POST":
        if not may_grade:
            raise Http404
        waiting = [one for one in tasks if one.state == FamilyTask.State.CONFIRMED and one.answered]
        chosen = request.POST.get("task", "")
        picked = [one for one in waiting if (str(one.uuid) == chosen if chosen else not one.answered[0].flags)]
        try:
            count = accept_tasks(tasks=picked, actor=request.user)
        except Problem as problem:
            messages.error(request, str(problem))
            return redirect("courses:class_family", uuid)
        said = ngettext("%(count)d task was accepted.", "%(count)d tasks were accepted.", count)
        if count:
            messages.success(request, said % {"count": count})
        else:
            messages.info(request, _("Nothing waits for you here any more."))
        return redirect("courses:class_family", uuid)
    listed = Paginator(tasks, PER_PAGE).get_page(request.GET.get("page"))
    rows = [_look(one) for one in listed.object_list]
    figures = queries.people_helped(school_year=school_class.school_year.code, school_key=school_class.school.uuid)
    shown = {
        "school_class": school_class,
        "may_grade": may_grade,
        "listed": listed,
        "tasks": rows,
        "clean": sum(
            one.state == FamilyTask.State.CONFIRMED and bool(one.answered) and not one.answered[0].flags for one in rows
        ),
        "waiting": sum(one.state == FamilyTask.State.CONFIRMED for one in rows),
        "figures": figures,
    }
    return render(request, "courses/class_family.html", shown)


class AgainForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What should be done better?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        help_text=gettext_lazy("The pupil reads this."),
        error_messages={"required": gettext_lazy("Say in a few words what should be done better.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def again(request: HttpRequest, uuid: UUID, task: UUID) -> HttpResponse:
    """Give a task back with a word on what to do better."""
    school_class = get_object_or_404(classes_with_right(cast(User, request.user), "grade"), uuid=uuid)
    found = get_object_or_404(queries.class_tasks(school_class).filter(state=FamilyTask.State.CONFIRMED), uuid=task)
    form = AgainForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        ask_again(task=found, note=form.cleaned_data["note"], actor=request.user)
        messages.success(request, _("The pupil has been asked to do it once more."))
        return redirect("courses:class_family", uuid)
    shown = {"school_class": school_class, "task": _look(found), "form": form}
    return render(request, "courses/family_again.html", shown, status=422 if form.errors else 200)
