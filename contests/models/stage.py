"""Contests on a stage: the parts of a performance, whose turn it is, the judges' sheets, the time, and corrections.

A live stage has parts with their criteria; a round of it has turns, one a team. Points are whole marks, not percent: 20, 30,
30 and 20 make a hundred, as the rules of such contests write them.
"""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contests.models.contests import Round, Stage
from contests.models.entries import Entry
from contests.models.jury import Conflict, Juror
from contests.models.teams import Team

# Nobody is on a stage longer than this; a timer that ran on through the night says nothing.
LONGEST_SECONDS = 4 * 3600


class Part(models.Model):
    """A part of the performance, as the greeting or the skit. Whoever overruns loses `penalty_points` for each begun
    `penalty_step` seconds after the grace, at most `penalty_most`.
    """

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="parts")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=120)
    # Empty: no limit, and so no penalty.
    limit_seconds = models.PositiveIntegerField(_("time limit"), null=True, blank=True)
    grace_seconds = models.PositiveIntegerField(_("grace"), default=0)
    penalty_step = models.PositiveIntegerField(_("for each begun"), default=60)
    penalty_points = models.DecimalField(
        _("points off"), max_digits=5, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    penalty_most = models.DecimalField(_("points off at most"), max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("stage", "part")
        verbose_name_plural = pgettext_lazy("stage", "parts")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "key"], name="stage_part_key_once"),
            models.UniqueConstraint(fields=["stage", "position"], name="stage_part_position_once"),
            models.CheckConstraint(
                condition=Q(limit_seconds=None) | Q(limit_seconds__gte=10, limit_seconds__lte=LONGEST_SECONDS),
                name="stage_part_has_a_sensible_limit",
            ),
            models.CheckConstraint(
                condition=Q(penalty_points=0)
                | Q(penalty_points__gt=0, limit_seconds__isnull=False, penalty_step__gte=1),
                name="stage_penalty_needs_a_limit",
            ),
            models.CheckConstraint(
                condition=Q(penalty_most=None) | Q(penalty_most__gte=F("penalty_points")),
                name="stage_penalty_reaches_its_first_step",
            ),
        ]

    def __str__(self):
        return self.title


class Mark(models.Model):
    """A criterion of a part, with the most points it brings."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="marks")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("what is looked at"), max_length=200)
    top = models.DecimalField(_("most points"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = pgettext_lazy("stage", "criterion")
        verbose_name_plural = pgettext_lazy("stage", "criteria")
        ordering = ["part__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["part", "position"], name="stage_mark_position_once"),
            models.CheckConstraint(condition=Q(top__gt=0), name="stage_mark_brings_points"),
        ]

    def __str__(self):
        return self.title


class Turn(models.Model):
    """A team in a round: its place in the order, whether it is on stage, and when its points were read out.

    `entry` is the leader's: under its code the team stands in rankings.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("turn", "Waiting")
        ON = "on", pgettext_lazy("turn", "On stage")
        DONE = "done", pgettext_lazy("turn", "Has performed")
        ABSENT = "absent", pgettext_lazy("turn", "Did not come")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="turns")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="turns")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="turns")
    # Empty until lots are drawn.
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # What is being shown; empty between two parts.
    part = models.ForeignKey(Part, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True)
    revealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = pgettext_lazy("stage", "turn")
        verbose_name_plural = pgettext_lazy("stage", "turns")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "team"], name="one_turn_of_a_team"),
            models.UniqueConstraint(fields=["round", "entry"], name="one_turn_of_an_entry"),
            models.UniqueConstraint(fields=["round", "position"], name="turn_position_once"),
            models.UniqueConstraint(fields=["round"], condition=Q(state="on"), name="one_team_on_stage"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "absent"], began_at=None, ended_at=None)
                | Q(state="on", began_at__isnull=False, ended_at=None, position__isnull=False)
                | Q(state="done", began_at__isnull=False, ended_at__isnull=False, position__isnull=False),
                name="turn_begins_and_ends_in_order",
            ),
            models.CheckConstraint(condition=Q(part=None) | Q(state="on"), name="only_who_is_on_stage_shows_a_part"),
            models.CheckConstraint(condition=~Q(state="absent") | ~Q(reason=""), name="absent_team_has_a_reason"),
            models.CheckConstraint(
                condition=Q(revealed_at=None, revealed_by=None)
                | Q(revealed_at__isnull=False, revealed_by__isnull=False, state="done"),
                name="points_are_read_out_after_the_performance",
            ),
        ]

    def __str__(self):
        return self.team.name or self.team.unit_name or self.entry.code


