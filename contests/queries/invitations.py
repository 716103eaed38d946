"""Invitations to a team: whom they may be made for, whose they are, and what whoever opens one is told."""

from collections import defaultdict

from cms.text.folding import fold
from contests.models import Category, Contest, Team, TeamInvitation, TeamMember, Work
from contests.problems import InvitationSpent
from contests.queries.names import names_of


def takes_invitations(team: Team, category: Category) -> bool:
    """Whether somebody may join by a link: where members need not be of the leader's school, or nobody has one."""
    return category.team_max > 1 and (not category.same_school or (category.open_track and team.school_key is None))


def invitation_for(contest: Contest, code: str) -> TeamInvitation:
    """The invitation with this code, whoever asks: the code is what lets one in. Raises InvitationSpent."""
    wanted = "".join(sign for sign in code.upper() if sign.isalnum())[:12]
    found = (
        TeamInvitation.objects.filter(team__work__contest=contest, code=wanted)
        .select_related("team__work__contest", "team__work__round", "team__category", "taken_by")
        .first()
    )
    if found is None or found.revoked_at is not None:
        raise InvitationSpent()
    return found


def invitations_of(team: Team) -> list[TeamInvitation]:
    """Those nobody has taken yet. One query."""
    return list(team.invitations.filter(taken_by=None, revoked_at=None))


def who_asks(team: Team) -> list[str]:
    """Who makes the work, as far as a stranger may be told: initials, unless somebody has agreed to their name."""
    makers = team.members.filter(role__in=TeamMember.MAKERS, state=TeamMember.State.CONFIRMED)
    users = list(makers.values_list("user_id", flat=True))
    names = names_of(users)
    return [names[one] for one in users if names.get(one)]


def namesakes(contest: Contest, works: list[Work]) -> dict[int, list[tuple[str, str]]]:
    """{work: [(name, code of another work)]} of makers without a school account who may be one person in two teams: the
    same name and age from the same place. People do share names, so it is the secretary who asks them. One query.
    """
    rows = (
        TeamMember.objects.filter(
            category__contest=contest,
            role__in=TeamMember.MAKERS,
            state=TeamMember.State.CONFIRMED,
            entry__is_open_track=True,
            team__work__isnull=False,
        )
        .select_related("user__person", "entry", "team__work")
        .order_by("pk")
    )
    same: dict[tuple, list[TeamMember]] = defaultdict(list)
    for one in rows:
        if name := fold(one.user.get_full_name()):
            same[one.category_id, name, one.entry.unit_key, one.entry.snapshot.get("age")].append(one)
    looked_at, found = {work.pk for work in works}, defaultdict(list)
    for group in same.values():
        for one in group:
            if one.team.work.pk in looked_at:
                found[one.team.work.pk] += [
                    (one.user.get_full_name(), other.team.work.code) for other in group if other.user_id != one.user_id
                ]
    return dict(found)
