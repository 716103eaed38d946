"""Forms for handing a pupil on to another school and for taking one."""

from django import forms
from django.db.models import Case, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schools.models import SchoolClass, SchoolYear, Transfer


class TransferForm(forms.Form):
    code = forms.CharField(
        label=_("Pupil code"), max_length=40, error_messages={"required": _("Write the code of the pupil.")}
    )
    to_school = forms.CharField(
        label=_("Code of the school the pupil goes to"),
        max_length=20,
        error_messages={"required": _("Write the code of the other school.")},
    )
    giver = forms.ChoiceField(
        label=_("Who applied"),
        choices=Transfer.Giver,
        widget=forms.RadioSelect,
        initial=Transfer.Giver.REPRESENTATIVE,
    )
    evidence = forms.CharField(
        label=_("The family's application"),
        max_length=255,
        help_text=_("Number and day of the signed application you keep on paper."),
        error_messages={"required": _("Write the number and day of the family's application.")},
    )
    reason = forms.CharField(label=_("Note for the other school"), max_length=300, required=False)


class AcceptForm(forms.Form):
    to_class = forms.ModelChoiceField(
        label=_("Class"),
        queryset=SchoolClass.objects.none(),
        to_field_name="uuid",
        error_messages={"required": _("Choose the class.")},
    )
    on = forms.DateField(
        label=_("First day with you"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Write the day as 31/12/2026.")},
    )
    code = forms.CharField(
        label=_("Pupil code at your school"),
        max_length=40,
        required=False,
        help_text=_("Empty: the pupil keeps the code."),
    )

    def __init__(self, *args, school, grade: int | None = None, **kwargs):
        """`grade` is the one the pupil comes from: its classes are offered first."""
        super().__init__(*args, **kwargs)
        self.fields["to_class"].queryset = SchoolClass.objects.filter(
            school=school, school_year=SchoolYear.objects.current()
        ).order_by(Case(When(grade=grade, then=0), default=1), "grade", "name_sort")
        self.fields["on"].initial = timezone.localdate()
