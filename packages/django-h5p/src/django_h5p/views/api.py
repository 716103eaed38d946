"""The calls of the player on a page. Errors are problem documents (RFC 9457)."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_http_methods

from django_h5p import conf, playing, tokens
from django_h5p.models import Attempt, Content
from django_h5p.operations import record_statements, save_state, start_attempt
from django_h5p.problems import BadStatement, H5PProblem, NotSignedIn, NotYours, TokenWrong, TooLarge


def problem(error: H5PProblem) -> HttpResponse:
    """`error` as application/problem+json."""
    body = {
        "type": f"urn:h5p:problem:{error.code}",
        "title": str(error.title),
        "status": error.status,
        "detail": str(error.detail),
        "code": error.code,
        **error.extra,
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=error.status)
    response["Content-Type"] = "application/problem+json"
    if error.status == 429:
        response["Retry-After"] = "60"
    return response


def _answers_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except H5PProblem as error:
            return problem(error)

    return answered


def _body(request: HttpRequest, most: int) -> Any:
    # Asked before the body is read: a lie about the length ends in Django's own limit.
    if int(request.META.get("CONTENT_LENGTH") or 0) > most or len(request.body) > most:
        raise TooLarge
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadStatement from error


def _attempt(request: HttpRequest, attempt_id: UUID) -> Attempt:
    """The attempt the token is for. The token alone decides: there is no cookie that could be misused."""
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not token:
        raise TokenWrong
    tokens.read_attempt(token.strip(), attempt_id)
    attempt = Attempt.objects.select_related("content").filter(uuid=attempt_id).first()
    if attempt is None:
        raise NotYours
    return attempt


@ensure_csrf_cookie
@never_cache
@require_http_methods(["GET", "POST"])
@_answers_problems
def attempts(request: HttpRequest, content_id: UUID) -> HttpResponse:
    """Begin or take up again: `{"place", "language"}` → the attempt, its token, what was saved, and where it plays."""
    if request.method == "GET":
        # A page from a cache brings no token for its forms: this gives one.
        return JsonResponse({"signed_in": request.user.is_authenticated})
    if not request.user.is_authenticated:
        raise NotSignedIn
    body = _body(request, conf.max_statement_bytes())
    word = body.get("place") if isinstance(body, dict) else None
    place = tokens.read_place(word if isinstance(word, str) else "")
    if place.content != content_id:
        raise TokenWrong
    content = Content.objects.filter(uuid=content_id).first()
    if content is None:
        raise NotYours
    asked = body.get("language")
    language = asked if asked in dict(settings.LANGUAGES) else (get_language() or "")
    attempt = start_attempt(
        user=request.user,
        content=content,
        context_kind=place.context_kind,
        context_key=place.context_key,
        language=language,
    )
    return JsonResponse(
        {
            "attempt": str(attempt.uuid),
            "number": attempt.number,
            "token": tokens.sign_attempt(attempt.uuid),
            "expires_in": conf.token_seconds(),
            "frame": playing.embed_url(attempt.version, language),
            # The page fetches these while the frame opens.
            "files": playing.files_of(attempt.version),
            "states": _states(attempt),
        }
    )


def _states(attempt: Attempt) -> list[dict]:
    return list(attempt.states.order_by("pk").values("data_type", "sub_content_id", "value"))


def result_of(attempt: Attempt) -> dict:
    return {
        "attempt": str(attempt.uuid),
        "number": attempt.number,
        "state": attempt.state,
        "raw": None if attempt.raw is None else float(attempt.raw),
        "max": None if attempt.max is None else float(attempt.max),
        "success": attempt.success,
    }


@csrf_exempt
@never_cache
@require_http_methods(["POST"])
@_answers_problems
def statements(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Store one xAPI statement or a list of them; repeats are harmless."""
    attempt = _attempt(request, attempt_id)
    body = _body(request, conf.max_statement_bytes())
    kept = record_statements(attempt=attempt, statements=body if isinstance(body, list) else [body])
    return JsonResponse({"stored": kept.stored, **result_of(kept.attempt)})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "PUT"])
@_answers_problems
def state(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """What was saved, or one more value to save: `{"data_type", "sub_content_id", "value"}`; a null value forgets it."""
    attempt = _attempt(request, attempt_id)
    if request.method == "PUT":
        body = _body(request, conf.max_state_bytes() * 2)
        if not isinstance(body, dict) or not isinstance(body.get("value"), str | None):
            raise BadStatement
        save_state(
            attempt=attempt,
            data_type=str(body.get("data_type", "state")),
            sub_content_id=str(body.get("sub_content_id", "0")),
            value=body.get("value"),
        )
    return JsonResponse({"states": _states(attempt), **result_of(attempt)})
