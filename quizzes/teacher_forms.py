"""Forms of the pages for teachers and officers."""

from django import forms
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

REASON_MISSING = {"required": _("Say why in a few words: it is kept in the log.")}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        help_text=_("Kept in the log and beside every result that changes."),
        widget=forms.TextInput(attrs={"class": "input"}),
        error_messages=REASON_MISSING,
    )


class RescueForm(forms.Form):
    """What to give, to whom, and why. The choices are those of one class and one quiz."""

    TIME, ATTEMPT, REOPEN, LATER = "time", "attempt", "reopen", "later"
    CLASS, COMMUNE = "class", "commune"
    OTHER = "other"

    whom = forms.ChoiceField(label=_("For whom?"), widget=forms.Select(attrs={"class": "input"}))
    what = forms.ChoiceField(
        label=_("What do you give?"),
        choices=[
            (TIME, _("More time for the attempt that runs, or the next one")),
            (REOPEN, _("Open the last attempt again, with its answers")),
            (ATTEMPT, _("One more attempt, from the start")),
            (LATER, _("A later end of the quiz")),
        ],
        widget=forms.RadioSelect,
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=1,
        max_value=600,
        initial=15,
        help_text=_("For more time, or for an attempt opened again."),
        widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"}),
    )
    closes_at = forms.DateTimeField(
        label=_("New end"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y"],
        help_text=_("For a later end, or for one more attempt after the quiz has closed."),
        widget=forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Write the day and time as 29/11/2026 23:59.")},
    )
    why = forms.ChoiceField(
        label=_("Why?"),
        choices=[
            ("line", _("The line was cut")),
            ("power", _("The power failed")),
            ("device", _("The device broke down")),
            ("ill", _("Was ill or away with leave")),
            (OTHER, _("Another reason")),
        ],
        widget=forms.RadioSelect,
        error_messages=REASON_MISSING,
    )
    note = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=200,
        help_text=_("Kept in the log. Write no illness or other private matter of a pupil."),
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    opening = forms.ChoiceField(label=_("Where the quiz was given"), widget=forms.Select(attrs={"class": "input"}))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, desk, **kwargs):
        super().__init__(*args, **kwargs)
        self.desk = desk
        whom = [(self.CLASS, gettext("The whole class %(class)s") % {"class": desk.school_class.name})]
        if desk.with_commune:
            commune = desk.school_class.school.unit.name
            whom.append((self.COMMUNE, gettext("The whole commune: %(commune)s") % {"commune": commune}))
        whom += [(str(one.user_key), one.name) for one in desk.pupils]
        self.fields["whom"].choices = whom
        self.fields["opening"].choices = [(str(one.uuid), desk.label(one)) for one in desk.openings]
        if len(desk.openings) == 1:
            self.fields["opening"].widget = forms.HiddenInput()
            self.fields["opening"].initial = str(desk.openings[0].uuid)

    def clean(self):
        cleaned = super().clean()
        what, opening = cleaned.get("what"), self.chosen_opening()
        if what in {self.TIME, self.REOPEN} and not cleaned.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("Say how many minutes."))
        if what == self.REOPEN and cleaned.get("whom") == self.COMMUNE:
            self.add_error(
                "what", _("Attempts are opened again for a pupil or a class. Give a commune one more attempt.")
            )
        if opening is not None and "closes_at" not in self.errors:
            self._check_end(what, opening, cleaned.get("closes_at"))
        if cleaned.get("why") == self.OTHER and not cleaned.get("note", "").strip():
            self.add_error("note", REASON_MISSING["required"])
        return cleaned

    def _check_end(self, what: str | None, opening, closes_at) -> None:
        now = timezone.now()
        closed = opening.closes_at is not None and opening.closes_at <= now
        if what == self.LATER and opening.closes_at is None:
            self.add_error("what", _("This quiz has no end: nothing has to be moved."))
        elif what == self.LATER and not closes_at:
            self.add_error("closes_at", _("Choose the new end."))
        elif what == self.ATTEMPT and closed and not closes_at:
            self.add_error("closes_at", _("The quiz has closed. Choose also until when the attempt may be made."))
        elif closes_at and closes_at <= now:
            self.add_error("closes_at", _("This moment has already passed. Choose a later one."))

    def chosen_opening(self):
        wanted = self.cleaned_data.get("opening")
        return next((one for one in self.desk.openings if str(one.uuid) == wanted), None)

    def reason(self) -> str:
        """The reason as it is kept: the preset in words, then the teacher's own."""
        preset = (
            ""
            if self.cleaned_data["why"] == self.OTHER
            else str(dict(self.fields["why"].choices)[self.cleaned_data["why"]])
        )
        return ": ".join(part for part in (preset, self.cleaned_data["note"].strip()) if part)


def points_field(label: str, most, *, help_text: str = "") -> forms.DecimalField:
    """Points from 0 to `most`; a comma is a decimal sign here."""
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=most,
        max_digits=7,
        decimal_places=2,
        localize=True,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": _("Give points, 0 included."),
            "max_value": _("At most %(limit_value)s points."),
            "min_value": _("Not below 0."),
        },
    )


class MarkForm(forms.Form):
    """Points of each criterion, or of the question where it has no rubric, and a comment."""

    comment = forms.CharField(
        label=_("To the pupil"),
        required=False,
        max_length=2000,
        help_text=_("Shown with the result: what was good, what to do next time."),
        widget=forms.Textarea(attrs={"class": "input", "rows": 4}),
    )

    def __init__(self, *args, sheet, **kwargs):
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        told = {}
        for one in sheet.criteria:
            label = f"{one.title} (0–{number(one.points)})"
            told[f"criterion_{one.id}"] = points_field(label, one.points, help_text=one.anchors)
            told[f"criterion_{one.id}"].initial = one.given
        if not told:
            label = gettext("Points (0–%(most)s)") % {"most": number(sheet.points)}
            told["points"] = points_field(label, sheet.points)
            told["points"].initial = sheet.given
        self.fields = told | self.fields
        self.fields["comment"].initial = sheet.marking.comment if sheet.marking else ""

    def by_criterion(self) -> dict:
        return {one.id: self.cleaned_data[f"criterion_{one.id}"] for one in self.sheet.criteria}


def number(value) -> str:
    """A mark as it is written here: 2 or 2,5."""
    return formats.localize(value.normalize() if value % 1 else int(value))
