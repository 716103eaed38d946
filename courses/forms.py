"""The teacher's forms. Dates are typed in the site's time zone."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cms.moments import LAST_MINUTE, MomentField
from schools.models import SchoolClass

SUNDAY = 6
# A due date sooner than this is not offered by itself.
SHORTEST = timedelta(days=2)


def next_sunday(now: datetime) -> datetime:
    """Sunday 23:59 local time, at least two days ahead."""
    day = timezone.localtime(now).date()
    day += timedelta(days=(SUNDAY - day.weekday()) % 7)
    due = timezone.make_aware(datetime.combine(day, LAST_MINUTE))
    return due if due - now >= SHORTEST else due + timedelta(days=7)


def spoken(moment: datetime) -> str:
    """A due date as it is said: Sunday 29/11, 23:59."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'l')} {local:%d/%m, %H:%M}"


class AssignForm(forms.Form):
    """Which classes, and by when: one date for all, which each class may have otherwise."""

    OTHER = "other"

    classes = forms.MultipleChoiceField(
        label=_("To which classes?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Tick classes of this list.")},
    )
    every = forms.BooleanField(required=False)
    due = forms.ChoiceField(label=_("By when?"), widget=forms.RadioSelect)
    other_due = MomentField(label=_("Another day and time"), required=False)
    opens_at = MomentField(label=_("Pupils see it from"), required=False, help_text=_("Empty: at once."))
    note = forms.CharField(
        label=_("A line for the pupils"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, classes: list[SchoolClass], taken: dict[int, datetime], now: datetime, **kwargs):
        """`taken`: {class id: due date} of the classes that have the target already; they cannot be ticked again."""
        super().__init__(*args, **kwargs)
        self.by_key = {str(one.uuid): one for one in classes}
        free = [one for one in classes if one.pk not in taken]
        self.fields["classes"].choices = [(str(one.uuid), one.name) for one in free]
        sunday = next_sunday(now)
        self.sundays = {"sunday": sunday, "sunday_after": sunday + timedelta(days=7)}
        self.fields["due"].choices = [
            *((name, spoken(due)) for name, due in self.sundays.items()),
            (self.OTHER, _("Another day")),
        ]
        self.fields["due"].initial = "sunday"
        for one in free:
            self.fields[self.due_name(one)] = MomentField(
                label=_("Due date of %(class)s") % {"class": one.name}, required=False
            )
        if len(free) == 1:
            self.fields["classes"].initial = [str(free[0].uuid)]

    @staticmethod
    def due_name(school_class: SchoolClass) -> str:
        return f"due_{school_class.uuid}"

    @property
    def several(self) -> bool:
        """Whether there is more than one class to tick."""
        return len(self.fields["classes"].choices) > 1

    @property
    def own_dates(self):
        return [self[name] for name in self.fields if name.startswith("due_")]

    @property
    def own_dates_open(self) -> bool:
        """Whether the folded part holds something or is wrong, so that it must be seen."""
        return any(field.errors or (self.is_bound and field.value()) for field in self.own_dates) or bool(
            self["opens_at"].errors or (self.is_bound and self["opens_at"].value())
        )

    def unknown_classes(self) -> set[str]:
        """Posted classes that are not this teacher's at all: not a mistake but somebody else's."""
        return set(self.data.getlist("classes")) - self.by_key.keys()

    def clean(self):
        cleaned = super().clean()
        now = timezone.now()
        opens_at = cleaned.get("opens_at") or now
        if cleaned.get("due") == self.OTHER and "other_due" not in self.errors:
            if cleaned.get("other_due"):
                self._check("other_due", cleaned["other_due"], opens_at, now)
            else:
                self.add_error("other_due", _("Choose the day."))
        elif "due" in cleaned and cleaned["due"] in self.sundays and self.sundays[cleaned["due"]] <= opens_at:
            self.add_error(
                "opens_at", _("It would open after it is due. Choose an earlier opening or a later due date.")
            )
        if cleaned.get("every"):
            cleaned["classes"] = [key for key, _name in self.fields["classes"].choices]
        elif "classes" in cleaned and not cleaned["classes"]:
            self.add_error("classes", _("Tick at least one class."))
        for key in cleaned.get("classes", []):
            name = self.due_name(self.by_key[key])
            if cleaned.get(name):
                self._check(name, cleaned[name], opens_at, now)
        return cleaned

    def _check(self, name: str, due_at: datetime, opens_at: datetime, now: datetime) -> None:
        if due_at <= now:
            self.add_error(name, _("This moment has already passed. Choose a later one."))
        elif due_at <= opens_at:
            self.add_error(name, _("The due date is before the day it opens. Choose a later one."))

    def due_dates(self) -> dict[SchoolClass, datetime]:
        """Each ticked class with its due date."""
        cleaned = self.cleaned_data
        common = cleaned["other_due"] if cleaned["due"] == self.OTHER else self.sundays[cleaned["due"]]
        return {self.by_key[key]: cleaned.get(self.due_name(self.by_key[key])) or common for key in cleaned["classes"]}


class DueForm(forms.Form):
    due_at = MomentField(label=_("New due date"))


class ExtendForm(forms.Form):
    due_at = MomentField(label=_("New due date for this pupil"))
    extra_attempts = forms.TypedChoiceField(
        label=_("More attempts at the quiz"),
        choices=[(0, _("no more")), (1, "1"), (2, "2"), (3, "3")],
        coerce=int,
        initial=0,
        required=False,
        empty_value=0,  # type: ignore[arg-type]  # the stubs know only text
        widget=forms.Select(attrs={"class": "input"}),
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        help_text=_("Kept in the log, for example: was ill, lost the line."),
        widget=forms.TextInput(attrs={"class": "input"}),
        error_messages={"required": _("Say why in a few words: it is kept in the log.")},
    )


class AttendanceForm(forms.Form):
    held_on = forms.DateField(
        label=_("Day of the lesson"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 24/11/2026.")},
    )
