"""The session API (contract): sign in, sign out, who am I."""

from typing import cast

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.utils import check_csrf
from pydantic import Field

from schools.limits import client_address
from schools.models import User
from schools.operations import signin
from schools.queries.people import who

router = Router(tags=["session"], auth=None)


class Credentials(Schema):
    school_code: str | None = Field(default=None, max_length=40)
    username: str = Field(max_length=150)
    password: str = Field(max_length=128)
    totp: str | None = Field(default=None, max_length=20)


def _require_csrf(request: HttpRequest) -> None:
    if check_csrf(request):
        raise HttpError(403, "CSRF")


@router.get("/session")
def read_session(request: HttpRequest):
    """200 for anyone; makes sure that the `csrftoken` cookie is there."""
    get_token(request)
    return {
        "user": who(cast(User, request.user), request.session.get(signin.STEPS, []))
        if request.user.is_authenticated
        else None
    }


@router.post("/session")
def sign_in(request: HttpRequest, credentials: Credentials):
    """Sign in. 401 `sign_in_refused` or `totp_required`, 429 with `Retry-After`."""
    _require_csrf(request)
    user = signin.check_credentials(
        school_code=credentials.school_code or "",
        username=credentials.username,
        password=credentials.password,
        address=client_address(request),
    )
    signin.check_second_factor(user=user, code=credentials.totp or "")
    if request.user.is_authenticated:
        logout(request)
    signin.open_session(request, user)
    return {"user": who(user, request.session.get(signin.STEPS, []))}


@router.delete("/session", response={204: None})
def sign_out(request: HttpRequest):
    """Sign out; signing out twice is fine."""
    _require_csrf(request)
    logout(request)
    return HttpResponse(status=204)
