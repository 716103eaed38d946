"""Forms of a work: beginning one, joining a team, handing in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from contests.forms import INPUT, AgreeForm, EnterForm, OpenTrackForm
from contests.operations import Declared
from contests.rules import Rules


class WorkNames(forms.Form):
    """What a work and its team are called."""

    title = forms.CharField(
        label=_("Title of the work"),
        help_text=_("It can be changed until you hand in for the last time."),
        max_length=200,
        widget=forms.TextInput(attrs=INPUT),
    )
    name = forms.CharField(
        label=_("Name of the team"), required=False, max_length=80, widget=forms.TextInput(attrs=INPUT)
    )


class NewWorkForm(WorkNames, EnterForm):
    """Entering as the leader of a team of one or more."""

    field_order = ["category", "title", "name", "pledge", "guardian", "used_ai", "ai_note", "rules"]


class JoinForm(AgreeForm):
    """What somebody agrees to who joins a team."""

    field_order = ["pledge", "guardian", "used_ai", "ai_note", "rules"]


class OpenWorkForm(WorkNames, OpenTrackForm):
    """Entering without an account as the leader of a team."""

    field_order = ["full_name", "unit", "birth_date", "identity", *NewWorkForm.field_order]


class OpenJoinForm(OpenTrackForm):
    """Joining a team without an account; the team's category is theirs."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["category"]


class FindTeamForm(forms.Form):
    """The code of an invitation, as it was read out or written down."""

    code = forms.CharField(
        label=_("Code of the invitation"),
        help_text=_("Ten letters and digits, from whoever leads your team."),
        max_length=20,
        widget=forms.TextInput(attrs=INPUT | {"autocomplete": "off", "autocapitalize": "characters"}),
    )


class HandInForm(forms.Form):
    """What is declared with each handing-in."""

    pledge = forms.BooleanField(error_messages={"required": _("Confirm the pledge: only then is the work handed in.")})
    used_ai = forms.ChoiceField(
        label=_("Was AI used for this work?"),
        choices=[("no", _("No AI was used")), ("yes", _("AI was used"))],
        widget=forms.RadioSelect,
    )
    ai_note = forms.CharField(
        label=_("What for, and with which tool?"),
        help_text=_("Only where AI was used."),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs=INPUT),
    )

    def __init__(self, *args, rules: Rules | None, **kwargs):
        super().__init__(*args, **kwargs)
        own = _("The work is our own. What we took from others is named with its source.")
        self.fields["pledge"].label = (rules.pledge if rules else "") or own

    def clean(self):
        data = super().clean()
        if data.get("used_ai") == "yes" and not data.get("ai_note", "").strip():
            self.add_error("ai_note", _("Say in a few words what AI was used for."))
        return data

    @property
    def declared(self) -> Declared:
        data = self.cleaned_data
        return Declared(pledge=data["pledge"], used_ai=data["used_ai"] == "yes", ai_note=data["ai_note"])


class ExtendForm(forms.Form):
    """More time for everybody in a round."""

    round = forms.IntegerField(widget=forms.HiddenInput)
    closed_at = forms.DateTimeField(widget=forms.HiddenInput, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])
    hours = forms.IntegerField(
        label=_("Hours more"),
        min_value=1,
        max_value=336,
        widget=forms.NumberInput(attrs=INPUT | {"inputmode": "numeric"}),
    )
    notice = forms.CharField(
        label=_("Notice to everybody"),
        help_text=_("It stands on the page of the contest, with the old deadline and the new one."),
        max_length=500,
        widget=forms.Textarea(attrs=INPUT | {"rows": 2}),
    )


class AnswerForm(forms.Form):
    """The secretary's answer to a question."""

    answer = forms.CharField(label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs=INPUT | {"rows": 3}))
    publish = forms.BooleanField(label=_("Publish it on the page of the contest, without a name"), required=False)
    public_text = forms.CharField(
        label=_("The question as everybody reads it"),
        help_text=_("Take out names, classes and schools."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=INPUT | {"rows": 2}),
    )
