"""Whom a school or a class may send to the next round, as they choose."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from contests.models import Contest, Entry, Promotion, Round, RoundAttempt, TeamMember, Work
from contests.queries.contests import rounds_of
from quizzes.models import Attempt
from schools.models import School, SchoolClass


@dataclass(frozen=True)
class Group:
    """A school with those it came from, or a class: the keys its entries carry."""

    field: str
    keys: tuple[UUID, ...]
    name: str

    @property
    def level(self) -> str:
        return Round.Level.SCHOOL if self.field == "school_key" else Round.Level.CLASS

    @classmethod
    def of_school(cls, school: School) -> "Group":
        """One query."""
        earlier = school.predecessions.values_list("predecessor__uuid", flat=True)
        return cls("school_key", (school.uuid, *earlier), school.name)

    @classmethod
    def of_class(cls, school_class: SchoolClass) -> "Group":
        return cls("class_key", (school_class.uuid,), school_class.name)


@dataclass(frozen=True)
class Candidate:
    """An entry of the group: what it did in the round, and whether it goes on. `has_begun`: it can no longer be taken back."""

    entry: Entry
    is_chosen: bool
    has_begun: bool
    score: Decimal | None = None
    seconds: int | None = None
    work: Work | None = None

    @property
    def code(self) -> str:
        """A person may lead a work in each of two categories: works go by their own code."""
        return self.work.code if self.work else self.entry.code


def rounds_to_choose_from(contest: Contest, level: str) -> list[Round]:
    """Rounds from which schools or classes choose who goes on. One query."""
    found = rounds_of(contest).filter(way_on=Round.Way.UNIT, level=level, promotes_to__isnull=False)
    return list(found.select_related("promotes_to"))


def is_time_to_choose(contest: Contest, round: Round) -> bool:
    """From the end of the round until the next one opens."""
    now = timezone.now()
    return (
        contest.state == Contest.State.OPEN
        and round.promotes_to is not None
        and round.closes_at <= now < round.promotes_to.opens_at
    )


def candidates_in(contest: Contest, round: Round, group: Group) -> list[Candidate]:
    """The entries of a group that took the round, the best first; of works those handed in. Three queries however many."""
    if contest.takes_works:
        return _works(contest, round, group)
    entries = Entry.objects.filter(contest=contest, **{f"{group.field}__in": group.keys}).in_the_running()
    best: dict[int, tuple[Decimal, int]] = {}
    taken = RoundAttempt.objects.filter(round=round, entry__in=entries).exclude(attempt__state=Attempt.State.OPEN)
    for pk, score, began, ended in taken.values_list(
        "entry_id", "attempt__score", "attempt__started_at", "attempt__closed_at"
    ):
        seconds = max(0, int((ended - began).total_seconds()))
        if pk not in best or (score, -seconds) > (best[pk][0], -best[pk][1]):
            best[pk] = (score, seconds)
    chosen = _chosen(round, best)
    begun = set(RoundAttempt.objects.filter(round=round.promotes_to_id, entry__in=best).values_list("entry", flat=True))
    rows = Entry.objects.filter(pk__in=best).select_related("user__person")
    found = [Candidate(one, one.pk in chosen, one.pk in begun, *best[one.pk]) for one in rows]
    return sorted(found, key=lambda one: (-(one.score or 0), one.seconds or 0, one.entry.code))


def _chosen(round: Round, entries: Collection[int]) -> set[int]:
    found = Promotion.objects.filter(round=round.promotes_to_id, entry__in=entries)
    return set(found.values_list("entry", flat=True))


def _works(contest: Contest, round: Round, group: Group) -> list[Candidate]:
    """Works handed in in the round, by their leader's entry; what was handed in anew in the next round stays there."""
    leaders = TeamMember.objects.filter(
        team__work__contest=contest,
        team__work__round__in=[round.pk, round.promotes_to_id],
        team__work__state=Work.State.SUBMITTED,
        role=TeamMember.Role.LEADER,
        state=TeamMember.State.CONFIRMED,
        **{f"entry__{group.field}__in": group.keys},
    ).select_related("entry__user__person", "team__work__category")
    rows = list(leaders.annotate(handed_in=Max("team__work__versions__submitted_at")).order_by("team__work__code"))
    return [
        Candidate(
            one.entry,
            is_chosen=one.team.work.round_id == round.promotes_to_id,
            has_begun=one.handed_in is not None and one.handed_in >= round.promotes_to.opens_at,
            work=one.team.work,
        )
        for one in rows
    ]
