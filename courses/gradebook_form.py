"""The filters of the gradebook: they stand in the address, so that a teacher can keep it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.queries.gradebook import Filters

DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]


def _day(label) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 24/11/2026.")},
    )


class FilterForm(forms.Form):
    assignment = forms.UUIDField(
        label=_("What was given"), required=False, widget=forms.Select(attrs={"class": "input"})
    )
    since = _day(_("Due from"))
    until = _day(_("Due until"))

    def offer(self, choices: list[tuple[str, str]]) -> None:
        """Fill the list of assignments, `[(uuid, title)]`."""
        self.fields["assignment"].widget.choices = [("", _("All of the school year")), *choices]

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first one."))
        return cleaned

    def filters(self) -> Filters:
        return Filters(**{name: self.cleaned_data.get(name) for name in ("assignment", "since", "until")})
