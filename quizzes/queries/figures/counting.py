"""Which attempts a quiz's figures count, and how they are grouped so that there are few rows however many attempts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, F, FloatField, QuerySet, Window
from django.db.models.functions import Cast, RowNumber

from quizzes.models import Answer, Attempt, Quiz
from quizzes.papers import paper
from quizzes.permissions import Sight

ENDED = [Attempt.State.SUBMITTED, Attempt.State.CLOSED]
# Times are those of so many attempts, the newest: the middle one of more is the same, and this is quick.
TIMED = 2000


class Which(StrEnum):
    """One attempt a person: the one that counts by the quiz's rule, or the first; or every attempt there is."""

    COUNTED = "counted"
    FIRST = "first"
    ALL = "all"


def chosen_attempts(sight: Sight, quiz_key: UUID, which: Which, rule: str) -> QuerySet[Attempt]:
    """The ended attempts that count, of whoever is in sight. `rule` is the quiz's own: best, first or last.

    A preview makes no attempt, so none is among them. Somebody who took the quiz in two classes counts once, in the class
    of the attempt that counts.
    """
    ended = sight.attempts(quiz_key).filter(state__in=ENDED)
    if which == Which.ALL:
        return ended
    order: list[Any] = [F("started_at").asc(), F("pk").asc()]
    if which == Which.COUNTED and rule == Quiz.WhichCounts.LAST:
        order = [F("started_at").desc(), F("pk").desc()]
    elif which == Which.COUNTED and rule == Quiz.WhichCounts.BEST:
        # Papers may differ in what they are worth. As `queries.counting`: of two as good, the earlier.
        ratio = Cast("score", FloatField()) / Cast("max_score", FloatField())
        order = [ratio.desc(), *order]
        ended = ended.filter(max_score__gt=0)
    ranked = ended.annotate(place=Window(RowNumber(), partition_by=[F("user_id")], order_by=order)).filter(place=1)
    return Attempt.objects.filter(pk__in=ranked.values("pk"))


@dataclass(frozen=True)
class Group:
    """Attempts alike in what they were asked, marked by, earned and where. `waits`: a person has still to mark one."""

    paper_id: int
    graded_by_id: int | None
    class_key: UUID | None
    score: Decimal
    max_score: Decimal
    passed: bool
    waits: bool
    times: int

    @property
    def marked_by(self) -> int:
        """The paper whose key marked them."""
        return self.graded_by_id or self.paper_id


def groups_of(attempts: QuerySet[Attempt]) -> list[Group]:
    """One query."""
    rows = attempts.order_by().values_list(
        "paper_id", "graded_by_id", "class_key", "score", "max_score", "passed", "needs_marking"
    )
    return [
        Group(paper, graded_by, class_key, score, max_score, bool(passed), waits, times)
        for paper, graded_by, class_key, score, max_score, passed, waits, times in rows.annotate(
            times=Count("pk")
        ).iterator()
    ]


@dataclass(frozen=True)
class Given:
    """One answer that so many attempts gave, all of which earned the same in it and in the quiz."""

    question: str
    value: Any
    fraction: Decimal
    points: Decimal
    score: Decimal
    max_score: Decimal
    times: int


def answers_given(attempts: QuerySet[Attempt], written: Iterable[str]) -> Iterator[Given]:
    """What `attempts` answered, counted. Of `written` questions, which a person marks, the texts are left where they are.

    One query, two where there is anything written.
    """
    answers = Answer.objects.filter(attempt__in=attempts.values("pk"), fraction__isnull=False).order_by()
    told = ("fraction", "points", "attempt__score", "attempt__max_score")
    texts = list(written)
    rest = answers.exclude(question_key__in=texts) if texts else answers
    for question, value, *numbers in (
        rest.values_list("question_key", "value", *told).annotate(times=Count("pk")).iterator()
    ):
        yield Given(str(question), value, *numbers)
    if texts:
        marked = answers.filter(question_key__in=texts).values_list("question_key", *told)
        for question, *numbers in marked.annotate(times=Count("pk")).iterator():
            yield Given(str(question), None, *numbers)


@dataclass
class Asked:
    """How many attempts were asked a question, by what they scored: {(score, of how much): times}."""

    by_score: dict[tuple[Decimal, Decimal], int] = field(default_factory=lambda: defaultdict(int))


def asked_of(attempts: QuerySet[Attempt], groups: Iterable[Group]) -> dict[str, Asked]:
    """By question. A fixed paper asks everybody everything; of a drawn one each attempt is read. No query, or one."""
    found: dict[str, Asked] = defaultdict(Asked)
    drawn = set()
    for group in groups:
        frozen = paper(group.paper_id)
        if frozen.document["draws"]:
            drawn.add(group.paper_id)
            continue
        for question in frozen.by_id:
            found[question].by_score[group.score, group.max_score] += group.times
    if drawn:
        rows = attempts.filter(paper_id__in=drawn).values_list("questions", "score", "max_score")
        for questions, score, max_score in rows.iterator(chunk_size=2000):
            for question, _options in questions:
                found[question].by_score[score, max_score] += 1
    return found


@dataclass
class Times:
    """Seconds by question, {seconds: times}, from so many attempts; and of the whole quiz."""

    attempts: int = 0
    by_question: dict[str, dict[float, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    whole: dict[float, int] = field(default_factory=lambda: defaultdict(int))


def times_of(attempts: QuerySet[Attempt]) -> Times:
    """How long people took for each question, from when they last answered each (docs/decisions/0026). One query.

    The time of a question is that between its answer and the one before it, or the start. An answer that was changed
    counts where it was changed. A page that sent all its answers at one moment tells nothing, and is left out.
    """
    newest = attempts.order_by("-pk").values("pk")[:TIMED]
    rows = (
        Answer.objects.filter(attempt__in=newest)
        .order_by("attempt_id", "answered_at", "pk")
        .values_list("attempt_id", "question_key", "answered_at", "attempt__started_at", "attempt__closed_at")
    )
    told: dict[int, list[tuple]] = defaultdict(list)
    for attempt, *rest in rows.iterator(chunk_size=2000):
        told[attempt].append(tuple(rest))
    times = Times()
    for answered in told.values():
        _question, _at, before, ended = answered[0]
        if len(answered) > 1 and len({at for _question, at, _start, _end in answered}) == 1:
            continue
        times.attempts += 1
        times.whole[_seconds(before, ended)] += 1
        for question, at, _start, _end in answered:
            times.by_question[str(question)][_seconds(before, at)] += 1
            before = at
    return times


def _seconds(start, end) -> float:
    return max(0.0, round((end - start).total_seconds()))
