"""Surveys that people answer without an account (product.md §10, plan III.4.e and V.2.b)."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CODE_LENGTH = 6


class SurveyQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Surveys `user` may build and read the results of (support.permissions)."""
        from support.permissions import surveys_of

        return self.filter(surveys_of(user))

    def taking(self, now=None):
        """Surveys anybody may answer now."""
        now = now or timezone.now()
        return self.filter(
            Q(opens_at=None) | Q(opens_at__lte=now),
            Q(closes_at=None) | Q(closes_at__gt=now),
            state=Survey.State.LIVE,
        )


class Survey(models.Model):
    """A survey of one moment. `questions` and `texts` are what editors work on; people answer a version of it that never
    changes (SurveyVersion). Surveys with one `lineage` are the waves of one: their questions keep their keys."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("survey", "Being written")
        LIVE = "live", pgettext_lazy("survey", "In force")
        CLOSED = "closed", pgettext_lazy("survey", "Closed")

    class Purpose(models.TextChoices):
        SATISFACTION = "satisfaction", _("Satisfaction")
        NEED = "need", pgettext_lazy("survey", "Needs")
        LESSON = "lesson", _("Rating of lessons")
        OTHER = "other", pgettext_lazy("survey", "Something else")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    # Printed on posters and read out: letters that are not taken for each other.
    code = models.CharField(max_length=8, null=True, blank=True, unique=True)
    title = models.CharField(_("title"), max_length=200)
    # For whom it is meant, a slug of the vocabulary; empty: everybody.
    audience = models.SlugField(max_length=60, blank=True)
    questions = models.JSONField(default=list)
    # {language: {"title", "intro", "thanks"}}; the main language is always there.
    texts = models.JSONField(default=dict)
    language = models.CharField(_("main language"), max_length=20, default="vi")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose, default=Purpose.OTHER)
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    # The version in force; 0 while nothing was ever in force.
    number = models.PositiveSmallIntegerField(default=0)
    lineage = models.UUIDField(default=uuid4)
    wave = models.PositiveSmallIntegerField(default=1)
    unit = models.ForeignKey("schools.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="surveys")
    asks_audience = models.BooleanField(default=False)
    asks_unit = models.BooleanField(default=False)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    results_public_at = models.DateTimeField(null=True, blank=True)
    # What becomes of it was told («Ý kiến và thay đổi»), or that nothing is changed because of it.
    followed_up_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        indexes = [models.Index(fields=["state", "purpose"], name="survey_in_force")]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="survey_closes_after_it_opens",
            ),
            models.UniqueConstraint(fields=["lineage", "wave"], name="survey_wave_once"),
            models.CheckConstraint(condition=Q(wave__gte=1), name="survey_wave_from_one"),
            # What people answer is a version.
            models.CheckConstraint(condition=Q(state="draft") | Q(number__gte=1), name="survey_in_force_has_a_version"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at=None),
                name="closed_survey_has_a_time",
            ),
            # While people answer, a figure that moves by one tells what the last of them said.
            models.CheckConstraint(
                condition=Q(results_public_at=None) | Q(state="closed"), name="survey_results_public_when_closed"
            ),
            models.CheckConstraint(
                condition=Q(followed_up_at=None) | Q(state="closed"), name="survey_followed_up_when_closed"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_taking(self) -> bool:
        now = timezone.now()
        opened = self.opens_at is None or self.opens_at <= now
        return self.state == self.State.LIVE and opened and (self.closes_at is None or now < self.closes_at)

    @property
    def begins_later(self) -> bool:
        return self.state == self.State.LIVE and self.opens_at is not None and self.opens_at > timezone.now()

    @property
    def path(self) -> str:
        """The short address on posters and in QR codes."""
        return f"/k/{self.code}"


class SurveyVersion(models.Model):
    """Questions and words as they were put in force. Written once; an edit makes the next one."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    questions = models.JSONField()
    texts = models.JSONField()
    language = models.CharField(max_length=20)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("version of a survey")
        verbose_name_plural = _("versions of surveys")
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="survey_version_from_one"),
        ]

    def __str__(self):
        return f"{self.survey_id} · {self.number}"


class SurveyAnswer(models.Model):
    """What one person answered, without words: who it was is not known, and no address is kept.

    `key` is made by the sender's browser; the same again is the same answer. `device` is a hash of a random number that
    the browser keeps, another one in each survey; it is forgotten after the close.
    """

    key = models.UUIDField(unique=True)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="answers")
    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="answers")
    # Grows with each change the person makes: an older copy that arrives late changes nothing.
    seq = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=20)
    audience = models.SlugField(max_length=60, blank=True)
    unit = models.ForeignKey("schools.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # What is rated, such as the key of a lesson; empty: nothing in particular.
    about = models.CharField(max_length=36, blank=True)
    device = models.CharField(max_length=32, blank=True)
    values = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("answer to a survey")
        verbose_name_plural = _("answers to surveys")
        indexes = [models.Index(fields=["survey", "received_at"], name="survey_answers_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "about", "device"], condition=~Q(device=""), name="one_survey_answer_a_device"
            ),
            models.CheckConstraint(condition=Q(seq__gte=1), name="survey_answer_seq_from_one"),
        ]

    def __str__(self):
        return f"{self.survey_id} · {self.key}"


class SurveyWords(models.Model):
    """One text that somebody wrote, without personal numbers. Apart from the answers, so that it can be forgotten."""

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("words of a survey", "Not read yet")
        SHOWN = "shown", pgettext_lazy("words of a survey", "May be shown")
        HIDDEN = "hidden", pgettext_lazy("words of a survey", "Hidden")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    answer = models.ForeignKey(SurveyAnswer, on_delete=models.CASCADE, related_name="words")
    question = models.CharField(max_length=40)
    text = models.TextField(max_length=2000)
    state = models.CharField(max_length=6, choices=State, default=State.NEW)

    class Meta:
        verbose_name = _("words in a survey")
        verbose_name_plural = _("words in surveys")
        indexes = [models.Index(fields=["question", "state"], name="survey_words_to_read")]
        constraints = [
            models.UniqueConstraint(fields=["answer", "question"], name="survey_words_once_a_question"),
            models.CheckConstraint(condition=~Q(text=""), name="survey_words_say_something"),
        ]

    def __str__(self):
        return self.text[:60]
