"""The dry run: a contest tried with made-up entrants, by the operations real ones use, and then undone."""

import random
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.eligibility import Eligibility, Standing
from contests.models import Category, Contest, Entry, Round
from contests.operations.attempts import start_round_attempt
from contests.operations.entries import _make
from contests.operations.rankings import compute_table, winners
from contests.operations.states import lacking, open_rounds
from contests.problems import NotReady, OnlyForward
from contests.publishing import plain
from contests.queries.contests import categories_of, rounds_of, rules_in_force
from contests.queries.people import Place
from contests.rules import Rules
from quizzes.kinds import kind_of
from quizzes.models import Attempt
from quizzes.operations import save_answers, submit_attempt
from quizzes.papers import paper
from schools.models import Person, User

ENTRANTS = 50


class _Undo(Exception):
    """Takes back everything the rehearsal wrote."""


@dataclass(frozen=True)
class Rehearsal:
    """What would have come out: the first rows, who would win, and what to look at."""

    entrants: int
    actual: int | None
    rows: list[dict]
    winners: list[dict]
    shared: int
    seconds: float


def rehearse(*, contest: Contest, entrants: int = ENTRANTS, seed: int = 1) -> Rehearsal:
    """Enter `entrants` made-up people, let each take the first round, rank them, and undo it all.

    Nothing of it is left in the database. Raises NotReady with what the contest still
    lacks, OnlyForward once it is open.
    """
    if contest.state != Contest.State.DRAFT:
        raise OnlyForward(_("The contest is open: real entrants try it now."))
    if missing := lacking(contest):
        raise NotReady(" ".join(missing), lacking=missing)
    found: list[Rehearsal] = []
    try:
        with transaction.atomic():
            found.append(_rehearse(Contest.objects.select_for_update().get(pk=contest.pk), entrants, seed))
            raise _Undo
    except _Undo:
        return found[0]


def _rehearse(contest: Contest, entrants: int, seed: int) -> Rehearsal:
    began = timezone.now()
    chance = random.Random(seed)  # noqa: S311 (made-up people)
    round = rounds_of(contest)[0]
    Round.objects.filter(pk=round.pk).update(
        opens_at=began - timedelta(hours=1), closes_at=max(round.closes_at, began + timedelta(hours=1))
    )
    open_rounds(contest)
    contest.state = Contest.State.OPEN
    contest.save(update_fields=["state"])
    categories, version = list(categories_of(contest)), rules_in_force(contest)
    rules = Rules.of(version)
    for number in range(entrants):
        category = categories[number % len(categories)]
        entry = _made_up(contest, category, number)
        entry.acceptances.create(rules=version)
        _takes(contest, round.number, entry, rules, entrants, chance)
    table = compute_table(contest=contest, round=Round.objects.get(pk=round.pk))
    prizes = list(contest.prizes.filter(kind="individual").order_by("per_round", "position"))
    rows = [
        {
            "rank": one.rank,
            "entrant": one.row.entrant,
            "score": plain(one.row.score),
            "prediction_error": one.prediction_error,
            "seconds": one.row.duration_ms // 1000,
        }
        for one in table.ranked
    ]
    given = winners([one for one in prizes if one.per_round] or prizes, table.ranked)
    return Rehearsal(
        entrants=table.entrants,
        actual=table.actual,
        rows=rows[:10],
        winners=[{"prize": prize.title, "entrant": one.row.entrant, "rank": one.rank} for prize, one in given],
        shared=len(rows) - len({row["rank"] for row in rows}),
        seconds=(timezone.now() - began).total_seconds(),
    )


def _made_up(contest: Contest, category: Category, number: int) -> Entry:
    user = User.objects.create(username=f"thu-{uuid4().hex}")
    user.person = Person.objects.create(user=user, full_name=f"Người Thử {number + 1}")
    levels = Eligibility.read(category.eligibility).levels
    return _make(contest, category, user, Standing(str(user.uuid), levels[0] if levels else ""), Place())


def _takes(contest: Contest, number: int, entry: Entry, rules: Rules, entrants: int, chance: random.Random) -> None:
    guess = max(0, int(chance.gauss(entrants, entrants / 4))) if rules.prediction else None
    attempt, _new = start_round_attempt(
        user=entry.user, contest=contest, number=number, idempotency_key=uuid4().hex, prediction=guess
    )
    questions, knows = paper(attempt.paper_id).by_id, chance.random()
    saves: list[tuple] = [
        (one, 1, value, None)
        for one, shown in attempt.questions
        if (value := answer_of(questions[one], shown, knows=chance.random() < knows, chance=chance)) is not None
    ]
    save_answers(user=entry.user, attempt_uuid=attempt.uuid, saves=saves, sent_at=None)
    attempt = submit_attempt(user=entry.user, attempt_uuid=attempt.uuid)
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=attempt.closed_at - timedelta(seconds=chance.randrange(60, 600))
    )


def answer_of(question: dict, shown: list[str], *, knows: bool, chance: random.Random):
    """What somebody answers who knows it, or guesses."""
    kind, right = question["type"], kind_of(question).right(question)
    if knows or kind not in {"single", "true_false", "picture_choice", "multiple"}:
        return right
    wrong = [one for one in shown if one not in ([right] if isinstance(right, str) else right)]
    if not wrong:
        return right
    guess = chance.choice(wrong)
    return [guess] if kind == "multiple" else guess
