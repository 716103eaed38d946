"""The making of the copies that readers get of a recording: small ones, sound alone, one to download."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media.problems import reason_text


class Conversion(models.Model):
    """One making of a whole set of copies. What is served stands on the recording; a half-made set is never named there.

    `attempt` is the token of the worker that is at it, also the last part of the prefix its files have in the store; who
    takes a lost one up makes a new token and removes what the old one left.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("conversion", "Waiting")
        RUNNING = "running", pgettext_lazy("conversion", "Being made")
        READY = "ready", pgettext_lazy("conversion", "Ready")
        FAILED = "failed", pgettext_lazy("conversion", "Could not be made")

    class Step(models.TextChoices):
        FETCHING = "fetching", _("Fetching the original")
        LOOKING = "looking", _("Looking at the original")
        MAKING = "making", _("Making the smaller copies")
        STORING = "storing", _("Storing the copies")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recording = models.ForeignKey("media.Recording", on_delete=models.CASCADE, related_name="conversions")
    # The original at the time: a recording may get another file.
    source = models.CharField(max_length=255)
    recipe = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    step = models.CharField(max_length=8, choices=Step, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    attempt = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    prefix = models.CharField(max_length=160, blank=True)
    # What recordings say of their copies (media.models.Recording.copies), once all of them are stored.
    copies = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    reason_facts = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    beaten_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    # Not a place where a recording is used.
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("conversion")
        verbose_name_plural = _("conversions")
        indexes = [
            models.Index(fields=["state", "beaten_at"], name="conversion_lost"),
            models.Index(fields=["sha256", "recipe"], name="conversion_same_original"),
        ]
        constraints = [
            # Asking twice makes one; a new file or a new recipe makes another.
            models.UniqueConstraint(fields=["recording", "source", "recipe"], name="one_conversion_a_file_and_recipe"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="conversion_percent_is_one"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(attempt__isnull=False, beaten_at__isnull=False),
                name="running_conversion_has_a_worker",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(prefix="") & Q(finished_at__isnull=False, percent=100)),
                name="ready_conversion_has_its_files",
            ),
        ]

    def __str__(self):
        return f"{self.source} {self.state}"

    @property
    def reason_text(self) -> str:
        """Why it failed, in the language of now; empty when it did not."""
        return reason_text(self.reason, self.reason_facts)

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}
