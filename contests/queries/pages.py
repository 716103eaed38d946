"""What the public page of a contest shows: the contest for everybody, and what is a reader's own."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from contests.eligibility import Eligibility, judge
from contests.models import (
    Acceptance,
    Appeal,
    Award,
    Category,
    Contest,
    Entry,
    Outage,
    Ranking,
    Round,
    RoundQuiz,
    RulesVersion,
    Stage,
)
from contests.operations.appeals import appeals_end
from contests.queries.contests import Clock, categories_of, clock_of, rules_in_force
from contests.queries.criteria import order_words
from contests.queries.names import names_of, unnamed_in
from contests.queries.people import standing_for
from contests.ranking import digest_of
from contests.rules import Rules
from courses.models import Certificate
from quizzes.models import Allowance, Attempt, Opening
from quizzes.queries import attempts_of, current_paper
from schools.models import SchoolClass

# A key that nothing has.
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Listed:
    contest: Contest
    clock: Clock

    @property
    def state(self) -> str:
        """open, coming or over."""
        if self.contest.state != Contest.State.OPEN or self.clock.is_over:
            return "over"
        return "open" if self.clock.open else "coming"


def listed_for(user) -> list[Listed]:
    """Contests that were announced, those that are open first. Two queries, one more for who is signed in."""
    contests = list(
        Contest.objects.exclude(state=Contest.State.DRAFT).select_related("organiser").order_by("-created_at")[:100]
    )
    rounds: dict[int, list[Round]] = {}
    for round in Round.objects.filter(stage__contest__in=contests).select_related("stage").order_by("number"):
        rounds.setdefault(round.stage.contest_id, []).append(round)
    now = timezone.now()
    found = [Listed(one, Clock(now, tuple(rounds.get(one.pk, ())))) for one in contests]
    return sorted(found, key=lambda one: ["open", "coming", "over"].index(one.state))


@dataclass(frozen=True)
class RoundShown:
    """A round on the page: when, and what the reader can do or did in it."""

    round: Round
    state: str
    attempts: list[Attempt] = field(default_factory=list)
    running: Attempt | None = None
    left: int | None = None
    may_start: bool = False
    is_live: bool = False
    seed: str = ""
    seed_digest: str = ""


@dataclass(frozen=True)
class Page:
    contest: Contest
    version: RulesVersion | None
    rules: Rules | None
    clock: Clock
    categories: list[Category]
    prizes: list
    order: list[str]
    rounds: list[RoundShown]
    entry: Entry | None
    has_accepted: bool
    question_count: int | None
    limit_minutes: int | None
    notices: list[Outage]
    # Of a quiz before a performance.
    quiz_order: list[str] = field(default_factory=list)

    @property
    def takes_entries(self) -> bool:
        if self.contest.state != Contest.State.OPEN or self.clock.is_over:
            return False
        return self.contest.takes_works or self.clock.takes_newcomers

    @property
    def may_withdraw(self) -> bool:
        """Before the first attempt, while one could still enter again."""
        if self.entry is None or self.entry.state != Entry.State.ENTERED:
            return False
        return self.takes_entries and not any(one.attempts or one.running for one in self.rounds)

    @property
    def is_entered_here(self) -> bool:
        """Whether people enter by themselves: not a performance without a quiz before it, whose teams the organiser lists."""
        return any(not one.is_live for one in self.rounds)

    @property
    def takes_teams_by_code(self) -> bool:
        """Whether some teams hold places for whoever has a code."""
        return any(one.team_max > 1 and (one.open_track or not one.same_school) for one in self.categories)

    @property
    def open_tracks(self) -> list[Category]:
        return [one for one in self.categories if one.open_track]


def _categories(contest: Contest) -> QuerySet[Category]:
    """Those of works with what they ask for and by what they are judged: entrants know both before they begin."""
    found = categories_of(contest)
    return found.prefetch_related("slots", "criteria") if contest.takes_works else found


def page_of(contest: Contest, user) -> Page:
    """Everything the page says. Eight queries for a visitor, two more of works, six more for an entrant, however many rounds."""
    version = rules_in_force(contest)
    rules = Rules.of(version) if version else None
    clock = clock_of(contest)
    entry = Entry.objects.visible_to(user).filter(contest=contest).select_related("category").first()
    accepted = bool(entry) and Acceptance.objects.filter(entry=entry, rules=version).exists()
    first = RoundQuiz.objects.filter(round__stage__contest=contest).order_by("round__number", "pk").first()
    paper = current_paper(first.quiz_key) if first else None
    return Page(
        contest=contest,
        version=version,
        rules=rules,
        clock=clock,
        categories=list(_categories(contest)),
        prizes=list(contest.prizes.all()),
        order=order_words(contest, rules),
        quiz_order=order_words(contest, rules.of_quiz()) if rules and rules.quiz_order else [],
        rounds=_rounds(contest, clock, rules, entry),
        entry=entry,
        has_accepted=accepted,
        question_count=_count(paper),
        limit_minutes=_limit(paper),
        notices=list(
            Outage.objects.filter(round__stage__contest=contest).exclude(notice="").order_by("-recorded_at")[:10]
        ),
    )


def _count(paper) -> int | None:
    if paper is None:
        return None
    pooled = {one for pool in paper.document["draws"] for one in pool["ids"]}
    fixed = sum(question["id"] not in pooled for question in paper.document["questions"])
    return fixed + sum(min(pool["count"], len(pool["ids"])) for pool in paper.document["draws"])


def _limit(paper) -> int | None:
    seconds = paper.settings["time_limit_seconds"] if paper else None
    return round(seconds / 60) if seconds else None


def _rounds(contest: Contest, clock: Clock, rules: Rules | None, entry: Entry | None) -> list[RoundShown]:
    made: dict[str, list[Attempt]] = {}
    let_in: set[int] = set()
    longer: dict[str, list[Allowance]] = {}
    guarded = {one.promotes_to_id for one in clock.rounds if one.promotes_to_id}
    if entry:
        keys = [str(one.uuid) for one in clock.rounds]
        for attempt in attempts_of(user=entry.user, context_kind="contest", context_keys=keys):
            made.setdefault(attempt.context_key, []).append(attempt)
        let_in = set(entry.promotions.values_list("round_id", flat=True))
        mine_too = Q(user=entry.user_id) | Q(class_key=entry.class_key or NOBODY) | Q(unit_key=entry.unit_key or NOBODY)
        for more in Allowance.objects.filter(
            mine_too, opening__context_kind=Opening.Kind.CONTEST, opening__context_key__in=keys
        ).select_related("opening"):
            longer.setdefault(more.opening.context_key, []).append(more)
    shown = []
    for one in clock.rounds:
        state = "open" if one is clock.open else "over" if one.closes_at <= clock.now else "coming"
        mine = made.get(str(one.uuid), [])
        running = next(
            (each for each in mine if each.is_open and (not each.deadline or each.deadline > clock.now)), None
        )
        given = longer.get(str(one.uuid), [])
        if state == "over" and any(each.closes_at and each.closes_at > clock.now for each in given):
            state = "open"
        allowed_attempts = sum(each.extra_attempts for each in given) + (rules.per_round or 0 if rules else 0)
        left = None if rules is None or rules.per_round is None else max(0, allowed_attempts - len(mine))
        allowed = one.pk not in guarded or one.pk in let_in
        is_open = contest.state == Contest.State.OPEN and state == "open"
        shown.append(
            RoundShown(
                round=one,
                state=state,
                attempts=[each for each in mine if not each.is_open],
                running=running,
                left=left,
                is_live=one.stage.kind == Stage.Kind.LIVE,
                may_start=is_open
                and one.stage.kind != Stage.Kind.LIVE
                and allowed
                and (running is not None or left is None or left > 0),
                seed=one.lot_seed if state == "over" else "",
                seed_digest=digest_of(one.lot_seed) if one.lot_seed and state != "over" else "",
            )
        )
    return shown


@dataclass(frozen=True)
class Choice:
    """A category as the reader finds it: open to them, or why not."""

    category: Category
    reasons: list[str]


def choices_for(contest: Contest, user) -> list[Choice]:
    """Every category, with the reasons for which it is not the reader's."""
    standing, _place = standing_for(user, contest)
    return [
        Choice(one, judge(Eligibility.read(one.eligibility), standing, contest.reference_date))
        for one in categories_of(contest)
    ]


