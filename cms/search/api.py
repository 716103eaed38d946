"""GET /api/v1/materials: what is published, narrowed and searched."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from ninja import Field, Query, Router, Schema
from pydantic import field_validator

from cms.search.queries import entries, page_of, search
from cms.search.shelf import AUDIO

router = Router()


class MaterialFilter(Schema):
    language: str = Field(
        settings.LANGUAGE_CODE,
        description="Language of the materials",
        json_schema_extra={"enum": [code for code, _name in settings.LANGUAGES]},
    )
    format: str = Field("", max_length=30, description="guide, video, course, lesson …")
    audience: str = Field("", max_length=60, description="Code of an audience")
    topic: str = Field("", max_length=60, description="Code of a topic")
    level: Literal["", "primary", "lower-secondary", "upper-secondary", "adults"] = Field(
        "", description="For which part of the school system, or grown-ups"
    )
    audio: bool = Field(False, description="Only what can be listened to")
    voice: str = Field(
        "", max_length=20, description="BCP-47 tag of a language in which it can be read or heard besides its own"
    )
    q: str = Field("", max_length=200, description="Words; accents do not matter")
    page: int = Field(1, ge=1, le=10_000)
    per_page: int = Field(50, ge=1, le=100)

    @field_validator("language")
    @classmethod
    def of_this_site(cls, language: str) -> str:
        language = language.strip().lower() or settings.LANGUAGE_CODE
        if language not in dict(settings.LANGUAGES):
            raise ValueError(f"one of {', '.join(dict(settings.LANGUAGES))}")
        return language


class Material(Schema):
    key: UUID | str
    title: str
    url: str
    format: str
    language: str
    summary: str
    audiences: list[str]
    topics: list[str]
    levels: list[str]
    has_audio: bool
    voices: list[str]
    updated: datetime


class Materials(Schema):
    count: int
    results: list[Material]


@router.get("/materials", response=Materials, summary="Published guides, videos, courses and lessons", auth=None)
def materials(request: HttpRequest, wanted: Query[MaterialFilter]):
    """Sorted by title, or with `q` by how well they match. Only what holds every word of `q` is listed."""
    with translation.override(wanted.language):
        among = entries(
            language=wanted.language,
            materials=True,
            kind="page",
            format=wanted.format,
            audience=wanted.audience,
            topic=wanted.topic,
            level=wanted.level,
            audio=AUDIO if wanted.audio else "",
            voice=wanted.voice.lower(),
        )
        results = search(wanted.q, among)
        ids = [] if results.loose else results.ids
        start = (wanted.page - 1) * wanted.per_page
        listed = page_of(ids[start : start + wanted.per_page])
    return {
        "count": len(ids),
        "results": [
            {
                "key": entry.key,
                "title": entry.title,
                "url": entry.url,
                "format": entry.format,
                "language": entry.language,
                "summary": entry.summary,
                "audiences": entry.audiences.split(),
                "topics": entry.topics.split(),
                "levels": entry.levels.split(),
                "has_audio": entry.has_audio,
                "voices": entry.voices.split(),
                "updated": entry.updated,
            }
            for entry in listed
        ],
    }
