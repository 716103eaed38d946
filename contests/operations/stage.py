"""Before the curtain: parts and criteria of a performance, its teams, and the order they come on in."""

import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.eligibility import Eligibility, judge
from contests.jury.performing import drawn
from contests.models import (
    Category,
    Contest,
    Entry,
    Mark,
    Part,
    Points,
    Promotion,
    Round,
    Stage,
    Team,
    TeamMember,
    Timing,
    Turn,
    TurnOrder,
)
from contests.operations.entries import _make
from contests.operations.setting_up import log, plain_slug
from contests.problems import EntryOut, InAnotherTeam, NotEligible, ReasonMissing, StageRefused, TeamRefused
from contests.queries.people import standing_on
from schools.models import School, SchoolIdentifier

OVER = {Contest.State.MODERATED, Contest.State.PUBLISHED, Contest.State.ARCHIVED}


def require_running(contest: Contest) -> Contest:
    """The contest, locked, while its results are not fixed. Raises StageRefused."""
    held = Contest.objects.select_for_update().get(pk=contest.pk)
    if held.state in OVER:
        raise StageRefused(_("The results are fixed: what happened on stage stays as it is."))
    return held


@transaction.atomic
def set_parts(*, stage: Stage, parts: Sequence[Mapping[str, Any]], by) -> list[Part]:
    """The parts of a performance in their order: [{"title", "limit_seconds", "grace_seconds", "penalty_step",
    "penalty_points", "penalty_most", "marks": [{"title", "top"}]}].

    Raises StageRefused once somebody has given points or kept a time by those there are, or where a part has no criterion.
    """
    contest = require_running(stage.contest)
    if not parts or any(not one.get("marks") for one in parts):
        raise StageRefused(_("A performance has at least one part, and each part at least one criterion with points."))
    if Points.objects.filter(mark__part__stage=stage).exists() or Timing.objects.filter(part__stage=stage).exists():
        raise StageRefused(_("Somebody has given points or kept a time already: parts and criteria stay as they are."))
    Mark.objects.filter(part__stage=stage).delete()
    Part.objects.filter(stage=stage).delete()
    made: list[Part] = []
    for place, values in enumerate(parts, 1):
        key, number = plain_slug(values["title"])[:36] or "phan", 1
        while key in {one.key for one in made}:
            number += 1
            key = f"{plain_slug(values['title'])[:33] or 'phan'}-{number}"
        most = values.get("penalty_most")
        part = Part.objects.create(
            stage=stage,
            key=key,
            position=place,
            title=values["title"][:120],
            limit_seconds=values.get("limit_seconds"),
            grace_seconds=values.get("grace_seconds") or 0,
            penalty_step=values.get("penalty_step") or 60,
            penalty_points=Decimal(str(values.get("penalty_points") or 0)),
            penalty_most=None if most is None else Decimal(str(most)),
        )
        for number, mark in enumerate(values["marks"], 1):
            Mark.objects.create(part=part, position=number, title=mark["title"][:200], top=Decimal(str(mark["top"])))
        made.append(part)
    log(by, "set_parts", contest, parts=len(made))
    return made


