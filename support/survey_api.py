"""Surveys for programs, and for a phone whose answers waited for the line."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from schools import limits
from support.models import Survey
from support.operations.survey_answers import keep_answer
from support.queries.survey_figures import figures
from support.queries.surveys import sheet_of, taken
from support.surveys.document import Question
from support.surveys.problems import NoSuchSurvey
from support.views.surveys import device_number, known_audience, known_unit, limits_of

router = Router()
# A phone that was off the line for longer than this is not believed about when it answered.
LONGEST_AGE = 3 * 24 * 3600


class SurveyOption(Schema):
    key: str
    text: str


class SurveyQuestion(Schema):
    key: str
    kind: str = Field(description="scale, single, multiple, short, long or section (a heading)")
    text: str
    help: str
    required: bool
    options: list[SurveyOption]
    top: int | None = Field(description="The highest step of a scale, whose lowest is 1")
    low: str
    high: str
    asked_when: dict[str, Any] | None = Field(
        description="Asked only when `question` was answered with one of `is`; null: always"
    )


class SurveyDocument(Schema):
    slug: str
    title: str
    intro: str
    language: str = Field(description="The language it is in here, which may be another than the one asked for")
    languages: list[str]
    version: int
    takes_answers: bool
    opens_at: datetime | None
    closes_at: datetime | None
    asks_audience: bool
    asks_unit: bool
    questions: list[SurveyQuestion]


class SurveyAnswers(Schema):
    key: UUID = Field(description="Made by the sender; the same again is the same answer")
    seq: int = Field(
        1, ge=1, le=9999, description="Grows with each change; an older one that comes late changes nothing"
    )
    version: int = Field(ge=1, description="The version that was answered")
    language: str = Field("vi", max_length=20, pattern=r"^[A-Za-z0-9-]*$")
    values: dict[str, str | int | list[str] | None] = Field(description="By key of the question", max_length=60)
    audience: str = Field("", max_length=60)
    unit: str = Field("", max_length=40, description="Code of the commune or ward")
    about: UUID | None = Field(None, description="Key of the lesson that is rated")
    age_seconds: int = Field(0, ge=0, le=LONGEST_AGE, description="How long ago it was answered, by the sender's clock")


class SurveyKept(Schema):
    key: UUID
    seq: int
    state: str = Field(description="kept, or changed where this key or this device had answered before")
    masked: bool = Field(description="Something personal, such as a phone number, was taken out of the words")
    server_time: datetime


class SurveyBar(Schema):
    label: str
    count: int | None = Field(description="null: fewer than five people, so it is not told")
    percent: int | None


class SurveyFound(Schema):
    key: str
    text: str
    answered: int | None
    mean: float | None
    satisfied_percent: int | None
    bars: list[SurveyBar]


class SurveyResults(Schema):
    slug: str
    title: str
    answers: int
    taken_at: datetime
    questions: list[SurveyFound]


def _asked(one: Question, language: str) -> SurveyQuestion:
    return SurveyQuestion(
        key=one.key,
        kind=one.kind,
        text=one.text(language),
        help=one.text(language, "help"),
        required=one.required,
        options=[SurveyOption(key=each.key, text=each.text(language)) for each in one.options],
        top=one.top if one.kind == "scale" else None,
        low=one.text(language, "low"),
        high=one.text(language, "high"),
        asked_when={"question": one.when.question, "is": list(one.when.values)} if one.when else None,
    )


@router.get("/surveys/{slug}", response=SurveyDocument, auth=None, summary="The questions of a survey")
def survey(request: HttpRequest, slug: str, language: str = "vi"):
    """In the language asked for, else in the next of its fallback chain, else in the survey's own."""
    found = taken(slug)
    if found is None:
        raise NoSuchSurvey
    asked, version = found
    sheet = sheet_of(version, language[:20].lower())
    return SurveyDocument(
        slug=asked.slug,
        title=sheet.words["title"],
        intro=sheet.words.get("intro", ""),
        language=sheet.language,
        languages=sheet.languages,
        version=version.number,
        takes_answers=asked.is_taking,
        opens_at=asked.opens_at,
        closes_at=asked.closes_at,
        asks_audience=asked.asks_audience,
        asks_unit=asked.asks_unit,
        questions=[_asked(one, sheet.language) for one in sheet.questions],
    )


@router.post(
    "/surveys/{slug}/answers", response={201: SurveyKept, 200: SurveyKept}, auth=None, summary="What one person answers"
)
def answer_survey(request: HttpRequest, slug: str, sent: SurveyAnswers):
    """No account, no name. 201: kept; 200: this key or device had answered before. A survey that is over is 409; answers
    that lack something 422 with `errors` by question. What was answered before the close is taken for three days more."""
    whom = limits_of(request)
    limits.check(*whom)
    limits.count(*whom)
    found = taken(slug)
    if found is None:
        raise NoSuchSurvey
    survey, version = found
    if sent.version != version.number:
        version = survey.versions.filter(number=sent.version).first() or version
    kept = keep_answer(
        survey=survey,
        version=version,
        key=sent.key,
        seq=sent.seq,
        number=device_number(request),
        language=sent.language.lower(),
        audience=known_audience(sent.audience),
        unit=known_unit(sent.unit),
        about=str(sent.about) if sent.about and survey.purpose == Survey.Purpose.LESSON else "",
        age=timedelta(seconds=sent.age_seconds),
        given=sent.values,
    )
    told = SurveyKept(
        key=kept.answer.key,
        seq=kept.answer.seq,
        state="kept" if kept.is_new else "changed",
        masked=kept.masked,
        server_time=timezone.now(),
    )
    return Status(201 if kept.is_new else 200, told)


@router.get("/surveys/{slug}/results", response=SurveyResults, auth=None, summary="What a survey found")
def survey_results(request: HttpRequest, slug: str, language: str = "vi"):
    """Once its results are public. The figures of the page, with the same small ones left out."""
    survey = Survey.objects.filter(slug=slug, results_public_at__isnull=False).first()
    if survey is None:
        raise NoSuchSurvey
    found = figures(survey, language=language[:20].lower())
    return SurveyResults(
        slug=survey.slug,
        title=survey.texts.get(found.language, {}).get("title") or survey.title,
        answers=found.answers,
        taken_at=found.taken_at,
        questions=[
            SurveyFound(
                key=one.question.key,
                text=one.text,
                answered=one.answered,
                mean=one.mean,
                satisfied_percent=one.satisfied,
                bars=[SurveyBar(label=bar.label, count=bar.count, percent=bar.percent) for bar in one.bars],
            )
            for one in found.questions
        ],
    )
