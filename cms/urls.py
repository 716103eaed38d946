"""All addresses of the site but those an operator asks: cms.observability answers them before anything else."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms import styleguide
from cms.api import api
from cms.views import handbooks
from cms.views.offline import service_worker
from cms.views.robots import robots
from courses.urls import asking, families, verifying
from quizzes.urls import receipts
from support.views import surveys

handler400 = "cms.problems.pages.bad_request"
handler403 = "cms.problems.pages.not_allowed"
handler404 = "cms.problems.pages.not_found"
handler500 = "cms.problems.pages.server_error"

urlpatterns = [
    *styleguide.addresses(),
    path("api/v1/h5p/", include("django_h5p.urls")),
    path("api/v1/", api.urls),
    # Before Wagtail's own form, which would let in without the second factor.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("robots.txt", robots, name="robots"),
    path("sw.js", service_worker, name="service_worker"),
    # Short, because they are printed and typed; one address in every language.
    path("t/<str:code>.svg", handbooks.qr, name="short_address_qr"),
    path("t/<str:code>", handbooks.follow, name="short_address"),
    path("k/<str:code>", surveys.short, name="survey_short"),
    path("", include("cms.sharing.urls")),
    path("", include("media.urls")),
    path("receipts/", include(receipts)),
    path("verify/", include(verifying)),
    path("f/", include(families)),
    path("h/", include(asking)),
    *i18n_patterns(
        path("account/", include("schools.account_urls")),
        path("", include("schools.urls")),
        path("quiz/", include("quizzes.urls")),
        path("", include("courses.urls")),
        path("reports/", include("reports.urls")),
        path("contests/", include("contests.urls")),
        path("support/", include("support.urls")),
        path("", include("cms.site_urls")),
    ),
]
