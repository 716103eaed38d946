"""Forms of those who build surveys. What they give is data for support.operations.surveys."""

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cms.moments import MomentField
from cms.text.folding import normalize
from schools.models import Unit
from support.models import Survey
from support.operations.surveys import new_key
from support.surveys.document import (
    CHOICES,
    LEAST_TOP,
    MOST_OPTIONS,
    MOST_TOP,
    SCALE,
    SECTION,
    Question,
    read,
)
from support.surveys.presets import Preset

INPUT = {"class": "input"}
# So many empty answers stand below the written ones.
SPARE = 3
LONGEST_TEXT, LONGEST_OPTION, LONGEST_ANCHOR = 300, 160, 60


class LineField(forms.CharField):
    """One line of words, in the letters the rest of the site is written in."""

    def __init__(self, **options):
        options.setdefault("widget", forms.TextInput(attrs=INPUT))
        super().__init__(**options)

    def clean(self, value):
        return normalize(super().clean(value))


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **INPUT})


class BeginForm(forms.Form):
    """A new survey: from which template, what it is called, who runs it."""

    preset = forms.ChoiceField(label=_("Begin with"), widget=forms.RadioSelect, required=False)
    title = LineField(
        label=pgettext_lazy("survey", "Title"),
        max_length=200,
        required=False,
        help_text=_("Empty: the title of the template."),
    )
    unit = forms.ModelChoiceField(
        label=_("Who runs it?"), queryset=Unit.objects.none(), to_field_name="code", widget=forms.Select(attrs=INPUT)
    )

    def __init__(self, *args, presets: list[tuple[Preset, str]], units, everywhere: bool, **kwargs):
        super().__init__(*args, **kwargs)
        empty = pgettext_lazy("template of a survey", "Nothing: I write all questions myself")
        self.fields["preset"].choices = [*((preset.key, title) for preset, title in presets), ("", empty)]
        self.fields["unit"].queryset = units.order_by("path")
        self.fields["unit"].required = not everywhere
        self.fields["unit"].empty_label = _("The whole province") if everywhere else None

    def clean(self):
        data = super().clean()
        if not data.get("preset") and not data.get("title") and "title" not in self.errors:
            self.add_error("title", gettext("Give it a title, or begin with a template."))
        return data


class WordsForm(forms.Form):
    """Title, introduction and thanks in one language."""

    title = LineField(label=pgettext_lazy("survey", "Title"), max_length=200)
    intro = LineField(
        label=_("Introduction"),
        max_length=600,
        required=False,
        widget=_area(3),
        help_text=_("How long it takes, what for, that no name is asked."),
    )
    thanks = LineField(label=_("Thanks at the end"), max_length=400, required=False, widget=_area(2))


