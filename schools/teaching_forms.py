"""Who works in a class beside its homeroom teacher: the form of the class's owner."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from schools.models import Teaching, User
from schools.permissions import RIGHTS

RIGHT_WORDS = {
    "assign": pgettext_lazy("right in a class", "Assign lessons, remind, record attendance"),
    "grade": pgettext_lazy("right in a class", "See marks and figures, mark written answers"),
    "edit_roster": pgettext_lazy("right in a class", "Look after the class list: cards, new PINs, guests"),
}
DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]


def _day(label, **options) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 24/11/2026.")},
        **options,
    )


class TeachingForm(forms.Form):
    """`staff` may be chosen; `held` are the rights the giver has, others are not offered. With `teaching` it is changed."""

    teacher = forms.ModelChoiceField(
        label=_("Teacher"),
        queryset=User.objects.none(),
        to_field_name="uuid",
        empty_label=_("Choose a name"),
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": _("Choose a teacher."), "invalid_choice": _("Choose a teacher of this list.")},
    )
    kind = forms.ChoiceField(
        label=_("How?"),
        choices=[
            (Teaching.Kind.CO_TEACHER, _("Co-teacher: works in the class beside me")),
            (Teaching.Kind.SUBSTITUTE, _("Substitute: stands in until a certain day")),
        ],
        widget=forms.RadioSelect,
        initial=Teaching.Kind.CO_TEACHER,
    )
    rights = forms.MultipleChoiceField(
        label=_("What may this teacher do in the class?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody named here sees the class and what its pupils have done."),
        error_messages={"invalid_choice": _("Tick rights of this list.")},
    )
    starts_on = _day(_("First day"), help_text=_("Empty: from today."))
    ends_on = _day(_("Last day"), help_text=_("A substitute needs one: after it the rights end by themselves."))

    def __init__(self, *args, staff, held: set[str], teaching: Teaching | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["teacher"].queryset = staff
        self.fields["teacher"].label_from_instance = lambda user: user.get_full_name()
        there = {right for right in RIGHTS if teaching and getattr(teaching, f"can_{right}")}
        self.fields["rights"].choices = [(right, RIGHT_WORDS[right]) for right in RIGHTS if right in held | there]
        self.fields["rights"].initial = [right for right in ("assign", "grade") if right in held]
        if teaching:
            del self.fields["teacher"], self.fields["kind"]
            if teaching.starts_on <= timezone.localdate():
                del self.fields["starts_on"]
            else:
                self.fields["starts_on"].initial = teaching.starts_on
            self.fields["rights"].initial = sorted(there)
            self.fields["ends_on"].initial = teaching.ends_on