@dataclass(frozen=True)
class Results:
    """What a frozen ranking gave: winners with the names that may be told, and the schools."""

    ranking: Ranking
    winners: list[dict]
    schools: list[dict]


def results_of(ranking: Ranking | None) -> Results | None:
    """Six queries; None while nothing is frozen. Of several categories all their winners."""
    if ranking is None or ranking.kind != Ranking.Kind.FROZEN:
        return None
    same = Q(ranking__contest=ranking.contest_id, ranking__round=ranking.round_id, ranking__number=ranking.number)
    awards = list(
        Award.objects.filter(same, ranking__is_current=True)
        .select_related("prize", "entry", "ranking__category")
        .order_by("prize__kind", "ranking__category", "prize__position", "rank")[:500]
    )
    names, unnamed = names_of([one.entry.user_id for one in awards if one.entry]), unnamed_in(ranking.contest)
    winners = [
        {
            "prize": one.prize.title,
            "value": one.prize.value,
            "kind": one.prize.kind,
            "rank": one.rank,
            "name": names.get(one.entry.user_id, "") if one.entry and one.entry.code not in unnamed else "",
            "code": one.entry.code if one.entry else "",
            "unit": one.unit_name,
            "category": one.ranking.category.title if one.ranking.category else "",
        }
        for one in awards
    ]
    return Results(ranking, winners, ranking.collective)