@transaction.atomic
def register_team(
    *, round: Round, category: Category, school: School, codes: Sequence[str], by, name: str = "", mentor=None
) -> Turn:
    """Put a team on the list of a round, from the paper its school has signed: pupils by the codes they sign in with there,
    the leader first. Again with the same leader: the same turn.

    Raises TeamRefused (no such pupil, too few or too many), InAnotherTeam, NotEligible (with who and why), EntryOut,
    StageRefused.
    """
    contest = require_running(round.stage.contest)
    if contest.state == Contest.State.DRAFT:
        raise StageRefused(_("Open the contest first: nobody can take part in a draft."))
    wanted = [one.strip() for one in codes if one.strip() and "\0" not in one]
    if not category.team_min <= len(set(wanted)) <= category.team_max:
        raise TeamRefused(
            _("A team here has from %(least)s to %(most)s members.")
            % {"least": category.team_min, "most": category.team_max}
        )
    entries = [_entry_of(contest, category, school, code) for code in dict.fromkeys(wanted)]
    held = Turn.objects.filter(round=round, entry=entries[0]).first()
    if held is not None:
        return held
    users = [one.user_id for one in entries]
    sent_on = Promotion.objects.filter(round=round, entry__in=entries)
    if round.promoted_from.exists() and not sent_on.exists():
        raise TeamRefused(_("Nobody of this team went on from the round before. At least one member must have."))
    taken = TeamMember.objects.filter(
        category=category, user__in=users, role__in=TeamMember.MAKERS, state=TeamMember.State.CONFIRMED
    )
    if taken.exists():
        raise InAnotherTeam(_("One of these pupils is already in a team of this category."))
    now = timezone.now()
    team = Team.objects.create(
        category=category,
        name=name.strip()[:80],
        school_key=school.uuid,
        unit_key=school.unit.uuid if school.unit_id else None,
        unit_name=school.name,
    )
    roles = [TeamMember.Role.LEADER] + [TeamMember.Role.MEMBER] * (len(entries) - 1)
    common = {"team": team, "category": category, "state": TeamMember.State.CONFIRMED, "answered_at": now}
    for entry, role in zip(entries, roles, strict=True):
        TeamMember.objects.create(user_id=entry.user_id, entry=entry, role=role, **common)
    if mentor is not None:
        TeamMember.objects.create(user=mentor, role=TeamMember.Role.MENTOR, **common)
    turn = Turn.objects.create(round=round, team=team, entry=entries[0])
    if round.orders.exists():
        _append(round, turn, by)
    log(by, "register_team", contest, round=round.number, entry=entries[0].code, members=len(entries))
    return turn


def _entry_of(contest: Contest, category: Category, school: School, code: str) -> Entry:
    found = (
        SchoolIdentifier.objects.filter(school=school, code__iexact=code, valid_to=None, user__is_active=True)
        .select_related("user")
        .first()
    )
    if found is None:
        raise TeamRefused(_("No pupil of %(school)s signs in with “%(code)s”.") % {"school": school.name, "code": code})
    held = Entry.objects.filter(contest=contest, user=found.user).first()
    if held is not None:
        if held.state != Entry.State.ENTERED:
            raise EntryOut()
        return held
    standing, place = standing_on(found.user, contest.reference_date)
    if reasons := judge(Eligibility.read(category.eligibility), standing, contest.reference_date):
        raise NotEligible([f"{code}: {one}" for one in reasons])
    return _make(contest, category, found.user, standing, place)


# --- The order --------------------------------------------------------------------------------------------------------


def _keep_order(round: Round, codes: list[str], by, *, seed: str = "", reason: str = "") -> TurnOrder:
    turns = {one.entry.code: one for one in round.turns.select_related("entry")}
    # Out of the way first, so that two teams can change places. Who has been on stage keeps theirs.
    movable = round.turns.filter(state__in=[Turn.State.WAITING, Turn.State.ABSENT])
    movable.update(position=None)
    for place, code in enumerate(codes, 1):
        movable.filter(pk=turns[code].pk).update(position=place)
    number = (round.orders.aggregate(Max("number"))["number__max"] or 0) + 1
    return TurnOrder.objects.create(round=round, number=number, seed=seed, codes=codes, reason=reason[:300], by=by)


def _append(round: Round, turn: Turn, by) -> None:
    codes = list(round.turns.exclude(position=None).order_by("position").values_list("entry__code", flat=True))
    _keep_order(round, [*codes, turn.entry.code], by, reason=_("Registered after the drawing of lots."))


