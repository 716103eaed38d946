"""The API of this room (contract.md): the published catalogue, progress, and who has not done it."""

import hashlib
import json
from datetime import date, datetime
from typing import cast
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.security import django_auth
from pydantic import Field, field_validator

from cms.keeping import kept
from cms.vocabulary.speaking import open_languages
from courses.models import ClassAssignment
from courses.operations.lessons import NewEvent, record_events
from courses.places import place_of
from courses.problems import LessonNotFound, OtherReader, UnknownLanguage
from courses.progress import LESSON_KINDS
from courses.queries import catalogue
from courses.queries.catalogue import LessonFacts
from courses.queries.status import Status, class_status
from schools.models import User

router = Router()

MOST_EVENTS = 200


class CourseOut(Schema):
    key: UUID
    title: str
    url: str
    language: str
    summary: str


class CoursesOut(Schema):
    count: int
    results: list[CourseOut]


class QuizOut(Schema):
    key: UUID
    title: str


class LessonOut(Schema):
    key: UUID
    title: str
    url: str
    minutes: int
    quiz: QuizOut | None


class OutlineOut(CourseOut):
    lessons: list[LessonOut]


class CataloguePage(Schema):
    language: str = ""
    page: int = Field(1, ge=1)
    page_size: int = Field(100, ge=1, le=1000)


def language_of(asked: str) -> str:
    """The language asked for, in the form the site keeps; without one that of the request."""
    language = asked.strip().lower() or get_language() or settings.LANGUAGE_CODE
    if language not in dict(open_languages()):
        raise UnknownLanguage()
    return language


@router.get("/courses", response=CoursesOut, auth=None, summary="Published courses of a language")
def courses(request: HttpRequest, query: Query[CataloguePage]):
    language = language_of(query.language)
    return kept(
        f"courses:api:{language}:{query.page}:{query.page_size}",
        lambda: _courses(language, query.page, query.page_size),
    )


def _courses(language: str, page: int, size: int) -> dict:
    pages = Paginator(catalogue.courses_in(language).select_related("locale"), size)
    rows = pages.page(page).object_list if page <= pages.num_pages else []
    return {
        "count": pages.count,
        "results": [
            {
                "key": row.translation_key,
                "title": row.title,
                "url": row.url,
                "language": language,
                "summary": row.summary,
            }
            for row in rows
        ],
    }


@router.get("/courses/{key}", response=OutlineOut, auth=None, summary="A course and its lessons")
def course(request: HttpRequest, key: str, language: str = ""):
    found = catalogue.course(_key(key, Http404), language_of(language))
    if found is None:
        raise Http404
    return {
        "key": found.key,
        "title": found.title,
        "url": found.url,
        "language": found.language,
        "summary": found.summary,
        "lessons": [
            {
                "key": lesson.key,
                "title": lesson.title,
                "url": lesson.url,
                "minutes": lesson.minutes,
                "quiz": {"key": lesson.quiz_key, "title": lesson.quiz_title} if lesson.quiz_key else None,
            }
            for lesson in found.lessons
        ],
    }


class EventIn(Schema):
    id: UUID
    kind: str
    at: datetime
    block: str = Field("", max_length=40, pattern=r"^[\w-]*$")

    @field_validator("kind")
    @classmethod
    def of_a_learner(cls, kind: str) -> str:
        if kind not in LESSON_KINDS:
            raise ValueError(_("This must be one of: %(kinds)s.") % {"kinds": ", ".join(sorted(LESSON_KINDS))})
        return kind

    @field_validator("block", mode="before")
    @classmethod
    def maybe_none(cls, block):
        return "" if block is None else block

    @field_validator("at")
    @classmethod
    def aware(cls, at: datetime) -> datetime:
        return at if timezone.is_aware(at) else timezone.make_aware(at)


class EventsIn(Schema):
    events: list[EventIn] = Field(max_length=MOST_EVENTS)
    sent_at: datetime | None = None
    language: str = ""
    # Whose events these are, so that a page left open on a shared phone cannot send them as the next person's.
    reader: UUID | None = None

    @field_validator("sent_at")
    @classmethod
    def aware(cls, at: datetime | None) -> datetime | None:
        return at if at is None or timezone.is_aware(at) else timezone.make_aware(at)

    @field_validator("events")
    @classmethod
    def seen_blocks(cls, events: list[EventIn]) -> list[EventIn]:
        if any(event.kind == "seen" and not event.block for event in events):
            raise ValueError(_("Name the block that was seen."))
        return events


class ProgressOut(Schema):
    state: str
    blocks_seen: list[str]
    position: str
    started_at: datetime | None
    finished_at: datetime | None
    server_time: datetime


@router.put(
    "/lessons/{key}/progress",
    response=ProgressOut,
    auth=django_auth,
    summary="What the learner did in a lesson; repeats are harmless, order does not matter",
)
def progress(request: HttpRequest, key: str, body: EventsIn):
    lesson = catalogue.lesson(lesson_key(key), _shown_in(body.language))
    if lesson is None:
        raise LessonNotFound()
    if body.reader and body.reader != cast(User, request.user).uuid:
        raise OtherReader()
    row = record_events(
        user=request.user,
        place=place_of(lesson),
        events=_events_in(lesson, body.events),
        sent_at=body.sent_at,
    )
    return {
        "state": row.state if row else "todo",
        "blocks_seen": row.blocks_seen if row else [],
        "position": row.position if row else "",
        "started_at": row and row.started_at,
        "finished_at": row and row.finished_at,
        "server_time": timezone.now(),
    }


