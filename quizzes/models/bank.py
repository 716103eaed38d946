"""What editors write: banks, questions with their options, quizzes. Nobody's answers are here (see attempts.py).

A question, an option and a quiz are each one `translation_key` in all their languages. The row in the site's first
language is the source: which option is right, how many points, which questions a quiz has are read from it alone, so a
translation can change words and nothing else.
"""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import DraftStateMixin, Orderable, PreviewableMixin, RevisionMixin, TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from quizzes.forms import QuestionForm, QuizForm


class QuestionBank(models.Model):
    """A shelf of questions; imports and exports name it by its slug."""

    slug = models.SlugField(_("code"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=160)

    panels = [FieldPanel("title"), FieldPanel("slug")]

    class Meta:
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        ordering = ["title"]

    def __str__(self):
        return self.title


class Question(index.Indexed, RevisionMixin, TranslatableMixin, ClusterableModel):
    """One question in one language. Its id everywhere outside this module is `translation_key`.

    `type` is wide and open on purpose: a type is a grader in `quizzes.grading` and a partial template, and `scoring`
    holds what only that type needs (`{"partial": true}` of a multiple choice).
    """

    class Type(models.TextChoices):
        SINGLE = "single", _("One right answer")
        MULTIPLE = "multiple", _("Several right answers")
        TRUE_FALSE = "true_false", _("True or false")

    class Difficulty(models.IntegerChoices):
        RECALL = 1, _("1 – recall")
        UNDERSTAND = 2, _("2 – understand")
        APPLY = 3, _("3 – apply")

    class GradeBand(models.TextChoices):
        ANY = "any", _("Any grade")
        LOWER = "thcs", _("Grades 6–9")
        UPPER = "thpt", _("Grades 10–12")
        ADULT = "adult", _("Students and adults")

    class Review(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")

    bank = models.ForeignKey(
        QuestionBank, on_delete=models.PROTECT, related_name="questions", verbose_name=_("question bank")
    )
    type = models.CharField(_("type"), max_length=24, choices=Type, default=Type.SINGLE)
    stem = models.TextField(_("question"))
    explanation = models.TextField(_("explanation"), blank=True, help_text=_("Shown after the quiz, with the answer."))
    picture = models.ForeignKey(
        "media.Picture",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("picture"),
    )
    picture_alt = models.CharField(
        _("picture in words"), max_length=250, blank=True, help_text=_("For those who cannot see the picture.")
    )
    topic = models.ForeignKey(
        "vocabulary.Topic",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("topic"),
    )
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), choices=Difficulty, default=Difficulty.RECALL)
    grade_band = models.CharField(_("grades"), max_length=8, choices=GradeBand, default=GradeBand.ANY)
    situation = models.BooleanField(_("situation"), default=False, help_text=_("Tells a story and asks what to do."))
    procedure_code = models.SlugField(_("procedure"), max_length=80, blank=True, db_index=True)
    source = models.CharField(_("source"), max_length=255, blank=True)
    scoring = models.JSONField(_("scoring rules"), default=dict, blank=True)
    review = models.CharField(_("review"), max_length=10, choices=Review, default=Review.DRAFT)
    # Set by the starter content: where the question came from, and its fingerprint when it was loaded.
    starter_key = models.CharField(max_length=160, blank=True, db_index=True, editable=False)
    starter_hash = models.CharField(max_length=64, blank=True, editable=False)

    base_form_class = QuestionForm
    panels = [
        FieldRowPanel([FieldPanel("bank"), FieldPanel("type")]),
        FieldPanel("stem"),
        FieldRowPanel([FieldPanel("picture"), FieldPanel("picture_alt")]),
        InlinePanel("options", heading=_("Options"), label=_("option"), max_num=10),
        FieldPanel("explanation"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("topic"), FieldPanel("difficulty"), FieldPanel("grade_band")]),
                FieldRowPanel([FieldPanel("procedure_code"), FieldPanel("situation")]),
                FieldPanel("source"),
                FieldPanel("review"),
            ],
            heading=_("Where it belongs"),
        ),
    ]
    translatable_fields = [
        TranslatableField("stem"),
        TranslatableField("explanation"),
        TranslatableField("picture_alt"),
        TranslatableField("options"),
        SynchronizedField("bank", overridable=False),
        SynchronizedField("type", overridable=False),
        SynchronizedField("picture"),
        SynchronizedField("topic", overridable=False),
        SynchronizedField("difficulty", overridable=False),
        SynchronizedField("grade_band", overridable=False),
        SynchronizedField("procedure_code", overridable=False),
        SynchronizedField("situation", overridable=False),
        SynchronizedField("source"),
        SynchronizedField("review", overridable=False),
    ]
    search_fields = [
        index.SearchField("stem"),
        index.SearchField("explanation"),
        index.AutocompleteField("stem"),
        index.FilterField("bank"),
        index.FilterField("topic"),
        index.FilterField("difficulty"),
        index.FilterField("type"),
        index.FilterField("review"),
        index.FilterField("locale"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["bank", "pk"]
        indexes = [models.Index(fields=["bank", "topic", "difficulty"], name="question_draw_pool")]
        constraints = [
            models.CheckConstraint(condition=Q(difficulty__range=(1, 3)), name="question_difficulty_1_to_3"),
            models.UniqueConstraint(
                fields=["starter_key", "locale"], condition=~Q(starter_key=""), name="starter_question_once"
            ),
        ]

    def __str__(self):
        return self.stem if len(self.stem) <= 80 else f"{self.stem[:79]}…"


class Option(TranslatableMixin, Orderable):
    """One thing to choose. Its id outside is `translation_key`; `is_correct` counts on the source row only."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="options")
    text = models.CharField(_("text"), max_length=500)
    is_correct = models.BooleanField(_("right"), default=False)
    why = models.CharField(
        _("why"), max_length=500, blank=True, help_text=_("Shown after the quiz to whoever chose it.")
    )

    panels = [FieldPanel("text"), FieldRowPanel([FieldPanel("is_correct"), FieldPanel("why")])]
    translatable_fields = [
        TranslatableField("text"),
        TranslatableField("why"),
        SynchronizedField("is_correct", overridable=False),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("option")
        verbose_name_plural = _("options")

    def __str__(self):
        return self.text


class Quiz(PreviewableMixin, DraftStateMixin, RevisionMixin, TranslatableMixin, ClusterableModel):
    """A quiz as an editor sets it up. `translation_key` is its `quiz_key`; what a pupil takes is a frozen `Paper`."""

    class WhichCounts(models.TextChoices):
        BEST = "best", _("The best attempt")
        FIRST = "first", _("The first attempt")
        LAST = "last", _("The last attempt")

    class Feedback(models.TextChoices):
        AFTER_SUBMIT = "after_submit", _("Score and answers after submitting")
        AFTER_CLOSE = "after_close", _("Score after submitting, answers after closing")
        SCORE_ONLY = "score_only", _("Score only")

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    time_limit_minutes = models.PositiveSmallIntegerField(
        _("time limit in minutes"), null=True, blank=True, help_text=_("Empty: no limit.")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts allowed"), default=5, validators=[MinValueValidator(1)])
    which_counts = models.CharField(_("which attempt counts"), max_length=8, choices=WhichCounts, default="best")
    pass_percent = models.PositiveSmallIntegerField(
        _("pass mark in percent"), default=50, validators=[MaxValueValidator(100)]
    )
    shuffle_questions = models.BooleanField(_("shuffle questions"), default=False)
    shuffle_options = models.BooleanField(_("shuffle options"), default=True)
    feedback = models.CharField(_("feedback"), max_length=16, choices=Feedback, default=Feedback.AFTER_SUBMIT)
    starter_key = models.CharField(max_length=160, blank=True, db_index=True, editable=False)
    starter_hash = models.CharField(max_length=64, blank=True, editable=False)

    base_form_class = QuizForm
    panels = [
        FieldPanel("title"),
        FieldPanel("description"),
        InlinePanel("quiz_questions", heading=_("Fixed questions"), label=_("question")),
        InlinePanel("draws", heading=_("Drawn questions"), label=_("draw")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("time_limit_minutes"), FieldPanel("attempts"), FieldPanel("which_counts")]),
                FieldRowPanel([FieldPanel("pass_percent"), FieldPanel("feedback")]),
                FieldRowPanel([FieldPanel("shuffle_questions"), FieldPanel("shuffle_options")]),
            ],
            heading=_("Rules"),
        ),
    ]
    translatable_fields = [
        TranslatableField("title"),
        TranslatableField("description"),
        SynchronizedField("time_limit_minutes", overridable=False),
        SynchronizedField("attempts", overridable=False),
        SynchronizedField("which_counts", overridable=False),
        SynchronizedField("pass_percent", overridable=False),
        SynchronizedField("shuffle_questions", overridable=False),
        SynchronizedField("shuffle_options", overridable=False),
        SynchronizedField("feedback", overridable=False),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=Q(attempts__gte=1), name="quiz_allows_an_attempt"),
            models.CheckConstraint(condition=Q(pass_percent__lte=100), name="quiz_pass_mark_within_100"),
            models.CheckConstraint(
                condition=Q(time_limit_minutes=None) | Q(time_limit_minutes__gte=1),
                name="quiz_limit_is_a_minute_or_more",
            ),
            models.UniqueConstraint(
                fields=["starter_key", "locale"], condition=~Q(starter_key=""), name="starter_quiz_once"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def quiz_key(self):
        return self.translation_key

    def get_preview_template(self, request, mode_name):
        return "quizzes/preview.html"

    def get_preview_context(self, request, mode_name):
        from quizzes.queries import preview_of

        return super().get_preview_context(request, mode_name) | preview_of(self)


class QuizQuestion(Orderable):
    """A question that is always in the quiz. It may not be deleted while a quiz asks it."""

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="quiz_questions")
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="quiz_questions", verbose_name=_("question")
    )
    points = models.DecimalField(
        _("points"), max_digits=6, decimal_places=2, default=1, validators=[MinValueValidator(Decimal("0.01"))]
    )

    panels = [FieldRowPanel([FieldPanel("question"), FieldPanel("points")])]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["quiz", "question"], name="question_once_in_a_quiz"),
            models.CheckConstraint(condition=Q(points__gt=0), name="quiz_question_has_points"),
        ]

    def __str__(self):
        return f"{self.quiz_id} · {self.question_id}"


class QuizDraw(Orderable):
    """`count` questions drawn for each attempt from a bank, narrowed by topic and difficulty where given."""

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="draws")
    bank = models.ForeignKey(QuestionBank, on_delete=models.PROTECT, related_name="draws", verbose_name=_("bank"))
    topic = models.ForeignKey(
        "vocabulary.Topic",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("topic"),
    )
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), choices=Question.Difficulty, null=True, blank=True)
    count = models.PositiveSmallIntegerField(_("how many"), validators=[MinValueValidator(1)])
    points = models.DecimalField(
        _("points each"), max_digits=6, decimal_places=2, default=1, validators=[MinValueValidator(Decimal("0.01"))]
    )

    panels = [
        FieldRowPanel([FieldPanel("bank"), FieldPanel("topic"), FieldPanel("difficulty")]),
        FieldRowPanel([FieldPanel("count"), FieldPanel("points")]),
    ]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="draw_takes_a_question"),
            models.CheckConstraint(condition=Q(points__gt=0), name="draw_has_points"),
        ]

    def __str__(self):
        return f"{self.count} × {self.bank_id}"
