"""The visit log of the community teams and of other collaborators (plan III.3.a, III.6.d)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MOST_PEOPLE, MAX_NOTE = 50, 300
# Nine digits, however they are grouped, are a phone or an identity number (support.naming takes them out before).
NINE_DIGITS = r"[0-9]([ .-]?[0-9]){8}"

# Codes of Visit.Difficulty, where the table can name them.
DIFFICULTIES = ["", "device", "account", "password", "sim", "data", "reading", "portal", "papers"]
DIFFICULTIES += ["paying", "fear", "other"]


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Visits `user` may read: their own, and those of the units they oversee."""
        from support.permissions import visits_of

        return self.filter(visits_of(user))

    def counted(self):
        """What stands in figures: not what its member has taken back."""
        return self.filter(withdrawn_at=None)


class Visit(models.Model):
    """A household or person guided by a community team: service, age band, difficulty; never a name (plan III.3.a).

    `visit_id` is made by the phone, `seq` grows with each change there: the same again, or an older one, changes nothing.
    """

    class Age(models.TextChoices):
        CHILD = "under_18", _("Under 18")
        YOUNG = "18_39", _("18 to 39")
        MIDDLE = "40_59", pgettext_lazy("age of who was guided", "40 to 59")
        OLD = "60_up", pgettext_lazy("age of who was guided", "60 or more")

    class Difficulty(models.TextChoices):
        """What most often stands in the way, as teams tell it (domain.md §7.3)."""

        NO_DEVICE = "device", _("No smartphone, or no line")
        NO_ACCOUNT = "account", _("No VNeID account of level 2 yet")
        PASSWORD = "password", _("Password forgotten, or no code by message")
        SIM = "sim", _("The phone number is not in their own name")
        WRONG_DATA = "data", _("Something is wrong in the population data")
        READING = "reading", _("The words on the screen are hard to read or to understand")
        PORTAL = "portal", _("The portal is slow, or shows an error")
        PAPERS = "papers", _("Photographing and attaching papers")
        PAYING = "paying", _("Paying online")
        FEAR = "fear", _("Afraid of being cheated")
        OTHER = "other", pgettext_lazy("difficulty", "Something else")

    visit_id = models.UUIDField(unique=True)
    seq = models.PositiveIntegerField(default=1)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits")
    unit = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="visits")
    on = models.DateField(_("on"))
    procedure_code = models.SlugField(max_length=80)
    age_band = models.CharField(max_length=8, choices=Age)
    language = models.CharField(max_length=20)
    people = models.PositiveSmallIntegerField(_("people guided"), default=1)
    # Empty: it went well.
    difficulty = models.CharField(max_length=200, choices=Difficulty, blank=True)
    note = models.CharField(max_length=MAX_NOTE, blank=True)
    # The difficulty went to the desk, which answers the member.
    ticket = models.OneToOneField(
        "support.Ticket", null=True, blank=True, on_delete=models.PROTECT, related_name="visit"
    )
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [
            models.Index(fields=["unit", "on"], name="visit_by_unit"),
            models.Index(fields=["member", "-on"], name="visit_by_member"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(people__gte=1, people__lte=MOST_PEOPLE), name="visit_of_some_people"),
            models.CheckConstraint(
                condition=Q(age_band__in=["under_18", "18_39", "40_59", "60_up"]), name="visit_age_band"
            ),
            models.CheckConstraint(
                condition=Q(difficulty__in=DIFFICULTIES),
                name="visit_difficulty",
            ),
            models.CheckConstraint(condition=~Q(note__regex=NINE_DIGITS), name="visit_note_without_numbers"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("received_at")), name="visit_undone_later"
            ),
        ]

    def __str__(self):
        return f"{self.on} {self.procedure_code}"
