"""A teacher's own question to the class, and for which class it is."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from schools.models import SchoolClass

MOST_OPTIONS, LEAST_OPTIONS = 6, 2
LONGEST_STEM, LONGEST_OPTION = 400, 160


class ClassForm(forms.Form):
    """For which class; `key` makes a second press the first one."""

    school_class = forms.ChoiceField(
        label=_("For which class?"),
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
        help_text=_("The result is kept with the class, so that you find it again."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, classes: list[SchoolClass], **kwargs):
        super().__init__(*args, **kwargs)
        self.by_key = {str(one.uuid): one for one in classes}
        chosen = [(key, one.name) for key, one in self.by_key.items()]
        self.fields["school_class"].choices = [*chosen, ("", pgettext_lazy("class of a question", "none of these"))]

    def chosen_class(self) -> SchoolClass | None:
        return self.by_key.get(self.cleaned_data["school_class"])


class OwnQuestionForm(ClassForm):
    """A question and two to six answers, any of them right; none right asks for views."""

    stem = forms.CharField(
        label=_("Your question"),
        max_length=LONGEST_STEM,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        error_messages={"required": _("Write the question.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for letter in "ABCDEF"[:MOST_OPTIONS]:
            self.fields[f"option_{letter}"] = forms.CharField(
                label=_("Answer %(letter)s") % {"letter": letter},
                max_length=LONGEST_OPTION,
                required=False,
                widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
            )
            self.fields[f"right_{letter}"] = forms.BooleanField(
                label=_("%(letter)s is right") % {"letter": letter}, required=False
            )

    def rows(self):
        """The fields of each answer: its words and whether it is right."""
        return [(self[f"option_{letter}"], self[f"right_{letter}"]) for letter in "ABCDEF"[:MOST_OPTIONS]]

    def clean(self):
        cleaned = super().clean()
        texts = [cleaned.get(f"option_{letter}", "").strip() for letter in "ABCDEF"[:MOST_OPTIONS]]
        filled = [text for text in texts if text]
        if len(filled) < LEAST_OPTIONS:
            self.add_error("option_B" if filled else "option_A", _("Write at least two answers to choose from."))
        for letter, text in zip("ABCDEF", texts, strict=False):
            if not text and cleaned.get(f"right_{letter}"):
                self.add_error(f"option_{letter}", _("This answer is marked as right and has no words."))
            elif text and texts.index(text) < "ABCDEF".index(letter):
                self.add_error(f"option_{letter}", _("The same answer stands here twice."))
        return cleaned

    def options(self) -> list[tuple[str, str, bool, str]]:
        """(id, words, right, why) of the answers that have words, in order."""
        found = []
        for letter in "ABCDEF"[:MOST_OPTIONS]:
            if text := self.cleaned_data[f"option_{letter}"].strip():
                found.append((letter, text, self.cleaned_data[f"right_{letter}"], ""))
        return found
