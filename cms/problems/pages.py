"""Error pages: Django's handlers, a problem document for programs and a page for people."""

import logging

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist, loader
from django.utils import translation

from cms.problems import Problem
from cms.problems.documents import BadRequest, FormExpired, NotFound, Unexpected, document, problem_of

log = logging.getLogger(__name__)

# Used when even the page for errors cannot be made.
_BARE = "<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1><p>{detail}</p><p>{request_id}</p>"


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem in the form the caller reads: JSON under /api/, otherwise the page `<status>.html`.

    The page is made without context processors, so without a query: it may be the database that is ill. It gets
    `problem`, `request_id` and `request`.
    """
    if request.path.startswith("/api/"):
        return document(problem, request)
    values = {"problem": problem, "request_id": getattr(request, "request_id", ""), "request": request}
    values["LANGUAGE_CODE"] = translation.get_language()
    waits = problem.extra.get("retry_after", 60) if problem.status == 429 else 0
    # Nobody counts to 3,583.
    values["minutes"] = -(-waits // 60)
    try:
        page = loader.select_template([f"{problem.status}.html", "error.html"]).render(values)
    except TemplateDoesNotExist as missing:
        if missing.chain:
            log.exception("the page for errors is broken")
    except Exception:
        log.exception("the page for errors is broken")
    else:
        response = HttpResponse(page, status=problem.status)
        if waits:
            response["Retry-After"] = str(waits)
        return response
    bare = _BARE.format(title=problem.title, detail=problem.detail, request_id=values["request_id"])
    return HttpResponse(bare, status=problem.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, problem_of(exception) if isinstance(exception, RequestDataTooBig) else BadRequest())


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, problem_of(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(request, Unexpected())


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW."""
    return answer(request, FormExpired())
