"""A contest's way from draft to archive: only forward, each step signed by a named officer."""

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.text.folding import fold
from contests.models import Contest, ContestStep, Meeting, Part, Ranking, Round, RoundQuiz, Work
from contests.operations.setting_up import log
from contests.problems import NotReady, NotSigned, OnlyForward
from contests.queries.contests import categories_of, rounds_of, rules_in_force
from contests.queries.criteria import criteria_of, unknown_criteria
from contests.queries.judging import boards_of
from contests.queries.stage import evening_of, live_rounds
from contests.queries.works import categories_without_files
from contests.rules import AFTER_CLOSE, Rules
from quizzes.models import Opening, Quiz
from quizzes.operations import open_quiz, unsigned_questions
from quizzes.queries import current_paper

PLACES = {str(state): place for place, state in enumerate(Contest.State.values)}
# A knowledge contest has no jury.
STEPS = {
    Contest.Kind.KNOWLEDGE: ["draft", "open", "closed", "published", "archived"],
    Contest.Kind.WORKS: list(Contest.State.values),
    Contest.Kind.COMMUNICATOR: list(Contest.State.values),
}
UNLIMITED = 32_000


def next_state(contest: Contest) -> str | None:
    """The one state that may follow; None at the end."""
    way = STEPS[Contest.Kind(contest.kind)]
    place = way.index(contest.state)
    return way[place + 1] if place + 1 < len(way) else None


def name_of(user) -> str:
    return user.get_full_name() or user.username


def lacking(contest: Contest) -> list[str]:
    """What a draft still needs before it can open, in words; empty when it is ready."""
    found = []
    version = rules_in_force(contest)
    if version is None or not version.text.strip():
        found.append(_("The text of the rules is missing."))
    rounds, categories = list(rounds_of(contest)), list(categories_of(contest))
    waits = version is not None and Rules.of(version).results == AFTER_CLOSE
    # A rubric may come after the opening; what is written must be scored.
    scored = criteria_of(contest)
    unknown = unknown_criteria(contest, Rules.of(version)) if version and scored else []
    found += [_("The tie-breaks name “%(key)s”, which nobody scores.") % {"key": key} for key in unknown]
    if not rounds:
        found.append(_("There is no round."))
    if rounds and all(one.closes_at <= timezone.now() for one in rounds):
        found.append(_("Every round has already closed."))
    if contest.takes_works:
        found += [
            _("“%(category)s” asks for no file.") % {"category": category.title}
            for category in categories_without_files(contest)
        ]
        return found
    live = {one.pk for one in live_rounds(contest)}
    if live and not Part.objects.filter(stage__contest=contest).exists():
        found.append(_("The performance has no parts with criteria yet."))
    rounds = [one for one in rounds if one.pk not in live]
    chosen = {(one.round_id, one.category_id): one for one in RoundQuiz.objects.filter(round__in=rounds)}
    for round in rounds:
        for category in categories:
            quiz = chosen.get((round.pk, category.pk))
            where = {"round": round.number, "category": category.title}
            if quiz is None:
                found.append(_("Round %(round)s has no quiz for “%(category)s”.") % where)
            elif (paper := current_paper(quiz.quiz_key)) is None:
                found.append(_("The quiz of round %(round)s for “%(category)s” is not published.") % where)
            elif waits and paper.settings["feedback"] != Quiz.Feedback.NOTHING:
                found.append(
                    _(
                        "The quiz of round %(round)s for “%(category)s” tells the score at once, the rules say: afterwards."
                    )
                    % where
                )
            elif paper.settings["feedback"] == Quiz.Feedback.AFTER_SUBMIT or paper.settings.get("instant_feedback"):
                found.append(
                    _(
                        "The quiz of round %(round)s for “%(category)s” tells the right answers while others still answer."
                    )
                    % where
                )
            elif unsigned := unsigned_questions(quiz_key=quiz.quiz_key):
                found.append(
                    _("Round %(round)s, “%(category)s”: questions that no reviewer has signed: %(count)s.")
                    % {**where, "count": len(unsigned)}
                )
    return found


