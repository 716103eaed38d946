"""Contests: one engine for knowledge, works and communicator contests. Rules are rows, never code (product.md §8)."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Contest(models.Model):
    class Kind(models.TextChoices):
        KNOWLEDGE = "knowledge", _("Knowledge")
        WORKS = "works", _("Works")
        COMMUNICATOR = "communicator", _("Communicators")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", pgettext_lazy("contest", "Open")
        CLOSED = "closed", _("Closed")
        JUDGING = "judging", _("Judging")
        MODERATED = "moderated", _("Moderated")
        PUBLISHED = "published", _("Results published")
        ARCHIVED = "archived", _("Archived")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    organiser = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="contests")

    class Meta:
        verbose_name = _("contest")
        verbose_name_plural = _("contests")

    def __str__(self):
        return self.title


class RulesVersion(models.Model):
    """A text of the rules that entrants accept; a change after opening is a new version."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="rules_versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("text"))
    order = models.JSONField(_("tie-breaks"), default=list)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contest", "number"], name="rules_version_once")]

    def __str__(self):
        return f"{self.contest} · {self.number}"


class Stage(models.Model):
    class Kind(models.TextChoices):
        QUIZ = "quiz", pgettext_lazy("kind of contest", "Quiz")
        SUBMISSION = "submission", _("Submission")
        LIVE = "live", _("Live score sheet")

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="stages")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["contest", "position"], name="stage_position_once")]

    def __str__(self):
        return self.title


class Round(models.Model):
    class Level(models.TextChoices):
        WEEK = "week", _("Week")
        CLASS = "class", _("Class")
        SCHOOL = "school", _("School")
        COMMUNE = "commune", pgettext_lazy("level of a round", "Commune")
        PROVINCE = "province", _("Province")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=8, choices=Level)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "number"], name="round_number_once"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_closes_after_it_opens"),
        ]

    def __str__(self):
        return f"{self.stage} · {self.number}"


class Category(models.Model):
    """A track with its own audience, form and rubric."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="categories")
    slug = models.SlugField(max_length=60)
    title = models.CharField(_("title"), max_length=200)
    team_min = models.PositiveSmallIntegerField(default=1)
    team_max = models.PositiveSmallIntegerField(default=1)
    eligibility = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.UniqueConstraint(fields=["contest", "slug"], name="category_slug_once"),
            models.CheckConstraint(
                condition=Q(team_max__gte=F("team_min"), team_min__gte=1), name="team_size_in_order"
            ),
        ]

    def __str__(self):
        return self.title
