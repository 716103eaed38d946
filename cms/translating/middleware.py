"""A language of the site that no native speaker has signed for is not there for readers."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language_from_path

from cms.translating.permissions import is_editorial, is_only_translator, may_translate
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
        response.same_for_everyone = False
        response["X-Robots-Tag"] = "noindex"
        return response

    def process_view(self, request: HttpRequest, view, args, kwargs) -> None:
        """The translation tool's own addresses ask only for the right to edit pages: a translator's ends at a language."""
        match = request.resolver_match
        if match is None or "wagtail_localize" not in match.namespaces or "translation_id" not in kwargs:
            return
        if not is_only_translator(request.user):
            return
        from wagtail_localize.models import Translation

        found = Translation.objects.filter(pk=kwargs["translation_id"]).select_related("target_locale").first()
        if found is not None and not may_translate(request.user, found.target_locale.language_code):
            raise PermissionDenied