@transaction.atomic
def move_contest(*, contest: Contest, to: str, by, signed_name: str, note: str = "") -> ContestStep:
    """Take a contest one step forward. The name is typed by whoever signs and must be that of the account.

    Asked again for the state it is in, it gives the step that led there. Raises OnlyForward, NotSigned, NotReady.
    """
    contest = Contest.objects.select_for_update().get(pk=contest.pk)
    if contest.state == to:
        made = contest.steps.filter(to_state=to).first()
        if made:
            return made
    if to != next_state(contest):
        raise OnlyForward()
    if fold(" ".join(signed_name.split())) != fold(name_of(by)):
        raise NotSigned()
    _prepare(contest, to, by)
    step = ContestStep.objects.create(
        contest=contest,
        from_state=contest.state,
        to_state=to,
        from_place=PLACES[contest.state],
        to_place=PLACES[to],
        by=by,
        signed_name=name_of(by),
        note=note.strip()[:300],
    )
    contest.state = to
    contest.save(update_fields=["state"])
    log(by, "move_contest", contest, state=to)
    return step


def _prepare(contest: Contest, to: str, by) -> None:
    if to == Contest.State.OPEN:
        if missing := lacking(contest):
            raise NotReady(" ".join(missing), lacking=missing)
        version = rules_in_force(contest)
        version.published_at, version.published_by = timezone.now(), by
        version.save(update_fields=["published_at", "published_by"])
        open_rounds(contest)
    elif to == Contest.State.CLOSED:
        still = [one.number for one in rounds_of(contest) if one.closes_at > timezone.now()]
        if still:
            raise NotReady(_("Round %(number)s has not closed yet.") % {"number": still[0]})
    elif to == Contest.State.JUDGING and contest.takes_works:
        unscreened = Work.objects.in_the_running().filter(contest=contest).exclude(screening=Work.Screened.IN).count()
        if unscreened:
            raise NotReady(_("Works that are not screened yet: %(count)s.") % {"count": unscreened})
        bare = [one.title for one in categories_of(contest) if not one.criteria.exists()]
        if bare:
            raise NotReady(_("Categories without a rubric: %(titles)s.") % {"titles": ", ".join(bare)})
        if unknown := unknown_criteria(contest, Rules.of(rules_in_force(contest))):
            raise NotReady(_("The tie-breaks name “%(key)s”, which nobody scores.") % {"key": unknown[0]})
    elif to == Contest.State.MODERATED and contest.takes_works:
        _require_moderated(contest)
    elif to == Contest.State.MODERATED and live_rounds(contest).exists():
        _require_performed(contest)
    elif to == Contest.State.PUBLISHED:
        frozen = Ranking.objects.filter(contest=contest, round=None, kind=Ranking.Kind.FROZEN, is_current=True)
        if not frozen.exists():
            raise NotReady(_("Freeze the ranking of the whole contest first."))


def _require_moderated(contest: Contest) -> None:
    """Every work scored, every dispute decided on, the minutes written."""
    boards = boards_of(contest)
    if waiting := sum(one.waiting for one in boards):
        raise NotReady(_("Reviews that are not handed in: %(count)s.") % {"count": waiting})
    codes = [one.work.code for board in boards for one in board.works if one.result is None]
    if codes:
        raise NotReady(_("Works that nobody has scored: %(codes)s.") % {"codes": ", ".join(codes)})
    codes = [one.work.code for board in boards for one in board.undecided]
    if codes:
        raise NotReady(_("Works the meeting has not decided on: %(codes)s.") % {"codes": ", ".join(codes)})
    if not Meeting.objects.filter(contest=contest).exists():
        raise NotReady(_("The minutes of the meeting are not written."))


def _require_performed(contest: Contest) -> None:
    """Every team has performed or is marked absent, every sheet is locked, the minutes are written."""
    left = [str(one.turn) for round in live_rounds(contest) for one in evening_of(round).unfinished]
    if left:
        raise NotReady(_("Teams whose performance is not finished: %(names)s.") % {"names": ", ".join(left)})
    if not Meeting.objects.filter(contest=contest).exists():
        raise NotReady(_("The minutes of the meeting are not written."))


def open_rounds(contest: Contest) -> None:
    """Make the windows of all rounds, with the attempts the rules allow, and choose the seed of each round's lots."""
    rules = Rules.of(rules_in_force(contest))
    for round in rounds_of(contest):
        if not round.lot_seed:
            round.lot_seed = secrets.token_hex(16)
            round.save(update_fields=["lot_seed"])
        for quiz in round.quizzes.all():
            opening_of(quiz, round, rules)


def opening_of(quiz: RoundQuiz, round: Round, rules: Rules) -> Opening:
    """The window of a category in a round; only `start_round_attempt` opens it."""
    return open_quiz(
        quiz_key=quiz.quiz_key,
        context_kind=Opening.Kind.CONTEST,
        context_key=str(round.uuid),
        audience={"kind": "by_operation"},
        opens_at=round.opens_at,
        closes_at=round.closes_at,
        attempts=rules.per_round or UNLIMITED,
    )
