"""The guard that keeps a half-finished sign-in out of everything else. It reads the session only; it never asks the database."""

import re

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from schools.operations.signin import PASSWORD_STEP, STEPS

OPEN = re.compile(
    r"^/(?:[a-z-]+/account/(?:sign-in|sign-out|first-password|two-factor|reauthenticate|language)/|api/v1/session$|static/|healthz$|readyz$)"
)


class SignInStepsMiddleware:
    """Sends an account that must set a password or a second factor there, wherever it wanted to go, /admin/ included."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # No session cookie, no session: anonymous pages stay cacheable.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not OPEN.match(request.path_info):
            steps = request.session.get(STEPS)
            if steps:
                return self.send(request, steps[0])
        return self.get_response(request)

    @staticmethod
    def send(request, step: str):
        if request.path_info.startswith("/api/"):
            details = {
                PASSWORD_STEP: _("Set a new password on the site first."),
            }
            return JsonResponse(
                {
                    "type": "about:blank",
                    "title": _("One more step"),
                    "status": 403,
                    "code": f"{step}_step",
                    "detail": details.get(step, _("Set up your second factor on the site first.")),
                },
                status=403,
                content_type="application/problem+json",
            )
        if request.method == "GET":
            request.session.setdefault("sign_in_next", request.get_full_path())
        return redirect(reverse("schools:first_password" if step == PASSWORD_STEP else "mfa_activate_totp"))
