"""A quiz on paper for a class: four variants and, on a sheet of its own, the key."""

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from quizzes.models import Paper
from quizzes.papers import words
from quizzes.permissions import may_print_quiz
from schools.models import School, User
from schools.permissions import PAPER_ROLES, current_roles

VARIANTS = 4


@require_safe
@login_required
@never_cache
def paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """The current paper of a quiz as Word; the same variants each time, so that the key of yesterday still fits."""
    from quizzes.exchange.frozen import items_of_paper
    from quizzes.exchange.paper import Head, write_paper

    user = cast(User, request.user)
    if not may_print_quiz(user, key):
        raise Http404
    found = get_object_or_404(Paper, quiz_key=key, is_current=True)
    seed, document, language = f"{key}:{found.version}", found.document, get_language()
    school = School.objects.filter(roles__in=current_roles(user).filter(kind__in=PAPER_ROLES)).first()
    limit = document["settings"]["time_limit_seconds"] or 0
    written = write_paper(
        items_of_paper(document, language=language, seed=seed),
        title=words(document["title"], language),
        variants=VARIANTS,
        seed=seed,
        by_hand=True,
        head=Head(school=school.name if school else "", minutes=limit // 60),
    )
    disposition = content_disposition_header(as_attachment=True, filename=written.name)
    return HttpResponse(
        written.data, content_type=written.content_type, headers={"Content-Disposition": disposition or "attachment"}
    )
