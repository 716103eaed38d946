"""What the search box finds: one row for each published thing and language, with the forms it is compared in."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from cms.vocabulary.models import Started


def new_stamp() -> int:
    """No number of what was before, nor of what was undone (ADR 0105)."""
    return secrets.randbits(62)


class SearchEntry(models.Model):
    """Kept by `cms.search.indexing`; neither SQLite nor PostgreSQL folds Vietnamese as readers type it."""

    wagtail_reference_index_ignore = True

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    language = models.CharField(max_length=20)
    format = models.CharField(max_length=30)
    is_material = models.BooleanField(default=True)
    title = models.CharField(max_length=255)
    title_exact = models.CharField(max_length=255)
    title_folded = models.CharField(max_length=255)
    summary = models.CharField(max_length=300, blank=True)
    # Every folded word of title and text once, each between blanks: short, so that a scan is cheap.
    words = models.TextField()
    url = models.CharField(max_length=500)
    # Codes between blanks, such as " hoc-sinh-thpt nguoi-dan ".
    audiences = models.CharField(max_length=500, blank=True)
    topics = models.CharField(max_length=500, blank=True)
    # Of the school system: " lower-secondary upper-secondary " (cms.search.levels).
    levels = models.CharField(max_length=100, blank=True)
    has_audio = models.BooleanField(default=False)
    # Tags of the languages without pages of their own in which it can be read or heard as well: " cma mnn ".
    voices = models.CharField(max_length=200, blank=True)
    updated = models.DateTimeField()
    # Another one whenever it is written.
    stamp = models.BigIntegerField(default=new_stamp, editable=False)

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "language"], name="search_entry_once_per_language"),
            models.CheckConstraint(condition=~Q(url=""), name="search_entry_leads_somewhere"),
        ]
        indexes = [models.Index(fields=["language", "is_material", "title_folded"], name="search_entry_list")]

    def __str__(self):
        return f"{self.title} ({self.language})"


class SearchText(models.Model):
    """The text of an entry, apart from it: a search looks through all entries, and reads the texts of few."""

    wagtail_reference_index_ignore = True

    entry = models.OneToOneField(SearchEntry, primary_key=True, on_delete=models.CASCADE, related_name="long")
    folded = models.TextField(blank=True)
    exact = models.TextField(blank=True)
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("text of a search entry")
        verbose_name_plural = _("texts of search entries")

    def __str__(self):
        return self.text[:60]


class SearchState(models.Model):
    """One row, another stamp whenever an entry or a synonym changes: processes keep entries in memory (`cms.search.shelf`)."""

    wagtail_reference_index_ignore = True

    stamp = models.BigIntegerField(default=new_stamp)

    class Meta:
        verbose_name = _("state of the search")
        verbose_name_plural = _("states of the search")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="search_state_is_one_row")]

    def __str__(self):
        return str(self.stamp)


class SearchSynonym(Started, models.Model):
    """Words that mean the same to a person who searches, such as CCCD and căn cước."""

    slug = models.SlugField(_("code"), max_length=60, unique=True)
    words = models.TextField(_("words"), help_text=_("Two or more, one on each line. Accents do not matter."))

    panels = [FieldPanel("slug"), FieldPanel("words")]

    class Meta:
        verbose_name = _("search synonym")
        verbose_name_plural = _("search synonyms")

    def __str__(self):
        return ", ".join(self.words.split("\n"))
