"""Forms around what is shown of a contest: the gallery, requests to take something down, frequently asked questions."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contests.forms import INPUT
from contests.models import TakeDown


class HangForm(forms.Form):
    caption = forms.CharField(
        label=_("Caption"),
        max_length=300,
        help_text=_("One sentence under the picture. It names nobody: makers are named as far as they allow it."),
        widget=forms.TextInput(attrs=INPUT),
    )
    alt_text = forms.CharField(
        label=_("What the picture shows"),
        max_length=400,
        help_text=_("For readers who cannot see it: what is drawn, and the words on it."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 3}),
    )


class TakeDownForm(forms.Form):
    # Made with the page, so that a second press is the same request.
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    code = forms.CharField(
        label=_("Entry code in the results"),
        max_length=20,
        help_text=_("It stands beside the name, for example K7M2Q."),
        widget=forms.TextInput(attrs=INPUT | {"autocomplete": "off"}),
    )
    relation = forms.ChoiceField(label=_("Who asks?"), choices=TakeDown.Relation, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why should it not be shown?"),
        max_length=1000,
        help_text=_("A few words are enough. Write no telephone number and no identity number."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 4}),
    )

    def __init__(self, data=None, *, of_work: bool, **kwargs):
        super().__init__(data, **kwargs)
        if of_work:
            del self.fields["code"]


class FaqForm(forms.Form):
    faq = forms.CharField(
        label=_("Frequently asked questions"),
        required=False,
        max_length=10_000,
        help_text=_("A question in a line of its own, the answer below it, an empty line before the next question."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 14}),
    )


class DecideForm(forms.Form):
    decision = forms.CharField(
        label=pgettext_lazy("request", "Answer"),
        max_length=500,
        help_text=_("Whoever asked reads it."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 2}),
    )
