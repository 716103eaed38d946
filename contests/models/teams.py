"""Who makes a work: a team in a category, each member by their own account, and a mentor.

What a jury may see is apart from it, in `contests.models.works`: a work is judged by its code.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contests.models.contests import Category
from contests.models.entries import Entry


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Teams that `user` belongs to or is asked to join, as a member or as the mentor."""
        if not user.is_authenticated:
            return self.none()
        own = TeamMember.objects.filter(user_id=user.pk, state__in=TeamMember.PRESENT)
        return self.filter(pk__in=own.values("team"))


class Team(models.Model):
    """One or more people with one work. A single entrant is a team of one.

    School and names are those of the leader on the reference date: a school that merges afterwards changes nothing here.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(_("name of the team"), max_length=80, blank=True)
    school_key = models.UUIDField(null=True, blank=True)
    unit_key = models.UUIDField(null=True, blank=True)
    unit_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("contest", "team")
        verbose_name_plural = pgettext_lazy("contest", "teams")

    def __str__(self):
        return self.name or str(self.uuid)


class TeamMember(models.Model):
    """Somebody of a team. Who joins accepts the rules like any entrant: `entry` holds what they agreed to."""

    class Role(models.TextChoices):
        LEADER = "leader", pgettext_lazy("team", "Leader")
        MEMBER = "member", pgettext_lazy("team", "Member")
        MENTOR = "mentor", pgettext_lazy("team", "Mentor")

    class State(models.TextChoices):
        INVITED = "invited", pgettext_lazy("team", "Asked")
        CONFIRMED = "confirmed", pgettext_lazy("team", "Confirmed")
        DECLINED = "declined", pgettext_lazy("team", "Declined")
        LEFT = "left", pgettext_lazy("team", "Left")

    MAKERS = [Role.LEADER, Role.MEMBER]
    PRESENT = [State.INVITED, State.CONFIRMED]

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    # That of the team, so that the database can keep a person to one team of it.
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="team_memberships")
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="team_memberships")
    role = models.CharField(max_length=8, choices=Role)
    state = models.CharField(max_length=10, choices=State, default=State.INVITED)
    invited_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="once_in_a_team"),
            models.UniqueConstraint(
                fields=["category", "user"],
                condition=Q(state="confirmed", role__in=["leader", "member"]),
                name="one_team_of_a_person_in_a_category",
            ),
            models.UniqueConstraint(
                fields=["team"], condition=Q(role="leader", state="confirmed"), name="one_leader_of_a_team"
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(role="mentor", state__in=["invited", "confirmed"]),
                name="one_mentor_of_a_team",
            ),
            models.CheckConstraint(
                condition=Q(state="invited", answered_at=None) | (~Q(state="invited") & Q(answered_at__isnull=False)),
                name="member_answered_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed", role__in=["leader", "member"]) | Q(entry__isnull=False),
                name="confirmed_member_has_entered",
            ),
        ]

    def __str__(self):
        return f"{self.team_id} · {self.user_id}"


class TeamInvitation(models.Model):
    """A place in a team for somebody whom the leader cannot look up: whoever has the code takes it, once.

    It holds no name. Who took it is a member like any other.
    """

    # Made with the page, so that a second press is the same invitation.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    code = models.CharField(max_length=12, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    taken_by = models.OneToOneField(
        TeamMember, null=True, blank=True, on_delete=models.CASCADE, related_name="invitation"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_by=None) | Q(revoked_at=None), name="invitation_is_taken_or_revoked"
            ),
            models.CheckConstraint(condition=~Q(code=""), name="invitation_has_a_code"),
        ]

    def __str__(self):
        return f"{self.team_id} · {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.taken_by_id is None and self.revoked_at is None
