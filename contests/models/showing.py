"""What of a contest is shown to everybody: works in its gallery, and who asked for something to be taken out of sight."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contests.models.contests import Contest
from contests.models.entries import Entry
from contests.models.jury import Copy
from contests.models.works import Work


class Exhibit(models.Model):
    """A work hung in the gallery by the secretary, with its caption and the words for who cannot see it.

    It shows a small picture painted from the copy without metadata, or light copies of a film; never what was handed in.
    A film has captions of what is said in it, or the secretary's word that it needs none. Whether it is shown now is
    decided anew each time: the results are out, its makers' consents hold, nobody asked for it to go.
    """

    class State(models.TextChoices):
        SHOWN = "shown", pgettext_lazy("exhibit", "In the gallery")
        HIDDEN = "hidden", pgettext_lazy("exhibit", "Taken down")
        # A film whose light copies the worker has not made yet, or could not make.
        MAKING = "making", pgettext_lazy("exhibit", "The film is being made ready")
        FAILED = "failed", pgettext_lazy("exhibit", "The film could not be made ready")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.OneToOneField(Work, on_delete=models.PROTECT, related_name="exhibit")
    copy = models.ForeignKey(Copy, on_delete=models.PROTECT, related_name="exhibits")
    caption = models.CharField(_("caption"), max_length=300)
    alt_text = models.CharField(_("what the picture shows, for who cannot see it"), max_length=400)
    state = models.CharField(max_length=6, choices=State, default=State.SHOWN)
    # In the private store: served only while it may be seen.
    picture_key = models.CharField(max_length=255)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    # Further pictures of the work, each with words of its own: [{"copy", "key", "width", "height", "alt"}].
    more = models.JSONField(default=list, blank=True)
    is_film = models.BooleanField(default=False)
    # {"copies": [{"label", "key", "bytes"}] with the lightest first, "seconds"}.
    film = models.JSONField(default=dict, blank=True)
    # WebVTT; in which language is what is spoken.
    captions = models.TextField(_("captions"), blank=True, max_length=200_000)
    spoken = models.CharField(_("language that is spoken"), max_length=12, default="vi")
    is_wordless = models.BooleanField(_("nothing is said, or all that is said stands in the picture"), default=False)
    poster_at = models.PositiveSmallIntegerField(_("second whose picture is shown"), null=True, blank=True)
    hung_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    hung_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = pgettext_lazy("contest", "exhibit")
        verbose_name_plural = pgettext_lazy("contest", "exhibits")
        constraints = [
            models.CheckConstraint(condition=~Q(caption="") & ~Q(alt_text=""), name="exhibit_has_its_words"),
            models.CheckConstraint(
                condition=Q(is_film=True, state__in=["making", "failed", "hidden"])
                | (~Q(picture_key="") & Q(width__gte=1, height__gte=1)),
                name="exhibit_has_its_picture",
            ),
            models.CheckConstraint(
                condition=Q(is_film=False) | ~Q(captions="") | Q(is_wordless=True),
                name="film_has_captions_or_needs_none",
            ),
        ]

    def __str__(self):
        return self.caption


class TakeDown(models.Model):
    """Somebody asks that a name in the results or a work in the gallery is no longer shown, and what became of it.

    Nobody has to say who they are: whoever keeps the address of the request reads the answer there.
    """

    class Relation(models.TextChoices):
        SELF = "self", pgettext_lazy("who asks", "It is about me")
        GUARDIAN = "guardian", pgettext_lazy("who asks", "I am the parent or guardian")
        SCHOOL = "school", pgettext_lazy("who asks", "I am of the school")
        OWNER = "owner", pgettext_lazy("who asks", "Something of mine was used")
        OTHER = "other", pgettext_lazy("who asks", "Somebody else")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        GRANTED = "granted", pgettext_lazy("request", "Taken down")
        REFUSED = "refused", pgettext_lazy("request", "Stays as it is")

    # Made by the form, so that a second press is the same request.
    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="take_downs")
    entry = models.ForeignKey(Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="take_downs")
    exhibit = models.ForeignKey(Exhibit, null=True, blank=True, on_delete=models.PROTECT, related_name="take_downs")
    relation = models.CharField(_("who asks"), max_length=8, choices=Relation)
    reason = models.TextField(_("why"), max_length=1000)
    # Asked by the entrant or a maker of the work, signed in: hidden at once, decided on afterwards.
    is_own = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    decision = models.CharField(_("answer"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("request to take something down")
        verbose_name_plural = _("requests to take something down")
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["contest", "state"], name="take_downs_of_a_contest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(entry__isnull=False, exhibit=None) | Q(entry=None, exhibit__isnull=False),
                name="take_down_is_of_a_name_or_a_work",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="take_down_says_why"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None, decision="")
                | (~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision="")),
                name="take_down_decided_by_somebody_with_words",
            ),
        ]

    def __str__(self):
        return f"{self.contest_id} · {self.state}"
