"""Who works on which language, the interface's words in it, and the state of what is translated."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Locale
from wagtail_localize.models import String, StringTranslation, TranslationContext

from cms.vocabulary.models import ContentLanguage


def _acted(name: str):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=name
    )


class LanguageRole(models.Model):
    """What somebody may do in one language, and in no other: a translator of Khmer writes no Chinese."""

    class Kind(models.TextChoices):
        TRANSLATOR = "translator", pgettext_lazy("of a language", "Translator")
        REVIEWER = "reviewer", pgettext_lazy("of a language", "Native reviewer")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="language_roles")
    language = models.ForeignKey(ContentLanguage, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)

    class Meta:
        verbose_name = _("role in a language")
        verbose_name_plural = _("roles in languages")
        constraints = [models.UniqueConstraint(fields=["user", "language", "kind"], name="language_role_once")]

    def __str__(self):
        return f"{self.user_id} {self.language_id} {self.kind}"


class InterfaceString(models.Model):
    """One string of the interface in one language. Readers see `reviewed_text`, and Vietnamese while there is none."""

    language = models.ForeignKey(ContentLanguage, on_delete=models.CASCADE, related_name="interface_strings")
    # SHA-1 of context and msgid: a msgid may be longer than an index holds.
    digest = models.CharField(max_length=40)
    context = models.CharField(max_length=120, blank=True)
    msgid = models.TextField()
    plural = models.TextField(blank=True)
    room = models.CharField(max_length=20)
    # False for what only the editors' back end and commands say: it can wait.
    for_readers = models.BooleanField(default=True)
    # What a library's own volunteers say in that language, and whose: an offer, shown to no reader.
    proposal = models.TextField(blank=True)
    proposal_from = models.CharField(max_length=60, blank=True)
    text = models.TextField(blank=True)
    reviewed_text = models.TextField(blank=True)
    is_used = models.BooleanField(default=True)
    written_by = _acted("")
    written_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = _acted("")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("string of the interface")
        verbose_name_plural = _("strings of the interface")
        ordering = ["room", "msgid"]
        constraints = [
            models.UniqueConstraint(fields=["language", "digest"], name="interface_string_once_per_language"),
            # Nothing reaches readers that nobody has signed.
            models.CheckConstraint(
                condition=Q(reviewed_text="") | Q(reviewed_at__isnull=False), name="interface_string_shown_is_reviewed"
            ),
        ]

    def __str__(self):
        return self.msgid

    @property
    def state(self) -> str:
        if not self.text:
            return "empty"
        return "reviewed" if self.text == self.reviewed_text else "waiting"


class NativeReview(models.Model):
    """A native speaker has read a text in a language, as it stood in one revision, and signed it."""

    content_key = models.UUIDField()
    language = models.ForeignKey(ContentLanguage, on_delete=models.PROTECT, related_name="reviews")
    # A plain number: revisions are purged.
    revision_id = models.PositiveBigIntegerField()
    signed_by = _acted("")
    signed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("native speaker's signature")
        verbose_name_plural = _("native speakers' signatures")
        constraints = [
            models.UniqueConstraint(fields=["content_key", "language", "revision_id"], name="native_review_once")
        ]

    def __str__(self):
        return f"{self.content_key} {self.language_id} r{self.revision_id}"


class SegmentState(models.Model):
    """How a translated text stands to its source, and whether a person has locked it."""

    translation = models.OneToOneField(StringTranslation, on_delete=models.CASCADE, related_name="state")
    # The source text it was made from; where the source has moved on since, `stale_since` says when.
    based_on = models.ForeignKey(String, on_delete=models.CASCADE, related_name="+")
    stale_since = models.DateTimeField(null=True, blank=True)
    locked_by = _acted("")
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("state of a segment")
        verbose_name_plural = _("states of segments")
        indexes = [models.Index(fields=["stale_since"], name="segment_stale")]

    def __str__(self):
        return f"{self.translation_id}"


class SegmentEdit(models.Model):
    """Every text anybody has written for a segment; append-only, so that of two people nobody's text is lost."""

    context = models.ForeignKey(TranslationContext, on_delete=models.CASCADE, related_name="+")
    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(String, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    # False where it came second and was put aside beside the one that stands.
    taken = models.BooleanField(default=True)
    written_by = _acted("")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("text written for a segment")
        verbose_name_plural = _("texts written for segments")
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["context", "locale", "-written_at"], name="segment_edits")]

    def __str__(self):
        return f"{self.context_id} {self.locale_id} {self.written_at:%Y-%m-%d}"


class GlossaryTerm(models.Model):
    """How a term of the law is put in one language: an agreed word, or a note why none is."""

    term = models.CharField(_("Vietnamese term"), max_length=120)
    language = models.ForeignKey(
        ContentLanguage, on_delete=models.CASCADE, related_name="glossary", verbose_name=_("language")
    )
    translation = models.CharField(_("agreed translation"), max_length=200, blank=True)
    note = models.TextField(pgettext_lazy("of a term", "note"), blank=True)

    class Meta:
        verbose_name = _("term of the glossary")
        verbose_name_plural = _("terms of the glossary")
        ordering = ["term"]
        constraints = [
            models.UniqueConstraint(F("language"), F("term"), name="glossary_term_once_per_language"),
            models.CheckConstraint(condition=~Q(term=""), name="glossary_term_is_named"),
        ]

    def __str__(self):
        return self.term
