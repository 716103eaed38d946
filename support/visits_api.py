"""PUT and GET /api/v1/visits: the visit log as the phones of community teams keep it."""

from datetime import date, datetime
from typing import Literal, cast
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.security import django_auth

from schools.models import User
from support.models import MAX_NOTE, MOST_PEOPLE, Visit
from support.operations.visits import MENDED_FOR, Told, keep_visits
from support.permissions import keeps_visits
from support.problems import NoVisitLog, OtherMember
from support.queries.visits import own

router = Router()
AT_ONCE = 100

AGES = Literal["under_18", "18_39", "40_59", "60_up"]
DIFFICULTIES = Literal[
    "", "device", "account", "password", "sim", "data", "reading", "portal", "papers", "paying", "fear", "other"
]


class VisitIn(Schema):
    id: UUID = Field(description="Made by the device; the same again is the same visit")
    seq: int = Field(ge=1, le=2_000_000_000, description="Grows with each change; an older one changes nothing")
    on: date
    procedure: str = Field(max_length=80, description="Code of a procedure, or `khac`")
    age_band: AGES
    language: str = Field("vi", max_length=20)
    people: int = Field(1, ge=1, le=MOST_PEOPLE)
    difficulty: DIFFICULTIES = ""
    note: str = Field("", max_length=2 * MAX_NOTE, description="No names, no numbers: they are taken out")
    unit: str = Field("", max_length=20, description="Code of the commune, for who works in several")
    asks: bool = Field(False, description="The desk shall answer the difficulty")
    undone: bool = Field(False, description="Taken back: counts no more")


class VisitsIn(Schema):
    member: UUID | None = Field(None, description="Whose visits these are, so that nobody sends another's")
    visits: list[VisitIn] = Field(max_length=AT_ONCE)


class DeskAnswer(Schema):
    code: str
    state: str
    answer: str


class VisitOut(Schema):
    id: UUID
    seq: int
    on: date
    procedure: str
    age_band: str
    language: str
    people: int
    difficulty: str
    note: str
    unit: str
    asks: bool
    undone: bool
    open_until: datetime = Field(description="Until when it may be changed")
    desk: DeskAnswer | None


class RefusedVisit(Schema):
    id: UUID
    reason: str
    detail: str


class VisitsOut(Schema):
    visits: list[VisitOut]
    refused: list[RefusedVisit]
    server_time: datetime


def visit_out(visit: Visit) -> dict:
    ticket = visit.ticket
    return {
        "id": visit.visit_id,
        "seq": visit.seq,
        "on": visit.on,
        "procedure": visit.procedure_code,
        "age_band": visit.age_band,
        "language": visit.language,
        "people": visit.people,
        "difficulty": visit.difficulty,
        "note": visit.note,
        "unit": visit.unit.code,
        "asks": ticket is not None,
        "undone": visit.withdrawn_at is not None,
        "open_until": visit.received_at + MENDED_FOR,
        "desk": {"code": ticket.code, "state": ticket.state, "answer": ticket.answer} if ticket else None,
    }


@router.put("/visits", response=VisitsOut, auth=django_auth, summary="Write down visits; repeats are harmless")
def keep_visits_of(request: HttpRequest, body: VisitsIn):
    """Many at once, from a phone that was without a line: repeats and any order are harmless. Each visit comes back as it
    is kept; one that cannot be taken is under `refused` and holds up no other."""
    user = cast(User, request.user)
    if body.member and body.member != user.uuid:
        raise OtherMember
    told = [Told(visit_id=one.id, **one.dict(exclude={"id"})) for one in body.visits]
    outcome = keep_visits(member=user, told=told)
    return {
        "visits": [visit_out(one) for one in outcome.visits],
        "refused": [
            {"id": visit_id, "reason": problem.reason, "detail": str(problem)}
            for visit_id, problem in outcome.refused.items()
        ],
        "server_time": timezone.now(),
    }


@router.get("/visits", response=VisitsOut, auth=django_auth, summary="One's own visits, the newest first")
def read_visits(request: HttpRequest):
    """The last hundred, so that a second phone shows them too."""
    user = cast(User, request.user)
    if not keeps_visits(user):
        raise NoVisitLog
    return {"visits": [visit_out(one) for one in own(user)[:AT_ONCE]], "refused": [], "server_time": timezone.now()}
