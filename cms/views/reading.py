"""The bar with which a page is read aloud and shown in large letters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cms.navigation import language_name

BAR_SECONDS = 3600


@require_safe
@cache_control(public=True, max_age=BAR_SECONDS)
def reading_bar(request: HttpRequest) -> HttpResponse:
    """A piece of a page, the same for everybody: fetched by js/aloud.js when a reader first asks for it."""
    return render(request, "cms/aloud.html", {"language": language_name(get_language())})
