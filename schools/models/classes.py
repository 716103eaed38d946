"""Classes, who is in them and who teaches them; every belonging has dates, so history never moves (product.md §2.6)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.text.folding import fold, natural_key


class SchoolClassQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Classes `user` may open: taught now, or of a school administered."""
        from schools.permissions import schools_administered

        today = timezone.localdate()
        taught = Teaching.objects.current(today).filter(user=user).values("school_class")
        return self.filter(Q(pk__in=taught) | Q(school__in=schools_administered(user)))


class SchoolClass(models.Model):
    """A class of one school year; unique by folded name, so that 10a1 and 10A1 are one class."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey("schools.School", on_delete=models.PROTECT, related_name="classes")
    school_year = models.ForeignKey("schools.SchoolYear", on_delete=models.PROTECT, related_name="classes")
    name = models.CharField(_("name"), max_length=40)
    name_folded = models.CharField(max_length=40, editable=False)
    name_sort = models.CharField(max_length=160, editable=False)
    grade = models.PositiveSmallIntegerField(_("grade"), null=True, blank=True)

    objects = SchoolClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["grade", "name_sort"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "school_year", "name_folded"], name="class_unique_in_school_and_year"
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.name_folded, self.name_sort = fold(self.name), natural_key(self.name)
        super().save(*args, **kwargs)


class DatedQuerySet(models.QuerySet):
    def current(self, day=None):
        """Rows that hold on `day` (today by default)."""
        day = day or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Membership(models.Model):
    """A pupil in a class from one day to another. `name_sort` repeats the person's: a class list needs one index.

    Nobody is in two classes on one day, but as a guest: the database refuses it by `membership_in_one_class_at_a_time`
    (migration 0008). A stay of one day is left out of that rule: it is how a list takes back what was written today.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("In the class")
        LEFT = "left", _("Left")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="memberships")
    is_guest = models.BooleanField(_("guest"), default=False)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)
    name_sort = models.CharField(max_length=400, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        indexes = [models.Index(fields=["school_class", "name_sort"], name="membership_class_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "school_class"], condition=Q(ends_on=None), name="membership_once_while_open"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(state="active", ends_on=None) | Q(state="left", ends_on__isnull=False),
                name="membership_left_has_an_end",
            ),
        ]

    def __str__(self):
        return f"{self.user_id} · {self.school_class_id}"

    def save(self, *args, **kwargs):
        self.name_sort = self.user.person.name_sort
        super().save(*args, **kwargs)


class Teaching(models.Model):
    """A teacher of a class and the three rights there: assign, grade, edit the roster (product.md §7)."""

    class Kind(models.TextChoices):
        HOMEROOM = "homeroom", _("Homeroom teacher")
        SUBJECT = "subject", _("Subject teacher")
        CO_TEACHER = "co_teacher", _("Co-teacher")
        SUBSTITUTE = "substitute", _("Substitute")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="teachings")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="teachings")
    kind = models.CharField(max_length=12, choices=Kind)
    subject = models.CharField(_("subject"), max_length=80, blank=True)
    can_assign = models.BooleanField(default=True)
    can_grade = models.BooleanField(default=True)
    can_edit_roster = models.BooleanField(default=False)
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("teaching")
        verbose_name_plural = _("teachings")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "school_class", "kind", "subject"],
                condition=Q(ends_on=None),
                name="teaching_once_while_open",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="teaching_ends_after_it_starts",
            ),
            # A class has one homeroom teacher: forgotten passwords and guests go to that one.
            models.UniqueConstraint(
                fields=["school_class"], condition=Q(kind="homeroom", ends_on=None), name="one_homeroom_teacher"
            ),
            models.CheckConstraint(
                condition=~Q(kind="substitute") | Q(ends_on__isnull=False), name="substitute_has_an_end"
            ),
        ]

    def __str__(self):
        return f"{self.user_id} · {self.school_class_id}"
