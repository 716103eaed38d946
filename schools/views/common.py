"""What the views of this room share."""

from datetime import date

from django.conf import settings
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme

from cms.problems import Problem
from schools.models import School

SCHOOL_COOKIE = "school"
YEAR = 60 * 60 * 24 * 365


def show(request, template: str, context: dict | None = None, *, status: int = 200) -> HttpResponse:
    """A page of this room. A form that was sent and not taken makes it 422."""
    forms = (value for value in (context or {}).values() if isinstance(value, BaseForm))
    if status == 200 and request.method == "POST" and any(form.is_bound and form.errors for form in forms):
        status = 422
    return render(request, template, context or {}, status=status)


def safe_next(request) -> str:
    """The page that was asked for before sign-in, if it is one of this site; otherwise empty."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if allowed else ""


def remembered_school(request) -> School | None:
    """The school of the link that was followed, else of the last pupil on this device. `?school=` alone forgets it."""
    code = request.GET.get("school", request.POST.get("school"))
    if code is None:
        code = request.COOKIES.get(SCHOOL_COOKIE, "")
    code = code.strip()
    return School.objects.filter(code__iexact=code).first() if code else None


def wrong_school(request) -> str:
    """The school code a link names although there is no such school; empty when the link is right or names none."""
    code = (request.GET.get("school") or "").strip()[:40]
    return code if code and not School.objects.filter(code__iexact=code).exists() else ""


def remember_school(response: HttpResponse, school: School | None) -> HttpResponse:
    if school:
        response.set_cookie(
            SCHOOL_COOKIE,
            school.code,
            max_age=YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def show_problem(form, problem: Problem, field: str | None = None) -> int:
    """Put a domain error on a form; returns the status for its page: 422, as for every form that was not taken."""
    form.add_error(field, str(problem))
    return problem.status if problem.status == 429 else 422


def day_of(text: str) -> date | None:
    """The day that was typed into an address; None when it is none."""
    try:
        return parse_date(text)
    except ValueError:
        return None
