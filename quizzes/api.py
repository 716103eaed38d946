"""The attempts API (contract): start, save, submit, read. It reads the request, calls an operation, tells the end."""

from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Router, Schema
from ninja.errors import ValidationError as InvalidRequest
from ninja.security import django_auth
from pydantic import AwareDatetime, Field, StrictInt, ValidationError

from cms.arrival import arrived_at
from cms.problems import Problem
from cms.problems.documents import require_text
from quizzes import limits, operations, problems, queries, schemas, sheets
from quizzes.models import Attempt

router = Router(auth=django_auth)


class SaveIn(Schema):
    question: str = Field(max_length=36)
    seq: StrictInt
    value: Any = None
    answered_at: AwareDatetime | None = None


class CheckIn(Schema):
    question: str = Field(max_length=36)


class SavesIn(Schema):
    sent_at: AwareDatetime | None = None
    saves: list[SaveIn] = Field(max_length=2000)


Payload = TypeVar("Payload", bound=Schema)


def key_of(text: str, problem: type[Exception]) -> UUID:
    """An id from an address; one that is no id is as unknown as one that was never given."""
    try:
        return UUID(text)
    except ValueError:
        raise problem() from None


def require_own(user, attempt: UUID) -> None:
    if not Attempt.objects.visible_to(user).filter(uuid=attempt).exists():
        raise problems.NoSuchAttempt()


def body_of(request: HttpRequest, schema: type[Payload], attempt: UUID) -> Payload:
    """What a request holds. Read here, not by ninja: whose attempt it is comes before what is wrong with the request."""
    try:
        payload = schema.model_validate_json(request.body)
        require_text(request.body)
    except ValidationError as error:
        require_own(request.auth, attempt)
        faults: list[Any] = error.errors(include_url=False, include_input=False, include_context=False)
        raise InvalidRequest([fault | {"loc": ("body", "payload", *fault["loc"])} for fault in faults]) from None
    except Problem:
        require_own(request.auth, attempt)
        raise
    return payload


def idempotency_key(request: HttpRequest, *, required: bool) -> str:
    key = request.headers.get("Idempotency-Key")
    if key is None and not required:
        return ""
    if not key or len(key) > 200:
        raise problems.BadKey()
    return key


def language_of(request: HttpRequest) -> str:
    return request.GET.get("language", "")[:12] or get_language() or "vi"


@router.post(
    "/quizzes/{key}/attempts",
    response={200: schemas.StartedOut, 201: schemas.StartedOut},
    summary="Start an attempt (201) or resume the open one (200)",
    url_name="start_attempt",
    openapi_extra=schemas.parameters(required=True),
)
def start(request, key: str):
    limits.starts.pull(request.auth.pk)
    attempt, made = operations.start_attempt(
        user=request.auth,
        quiz_key=key_of(key, problems.NoSuchQuiz),
        idempotency_key=idempotency_key(request, required=True),
        language=language_of(request),
    )
    document = queries.started(attempt, language_of(request))
    if not attempt.is_open:
        document |= {"state": attempt.state, "receipt": attempt.receipt_code}
    return JsonResponse(document, status=201 if made else 200)


@router.put(
    "/attempts/{id}/answers",
    response=schemas.SavedOut,
    summary="Save answers; repeats are harmless",
    url_name="save_answers",
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": SavesIn.json_schema()}}}
    },
)
def save(request, id: str):
    key = key_of(id, problems.NoSuchAttempt)
    limits.saves.pull(request.auth.pk)
    payload = body_of(request, SavesIn, key)
    saved = operations.save_answers(
        user=request.auth,
        attempt_uuid=key,
        saves=[(one.question, one.seq, one.value, one.answered_at) for one in payload.saves],
        sent_at=payload.sent_at,
        arrived_at=arrived_at(),
    )
    document: dict[str, Any] = {"saved": saved.sequences, "server_time": queries.stamp(timezone.now())}
    if saved.attempt.deadline:
        # It may have moved: a teacher can give more time while the quiz is taken.
        document["deadline"] = queries.stamp(saved.attempt.deadline)
    if saved.refused or saved.passed:
        document["refused"] = sorted(saved.refused | saved.passed)
    if saved.passed:
        document["passed"] = sorted(saved.passed)
    if saved.differs:
        held = queries.answers_of(saved.attempt)
        document["answers"] = {question: held[question] for question in saved.differs}
    return JsonResponse(document)


@router.post(
    "/attempts/{id}/submit",
    response=schemas.SubmittedOut,
    summary="Submit; any later submit gives the same receipt",
    url_name="submit",
    openapi_extra=schemas.parameters(required=False),
)
def submit(request, id: str):
    key = key_of(id, problems.NoSuchAttempt)
    try:
        idempotency_key(request, required=False)
    except problems.BadKey:
        require_own(request.auth, key)
        raise
    return JsonResponse(queries.submitted(operations.submit_attempt(user=request.auth, attempt_uuid=key)))


@router.post(
    "/attempts/{id}/check",
    response=schemas.CheckedOut,
    summary="Make one answer final and learn whether it is right, where the quiz allows it",
    url_name="check_answer",
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": CheckIn.json_schema()}}}
    },
)
def check(request, id: str):
    key = key_of(id, problems.NoSuchAttempt)
    limits.saves.pull(request.auth.pk)
    payload = body_of(request, CheckIn, key)
    attempt = operations.check_answer(user=request.auth, attempt_uuid=key, question=payload.question)
    return JsonResponse(sheets.checked(attempt, payload.question, language_of(request)))


@router.get(
    "/attempts/{id}",
    response=schemas.AttemptOut,
    summary="An attempt as it stands, for another device",
    url_name="attempt",
)
def read(request, id: str):
    attempt = Attempt.objects.visible_to(request.auth).filter(uuid=key_of(id, problems.NoSuchAttempt)).first()
    if attempt is None:
        raise problems.NoSuchAttempt()
    attempt = operations.close_if_due(attempt=attempt)
    return JsonResponse(queries.current(attempt, request.GET.get("language", "")[:12]))
