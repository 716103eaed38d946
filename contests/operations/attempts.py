"""Taking a round: the contest's own checks, then the quiz's attempt. Starts may be repeated."""

import time

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Contest, Entry, Round, RoundAttempt, RoundQuiz
from contests.problems import (
    EntryOut,
    NoAttemptsLeft,
    NotEntered,
    NotOpen,
    NotPromoted,
    PredictionMissing,
    RoundNotOpen,
    RoundOver,
    RulesNotAccepted,
    TooManyStarting,
)
from contests.queries.contests import round_of, rules_in_force
from contests.rules import Rules
from quizzes import problems as quiz_problems
from quizzes.models import Attempt, Opening
from quizzes.operations import start_attempt

# So long a crowd is counted over; a limit for each second would turn people away who only came together.
CROWD_SECONDS = 5
MOST = 2_000_000_000


def start_round_attempt(
    *,
    user,
    contest: Contest,
    number: int,
    idempotency_key: str,
    prediction: int | None = None,
    language: str = "vi",
) -> tuple[Attempt, bool]:
    """Start an attempt in a round, or give back the open one; the second value says whether it is new.

    Checks the contest, the entry, the accepted rules, promotion, the limits a day, a round and a contest, and the guess.
    Raises NoSuchRound, NotOpen, NotEntered, EntryOut, RulesNotAccepted, NotPromoted, RoundNotOpen, RoundOver,
    NoAttemptsLeft, PredictionMissing, TooManyStarting, and what `quizzes.start_attempt` raises.
    """
    round = round_of(contest, number)
    version = rules_in_force(contest)
    if contest.state != Contest.State.OPEN or version is None:
        raise NotOpen()
    rules = Rules.of(version)
    entry = Entry.objects.filter(contest=contest, user=user).first()
    if entry is None:
        raise NotEntered()
    if entry.state != Entry.State.ENTERED:
        raise EntryOut()
    if not entry.acceptances.filter(rules=version).exists():
        raise RulesNotAccepted()
    if round.promoted_from.exists() and not entry.promotions.filter(round=round).exists():
        raise NotPromoted()
    now = timezone.now()
    if now < round.opens_at:
        raise RoundNotOpen()
    opening = _opening(round, entry)
    with transaction.atomic():
        # Two presses of one person wait for each other here, so that no limit is passed twice.
        Entry.objects.select_for_update().get(pk=entry.pk)
        taken = list(
            RoundAttempt.objects.filter(entry=entry).values_list(
                "round_id", "day", "attempt__state", "attempt__deadline", "attempt__idempotency_key"
            )
        )
        running = any(
            row[0] == round.pk and row[2] == Attempt.State.OPEN and (row[3] is None or row[3] >= now) for row in taken
        )
        if not running and all(row[4] != idempotency_key for row in taken):
            # Whether the longer time is this person's, the window itself decides.
            if now >= round.closes_at and not opening.allowances.filter(closes_at__gt=now).exists():
                raise RoundOver()
            _check_limits(rules, round, taken)
            if rules.prediction and not (isinstance(prediction, int) and 0 <= prediction <= MOST):
                raise PredictionMissing()
            _wait_turn(contest, rules)
        try:
            attempt, made = start_attempt(
                user=user,
                quiz_key=opening.quiz_key,
                idempotency_key=idempotency_key,
                language=language,
                opening=opening,
            )
        except quiz_problems.NoAttemptsLeft:
            raise NoAttemptsLeft() from None
        except quiz_problems.QuizClosed:
            raise RoundOver() from None
        if attempt.opening_id != opening.pk:
            raise quiz_problems.BadKey()
        RoundAttempt.objects.get_or_create(
            attempt=attempt,
            defaults={
                "entry": entry,
                "round": round,
                "prediction": prediction if rules.prediction else None,
                "asked": len(attempt.questions),
                "day": timezone.localdate(attempt.started_at),
            },
        )
    return attempt, made


def _opening(round: Round, entry: Entry) -> Opening:
    quiz = RoundQuiz.objects.filter(round=round, category=entry.category_id).first()
    found = (
        quiz
        and Opening.objects.filter(
            quiz_key=quiz.quiz_key, context_kind=Opening.Kind.CONTEST, context_key=str(round.uuid)
        ).first()
    )
    if not found:
        raise RoundNotOpen()
    return found


def _check_limits(rules: Rules, round: Round, taken: list[tuple]) -> None:
    today = timezone.localdate()
    if rules.per_contest is not None and len(taken) >= rules.per_contest:
        raise NoAttemptsLeft()
    # `per_round` is the opening's own limit, to which an officer can add (quizzes.grant_allowance).
    in_round = [row for row in taken if row[0] == round.pk]
    if rules.per_day is not None and sum(row[1] == today for row in in_round) >= rules.per_day:
        raise NoAttemptsLeft(_("You have used today's attempts. Come back tomorrow."))


def _wait_turn(contest: Contest, rules: Rules) -> None:
    """Count a start; raises TooManyStarting where more start than the rules let in at once."""
    if rules.starts_per_second is None:
        return
    key = f"contest-starts:{contest.pk}:{int(time.time()) // CROWD_SECONDS}"
    cache.add(key, 0, CROWD_SECONDS * 2)
    try:
        count = cache.incr(key)
    except ValueError:
        # The cache is silent or has just forgotten: nobody is kept out for that.
        return
    if count > rules.starts_per_second * CROWD_SECONDS:
        raise TooManyStarting(retry_after=CROWD_SECONDS)
