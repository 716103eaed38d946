"""The family task (plan V.3.a.2): a pupil shows a relative one public service, the relative confirms on any phone.

Of the relative nothing personal is asked or kept: an age band, who held the phone, whether they would manage alone. What
tells one phone from another is a random number and a keyed hash of the network that changes every day; both serve to
show people what looks odd, never to decide anything (docs/data-map.md).
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FamilyTaskQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Own ones, and those of pupils in a class `user` may open."""
        from schools.models import Membership, SchoolClass

        if not user.is_authenticated:
            return self.none()
        taught = Membership.objects.current().filter(school_class__in=SchoolClass.objects.visible_to(user))
        return self.filter(Q(user_id=user.pk) | Q(user__in=taught.values("user")))

    def gradable_by(self, user):
        """Those `user` may accept or give back: of pupils in a class where they may grade."""
        from schools.models import Membership
        from schools.permissions import classes_with_right

        taught = Membership.objects.current().filter(school_class__in=classes_with_right(user, "grade"))
        return self.filter(user__in=taught.values("user"))


class FamilyTask(models.Model):
    """One relative and one service. `code` is in the QR and is good for one confirmation.

    `service` is a procedure's code or one of courses.queries.family.WITHOUT_SIGN_IN. Class, school and unit are those of
    the moment it was begun.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for the relative")
        CONFIRMED = "confirmed", _("Confirmed, the teacher looks")
        ACCEPTED = "accepted", _("Accepted")
        AGAIN = "again", _("To be done again")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="family_tasks")
    lesson_key = models.UUIDField()
    block = models.CharField(max_length=40)
    service = models.CharField(max_length=80)
    service_title = models.CharField(max_length=255)
    code = models.CharField(max_length=8, unique=True)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    started_at = models.DateTimeField(default=timezone.now)
    school_year = models.CharField(max_length=9)
    class_key = models.UUIDField(null=True)
    school_key = models.UUIDField(null=True)
    unit_key = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    objects = FamilyTaskQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("family task")
        verbose_name_plural = _("family tasks")
        indexes = [
            models.Index(fields=["user", "-started_at"], name="family_task_own_list"),
            models.Index(fields=["school_year", "state", "unit_key"], name="family_task_counts"),
        ]
        constraints = [
            # A second press is the first one; for a second relative the pupil begins anew when this one is accepted.
            models.UniqueConstraint(
                fields=["user", "lesson_key", "block", "service"],
                condition=~Q(state="accepted"),
                name="family_task_once_while_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "confirmed"])
                | Q(state__in=["accepted", "again"], decided_at__isnull=False, decided_by__isnull=False),
                name="family_task_decided_by_somebody",
            ),
            # Who is to do it again must be told what was wrong.
            models.CheckConstraint(condition=~Q(state="again") | ~Q(note=""), name="family_task_again_says_why"),
        ]

    def __str__(self):
        return f"{self.user_id} · {self.service} · {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether a relative may confirm it now."""
        return self.state in {self.State.WAITING, self.State.AGAIN} and self.expires_at > timezone.now()


class FamilyAnswer(models.Model):
    """What the relative said. A task given back keeps the answer and waits for another."""

    class Doing(models.TextChoices):
        SELF = "self", _("I did it myself, somebody showed me how")
        TOGETHER = "together", _("We did it together")
        HELPER = "helper", _("Somebody did it for me")
        NOT = "not", _("Nobody has shown me this yet")

    class Age(models.TextChoices):
        YOUNG = "under_40", _("Under 40")
        MIDDLE = "40_59", _("40 to 59")
        OLD = "60_up", _("60 or more")

    class Next(models.TextChoices):
        ALONE = "alone", _("Yes, alone")
        HELPED = "helped", _("Yes, if somebody sits beside me")
        NO = "no", _("Not yet")

    class Flag(models.TextChoices):
        """What people should look at. None of them decides anything by itself."""

        NOT_DONE = "not_done", _("The relative says that nobody has shown them this yet.")
        OWN_ACCOUNT = "own_account", _("Confirmed where the pupil was signed in. Families often share a phone.")
        QUICK = "quick", _("Confirmed less than two minutes after it was begun.")
        DEVICE = "device", _("This phone has confirmed several others lately.")
        NETWORK = "network", _("Many confirmations came from this network today, such as a school's.")

    task = models.ForeignKey(FamilyTask, on_delete=models.PROTECT, related_name="answers")
    doing = models.CharField(max_length=8, choices=Doing)
    age_band = models.CharField(max_length=8, choices=Age)
    next_time = models.CharField(max_length=6, choices=Next)
    language = models.CharField(max_length=12)
    confirmed_at = models.DateTimeField(default=timezone.now)
    # Keyed hashes: of a random number the phone keeps, and of its network and the day.
    device = models.CharField(max_length=32)
    network = models.CharField(max_length=32)
    flags = models.JSONField(default=list)
    set_aside_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("answer of a relative")
        verbose_name_plural = _("answers of relatives")
        indexes = [
            models.Index(fields=["device", "confirmed_at"], name="family_answer_device"),
            models.Index(fields=["network", "confirmed_at"], name="family_answer_network"),
        ]
        constraints = [
            # A code is good once, whatever two phones do at the same moment.
            models.UniqueConstraint(fields=["task"], condition=Q(set_aside_at=None), name="family_answer_once"),
        ]

    def __str__(self):
        return f"{self.task_id} {self.age_band}"

    def flag_words(self) -> list[str]:
        return [str(self.Flag(flag).label) for flag in self.flags if flag in self.Flag.values]
