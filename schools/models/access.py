"""Ways in without e-mail: cards, class join codes, and asking the teacher for a new password."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SignInCard(models.Model):
    """A printed card with a QR and a typed eight-character code. Only a keyed hash of the code is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cards")
    code_hash = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    issued_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in card")
        verbose_name_plural = _("sign-in cards")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(voided_at=None), name="one_card_in_use"),
            # A card that was never valid cannot be told from one that has expired.
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="card_expires_after_its_issue"),
        ]

    def __str__(self):
        return f"card {self.pk}"


class JoinCode(models.Model):
    """A code by which a pupil who is not on the roster joins a class as a guest today."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school_class = models.ForeignKey("schools.SchoolClass", on_delete=models.CASCADE, related_name="join_codes")
    code = models.CharField(max_length=6, unique=True)
    needs_approval = models.BooleanField(_("needs approval"), default=True)
    max_uses = models.PositiveIntegerField(_("maximum uses"), default=50)
    uses = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("join code")
        verbose_name_plural = _("join codes")
        constraints = [
            models.CheckConstraint(condition=Q(uses__lte=F("max_uses")), name="join_code_not_overused"),
            # To end a code early is to close it; its time stays as it was announced.
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="join_code_expires_after_it_is_made"
            ),
        ]

    def __str__(self):
        return self.code


class JoinRequest(models.Model):
    """A guest's wish to join; accepted at once where the code needs no approval."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    join_code = models.ForeignKey(JoinCode, on_delete=models.CASCADE, related_name="requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="join_requests")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["join_code", "user"], name="join_request_once"),
            # Somebody answers for every guest: whoever decided, or whoever opened a code that asks nobody.
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | Q(state__in=["accepted", "refused"], decided_by__isnull=False, decided_at__isnull=False),
                name="join_request_decided_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.user_id} → {self.join_code_id}"


class PasswordRequest(models.Model):
    """«Em quên mật khẩu»: waits in the list of the class's teachers until one of them resets it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="password_requests")
    requested_at = models.DateTimeField(auto_now_add=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(handled_at=None), name="one_open_password_request"),
        ]

    def __str__(self):
        return f"password request {self.pk}"
