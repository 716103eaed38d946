"""Assigning again: first to which classes and from when, then a preview in which every date can still be changed."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.moments import MomentField
from courses.forms import next_sunday
from courses.operations.repeating import Again
from courses.queries.repeating import Past, new_dates, opening_for
from schools.models import SchoolClass


class WhereForm(forms.Form):
    """Stands in the address: a preview changes nothing."""

    to = forms.MultipleChoiceField(
        label=_("To which classes?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one class."), "invalid_choice": _("Tick classes of this list.")},
    )
    first = MomentField(
        label=_("When is the first one due?"),
        help_text=_("The others follow at the same distance as before. You can change each date in the next step."),
        error_messages={"required": _("Choose the day.")},
    )

    def __init__(self, *args, classes: list[SchoolClass], **kwargs):
        super().__init__(*args, **kwargs)
        self.by_key = {str(one.uuid): one for one in classes}
        self.fields["to"].choices = [
            (str(one.uuid), f"{one.name} · {one.school.name}" if _several(classes) else one.name) for one in classes
        ]
        self.fields["first"].initial = next_sunday(timezone.now())

    def clean_first(self):
        first = self.cleaned_data["first"]
        if first <= timezone.now():
            raise forms.ValidationError(_("This moment has already passed. Choose a later one."))
        return first

    def chosen(self) -> list[SchoolClass]:
        return [one for key, one in self.by_key.items() if key in self.cleaned_data["to"]]


def _several(classes: list[SchoolClass]) -> bool:
    return len({one.school_id for one in classes}) > 1


class AgainForm(forms.Form):
    """A tick and a date for each thing and each class; `taken` is {(class id, target key): due date} of what is there."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args,
        past: list[Past],
        classes: list[SchoolClass],
        taken: dict,
        first_due: datetime,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.past, self.classes, self.taken = past, classes, taken
        dates = new_dates(past, first_due)
        for one in past:
            for school_class in classes:
                if one.target is None or (school_class.pk, one.row.target_key) in taken:
                    continue
                give, due = self.names(one, school_class)
                self.fields[give] = forms.BooleanField(label=school_class.name, required=False, initial=True)
                self.fields[due] = MomentField(
                    label=_("%(class)s: due") % {"class": school_class.name},
                    required=False,
                    initial=dates[one.row.target_key],
                )

    @staticmethod
    def names(past: Past, school_class: SchoolClass) -> tuple[str, str]:
        ending = f"{past.row.target_key}_{school_class.uuid}"
        return f"give_{ending}", f"due_{ending}"

    def lines(self) -> list[dict]:
        """What the preview shows: each thing, and for each class its fields or why it is left out."""
        return [
            {"past": one, "places": [self._place(one, school_class) for school_class in self.classes]}
            for one in self.past
        ]

    def _place(self, past: Past, school_class: SchoolClass) -> dict:
        give, due = self.names(past, school_class)
        if give in self.fields:
            return {"class": school_class, "give": self[give], "due": self[due]}
        return {"class": school_class, "taken": self.taken.get((school_class.pk, past.row.target_key))}

    @property
    def is_empty(self) -> bool:
        return len(self.fields) == 1

    def clean(self):
        cleaned = super().clean()
        now, ticked = timezone.now(), 0
        for name in [name for name in self.fields if name.startswith("give_")]:
            if not cleaned.get(name):
                continue
            ticked += 1
            due = f"due_{name.removeprefix('give_')}"
            if due in self.errors:
                continue
            if not cleaned.get(due):
                self.add_error(due, _("Choose the day."))
            elif cleaned[due] <= now:
                self.add_error(due, _("This moment has already passed. Choose a later one."))
        if not ticked:
            self.add_error(None, _("Tick at least one lesson and class."))
        return cleaned

    def again(self, now: datetime) -> list[Again]:
        found = []
        for one in self.past:
            dates = {}
            for school_class in self.classes:
                give, due = self.names(one, school_class)
                if self.cleaned_data.get(give):
                    dates[school_class] = self.cleaned_data[due]
            if dates and one.target:
                opens_at = opening_for(one, min(dates.values()), now)
                found.append(Again(one.target, dates, one.row.assignment.note, opens_at))
        return found
