"""Forms of the visit log."""

from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from schools.models import Unit
from support.models import MAX_NOTE, MOST_PEOPLE, Visit
from support.operations.visits import Told
from support.queries.visits import language_names, service_names

INPUT = {"class": "input"}


class VisitForm(forms.Form):
    """One visit. No place for who was visited; what names or numbers stand in the remark are taken out when it is saved."""

    procedure = forms.ChoiceField(
        label=_("What did you guide them in?"),
        widget=forms.Select(attrs=INPUT),
        error_messages={"required": _("Choose the service from the list.")},
    )
    age_band = forms.ChoiceField(
        label=_("How old were they, about?"),
        choices=Visit.Age.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an age; a guess is enough.")},
    )
    people = forms.IntegerField(
        label=_("How many people?"),
        min_value=1,
        max_value=MOST_PEOPLE,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", **INPUT}),
        error_messages={"required": _("Write a number, such as 1.")},
    )
    language = forms.ChoiceField(label=_("In which language?"), initial="vi", widget=forms.Select(attrs=INPUT))
    difficulty = forms.ChoiceField(
        label=_("What was difficult?"),
        choices=[("", _("Nothing, it went well")), *Visit.Difficulty.choices],
        required=False,
        widget=forms.Select(attrs=INPUT),
    )
    note = forms.CharField(
        label=pgettext_lazy("of a visit", "In a few words"),
        max_length=MAX_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, **INPUT}),
        help_text=_("No names, no phone or identity numbers, no address. What looks like one is taken out."),
    )
    asks = forms.BooleanField(
        label=_("This has to be answered"),
        required=False,
        help_text=_("The difficulty goes to the desk of the commune; the answer comes to you."),
    )
    on = forms.DateField(
        label=_("On which day?"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **INPUT}),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": _("Choose the day.")},
    )
    unit = forms.ChoiceField(label=_("In which commune?"), required=False, widget=forms.Select(attrs=INPUT))
    visit_id = forms.UUIDField(widget=forms.HiddenInput)
    seq = forms.IntegerField(widget=forms.HiddenInput, min_value=1, initial=1)

    def __init__(self, *args, units: list[Unit], **kwargs):
        super().__init__(*args, **kwargs)
        names = service_names(get_language() or "vi")
        choose = pgettext_lazy("service of a visit", "Choose")
        self.fields["procedure"].choices = [("", choose), *names.items()]
        self.fields["language"].choices = list(language_names().items())
        if len(units) > 1:
            self.fields["unit"].choices = [(one.code, one.name) for one in units]
        else:
            del self.fields["unit"]
        self.initial.setdefault("on", timezone.localdate())
        self.initial.setdefault("visit_id", uuid4())

    def told(self, *, undone: bool = False) -> Told:
        """The visit as the phone would tell it; only of a form that is valid."""
        values = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return Told(undone=undone, **values)


def initial_of(visit: Visit) -> dict:
    """What the form of a visit that is there begins with: its next change."""
    return {
        "procedure": visit.procedure_code,
        "age_band": visit.age_band,
        "people": visit.people,
        "language": visit.language,
        "difficulty": visit.difficulty,
        "note": visit.note,
        "asks": visit.ticket_id is not None,
        "on": visit.on,
        "unit": visit.unit.code,
        "visit_id": visit.visit_id,
        "seq": visit.seq + 1,
    }
