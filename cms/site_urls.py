"""Addresses of the editorial site below /<language>/."""

from django.urls import path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls

from cms.feeds.views import events, events_of, feed, feeds
from cms.feeds.writing import FORMS
from cms.serving import serve
from cms.sharing.broadcasts import broadcasts
from cms.views.offline import kept_here
from cms.views.places import help_points
from cms.views.reading import reading_bar
from cms.views.search import search_page

LOGIN = "wagtailcore_login"

urlpatterns = [
    path("search/", search_page, name="search"),
    path("feeds/", feeds, name="feeds"),
    path("feeds/events.ics", events, name="events_calendar"),
    path("feeds/events/<uuid:key>.ics", events_of, name="campaign_calendar"),
    *[path(f"feeds/<slug:collection>.{form}", feed, {"form": form}, name=f"feed_{form}") for form in FORMS],
    path("help-points/", help_points, name="help_points"),
    path("broadcasts/", broadcasts, name="broadcasts"),
    path("aloud/", reading_bar, name="reading_bar"),
    path("offline/", kept_here, name="offline"),
    # Wagtail's own form asks neither for a second factor nor counts failures: there is one way in.
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True), name=LOGIN),
    # Wagtail's own addresses, with the short way in place of its page view.
    *[pattern for pattern in wagtail_urls.urlpatterns if pattern.name not in {"wagtail_serve", LOGIN}],
    re_path(wagtail_urls.serve_pattern, serve, name="wagtail_serve"),
]
