"""The API object and how it answers errors; rooms add their routers in cms/urls.py."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import django_auth

from cms.problems import Problem
from cms.problems.responses import problem_response, response_for


def make_api() -> NinjaAPI:
    """An API that wants a signed-in browser (session and CSRF token) unless a call says `auth=None`."""
    api = NinjaAPI(
        title="Học Dịch vụ công",
        version="1",
        description="Errors are problem documents (RFC 9457).",
        urls_namespace="api",
        auth=django_auth,
        docs_url="/docs",
        openapi_url="/openapi.json",
    )
    api.exception_handler(Problem)(response_for)
    api.exception_handler(ValidationError)(_invalid)
    api.exception_handler(AuthenticationError)(_unauthenticated)
    api.exception_handler(Http404)(_not_found)
    api.exception_handler(PermissionDenied)(_forbidden)
    api.exception_handler(HttpError)(_http_error)
    return api


def _invalid(request, error: ValidationError):
    fields = [{"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]} for one in error.errors]
    return problem_response(
        request,
        status=422,
        code="invalid",
        title=_("Something in the request is not right"),
        detail=_("Check the fields named here and send it again."),
        fields=fields,
    )


def _unauthenticated(request, error):
    return problem_response(
        request,
        status=401,
        code="not_signed_in",
        title=_("Not signed in"),
        detail=_("Sign in first, then try again."),
    )


def _not_found(request, error):
    return problem_response(
        request,
        status=404,
        code="not_found",
        title=_("Not found"),
        detail=_("There is nothing here, or it is not yours."),
    )


def _forbidden(request, error):
    return problem_response(
        request,
        status=403,
        code="forbidden",
        title=_("Not allowed"),
        detail=_("You are not allowed to do this."),
    )


def _http_error(request, error: HttpError):
    if error.status_code == 403:
        return problem_response(
            request,
            status=403,
            code="csrf",
            title=_("The page is out of date"),
            detail=_("Reload the page and try again."),
        )
    return problem_response(
        request,
        status=error.status_code,
        code="http_error",
        title=str(error),
        detail=_("Check the request and try again."),
    )
