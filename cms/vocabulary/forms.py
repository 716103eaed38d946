"""Forms of the vocabulary: a language added without a deploy, a help point with its hours as people write them."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.vocabulary.hours import UnclearHours, hours_text, read_hours
from cms.vocabulary.models import HelpPoint
from cms.vocabulary.models.languages import LAST
from cms.vocabulary.operations import set_hours
from cms.vocabulary.speaking import FONTS
from schools.models import Unit, User


class TagsField(forms.CharField):
    """A list of tags, written with commas between them."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value) -> list[str]:  # type: ignore[override]  # the stubs know only text
        return [tag for part in (value or "").split(",") if (tag := part.strip())]

    def has_changed(self, initial, data) -> bool:
        return list(initial or []) != self.to_python(data)


class ContentLanguageForm(WagtailAdminModelForm):
    fallbacks = TagsField(
        label=_("Fallback chain"),
        required=False,
        help_text=_(
            "Tags of this table in the order in which they are tried, with commas: zh-Hans, vi. The last is vi."
        ),
    )
    font = forms.ChoiceField(label=_("Font"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = [self.instance.font] if self.instance.font and self.instance.font not in FONTS else []
        names = [(name, name) for name in [*FONTS, *own]]
        self.fields["font"].choices = [("", _("The reader's own")), *names]
        if self.instance.pk:
            # Content is kept under the tag.
            self.fields["tag"].disabled = True
        else:
            # Every chain ends there, and most hold nothing else.
            self.initial["fallbacks"] = [LAST]


class HoursField(forms.CharField):
    """Opening hours, a line for days with the same ones; clean data are stretches (cms.vocabulary.hours)."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value):
        try:
            return read_hours(super().clean(value))
        except UnclearHours as unclear:
            raise ValidationError(str(unclear), code="unclear") from unclear


class HelpPointForm(WagtailAdminModelForm):
    hours = HoursField(
        label=_("Opening hours"),
        required=False,
        help_text=_(
            "A line for days with the same hours: Thứ Hai–Thứ Sáu 7:30–11:30, 13:30–17:00. T2, CN, 7h30 are read too."
        ),
    )
    access = forms.MultipleChoiceField(
        label=_("Accessibility"), choices=HelpPoint.Access, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            self.fields["unit"].queryset = Unit.objects.exclude(kind=Unit.Kind.FORMER_DISTRICT).order_by("name_folded")
        if "owner" in self.fields:
            # Those who work in the back end: a list of all accounts would be the whole province.
            self.fields["owner"].queryset = User.objects.filter(groups__isnull=False, is_active=True).distinct()
        if self.instance.pk and "hours" in self.fields:
            self.initial["hours"] = hours_text(self.instance.stretches)

    @transaction.atomic
    def save(self, commit=True):
        """The point and its hours at once: whoever hears of the point finds its hours."""
        point = super().save(commit=commit)
        if commit and "hours" in self.cleaned_data:
            set_hours(point=point, stretches=self.cleaned_data["hours"])
        return point
