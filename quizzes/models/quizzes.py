"""A quiz as editors set it up: which questions, under which rules. What a pupil takes is a frozen `Paper` (attempts.py)."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import DraftStateMixin, Orderable, PreviewableMixin, RevisionMixin, TranslatableMixin
from wagtail_localize.fields import SynchronizedField, TranslatableField

from quizzes.forms import QuizForm
from quizzes.models.bank import Question, QuestionBank
from quizzes.panels import OpeningsPanel


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
        NOTHING = "nothing", _("Nothing")

    class Navigation(models.TextChoices):
        FREE = "free", _("Free: back and forth")
        SEQUENTIAL = "sequential", _("One after the other, never back")

    class Layout(models.TextChoices):
        ONE = "one", _("One question on a page")
        ALL = "all", _("All questions on one page")

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
    navigation = models.CharField(_("way through"), max_length=12, choices=Navigation, default=Navigation.FREE)
    layout = models.CharField(_("layout"), max_length=4, choices=Layout, default=Layout.ONE)
    instant_feedback = models.BooleanField(
        _("check each answer at once"),
        default=False,
        help_text=_("For practice: the pupil may ask whether an answer is right; it is then final."),
    )
    feedback = models.CharField(_("feedback"), max_length=16, choices=Feedback, default=Feedback.AFTER_SUBMIT)
    starter_key = models.CharField(max_length=160, blank=True, db_index=True, editable=False)
    starter_hash = models.CharField(max_length=64, blank=True, editable=False)

    base_form_class = QuizForm
    panels = [
        FieldPanel("title"),
        FieldPanel("description"),
        InlinePanel(
            "quiz_questions",
            heading=_("Fixed questions"),
            label=_("question"),
            help_text=_("Everybody is asked these. Only approved questions can be published."),
        ),
        InlinePanel(
            "draws",
            heading=_("Drawn questions"),
            label=_("draw"),
            help_text=_("Each attempt draws so many from a bank, so that neighbours have other questions."),
            classname="collapsed",
        ),
        InlinePanel(
            "sections",
            heading=_("Sections"),
            label=pgettext_lazy("quiz", "section"),
            help_text=_("Parts with a heading. Questions and draws name theirs by its number: 1 is the first."),
            classname="collapsed",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("time_limit_minutes", help_text=_("Empty: no limit. The server counts.")),
                        FieldPanel("attempts", help_text=_("Teachers can give a pupil more.")),
                        FieldPanel("which_counts"),
                    ]
                ),
                FieldPanel("pass_percent", help_text=_("From so many percent of the points on it is passed.")),
            ],
            heading=_("Time and attempts"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("feedback", help_text=_("What pupils see after they submit. Teachers always see all.")),
                FieldPanel("instant_feedback"),
            ],
            heading=_("What pupils are told"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("layout", help_text=_("On a phone, one at a time is easier.")),
                        FieldPanel(
                            "navigation",
                            help_text=_("One after the other suits an examination; it cannot be gone back."),
                        ),
                    ]
                ),
                FieldRowPanel(
                    [
                        FieldPanel("shuffle_questions", help_text=_("Within each section.")),
                        FieldPanel("shuffle_options", help_text=_("True and false keep their order.")),
                    ]
                ),
            ],
            heading=_("How it is taken"),
            classname="collapsed",
        ),
        OpeningsPanel(heading=_("Where it is open")),
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
        SynchronizedField("navigation", overridable=False),
        SynchronizedField("layout", overridable=False),
        SynchronizedField("instant_feedback", overridable=False),
        TranslatableField("sections"),
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
        from quizzes.sheets import preview_of

        return super().get_preview_context(request, mode_name) | preview_of(self)


class QuizSection(TranslatableMixin, Orderable):
    """A part of a quiz with a heading. Questions and draws name it by its number, from 1."""

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="sections")
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(_("introduction"), blank=True)

    panels = [FieldPanel("title"), FieldPanel("introduction")]
    translatable_fields = [TranslatableField("title"), TranslatableField("introduction")]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = pgettext_lazy("quiz", "section")
        verbose_name_plural = pgettext_lazy("quiz", "sections")

    def __str__(self):
        return self.title


class QuizQuestion(Orderable):
    """A question that is always in the quiz. It may not be deleted while a quiz asks it."""

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="quiz_questions")
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="quiz_questions", verbose_name=_("question")
    )
    points = models.DecimalField(
        _("points"), max_digits=6, decimal_places=2, default=1, validators=[MinValueValidator(Decimal("0.01"))]
    )

    section = models.PositiveSmallIntegerField(
        pgettext_lazy("quiz", "section"), default=0, help_text=_("The number of its section; 0 without sections.")
    )

    panels = [FieldRowPanel([FieldPanel("question"), FieldPanel("points"), FieldPanel("section")])]

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

    section = models.PositiveSmallIntegerField(pgettext_lazy("quiz", "section"), default=0)

    panels = [
        FieldRowPanel([FieldPanel("bank"), FieldPanel("topic"), FieldPanel("difficulty")]),
        FieldRowPanel([FieldPanel("count"), FieldPanel("points"), FieldPanel("section")]),
    ]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="draw_takes_a_question"),
            models.CheckConstraint(condition=Q(points__gt=0), name="draw_has_points"),
        ]

    def __str__(self):
        return f"{self.count} × {self.bank_id}"
