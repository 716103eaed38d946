"""The dry run of a contest of works: made-up teams hand in, made-up jurors score, all by the operations real people use; then
it is undone, and what would have gone wrong is told.
"""

import itertools
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.problems import Problem
from contests.eligibility import OF_SCHOOL
from contests.jury.terms import JuryTerms
from contests.models import (
    Category,
    Contest,
    Juror,
    Review,
    Round,
    Score,
    Slot,
    TeamMember,
    Work,
    WorkFile,
)
from contests.operations.entries import Agreed
from contests.operations.jury import share_out
from contests.operations.made_up import Audience, Origin, Village, audience_of, origins_of
from contests.operations.rankings import compute_table, winners
from contests.operations.screening import screen_work
from contests.operations.setting_up import write_criteria
from contests.operations.states import lacking, open_rounds
from contests.operations.teams import confirm_member, make_team
from contests.operations.works import Declared, submit_work, write_texts
from contests.problems import NotReady, OnlyForward
from contests.publishing import plain
from contests.queries.contests import categories_of, rounds_of, rules_in_force
from contests.queries.judging import board_of
from contests.rules import Rules
from schools.models import Role

ENTRANTS, JURORS = 50, 5
AGREED = Agreed(rules=True, pledge=True, guardian="Phụ huynh thử", used_ai=False)
# More than so many works a day is more than a juror does beside their own work.
WORKS_A_DAY = 10


class _Undo(Exception):
    """Takes back everything the rehearsal wrote."""


@dataclass
class CategoryTried:
    """What came out for one category."""

    title: str
    people: int = 0
    works: int = 0
    judged: int = 0
    jurors_least: int = 0
    jurors_most: int = 0
    disputes: int = 0
    rows: list[dict] = field(default_factory=list)
    winners: list[dict] = field(default_factory=list)
    shared: int = 0


@dataclass
class WorkRehearsal:
    """What would have come out, and what to look at before the contest opens."""

    people: int = 0
    works: int = 0
    jurors: int = 0
    made_up_jurors: int = 0
    load_least: int = 0
    load_most: int = 0
    categories: list[CategoryTried] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0


def rehearse_works(
    *, contest: Contest, by, jurors: int = JURORS, entrants: int = ENTRANTS, seed: int = 1
) -> WorkRehearsal:
    """Let `entrants` made-up people hand in works and a jury score them, and undo it all.

    The jury is made of the seats already taken and, up to `jurors`, of made-up teachers of the schools there are. Nothing
    is left in the database or in the store. Raises NotReady with what the contest still lacks, OnlyForward once it is open.
    """
    if contest.state != Contest.State.DRAFT:
        raise OnlyForward(_("The contest is open: real entrants try it now."))
    if missing := lacking(contest):
        raise NotReady(" ".join(missing), lacking=missing)
    found = WorkRehearsal()
    try:
        with transaction.atomic():
            _Rehearsal(Contest.objects.select_for_update().get(pk=contest.pk), by, found, seed).run(jurors, entrants)
            raise _Undo
    except _Undo:
        return found


