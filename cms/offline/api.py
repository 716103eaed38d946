"""GET /api/v1/offline/{key}: what a device fetches to keep a page, and how much that is."""

from dataclasses import asdict
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils import translation
from ninja import Field, Query, Router, Schema

from cms.offline.bundles import bundle_of
from media.problems import unavailable_as_problem

router = Router()


class OfflineFile(Schema):
    url: str
    size: int = Field(description="Bytes on the way")
    also: list[str] = Field(description="Other copies of the same, in whose place this one is given")
    frame: str = Field(description="Where the device shows this document instead; empty for all but exercises")


class OfflineExtra(Schema):
    name: str = Field(description="sound, 144p or 360p (films; one of them is taken), papers, exercises")
    size: int = Field(description="Bytes on the way, beside those of the bundle")
    files: list[OfflineFile]


class OfflinePage(Schema):
    url: str
    title: str
    size: int


class OfflineBundle(Schema):
    key: str
    language: str
    title: str
    url: str
    kind: str
    version: str = Field(description="Changes when anything in it does")
    size: int = Field(description="Bytes on the way, all together, without extras")
    left_out: int = Field(description="Films that need a line")
    pages: list[OfflinePage]
    files: list[OfflineFile]
    extras: list[OfflineExtra] = Field(description="What is heavy, to be taken or left")


class Asked(Schema):
    language: str = Field(
        settings.LANGUAGE_CODE, json_schema_extra={"enum": [code for code, _name in settings.LANGUAGES]}
    )


@router.get("/offline/{uuid:key}", response=OfflineBundle, summary="What to keep of a page on the device", auth=None)
def offline(request: HttpRequest, key: UUID, asked: Query[Asked]):
    """For a lesson, a handbook, a guide or a list of them; pages that not everybody may read are not found."""
    language = asked.language if asked.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language), unavailable_as_problem():
        bundle = bundle_of(key, language, request)
    if bundle is None:
        raise Http404
    return {
        **{name: getattr(bundle, name) for name in ("key", "language", "title", "url", "kind", "version", "size")},
        "left_out": bundle.left_out,
        "pages": bundle.pages,
        "files": [asdict(file) for file in bundle.files],
        "extras": [asdict(extra) | {"size": extra.size} for extra in bundle.extras],
    }
