"""Middleware about answers that are not the wished one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from cms.problems import Problem
from cms.problems.pages import answer


class ProblemMiddleware:
    """A room's domain error that no view caught is still an answer, never a crash."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer(request, exception) if isinstance(exception, Problem) else None


class SiteLocaleMiddleware(LocaleMiddleware):
    """Django's, except that only an address nobody knows is tried again with a language in front.

    A view that says "not found" means it: without this, a 404 of the API would become a redirect to a page.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == 404 and (request.resolver_match or request.path.startswith("/api/")):
            patch_vary_headers(response, ["Accept-Language"])
            response.headers.setdefault("Content-Language", get_language())
            return response
        return super().process_response(request, response)
