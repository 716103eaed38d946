"""Forms of the pages for teachers and officers."""

from django import forms
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

REASON_MISSING = {"required": _("Say why in a few words: it is kept in the log.")}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        help_text=_("Kept in the log and beside every result that changes."),
        widget=forms.TextInput(attrs={"class": "input"}),
        error_messages=REASON_MISSING,
    )


def points_field(label: str, most, *, help_text: str = "") -> forms.DecimalField:
    """Points from 0 to `most`; a comma is a decimal sign here."""
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=most,
        max_digits=7,
        decimal_places=2,
        localize=True,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": _("Give points, 0 included."),
            "max_value": _("At most %(limit_value)s points."),
            "min_value": _("Not below 0."),
        },
    )


class MarkForm(forms.Form):
    """Points of each criterion, or of the question where it has no rubric, and a comment."""

    comment = forms.CharField(
        label=_("To the pupil"),
        required=False,
        max_length=2000,
        help_text=_("Shown with the result: what was good, what to do next time."),
        widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
    )

    def __init__(self, *args, sheet, **kwargs):
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        told = {}
        for one in sheet.criteria:
            label = f"{one.title} (0–{number(one.points)})"
            told[f"criterion_{one.id}"] = points_field(label, one.points, help_text=one.anchors)
            told[f"criterion_{one.id}"].initial = one.given
        if not told:
            label = gettext("Points (0–%(most)s)") % {"most": number(sheet.points)}
            told["points"] = points_field(label, sheet.points)
            told["points"].initial = sheet.given
        self.fields = told | self.fields
        self.fields["comment"].initial = sheet.marking.comment if sheet.marking else ""

    def by_criterion(self) -> dict:
        return {one.id: self.cleaned_data[f"criterion_{one.id}"] for one in self.sheet.criteria}


def number(value) -> str:
    """A mark as it is written here: 2 or 2,5."""
    return formats.localize(value.normalize() if value % 1 else int(value))
