"""The session API (contract): sign in, sign out, who am I."""

from typing import cast
from uuid import UUID

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


class SchoolOut(Schema):
    code: str
    name: str


class UserOut(Schema):
    uuid: UUID
    name: str
    role: str = Field(description="The first of the roles")
    roles: list[str]
    language: str
    school: SchoolOut | None
    unread: int
    steps: list[str] = Field(description="What the person must do before anything else, such as a first password")


class SessionOut(Schema):
    user: UserOut | None = Field(description="null while nobody is signed in")


def _require_csrf(request: HttpRequest) -> None:
    if check_csrf(request):
        raise HttpError(403, "CSRF")


@router.get("/session", response=SessionOut, summary="Who am I")
def read_session(request: HttpRequest):
    """200 for anyone; makes sure that the `csrftoken` cookie is there."""
    get_token(request)
    return {
        "user": who(cast(User, request.user), request.session.get(signin.STEPS, []))
        if request.user.is_authenticated
        else None
    }


@router.post("/session", response=SessionOut, summary="Sign in")
def sign_in(request: HttpRequest, credentials: Credentials):
    """401 `sign_in_refused` or `totp_required`, 429 with `Retry-After`."""
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


@router.delete("/session", response={204: None}, summary="Sign out")
def sign_out(request: HttpRequest):
    """Signing out twice is fine."""
    _require_csrf(request)
    logout(request)
    return HttpResponse(status=204)
