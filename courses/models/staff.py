"""What is held or asked of staff: by which office, for which places and offices."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ForStaffQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What `user` may follow: of the units they oversee, of the schools they oversee or administer."""
        from schools.permissions import schools_overseen, units_overseen

        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(unit__in=units_overseen(user).values("pk")) | Q(school__in=schools_overseen(user).values("pk"))
        )


class ForStaff(models.Model):
    """`unit` or `school` is the place that holds or asks it, and the widest place it is for; `within` narrows a unit's to
    some below it. `kinds` are offices (schools.models.Role.Kind); an empty list means all."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey("schools.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    within = models.ManyToManyField("schools.Unit", blank=True, related_name="+", verbose_name=_("only in"))
    kinds = models.JSONField(_("for whom"), default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ForStaffQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(unit=None, school__isnull=False) | Q(unit__isnull=False, school=None),
                name="%(class)s_of_a_unit_or_a_school",
            ),
        ]

    @property
    def place(self):
        return self.school or self.unit
