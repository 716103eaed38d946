"""Problem documents (RFC 9457): what the API answers when something did not work."""

import json
import re
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_ratelimit.exceptions import Ratelimited
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.parser import Parser

from cms.problems import Problem

# A limit of django-ratelimit does not say when it ends; ours count by the minute.
RETRY_SECONDS = 60


class NotSignedIn(Problem):
    status = 401
    code = "not_signed_in"
    title = gettext_lazy("You are not signed in")
    detail = gettext_lazy("Sign in and try again.")


class NotAllowed(Problem):
    status = 403
    code = "not_allowed"
    title = gettext_lazy("You may not do this")
    detail = gettext_lazy("Your account does not have the right to do this. Ask the person who manages your school.")


class FormExpired(Problem):
    status = 403
    code = "csrf"
    title = gettext_lazy("This page is too old")
    detail = gettext_lazy("Reload the page and try again.")


class NotFound(Problem):
    status = 404
    code = "not_found"
    title = gettext_lazy("Not found")
    detail = gettext_lazy("There is nothing at this address, or it is not yours to see.")


class WrongMethod(Problem):
    status = 405
    code = "wrong_method"
    title = gettext_lazy("This cannot be done here")
    detail = gettext_lazy("This address does not take this kind of request.")


class TooMany(Problem):
    status = 429
    code = "too_many_requests"
    title = gettext_lazy("Too many tries")
    detail = gettext_lazy("Wait a little, then try again.")


class InvalidInput(Problem):
    status = 422
    code = "invalid_input"
    title = gettext_lazy("Some of what was sent is not right")
    detail = gettext_lazy("Look at the named fields and send it again.")


class BadRequest(Problem):
    status = 400
    code = "bad_request"
    title = gettext_lazy("The request cannot be read")
    detail = gettext_lazy("The request is damaged. Reload the page and try again.")


class TooLarge(Problem):
    status = 413
    code = "too_large"
    title = gettext_lazy("This is too large")
    detail = gettext_lazy("More was sent than can be taken at once. Send less, or send a file through the upload.")


class Unexpected(Problem):
    status = 500
    code = "unexpected"
    title = gettext_lazy("Something went wrong on our side")
    detail = gettext_lazy("It has been noted. Try again in a few minutes.")


# What `document` makes, for the OpenAPI document. Problems bring members of their own besides.
SCHEMA = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "description": "urn:hdvc:problem:CODE"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "In the language of the request, for people"},
        "code": {"type": "string", "description": "Stable, for programs"},
        "instance": {"type": "string"},
        "request_id": {"type": "string", "description": "To name to whoever looks into it"},
        "errors": {
            "type": "array",
            "description": "Fields that are not right",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}

_BY_STATUS = {
    kind.status: kind for kind in (BadRequest, NotSignedIn, NotAllowed, NotFound, WrongMethod, InvalidInput, TooMany)
}

# The checks of pydantic that our schemas use, by their type.
_FIELD_MESSAGES = {
    "missing": gettext_lazy("This field is missing."),
    "json_invalid": gettext_lazy("This is not valid JSON."),
    "string_too_short": gettext_lazy("This is too short."),
    "string_too_long": gettext_lazy("This is too long."),
    "string_pattern_mismatch": gettext_lazy("This does not have the right form."),
    "too_long": gettext_lazy("This holds too many entries."),
    "too_short": gettext_lazy("This holds too few entries."),
    "extra_forbidden": gettext_lazy("This field is not known."),
}
_FIELD_GROUPS = (
    (("uuid",), gettext_lazy("This is not a valid identifier.")),
    (("int", "float", "decimal", "finite"), gettext_lazy("This must be a number.")),
    (("greater", "less", "multiple"), gettext_lazy("This number is out of range.")),
    (("date", "time"), gettext_lazy("This must be a date or time as in 2026-09-05T07:00:00+07:00.")),
    (("bool",), gettext_lazy("This must be true or false.")),
    (("string",), gettext_lazy("This must be text.")),
    (("list", "dict", "model", "tuple", "set"), gettext_lazy("This does not have the right structure.")),
    (("enum", "literal"), gettext_lazy("This is not one of the allowed values.")),
)


