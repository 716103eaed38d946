"""Courses and lessons as editors write them. Their identity outside this module is `translation_key`, shared by all
languages; nothing a learner did points at a row here."""

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail_localize.fields import SynchronizedField, TranslatableField

from cms.models import ContentPage
from cms.models.pages import ContentPageForm
from courses.blocks import PlanBlock, WorksheetBlock

CUTS = (15, 30, 45)


class LawBlock(blocks.StructBlock):
    """A legal text the lesson stands on."""

    title = blocks.CharBlock(label=_("Title"), max_length=300)
    number = blocks.CharBlock(label=_("Number"), max_length=60, required=False)
    date = blocks.DateBlock(label=_("Date"), required=False)
    url = blocks.URLBlock(label=_("Address"), required=False)

    class Meta:
        label = _("Legal text")
        icon = "doc-full"


def _objectives() -> StreamField:
    return StreamField(
        [("objective", blocks.CharBlock(label=_("Objective"), max_length=200))],
        blank=True,
        verbose_name=_("what one will be able to do"),
        help_text=_("One short sentence each, beginning with a verb."),
    )


class TagsField(forms.CharField):
    """A list of short codes typed with commas between them, such as «V.3.a, II.1.q»."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return list(dict.fromkeys(tag.strip() for tag in (super().to_python(value) or "").split(",") if tag.strip()))


class CoursePageForm(ContentPageForm):
    plan_ids = TagsField(
        label=_("Lines of the plan"), required=False, help_text=_("Such as V.3.a, II.1.q; commas between them.")
    )


class LessonPageForm(CoursePageForm):
    """The cuts are chosen among the blocks the lesson was last saved with."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [
            (str(block.id), f"{number}. {block.block.label} · {_excerpt(block)}")
            for number, block in enumerate(self.instance.body, 1)
        ]
        for minutes in CUTS:
            name = f"cut_{minutes}"
            if name not in self.fields:
                continue
            known = {value for value, _label in choices}
            self.initial[name] = [value for value in self.instance.cut(minutes) if value in known]
            self.fields[name] = forms.MultipleChoiceField(
                label=self.fields[name].label,
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Nothing ticked: the whole lesson. Save a new block first, then tick it here."),
            )


def _least_minutes(part) -> int:
    return int(part.value.get("least") or 0) if part.block_type in {"move", "discussion"} else 0


def _excerpt(block) -> str:
    found = block.block.get_searchable_content(block.value)
    return Truncator(strip_tags(" ".join(str(text) for text in found)).strip()).chars(60)