def appeal_of(entry: Entry | None, ranking: Ranking | None) -> dict | None:
    """Whether an entrant can object to a ranking, until when, and what became of all they sent, the latest first.

    What they said of an earlier ranking stays: the answer to it is often why there is a new one.
    """
    if entry is None or ranking is None or ranking.kind != Ranking.Kind.FROZEN:
        return None
    until = appeals_end(ranking)
    made = list(Appeal.objects.filter(entry=entry).select_related("ranking").order_by("-made_at"))
    is_open = timezone.now() <= until and ranking.contest.state != Contest.State.ARCHIVED
    return {
        "made": made,
        "until": until,
        "open": is_open and all(one.ranking_id != ranking.pk for one in made),
    }


def own_certificates(contest: Contest, user) -> list[str]:
    """The awards somebody holds a certificate of, once the results are out."""
    if not user.is_authenticated or contest.state not in {Contest.State.PUBLISHED, Contest.State.ARCHIVED}:
        return []
    held = Certificate.objects.filter(user=user, kind=Certificate.Kind.CONTEST, revoked_at=None)
    return list(held.filter(subject_key__startswith=str(contest.uuid)).order_by("pk").values_list("award", flat=True))


def entered_in_class(contest: Contest, school_class: SchoolClass) -> list[dict]:
    """Pupils of a class in class order, with their entry and how often they took part. Two queries however many."""
    memberships = (
        school_class.memberships.filter(ends_on=None).select_related("user__person").order_by("name_sort", "pk")
    )
    users = [one.user_id for one in memberships]
    entries = {
        one.user_id: one
        for one in Entry.objects.filter(contest=contest, user__in=users).annotate(taken=Count("attempts"))
    }
    return [{"pupil": one.user, "entry": entries.get(one.user_id)} for one in memberships]
