"""Pictures, documents, and recordings (video or audio) that editors use; files are kept by media/storage.py."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
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
    """A video or an audio recording. `captions` and `transcripts` map a language code to WebVTT and to plain text.

    Length and size in pixels come from the file itself when it is checked.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    captions = models.JSONField(_("captions"), default=dict, blank=True)
    transcripts = models.JSONField(_("transcripts"), default=dict, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    starter_key = models.CharField(max_length=120, blank=True, db_index=True, editable=False)

    admin_form_fields = (
        "title",
        "collection",
        "thumbnail",
        "author",
        "source",
        "license",
        "tags",
    )

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")

    @property
    def play_url(self) -> str:
        """A lasting address of the file; it leads to a signed link, so pages that hold it may be cached."""
        return reverse("media:recording", args=[self.uuid])

    def caption_tracks(self) -> list[dict]:
        """What a player offers: [{"language", "url"}], one for each language with captions."""
        return [
            {"language": language, "url": reverse("media:captions", args=[self.uuid, language])}
            for language in sorted(self.captions)
        ]
