"""From what is stored to the figures of a quiz. The mathematics is in `quizzes.statistics`, the words in `words`."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from cms.jobs.steps import Step, untold
from quizzes import statistics as st
from quizzes.kinds import kind_of
from quizzes.models import Attempt, Paper
from quizzes.operations.attempts import cancelled_in
from quizzes.papers import FrozenPaper, corrected_paper, paper, words
from quizzes.permissions import Sight
from quizzes.queries.figures.counting import (
    Asked,
    Given,
    Group,
    Times,
    Which,
    answers_given,
    asked_of,
    chosen_attempts,
    groups_of,
    times_of,
)
from quizzes.statistics.items import effective_weights
from quizzes.statistics.scores import median_of
from quizzes.statistics.verdicts import WARNINGS
from schools.models import SchoolClass

# Scores are told out of ten, in as many steps.
OUT_OF = 10
GAP = re.compile(r"\[\[\d+\]\]")
# Reading the scores, what was asked, what was answered, how long it took.
STEPS = 4


@dataclass
class QuestionFigures:
    """One question with all there is to know of it. `asked` and `blank` are attempts, also by third.

    `full` is the share of those asked who earned all its points, `seconds` the middle of the times taken.
    """

    id: str
    number: int
    question: Mapping
    stem: str
    worth: Decimal
    in_force: bool
    cancelled: bool
    items: st.ItemFigures
    asked: st.Tally
    blank: st.Tally
    full: float | None
    parts: list[st.Part]
    verdicts: list[st.Verdict]
    guess: float | None
    seconds: float | None
    weight: float | None = None

    @property
    def warns(self) -> bool:
        return bool(WARNINGS & set(self.verdicts))


@dataclass(frozen=True)
class ClassFigures:
    """A class among those in sight. `key` and `name` are empty for attempts made in no class."""

    key: UUID | None
    name: str
    school: str
    scores: st.ScoreFigures
    passed: int

    @property
    def pass_share(self) -> float:
        return self.passed / self.scores.attempts


@dataclass
class Figures:
    """A quiz in figures, of the attempts that count. `waiting` more wait for a mark and are in none of the others.

    `scores` are out of ten. `of_class` is the class that was asked for, `everybody` whether whole provinces are in sight.
    """

    quiz_key: UUID
    title: str
    rule: str
    which: Which
    everybody: bool
    taken_at: datetime
    pass_percent: int
    of_class: ClassFigures | None = None
    waiting: int = 0
    passed: int = 0
    scores: st.ScoreFigures = field(default_factory=lambda: st.ScoreFigures(0))
    steps: list[int] = field(default_factory=lambda: [0] * OUT_OF)
    thirds: st.Thirds | None = None
    reliability: st.Reliability | None = None
    classes: list[ClassFigures] = field(default_factory=list)
    questions: list[QuestionFigures] = field(default_factory=list)
    timed: int = 0
    seconds: float | None = None
    # The school year asked for; empty for all of them.
    year: str = ""

    @property
    def attempts(self) -> int:
        return self.scores.attempts

    @property
    def few(self) -> bool:
        return 0 < self.attempts < st.LIMITS.few

    @property
    def to_look_at(self) -> list[QuestionFigures]:
        return [one for one in self.questions if one.warns]


def figures_of(
    *,
    quiz_key: UUID,
    sight: Sight,
    which: Which,
    language: str,
    class_key: UUID | None = None,
    step: Step = untold,
) -> Figures | None:
    """The figures of what `sight` sees of a quiz, of one class with `class_key`; None for a quiz that has no paper.

    Corrected keys, cancelled questions and marks by people are in them, as they are in the attempts. Six queries however
    many attempts, questions and classes: papers, groups, classes, cancellations, answers, times; one more for written
    answers and one for drawn papers.
    """
    newest = Paper.objects.filter(quiz_key=quiz_key).order_by("-is_current", "-version").values_list("pk", flat=True)
    latest = newest.first()
    if latest is None:
        return None
    frozen = paper(latest)
    rule = frozen.settings["which_counts"]
    attempts = chosen_attempts(sight, quiz_key, which, rule)
    step(0, STEPS, "")
    groups = groups_of(attempts)
    figures = Figures(
        quiz_key,
        frozen.title(language),
        rule,
        which,
        sight.classes is None,
        timezone.now(),
        frozen.settings["pass_percent"],
        year=sight.year,
    )
    figures.classes = _classes(groups)
    if class_key is not None:
        figures.of_class = next((one for one in figures.classes if one.key == class_key), None)
        if figures.of_class is None:
            figures.of_class = _class_without(class_key)
        groups = [group for group in groups if group.class_key == class_key]
        attempts = attempts.filter(class_key=class_key)
    figures.waiting = sum(group.times for group in groups if group.waits)
    groups = [group for group in groups if not group.waits]
    attempts = attempts.filter(needs_marking=False)
    _scores(figures, groups)
    if figures.attempts:
        _questions(figures, attempts, groups, frozen, language, step)
    return figures


def percent_of(score: Decimal, max_score: Decimal) -> float:
    """0…1; a quiz worth nothing earns nothing."""
    return float(score / max_score) if max_score else 0.0


def _out_of_ten(groups: Iterable[Group]) -> dict[float, int]:
    scores: dict[float, int] = defaultdict(int)
    for group in groups:
        scores[percent_of(group.score, group.max_score) * OUT_OF] += group.times
    return scores


def _classes(groups: list[Group]) -> list[ClassFigures]:
    """Classes in Vietnamese order, then what was made in none. One query."""
    of: dict[UUID | None, list[Group]] = defaultdict(list)
    for group in groups:
        if not group.waits:
            of[group.class_key].append(group)
    known = SchoolClass.objects.filter(uuid__in=[key for key in of if key]).select_related("school", "school_year")
    found = []
    for one in known.order_by("school__name_folded", "-school_year__code", "grade", "name_folded"):
        mine = of.pop(one.uuid)
        found.append(_class(one.uuid, f"{one.name} · {one.school_year.code}", one.school.name, mine))
    # What was made in no class, or in one that is gone.
    others = [group for groups in of.values() for group in groups]
    return [*found, _class(None, "", "", others)] if others else found


def _class(key: UUID | None, name: str, school: str, groups: list[Group]) -> ClassFigures:
    passed = sum(group.times for group in groups if group.passed)
    return ClassFigures(key, name, school, st.score_figures(_out_of_ten(groups)), passed)


def _class_without(key: UUID) -> ClassFigures:
    """A class in which nobody has a result yet."""
    one = SchoolClass.objects.select_related("school", "school_year").get(uuid=key)
    return ClassFigures(key, f"{one.name} · {one.school_year.code}", one.school.name, st.ScoreFigures(0), 0)


def _scores(figures: Figures, groups: list[Group]) -> None:
    scores = _out_of_ten(groups)
    figures.scores = st.score_figures(scores)
    figures.thirds = st.thirds(scores)
    figures.passed = sum(group.times for group in groups if group.passed)
    for score, times in scores.items():
        figures.steps[min(OUT_OF - 1, int(score + 1e-9))] += times


def _keys(groups: list[Group], latest: FrozenPaper) -> dict[str, tuple[Mapping, bool]]:
    """Each question that was asked, with the key that marked it and whether it is still in the quiz; in the quiz's order.

    The newest paper that marked anybody comes first, so that what is called right is what earned the points.
    """
    found: dict[str, Mapping] = {}
    papers = {(group.marked_by, group.paper_id) for group in groups}
    for marked_by, asked in sorted(papers, reverse=True):
        marking = corrected_paper(asked, marked_by) if marked_by != asked else paper(asked)
        for one, question in marking.by_id.items():
            found.setdefault(one, question)
    order = {one: place for place, one in enumerate(latest.by_id)}
    ranked = sorted(found, key=lambda one: order.get(one, len(order)))
    return {one: (found[one], one in order) for one in ranked}


def _questions(
    figures: Figures, attempts: QuerySet[Attempt], groups: list[Group], latest: FrozenPaper, language: str, step: Step
) -> None:
    keys = _keys(groups, latest)
    cancelled = cancelled_in(figures.quiz_key)
    written = [one for one, (question, _in_force) in keys.items() if kind_of(question).right(question) is None]
    step(1, STEPS, "")
    asked = asked_of(attempts, groups)
    step(2, STEPS, "")
    given: dict[str, list[Given]] = defaultdict(list)
    for one in answers_given(attempts, written):
        given[one.question].append(one)
    step(3, STEPS, "")
    times = times_of(attempts)
    figures.timed, figures.seconds = times.attempts, median_of(times.whole)
    thirds = figures.thirds
    for id, (question, in_force) in keys.items():
        if id in asked:
            found = _question(id, question, asked[id], given[id], thirds, id in cancelled, times)
            found.number, found.in_force = len(figures.questions) + 1, in_force
            # The gaps of a text are numbers for the page that asks it, and dots for whoever reads about it.
            found.stem = GAP.sub("…", words(question["stem"], language))
            figures.questions.append(found)
    _of_one_piece(figures, groups)


def _tally(score: Decimal, max_score: Decimal, times: int, thirds: st.Thirds | None) -> st.Tally:
    if thirds is None:
        return st.Tally(times)
    reached = percent_of(score, max_score) * OUT_OF
    return st.Tally(times, times * thirds.is_low(reached), times * thirds.is_high(reached))


def _question(
    id: str,
    question: Mapping,
    asked: Asked,
    given: list[Given],
    thirds: st.Thirds | None,
    cancelled: bool,
    times: Times,
) -> QuestionFigures:
    worth = Decimal(question["points"])
    everybody, answered = st.Tally(), st.Tally()
    left = dict(asked.by_score)
    said: dict[str, tuple[Any, st.Tally]] = {}
    observed: dict[tuple[Decimal, Decimal], int] = defaultdict(int)
    full = 0
    for (score, max_score), count in asked.by_score.items():
        everybody.add(_tally(score, max_score, count, thirds))
    for one in given:
        tally = _tally(one.score, one.max_score, one.times, thirds)
        answered.add(tally)
        left[one.score, one.max_score] = left.get((one.score, one.max_score), 0) - one.times
        observed[one.fraction * worth, one.score - one.points] += one.times
        full += one.times * (one.fraction == 1)
        said.setdefault(json.dumps(one.value, sort_keys=True), (one.value, st.Tally()))[1].add(tally)
    blank = st.Tally(everybody.all - answered.all, everybody.low - answered.low, everybody.high - answered.high)
    for (score, _max_score), count in left.items():
        # Left out: nothing was earned, unless the question is cancelled and earns everything for everybody.
        mark = worth * cancelled
        observed[mark, score - mark] += count
        full += count * cancelled
    items = st.item_figures(
        (st.Observation(float(mark), float(rest), count) for (mark, rest), count in observed.items()),
        worth=float(worth),
    )
    parts = st.parts_of(question, said.values())
    guess = st.random_guess(question)
    return QuestionFigures(
        id=id,
        number=0,
        question=question,
        stem="",
        worth=worth,
        in_force=True,
        cancelled=cancelled,
        items=items,
        asked=everybody,
        blank=blank,
        full=full / everybody.all if everybody.all else None,
        parts=parts,
        verdicts=st.verdicts_of(items, parts, blank=blank.all, guess=guess, cancelled=cancelled),
        guess=guess,
        seconds=median_of(times.by_question.get(id, {})),
    )


def _of_one_piece(figures: Figures, groups: list[Group]) -> None:
    """Weights and reliability, which mean something only where everybody was asked the same for the same points."""
    asked = {
        tuple(sorted((one, question["points"]) for one, question in paper(pk).by_id.items()))
        for pk in {group.paper_id for group in groups}
    }
    if len(asked) != 1 or any(paper(group.paper_id).document["draws"] for group in groups):
        return
    for one, weight in zip(figures.questions, effective_weights(each.items for each in figures.questions), strict=True):
        one.weight = weight
    if figures.attempts > 1:
        most = max(float(group.max_score) for group in groups)
        found = st.reliability(
            variances=[one.items.variance for one in figures.questions],
            score_variance=(figures.scores.deviation * most / OUT_OF) ** 2,
        )
        figures.reliability = found and st.Reliability(
            found.consistency, found.error_ratio, found.standard_error * OUT_OF / most
        )
