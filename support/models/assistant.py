"""What the assistant may quote, and the words by which people ask for it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel

from cms.vocabulary.models import Started


class LibraryState(models.Model):
    """One row. `version` grows with every change of what may be quoted, under its lock: no reader misses a change.

    `stamp` is another with each: a copy of the database that was put back has old numbers, but no stamp twice.
    """

    wagtail_reference_index_ignore = True

    version = models.PositiveBigIntegerField(default=0)
    stamp = models.UUIDField(default=uuid.uuid4)

    def __str__(self):
        return str(self.version)


class Quotable(models.Model):
    """One published thing in one language. It stays when it is taken back, so that every process hears of it."""

    wagtail_reference_index_ignore = True

    class Kind(models.TextChoices):
        PAGE = "page", _("Page")
        # One without a guide of its own: its record is quoted, with the link to where it is done.
        PROCEDURE = "procedure", _("Procedure")
        ANSWER = "answer", _("Answer of the desk")
        PLACE = "place", _("Help points of a commune")

    # The key of what tells how to find a help point; no commune has this code.
    ANYWHERE = "*"

    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=80)
    language = models.CharField(max_length=20)
    version = models.PositiveBigIntegerField()
    is_live = models.BooleanField(default=True)
    format = models.CharField(max_length=30, blank=True)
    title = models.CharField(max_length=255)
    # What it is about in few words: summary, procedures, topics. Helps to find it; is never quoted.
    about = models.TextField(blank=True)
    url = models.CharField(max_length=500)
    page_id = models.PositiveBigIntegerField(null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    review_by = models.DateField(null=True, blank=True)
    indexed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("quotable thing")
        verbose_name_plural = _("quotable things")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "language"], name="quotable_once_per_language"),
        ]
        indexes = [models.Index(fields=["version"], name="quotable_changes")]

    def __str__(self):
        return f"{self.title} ({self.language})"


class Passage(models.Model):
    """A piece under one heading, quoted word for word."""

    wagtail_reference_index_ignore = True

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        STEPS = "steps", _("Steps")
        FACTS = "facts", _("Facts of a procedure")
        WARNING = "warning", _("Warning")

    quotable = models.ForeignKey(Quotable, on_delete=models.CASCADE, related_name="passages")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TEXT)
    # The block of the page it stands in; empty: the page's top.
    anchor = models.CharField(max_length=60, blank=True)
    heading = models.CharField(max_length=255, blank=True)
    # One line for each paragraph; items of a list begin with "- ", steps with "1. ".
    text = models.TextField()
    # Its meaning in numbers and the model they are of, where an embedder is switched on (support.assistant.vectors).
    vector = models.BinaryField(null=True)
    embedded_by = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("quoted by the assistant", "passage")
        verbose_name_plural = pgettext_lazy("quoted by the assistant", "passages")
        constraints = [
            models.UniqueConstraint(fields=["quotable", "position"], name="passage_position_once"),
            models.CheckConstraint(condition=~Q(text=""), name="passage_says_something"),
            models.CheckConstraint(
                condition=Q(vector=None, embedded_by="") | (Q(vector__isnull=False) & ~Q(embedded_by="")),
                name="passage_vector_names_its_model",
            ),
        ]

    def __str__(self):
        return f"{self.heading} {self.text[:60]}"


class Wording(Started, models.Model):
    """How people say what the pages say otherwise. Data, so that an editor who reads a failed question can help at once."""

    class Kind(models.TextChoices):
        MEANS = "means", _("What people say for it")
        # Fee, time, papers: asked of every service, so the service decides what is found.
        ASPECT = "aspect", _("What is asked of any service")
        SHORT = "short", _("Short or careless spelling")
        ASIDE = "aside", _("Says nothing about the subject")
        ELSEWHERE = "elsewhere", _("A subject that is not ours")
        # What is asked more like one of these than like any way of asking for a page is refused sooner.
        FOREIGN = "foreign", _("A whole question that is not ours")
        NEVER = "never", _("A request we never follow")

    slug = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(pgettext_lazy("of a wording", "kind"), max_length=10, choices=Kind, default=Kind.MEANS)
    said = models.TextField(
        _("what people type"), help_text=_("One word or phrase on each line. Accents and case do not matter.")
    )
    meant = models.TextField(
        _("what the pages say"),
        blank=True,
        help_text=_(
            "One word or phrase on each line. For a request never followed: whose it is, said soon after; it is refused "
            "only where both are said."
        ),
    )

    panels = [FieldPanel("slug"), FieldPanel("kind"), FieldPanel("said"), FieldPanel("meant")]

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints = [
            # Without a meaning such a row would only hide that the question is not understood.
            models.CheckConstraint(
                condition=~Q(kind__in=["means", "aspect", "short"]) | ~Q(meant=""), name="wording_means_something"
            ),
        ]

    def __str__(self):
        return self.slug


class Asking(Started, models.Model):
    """The ways in which people ask for one thing, in the words of one language: read by the assistant, shown to nobody.

    It names the thing as `Quotable` does, so that it outlives a page that is taken down for a while.
    """

    kind = models.CharField(max_length=10, choices=Quotable.Kind, editable=False)
    key = models.CharField(max_length=80, editable=False)
    language = models.CharField(_("language of the words"), max_length=20)
    said = models.TextField(
        _("how people ask"),
        help_text=_("One way on each line, as people say it. Only what this page answers. It is shown to nobody."),
    )

    class Meta:
        verbose_name = _("way of asking")
        verbose_name_plural = _("ways of asking")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "language"], name="asking_once_per_language"),
            models.CheckConstraint(condition=~Q(said="") & ~Q(key=""), name="asking_says_something"),
        ]

    def __str__(self):
        return f"{self.key} ({self.language})"


class Usefulness(models.Model):
    """Whether an answer was of use, in numbers: no question, no person, no address is kept."""

    wagtail_reference_index_ignore = True

    on = models.DateField()
    language = models.CharField(max_length=20)
    # The thing quoted first; empty where nothing was known.
    kind = models.CharField(max_length=10, blank=True)
    key = models.CharField(max_length=80, blank=True)
    helpful = models.PositiveIntegerField(default=0)
    unhelpful = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("usefulness of answers")
        verbose_name_plural = _("usefulness of answers")
        constraints = [models.UniqueConstraint(fields=["on", "language", "kind", "key"], name="usefulness_once_a_day")]

    def __str__(self):
        return f"{self.on} {self.key}: {self.helpful}/{self.unhelpful}"