class _Rehearsal:
    def __init__(self, contest: Contest, by, found: WorkRehearsal, seed: int) -> None:
        self.contest, self.by, self.found = contest, by, found
        self.chance = random.Random(seed)  # noqa: S311 (made-up people)
        self.village = Village(contest)
        self.rules = Rules.of(rules_in_force(contest))
        self.tried: dict[int, CategoryTried] = {}

    def run(self, jurors: int, entrants: int) -> None:
        began = timezone.now()
        self._look_at_rounds()
        origins = origins_of(self.contest)
        if self.village.year is None:
            self._warn(_("No school year has begun by the reference date: no pupil belongs to a class on that day."))
            origins = [one for one in origins if one.level not in OF_SCHOOL]
        categories = list(categories_of(self.contest).prefetch_related("slots", "criteria"))
        audiences = [audience_of(one, origins, self.contest.reference_date) for one in categories]
        self._open()
        self._enter(audiences, entrants)
        self._send_on()
        self._seat(origins, jurors)
        self._judge(categories)
        for one in categories:
            self._rank(one)
        self.found.categories = list(self.tried.values())
        self.found.people = sum(one.people for one in self.found.categories)
        self.found.works = sum(one.works for one in self.found.categories)
        self.found.seconds = (timezone.now() - began).total_seconds()

    def _warn(self, words: str) -> None:
        self.found.warnings.append(words)

    def _look_at_rounds(self) -> None:
        rounds = list(rounds_of(self.contest))
        for one, following in itertools.pairwise(rounds):
            if one.promotes_to_id and following.opens_at <= one.closes_at:
                self._warn(
                    _("Round %(next)s opens before round %(number)s closes: schools have no time to choose.")
                    % {"next": following.number, "number": one.number}
                )

    def _open(self) -> None:
        now, first = timezone.now(), rounds_of(self.contest)[0]
        Round.objects.filter(pk=first.pk).update(
            opens_at=now - timedelta(hours=1), closes_at=max(first.closes_at, now + timedelta(hours=1))
        )
        open_rounds(self.contest)
        self.contest.state = Contest.State.OPEN
        self.contest.save(update_fields=["state"])

    # --- Entering ---------------------------------------------------------------------------------------------------

    def _enter(self, audiences: list[Audience], entrants: int) -> None:
        reached = []
        for one in audiences:
            title = one.category.title
            self.tried[one.category.pk] = CategoryTried(title)
            if not one.origins:
                why = " ".join(one.reasons)
                self._warn(_("Nobody of the area may enter “%(category)s”. %(why)s") % {"category": title, "why": why})
                continue
            if one.category.team_max > 1 and not one.has_mates:
                self._warn(
                    _("In “%(category)s” nobody can name a mate: mates are found by the code of their school.")
                    % {"category": title}
                )
                if one.category.team_min > 1:
                    continue
            reached.append(one)
        turn = 0
        while reached and self.village.people < entrants:
            audience = reached[turn % len(reached)]
            try:
                with transaction.atomic():
                    self._team(audience, turn // len(reached), entrants - self.village.people)
            except Problem as refused:
                self._warn(f"“{audience.category.title}”: {refused}")
                reached.remove(audience)
                self.village.forget_classes()
            turn += 1

    def _team(self, audience: Audience, turn: int, left: int) -> None:
        """One team: of those there is room for, from the next school in turn."""
        category, tried = audience.category, self.tried[audience.category.pk]
        origin = audience.origins[turn % len(audience.origins)]
        sizes = range(category.team_min, category.team_max + 1)
        size = max(category.team_min, min(sizes[turn % len(sizes)], left))
        if origin.school is None or origin.level == "teacher":
            size = category.team_min
        leader = self.village.person(origin, "Người Thử")
        work = make_team(
            contest=self.contest,
            category=category,
            user=leader,
            agreed=AGREED,
            title=f"{category.title} {turn + 1}",
        )
        for _mate in range(size - 1):
            mate = self.village.person(origin, "Người Thử")
            asked = TeamMember.objects.create(team=work.team, category=category, user=mate, role=TeamMember.Role.MEMBER)
            confirm_member(member=asked, agreed=AGREED)
        if category.mentor == Category.Mentor.REQUIRED:
            self._mentor(work, origin)
        _fill(work, category)
        leading = work.team.members.get(role=TeamMember.Role.LEADER)
        submit_work(work=work, member=leading, declared=Declared(pledge=True, used_ai=False))
        tried.people += size
        tried.works += 1

    def _mentor(self, work: Work, origin: Origin) -> None:
        teacher = self.village.person(Origin("teacher", origin.school, origin.unit), "Thầy Cô Thử")
        self.village.people -= 1
        TeamMember.objects.create(
            team=work.team,
            category=work.category,
            user=teacher,
            role=TeamMember.Role.MENTOR,
            state=TeamMember.State.CONFIRMED,
            answered_at=timezone.now(),
        )

    def _send_on(self) -> None:
        """Each school or class sends on as many as it may."""
        for round in rounds_of(self.contest):
            if round.way_on != Round.Way.UNIT or round.promotes_to_id is None:
                continue
            by = "class_key" if round.level == Round.Level.CLASS else "school_key"
            leaders = TeamMember.objects.filter(team__work__round=round, role=TeamMember.Role.LEADER)
            counted: Counter = Counter()
            going = []
            for work, unit in leaders.order_by("pk").values_list("team__work", f"entry__{by}"):
                counted[unit] += 1
                if unit is not None and counted[unit] <= (round.quota_per_unit or 0):
                    going.append(work)
            lost = sum(count for unit, count in counted.items() if unit is None)
            if lost:
                self._warn(
                    _("Works of people without a school, whom nobody can send on from round %(number)s: %(count)s.")
                    % {"number": round.number, "count": lost}
                )
            Work.objects.filter(pk__in=going).update(round=round.promotes_to_id)

    # --- Judging ----------------------------------------------------------------------------------------------------

    def _seat(self, origins: list[Origin], jurors: int) -> None:
        """The seats that are taken, and made-up teachers of the schools in turn up to the number."""
        taken = Juror.objects.active().filter(contest=self.contest)
        real, reserves = taken.filter(is_reserve=False).count(), taken.filter(is_reserve=True).count()
        teachers = [one for one in origins if one.level == "teacher"] or [Origin("citizen")]
        self.chance.shuffle(teachers)
        entered, now = self.village.people, timezone.now()
        for place in range(max(0, jurors - real)):
            user = self.village.person(teachers[place % len(teachers)], "Giám Khảo Thử")
            Role.objects.create(user=user, kind=Role.Kind.JUROR, starts_on=timezone.localdate())
            Juror.objects.create(
                contest=self.contest,
                name=f"Giám khảo thử {place + 1}",
                user=user,
                token_digest=uuid4().hex,
                expires_at=now + timedelta(days=1),
                accepted_at=now,
            )
        self.village.people = entered
        self.found.jurors, self.found.made_up_jurors = max(real, jurors), max(0, jurors - real)
        if real and not reserves:
            self._warn(_("No reserve juror has accepted: where somebody declines, the others get more."))

    def _judge(self, categories: list[Category]) -> None:
        for one in categories:
            if not one.criteria.all():
                self._warn(
                    _("“%(category)s” has no rubric: it was tried with one that has a single criterion.")
                    % {"category": one.title}
                )
                write_criteria(one, [{"title": "…", "weight": 100}])
        for work in Work.objects.in_the_running().filter(contest=self.contest).order_by("pk"):
            screen_work(work=work, verdict=Work.Screened.IN, by=self.by)
        self.contest.state = Contest.State.JUDGING
        self.contest.save(update_fields=["state"])
        shared = share_out(contest=self.contest, by=self.by)
        self._score()
        self.found.load_least = min(shared.loads.values(), default=0)
        self.found.load_most = max(shared.loads.values(), default=0)
        terms = self.rules.jury_terms
        if self.found.load_most > WORKS_A_DAY * terms.days:
            self._warn(
                _("A juror gets %(count)s works for %(days)s days: invite more jurors or give more days.")
                % {"count": self.found.load_most, "days": terms.days}
            )
        self._look_at_conflicts(categories, terms)

    def _look_at_conflicts(self, categories: list[Category], terms: JuryTerms) -> None:
        """Whether every work has as many jurors as the rules say, and more than one."""
        for category in categories:
            works = Work.objects.in_the_running().filter(category=category)
            given = Counter(Review.objects.standing().filter(work__in=works).order_by().values_list("work", flat=True))
            counts = [given[pk] for pk in works.values_list("pk", flat=True)]
            tried = self.tried[category.pk]
            tried.judged = len(counts)
            tried.jurors_least, tried.jurors_most = min(counts, default=0), max(counts, default=0)
            wanted = terms.jurors_for(len(counts)) or 2
            if short := sum(count < wanted for count in counts):
                self._warn(
                    ngettext(
                        "“%(category)s”: %(short)s work of %(all)s has fewer than %(wanted)s jurors without a conflict of "
                        "interest. Invite jurors from other schools.",
                        "“%(category)s”: %(short)s works of %(all)s have fewer than %(wanted)s jurors without a conflict "
                        "of interest. Invite jurors from other schools.",
                        short,
                    )
                    % {"category": category.title, "short": short, "all": len(counts), "wanted": wanted}
                )

    def _score(self) -> None:
        """Points as jurors might give them: a work's own worth, and each juror a little apart."""
        reviews = list(Review.objects.standing().filter(work__contest=self.contest).order_by("pk"))
        criteria: dict[int, list] = {}
        for category in Category.objects.filter(contest=self.contest).prefetch_related("criteria"):
            criteria[category.pk] = list(category.criteria.all())
        of_work = dict(Work.objects.filter(contest=self.contest).values_list("pk", "category_id"))
        worth = {pk: self.chance.uniform(0.4, 0.9) for pk in sorted(of_work)}
        scores = []
        for review in reviews:
            for one in criteria[of_work[review.work_id]]:
                share = min(1.0, max(0.0, worth[review.work_id] + self.chance.gauss(0, 0.1)))
                points = (Decimal(share) * one.top * 4).quantize(Decimal(1)) / 4
                scores.append(Score(review=review, criterion=one, points=points))
        Score.objects.bulk_create(scores, batch_size=500)
        now = timezone.now()
        Review.objects.filter(pk__in=[one.pk for one in reviews]).update(state=Review.State.SUBMITTED, submitted_at=now)

    def _rank(self, category: Category) -> None:
        tried = self.tried[category.pk]
        board = board_of(Category.objects.select_related("contest").get(pk=category.pk))
        tried.disputes = len(board.disputes)
        table = compute_table(contest=self.contest, category=category)
        prizes = list(self.contest.prizes.filter(kind="individual", per_round=False).order_by("position"))
        rows = [
            {
                "rank": one.rank,
                "entrant": one.row.entrant,
                "unit": one.row.unit,
                "score": plain(one.row.score),
            }
            for one in table.ranked
        ]
        tried.rows = rows[:5]
        tried.shared = len(rows) - len({row["rank"] for row in rows})
        given = winners(prizes, table.ranked)
        tried.winners = [{"prize": prize.title, "entrant": one.row.entrant, "rank": one.rank} for prize, one in given]
        if tried.shared:
            self._warn(
                _("“%(category)s”: some share a rank. Add a drawing of lots at the end of the order.")
                % {"category": category.title}
            )
        if tried.judged and sum(prize.count for prize in prizes) > tried.judged:
            self._warn(
                _("“%(category)s”: more prizes than works that are judged (%(count)s).")
                % {"category": category.title, "count": tried.judged}
            )


def _fill(work: Work, category: Category) -> None:
    """What a version asks for, as the check leaves it; no object lies in the store."""
    version, now = work.versions.get(submitted_at=None), timezone.now()
    texts = {}
    for slot in category.slots.all():
        if slot.kind == Slot.Kind.TEXT and slot.is_required:
            texts[slot.key] = " ".join(["Thử"] * min(20, slot.max_words or 20))
        if slot.kind in Slot.WRITTEN or not slot.is_required:
            continue
        WorkFile.objects.bulk_create(
            WorkFile(
                version=version,
                slot=slot,
                position=place,
                file_name="thu.bin",
                size=1,
                state=WorkFile.State.ACCEPTED,
                key=f"rehearsal/{uuid4()}",
                content_type="application/octet-stream",
                sha256="0" * 64,
                checked_at=now,
            )
            for place in range(1, slot.min_files + 1)
        )
    if texts:
        write_texts(work=work, texts=texts)
