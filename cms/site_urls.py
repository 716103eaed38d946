"""Addresses of the editorial site below /<language>/."""

from django.urls import path, re_path
from wagtail import urls as wagtail_urls

from cms.serving import serve
from cms.views.search import search_page

urlpatterns = [
    path("search/", search_page, name="search"),
    # Wagtail's own addresses, with the short way in place of its page view.
    *[pattern for pattern in wagtail_urls.urlpatterns if pattern.name != "wagtail_serve"],
    re_path(wagtail_urls.serve_pattern, serve, name="wagtail_serve"),
]
