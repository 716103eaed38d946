"""The winners of each school, for the letter that tells it: contact with a pupil goes through the school."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from contests.models import Award, Contest, Prize, Ranking, TeamMember
from courses.models import Certificate
from schools.models import User

OPEN_IN = {Contest.State.PUBLISHED, Contest.State.ARCHIVED}


def teams_of(contest: Contest) -> dict[tuple[int, int], list[User]]:
    """{(entry of the leader, category): everybody who made the work, the leader first}. Empty for what has no teams. One
    query.
    """
    rows = TeamMember.objects.filter(
        category__contest=contest, role__in=TeamMember.MAKERS, state=TeamMember.State.CONFIRMED
    ).select_related("user__person")
    by_team: dict[int, list[TeamMember]] = {}
    for one in rows.order_by("pk"):
        by_team.setdefault(one.team_id, []).append(one)
    found = {}
    for members in by_team.values():
        leader = next((one for one in members if one.role == TeamMember.Role.LEADER), None)
        if leader is not None:
            others = [one.user for one in members if one is not leader]
            found[leader.entry_id, leader.category_id] = [leader.user, *others]
    return found


@dataclass
class SchoolWins:
    """A school by the name it had, with the prizes of its entrants and its own."""

    key: UUID
    name: str
    winners: list[dict] = field(default_factory=list)
    own: list[str] = field(default_factory=list)


def wins_of_schools(contest: Contest, keys: Collection[UUID] | None = None) -> list[SchoolWins]:
    """Schools with prizes by the frozen rankings in force, by name; nothing before the results are published.

    `keys`: only these. Winners are {"name", "class", "prize", "value", "category", "round", "certificate"}. Four statements.
    """
    if contest.state not in OPEN_IN:
        return []
    awards = list(
        Award.objects.filter(ranking__contest=contest, ranking__kind=Ranking.Kind.FROZEN, ranking__is_current=True)
        .select_related("prize", "entry__user__person", "ranking__round", "ranking__category")
        .order_by("ranking__round__number", "prize__position", "rank", "entry__user__person__name_sort", "pk")
    )
    teams = teams_of(contest)
    people = {one.entry.user_id for one in awards if one.entry}
    people |= {user.pk for team in teams.values() for user in team}
    serials: dict[tuple, str] = {}
    given = Certificate.objects.filter(kind=Certificate.Kind.CONTEST, user__in=people, revoked_at=None)
    for user, subject, serial in given.values_list("user_id", "subject_key", "serial"):
        serials[user, subject] = serial
    found: dict[UUID, SchoolWins] = {}
    for one in awards:
        school = one.entry.school_key if one.entry else one.school_key
        if school is None or (keys is not None and school not in keys):
            continue
        wins = found.setdefault(school, SchoolWins(school, one.unit_name))
        round = one.ranking.round
        if one.prize.kind == Prize.Kind.COLLECTIVE or one.entry is None:
            wins.own.append(one.prize.title + (f": {one.prize.value}" if one.prize.value else ""))
            continue
        subject = f"{contest.uuid}:{round.number}" if round else str(contest.uuid)
        for user in teams.get((one.entry_id, one.ranking.category_id or one.entry.category_id), [one.entry.user]):
            wins.winners.append(
                {
                    "name": user.get_full_name(),
                    "class": one.entry.snapshot.get("class", "") if user.pk == one.entry.user_id else "",
                    "prize": one.prize.title,
                    "value": one.prize.value,
                    "category": one.ranking.category.title if one.ranking.category else "",
                    "round": round.number if round else None,
                    "certificate": serials.get((user.pk, subject), ""),
                }
            )
    return sorted(found.values(), key=lambda one: one.name)