class CoursePage(ContentPage):
    """A course: a row of lessons, in the order of the page tree."""

    content_format = "course"
    card_template = "courses/cards/course.html"
    card_terms = ("audiences",)
    parent_page_types = ["cms.SectionPage"]
    subpage_types = ["courses.LessonPage"]
    base_form_class = CoursePageForm

    objectives = _objectives()
    grade_min = models.PositiveSmallIntegerField(
        _("lowest grade"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    grade_max = models.PositiveSmallIntegerField(
        _("highest grade"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    plan_ids = models.JSONField(_("lines of the plan"), default=list, blank=True)
    certificate_finished = models.BooleanField(_("all lessons done"), default=False)
    certificate_mark = models.PositiveSmallIntegerField(
        _("lowest mark, in percent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("The mean of the best results in all quizzes of the course; one not taken counts as nothing."),
    )
    certificate_months = models.PositiveSmallIntegerField(
        _("valid for so many months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("Leave empty for a certificate that does not run out."),
    )

    content_panels = [
        *ContentPage.content_panels[:2],
        FieldPanel("objectives"),
        *ContentPage.content_panels[2:],
    ]
    certificate_panel = MultiFieldPanel(
        [FieldPanel("certificate_finished"), FieldPanel("certificate_mark"), FieldPanel("certificate_months")],
        heading=_("Certificate"),
        help_text=_("Whoever has done what is asked here gets a certificate by itself. Nothing asked: none is given."),
    )
    about_panels = [
        certificate_panel,
        FieldRowPanel(
            [FieldPanel("grade_min"), FieldPanel("grade_max")],
            heading=_("Grades"),
            help_text=_("A course that names its audiences and no grade speaks to its readers as to adults."),
        ),
        *ContentPage.about_panels,
        FieldPanel("plan_ids"),
    ]
    override_translatable_fields = [
        *ContentPage.override_translatable_fields,
        SynchronizedField("grade_min", overridable=False),
        SynchronizedField("grade_max", overridable=False),
        SynchronizedField("plan_ids", overridable=False),
        SynchronizedField("certificate_finished", overridable=False),
        SynchronizedField("certificate_mark", overridable=False),
        SynchronizedField("certificate_months", overridable=False),
        TranslatableField("objectives"),
    ]

    class Meta(ContentPage.Meta):
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            *ContentPage.Meta.constraints,
            models.CheckConstraint(
                condition=Q(grade_min=None) | Q(grade_max=None) | Q(grade_max__gte=F("grade_min")),
                name="course_grades_in_order",
            ),
            models.CheckConstraint(
                condition=Q(certificate_mark=None) | Q(certificate_mark__range=(1, 100)),
                name="course_certificate_mark_in_percent",
            ),
        ]

    @property
    def is_in_main_language(self) -> bool:
        """Whether its children are all its lessons: a translation may have some of them only."""
        return self.locale.language_code == settings.LANGUAGE_CODE

    @property
    def for_adults(self) -> bool:
        """Whether it speaks to adults: it names its audiences, and no grade."""
        return not (self.grade_min or self.grade_max) and self.audiences.exists()

    def search_text(self):
        return " ".join([super().search_text(), *(str(block.value) for block in self.objectives)])

    def told_to_programs(self):
        lessons = LessonPage.objects.child_of(self).live().public().order_by("path").select_related("locale")
        return {
            "grades": [self.grade_min, self.grade_max],
            "objectives": [str(block.value) for block in self.objectives],
            "lessons": [{"title": one.title, "url": one.url, "minutes": one.minutes} for one in lessons],
        }

    def frame(self):
        from courses.queries.outlines import course_frame

        return super().frame() | course_frame(self)

    @classmethod
    def personal_context(cls, request, page):
        from courses.queries.outlines import my_course

        return my_course(page, request.user)


class LessonPage(ContentPage):
    """One lesson. `cut_15` … hold the ids of the blocks that make up the short forms; an empty one is the whole lesson."""

    content_format = "lesson"
    can_be_kept = True
    card_template = "courses/cards/lesson.html"
    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []
    base_form_class = LessonPageForm

    objectives = _objectives()
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=45, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    cut_15 = models.JSONField(_("blocks of the 15-minute form"), default=list, blank=True)
    cut_30 = models.JSONField(_("blocks of the 30-minute form"), default=list, blank=True)
    cut_45 = models.JSONField(_("blocks of the 45-minute form"), default=list, blank=True)
    subject = models.CharField(_("subject or activity"), max_length=200, blank=True)
    competences = ParentalManyToManyField(
        "vocabulary.Competence", blank=True, related_name="+", verbose_name=_("digital competences")
    )
    plan_ids = models.JSONField(_("lines of the plan"), default=list, blank=True)
    legal_basis = StreamField([("law", LawBlock())], blank=True, verbose_name=_("legal basis"))
    license = models.CharField(_("licence"), max_length=60, blank=True, default="CC BY 4.0")
    quiz = models.ForeignKey(
        "quizzes.Quiz",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("quiz"),
    )
    plan = StreamField(
        PlanBlock(),
        blank=True,
        verbose_name=_("for the teacher's plan"),
        help_text=_("Optional. Without it the plan is written from the lesson's own parts."),
    )
    worksheet = StreamField(
        WorksheetBlock(),
        blank=True,
        verbose_name=_("tasks on the worksheet"),
        help_text=_("Optional. Questions to check oneself and the family task are printed in any case."),
    )

    content_panels = [
        *ContentPage.content_panels[:2],
        FieldPanel("objectives"),
        *ContentPage.content_panels[2:],
        FieldPanel("quiz"),
        MultiFieldPanel(
            [FieldPanel("minutes"), *(FieldPanel(f"cut_{minutes}") for minutes in CUTS)], heading=_("How long")
        ),
        FieldPanel("plan"),
        FieldPanel("worksheet"),
    ]
    about_panels = [
        FieldPanel("subject"),
        FieldPanel("competences", widget=forms.CheckboxSelectMultiple),
        *ContentPage.about_panels,
        FieldPanel("legal_basis"),
        FieldPanel("plan_ids"),
        FieldPanel("license"),
    ]
    override_translatable_fields = [
        *ContentPage.override_translatable_fields,
        SynchronizedField("minutes", overridable=False),
        SynchronizedField("cut_15", overridable=False),
        SynchronizedField("cut_30", overridable=False),
        SynchronizedField("cut_45", overridable=False),
        SynchronizedField("competences", overridable=False),
        SynchronizedField("plan_ids", overridable=False),
        SynchronizedField("license"),
        TranslatableField("objectives"),
        TranslatableField("legal_basis"),
        TranslatableField("plan"),
        TranslatableField("worksheet"),
    ]

    class Meta(ContentPage.Meta):
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def cut(self, minutes: int) -> list[str]:
        return getattr(self, f"cut_{minutes}")

    @cached_property
    def block_ids(self) -> list[str]:
        """Ids of the blocks in order, read without drawing any of them."""
        return [block["id"] for block in self.body.raw_data]

    def search_text(self):
        return " ".join([super().search_text(), *(str(block.value) for block in self.objectives)])

    def get_context(self, request, *args, **kwargs):
        from courses.queries.outlines import cut_of_lesson

        context = super().get_context(request, *args, **kwargs)
        return context | cut_of_lesson(self, request.GET.get("minutes", ""), context)

    def told_to_programs(self):
        course = self.get_parent().specific
        is_course = isinstance(course, CoursePage)
        return {
            "minutes": self.minutes,
            "grades": [course.grade_min, course.grade_max] if is_course else [None, None],
            "objectives": [str(block.value) for block in self.objectives],
            "competences": [term.name for term in self.competences.all()],
            "subject": self.subject,
            "license": self.license,
            "part_of": {"title": course.title, "url": course.url} if is_course and course.live else {},
        }

    def plan_for(self, minutes: int) -> list:
        """The parts of `plan` that belong to a form of so many minutes; what names no form belongs to all."""
        return [part for part in self.plan if minutes >= _least_minutes(part)]

    def frame(self):
        from courses.queries.outlines import lesson_frame

        return super().frame() | lesson_frame(self)

    @classmethod
    def personal_context(cls, request, page):
        from courses.queries.outlines import my_lesson

        return my_lesson(page, request.user)


CoursePage.edit_handler = CoursePage.panels_in_tabs()
LessonPage.edit_handler = LessonPage.panels_in_tabs()