@transaction.atomic
def take_in_promoted(*, round: Round, by) -> tuple[list[Turn], list[str]]:
    """Teams of those whom the quiz sent on: of each school its promoted, the best as the leader, as many as a team takes.

    Returns the new turns and the schools whose promoted are too few for a team: their school completes it, and the secretary
    registers it. Again: nothing new. Raises StageRefused.
    """
    contest = require_running(round.stage.contest)
    waiting: dict[tuple[int, Any], list[Entry]] = {}
    seated = TeamMember.objects.filter(entry__isnull=False, team__turns__round=round).values("entry")
    rows = Promotion.objects.filter(round=round, entry__state=Entry.State.ENTERED).exclude(entry__in=seated)
    for one in rows.select_related("entry__category", "entry__user").order_by("rank", "pk"):
        # Whoever performs alone, or has no school, is a team of one.
        alone = one.entry.category.team_max == 1 or one.entry.school_key is None
        waiting.setdefault((one.entry.category_id, one.entry_id if alone else one.entry.school_key), []).append(
            one.entry
        )
    made, few = [], []
    for entries in waiting.values():
        category = entries[0].category
        if len(entries) < category.team_min:
            few.append(entries[0].unit_name)
            continue
        made.append(_listed(round, category, entries[: category.team_max], by))
    if made:
        log(by, "take_in_promoted", contest, round=round.number, teams=len(made))
    return made, sorted(set(few))


def _listed(round: Round, category: Category, entries: list[Entry], by) -> Turn:
    now, first = timezone.now(), entries[0]
    team = Team.objects.create(
        category=category, school_key=first.school_key, unit_key=first.unit_key, unit_name=first.unit_name
    )
    for entry in entries:
        TeamMember.objects.create(
            team=team,
            category=category,
            user_id=entry.user_id,
            entry=entry,
            role=TeamMember.Role.LEADER if entry is first else TeamMember.Role.MEMBER,
            state=TeamMember.State.CONFIRMED,
            answered_at=now,
        )
    turn = Turn.objects.create(round=round, team=team, entry=first)
    if round.orders.exists():
        _append(round, turn, by)
    return turn


@transaction.atomic
def draw_order(*, round: Round, by) -> TurnOrder:
    """Draw lots, once: the order is kept with its seed, and shown. Pressed again: the order that was drawn.

    Teams that an earlier round sent on are taken in first. Raises StageRefused where there is no team.
    """
    contest = require_running(round.stage.contest)
    held = round.orders.order_by("number").first()
    if held is not None:
        return held
    for one in Promotion.objects.filter(round=round).select_related("entry"):
        before = Turn.objects.filter(entry=one.entry).exclude(round=round).order_by("-round__number").first()
        if before is not None:
            Turn.objects.get_or_create(round=round, entry=one.entry, defaults={"team": before.team})
    codes = list(round.turns.values_list("entry__code", flat=True))
    if not codes:
        raise StageRefused(_("No team is on the list yet."))
    seed = secrets.token_hex(16)
    made = _keep_order(round, drawn(codes, seed), by, seed=seed)
    log(by, "draw_order", contest, round=round.number, teams=len(codes), seed=seed)
    return made


@transaction.atomic
def change_order(*, round: Round, codes: Sequence[str], reason: str, by) -> TurnOrder:
    """Another order for those who still wait, with the reason; what was drawn stays on record. The same order again changes
    nothing. Raises ReasonMissing, StageRefused (a team is missing, twice or has been on stage).
    """
    contest = require_running(round.stage.contest)
    turns = list(round.turns.select_related("entry").order_by("position"))
    now = [one.entry.code for one in turns]
    if not round.orders.exists() or sorted(codes) != sorted(now):
        raise StageRefused(_("The list has changed meanwhile. Reload the page."))
    if list(codes) == now:
        return round.orders.order_by("-number")[0]
    if not reason.strip():
        raise ReasonMissing()
    for place, one in enumerate(turns):
        if one.state in {Turn.State.ON, Turn.State.DONE} and codes[place] != one.entry.code:
            raise StageRefused(_("Who has been on stage keeps their place."))
    made = _keep_order(round, list(codes), by, reason=reason.strip())
    log(by, "change_order", contest, round=round.number, reason=made.reason)
    return made
