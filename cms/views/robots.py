"""What search engines may read."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from schools.queries.addresses import absolute

# Screens of people and of work, forms, and answers for programs; everything published may be found.
CLOSED = (
    "/admin/",
    "/api/",
    "/*/account/",
    "/*/teach/",
    "/*/schools/",
    "/*/reports/",
    "/*/quiz/",
    "/*/search/",
    "/receipts/",
    "/verify/",
    "/f/",
    "/h/",
    "/s/*/",
    "/t/",
    "/*/offline/",
)


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {place}" for place in CLOSED)]
    lines += ["", f"Sitemap: {absolute(reverse('sitemap'))}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
