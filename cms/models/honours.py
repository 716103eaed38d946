"""The honour roll: people and units who were honoured. A person is named in full or pictured only while consents hold."""

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms.gathered import honours_elsewhere
from cms.keeping import kept
from cms.models.pages import ContentPage
from cms.models.stories import INITIALS, GoodModelPage
from cms.pictures import picture_html, renditions_of
from schools.models import Consent, School, Unit
from schools.queries.consents import names_in_public, who_consented


class Honour(models.Model):
    """One honour, as a decision gave it. It stays; whether it is shown is `is_shown`."""

    class Whom(models.TextChoices):
        PERSON = "person", _("A person")
        GROUP = "group", _("A unit, a school, a team")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    whom = models.CharField(_("who is honoured"), max_length=8, choices=Whom, default=Whom.PERSON)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("this person's account"),
    )
    initials = models.CharField(
        _("or initials"),
        max_length=20,
        blank=True,
        validators=[INITIALS],
        help_text=_("Of somebody without an account."),
    )
    organisation = models.CharField(_("unit or team"), max_length=160, blank=True)
    # Of the day of the honour: whoever moves later was honoured there.
    school = models.ForeignKey(
        School, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("school")
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("commune")
    )
    title = models.CharField(_("honour"), max_length=200, help_text=_("«Certificate of merit of the …»"))
    reason = models.CharField(_("what for"), max_length=300)
    awarded_on = models.DateField(_("given on"))
    given_by = models.CharField(_("given by"), max_length=200)
    decision = models.CharField(_("decision"), max_length=120, blank=True, help_text=_("Its number and date."))
    serial = models.CharField(
        _("number of the certificate"), max_length=40, blank=True, help_text=_("Leads to the page that checks it.")
    )
    photo = models.ForeignKey(
        "media.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("photo")
    )
    photo_alt = models.CharField(_("alternative text of the photo"), max_length=300, blank=True)
    story = models.ForeignKey(
        GoodModelPage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("their story")
    )
    is_shown = models.BooleanField(_("shown to readers"), default=True)

    class Meta:
        verbose_name = _("honour")
        verbose_name_plural = _("honours")
        ordering = ["-awarded_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(whom="group") | Q(person__isnull=False, initials="") | Q(person=None) & ~Q(initials=""),
                name="honour_of_an_account_or_initials",
            ),
            models.CheckConstraint(
                condition=Q(whom="person")
                | Q(person=None, initials="") & (~Q(organisation="") | Q(school__isnull=False) | Q(unit__isnull=False)),
                name="honour_of_a_unit_names_it",
            ),
            # Whoever has no account has given no consent on record.
            models.CheckConstraint(
                condition=Q(photo=None) | Q(whom="group") | Q(person__isnull=False),
                name="honour_photo_needs_an_account",
            ),
        ]
        indexes = [models.Index(fields=["is_shown", "-awarded_on"], name="honour_list")]

    def __str__(self):
        return f"{self.title} ({self.awarded_on:%d/%m/%Y})"

    def clean(self):
        super().clean()
        if self.whom == self.Whom.PERSON:
            if bool(self.person_id) == bool(self.initials):
                raise ValidationError({"person": _("Give either the account or initials.")})
            if self.photo_id and not self.person_id:
                raise ValidationError({"photo": _("A photo needs the account: only there are consents on record.")})
        else:
            if self.person_id or self.initials:
                raise ValidationError({"whom": _("A unit has no account and no initials.")})
            if not (self.organisation or self.school_id or self.unit_id):
                raise ValidationError({"organisation": _("Which unit, school or team?")})
        if self.photo_id and not self.photo_alt:
            raise ValidationError({"photo_alt": _("Say in words what the photo shows.")})

    @property
    def place(self) -> str:
        """Where they are from, besides the name."""
        parts = [self.organisation, self.school.name if self.school else "", self.unit.name if self.unit else ""]
        return ", ".join(dict.fromkeys(filter(None, parts)))


def honours_shown(honours: list[Honour]) -> list[dict[str, Any]]:
    """What everybody may see of these, in their order. Six statements, however many.

    A name in full needs the consent to a name on a list, a photo the one to publish it (product.md §2.1); a person who
    was erased is left out.
    """
    people = [one.person_id for one in honours if one.person_id]
    names = names_in_public(people, Consent.Purpose.LEADERBOARD) if people else {}
    pictured = who_consented(people, Consent.Purpose.PUBLISH) if people else set()
    photos = [one.photo for one in honours if one.photo_id and (not one.person_id or one.person_id in pictured)]
    renditions = renditions_of(photos)
    stories = {
        page.pk: page.url
        for page in Page.objects.select_related("locale")
        .filter(pk__in=[one.story_id for one in honours if one.story_id])
        .live()
        .public()
    }
    found = []
    for one in honours:
        is_person = one.whom == Honour.Whom.PERSON
        name = (names.get(one.person_id, "") if one.person_id else one.initials) if is_person else one.place
        if not name:
            continue
        found.append(
            {
                "key": str(one.uuid),
                "name": name,
                "is_person": is_person,
                "place": one.place if is_person else "",
                "title": one.title,
                "reason": one.reason,
                "on": one.awarded_on,
                "given_by": one.given_by,
                "decision": one.decision,
                "serial": one.serial,
                "story": stories.get(one.story_id, ""),
                "photo": picture_html(one.photo, alt=one.photo_alt, sizes="160px", renditions=renditions[one.photo_id])
                if one.photo in photos
                else "",
            }
        )
    return found


class HonourRollPage(ContentPage):
    """The page on which honours stand, newest first; what contests honour is linked, not told twice."""

    content_format = "honour_roll"
    is_material = False
    parent_page_types = ["cms.SectionPage"]
    subpage_types: list[str] = []
    PER_PAGE = 30

    class Meta(ContentPage.Meta):
        verbose_name = _("honour roll")
        verbose_name_plural = _("honour rolls")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        rows = Honour.objects.filter(is_shown=True).select_related("school", "unit", "photo")
        context["listed"] = Paginator(rows, self.PER_PAGE).get_page(request.GET.get("page"))
        context["honours"] = honours_shown(list(context["listed"].object_list))
        context["elsewhere"] = kept(f"honours-elsewhere:{self.language}", honours_elsewhere)
        return context


HonourRollPage.edit_handler = HonourRollPage.panels_in_tabs()
