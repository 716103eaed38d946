"""«Hỏi cả lớp»: the teacher puts a question on the wall, phones answer at a short address without an account."""

import secrets
from typing import cast
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.problems import Problem
from courses.models import ClassPoll
from courses.operations.polls import answer_poll, ask_class, close_poll, phone_hash, reveal_answer
from courses.permissions import assignable_classes
from courses.poll_forms import ClassForm, OwnQuestionForm
from courses.queries import catalogue
from courses.queries import polls as queries
from courses.views.certificates import languages_of, speak_to
from quizzes.permissions import may_print_quiz
from quizzes.queries.asking import chosen_options, question_sheet, typed_question
from schools import limits
from schools.codes import show_code, tidy_code
from schools.models import User
from schools.permissions import may_take_papers
from schools.problems import TooManyTries
from schools.queries.addresses import absolute, qr_svg

PER_PAGE = 30
# A whole school stands behind one address: these are for scripts, not for classes.
UNKNOWN = limits.Limit("poll-unknown", 100, 10 * 60, is_plain=True)
POSTS = limits.Limit("poll-posts", 600, 10 * 60, is_plain=True)
PHONE = "hoi_ca_lop"
PHONE_SECONDS = 24 * 3600


def _teacher(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not may_take_papers(user):
        raise Http404
    return user


# --- The teacher ------------------------------------------------------------------------------------------------------


@require_safe
@login_required
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """What I have asked, with the numbers."""
    page = Paginator(queries.polls_of(_teacher(request)), PER_PAGE).get_page(request.GET.get("page"))
    polls = queries.titled(page.object_list)
    for poll in polls:
        poll.bars = queries.bars_of(poll) if poll.closed_at else []
    teaches = assignable_classes(_teacher(request)).exists()
    return render(request, "courses/polls.html", {"page": page, "polls": polls, "teaches": teaches})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def ask_lesson(request: HttpRequest, key: UUID) -> HttpResponse:
    """The questions of a lesson: its self-checks, and those of its quiz where the teacher may have the key."""
    user = _teacher(request)
    lesson = catalogue.lesson(key, get_language())
    if lesson is None:
        raise Http404
    questions = queries.questions_of_lesson(lesson)
    if lesson.quiz_key and may_print_quiz(user, lesson.quiz_key):
        questions += queries.questions_of_quiz(lesson.quiz_key, lesson.language)
    classes = list(assignable_classes(user))
    form = ClassForm(request.POST if request.method == "POST" else None, classes=classes, initial=_initial(classes))
    if request.method == "POST":
        chosen = next((one for one in questions if one.key == request.POST.get("question")), None)
        if chosen is None:
            raise Http404
        if form.is_valid():
            poll = ask_class(
                user=user,
                question=chosen.document,
                language=lesson.language,
                key=form.cleaned_data["key"],
                school_class=form.chosen_class(),
                lesson_key=key,
            )
            return redirect("courses:poll", poll.uuid)
    shown = {
        "lesson": lesson,
        "questions": questions,
        "form": form,
        "classes": classes,
        "first": request.GET.get("question", ""),
    }
    return render(request, "courses/ask.html", shown, status=422 if form.errors else 200)


def _initial(classes: list) -> dict:
    return {"key": uuid4(), "school_class": str(classes[0].uuid) if classes else ""}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def ask_own(request: HttpRequest) -> HttpResponse:
    """A question of one's own, for this minute and no bank."""
    user, language = _teacher(request), get_language()
    classes = list(assignable_classes(user))
    form = OwnQuestionForm(
        request.POST if request.method == "POST" else None, classes=classes, initial=_initial(classes)
    )
    lesson = _lesson_of(request)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        question = typed_question(
            key=str(key), stem=form.cleaned_data["stem"], options=form.options(), language=language
        )
        poll = ask_class(
            user=user,
            question=question,
            language=language,
            key=key,
            school_class=form.chosen_class(),
            lesson_key=lesson.key if lesson else None,
        )
        return redirect("courses:poll", poll.uuid)
    shown = {"form": form, "classes": classes, "lesson": lesson}
    return render(request, "courses/ask_own.html", shown, status=422 if form.errors else 200)


def _lesson_of(request: HttpRequest):
    try:
        return catalogue.lesson(UUID(request.GET.get("lesson", "")), get_language())
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def wall(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The question on the wall: the code and how many have answered, then the bars, then the right answer."""
    user = cast(User, request.user)
    poll = get_object_or_404(queries.polls_of(user), uuid=uuid)
    if request.method == "POST":
        return redirect("courses:poll", _act(user, poll, request.POST.get("do", "")).uuid)
    if poll.closed_at is None and not queries.seconds_left(poll):
        poll = close_poll(poll=poll)
    lesson = catalogue.lesson(poll.lesson_key, get_language()) if poll.lesson_key else None
    address = absolute(reverse("poll_answer", args=[poll.code]))
    shown = {
        "poll": poll,
        "question": question_sheet(poll.question, poll.language),
        "answered": queries.answered_so_far(poll),
        "pupils": queries.pupils_in(poll.school_class),
        "minutes": -(-queries.seconds_left(poll) // 60),
        "back": reverse("courses:slides", args=[lesson.key]) if lesson else reverse("courses:polls"),
    }
    if poll.closed_at:
        shown |= {"bars": queries.bars_of(poll), "has_key": any(one["correct"] for one in poll.question["options"])}
    else:
        shown |= {"code": show_code(poll.code), "qr": qr_svg(address), "short": address.split("://", 1)[-1]}
        # The page where a code is typed, for a phone whose camera does not read it.
        shown["type_at"] = absolute(reverse("poll_code")).split("://", 1)[-1]
    return render(request, "courses/poll.html", shown)


def _act(user: User, poll: ClassPoll, do: str) -> ClassPoll:
    if do == "close":
        return close_poll(poll=poll)
    if do == "reveal":
        return reveal_answer(poll=poll)
    if do == "again":
        return ask_class(
            user=user,
            question=poll.question,
            language=poll.language,
            key=uuid4(),
            school_class=poll.school_class,
            lesson_key=poll.lesson_key,
        )
    raise Http404


@require_safe
@login_required
@never_cache
def count(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How many phones have answered; the wall asks every few seconds. One query for the question, one for the number."""
    poll = get_object_or_404(ClassPoll.objects.visible_to(request.user), uuid=uuid)
    left = queries.seconds_left(poll)
    return JsonResponse({"answered": queries.answered_so_far(poll), "open": poll.closed_at is None and left > 0})


# --- The phones -------------------------------------------------------------------------------------------------------


@require_safe
@never_cache
def type_code(request: HttpRequest) -> HttpResponse:
    """Where the code of the wall is typed."""
    speak_to(request)
    typed = tidy_code(request.GET.get("code", ""))[:12]
    if typed:
        return redirect(f"{reverse('poll_answer', args=[typed])}?language={get_language()}")
    return render(request, "courses/poll_code.html", {"language_links": languages_of(request)})


# No session and no account decide anything here, and the answer can be changed until the question is closed. A token
# against forged posts would only shut out phones that keep no cookies.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """One question and a button, without a script and without an account."""
    speak_to(request)
    code, address = tidy_code(code)[:12], limits.client_address(request)
    shown: dict = {"language_links": languages_of(request)}
    try:
        limits.check((UNKNOWN, address))
        poll = ClassPoll.objects.filter(code=code).first()
        if poll is None:
            limits.count((UNKNOWN, address))
            return render(request, "courses/poll_answer.html", shown | {"unknown": True, "typed": code}, status=404)
        if request.method == "POST":
            limits.check((POSTS, f"{poll.pk}:{address}"))
            limits.count((POSTS, f"{poll.pk}:{address}"))
    except TooManyTries as problem:
        wait = {"wait": max(1, -(-problem.retry_after // 60))}
        refused = render(request, "courses/poll_answer.html", shown | wait, status=429)
        refused["Retry-After"] = problem.retry_after
        return refused
    # Of a phone that keeps no cookies the form carries the number.
    number = (request.COOKIES.get(PHONE) or request.POST.get("phone", ""))[:64] or secrets.token_urlsafe(16)
    shown |= {"poll": poll, "phone": number}
    status, device = 200, phone_hash(poll, number)
    if request.method == "POST":
        given = chosen_options(poll.question, request.POST)
        try:
            if given:
                answer_poll(poll=poll, device=device, value=given)
            shown |= {"saved": bool(given), "nothing": not given}
            status = 200 if given else 422
        except Problem as problem:
            shown["problem"] = problem
            status = problem.status
    else:
        kept = poll.answers.filter(device=device).first() if PHONE in request.COOKIES else None
        given = kept.value if kept else None
        shown["closed"] = poll.closed_at is not None or not queries.seconds_left(poll)
    shown["question"] = question_sheet(poll.question, poll.language, given)
    page = render(request, "courses/poll_answer.html", shown, status=status)
    page.set_cookie(
        PHONE,
        number,
        max_age=PHONE_SECONDS,
        path="/h/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return page
