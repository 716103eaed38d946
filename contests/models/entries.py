"""Who takes part, what they agreed to, and who went on to the next round."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contests.models.contests import Category, Contest, Round, RulesVersion


class EntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own entries; a teacher's view goes through `contests.permissions`."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()

    def in_the_running(self):
        return self.filter(state=Entry.State.ENTERED)


class Entry(models.Model):
    """One person's part in one contest. Class, school, unit and names are those of the reference date, kept as they were.

    `snapshot` holds what eligibility was judged by; the keys beside it are its searchable part.
    """

    class State(models.TextChoices):
        ENTERED = "entered", pgettext_lazy("state of an entry", "Entered")
        WITHDRAWN = "withdrawn", pgettext_lazy("state of an entry", "Withdrawn")
        DISQUALIFIED = "disqualified", pgettext_lazy("state of an entry", "Disqualified")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="entries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contest_entries")
    # Under this name an entry stands in published tables.
    code = models.CharField(_("entry code"), max_length=20)
    state = models.CharField(max_length=12, choices=State, default=State.ENTERED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    snapshot = models.JSONField(default=dict)
    class_key = models.UUIDField(null=True, blank=True)
    school_key = models.UUIDField(null=True, blank=True)
    unit_key = models.UUIDField(null=True, blank=True)
    # The school, or the commune of who has none, by the name it had.
    unit_name = models.CharField(max_length=200, blank=True)
    is_open_track = models.BooleanField(default=False)
    entered_at = models.DateTimeField(default=timezone.now)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [models.Index(fields=["contest", "class_key"], name="entries_of_a_class")]
        constraints = [
            # A second press finds the entry of the first.
            models.UniqueConstraint(fields=["contest", "user"], name="one_entry_of_a_person"),
            models.UniqueConstraint(fields=["contest", "code"], name="entry_code_once"),
            models.CheckConstraint(
                condition=~Q(state="disqualified") | ~Q(reason=""), name="disqualified_entry_says_why"
            ),
        ]

    def __str__(self):
        return self.code


class Acceptance(models.Model):
    """What an entrant agreed to, for one version of the rules. A new version is accepted anew."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="acceptances")
    rules = models.ForeignKey(RulesVersion, on_delete=models.PROTECT, related_name="acceptances")
    pledged = models.BooleanField(default=False)
    # Who of the guardians agreed, as the entrant or the teacher told it; empty where none is asked for.
    guardian = models.CharField(_("parent or guardian who agrees"), max_length=120, blank=True)
    used_ai = models.BooleanField(null=True)
    ai_note = models.CharField(_("what AI was used for"), max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "rules"], name="rules_accepted_once")]

    def __str__(self):
        return f"{self.entry_id} · {self.rules_id}"


class IdentityKey(models.Model):
    """What makes an open-track entrant unique where the rules ask for it: a keyed hash and the last three digits.

    Erased some days after the results; the row stays and says when.
    """

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.CASCADE, related_name="identity")
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, null=True)
    last_digits = models.CharField(max_length=3, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "digest"], name="one_entry_of_an_identity"),
            models.CheckConstraint(
                condition=Q(erased_at=None, digest__isnull=False)
                | Q(erased_at__isnull=False, digest=None, last_digits=""),
                name="erased_identity_is_blank",
            ),
        ]

    def __str__(self):
        return f"…{self.last_digits}"


class Promotion(models.Model):
    """An entry that may take a round: because of its rank in an earlier one, or because its school or class chose it."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="promotions")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="promotions")
    ranking = models.ForeignKey(
        "contests.Ranking", null=True, blank=True, on_delete=models.PROTECT, related_name="promotions"
    )
    rank = models.PositiveIntegerField(null=True, blank=True)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "round"], name="promoted_once"),
            models.CheckConstraint(
                condition=Q(ranking__isnull=False, rank__isnull=False, chosen_by=None)
                | Q(ranking=None, rank=None, chosen_by__isnull=False),
                name="promoted_by_rank_or_by_choice",
            ),
        ]

    def __str__(self):
        return f"{self.entry_id} → {self.round_id}"


class RoundAttempt(models.Model):
    """A quiz attempt made in a round, with what was predicted before it began. The marks are the attempt's own."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="attempts")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="attempts")
    attempt = models.OneToOneField("quizzes.Attempt", on_delete=models.PROTECT, related_name="contest_attempt")
    prediction = models.PositiveIntegerField(null=True, blank=True)
    # How many questions the attempt asks: ranking does not read the questions themselves.
    asked = models.PositiveSmallIntegerField()
    # The day in the province on which it began, for «once a day».
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["round", "entry"], name="attempts_in_a_round")]

    def __str__(self):
        return f"{self.entry_id} · {self.attempt_id}"


class Outage(models.Model):
    """A stretch in which the line or the machine was down, recorded by an officer: it is taken off the duration.

    Whom it met: a school, named entries, or with neither everybody. What they were given besides are allowances of the
    quiz; here stands which.
    """

    class Gives(models.TextChoices):
        NOTHING = "nothing", _("only the lost time taken off")
        TIME = "time", _("more time")
        ATTEMPT = "attempt", _("another attempt")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="outages")
    # Empty: everywhere.
    school_key = models.UUIDField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=300)
    entry_codes = models.JSONField(default=list, blank=True)
    gives = models.CharField(max_length=8, choices=Gives, default=Gives.NOTHING)
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    # Until when what was given can be used; empty: until the round closes.
    until = models.DateTimeField(null=True, blank=True)
    # What everybody reads on the page of the contest; empty: nothing is shown.
    notice = models.CharField(_("public notice"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="outage_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(reason=""), name="outage_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(gives="time") | Q(extra_minutes__gte=1), name="outage_that_gives_time_says_how_much"
            ),
        ]

    def __str__(self):
        return self.reason
