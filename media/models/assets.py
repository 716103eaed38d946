"""Pictures, documents, and recordings (video or audio) that editors use; files are kept by media/storage.py."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.documents.models import Document as WagtailDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.images.models import Image as WagtailImage
from wagtailmedia.models import AbstractMedia

from media import storage
from media.problems import StorageUnavailable
from media.renditions import BareFilter


class Credited(models.Model):
    """Where an asset comes from and how it may be reused."""

    author = models.CharField(_("author"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=255, blank=True)
    license = models.CharField(_("licence"), max_length=60, default="CC BY 4.0", blank=True)

    class Meta:
        abstract = True

    def clean(self):
        """A store that does not answer is said on the form, where what was typed is kept, before anything is sent."""
        super().clean()
        if self.file and not self.file._committed:
            try:
                storage.ping()
            except StorageUnavailable as problem:
                raise ValidationError({"file": str(problem)}) from problem


class Picture(Credited, AbstractImage):
    """`starter_key` ties a picture to the file of the starter content it was loaded from."""

    starter_key = models.CharField(max_length=120, blank=True, db_index=True, editable=False)

    admin_form_fields = (*WagtailImage.admin_form_fields, "author", "source", "license")

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions = [("choose_image", "Can choose image")]

    def generate_rendition_file(self, filter, *, source=None):
        return super().generate_rendition_file(BareFilter(spec=filter.spec), source=source)


class Rendition(AbstractRendition):
    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class DocumentFile(Credited, AbstractDocument):
    starter_key = models.CharField(max_length=120, blank=True, db_index=True, editable=False)

    admin_form_fields = (*WagtailDocument.admin_form_fields, "author", "source", "license")

    def clean(self):
        # Where the form refused the file there is none to look at, and the form has said why.
        if self.file:
            super().clean()

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        permissions = [("choose_document", "Can choose document")]


class Recording(Credited, AbstractMedia):
    """A video or an audio recording. `captions` and `transcripts` map a language code to WebVTT and to plain text,
    `chapters` one to [{"at": seconds, "title"}].

    Length and size in pixels come from the file itself when it is checked. `copies` is what readers get, written by
    media.operations.conversions when a whole set is stored: {"prefix", "video": [...], "sound", "download", "posters",
    "waves"}; empty until then, and the original is played.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    captions = models.JSONField(_("captions"), default=dict, blank=True)
    transcripts = models.JSONField(_("transcripts"), default=dict, blank=True)
    chapters = models.JSONField(_("chapters"), default=dict, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    copies = models.JSONField(default=dict, blank=True, editable=False)
    poster_choice = models.PositiveSmallIntegerField(_("picture shown before it plays"), null=True, blank=True)
    sign_language = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("the same in sign language"),
        help_text=_("A video of the same length in which an interpreter signs. Viewers can switch between the two."),
    )
    starter_key = models.CharField(max_length=120, blank=True, db_index=True, editable=False)

    admin_form_fields = (
        "title",
        "collection",
        "thumbnail",
        "sign_language",
        "author",
        "source",
        "license",
        "tags",
    )

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        constraints = [
            # A switch to itself would do nothing.
            models.CheckConstraint(condition=~Q(sign_language=F("pk")), name="sign_language_is_another_recording"),
        ]

    @property
    def play_url(self) -> str:
        """A lasting address of the file; it leads to a signed link, so pages that hold it may be cached."""
        return reverse("media:recording", args=[self.uuid])

    def copy_url(self, name: str) -> str:
        """The lasting address of one of the copies: what is stored under it never changes."""
        return f"{settings.S3_PUBLIC_URL}/{settings.S3_BUCKET}/{self.copies['prefix']}/{name}"

    @property
    def poster_url(self) -> str:
        """The picture shown before a video plays: the editors' own, the moment they chose, else one of the middle."""
        if self.thumbnail:
            return reverse("media:poster", args=[self.uuid])
        posters = self.copies.get("posters") or []
        if not posters:
            return ""
        choice = self.poster_choice if self.poster_choice is not None else len(posters) // 2
        return self.copy_url(posters[min(choice, len(posters) - 1)]["name"])

    def caption_tracks(self) -> list[dict]:
        """What a player offers: [{"language", "url"}], one for each language with captions."""
        return [
            {"language": language, "url": reverse("media:captions", args=[self.uuid, language])}
            for language in sorted(self.captions)
        ]
