"""Invitations to a team by a link or a code, for mates without an account of the leader's school."""

import secrets
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Contest, TeamInvitation, TeamMember, Work
from contests.operations.entries import LETTERS, Agreed, OpenEntry, enter_open_track
from contests.operations.teams import as_leader, confirmed_in, enter_for, require_place
from contests.operations.works import require_changeable
from contests.problems import InAnotherTeam, InvitationSpent, TeamRefused
from contests.queries.invitations import takes_invitations

# Ten of these signs cannot be guessed at the pace the page allows.
SIGNS = 10


@transaction.atomic
def make_invitation(*, work: Work, by, key: UUID) -> TeamInvitation:
    """Hold a place of the team for whoever gets the code. Again with the same `key`: the same invitation.

    Raises TeamRefused (not the leader, a team of one school, full), TooLate, NotOpen, EntryOut.
    """
    team = as_leader(work, by)
    if not takes_invitations(team, work.category):
        raise TeamRefused(_("All members of a team belong to one school here. Ask them by the code they sign in with."))
    held = team.invitations.filter(uuid=key).first()
    if held is not None:
        return held
    require_place(team, work.category)
    try:
        with transaction.atomic():
            return TeamInvitation.objects.create(
                uuid=key, team=team, code="".join(secrets.choice(LETTERS) for _sign in range(SIGNS))
            )
    except IntegrityError:
        # A key of another team: nothing a page of ours sends.
        raise TeamRefused() from None


@transaction.atomic
def revoke_invitation(*, invitation: TeamInvitation, by) -> TeamInvitation:
    """Take an open invitation back; one that was taken stays. Raises TeamRefused, TooLate, NotOpen, EntryOut."""
    as_leader(invitation.team.work, by)
    invitation = TeamInvitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.is_open:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
    return invitation


def _open(invitation: TeamInvitation) -> TeamInvitation:
    """The invitation, locked. Raises InvitationSpent, TooLate, NotOpen, EntryOut."""
    found = (
        TeamInvitation.objects.select_for_update(of=("self",))
        .select_related("team__work__contest", "team__work__round", "team__category")
        .get(pk=invitation.pk)
    )
    if not found.is_open:
        raise InvitationSpent()
    require_changeable(found.team.work)
    return found


@transaction.atomic
def join_by_invitation(*, invitation: TeamInvitation, user, agreed: Agreed) -> TeamMember:
    """Take the place with an account one has. Again: the same membership.

    Raises InvitationSpent, TeamRefused (another school), InAnotherTeam, NotEligible, MustAccept, EntryOut, TooLate, NotOpen.
    """
    if invitation.taken_by_id and invitation.taken_by.user_id == user.pk:
        return invitation.taken_by
    invitation = _open(invitation)
    team, category = invitation.team, invitation.team.category
    held = confirmed_in(category, user)
    if held is not None:
        if held.team_id == team.pk:
            raise TeamRefused(_("You are in this team already. The invitation is for somebody else."))
        raise InAnotherTeam()
    if team.members.filter(user=user, role=TeamMember.Role.MENTOR, state__in=TeamMember.PRESENT).exists():
        raise TeamRefused(_("The mentor of a team does not make its work."))
    entry = enter_for(team.work.contest, category, user, agreed)
    if category.same_school and entry.school_key != team.school_key:
        raise TeamRefused(_("All members of a team belong to one school here."))
    try:
        with transaction.atomic():
            # Whoever was asked by their code too, or left before, has a row here.
            member, _made = TeamMember.objects.update_or_create(
                team=team,
                user=user,
                defaults={
                    "category": category,
                    "entry": entry,
                    "role": TeamMember.Role.MEMBER,
                    "state": TeamMember.State.CONFIRMED,
                    "answered_at": timezone.now(),
                },
            )
    except IntegrityError:
        raise InAnotherTeam() from None
    # Of somebody who left and comes back by another code: the last one stands for them.
    TeamInvitation.objects.filter(taken_by=member).delete()
    invitation.taken_by = member
    invitation.save(update_fields=["taken_by"])
    return member


@transaction.atomic
def join_openly(*, invitation: TeamInvitation, agreed: Agreed, **person) -> OpenEntry:
    """Take the place as somebody without an account: `person` is what `enter_open_track` asks of them.

    Raises what `enter_open_track` and `join_by_invitation` raise.
    """
    invitation = _open(invitation)
    contest: Contest = invitation.team.work.contest
    entered = enter_open_track(contest=contest, category=invitation.team.category, agreed=agreed, **person)
    join_by_invitation(invitation=invitation, user=entered.user, agreed=agreed)
    return entered
