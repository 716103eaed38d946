"""Forms of the roll-over wizard. Labels speak to the school's administrator."""

from django import forms
from django.utils.translation import gettext_lazy as _

from schools.models import SchoolYear
from schools.operations.rollovers import Decisions
from schools.rollovers.planning import Line

_CODES = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "characters"})


def codes_in(text: str) -> tuple[str, ...]:
    """The first word of each line: a column copied from Excel, with or without the name behind the code."""
    return tuple(line.split()[0].strip(",;") for line in text.splitlines() if line.split())


class YearsForm(forms.Form):
    """From which year into which."""

    from_year = forms.ModelChoiceField(
        label=_("The year that ends"), queryset=SchoolYear.objects.none(), to_field_name="code", empty_label=None
    )
    to_year = forms.ModelChoiceField(
        label=_("The next year"), queryset=SchoolYear.objects.none(), to_field_name="code", empty_label=None
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("from_year", "to_year"):
            self.fields[name].queryset = SchoolYear.objects.order_by("-starts_on")


class DecisionsForm(forms.Form):
    """Who does not simply go up, and what happens to the teachers."""

    repeaters = forms.CharField(
        label=_("Pupils who repeat the year"),
        help_text=_("One pupil code on each line; a column copied from Excel will do."),
        required=False,
        max_length=20_000,
        widget=_CODES,
    )
    leavers = forms.CharField(
        label=_("Pupils who leave the school"),
        help_text=_("One pupil code on each line. The highest grade leaves by itself; it need not be listed."),
        required=False,
        max_length=20_000,
        widget=_CODES,
    )
    teachers_follow = forms.BooleanField(
        label=_("Teachers go up with their classes"),
        help_text=_("Without the tick everybody stays with the class of the old year."),
        required=False,
        initial=True,
    )

    def decisions(self, names: dict[int, str] | None = None) -> Decisions:
        return Decisions(
            codes_in(self.cleaned_data["repeaters"]),
            codes_in(self.cleaned_data["leavers"]),
            names,
            self.cleaned_data["teachers_follow"],
        )


class NamesForm(DecisionsForm):
    """The same decisions once more, and what each class becomes where that is not what is proposed."""

    def __init__(self, *args, lines: list[Line], **kwargs):
        super().__init__(*args, **kwargs)
        self._lines = lines
        for line in lines:
            self.fields[f"class-{line.before.pk}"] = forms.CharField(
                label=line.before.name, max_length=40, required=False, initial=line.name
            )

    def names(self) -> dict[int, str]:
        return {line.before.pk: self.cleaned_data[f"class-{line.before.pk}"].strip() for line in self._lines}

    def class_fields(self):
        return [self[name] for name in self.fields if name.startswith("class-")]
