"""What people ask the desk, who answers it, and by when (product.md §10)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel

MAX_QUESTION, MAX_ANSWER = 4000, 8000


class TicketQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Tickets `user` may read and answer (support.permissions)."""
        from support.permissions import tickets_of

        return self.filter(tickets_of(user))

    def waiting(self):
        return self.filter(state=Ticket.State.NEW)

    def undoable(self):
        """Settled, and to be taken back: no page for everybody was made of it, and whoever asked still wants to know."""
        return self.exclude(state=Ticket.State.NEW).filter(page_key=None).exclude(reason=Ticket.Reason.WITHDRAWN)

    def late(self, now=None):
        return self.waiting().filter(due_at__lt=now or timezone.now())


class Ticket(models.Model):
    """A question or a difficulty that somebody answers. `code` lets a visitor follow it without an account.

    `question` is stored without personal numbers (support.assistant.masking); who asked is not known.
    """

    class Source(models.TextChoices):
        ASSISTANT = "assistant", _("Assistant")
        FORM = "form", _("Form")
        COLLABORATOR = "collaborator", _("Collaborator")

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("ticket", "Waiting")
        ANSWERED = "answered", _("Answered")
        PORTAL = "portal", _("Pointed to the national portal")
        MERGED = "merged", _("Joined with another")
        CLOSED = "closed", _("Put away")

    class Reason(models.TextChoices):
        """Why a ticket was put away; whoever asked is told in other words."""

        RUBBISH = "rubbish", _("No question: letters, a test, a script")
        ABUSE = "abuse", _("An insult or an advertisement")
        UNCLEAR = "unclear", _("Cannot be understood")
        ELSEWHERE = "elsewhere", _("Not about public services")
        WITHDRAWN = "withdrawn", _("Taken back by whoever sent it")

    # What the desk may say of others' questions; nobody takes back for somebody else.
    PUT_AWAY_AS = [Reason.RUBBISH, Reason.ABUSE, Reason.UNCLEAR, Reason.ELSEWHERE]

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Made by the sender's browser: the same again is the same ticket.
    key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    code = models.CharField(max_length=12, unique=True)
    source = models.CharField(max_length=12, choices=Source)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    language = models.CharField(max_length=12)
    # What it is about; empty: nothing that is a record here.
    procedure_code = models.SlugField(max_length=80, blank=True)
    unit = models.ForeignKey("schools.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    question = models.TextField(_("question"), max_length=MAX_QUESTION)
    # What the question is found by, and recognised when it comes again.
    folded = models.TextField(blank=True, editable=False)
    # Beside a waiting ticket: a draft, from an answer that was taken back. Nobody but the desk reads it.
    answer = models.TextField(_("answer"), blank=True)
    reason = models.CharField(max_length=9, choices=Reason, blank=True)
    # Asked by whoever answers, of somebody who knows the language.
    wants_translation = models.BooleanField(default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    # Settled together with others.
    batch = models.ForeignKey(
        "TicketBatch", null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets", editable=False
    )
    # The published answer, and the guide it shows to be wanting: pages go, tickets stay.
    page_key = models.UUIDField(null=True, blank=True)
    guide_key = models.UUIDField(null=True, blank=True)
    guide_mended_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # What had been said of it was taken back, and it waits again.
    reopened_at = models.DateTimeField(null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        indexes = [
            models.Index(fields=["state", "due_at"], name="ticket_queue"),
            models.Index(fields=["guide_key"], name="ticket_guides_to_mend", condition=Q(guide_mended_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False), name="answered_has_a_time"
            ),
            # Whoever follows the code of a joined ticket must be led to the one that is answered.
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False) | ~Q(state="merged") & Q(merged_into=None),
                name="merged_ticket_leads_on",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="ticket_not_merged_into_itself"
            ),
            models.CheckConstraint(condition=~Q(state="answered") | ~Q(answer=""), name="answered_says_something"),
            # What was put away says why, or whoever asked cannot be told.
            models.CheckConstraint(
                condition=Q(state="closed") & ~Q(reason="") | ~Q(state="closed") & Q(reason=""),
                name="put_away_for_a_reason",
            ),
            models.CheckConstraint(condition=~Q(state="new") | Q(batch=None), name="waiting_in_no_batch"),
        ]

    def __str__(self):
        return self.code

    @property
    def is_late(self) -> bool:
        return self.state == self.State.NEW and self.due_at is not None and self.due_at < timezone.now()

    @property
    def may_wait_again(self) -> bool:
        """As `undoable` above, of one ticket."""
        return self.state != self.State.NEW and self.page_key is None and self.reason != self.Reason.WITHDRAWN


class TicketBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What was done to tickets `user` may read."""
        return self.filter(Exists(Ticket.objects.visible_to(user).filter(batch=OuterRef("pk"))))


class TicketBatch(models.Model):
    """Tickets settled in one act, so that it can be taken back in one act."""

    ACTS = [Ticket.State.ANSWERED, Ticket.State.PORTAL, Ticket.State.MERGED, Ticket.State.CLOSED]

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act = models.CharField(max_length=8, choices=[(act.value, act.label) for act in ACTS])
    reason = models.CharField(max_length=9, choices=Ticket.Reason, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    count = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = TicketBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("tickets settled together")
        verbose_name_plural = _("tickets settled together")
        indexes = [models.Index(fields=["made_at"], name="ticket_batch_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=["answered", "portal", "merged", "closed"]), name="ticket_batch_settles"
            ),
            models.CheckConstraint(
                condition=Q(act="closed") & ~Q(reason="") | ~Q(act="closed") & Q(reason=""),
                name="ticket_batch_put_away_for_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.count} · {self.get_act_display()}"


class DeskRoute(models.Model):
    """Who answers what, and within how many days: the most particular row that fits decides."""

    procedure_code = models.SlugField(_("code of a procedure"), max_length=80, blank=True)
    unit = models.ForeignKey(
        "schools.Unit", null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("unit")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who answers"),
    )
    days = models.PositiveSmallIntegerField(_("days to answer in"), default=5)

    panels = [FieldPanel("procedure_code"), FieldPanel("unit"), FieldPanel("owner"), FieldPanel("days")]

    class Meta:
        verbose_name = _("way of a question")
        verbose_name_plural = _("ways of questions")
        constraints = [
            models.UniqueConstraint(fields=["procedure_code", "unit"], name="desk_route_once"),
            # Without a unit the two would not be compared: NULL equals nothing.
            models.UniqueConstraint(
                fields=["procedure_code"], condition=Q(unit=None), name="desk_route_everywhere_once"
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=60), name="desk_route_days"),
        ]

    def __str__(self):
        return f"{self.procedure_code or '*'} · {self.unit or '*'} → {self.owner or '*'}"


class CannedAnswer(models.Model):
    """A text the desk often needs; taken as a beginning, never sent by itself."""

    title = models.CharField(_("title"), max_length=120)
    language = models.CharField(_("language"), max_length=12, default="vi")
    procedure_code = models.SlugField(_("code of a procedure"), max_length=80, blank=True)
    text = models.TextField(_("text"), max_length=MAX_ANSWER)

    panels = [FieldPanel("title"), FieldPanel("language"), FieldPanel("procedure_code"), FieldPanel("text")]

    class Meta:
        verbose_name = _("ready answer")
        verbose_name_plural = _("ready answers")
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["title", "language"], name="canned_answer_once")]

    def __str__(self):
        return self.title
