"""What people take: papers, the windows in which they may be taken, attempts and answers. Knows nothing of Wagtail."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Paper(models.Model):
    """A quiz frozen in all its languages, with the right answers. Rows never change; only `is_current` moves on.

    `document` is {"title": {lang: text}, "description": {lang: text}, "settings": {...}, "questions": [question],
    "draws": [{"ids", "count", "points"}]}; see `quizzes.papers` for the reader.
    """

    quiz_key = models.UUIDField()
    version = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    document = models.JSONField()
    is_current = models.BooleanField(default=True)
    frozen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        constraints = [
            models.UniqueConstraint(fields=["quiz_key", "version"], name="paper_version_once"),
            # Setting a quiz back to an earlier wording brings the earlier paper back.
            models.UniqueConstraint(fields=["quiz_key", "content_hash"], name="paper_content_once"),
            models.UniqueConstraint(
                fields=["quiz_key"], condition=Q(is_current=True), name="one_current_paper_of_a_quiz"
            ),
        ]

    def __str__(self):
        return f"{self.quiz_key} v{self.version}"

    def save(self, *args, **kwargs):
        if self.pk and set(kwargs.get("update_fields") or ["document"]) - {"is_current"}:
            raise TypeError("A paper never changes: freeze a new one.")
        super().save(*args, **kwargs)


class Opening(models.Model):
    """A window in which a quiz may be taken, made by the room that gives it: a lesson, an assignment, a contest round.

    `audience` is {"kind": "everyone"}, {"kind": "users" | "classes" | "schools" | "units", "keys": [uuid, …]}, or
    {"kind": "by_operation"}: then only `start_attempt(opening=…)` opens it, after the caller's own checks.
    """

    class Kind(models.TextChoices):
        OPEN = "open", _("Open to all")
        LESSON = "lesson", _("Lesson")
        ASSIGNMENT = "assignment", _("Assignment")
        CONTEST = "contest", _("Contest")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    quiz_key = models.UUIDField()
    context_kind = models.CharField(max_length=20)
    context_key = models.CharField(max_length=80)
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts allowed"), null=True, blank=True)
    time_limit_seconds = models.PositiveIntegerField(_("time limit in seconds"), null=True, blank=True)
    grace_seconds = models.PositiveSmallIntegerField(_("grace in seconds"), default=120)
    audience = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        constraints = [
            models.UniqueConstraint(
                fields=["quiz_key", "context_kind", "context_key"], name="opening_once_in_a_context"
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="opening_closes_after_it_opens",
            ),
            models.CheckConstraint(condition=Q(attempts=None) | Q(attempts__gte=1), name="opening_allows_an_attempt"),
            models.CheckConstraint(
                condition=Q(time_limit_seconds=None) | Q(time_limit_seconds__gte=60),
                name="opening_limit_is_a_minute_or_more",
            ),
        ]

    def __str__(self):
        return f"{self.context_kind} {self.context_key}"


class Allowance(models.Model):
    """More time, more attempts or a later end for one pupil, a class or a commune; the reason is kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    opening = models.ForeignKey(Opening, on_delete=models.CASCADE, related_name="allowances")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="quiz_allowances"
    )
    class_key = models.UUIDField(null=True, blank=True)
    unit_key = models.UUIDField(null=True, blank=True)
    extra_seconds = models.PositiveIntegerField(default=0)
    extra_attempts = models.PositiveSmallIntegerField(default=0)
    closes_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        indexes = [models.Index(fields=["opening", "user"], name="allowance_of_a_pupil")]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, class_key=None, unit_key=None)
                | Q(user=None, class_key__isnull=False, unit_key=None)
                | Q(user=None, class_key=None, unit_key__isnull=False),
                name="allowance_is_for_one_pupil_class_or_unit",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="allowance_has_a_reason"),
        ]

    def __str__(self):
        return self.reason


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own attempts; a teacher's view goes through `quizzes.permissions`."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class Attempt(models.Model):
    """One try of one person: the questions and their order are fixed at start, the deadline by the server.

    While it runs, answers live in `answers` ({question: {"seq", "value", "answered_at", "late"}}), so that a save is
    one read and one write however long the quiz; `Answer` rows are written in one statement when it ends. No foreign
    key leads to what editors write, and class, school, unit and year are those of the moment.
    """

    class State(models.TextChoices):
        OPEN = "open", _("In progress")
        SUBMITTED = "submitted", _("Submitted")
        CLOSED = "closed", _("Closed when time was up")

    class Entered(models.TextChoices):
        """How the answers came in. Of a total there are no answers: its score is what the teacher typed."""

        ONLINE = "online", _("Online")
        ANSWERS = "answers", _("On paper")
        TOTAL = "total", _("On paper, total only")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Every index is written three times a quiz: none where another begins with the same column, or nobody asks.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="quiz_attempts", db_index=False
    )
    quiz_key = models.UUIDField()
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    # Whose key marked it, where that is not the paper that was asked (`operations.corrections`).
    graded_by = models.ForeignKey(Paper, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="taken")
    context_kind = models.CharField(max_length=20)
    context_key = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    idempotency_key = models.CharField(max_length=200)
    language = models.CharField(max_length=12, default="vi")

    started_at = models.DateTimeField(default=timezone.now)
    deadline = models.DateTimeField(null=True)
    grace_seconds = models.PositiveSmallIntegerField(default=120)
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # When its misses became cards of review; until then a task has still to look at it.
    noted_at = models.DateTimeField(null=True, editable=False)

    questions = models.JSONField()
    answers = models.JSONField(default=dict)
    answered = models.PositiveSmallIntegerField(default=0)
    score = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    max_score = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    passed = models.BooleanField(null=True)
    late_sync = models.BooleanField(default=False)
    # A person has still to mark one of its answers; the score so far is without it.
    needs_marking = models.BooleanField(default=False)
    receipt_code = models.CharField(max_length=16, null=True)
    entered = models.CharField(max_length=8, choices=Entered, default=Entered.ONLINE)

    school_year = models.CharField(max_length=9, blank=True)
    class_key = models.UUIDField(null=True)
    school_key = models.UUIDField(null=True)
    unit_key = models.UUIDField(null=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            models.Index(fields=["deadline"], condition=Q(state="open"), name="attempt_due"),
            models.Index(fields=["closed_at"], condition=~Q(state="open") & Q(noted_at=None), name="attempt_to_note"),
            models.Index(fields=["quiz_key", "class_key"], name="attempt_of_a_class"),
            models.Index(fields=["user", "quiz_key"], name="attempt_of_a_pupil"),
            models.Index(fields=["quiz_key"], condition=Q(needs_marking=True), name="attempt_to_mark"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "opening", "number"], name="attempt_number_once"),
            models.UniqueConstraint(fields=["user", "opening"], condition=Q(state="open"), name="one_open_attempt"),
            models.UniqueConstraint(fields=["receipt_code"], name="receipt_code_once"),
            # A repeated start finds the attempt the first one made.
            models.UniqueConstraint(fields=["user", "idempotency_key"], name="attempt_start_once"),
            models.CheckConstraint(
                condition=Q(state="open", receipt_code=None, score=None, passed=None, submitted_at=None, closed_at=None)
                | Q(
                    state="submitted",
                    receipt_code__isnull=False,
                    score__isnull=False,
                    submitted_at__isnull=False,
                    closed_at__isnull=False,
                )
                | Q(
                    state="closed",
                    receipt_code__isnull=False,
                    score__isnull=False,
                    submitted_at=None,
                    closed_at__isnull=False,
                ),
                name="ended_attempt_has_score_time_and_receipt",
            ),
            # Paper is typed in when it is done: there is nothing to go on with.
            models.CheckConstraint(
                condition=Q(entered="online") | Q(state="submitted"), name="attempt_on_paper_is_done"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=F("max_score")), name="score_within_the_maximum"
            ),
        ]

    def __str__(self):
        return f"{self.uuid} {self.state}"

    @property
    def on_paper(self) -> bool:
        return self.entered != self.Entered.ONLINE

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Answer(models.Model):
    """One answer of an ended attempt, for item analysis. `fraction` is 0…1; null while it waits for a person's mark."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answer_rows", db_index=False)
    question_key = models.UUIDField()
    value = models.JSONField()
    seq = models.PositiveIntegerField()
    answered_at = models.DateTimeField()
    fraction = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    late = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        indexes = [models.Index(fields=["question_key"], name="answer_item_analysis")]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question_key"], name="answer_once"),
            models.CheckConstraint(
                condition=Q(fraction=None) | Q(fraction__gte=0, fraction__lte=1), name="answer_fraction_0_to_1"
            ),
        ]

    def __str__(self):
        return f"{self.attempt_id} {self.question_key}"


class EarlierReceipt(models.Model):
    """The receipt of an attempt that was reopened: the slip in the pupil's hand stays verifiable."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="earlier_receipts")
    code = models.CharField(max_length=16, unique=True)
    state = models.CharField(max_length=10, choices=Attempt.State)
    answered = models.PositiveSmallIntegerField()
    score = models.DecimalField(max_digits=8, decimal_places=2)
    max_score = models.DecimalField(max_digits=8, decimal_places=2)
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("earlier receipt")
        verbose_name_plural = _("earlier receipts")

    def __str__(self):
        return self.code
