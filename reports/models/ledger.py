"""The projection behind the coverage ledger (product.md §9): who was reached, and how many they are.

`Reach` has a row a person and school year with the first time of each step and the place of that moment. `ClassTally` and
`WeekTally` count those rows; `RosterCount` counts class lists. All of them can be worked out again from the records of
`courses` (`rebuild_progress`), and nothing else writes them but reports.operations.ledger.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

STEPS = ("reached", "started", "finished", "passed")


class Move(models.Model):
    """News of somebody's progress that the ledger has not taken in yet. Written with the progress itself, so that none is
    lost; folded in by a task within the minute. One insert on the hot path, no row that two pupils would wait for."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    school_year = models.CharField(max_length=9)
    at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True
    is_projection = True

    class Meta:
        verbose_name = _("move")
        verbose_name_plural = _("moves")

    def __str__(self):
        return f"{self.user_id} {self.school_year}"


class Reach(models.Model):
    """A person reached in a school year. Class, grade, level, school and unit are of the moment they were reached; the
    language is that of the lesson they were reached in. A time is the first one of the year."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    school_year = models.ForeignKey("schools.SchoolYear", on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    class_key = models.UUIDField()
    grade = models.PositiveSmallIntegerField(default=0)
    level = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=12, blank=True)
    reached_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True
    # Worked out anew when two accounts are merged, never handed on as a row.
    is_projection = True

    class Meta:
        verbose_name = _("person reached")
        verbose_name_plural = _("people reached")
        constraints = [
            # A person counts once in a year, whatever they do and wherever they move.
            models.UniqueConstraint(fields=["user", "school_year"], name="reach_once_a_year"),
            models.CheckConstraint(
                condition=Q(started_at=None) | Q(started_at__gte=F("reached_at")), name="reach_comes_before_the_start"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(started_at__isnull=False, finished_at__gte=F("started_at")),
                name="reach_finished_was_started",
            ),
            models.CheckConstraint(
                condition=Q(passed_at=None) | Q(started_at__isnull=False, passed_at__gte=F("started_at")),
                name="reach_passed_was_started",
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.school_year_id}"


class Tally(models.Model):
    """People counted; every later step counts some of those of the first."""

    school_year = models.ForeignKey("schools.SchoolYear", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("schools.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    reached = models.PositiveIntegerField(default=0)
    started = models.PositiveIntegerField(default=0)
    finished = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)

    wagtail_reference_index_ignore = True
    is_projection = True

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.school_id}: {self.reached}"

    def in_order(self) -> bool:
        """Whether no later step counts more people than an earlier one. In one week it may."""
        return True


class ClassTally(Tally):
    """People reached of one class by the language they were reached in: what every page of the ledger adds up."""

    class_key = models.UUIDField()
    grade = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=12, blank=True)

    class Meta:
        verbose_name = _("count of a class")
        verbose_name_plural = _("counts of classes")
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "school", "class_key", "grade", "level", "language"], name="class_tally_once"
            ),
            models.CheckConstraint(
                condition=Q(started__lte=F("reached"), finished__lte=F("started"), passed__lte=F("started")),
                name="class_tally_steps_in_order",
            ),
        ]

    def in_order(self) -> bool:
        return self.reached >= self.started >= max(self.finished, self.passed)


class WeekTally(Tally):
    """How many of a school took each step in a week (from its Monday): the trend."""

    week = models.DateField()

    class Meta:
        verbose_name = _("count of a week")
        verbose_name_plural = _("counts of weeks")
        constraints = [
            models.UniqueConstraint(fields=["school_year", "school", "week"], name="week_tally_once"),
        ]


class RosterCount(models.Model):
    """Pupils on the list of a class when it was counted last; beside the roll, never instead of it."""

    school_year = models.ForeignKey("schools.SchoolYear", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("schools.School", on_delete=models.PROTECT, related_name="+", db_index=False)
    class_key = models.UUIDField()
    grade = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=12, blank=True)
    pupils = models.PositiveIntegerField()
    counted_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True
    is_projection = True

    class Meta:
        verbose_name = _("count of a roster")
        verbose_name_plural = _("counts of rosters")
        constraints = [
            models.UniqueConstraint(fields=["school_year", "school", "class_key"], name="roster_count_once"),
        ]

    def __str__(self):
        return f"{self.school_id}: {self.pupils}"
