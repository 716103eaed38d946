"""Good models and examples to follow (plan III.3.g, V.2.a): who, where, what was done, what came of it, how to do the same."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail_localize.fields import SynchronizedField

from cms.blocks import TEXT_FEATURES
from cms.models.pages import ContentPage, ContentPageForm
from cms.people import PersonField
from cms.text.folding import fold
from schools.models import Consent, Unit, User
from schools.queries.consents import has_consented, name_in_public

# «N.T.B.»: how somebody is named who has no account, and so no consent on record.
INITIALS = RegexValidator(r"^(?:[^\W\d_]\. ?){1,6}$", _("Initials with full stops, such as N.T.B."))


class ResultBlock(blocks.StructBlock):
    figure = blocks.CharBlock(label=_("Figure"), help_text=_("«312 households», «from 40 % to 85 %»"), max_length=60)
    what = blocks.CharBlock(label=_("What it counts"), max_length=200)
    source = blocks.CharBlock(label=_("Where the figure is from"), max_length=200)
    url = blocks.URLBlock(label=_("Address"), required=False)
    as_of = blocks.DateBlock(label=_("As of"))

    class Meta:
        label = pgettext_lazy("of a good model", "Result")
        icon = "success"


class GoodModelForm(ContentPageForm):
    person = PersonField()

    def clean(self):
        cleaned = super().clean()
        # A draft may be begun with a name alone.
        if not self.is_deferred_validation and not cleaned.get("body"):
            self.add_error("body", gettext("Tell what was done: without it there is no model to follow."))
        return cleaned


class GoodModelPage(ContentPage):
    """`subject` says whose story it is. A single person is named in full or pictured only while consents hold."""

    class Subject(models.TextChoices):
        GROUP = "group", _("An office, a team, a school")
        PERSON = "person", _("One person")

    content_format = "good_model"
    parent_page_types = ["cms.SectionPage"]
    subpage_types: list[str] = []
    base_form_class = GoodModelForm

    subject = models.CharField(_("whose story it is"), max_length=8, choices=Subject, default=Subject.GROUP)
    who = models.CharField(
        _("who"),
        max_length=160,
        help_text=_("The name of the office or team; of one person only what they are: «a pupil of grade 9»."),
    )
    # Erasing blanks a person and keeps the row; a story holds nobody back from that.
    person = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
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
    shows_person = models.BooleanField(
        _("the pictures show this person"), default=False, help_text=_("Allowed only while their consents hold.")
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("commune")
    )
    since = models.DateField(_("since when"), null=True, blank=True)
    results = StreamField([("result", ResultBlock())], blank=True, verbose_name=_("results"))
    how_to_copy = RichTextField(_("how to do the same"), blank=True, features=TEXT_FEATURES)

    content_panels = [
        *ContentPage.content_panels[:-1],
        MultiFieldPanel(
            [
                FieldPanel("subject"),
                FieldPanel("who"),
                FieldRowPanel([FieldPanel("person"), FieldPanel("initials")]),
                FieldPanel("shows_person"),
                FieldRowPanel([FieldPanel("unit"), FieldPanel("since")]),
            ],
            heading=_("Who and where"),
        ),
        FieldPanel("body", heading=_("What was done")),
        FieldPanel("results"),
        FieldPanel("how_to_copy"),
    ]
    override_translatable_fields = [
        *ContentPage.override_translatable_fields,
        *(
            SynchronizedField(name, overridable=False)
            for name in ("subject", "person", "initials", "shows_person", "unit", "since")
        ),
    ]

    class Meta(ContentPage.Meta):
        verbose_name = _("good model")
        verbose_name_plural = _("good models")
        constraints = [
            *ContentPage.Meta.constraints,
            # A story of many has nobody whose consent would be asked.
            models.CheckConstraint(
                condition=Q(subject="person") | Q(person=None, initials="", shows_person=False),
                name="good_model_of_many_names_nobody",
            ),
            models.CheckConstraint(
                condition=Q(shows_person=False) | Q(initials=""), name="good_model_pictures_need_an_account"
            ),
        ]

    def clean(self):
        super().clean()
        if self.subject == self.Subject.GROUP:
            if self.person_id or self.initials or self.shows_person:
                raise ValidationError(
                    {"subject": _("Only the story of one person has an account, initials or their picture.")}
                )
            return
        if not self.person_id and not self.initials:
            raise ValidationError({"person": _("Whose story is it? Give the account, or initials.")})
        if self.needs_consent and not self.has_consent:
            raise ValidationError(
                {
                    "person": _(
                        "This page names or shows %(initials)s, whose consents are not on record (from 7 to 15 the child's and "
                        "the parent's). Write initials and take pictures without them, or enter the consents first."
                    )
                    % {"initials": self.person_shown() or self.initials}
                }
            )

    @property
    def has_consent(self) -> bool:
        return self.person is not None and has_consented(self.person, Consent.Purpose.PUBLISH)

    @property
    def needs_consent(self) -> bool:
        """Whether it shows a person, or says the full name of one it knows anywhere in its text."""
        if self.subject != self.Subject.PERSON:
            return False
        name = self.person.get_full_name() if self.person else ""
        return self.shows_person or (bool(name) and fold(name) in fold(f"{self.title} {self.search_text()}"))

    def person_shown(self) -> str:
        """How the person is named: in full only while everybody who must has consented."""
        if self.subject != self.Subject.PERSON:
            return ""
        return name_in_public(self.person, Consent.Purpose.PUBLISH) if self.person else self.initials

    def search_text(self):
        told = [self.who, self.how_to_copy, *(f"{one.value['figure']} {one.value['what']}" for one in self.results)]
        return " ".join([super().search_text(), *told])

    def passages(self):
        """For the assistant: who did it, and how to do the same."""
        yield "", self.title, [f"{self.who}. {self.summary}".strip(". ") + "."]

    # --- What readers see ---

    def frame(self):
        return super().frame() | {
            "person": self.person_shown(),
            "results": self.results_shown(),
        }

    def results_shown(self) -> list[dict[str, Any]]:
        return [dict(one.value) for one in self.results]


GoodModelPage.edit_handler = GoodModelPage.panels_in_tabs()
