"""Forms of the official roll."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schools.models import SchoolYear
from schools.operations.rolls import LARGEST_FILE


def _years():
    return SchoolYear.objects.order_by("-starts_on")


class RollForm(forms.Form):
    """An official list to be read."""

    year = forms.ModelChoiceField(
        label=_("School year"), queryset=SchoolYear.objects.none(), to_field_name="code", empty_label=None
    )
    file = forms.FileField(
        label=_("The list (.xlsx or .csv)"),
        help_text=_("One line a school with a column for each grade, or one line a school and grade."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.txt"}),
        error_messages={"required": _("Choose the file with the official enrolment.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].queryset = _years()
        self.fields["year"].initial = SchoolYear.objects.current()

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 20 MB. An official list needs a few hundred KB."))
        return file


class FreezeForm(forms.Form):
    """The day whose roll is frozen."""

    year = forms.ModelChoiceField(queryset=SchoolYear.objects.none(), to_field_name="code", widget=forms.HiddenInput)
    on = forms.DateField(
        label=_("The roll of which day"),
        help_text=_("Usually the day the Sở counts, such as 15/10."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
        error_messages={"invalid": _("Write the day as day/month/year."), "required": _("Choose the day of the roll.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].queryset = _years()
