"""Contests: one engine for knowledge, works and communicator contests. Rules are rows, never code (product.md §8)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ContestQuerySet(models.QuerySet):
    def managed_by(self, user):
        """Contests `user` looks after: as secretary or officer, below their unit; all of them as a superuser."""
        from contests.permissions import managed_units

        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(managed_units(user, "organiser__path"))

    def visible_to(self, user):
        """Everybody sees what was announced; drafts are seen by who looks after them."""
        shown = self.exclude(state=Contest.State.DRAFT)
        return shown | self.managed_by(user) if user.is_authenticated else shown


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
    summary = models.TextField(_("in a few sentences"), blank=True)
    who_may_enter = models.TextField(_("who may enter, in plain words"), blank=True)
    # Questions people ask before they enter: a question in a line of its own, its answer below, an empty line between two.
    faq = models.TextField(_("frequently asked questions"), blank=True, max_length=10_000)
    # Of which day somebody's class, school and age count.
    reference_date = models.DateField(_("reference date"), default=timezone.localdate)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ContestQuerySet.as_manager()

    class Meta:
        verbose_name = _("contest")
        verbose_name_plural = _("contests")

    def __str__(self):
        return self.title

    @property
    def takes_works(self) -> bool:
        """Whether works are handed in and judged: in a contest of works always, in one of communicators by its stages."""
        if self.kind == Contest.Kind.COMMUNICATOR:
            return self.stages.filter(kind=Stage.Kind.SUBMISSION).exists()
        return self.kind == Contest.Kind.WORKS


class ContestStep(models.Model):
    """One move of a contest from state to state, signed by a named officer. States only go forward."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="steps")
    from_state = models.CharField(max_length=10, choices=Contest.State)
    to_state = models.CharField(max_length=10, choices=Contest.State)
    # Places in the order of states, so that the database can refuse a step back.
    from_place = models.PositiveSmallIntegerField()
    to_place = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The name as it was signed: people marry, minutes stay.
    signed_name = models.CharField(_("signed by"), max_length=160)
    note = models.CharField(_("remark"), max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["to_place"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "to_state"], name="contest_state_reached_once"),
            models.CheckConstraint(condition=Q(to_place__gt=F("from_place")), name="contest_only_goes_forward"),
            models.CheckConstraint(condition=~Q(signed_name=""), name="contest_step_is_signed"),
        ]

    def __str__(self):
        return f"{self.contest} → {self.to_state}"


class RulesVersion(models.Model):
    """A text of the rules that entrants accept; a change after opening is a new version."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="rules_versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("text"))
    order = models.JSONField(_("tie-breaks"), default=list)
    # What a program must know of the rules; `contests.rules.Rules` reads it.
    terms = models.JSONField(default=dict)
    # What changed against the version before, for those who are asked again.
    changes = models.CharField(_("what changed"), max_length=500, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["number"]
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

    class Way(models.TextChoices):
        RANK = "rank", pgettext_lazy("way on", "the best of each unit, by the frozen ranking")
        UNIT = "unit", pgettext_lazy("way on", "each school or class chooses its own")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=8, choices=Level)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    title = models.CharField(_("title"), max_length=200, blank=True)
    # So many of each unit of the round's level go on to the next round.
    quota_per_unit = models.PositiveIntegerField(_("places per unit"), null=True, blank=True)
    promotes_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="promoted_from"
    )
    way_on = models.CharField(_("who goes on"), max_length=4, choices=Way, default=Way.RANK)
    # Decides what nothing else does. Secret until the round closes; its digest is shown from the opening on.
    lot_seed = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "number"], name="round_number_once"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_closes_after_it_opens"),
            models.CheckConstraint(
                condition=Q(promotes_to=None) | Q(quota_per_unit__gte=1), name="round_that_promotes_has_a_quota"
            ),
            models.CheckConstraint(
                condition=~Q(way_on="unit") | Q(level__in=["class", "school"]),
                name="who_chooses_is_a_school_or_a_class",
            ),
            models.CheckConstraint(
                condition=Q(promotes_to=None) | ~Q(promotes_to=F("pk")), name="round_does_not_promote_to_itself"
            ),
        ]

    def __str__(self):
        return f"{self.stage} · {self.number}"


class Category(models.Model):
    """A track with its own audience, form and rubric."""

    class Mentor(models.TextChoices):
        NONE = "none", pgettext_lazy("mentor", "none")
        OPTIONAL = "optional", pgettext_lazy("mentor", "may be named")
        REQUIRED = "required", pgettext_lazy("mentor", "must be named")

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="categories")
    slug = models.SlugField(max_length=60)
    title = models.CharField(_("title"), max_length=200)
    team_min = models.PositiveSmallIntegerField(default=1)
    team_max = models.PositiveSmallIntegerField(default=1)
    # `contests.eligibility.Eligibility` reads it.
    eligibility = models.JSONField(default=dict, blank=True)
    # Of a team in a category for works: all of one school, and with whom as the mentor.
    same_school = models.BooleanField(_("all members of one school"), default=True)
    mentor = models.CharField(_("mentor"), max_length=8, choices=Mentor, default=Mentor.OPTIONAL)
    # Whether people without a school account may enter.
    open_track = models.BooleanField(_("open to people without an account"), default=False)

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


class RoundQuiz(models.Model):
    """What a category is asked in a round. Officials and citizens may be asked from different banks."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="quizzes")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="quizzes")
    quiz_key = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "category"], name="one_quiz_of_a_category_in_a_round")]

    def __str__(self):
        return f"{self.round} · {self.category}"
