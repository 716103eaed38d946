"""What a teacher takes away on paper or shows on the wall. Slides and worksheets are as public as their lesson."""

from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cms.text.folding import fold
from courses.permissions import assignable_classes
from courses.queries import catalogue
from courses.queries.catalogue import LessonFacts
from courses.queries.papers import forms_of, plan_of, slides_of, worksheet_of
from courses.queries.teaching import assignable_courses
from quizzes.permissions import may_print_quiz
from schools.models import SchoolClass, User
from schools.permissions import may_take_papers
from schools.queries.letters import letters

if TYPE_CHECKING:
    from courses.papers.sheets import Made


def _lesson(key: UUID) -> LessonFacts:
    """A published lesson that everybody may read; else 404."""
    found = catalogue.lesson(key, get_language())
    if found is None:
        raise Http404
    return found


def _for_teachers(request: HttpRequest) -> User:
    if not may_take_papers(cast(User, request.user)):
        raise Http404
    return cast(User, request.user)


def download(made: "Made") -> HttpResponse:
    from cms.word import DOCX

    disposition = content_disposition_header(as_attachment=True, filename=made.name)
    return HttpResponse(made.data, content_type=DOCX, headers={"Content-Disposition": disposition or "attachment"})


@require_safe
def slides(request: HttpRequest, key: UUID) -> HttpResponse:
    """The lesson on the wall: one screen at a time, or without a script one under another."""
    shown = slides_of(_lesson(key), request.GET.get("minutes", ""))
    return render(request, "courses/slides/page.html", shown | {"may_ask": may_take_papers(cast(User, request.user))})


@require_safe
def worksheet(request: HttpRequest, key: UUID) -> HttpResponse:
    return download(worksheet_of(_lesson(key)))


@require_safe
@login_required
@never_cache
def plan(request: HttpRequest, key: UUID) -> HttpResponse:
    """The lesson plan with the answers to the worksheet: for teachers and above."""
    user = _for_teachers(request)
    return download(plan_of(_lesson(key), request.GET.get("minutes", ""), user))


@require_safe
@login_required
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Every lesson's papers, and the letters for one's own classes."""
    user = _for_teachers(request)
    text = request.GET.get("q", "")[:100]
    classes = list(assignable_classes(user))
    grades = [one.grade for one in classes if one.grade]
    courses = assignable_courses(get_language(), fold(text), request.GET.get("page"), grades)
    shown = {"courses": courses, "text": text, "classes": classes, "letters": letters()}
    return render(request, "courses/papers.html", shown)


@require_safe
@login_required
@never_cache
def of_lesson(request: HttpRequest, key: UUID) -> HttpResponse:
    """All papers of one lesson, each a press away."""
    user = _for_teachers(request)
    lesson = _lesson(key)
    shown = {
        "lesson": lesson,
        "forms": forms_of(lesson),
        "may_print_quiz": bool(lesson.quiz_key) and may_print_quiz(user, lesson.quiz_key),
        "may_assign": SchoolClass.objects.visible_to(user).exists(),
    }
    return render(request, "courses/lesson_papers.html", shown)
