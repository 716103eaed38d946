"""What happens to marks after an attempt has ended: marking by a person, cancelled questions, results computed anew."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quizzes.models.attempts import Attempt


class Marking(models.Model):
    """What a person gave one answer. Rows are only added; the newest of an answer counts.

    `points_by_criterion` is {criterion uuid: points}, empty without a rubric.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="markings")
    question_key = models.UUIDField()
    fraction = models.DecimalField(max_digits=7, decimal_places=6)
    points_by_criterion = models.JSONField(default=dict)
    comment = models.TextField(_("comment"), blank=True)
    marker = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("marking")
        verbose_name_plural = _("markings")
        indexes = [models.Index(fields=["attempt", "question_key", "-marked_at"], name="marking_of_an_answer")]
        constraints = [
            models.CheckConstraint(condition=Q(fraction__gte=0, fraction__lte=1), name="marking_fraction_0_to_1"),
        ]

    def __str__(self):
        return f"{self.attempt_id} {self.question_key}"


class Cancellation(models.Model):
    """A question that earns full marks for all who were asked it; withdrawing it counts their answers again."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    quiz_key = models.UUIDField()
    question_key = models.UUIDField()
    reason = models.CharField(_("reason"), max_length=300)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("cancelled question")
        verbose_name_plural = _("cancelled questions")
        constraints = [
            models.UniqueConstraint(
                fields=["quiz_key", "question_key"],
                condition=Q(withdrawn_at=None),
                name="question_cancelled_once_in_a_quiz",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="cancellation_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.quiz_key} {self.question_key}"


class EarlierResult(models.Model):
    """The result an attempt had before it was computed anew: nothing that was ever shown is lost."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="earlier_results")
    score = models.DecimalField(max_digits=8, decimal_places=2)
    max_score = models.DecimalField(max_digits=8, decimal_places=2)
    passed = models.BooleanField()
    reason = models.CharField(max_length=300)
    # The job that computed it anew: run again after it was killed, it keeps the old result no second time.
    change_key = models.UUIDField(null=True)
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("earlier result")
        verbose_name_plural = _("earlier results")
        ordering = ["replaced_at", "pk"]
        indexes = [models.Index(fields=["change_key"], name="results_of_a_change")]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "change_key"], name="earlier_result_once_a_change"),
        ]

    def __str__(self):
        return f"{self.attempt_id} {self.score}"


class ReviewCard(models.Model):
    """A question a pupil missed, and when it comes up again (spaced review): one day, then 3, 7, 14, 30.

    `paper_id` and `options` name the wording that was missed, so that the card is shown as it was taken.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="review_cards")
    quiz_key = models.UUIDField()
    question_key = models.UUIDField()
    paper = models.ForeignKey("quizzes.Paper", on_delete=models.PROTECT, related_name="+")
    box = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField()
    missed = models.PositiveSmallIntegerField(default=1)
    last_seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("card to review")
        verbose_name_plural = _("cards to review")
        indexes = [models.Index(fields=["user", "due_on"], name="cards_due")]
        constraints = [
            models.UniqueConstraint(fields=["user", "question_key"], name="one_card_of_a_question"),
        ]

    def __str__(self):
        return f"{self.user_id} {self.question_key}"
