"""All addresses of the site (contract.md)."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.problems.api import make_api

api = make_api()
api.add_router("", "media.api.router")
api.add_router("", "quizzes.api.router")
api.add_router("", "schools.api.router")

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("api/v1/", api.urls),
    path("", include("media.urls")),
    *i18n_patterns(
        path("account/", include("schools.account_urls")),
        path("", include("schools.urls")),
        path("", include(wagtail_urls)),
    ),
]
