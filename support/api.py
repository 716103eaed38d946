"""POST /api/v1/assistant: passages that answer a question, quoted from what is published. Beside it the visit log."""

from datetime import date

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from ninja import Field, Router, Schema

from schools import limits
from support.limits import ASKED
from support.queries.asking import answered
from support.survey_api import router as surveys
from support.visits_api import router as visits

router = Router()
router.add_router("", surveys)
router.add_router("", visits)


class Question(Schema):
    question: str = Field(max_length=4000, description="As people write it: accents, case and spelling do not matter")
    language: str = Field(settings.LANGUAGE_CODE, max_length=20, pattern=r"^[A-Za-z0-9-]*$", description="BCP-47 tag")


class QuotedPassage(Schema):
    text: str = Field(
        description="Word for word; a line each paragraph, items of lists begin with “- ”, steps with “1. ”"
    )
    kind: str = Field(description="text, steps, facts or warning")
    title: str
    heading: str
    url: str = Field(description="The page and the place in it; for a procedure without a guide where it is done")
    language: str
    checked_on: date | None
    stale: bool = Field(description="What it tells has changed since, or is due to be checked again")


class Suggestion(Schema):
    title: str
    url: str
    language: str


class Offer(Schema):
    kind: str = Field(description="desk, place, portal or hotline")
    label: str
    url: str


class Answered(Schema):
    known: bool
    summary: list[str] = Field(description="Sentences of a plugged-in model, each supported by a passage; mostly none")
    passages: list[QuotedPassage]
    suggestions: list[Suggestion]
    message: str
    warning: str = Field(description="Said to a person who typed something personal, which was taken out")
    offers: list[Offer]


@router.post("/assistant", response=Answered, summary="Passages that answer a question", auth=None)
def ask(request: HttpRequest, asked: Question):
    """Quotes of published pages in the language asked for, else in the next of its fallback chain; `known` is false and
    `passages` empty where nothing published speaks of it. Nothing is stored."""
    whom = (ASKED, limits.client_address(request))
    limits.check(whom)
    limits.count(whom)
    language = asked.language.strip().lower() or settings.LANGUAGE_CODE
    shown = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(shown):
        return answered(asked.question, language)