def _events_in(lesson: LessonFacts, events: list[EventIn]) -> list[NewEvent]:
    """The events with the blocks this lesson has: one of an older revision, or of no lesson at all, is not kept."""
    known = set(lesson.block_ids)
    return [
        NewEvent(id=event.id, kind=event.kind, at=event.at, block=event.block if event.block in known else "")
        for event in events
        if event.block in known or event.kind != "seen"
    ]


def lesson_key(text: str) -> UUID:
    return _key(text, LessonNotFound)


def _key(text: str, unknown: type[Exception]) -> UUID:
    """A key from an address; one that is no key is as unknown as one that was never given."""
    try:
        return UUID(text)
    except ValueError:
        raise unknown from None


def _shown_in(language: str) -> str:
    """The language in which the lesson was read; one this site does not have is the request's."""
    return language if language in dict(settings.LANGUAGES) else (get_language() or settings.LANGUAGE_CODE)


# Fields of a row, in the order of its values: a row is a list, because two thousand of them travel to a phone.
STATUS_COLUMNS = (
    "number",
    "code",
    "name",
    "state",
    "score",
    "attempts",
    "seconds",
    "submitted_at",
    "last_at",
    "done",
    "birth_date",
    "guest",
    "late",
    "extended_to",
    "attended_on",
    "left_on",
)


# One value for each of STATUS_COLUMNS; times are whole seconds since 1970, dates ISO.
StatusRow = tuple[
    int | None,
    str,
    str,
    str,
    float | None,
    int,
    int | None,
    int | None,
    int | None,
    int,
    date | None,
    int,
    int,
    int | None,
    date | None,
    date | None,
]


class ClassOut(Schema):
    id: UUID
    name: str


class AssignmentOut(Schema):
    id: UUID
    kind: str
    key: UUID


class StatusOut(Schema):
    """For the document of the API only: the answer is put together as text."""

    school_class: ClassOut = Field(alias="class")
    assignment: AssignmentOut
    title: str
    due_at: datetime
    lessons: int
    taken_at: datetime
    counts: dict[str, int] = Field(description="Pupils by state: todo, doing, done, late")
    columns: list[str] = Field(description=f"What the values of a row are: {', '.join(STATUS_COLUMNS)}")
    rows: list[StatusRow]


@router.get(
    "/classes/{id}/assignments/{assignment}/status",
    response={200: StatusOut, 304: None},
    by_alias=True,
    auth=django_auth,
    summary="Who has not done it: the rows of the class, not started first",
)
def status(request: HttpRequest, id: str, assignment: str):
    row = _class_assignment(request.user, id, assignment)
    target = catalogue.target(row.target_key, get_language() or settings.LANGUAGE_CODE)
    found = class_status(row, total_lessons=len(target.lessons) if target else 1)
    rows = json.dumps(status_rows(found), ensure_ascii=False, separators=(",", ":"))
    etag = quote_etag(hashlib.sha256(f"{sorted(found.counts.items())}{row.due_at}{rows}".encode()).hexdigest()[:32])
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": etag})
    about = json.dumps(
        {
            "class": {"id": str(row.school_class.uuid), "name": row.school_class.name},
            "assignment": {"id": str(row.uuid), "kind": row.assignment.kind, "key": str(row.target_key)},
            "title": row.assignment.title_at_the_time,
            "due_at": row.due_at.isoformat(),
            "lessons": found.total_lessons,
            "taken_at": found.taken_at.isoformat(),
            "counts": found.counts,
            "columns": STATUS_COLUMNS,
        },
        ensure_ascii=False,
    )
    response = HttpResponse(f'{about[:-1]}, "rows": {rows}}}', content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _class_assignment(user, class_id: str, assignment: str) -> ClassAssignment:
    """By the id of the assignment to the class, or of the assignment itself; not yours is not there."""
    try:
        keys = UUID(class_id), UUID(assignment)
    except ValueError:
        raise Http404 from None
    mine = (
        ClassAssignment.objects.visible_to(user)
        .select_related("assignment__school_year", "school_class")
        .filter(school_class__uuid=keys[0])
    )
    found = mine.filter(uuid=keys[1]).first() or mine.filter(assignment__uuid=keys[1]).first()
    if found is None:
        raise Http404
    return found


def status_rows(found: Status) -> list[list]:
    """The rows as STATUS_COLUMNS says; times are whole seconds since 1970, dates ISO."""
    return [
        [
            row.number,
            row.code,
            row.name,
            row.state,
            row.score,
            row.attempts,
            row.seconds,
            row.submitted_at and int(row.submitted_at.timestamp()),
            row.last_at and int(row.last_at.timestamp()),
            row.done,
            row.birth_date and row.birth_date.isoformat(),
            int(row.is_guest),
            int(row.was_late),
            row.due_at and int(row.due_at.timestamp()),
            row.attended_on and row.attended_on.isoformat(),
            row.left_on and row.left_on.isoformat(),
        ]
        for row in found.rows
    ]
