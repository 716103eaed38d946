"""Contests and their parts, as screens and the API ask for them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from contests.models import Category, Contest, Round, RulesVersion, Stage
from contests.problems import NoSuchContest, NoSuchRound


def contest_for(user, slug: str) -> Contest:
    """The contest at this address, as far as `user` may know of it. Raises NoSuchContest."""
    found = Contest.objects.visible_to(user).select_related("organiser").filter(slug=slug).first()
    if found is None:
        raise NoSuchContest()
    return found


def rules_in_force(contest: Contest) -> RulesVersion | None:
    """The last version that was published, or the draft of a contest that has not opened."""
    versions = RulesVersion.objects.filter(contest=contest).order_by("-number")
    return versions.exclude(published_at=None).first() or versions.first()


def rounds_of(contest: Contest) -> QuerySet[Round]:
    return Round.objects.filter(stage__contest=contest).select_related("stage").order_by("stage__position", "number")


def quiz_rounds(contest: Contest) -> QuerySet[Round]:
    """Rounds in which a quiz is answered: all but those on a stage."""
    return rounds_of(contest).exclude(stage__kind=Stage.Kind.LIVE)


def round_of(contest: Contest, number: int) -> Round:
    """Rounds are numbered through a contest. Raises NoSuchRound."""
    found = rounds_of(contest).filter(number=number).first()
    if found is None:
        raise NoSuchRound()
    return found


def categories_of(contest: Contest) -> QuerySet[Category]:
    return Category.objects.filter(contest=contest).order_by("pk")


@dataclass(frozen=True)
class Clock:
    """Where a contest stands in time: the round that is open or comes next, and the moment to count down to."""

    now: datetime
    rounds: tuple[Round, ...]

    @property
    def open(self) -> Round | None:
        return next((one for one in self.rounds if one.opens_at <= self.now < one.closes_at), None)

    @property
    def next(self) -> Round | None:
        return next((one for one in self.rounds if one.opens_at > self.now), None)

    @property
    def until(self) -> datetime | None:
        if self.open:
            return self.open.closes_at
        return self.next.opens_at if self.next else None

    @property
    def is_over(self) -> bool:
        return bool(self.rounds) and all(one.closes_at <= self.now for one in self.rounds)

    @property
    def takes_newcomers(self) -> bool:
        """Whether somebody who enters now can still take a round: not where all that is left is for those who were let on."""
        guarded = {one.promotes_to_id for one in self.rounds}
        return not self.rounds or any(one.closes_at > self.now and one.pk not in guarded for one in self.rounds)


def clock_of(contest: Contest) -> Clock:
    """One query."""
    return Clock(timezone.now(), tuple(rounds_of(contest)))
