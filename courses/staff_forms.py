"""Forms for what is held or asked of staff: trainings, readings, courses that count as a training."""

from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from courses.models.trainings import MONTHS, Training
from courses.operations.readings import Wanted
from courses.operations.trainings import Plan
from courses.queries import catalogue
from courses.queries.headcounts import offices_of_training, places_of_training
from courses.queries.staff import StaffPlace
from schools.models import Role, Unit

INPUT = {"class": "input"}
# A year, or the school year: the two the plan speaks of.
VALIDITY = [("months", _("12 months from that day")), ("year", _("Until the end of the school year"))]


def day_field(label, **options) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs=INPUT | {"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Write the day as 31/12/2026.")},
        **options,
    )


def courses_to_choose(language: str) -> list[tuple[str, str]]:
    """(key, title) of the published courses of a language, by title."""
    pages = catalogue.courses_in(language).only("translation_key", "title")
    return sorted(((str(one.translation_key), one.title) for one in pages), key=lambda one: one[1])


class PlaceChoiceForm(forms.Form):
    """The place that holds or asks, whom it is for, and within which communes. `places` are the reader's own."""

    place = forms.ChoiceField(label=_("Which place holds it?"))
    kinds = forms.MultipleChoiceField(
        label=_("Whom is it for?"),
        choices=Role.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one office.")},
    )
    within = forms.MultipleChoiceField(
        label=_("Only in these communes"),
        help_text=_("Nothing ticked: everywhere under the place."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, places: list[StaffPlace], **kwargs):
        super().__init__(*args, **kwargs)
        self.places = {one.query: one for one in places}
        self.fields["place"].choices = [(query, one.name) for query, one in self.places.items()]
        if len(places) == 1:
            self.fields["place"].initial = places[0].query
            self.fields["place"].widget = forms.HiddenInput()
        tops = [one.unit for one in places if one.unit and not one.school]
        self.units: dict[str, Unit] = {}
        for top in tops:
            self.units |= {one.code: one for one in top.get_children().order_by("name_folded")}
        if self.units:
            self.fields["within"].choices = [(code, one.name) for code, one in self.units.items()]
        else:
            del self.fields["within"]
        if all(one.school for one in places):
            school = [Role.Kind.TEACHER, Role.Kind.SCHOOL_ADMIN]
            self.fields["kinds"].choices = [(one.value, one.label) for one in school]
            self.fields["kinds"].initial = [one.value for one in school]

    def chosen_place(self) -> StaffPlace:
        return self.places[self.cleaned_data["place"]]

    def chosen_units(self) -> list[Unit]:
        """Only those under the chosen place: a commune of another one is nobody's wish."""
        place = self.chosen_place()
        if place.school or place.unit is None:
            return []
        picked = [self.units[code] for code in self.cleaned_data.get("within", [])]
        return [one for one in picked if one.path.startswith(place.unit.path)]


class TrainingForm(PlaceChoiceForm):
    title = forms.CharField(
        label=_("What is the training about?"),
        max_length=200,
        widget=forms.TextInput(attrs=INPUT),
        error_messages={"required": _("Give the training a name.")},
    )
    course = forms.ChoiceField(label=_("Course it belongs to"), required=False)
    venue = forms.CharField(
        label=_("Place"),
        max_length=200,
        widget=forms.TextInput(attrs=INPUT),
        help_text=_("The hall and its address."),
        error_messages={"required": _("Say where it is held.")},
    )
    held_on = day_field(_("Day"))
    starts_at = forms.TimeField(
        label=_("Begins at"), required=False, widget=forms.TimeInput(attrs=INPUT | {"type": "time"}, format="%H:%M")
    )
    validity = forms.ChoiceField(
        label=_("How long does it count?"), choices=VALIDITY, widget=forms.RadioSelect, initial="months"
    )
    field_order = ["title", "course", "place", "venue", "held_on", "starts_at", "kinds", "within", "validity", "key"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].choices = [("", _("None")), *courses_to_choose(get_language())]
        self.fields["held_on"].initial = timezone.localdate()

    def plan(self) -> Plan:
        cleaned = self.cleaned_data
        return Plan(
            title=cleaned["title"],
            venue=cleaned["venue"],
            held_on=cleaned["held_on"],
            starts_at=cleaned["starts_at"],
            kinds=cleaned["kinds"],
            months=MONTHS if cleaned["validity"] == "months" else None,
            course_key=UUID(cleaned["course"]) if cleaned["course"] else None,
            within=self.chosen_units(),
        )


class AttendanceFileForm(forms.Form):
    file = forms.FileField(
        label=_("The list"),
        help_text=_("Excel (.xlsx) or CSV with a column Họ và tên or Tên đăng nhập, one person a row, up to 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.txt,.tsv"}),
        error_messages={
            "required": _("Choose the file with the list."),
            "empty": _("The file is empty. Choose another one."),
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > 5 * 1024 * 1024:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        return file


class WithoutAccountForm(forms.Form):
    """How many signed the list who have no account: of which place, with which office."""

    where = forms.ChoiceField(label=_("From which place"), widget=forms.Select(attrs=INPUT))
    office = forms.ChoiceField(label=_("Office"), widget=forms.Select(attrs=INPUT))
    number = forms.IntegerField(
        label=_("How many people"),
        min_value=0,
        max_value=5000,
        help_text=_("Only the number. 0 takes it away again."),
        widget=forms.NumberInput(attrs=INPUT | {"inputmode": "numeric"}),
        error_messages={"required": _("Write the number."), "invalid": _("Write the number in digits.")},
    )

    def __init__(self, *args, training: Training, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = {str(one.uuid): one for one in places_of_training(training)}
        offices = offices_of_training(training)
        for name, choices in (("where", [(key, one.name) for key, one in self.places.items()]), ("office", offices)):
            self.fields[name].choices = choices
            if len(choices) == 1:
                self.fields[name].initial = choices[0][0]
                self.fields[name].widget = forms.HiddenInput()


class OnlineTrainingForm(forms.Form):
    course = forms.ChoiceField(label=_("Course"), error_messages={"required": _("Choose the course.")})
    kinds = forms.MultipleChoiceField(
        label=_("Counts as a training for"),
        choices=Role.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one office.")},
    )
    validity = forms.ChoiceField(
        label=_("How long does it count?"), choices=VALIDITY, widget=forms.RadioSelect, initial="months"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].choices = courses_to_choose(get_language())


class ReadingForm(PlaceChoiceForm):
    """A published page (`page`, chosen before), or a notice written here."""

    page = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=255, required=False, widget=forms.TextInput(attrs=INPUT))
    text = forms.CharField(
        label=_("Text of the notice"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs=INPUT | {"rows": 8}),
    )
    note = forms.CharField(
        label=_("Why it is to be read"), max_length=300, required=False, widget=forms.TextInput(attrs=INPUT)
    )
    due_on = day_field(_("To be confirmed by"))
    field_order = ["page", "title", "text", "place", "kinds", "within", "due_on", "note", "key"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"].label = _("Staff of which place?")

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("page"):
            for name, words in (("title", _("Give the notice a title.")), ("text", _("Write the notice."))):
                if not cleaned.get(name):
                    self.add_error(name, words)
        return cleaned

    def wanted(self) -> Wanted:
        cleaned = self.cleaned_data
        return Wanted(
            kinds=cleaned["kinds"],
            due_on=cleaned["due_on"],
            page_key=cleaned["page"],
            title=cleaned["title"],
            text=cleaned["text"],
            note=cleaned["note"],
            within=self.chosen_units(),
        )


class AgainForm(forms.Form):
    due_on = day_field(_("To be confirmed by"))
