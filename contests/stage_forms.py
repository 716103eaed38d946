"""Forms of a stage: parts with their criteria, and teams from the paper their school has signed."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contests.forms import INPUT
from contests.models import Category, Juror, Part
from contests.queries.stage import plain
from schools.models import School

# «Nội dung: 10»: what is looked at, and the most points.
LINE = re.compile(r"^(?P<title>.+?)\s*[:\t=]\s*(?P<top>\d{1,3}(?:[.,]\d{1,2})?)$")
QUARTER = Decimal("0.25")


class PartForm(forms.Form):
    title = forms.CharField(label=_("Part"), max_length=120, widget=forms.TextInput(attrs=INPUT))
    marks = forms.CharField(
        label=_("Criteria with the most points, one in a line"),
        help_text=_("For example: Content: 10"),
        widget=forms.Textarea(attrs=INPUT | {"rows": 4}),
        max_length=4000,
    )
    minutes = forms.DecimalField(
        label=_("Time limit in minutes"),
        help_text=_("Empty: no limit."),
        required=False,
        min_value=Decimal("0.25"),
        max_value=240,
        widget=forms.NumberInput(attrs=INPUT | {"step": "0.25"}),
    )
    grace_seconds = forms.IntegerField(
        label=_("Seconds that are forgiven"),
        required=False,
        min_value=0,
        max_value=600,
        widget=forms.NumberInput(attrs=INPUT),
    )
    penalty_step = forms.IntegerField(
        label=_("Points come off for each begun … seconds over the limit"),
        required=False,
        min_value=1,
        max_value=600,
        widget=forms.NumberInput(attrs=INPUT),
    )
    penalty_points = forms.DecimalField(
        label=_("Points off each time"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs=INPUT | {"step": "0.25"}),
    )
    penalty_most = forms.DecimalField(
        label=_("Points off at most"),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs=INPUT | {"step": "0.25"}),
    )

    def clean_marks(self):
        found = []
        for line in filter(None, (one.strip() for one in self.cleaned_data["marks"].splitlines())):
            match = LINE.match(line)
            top = Decimal(match["top"].replace(",", ".")) if match else Decimal(0)
            if not top or top % QUARTER:
                raise forms.ValidationError(
                    gettext("“%(line)s”: write what is looked at, a colon and the most points, as in “Content: 10”.")
                    % {"line": line}
                )
            found.append({"title": match["title"], "top": top})
        return found

    def clean(self):
        found = super().clean()
        if found.get("penalty_points") and not found.get("minutes"):
            self.add_error("minutes", gettext("Points come off only where there is a time limit."))
        most = found.get("penalty_most")
        if most is not None and most < (found.get("penalty_points") or 0):
            self.add_error("penalty_most", gettext("At least as much as comes off the first time."))
        return found

    @property
    def document(self) -> dict:
        """The part as `operations.set_parts` takes it."""
        found = self.cleaned_data
        minutes = found.get("minutes")
        return {
            "title": found["title"],
            "marks": found["marks"],
            "limit_seconds": int(minutes * 60) if minutes else None,
            "grace_seconds": found.get("grace_seconds"),
            "penalty_step": found.get("penalty_step"),
            "penalty_points": found.get("penalty_points"),
            "penalty_most": found.get("penalty_most"),
        }


PartFormSet = forms.formset_factory(PartForm, extra=1, max_num=12, absolute_max=12, can_delete=True)


def shown_parts(parts: list[Part]) -> list[dict]:
    """Stored parts as the forms show them."""
    return [
        {
            "title": one.title,
            "marks": "\n".join(
                f"{mark.title}: {(plain(mark.top) or '').replace('.', ',')}" for mark in one.marks.all()
            ),
            "minutes": plain(Decimal(one.limit_seconds) / 60) if one.limit_seconds else None,
            "grace_seconds": one.grace_seconds or None,
            "penalty_step": one.penalty_step if one.penalty_points else None,
            "penalty_points": plain(one.penalty_points) if one.penalty_points else None,
            "penalty_most": plain(one.penalty_most),
        }
        for one in parts
    ]


class TeamForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the team"), max_length=80, required=False, widget=forms.TextInput(attrs=INPUT)
    )
    category = forms.ModelChoiceField(
        label=pgettext_lazy("contest", "Category"),
        queryset=Category.objects.none(),
        empty_label=None,
        widget=forms.Select(attrs=INPUT),
    )
    school = forms.ModelChoiceField(
        label=_("School"), queryset=School.objects.none(), empty_label=None, widget=forms.Select(attrs=INPUT)
    )
    codes = forms.CharField(
        label=_("Members: the codes they sign in with, one in a line, the leader first"),
        max_length=1000,
        widget=forms.Textarea(attrs=INPUT | {"rows": 4}),
    )

    def __init__(self, *args, categories, schools, **more):
        super().__init__(*args, **more)
        self.fields["category"].queryset = categories
        self.fields["school"].queryset = schools


class StageSeatForm(forms.Form):
    name = forms.CharField(label=_("Full name"), max_length=120, widget=forms.TextInput(attrs=INPUT))
    task = forms.ChoiceField(
        label=pgettext_lazy("jury", "Task"), choices=Juror.Task.choices, widget=forms.Select(attrs=INPUT)
    )
