"""Rankings as they were computed, never changed: a later one stands beside the earlier. Their rows lie in object storage."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contests.models.contests import Category, Contest, Round, RulesVersion
from contests.models.entries import Entry


class Ranking(models.Model):
    """One computing of one table: a round or the whole contest, of all or of one category.

    Below `contests/<contest>/<ranking>/` of the private storage lie its pages, `ranking.csv` and `rules.json`.
    """

    class Kind(models.TextChoices):
        LIVE = "live", _("Standing so far")
        FROZEN = "frozen", _("Frozen")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="rankings")
    round = models.ForeignKey(Round, null=True, blank=True, on_delete=models.PROTECT, related_name="rankings")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="rankings")
    kind = models.CharField(max_length=6, choices=Kind)
    # Counts the frozen rankings of a table; 0 while it is live.
    number = models.PositiveIntegerField(default=0)
    rules = models.ForeignKey(RulesVersion, on_delete=models.PROTECT, related_name="rankings")
    is_current = models.BooleanField(default=True)
    entrants = models.PositiveIntegerField()
    actual = models.PositiveIntegerField(null=True)
    pages = models.PositiveIntegerField()
    rows_digest = models.CharField(max_length=64)
    collective = models.JSONField(default=list)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("ranking")
        verbose_name_plural = _("rankings")
        indexes = [models.Index(fields=["contest", "is_current"], name="rankings_in_force")]
        constraints = [
            # Coalesced because a null differs from every other null.
            models.UniqueConstraint(
                F("contest"),
                Coalesce("round", 0),
                Coalesce("category", 0),
                F("kind"),
                condition=Q(is_current=True),
                name="one_current_ranking_of_a_table",
            ),
            models.CheckConstraint(condition=Q(kind="live") | Q(number__gte=1), name="frozen_ranking_is_numbered"),
            models.CheckConstraint(
                condition=~Q(kind="frozen", number__gt=1) | ~Q(reason=""), name="a_second_ranking_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.contest} · {self.computed_at:%d/%m %H:%M}"

    @property
    def folder(self) -> str:
        return f"contests/{self.contest.uuid}/{self.uuid}"


class Prize(models.Model):
    """What can be won: a rank or a stretch of ranks, or a place among schools."""

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", _("for one person")
        COLLECTIVE = "collective", _("for a school")

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="prizes")
    # In each round, or in the contest as a whole.
    per_round = models.BooleanField(default=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.INDIVIDUAL)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=120)
    count = models.PositiveSmallIntegerField(_("number of prizes"), default=1)
    value = models.CharField(_("prize"), max_length=120, blank=True)
    # What a school earns by a pupil who wins it.
    points = models.PositiveSmallIntegerField(_("points for the school"), default=0)

    class Meta:
        verbose_name = _("prize")
        verbose_name_plural = _("prizes")
        ordering = ["kind", "per_round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "kind", "per_round", "position"], name="prize_position_once"),
            models.CheckConstraint(condition=Q(count__gte=1), name="prize_is_given_once_at_least"),
        ]

    def __str__(self):
        return self.title


class Award(models.Model):
    """A prize given by a ranking, to a person or to a school."""

    ranking = models.ForeignKey(Ranking, on_delete=models.PROTECT, related_name="awards")
    prize = models.ForeignKey(Prize, on_delete=models.PROTECT, related_name="awards")
    rank = models.PositiveIntegerField()
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="awards")
    school_key = models.UUIDField(null=True, blank=True)
    # Name of the school as it was.
    unit_name = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("contest", "award")
        verbose_name_plural = _("awards")
        ordering = ["prize__kind", "prize__position", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["ranking", "entry"], condition=Q(entry__isnull=False), name="one_award_each"
            ),
            models.CheckConstraint(
                condition=Q(entry__isnull=False, school_key=None) | Q(entry=None, school_key__isnull=False),
                name="award_is_of_a_person_or_a_school",
            ),
        ]

    def __str__(self):
        return f"{self.prize} · {self.rank}"


class Appeal(models.Model):
    """An entrant's objection to a result, and what an officer decided."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        UPHELD = "upheld", _("Upheld")
        REJECTED = "rejected", pgettext_lazy("appeal", "Rejected")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="appeals")
    ranking = models.ForeignKey(Ranking, on_delete=models.PROTECT, related_name="appeals")
    text = models.TextField(_("what is wrong"), max_length=2000)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(_("decision"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "ranking"], name="one_appeal_against_a_ranking"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None, decision="")
                | (
                    Q(state__in=["upheld", "rejected"], decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decision="")
                ),
                name="appeal_decided_by_somebody_with_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.entry_id} · {self.state}"