class TurnOrder(models.Model):
    """The order of a round as it was drawn, and as the secretary changed it. Never changed: the last one is in force."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="orders")
    number = models.PositiveSmallIntegerField()
    # Of the drawing: whoever knows it can draw again (`contests.jury.performing.drawn`). A change has none.
    seed = models.CharField(max_length=64, blank=True)
    # Entry codes in their order.
    codes = models.JSONField()
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="order_of_turns_once"),
            models.CheckConstraint(
                condition=Q(number=1) & ~Q(seed="") | Q(number__gt=1) & ~Q(reason=""),
                name="changed_order_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.round_id} · {self.number}"


class TurnConflict(models.Model):
    """A conflict of interest with a team, told by somebody. Schools, classes and mentors are known without it."""

    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="turn_conflicts")
    turn = models.ForeignKey(Turn, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField(max_length=6, choices=Conflict.Kind)
    note = models.CharField(_("remark"), max_length=300, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["juror", "turn"], name="turn_conflict_told_once")]

    def __str__(self):
        return f"{self.juror_id} × {self.turn_id}"


class Sheet(models.Model):
    """One judge's sheet for one turn. Locked by the judge; afterwards only corrections stand beside it.

    `keyed_by`: the secretary, who typed it from the paper the judge signed.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("score sheet", "Being filled in")
        LOCKED = "locked", pgettext_lazy("score sheet", "Locked")
        EXCUSED = "excused", pgettext_lazy("score sheet", "Does not count")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    turn = models.ForeignKey(Turn, on_delete=models.PROTECT, related_name="sheets")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="sheets")
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("score sheet")
        verbose_name_plural = _("score sheets")
        ordering = ["juror_id"]
        constraints = [
            models.UniqueConstraint(fields=["turn", "juror"], name="one_sheet_of_a_judge"),
            models.CheckConstraint(
                condition=Q(state="locked", locked_at__isnull=False) | (~Q(state="locked") & Q(locked_at=None)),
                name="sheet_locked_at_some_time",
            ),
            models.CheckConstraint(condition=~Q(state="excused") | ~Q(reason=""), name="excused_sheet_says_why"),
            models.CheckConstraint(condition=Q(keyed_by=None) | Q(state="locked"), name="keyed_sheet_is_locked"),
        ]

    def __str__(self):
        return f"{self.turn_id} · {self.juror_id}"


class Points(models.Model):
    """What a judge gave in one criterion. `seq` is counted by the judge's device: what arrives twice changes nothing, and
    what arrives late does not overwrite what is newer.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="points")
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="points")
    seq = models.PositiveIntegerField()
    # Empty: typed and taken away again.
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, null=True)
    # The most there was to get, kept here so that the database can hold the points to it.
    top = models.DecimalField(max_digits=5, decimal_places=2)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "mark"], name="stage_points_of_a_criterion_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="stage_points_are_counted"),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__gte=0, points__lte=F("top")),
                name="stage_points_within_their_scale",
            ),
        ]

    def __str__(self):
        return f"{self.sheet_id} · {self.points}"


class Timing(models.Model):
    """How long a part took, by the timekeeper. Without `seconds` it is running."""

    turn = models.ForeignKey(Turn, on_delete=models.PROTECT, related_name="timings")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="timings")
    seq = models.PositiveIntegerField()
    # By the server's clock, as well as the device could tell it.
    started_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["turn", "part"], name="time_of_a_part_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="time_is_counted"),
            models.CheckConstraint(
                condition=Q(seconds=None) | Q(seconds__lte=LONGEST_SECONDS), name="time_ends_the_same_evening"
            ),
        ]

    def __str__(self):
        return f"{self.turn_id} · {self.part_id}"


class Correction(models.Model):
    """Other points for one criterion of a locked sheet, or another time for a part, with the reason.

    Never changed and never deleted: the last one counts, what was there before stays where it is.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    turn = models.ForeignKey(Turn, on_delete=models.PROTECT, related_name="corrections")
    sheet = models.ForeignKey(Sheet, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    mark = models.ForeignKey(Mark, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, null=True, blank=True)
    part = models.ForeignKey(Part, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seconds = models.PositiveIntegerField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="correction_says_why"),
            models.CheckConstraint(
                condition=Q(sheet__isnull=False, mark__isnull=False, points__gte=0, part=None, seconds=None)
                | Q(sheet=None, mark=None, points=None, part__isnull=False, seconds__lte=LONGEST_SECONDS),
                name="correction_is_of_points_or_of_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.turn_id} · {self.reason[:40]}"

    @property
    def clock(self) -> str:
        """The corrected time: 5:07."""
        return f"{self.seconds // 60}:{self.seconds % 60:02}" if self.seconds is not None else ""