def document(problem: Problem, request: HttpRequest | None = None) -> HttpResponse:
    """`problem` as application/problem+json, in the language of the request.

    Besides the members of the RFC it holds `code` (stable, for programs), what the problem was given as extras, and
    `request_id`, which a person can name to the help desk.
    """
    body = {
        "type": f"urn:hdvc:problem:{problem.code}",
        "title": str(problem.title),
        "status": problem.status,
        "detail": str(problem.detail),
        "code": problem.code,
        **problem.extra,
    }
    if request is not None:
        body["instance"] = request.path
        if request_id := getattr(request, "request_id", ""):
            body["request_id"] = request_id
    response = HttpResponse(
        json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False),
        status=problem.status,
        content_type="application/problem+json",
    )
    if problem.status == 429:
        response["Retry-After"] = str(problem.extra.get("retry_after", RETRY_SECONDS))
    if problem.status == 401:
        response["WWW-Authenticate"] = "Session"
    return response


def _field_errors(errors: Iterable[dict]) -> list[dict]:
    found = []
    for error in errors:
        kind = str(error.get("type", ""))
        message = str(_FIELD_MESSAGES.get(kind, ""))
        if not message and kind in {"value_error", "assertion_error"}:
            # Written by our own validators, already translated; pydantic only puts its own words before it.
            message = str(error.get("msg", "")).partition(", ")[2]
        if not message:
            known = (text for starts, text in _FIELD_GROUPS if kind.startswith(starts))
            message = str(next(known, _("This value is not right.")))
        # ninja names the place ("body") and the parameter before the path inside what was sent.
        where = [str(part) for part in error.get("loc", ())]
        found.append({"field": ".".join(where[2:] or where[1:] or where), "message": message})
    return found


def problem_of(error: Exception | type[Exception]) -> Problem:
    """The problem that stands for an exception of Django, ninja or django-ratelimit."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Ratelimited):
        return TooMany(retry_after=RETRY_SECONDS)
    if isinstance(error, Throttled):
        return TooMany(retry_after=max(1, int(error.wait or RETRY_SECONDS)))
    if isinstance(error, PermissionDenied):
        return NotAllowed(str(error) or None)
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, AuthenticationError):
        return NotSignedIn()
    if isinstance(error, ValidationError):
        return InvalidInput(errors=_field_errors(error.errors))
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, HttpError):
        # ninja wraps whatever its parser met.
        if isinstance(error.__cause__, Problem | RequestDataTooBig):
            return problem_of(error.__cause__)
        if error.status_code == 403 and "csrf" in error.message.lower():
            return FormExpired()
        if error.status_code == 400 and "parse" in error.message.lower():
            # ninja puts the parser's English words here.
            return BadRequest()
        problem = _BY_STATUS.get(error.status_code, BadRequest)(error.message or None)
        problem.status = error.status_code
        return problem
    return Unexpected()


# NUL as JSON writes it, unless its backslash is itself escaped.
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def require_text(body: bytes) -> None:
    """Raise InvalidInput where JSON holds NUL: PostgreSQL has no such text, and no person types it."""
    if _NUL.search(body):
        raise _holds_nul()


def _holds_nul() -> InvalidInput:
    return InvalidInput(errors=[{"field": "", "message": _("Text cannot hold the character NUL.")}])


class TextParser(Parser):
    """ninja's, except that NUL is refused in whatever is sent."""

    def parse_body(self, request: HttpRequest):
        require_text(request.body)
        return super().parse_body(request)

    def parse_querydict(self, data, list_fields, request):
        if any(isinstance(value, str) and "\0" in value for name in data for value in data.getlist(name)):
            raise _holds_nul()
        return super().parse_querydict(data, list_fields, request)


def register(api: NinjaAPI) -> None:
    """Make `api` answer every error with a problem document. Unexpected ones go on to Django's handler and log."""
    for kind in (Problem, HttpError, ValidationError, Http404, PermissionDenied, RequestDataTooBig):
        api.add_exception_handler(kind, lambda request, error: document(_problem_for(request, error), request))


def _problem_for(request: HttpRequest, error: Exception | type[Exception]) -> Problem:
    problem = problem_of(error)
    # ninja asks for the token before it asks who sends it: without a session the missing sign-in is what matters.
    if isinstance(problem, FormExpired) and _refused_by_ninja(error) and not request.user.is_authenticated:
        return NotSignedIn()
    return problem


def _refused_by_ninja(error: Exception | type[Exception]) -> bool:
    return isinstance(error, HttpError) and error.message == "CSRF check Failed"
