"""Forms of the desk."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.vocabulary.models import Procedure
from schools.models import Unit, User
from support.models import MAX_ANSWER, MAX_QUESTION, Quotable, Ticket
from support.operations.teaching import MAX_WAY
from support.queries.asking import asked_for

INPUT = {"class": "input"}


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **INPUT})


class WriteForm(forms.Form):
    """A question to people. No name, no number, no file: none is needed to answer."""

    question = forms.CharField(
        label=pgettext_lazy("of anybody, to the desk", "Your question"),
        max_length=MAX_QUESTION,
        widget=_area(5),
        help_text=_("What do you want to do, how far did you get, what was said on the screen? No identity numbers."),
        error_messages={
            "required": _("Write your question, in a few words at least."),
            "max_length": _("This is too long: at most %(limit_value)d characters. Say the most important first."),
        },
    )
    procedure = forms.ChoiceField(label=_("What is it about?"), required=False, widget=forms.Select(attrs=INPUT))
    unit = forms.ModelChoiceField(
        label=_("Which commune or ward?"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.Select(attrs=INPUT),
        help_text=_("So that those who know the place answer."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    from_assistant = forms.BooleanField(widget=forms.HiddenInput, required=False)
    # People do not see it; a machine that fills in everything does.
    website = forms.CharField(required=False)

    def __init__(self, *args, language: str, **kwargs):
        super().__init__(*args, **kwargs)
        names = Procedure.objects.filter(locale__language_code=language).values_list("code", "name").order_by("name")
        nothing = pgettext_lazy("procedure of a question", "Something else, or I do not know")
        self.fields["procedure"].choices = [("", nothing), *names]
        self.fields["unit"].queryset = Unit.objects.filter(valid_to=None).order_by("path")
        self.fields["unit"].empty_label = pgettext_lazy("commune of a question", "I would rather not say")
        self.initial.setdefault("key", uuid4())


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of your question"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", **INPUT}),
        error_messages={"required": _("Type the code you were given.")},
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"),
        max_length=MAX_ANSWER,
        widget=_area(7),
        error_messages={"required": _("Write the answer first.")},
    )
    guide = forms.ChoiceField(
        label=_("Which guide should have said this?"),
        required=False,
        widget=forms.Select(attrs=INPUT),
        help_text=_("It goes on the list of guides to mend."),
    )

    def __init__(self, *args, guides: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        none = pgettext_lazy("guide of an answer", "None; the guides are right")
        self.fields["guide"].choices = [("", none), *guides]


class AssignForm(forms.Form):
    owner = forms.ModelChoiceField(
        label=_("Who answers?"), queryset=User.objects.none(), to_field_name="uuid", widget=forms.Select(attrs=INPUT)
    )
    wants_translation = forms.BooleanField(label=_("The answer has to be translated"), required=False)

    def __init__(self, *args, owners, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners
        self.fields["owner"].label_from_instance = lambda user: user.person.full_name or user.username


class FilterForm(forms.Form):
    """What the list of the desk is narrowed to. All of it may be empty; what makes no sense is as if it were."""

    q = forms.CharField(
        label=_("Words in the question"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", **INPUT}),
    )
    procedure = forms.ChoiceField(label=_("About"), required=False, widget=forms.Select(attrs=INPUT))
    unit = forms.ModelChoiceField(
        label=_("Commune or ward"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.Select(attrs=INPUT),
    )
    source = forms.ChoiceField(label=_("Came by"), required=False, widget=forms.Select(attrs=INPUT))
    same = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, language: str, **kwargs):
        super().__init__(*args, **kwargs)
        anything = pgettext_lazy("of a filter", "All")
        names = Procedure.objects.filter(locale__language_code=language).values_list("code", "name").order_by("name")
        self.fields["procedure"].choices = [("", anything), *names]
        self.fields["source"].choices = [("", anything), *Ticket.Source.choices]
        self.fields["unit"].queryset = Unit.objects.filter(valid_to=None).order_by("path")
        self.fields["unit"].empty_label = anything

    def wanted(self) -> dict:
        """Arguments of queries.desk.narrowed."""
        self.is_valid()
        data = self.cleaned_data
        names = {"words": "q", "procedure": "procedure", "unit": "unit", "source": "source", "same": "same"}
        return {name: data[field] for name, field in names.items() if data.get(field)}


class PutAwayForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=[(reason.value, reason.label) for reason in Ticket.PUT_AWAY_AS],
        widget=forms.RadioSelect,
        help_text=_("Whoever asked reads it with their code, in friendly words."),
        error_messages={"required": _("Choose why: whoever asked is told.")},
    )


class MergeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of the question that is the same"), max_length=40, widget=forms.TextInput(attrs=INPUT)
    )


class TeachForm(forms.Form):
    thing = forms.ModelChoiceField(
        label=_("Which page answers it?"),
        queryset=Quotable.objects.none(),
        empty_label=_("Choose a page"),
        widget=forms.Select(attrs=INPUT),
    )
    said = forms.CharField(
        label=_("How people ask, without anything personal"), max_length=MAX_WAY, widget=forms.TextInput(attrs=INPUT)
    )
    redacted = forms.BooleanField(
        label=_("I have read it: nobody can be recognised"),
        error_messages={"required": _("Read it once more: can anybody be recognised?")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["thing"].queryset = asked_for()
        self.fields["thing"].label_from_instance = lambda thing: thing.title


class PublishForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=160, widget=forms.TextInput(attrs=INPUT))
    question = forms.CharField(label=_("Question, without anything personal"), max_length=2000, widget=_area(3))
    answer = forms.CharField(label=_("Answer"), max_length=MAX_ANSWER, widget=_area(6))
    redacted = forms.BooleanField(
        label=_("I have read it: nobody can be recognised"),
        error_messages={"required": _("Read it once more: can anybody be recognised?")},
    )
