"""Trainings of teachers, officials and community teams: who was there, and until when that counts (plan II.1.a, b, g)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.staff import ForStaff

# A training is repeated every year (plan II.1.g: «hằng năm»).
MONTHS = 12


class Training(ForStaff):
    """One class that was held or will be. `valid_until` is worked out when the day is set: so many `months` on, or the end
    of the school year where there are none. A training that was called off keeps its row and its list."""

    title = models.CharField(_("title"), max_length=200)
    course_key = models.UUIDField(null=True, blank=True)
    venue = models.CharField(_("venue"), max_length=200)
    held_on = models.DateField(_("held on"))
    starts_at = models.TimeField(_("begins at"), null=True, blank=True)
    months = models.PositiveSmallIntegerField(
        _("valid for so many months"),
        null=True,
        blank=True,
        default=MONTHS,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    valid_until = models.DateField(_("valid until"))
    # While it lies ahead, people present themselves with the code on the wall.
    door_until = models.DateTimeField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    wagtail_reference_index_ignore = True

    class Meta(ForStaff.Meta):
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ["-held_on", "-pk"]
        indexes = [models.Index(fields=["valid_until"], name="training_valid")]
        constraints = [
            *ForStaff.Meta.constraints,
            models.CheckConstraint(condition=Q(valid_until__gte=F("held_on")), name="training_counts_from_its_day"),
            models.CheckConstraint(condition=Q(months=None) | Q(months__range=(1, 60)), name="training_months"),
            models.CheckConstraint(
                condition=Q(called_off_at=None, called_off_by=None)
                | Q(called_off_at__isnull=False, called_off_by__isnull=False, door_until=None),
                name="training_called_off_by_somebody",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether people may present themselves now."""
        return self.door_until is not None and self.door_until > timezone.now()


class AttendanceQuerySet(models.QuerySet):
    def counted(self):
        """Present, at a training that took place."""
        return self.filter(withdrawn_at=None, training__called_off_at=None)


class TrainingAttendance(models.Model):
    """Somebody was there. An untick keeps the row; nobody recorded whoever presented themselves with the code."""

    class How(models.TextChoices):
        LIST = "list", _("Signed list")
        FILE = "file", _("Imported list")
        CODE = "code", _("Code on the wall")

    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="attendances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="trainings")
    how = models.CharField(max_length=4, choices=How)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("attendance of a training")
        verbose_name_plural = _("attendance of trainings")
        constraints = [
            models.UniqueConstraint(fields=["training", "user"], name="training_attended_once"),
            models.CheckConstraint(
                condition=Q(how="code", recorded_by=None) | (~Q(how="code") & Q(recorded_by__isnull=False)),
                name="training_list_kept_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.training_id} {self.user_id}"


class PresentWithoutAccount(models.Model):
    """How many people with one office at one place signed the list of a training and have no account. A number and no
    names: the signed paper holds them. A number that was wrong is set anew; nought is no row."""

    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="without_account")
    unit = models.ForeignKey("schools.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("office"), max_length=20)
    number = models.PositiveSmallIntegerField(_("number of people"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("people present without an account")
        verbose_name_plural = _("people present without an account")
        constraints = [
            models.UniqueConstraint(fields=["training", "unit", "kind"], name="without_account_once_a_unit"),
            models.UniqueConstraint(fields=["training", "school", "kind"], name="without_account_once_a_school"),
            models.CheckConstraint(
                condition=Q(unit=None, school__isnull=False) | Q(unit__isnull=False, school=None),
                name="without_account_of_a_unit_or_a_school",
            ),
            models.CheckConstraint(condition=Q(number__range=(1, 5000)), name="without_account_is_somebody"),
        ]

    def __str__(self):
        return f"{self.training_id} {self.kind} {self.number}"

    @property
    def place(self):
        return self.school or self.unit

    @property
    def office(self) -> str:
        from schools.models import Role

        return str(Role.Kind(self.kind).label)


class OnlineTraining(models.Model):
    """A course that counts as a training for some offices once it is done online; `months` as in `Training`."""

    course_key = models.UUIDField(unique=True)
    title_at_the_time = models.CharField(_("title"), max_length=255)
    kinds = models.JSONField(_("for whom"), default=list)
    months = models.PositiveSmallIntegerField(
        _("valid for so many months"),
        null=True,
        blank=True,
        default=MONTHS,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("course that counts as a training")
        verbose_name_plural = _("courses that count as a training")
        constraints = [
            models.CheckConstraint(condition=Q(months=None) | Q(months__range=(1, 60)), name="online_training_months"),
        ]

    def __str__(self):
        return self.title_at_the_time
