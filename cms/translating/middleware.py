"""A language of the site that no native speaker has signed for is not there for readers."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language_from_path

from cms.translating.permissions import is_editorial
from cms.vocabulary.speaking import COMPLETE, is_open


class OpenLanguagesMiddleware:
    """Stands behind the one that knows who asks: those who work on the language see what it will be."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = get_language_from_path(request.path_info)
        if code is None or code in COMPLETE or is_open(code):
            return self.get_response(request)
        if not is_editorial(request.user):
            raise Http404
        response = self.get_response(request)
        response.same_for_everyone = False  # type: ignore[attr-defined]
        response["X-Robots-Tag"] = "noindex"
        return response
