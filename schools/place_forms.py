"""Forms of the province officer's desk for places and calendars."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _day(label, help_text="") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Write the day as 31/12/2026.")},
    )


def _decision() -> forms.CharField:
    return forms.CharField(
        label=_("Decision"),
        max_length=160,
        help_text=_("Number, day and body, for example 1234/QĐ-UBND of 15/07/2026."),
        error_messages={"required": _("Write the number of the decision.")},
    )


class RenameForm(forms.Form):
    name = forms.CharField(label=_("New name"), max_length=120, error_messages={"required": _("Give the new name.")})
    on = _day(_("From the day"))
    decision = _decision()


class CloseForm(forms.Form):
    """Who follows a place that is closed. With several followers every part (a class, a school) is given to one."""

    successors = forms.CharField(
        label=_("What follows it"),
        max_length=400,
        help_text=_("The code; of several, one after the other."),
        error_messages={"required": _("Write the code of the school or unit that follows.")},
    )
    on = _day(_("From the day"), _("The first day on which the new one counts."))
    decision = _decision()
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, successors, unknown, parts, **kwargs):
        super().__init__(*args, **kwargs)
        self._successors, self._unknown = {one.code: one for one in successors}, unknown
        self.fields["on"].initial = timezone.localdate()
        choices = [(one.code, f"{one.name} ({one.code})") for one in successors]
        for part in parts:
            self.fields[f"part-{part.pk}"] = forms.ChoiceField(label=part.name, choices=choices, required=False)

    def clean_successors(self):
        if self._unknown:
            raise forms.ValidationError(
                _("No school or unit has the code %(code)s.") % {"code": ", ".join(self._unknown)}
            )
        return self.cleaned_data["successors"]

    def part_fields(self):
        return [self[name] for name in self.fields if name.startswith("part-")]

    def places(self) -> dict:
        """{id of the part: the place it goes to}."""
        return {
            int(name.removeprefix("part-")): self._successors[value]
            for name, value in self.cleaned_data.items()
            if name.startswith("part-") and value
        }


class YearForm(forms.Form):
    code = forms.CharField(label=_("Year"), max_length=9, error_messages={"required": _("Write the year.")})
    starts_on = _day(_("First day"))
    ends_on = _day(_("Last day"))
