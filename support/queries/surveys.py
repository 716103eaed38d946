"""Surveys as their screens ask for them."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from cms.text.folding import fold
from cms.vocabulary.models import Audience
from cms.vocabulary.speaking import registry
from schools.models import Unit, User
from schools.permissions import units_overseen
from support.models import Survey, SurveyVersion, SurveyWords
from support.permissions import surveys_everywhere
from support.surveys.document import Question, languages_ready, read

NEVER_ASKED = {"dong-bao-dan-toc-thieu-so", "nguoi-khuyet-tat"}


@dataclass(frozen=True)
class Sheet:
    """A version as somebody reads it. `wanted`: the language asked for where the survey is not in it, else empty."""

    version: SurveyVersion
    questions: tuple[Question, ...]
    languages: list[str]
    language: str
    wanted: str

    @property
    def words(self) -> dict[str, str]:
        return self.version.texts[self.language]


def sheet_of(version: SurveyVersion, language: str) -> Sheet:
    """In `language` if the whole survey is in it; else the next of its fallback chain, else the survey's own."""
    questions = read(version.questions)
    ready = languages_ready(questions, version.texts, version.language) or [version.language]
    row = registry().get(language)
    chain = [language, *(row.fallbacks if row else ())]
    shown = next((tag for tag in chain if tag in ready), ready[0])
    return Sheet(version, questions, ready, shown, language if shown != language else "")


def taken(slug: str) -> tuple[Survey, SurveyVersion] | None:
    """A survey that is or was in force, with its version. One query."""
    version = (
        SurveyVersion.objects.select_related("survey")
        .filter(survey__slug=slug, number=F("survey__number"))
        .exclude(survey__state=Survey.State.DRAFT)
        .first()
    )
    return (version.survey, version) if version else None


def open_to_all(language: str) -> list[dict]:
    """What anybody may answer now, and the results that are told: {survey, title, intro, language}; ratings of lessons
    stand at their lessons."""
    versions = (
        SurveyVersion.objects.select_related("survey")
        .filter(number=F("survey__number"))
        .filter(
            Q(survey__in=Survey.objects.taking().exclude(purpose=Survey.Purpose.LESSON))
            | Q(survey__results_public_at__isnull=False)
        )
        .order_by("-survey__made_at")[:100]
    )
    sheets = [sheet_of(version, language) for version in versions]
    return [{"survey": one.version.survey, "words": one.words, "language": one.language} for one in sheets]


def language_names() -> dict[str, str]:
    """Each language a survey may be in, by its own name: those of the site and of the registry."""
    return dict(settings.LANGUAGES) | {code: row.autonym for code, row in registry().items()}


def audience_names(language: str) -> dict[str, str]:
    rows = Audience.objects.filter(locale__language_code__in={language, "vi"}).values_list(
        "slug", "name", "locale__language_code"
    )
    names: dict[str, str] = {}
    for slug, name, spoken in rows.order_by("position", "pk"):
        if spoken == language or slug not in names:
            names[slug] = name
    return names


def audiences_to_ask(language: str) -> dict[str, str]:
    """Who somebody may say to be: nothing that would store an origin or the state of somebody's health (product.md §2)."""
    return {slug: name for slug, name in audience_names(language).items() if slug not in NEVER_ASKED}


def units_to_name() -> list[tuple[str, str]]:
    """Communes and wards of today, by name: what somebody who answers may say."""
    rows = Unit.objects.filter(valid_to=None).exclude(depth=1).values_list("code", "name")
    return sorted(rows, key=lambda row: fold(row[1]))


def units_to_run_for(user: User) -> QuerySet[Unit]:
    return Unit.objects.filter(valid_to=None) if surveys_everywhere(user) else units_overseen(user)


def listed(user: User) -> QuerySet[Survey]:
    """With how many answered: one query for any number."""
    return (
        Survey.objects.visible_to(user)
        .select_related("unit")
        .annotate(answered=Count("answers"))
        .order_by("-made_at", "-pk")
    )


def words_of(survey: Survey, *, question: str = "", state: str = "") -> QuerySet[SurveyWords]:
    """In an order that does not tell who wrote when."""
    rows = SurveyWords.objects.filter(answer__survey=survey)
    if question:
        rows = rows.filter(question=question)
    return (rows.filter(state=state) if state else rows).order_by("uuid")