class SettingsForm(WordsForm):
    """The words in the main language and what holds for all of them."""

    purpose = forms.ChoiceField(
        label=_("What is it for?"), choices=Survey.Purpose.choices, widget=forms.Select(attrs=INPUT)
    )
    audience = forms.ChoiceField(label=_("Whom is it for?"), required=False, widget=forms.Select(attrs=INPUT))
    asks_audience = forms.BooleanField(label=_("Ask who is answering (pupil, parent, official …)"), required=False)
    asks_unit = forms.BooleanField(label=_("Ask for the commune or ward"), required=False)
    opens_at = MomentField(label=_("Opens"), required=False, help_text=_("Empty: as soon as you open it."))
    closes_at = MomentField(label=_("Closes"), required=False, help_text=_("Empty: when you close it."))

    def __init__(self, *args, audiences: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        everybody = pgettext_lazy("audience of a survey", "Everybody")
        self.fields["audience"].choices = [("", everybody), *audiences.items()]

    def clean(self):
        data = super().clean()
        begins, ends = data.get("opens_at"), data.get("closes_at")
        if begins and ends and ends <= begins:
            self.add_error("closes_at", gettext("It must close after it opens."))
        return data

    @property
    def settings(self) -> dict[str, Any]:
        names = ("purpose", "audience", "asks_audience", "asks_unit", "opens_at", "closes_at")
        return {name: self.cleaned_data[name] for name in names}


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("Add a language"), widget=forms.Select(attrs=INPUT))

    def __init__(self, *args, languages: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages


class QuestionForm(forms.Form):
    """A question in one language. What holds for all languages is asked in the main one only."""

    text = LineField(
        label=pgettext_lazy("survey", "Question"),
        max_length=LONGEST_TEXT,
        widget=_area(2),
        error_messages={"required": pgettext_lazy("survey", "Write the question.")},
    )
    help = LineField(label=_("A hint under it"), max_length=LONGEST_TEXT, required=False)

    def __init__(self, *args, survey: Survey, row: dict[str, Any], language: str, **kwargs):
        self.survey, self.row, self.language = survey, row, language
        self.is_main = language == survey.language
        self.question = Question.of(row)
        kwargs["initial"] = self._initial()
        super().__init__(*args, **kwargs)
        self._add_fields()

    def _initial(self) -> dict[str, Any]:
        one = self.question
        found: dict[str, Any] = {
            **one.texts.get(self.language, {}),
            "required": one.required,
            "tells": one.tells,
            "top": one.top,
            "when": [f"{one.when.question}:{value}" for value in one.when.values] if one.when else [],
        }
        for place, option in enumerate(one.options):
            found |= {f"option_{place}": option.text(self.language), f"key_{place}": option.key}
        return found

    def _add_fields(self) -> None:
        kind = self.question.kind
        self.fields["text"].help_text = self._beside(self.question.text(self.survey.language))
        if kind == SCALE:
            for name, label in (("low", _("What the lowest step means")), ("high", _("What the highest step means"))):
                beside = self._beside(self.question.text(self.survey.language, name))
                self.fields[name] = LineField(label=label, max_length=LONGEST_ANCHOR, required=False, help_text=beside)
        if kind in CHOICES:
            self._add_options()
        if not self.is_main:
            return
        if kind == SCALE:
            self.fields["top"] = forms.IntegerField(
                label=_("How many steps?"),
                min_value=LEAST_TOP,
                max_value=MOST_TOP,
                widget=forms.NumberInput(attrs=INPUT),
            )
            self.fields["tells"] = forms.BooleanField(
                label=_("This question tells satisfaction: 4 and 5 of 5 count as satisfied"), required=False
            )
        if kind != SECTION:
            self.fields["required"] = forms.BooleanField(label=_("Has to be answered"), required=False)
        if choices := self._conditions():
            self.fields["when"] = forms.MultipleChoiceField(
                label=_("Ask only those who answered"),
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Nothing chosen: everybody is asked. Choose answers of one question."),
            )

    def _beside(self, text: str) -> str:
        """What the main language says, for whoever translates."""
        return "" if self.is_main or not text else gettext("In the main language: %(text)s") % {"text": text}

    def _add_options(self) -> None:
        written = len(self.question.options)
        spare = SPARE if self.is_main else 0
        self.rows = min(MOST_OPTIONS, max(written + spare, 4 if self.is_main else 0))
        for place in range(self.rows):
            known = self.question.options[place] if place < written else None
            self.fields[f"option_{place}"] = LineField(
                label=gettext("Answer %(number)s") % {"number": place + 1},
                max_length=LONGEST_OPTION,
                required=False,
                help_text=self._beside(known.text(self.survey.language) if known else ""),
            )
            self.fields[f"key_{place}"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def _conditions(self) -> list[tuple[str, str]]:
        """Answers of the questions before this one, as “question: answer”."""
        found = []
        for one in read(self.survey.questions):
            if one.key == self.question.key:
                break
            if one.steers:
                title = one.text(self.language)
                found += [
                    (f"{one.key}:{value}", f"{title}: {one.label_of(value, self.language)}") for value in one.values
                ]
        return found

    @property
    def plain(self) -> list:
        names = [name for name in self.fields if name not in {"when"} and not name.startswith("key_")]
        return [self[name] for name in names]

    @property
    def keys(self) -> list:
        return [self[name] for name in self.fields if name.startswith("key_")]

    def clean_when(self) -> list[str]:
        found = self.cleaned_data["when"]
        if len({one.partition(":")[0] for one in found}) > 1:
            raise forms.ValidationError(gettext("Choose answers of one question only."))
        return found

    def clean(self):
        data = super().clean()
        if self.question.kind in CHOICES and self.is_main:
            written = [data.get(f"option_{place}", "") for place in range(self.rows)]
            if len([one for one in written if one]) < 2:
                empty = next((place for place, one in enumerate(written) if not one), 0)
                self.add_error(f"option_{empty}", gettext("Write at least two answers to choose from."))
            for place, one in enumerate(written):
                if one and one in written[:place]:
                    self.add_error(f"option_{place}", gettext("The same answer stands here twice."))
        return data

    @property
    def document(self) -> dict[str, Any]:
        """The question as support.surveys.document keeps it."""
        data, row = self.cleaned_data, dict(self.row)
        words = {name: data[name] for name in ("text", "help", "low", "high") if data.get(name)}
        row["texts"] = {**row.get("texts", {}), self.language: words}
        if self.question.kind in CHOICES:
            row["options"] = self._options()
        if not self.is_main:
            return row
        for name in ("required", "tells"):
            row[name] = bool(data.get(name))
        if self.question.kind == SCALE:
            row["top"] = data["top"]
        row.pop("when", None)
        if data.get("when"):
            lead = data["when"][0].partition(":")[0]
            row["when"] = {"question": lead, "is": [one.partition(":")[2] for one in data["when"]]}
        return row

    def _options(self) -> list[dict[str, Any]]:
        before = {one.key: dict(one.texts) for one in self.question.options}
        taken, found = set(before), []
        for place in range(self.rows):
            text = self.cleaned_data.get(f"option_{place}", "")
            key = self.cleaned_data.get(f"key_{place}", "")
            if key not in before:
                if not text:
                    continue
                key = new_key(taken)
                taken.add(key)
            elif not text and self.is_main:
                continue
            texts = {**before.get(key, {}), self.language: text}
            found.append({"key": key, "texts": {tag: words for tag, words in texts.items() if words}})
        return found
