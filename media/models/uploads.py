"""Files on their way from a browser to the object store, in parts, resumable after a cut."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media.models.assets import DocumentFile, Picture, Recording
from media.problems import reason_text

# So long a file that was sent whole is taken for the one that is chosen again: whoever closed the page was not told.
SENT_AGAIN_WITHIN = timedelta(days=1)


class UploadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person sees only their own uploads."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def of_file(self, file_name: str, size: int):
        """Uploads of one purpose that a file of this name and size may go on with: begun, being checked, or an asset that
        is still there, sent within a day."""
        lately = Q(completed_at__gte=timezone.now() - SENT_AGAIN_WITHIN)
        kept = Q(purpose=Upload.Purpose.IMAGE, asset_id__in=Picture.objects.values("pk"))
        kept |= Q(purpose=Upload.Purpose.DOCUMENT, asset_id__in=DocumentFile.objects.values("pk"))
        recorded = [Upload.Purpose.VIDEO, Upload.Purpose.AUDIO]
        kept |= Q(purpose__in=recorded, asset_id__in=Recording.objects.values("pk"))
        whole = Q(state=Upload.State.STORED) | Q(kept, state=Upload.State.READY)
        found = self.filter(file_name=file_name, size=size)
        return found.filter(Q(state=Upload.State.OPEN) | Q(whole & lately))


class Upload(models.Model):
    class State(models.TextChoices):
        OPEN = "open", _("Uploading")
        STORED = "stored", _("Uploaded, being checked")
        READY = "ready", _("Ready")
        REFUSED = "refused", pgettext_lazy("upload", "Refused")
        ABORTED = "aborted", _("Cancelled")

    class Purpose(models.TextChoices):
        IMAGE = "image", _("Picture")
        DOCUMENT = "document", _("Document")
        VIDEO = "video", _("Video")
        AUDIO = "audio", _("Audio")
        H5P = "h5p", _("H5P package")
        WORK = "work", _("Work of a contest")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads")
    purpose = models.CharField(max_length=10, choices=Purpose)
    file_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    part_size = models.PositiveIntegerField()
    # {number of a part: SHA-256 the browser told when it asked to send it}; the check compares the file with them.
    part_sums = models.JSONField(default=dict, blank=True)
    key = models.CharField(max_length=255, unique=True)
    multipart_id = models.CharField(max_length=255)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    asset_id = models.PositiveBigIntegerField(null=True, blank=True)
    # A code of media.problems.REASONS and what its sentence names: who reads it may have another language than the worker.
    reason = models.CharField(max_length=300, blank=True)
    reason_facts = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        indexes = [models.Index(fields=["state", "created_at"], name="upload_cleaning")]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="upload_is_not_empty"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "aborted"]) | Q(completed_at__isnull=False),
                name="stored_upload_has_a_time",
            ),
        ]

    def __str__(self):
        return self.file_name

    @property
    def reason_text(self) -> str:
        """Why the file was refused, in the language of now; empty when it was not."""
        return reason_text(self.reason, self.reason_facts)

    @property
    def part_count(self) -> int:
        return -(-self.size // self.part_size)
