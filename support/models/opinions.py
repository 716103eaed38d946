"""«Ý kiến và thay đổi»: what people said, what was changed because of it, and whom to thank (plan III.3.đ.2.1, III.3.g)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel

from cms.models import ContentPage


class ChangePage(ContentPage):
    """An opinion, without anything personal, and what was changed because of it; the body says what is new.

    A page like any other: it waits for an editor's word, and is searched, listed and in the feeds when published.
    """

    class Source(models.TextChoices):
        DESK = "desk", _("Questions to the desk")
        VISIT = "visit", _("Community teams, from door to door")
        SURVEY = "survey", _("A survey")
        MEETING = "meeting", _("A meeting with residents")

    content_format = "change"
    parent_page_types = ["cms.SectionPage"]
    subpage_types: list[str] = []

    heard = models.TextField(_("what people said"), max_length=2000)
    heard_from = models.CharField(_("how it was heard"), max_length=8, choices=Source, default=Source.DESK)
    # How many said so; a number under five is not shown.
    said_by = models.PositiveIntegerField(_("how many said so"), default=1)
    changed_on = models.DateField(_("changed on"), default=timezone.localdate)
    # The guide that was changed.
    guide_key = models.UUIDField(null=True, blank=True, editable=False)
    # The survey, and the question of it, that people were heard by: surveys are no pages, and may be deleted.
    survey_key = models.UUIDField(null=True, blank=True, editable=False)
    survey_question = models.CharField(max_length=40, blank=True, editable=False)
    # What stood in the way from door to door (Visit.Difficulty), and in which service.
    difficulty = models.CharField(max_length=12, blank=True, editable=False)
    procedure_code = models.SlugField(max_length=80, blank=True, editable=False)

    content_panels = [
        *ContentPage.content_panels[:1],
        FieldPanel("heard"),
        FieldPanel("heard_from"),
        FieldPanel("said_by"),
        FieldPanel("changed_on"),
        *ContentPage.content_panels[1:],
    ]

    class Meta(ContentPage.Meta):
        verbose_name = _("change after an opinion")
        verbose_name_plural = _("changes after opinions")
        constraints = [
            *ContentPage.Meta.constraints,
            models.CheckConstraint(condition=Q(said_by__gte=1), name="change_said_by_somebody"),
            models.CheckConstraint(
                condition=Q(survey_key=None, survey_question="") | Q(survey_key__isnull=False, heard_from="survey"),
                name="change_heard_by_its_survey",
            ),
            models.CheckConstraint(
                condition=Q(difficulty="") | Q(heard_from="visit"), name="change_of_a_difficulty_heard_by_teams"
            ),
        ]

    def search_text(self):
        return f"{self.heard} {super().search_text()}"

    @property
    def lies_ahead(self) -> bool:
        """Whether it says what will change, and not what has."""
        return self.changed_on > timezone.localdate()

    @cached_property
    def survey(self):
        """The survey it answers, while its results are public; else None."""
        from support.models.surveys import Survey

        if self.survey_key is None:
            return None
        return Survey.objects.filter(uuid=self.survey_key, results_public_at__isnull=False).first()


ChangePage.edit_handler = ChangePage.panels_in_tabs()


class HonourQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Honours `user` may give and take back: of the units they oversee."""
        from schools.permissions import units_overseen

        return self.filter(unit__in=units_overseen(user).values("pk")) if user.is_authenticated else self.none()

    def in_force(self):
        return self.filter(withdrawn_at=None)


class Honour(models.Model):
    """A team thanked in public for a period, and, with `member`, one of it, who is named only while they consent.

    The figures are those of the moment: what is corrected later changes nothing that was read out.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="honours", verbose_name=_("unit"))
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="honours"
    )
    since = models.DateField(pgettext_lazy("day of a period", "from"))
    until = models.DateField(pgettext_lazy("day of a period", "until"))
    words = models.CharField(_("why"), max_length=300)
    people = models.PositiveIntegerField(_("people guided"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = HonourQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a team", "honour")
        verbose_name_plural = pgettext_lazy("of teams", "honours")
        indexes = [models.Index(fields=["-until", "unit"], name="honours_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="honour_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(people__gte=5), name="honour_of_no_small_group"),
            models.CheckConstraint(condition=~Q(words=""), name="honour_says_why"),
            models.UniqueConstraint(
                fields=["unit", "since", "until"],
                condition=Q(member=None, withdrawn_at=None),
                name="honour_of_a_team_once",
            ),
            models.UniqueConstraint(
                fields=["unit", "member", "since", "until"],
                condition=Q(member__isnull=False, withdrawn_at=None),
                name="honour_of_a_member_once",
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.since} – {self.until}"
