"""Certificates: that somebody has earned something, provable by a number nobody can guess.

What was earned is named by `kind` and `subject_key`, never by a row of a page (docs/decisions/0001): a course by its
`translation_key`, a contest by whatever key it chooses. Names of people are not copied here; they are read from `Person`
whenever a certificate is shown, so that a spelling put right is right on the next print, and an erased person is gone.
"""

import secrets
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schools.codes import ALPHABET

SERIAL_LENGTH = 12


def new_serial() -> str:
    """Twelve letters and digits that cannot be mistaken for each other: 31¹² numbers, so that none is found by trying."""
    return "".join(secrets.choice(ALPHABET) for _place in range(SERIAL_LENGTH))


class CertificateQuerySet(models.QuerySet):
    def in_force(self):
        """Not withdrawn. One that has expired was rightly given and stays in force as a fact of its time."""
        return self.filter(revoked_at=None)

    def visible_to(self, user):
        """What `user` may open in full: their own, those of pupils in a class they may open, those they may withdraw."""
        from courses.permissions import certificates_in_care_of
        from schools.models import Membership, SchoolClass

        if not user.is_authenticated:
            return self.none()
        taught = Membership.objects.current().filter(school_class__in=SchoolClass.objects.visible_to(user))
        return self.filter(
            Q(user_id=user.pk)
            | Q(user__in=taught.values("user"))
            | Q(pk__in=certificates_in_care_of(user).values("pk"))
        )


class Certificate(models.Model):
    """One certificate of one person. Class, school and unit are those of the moment it was earned; a withdrawn one stays.

    `rule` is what was asked for, as it was then; `mark` is a percentage.
    """

    class Kind(models.TextChoices):
        COURSE = "course", _("Course")
        CONTEST = "contest", _("Contest")
        TRAINING = "training", _("Training")

    class Reason(models.TextChoices):
        MISTAKE = "mistake", _("Issued by mistake")
        DISHONEST = "dishonest", _("The result was not the person's own")
        PERSON = "person", _("Issued to the wrong person")
        OTHER = "other", _("Another reason")

    serial = models.CharField(_("number"), max_length=20, unique=True, default=new_serial, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=8, choices=Kind)
    subject_key = models.CharField(max_length=80)
    school_year = models.CharField(max_length=9)
    title = models.CharField(_("title"), max_length=255)
    # Such as «Giải Nhất»; a course needs none.
    award = models.CharField(_("award"), max_length=160, blank=True)
    language = models.CharField(max_length=12)
    mark = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    rule = models.JSONField(default=dict)
    earned_at = models.DateTimeField()
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField(null=True)
    class_key = models.UUIDField(null=True)
    class_name = models.CharField(max_length=40, blank=True)
    school_key = models.UUIDField(null=True)
    school_name = models.CharField(max_length=160, blank=True)
    unit_key = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_for = models.CharField(max_length=10, choices=Reason, blank=True)
    revoked_note = models.CharField(max_length=300, blank=True)

    objects = CertificateQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        indexes = [
            models.Index(fields=["kind", "subject_key", "school_year"], name="certificate_of_subject"),
            models.Index(fields=["user", "-issued_at"], name="certificate_own_list"),
            models.Index(fields=["school_key", "school_year"], name="certificate_of_school"),
        ]
        constraints = [
            # A withdrawn one makes room for one that is right, with a number of its own.
            models.UniqueConstraint(
                fields=["user", "kind", "subject_key", "school_year"],
                condition=Q(revoked_at=None),
                name="certificate_in_force_once_a_year",
            ),
            # Nobody is told «withdrawn» without somebody answering for it and saying why.
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None, revoked_for="", revoked_note="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_for="") & ~Q(revoked_note="")),
                name="certificate_withdrawn_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(mark=None) | Q(mark__range=(0, 100)), name="certificate_mark_in_percent"
            ),
        ]

    def __str__(self):
        return self.shown_serial

    @property
    def shown_serial(self) -> str:
        """The number in groups of four, as it is printed and typed."""
        return "-".join(self.serial[start : start + 4] for start in range(0, len(self.serial), 4))

    def has_expired(self, day: date | None = None) -> bool:
        return self.valid_until is not None and self.valid_until < (day or timezone.localdate())
