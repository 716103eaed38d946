"""What a survey found: one function behind the screen, the public page, the .xlsx and the API."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.models import LessonPage
from schools.models import Unit
from support.models import Survey, SurveyAnswer, SurveyVersion
from support.queries.surveys import audience_names, language_names
from support.surveys.document import (
    CHOICES,
    MULTIPLE,
    SATISFIED_FROM,
    SCALE,
    SINGLE,
    WORDS,
    Question,
    chosen,
    languages_ready,
    read,
)
from support.surveys.telling import FEWEST, Bar, hidden_groups, joined_choices, joined_steps, veiled, with_percent

BREAKDOWNS = ("audience", "unit", "language", "lesson")
MOST_WAVES = 6


@dataclass(frozen=True)
class QuestionFigures:
    """`answered` None: fewer than five, so nothing is told. `satisfied`: percent who chose 4 of 5 and more."""

    question: Question
    text: str
    answered: int | None
    bars: list[Bar] = field(default_factory=list)
    mean: float | None = None
    satisfied: int | None = None


@dataclass(frozen=True)
class Group:
    """`cells`: (question, what is told) for each question that can be told in a few words."""

    name: str
    answers: int
    cells: list[tuple[QuestionFigures, str]]


@dataclass(frozen=True)
class SurveyFigures:
    """`answers` is told always; the rest from five answers on. `hidden`: how many groups are left out."""

    survey: Survey
    language: str
    answers: int
    questions: list[QuestionFigures]
    by: str
    groups: list[Group]
    hidden: int
    taken_at: datetime

    @property
    def is_told(self) -> bool:
        return self.answers >= FEWEST


Row = tuple[dict[str, Any], str]


def figures(survey: Survey, *, language: str = "vi", by: str = "") -> SurveyFigures:
    """All answers to all versions, by the keys of the questions; words are those of the newest version that has them."""
    name = {"audience": "audience", "unit": "unit_id", "language": "language"}.get(by, "about")
    rows = [(values, str(group or "")) for values, group in survey.answers.values_list("values", name)]
    taken_at = timezone.now()
    questions = questions_of(survey)
    language = language if language in _spoken(survey, questions) else survey.language
    told = len(rows) >= FEWEST
    found = [question_figures(one, rows, language) for one in questions] if told else []
    groups, hidden = _groups(found, rows, by, language) if told and by in BREAKDOWNS else ([], 0)
    return SurveyFigures(survey, language, len(rows), found, by, groups, hidden, taken_at)


def questions_of(survey: Survey) -> list[Question]:
    """Every question that was ever in force; a removed one stands behind those of today."""
    found: dict[str, Question] = {}
    for rows in survey.versions.order_by("-number").values_list("questions", flat=True):
        for one in read(rows):
            found.setdefault(one.key, one)
    return [one for one in found.values() if one.is_asked]


def _spoken(survey: Survey, questions: list[Question]) -> list[str]:
    return languages_ready(questions, survey.texts, survey.language)


def question_figures(one: Question, rows: Iterable[Row], language: str) -> QuestionFigures:
    text = one.text(language)
    if one.kind in WORDS:
        return QuestionFigures(one, text, None)
    given = [value for values, _group in rows if (value := values.get(one.key)) is not None]
    if len(given) < FEWEST:
        return QuestionFigures(one, text, None)
    counts = Counter(key for value in given for key in chosen(one, value))
    whole = len(given)
    if one.kind == SCALE:
        bars = joined_steps([(key, counts[key]) for key in one.values])
        mean = round(sum(given) / whole, 1)
        return QuestionFigures(one, text, whole, with_percent(bars, whole), mean, _satisfied(one, counts, whole))
    labelled = [(key, one.label_of(key, language), counts[key]) for key in one.values]
    bars = joined_choices(labelled, _("Other answers together")) if one.kind == SINGLE else veiled(labelled)
    return QuestionFigures(one, text, whole, with_percent(bars, whole))


def _satisfied(one: Question, counts: Counter, whole: int) -> int | None:
    """None where so few are of the other mind that a percentage would count them."""
    if one.top != 5:
        return None
    many = sum(counts[str(step)] for step in range(SATISFIED_FROM, one.top + 1))
    return round(100 * many / whole) if all(part == 0 or part >= FEWEST for part in (many, whole - many)) else None


def _groups(found: list[QuestionFigures], rows: list[Row], by: str, language: str) -> tuple[list[Group], int]:
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(row[1], []).append(row)
    hidden = hidden_groups({key: len(part) for key, part in parts.items()})
    names = _names(by, parts, language)
    in_words = [one for one in found if one.question.kind in {SCALE, *CHOICES}]
    cells: dict[str, list[tuple[QuestionFigures, str]]] = {key: [] for key in parts}
    for one in in_words:
        sizes = {
            key: sum(values.get(one.question.key) is not None for values, _key in part) for key, part in parts.items()
        }
        silent = hidden | hidden_groups(sizes)
        for key, part in parts.items():
            told = "" if key in silent else _in_words(question_figures(one.question, part, language))
            cells[key].append((one, told))
    told_parts = sorted((key for key in parts if key not in hidden), key=lambda key: (key == "", -len(parts[key])))
    groups = [Group(names.get(key, key) or _not_said(), len(parts[key]), cells[key]) for key in told_parts]
    return groups, len(hidden)


def _not_said() -> str:
    return pgettext("who answered a survey", "Not said")


def _names(by: str, parts: dict[str, list[Row]], language: str) -> dict[str, str]:
    if by == "audience":
        return audience_names(language)
    if by == "lesson":
        return _lesson_titles([key for key in parts if key], language)
    if by == "language":
        return language_names()
    keys = [int(key) for key in parts if key]
    return {str(pk): name for pk, name in Unit.objects.filter(pk__in=keys).values_list("pk", "name")}


def _lesson_titles(keys: list[str], language: str) -> dict[str, str]:
    """Titles by the keys of the lessons; a lesson that is gone has none."""
    pages = LessonPage.objects.filter(translation_key__in=keys, locale__language_code__in={language, "vi"})
    titles: dict[str, str] = {}
    for key, title, spoken in pages.values_list("translation_key", "title", "locale__language_code"):
        if spoken == language or str(key) not in titles:
            titles[str(key)] = title
    gone = pgettext("rated in a survey", "A lesson that is no longer there")
    return {key: titles.get(key, gone) for key in keys}


def _in_words(one: QuestionFigures) -> str:
    """A cell of a group: the mean, or what most of them chose."""
    if one.answered is None:
        return ""
    if one.question.kind == SCALE:
        return shown_mean(one.mean)
    first = next((bar for bar in one.bars if bar.count and len(bar.keys) == 1), None)
    return f"{first.label} ({first.percent} %)" if first else ""


def shown_mean(mean: float | None) -> str:
    return "" if mean is None else number_format(mean, 1)


@dataclass(frozen=True)
class WaveLine:
    """A question over the waves: for each wave (its name, how many answered, what is told)."""

    text: str
    question: Question
    cells: list[tuple[Survey, int | None, str]]


def waves(survey: Survey, *, language: str = "vi", public: bool = False) -> tuple[list[Survey], list[WaveLine]]:
    """The waves of a survey, the oldest first, and each question that was asked in more than one of them."""
    others = Survey.objects.filter(lineage=survey.lineage).exclude(state=Survey.State.DRAFT)
    if public:
        others = others.filter(results_public_at__isnull=False)
    found = list(others.order_by("-wave")[:MOST_WAVES])[::-1]
    if len(found) < 2:
        return found, []
    by_wave = [(one, {each.question.key: each for each in figures(one, language=language).questions}) for one in found]
    lines: list[WaveLine] = []
    for question in questions_of(survey):
        if question.kind in WORDS or sum(question.key in own for _one, own in by_wave) < 2:
            continue
        cells = [_wave_cell(one, own.get(question.key)) for one, own in by_wave]
        lines.append(WaveLine(question.text(language) or question.text(survey.language), question, cells))
    return found, lines


def _wave_cell(survey: Survey, one: QuestionFigures | None) -> tuple[Survey, int | None, str]:
    if one is None or one.answered is None:
        return survey, None, ""
    if one.question.kind == MULTIPLE:
        return survey, one.answered, most_chosen(one)
    return survey, one.answered, _in_words(one)


def most_chosen(one: QuestionFigures) -> str:
    """The three answers that most chose, with their shares; empty where none can be told."""
    return "; ".join(f"{bar.label} {bar.percent} %" for bar in one.bars[:3] if bar.count)


def satisfied_between(since: datetime, until: datetime, purpose: str) -> tuple[int, int]:
    """(people who chose 4 of 5 and more, people who answered) of the questions that tell satisfaction, in surveys of one
    purpose. The whole province: who answered is not known, nor of which school."""
    many = whole = 0
    versions = SurveyVersion.objects.filter(survey__purpose=purpose).only("questions", "survey_id")
    telling: dict[int, set[str]] = {}
    for version in versions:
        keys = {one.key for one in read(version.questions) if one.tells and one.top == 5}
        telling.setdefault(version.survey_id, set()).update(keys)
    answers = SurveyAnswer.objects.filter(survey__in=telling, received_at__gte=since, received_at__lt=until)
    for survey, values in answers.values_list("survey_id", "values").iterator(2000):
        given = [values[key] for key in telling[survey] if values.get(key) is not None][:1]
        whole += len(given)
        many += sum(value >= SATISFIED_FROM for value in given)
    return many, whole
