"""What editors write: banks and questions with their options and places. Quizzes are in quizzes.py, answers in attempts.py.

A question, an option and a place are each one `translation_key` in all their languages. The row in the site's first
language is the source: which option is right, how many points, which questions a quiz has are read from it alone, so a
translation can change words and nothing else.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, PreviewableMixin, RevisionMixin, TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField
from wagtailmedia.edit_handlers import MediaChooserPanel

from quizzes.forms import QuestionForm
from quizzes.models.marking import CreditTable, Rubric
from quizzes.models.pictures import MOST_PICTURES
from quizzes.panels import OptionsPanel, PicturesPanel

MOST_OPTIONS, MOST_TARGETS = 20, 20


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


class Question(index.Indexed, PreviewableMixin, RevisionMixin, TranslatableMixin, ClusterableModel):
    r"""One question in one language. Its id everywhere outside this module is `translation_key`.

    A type is a `Kind` in `quizzes.kinds` and a partial template; `scoring` holds what only that type needs
    (`{"partial": true}` of a multiple choice). Formulas stand in any text as TeX between \( and \).
    """

    class Type(models.TextChoices):
        SINGLE = "single", _("One right answer")
        MULTIPLE = "multiple", _("Several right answers")
        TRUE_FALSE = "true_false", _("True or false")
        STATEMENTS = "statements", _("Statements, each true or false")
        PICTURE_CHOICE = "picture_choice", _("Choose a picture or a sound")
        MATCHING = "matching", _("Matching pairs")
        ORDERING = "ordering", _("Put in order")
        GAPS = "gaps", _("Gaps in a text")
        ZONES = "zones", _("Sort into groups")
        HOTSPOT = "hotspot", _("Point in a picture")
        NUMERIC = "numeric", _("A number")
        SHORT = "short", _("A few words")
        LONG = "long", _("A text, marked by a person")

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
    audio = models.ForeignKey(
        "media.Recording",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("sound"),
        help_text=_("The question read aloud, for those who read with difficulty."),
    )
    topic = models.ForeignKey(
        "vocabulary.Topic",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("topic"),
    )
    competence = models.ForeignKey(
        "vocabulary.Competence",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("competence"),
    )
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), choices=Difficulty, default=Difficulty.RECALL)
    grade_band = models.CharField(_("grades"), max_length=8, choices=GradeBand, default=GradeBand.ANY)
    situation = models.BooleanField(_("situation"), default=False, help_text=_("Tells a story and asks what to do."))
    procedure_code = models.SlugField(_("procedure"), max_length=80, blank=True, db_index=True)
    source = models.CharField(_("source"), max_length=255, blank=True)
    scoring = models.JSONField(_("scoring rules"), default=dict, blank=True)
    credit_table = models.ForeignKey(
        CreditTable,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
        verbose_name=_("credit table"),
        help_text=_("For statements: what one, two, three … right ones earn. Empty: each earns its share."),
    )
    rubric = models.ForeignKey(
        Rubric,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="questions",
        verbose_name=_("rubric"),
        help_text=_("For texts that a person marks."),
    )
    # Of the words as they were imported: the same question again is recognised by it.
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    review = models.CharField(_("review"), max_length=10, choices=Review, default=Review.DRAFT)
    # The reviewer who answers for these words; empty for starter content, which may be practised and not be scored in
    # a contest. Only the source row's counts.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    # Set by the starter content: where the question came from, and its fingerprint when it was loaded.
    starter_key = models.CharField(max_length=160, blank=True, db_index=True, editable=False)
    starter_hash = models.CharField(max_length=64, blank=True, editable=False)

    base_form_class = QuestionForm
    panels = [
        FieldRowPanel([FieldPanel("bank"), FieldPanel("type")]),
        FieldPanel("stem"),
        FieldRowPanel([FieldPanel("picture"), FieldPanel("picture_alt")]),
        MediaChooserPanel("audio", media_type="audio"),
        InlinePanel(
            "targets",
            heading=_("Places"),
            label=_("place"),
            max_num=MOST_TARGETS,
            help_text=_(
                "The right-hand side of pairs, groups to sort into, gaps [[1]], [[2]] …, areas of the picture."
            ),
        ),
        OptionsPanel(
            "options",
            heading=_("Options"),
            label=_("option"),
            max_num=MOST_OPTIONS,
            help_text=_(
                "What is chosen or moved, in the right order where there is one; of a number or a few words, what is accepted."
            ),
        ),
        PicturesPanel(
            "more_pictures",
            heading=_("More pictures"),
            label=_("picture"),
            max_num=MOST_PICTURES,
            classname="collapsed",
            help_text=_("Shown after the first picture, of the question or of an option."),
        ),
        FieldPanel("explanation"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("scoring"), FieldPanel("credit_table"), FieldPanel("rubric")]),
            ],
            heading=_("Marks"),
            classname="collapsed",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("topic"), FieldPanel("difficulty"), FieldPanel("grade_band")]),
                FieldPanel("competence"),
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
        TranslatableField("targets"),
        TranslatableField("more_pictures"),
        SynchronizedField("audio"),
        SynchronizedField("competence", overridable=False),
        SynchronizedField("scoring", overridable=False),
        SynchronizedField("credit_table", overridable=False),
        SynchronizedField("rubric", overridable=False),
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
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False, review="approved"),
                name="question_approved_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["starter_key", "locale"], condition=~Q(starter_key=""), name="starter_question_once"
            ),
        ]

    def __str__(self):
        return self.stem if len(self.stem) <= 80 else f"{self.stem[:79]}…"

    def clean(self):
        super().clean()
        if self.review != self.Review.APPROVED:
            self.approved_by = self.approved_at = None

    def get_preview_template(self, request, mode_name):
        return "quizzes/preview.html"

    def get_preview_context(self, request, mode_name):
        from quizzes.sheets import preview_of_question

        return super().get_preview_context(request, mode_name) | preview_of_question(self)


class Target(TranslatableMixin, Orderable):
    """Where an answer goes: the right side of a pair, a group, a gap of the text, an area of the picture.

    Areas are in thousandths of the picture's width and height. `is_correct` is for areas and counts on the source row.
    """

    class Kind(models.TextChoices):
        PLACE = "", _("place")
        SELECT = "select", _("gap: choose from a list")
        TEXT = "text", _("gap: type words")
        NUMBER = "number", _("gap: type a number")

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="targets")
    text = models.CharField(_("text"), max_length=500)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PLACE, blank=True)
    x = models.PositiveSmallIntegerField(_("from the left, ‰"), null=True, blank=True)
    y = models.PositiveSmallIntegerField(_("from the top, ‰"), null=True, blank=True)
    width = models.PositiveSmallIntegerField(_("width, ‰"), null=True, blank=True)
    height = models.PositiveSmallIntegerField(_("height, ‰"), null=True, blank=True)
    is_correct = models.BooleanField(_("right"), default=False)

    panels = [
        FieldRowPanel([FieldPanel("text"), FieldPanel("kind"), FieldPanel("is_correct")]),
        FieldRowPanel([FieldPanel("x"), FieldPanel("y"), FieldPanel("width"), FieldPanel("height")]),
    ]
    translatable_fields = [
        TranslatableField("text"),
        *(SynchronizedField(name, overridable=False) for name in ("kind", "x", "y", "width", "height", "is_correct")),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.CheckConstraint(
                condition=Q(x=None, y=None, width=None, height=None)
                | (
                    Q(width__gte=1, height__gte=1, x__gte=0, y__gte=0)
                    & Q(x__lte=1000 - F("width"))
                    & Q(y__lte=1000 - F("height"))
                ),
                name="target_area_within_the_picture",
                violation_error_message=_(
                    "Give all four numbers of the area; it must lie within the picture, which is 1000 wide and high."
                ),
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def area(self) -> list[int] | None:
        return None if self.x is None else [self.x, self.y, self.width, self.height]


class Option(TranslatableMixin, Orderable):
    """One thing to choose, to move, or to accept when typed. Its id outside is `translation_key`.

    `is_correct`, `fraction`, `tolerance` and `target_key` (the `translation_key` of the target it belongs to) count on
    the source row only.
    """

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="options")
    text = models.CharField(_("text"), max_length=1000)
    picture = models.ForeignKey(
        "media.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("picture")
    )
    audio = models.ForeignKey(
        "media.Recording", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("sound")
    )
    is_correct = models.BooleanField(_("right"), default=False)
    fraction = models.DecimalField(
        _("earns"),
        max_digits=7,
        decimal_places=6,
        null=True,
        blank=True,
        help_text=_("From -1 to 1; empty: all when right, nothing when wrong."),
    )
    tolerance = models.DecimalField(_("give or take"), max_digits=18, decimal_places=9, null=True, blank=True)
    target_key = models.UUIDField(_("goes to"), null=True, blank=True)
    why = models.CharField(
        _("why"), max_length=500, blank=True, help_text=_("Shown after the quiz to whoever chose it.")
    )

    panels = [
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("is_correct"), FieldPanel("target_key"), FieldPanel("why")]),
        FieldRowPanel(
            [
                FieldPanel("picture"),
                MediaChooserPanel("audio", media_type="audio"),
                FieldPanel("fraction"),
                FieldPanel("tolerance"),
            ]
        ),
    ]
    translatable_fields = [
        TranslatableField("text"),
        TranslatableField("why"),
        SynchronizedField("picture"),
        SynchronizedField("audio"),
        *(SynchronizedField(name, overridable=False) for name in ("is_correct", "fraction", "tolerance", "target_key")),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("option")
        verbose_name_plural = _("options")
        constraints = [
            models.CheckConstraint(
                condition=Q(fraction=None) | Q(fraction__gte=-1, fraction__lte=1), name="option_earns_within_1"
            ),
            models.CheckConstraint(
                condition=Q(tolerance=None) | Q(tolerance__gte=0), name="option_tolerance_not_negative"
            ),
        ]

    def __str__(self):
        return self.text
