"""The addresses that allauth knows by fixed names; under `account/`."""

from allauth.account.views import reauthenticate
from django.urls import include, path
from django.views.generic import RedirectView

from schools.views import sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("reauthenticate/", reauthenticate, name="account_reauthenticate"),
    path("inactive/", RedirectView.as_view(pattern_name="account_login"), name="account_inactive"),
    path("two-factor/", include("allauth.mfa.urls")),
]
