"""The contests API (contract): start an attempt in a round, read the published standings."""

from typing import Any
from uuid import UUID

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Router, Schema, Status
from ninja.errors import ValidationError as InvalidRequest
from ninja.security import django_auth
from pydantic import AwareDatetime, Field, ValidationError

from contests import operations, problems
from contests.models import TeamMember, WorkFile
from contests.queries.contests import categories_of, contest_for, round_of
from contests.queries.stage import held_by, seat_at
from contests.queries.standings import ranking_in_force, standings_document
from contests.queries.works import FileShown, work_for
from media.schemas import UploadOut, upload_document
from quizzes import limits
from quizzes import problems as quiz_problems
from quizzes.queries import stamp, started

router = Router()


class StartIn(Schema):
    prediction: int | None = Field(default=None, ge=0, le=2_000_000_000)


class StandingsOut(Schema):
    contest: str
    state: str
    page: int
    pages: int
    results: list[dict[str, Any]]
    round: int | None = None
    category: str | None = None
    ranking: str | None = None
    number: int | None = None
    computed_at: str | None = None


_KEY = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        }
    ]
}


def _prediction(request) -> int | None:
    """The guess in the body, which may be missing altogether. Read here, not by ninja, which asks for a body."""
    if not request.body.strip() or request.content_type != "application/json":
        return None
    try:
        return StartIn.model_validate_json(request.body).prediction
    except ValidationError as error:
        faults: list[Any] = error.errors(include_url=False, include_input=False, include_context=False)
        raise InvalidRequest([fault | {"loc": ("body", "payload", *fault["loc"])} for fault in faults]) from None


@router.post(
    "/contests/{slug}/rounds/{n}/attempts",
    auth=django_auth,
    response={200: dict[str, Any], 201: dict[str, Any]},
    summary="Start an attempt in a round (201) or resume the open one (200)",
    url_name="start_round_attempt",
    openapi_extra=_KEY
    | {"requestBody": {"required": False, "content": {"application/json": {"schema": StartIn.model_json_schema()}}}},
)
def start(request, slug: str, n: int):
    contest = contest_for(request.auth, slug)
    key = request.headers.get("Idempotency-Key")
    if not key or len(key) > 200:
        raise quiz_problems.BadKey()
    language = request.GET.get("language", "")[:12] or get_language() or "vi"
    attempt, made = operations.start_round_attempt(
        user=request.auth,
        contest=contest,
        number=n,
        idempotency_key=key,
        prediction=_prediction(request),
        language=language,
    )
    document = started(attempt, language)
    if not attempt.is_open:
        document |= {"state": attempt.state, "receipt": attempt.receipt_code}
    return JsonResponse(document, status=201 if made else 200)


@router.get(
    "/contests/{slug}/standings",
    response=StandingsOut,
    exclude_none=True,
    summary="A page of the published standings",
    url_name="standings",
)
def standings(request, slug: str, page: int = 1, round: int | None = None, category: str = ""):
    contest = contest_for(request.user, slug)
    chosen = None
    if category:
        chosen = categories_of(contest).filter(slug=category).first()
        if chosen is None:
            raise problems.NoSuchCategory()
    ranking = ranking_in_force(contest, round=round_of(contest, round) if round is not None else None, category=chosen)
    return standings_document(contest, ranking, max(1, page))


class FileIn(Schema):
    slot: str = Field(max_length=40)
    file_name: str = Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")
    content_type: str = Field("", max_length=120, pattern=r"^$|^[\w.+-]+/[\w.+-]+$")
    size: int = Field(ge=0)
    # The browser has another file of this name and size than the one begun before.
    anew: bool = False


class FileOut(Schema):
    file: UUID
    upload: UploadOut


class FileStateOut(Schema):
    state: str
    messages: list[str]


def _own_work(user, slug: str, uuid: UUID):
    work = work_for(user, contest_for(user, slug), uuid)
    confirmed = work.team.members.filter(user_id=user.pk, role__in=TeamMember.MAKERS, state="confirmed")
    if not confirmed.exists():
        raise problems.NoSuchWork()
    return work


@router.post(
    "/contests/{slug}/works/{uuid}/files",
    auth=django_auth,
    response={200: FileOut, 201: FileOut},
    summary="Begin a file of one's own work (201), or go on with it (200): its parts go by /uploads",
    url_name="begin_work_file",
)
def begin_work_file(request, slug: str, uuid: UUID, body: FileIn):
    work = _own_work(request.auth, slug, uuid)
    slot = work.category.slots.filter(key=body.slot).first()
    if slot is None:
        raise problems.NoSuchWork()
    file, new = operations.begin_file(
        work=work,
        slot=slot,
        user=request.auth,
        file_name=body.file_name,
        content_type=body.content_type,
        size=body.size,
        anew=body.anew,
    )
    return Status(201 if new else 200, {"file": file.uuid, "upload": upload_document(file.upload, with_parts=True)})


@router.get(
    "/contests/{slug}/works/{uuid}/files/{file}",
    auth=django_auth,
    response=FileStateOut,
    summary="Where a file of one's own work stands, with what the check says",
    url_name="work_file_state",
)
def work_file_state(request, slug: str, uuid: UUID, file: UUID):
    work = work_for(request.auth, contest_for(request.auth, slug), uuid)
    found = get_object_or_404(WorkFile, version__work=work, uuid=file)
    return {"state": found.state, "messages": FileShown(found).words}


# --- On stage ---------------------------------------------------------------------------------------------------------


class LineIn(Schema):
    question: str = Field(max_length=60)
    seq: int = Field(ge=1, le=2_000_000_000)
    value: Any = None
    answered_at: AwareDatetime | None = None


class LinesIn(Schema):
    sent_at: AwareDatetime | None = None
    saves: list[LineIn] = Field(max_length=2000)


class HeldOut(Schema):
    answers: dict[str, Any]
    server_time: str


class LinesOut(Schema):
    saved: dict[str, int]
    server_time: str
    refused: list[str] | None = None
    answers: dict[str, Any] | None = None


@router.put(
    "/contests/{slug}/stage/{n}/answers",
    auth=django_auth,
    response=LinesOut,
    exclude_none=True,
    summary="A judge's points and locks, or the timekeeper's times; repeats are harmless",
    url_name="save_stage_lines",
)
def save_stage_lines(request, slug: str, n: int, body: LinesIn):
    limits.saves.pull(request.auth.pk)
    seat, round = seat_at(request.auth, slug, n)
    lines = [operations.Line(one.question, one.seq, one.value, one.answered_at) for one in body.saves]
    taken = operations.save_lines(round=round, seat=seat, lines=lines, sent_at=body.sent_at)
    return {
        "saved": taken.saved,
        "server_time": stamp(timezone.now()),
        "refused": sorted(taken.refused) or None,
        "answers": taken.differs or None,
    }


@router.get(
    "/contests/{slug}/stage/{n}",
    auth=django_auth,
    response=HeldOut,
    summary="What the server has of one's own sheets or times at a performance",
    url_name="stage_lines",
)
def stage_lines(request, slug: str, n: int):
    seat, round = seat_at(request.auth, slug, n)
    return {"answers": held_by(seat, round), "server_time": stamp(timezone.now())}
