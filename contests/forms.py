"""Forms of entrants and of the secretary. Dates are typed in the site's time zone."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cms.moments import MomentField
from contests.eligibility import age_on
from contests.models import Category
from contests.operations import Agreed
from contests.presets import RuleSet
from contests.rules import AFTER_CLOSE, BEST, FIRST, LAST, NOW, Rules
from quizzes.models import Paper
from schools.models import Unit

INPUT = {"class": "input"}


class LineField(forms.CharField):
    """A sentence that is longer than a telephone is wide: written over several lines, kept as one."""

    def __init__(self, **options):
        super().__init__(widget=forms.Textarea(attrs=INPUT | {"rows": 2}), **options)

    def to_python(self, value):
        return " ".join(super().to_python(value).split())


class AgreeForm(forms.Form):
    """What the rules ask to be agreed to; fields the rules do not ask for are left out."""

    rules = forms.BooleanField(
        label=_("I have read the rules and accept them"), error_messages={"required": _("Accept the rules to go on.")}
    )
    pledge = forms.BooleanField(error_messages={"required": _("The rules ask for this pledge.")})
    guardian = forms.CharField(
        label=_("Parent or guardian who agrees"),
        help_text=_("Ask first, then write their full name."),
        max_length=120,
        widget=forms.TextInput(attrs=INPUT),
    )
    used_ai = forms.ChoiceField(
        label=_("Will you use AI for this contest?"),
        choices=[("no", _("I will not use AI")), ("yes", _("I will use AI"))],
        widget=forms.RadioSelect,
    )
    ai_note = forms.CharField(label=_("What for?"), required=False, max_length=300, widget=forms.TextInput(attrs=INPUT))

    def __init__(self, *args, rules: Rules, asks_guardian: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if rules.pledge:
            self.fields["pledge"].label = rules.pledge
        else:
            del self.fields["pledge"]
        if not asks_guardian:
            del self.fields["guardian"]
        if not rules.ai_declaration:
            del self.fields["used_ai"], self.fields["ai_note"]

    @property
    def agreed(self) -> Agreed:
        data = self.cleaned_data
        used = {"yes": True, "no": False}.get(data.get("used_ai", ""))
        return Agreed(
            rules=data["rules"],
            pledge=data.get("pledge", False),
            guardian=data.get("guardian", ""),
            used_ai=used,
            ai_note=data.get("ai_note", ""),
        )


class EnterForm(AgreeForm):
    """Entering with an account: which category, where there is a choice."""

    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none(), widget=forms.RadioSelect)
    field_order = ["category", "pledge", "guardian", "used_ai", "ai_note", "rules"]

    def __init__(self, *args, categories: QuerySet[Category], **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        field.queryset, field.empty_label = categories, None
        if categories.count() == 1:
            field.initial, field.widget = categories.first(), forms.HiddenInput()
        field.label_from_instance = lambda one: one.title


class OpenTrackForm(EnterForm):
    """Entering without an account: name and unit from the list, and what the rules ask besides.

    `on` is the day whose age counts.
    """

    full_name = forms.CharField(
        label=_("Full name"), max_length=120, widget=forms.TextInput(attrs=INPUT | {"autocomplete": "name"})
    )
    unit = forms.ModelChoiceField(
        label=_("Commune or ward"), queryset=Unit.objects.none(), widget=forms.Select(attrs=INPUT)
    )
    birth_date = forms.DateField(
        label=_("Date of birth"),
        help_text=_("As 31/12/1990. Only your age on the reference date is kept."),
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        widget=forms.TextInput(attrs=INPUT | {"inputmode": "numeric", "autocomplete": "bday"}),
    )
    identity = forms.CharField(
        label=_("Telephone number"),
        help_text=_(
            "So that one person enters once. Only a scrambled form and the last three digits are kept, and erased after "
            "the results. Whoever is under 16 leaves it empty."
        ),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs=INPUT | {"inputmode": "numeric", "autocomplete": "off"}),
    )
    field_order = [
        "full_name",
        "unit",
        "category",
        "birth_date",
        "identity",
        "pledge",
        "guardian",
        "used_ai",
        "ai_note",
        "rules",
    ]

    def __init__(self, *args, rules: Rules, on: date, asks_age: bool, **kwargs):
        young = rules.guardian_under
        super().__init__(*args, rules=rules, asks_guardian=young is not None, **kwargs)
        self.on, self.young = on, young
        units = Unit.objects.filter(valid_to=None, depth__gt=1).exclude(kind=Unit.Kind.FORMER_DISTRICT)
        self.fields["unit"].queryset = units.order_by("name_folded")
        if not asks_age and not rules.identity and young is None:
            del self.fields["birth_date"]
        if young is not None:
            # Whether it is asked is known only once the age is.
            guardian = self.fields["guardian"]
            guardian.required = False
            guardian.help_text = gettext("Only whoever is under %(age)s: ask first, then write their full name.") % {
                "age": young
            }
        if not rules.identity:
            del self.fields["identity"]

    def clean(self):
        data = super().clean()
        age = age_on(data.get("birth_date"), self.on)
        if self.young is not None and age is not None and age < self.young and not data.get("guardian", "").strip():
            self.add_error("guardian", gettext("A parent or guardian must agree: write their name."))
        return data

    @property
    def person(self) -> dict[str, Any]:
        """What `enter_open_track` asks of somebody without an account."""
        data = self.cleaned_data
        return {
            "full_name": data["full_name"],
            "unit": data["unit"],
            "birth_date": data.get("birth_date"),
            "identity": data.get("identity", ""),
            "language": get_language() or "vi",
        }


class SetUpForm(forms.Form):
    """The wizard's second step: what differs from the preset."""

    title = forms.CharField(label=_("Name of the contest"), max_length=200, widget=forms.TextInput(attrs=INPUT))
    organiser = forms.ModelChoiceField(
        label=_("Who holds it"), queryset=Unit.objects.none(), widget=forms.Select(attrs=INPUT)
    )
    begins = MomentField(label=_("The first round opens"))
    reference_date = forms.DateField(
        label=_("Reference date"),
        help_text=_("Class, school and age count as they were on this day."),
        widget=forms.DateInput(attrs=INPUT | {"type": "date"}, format="%Y-%m-%d"),
    )
    quiz = forms.ChoiceField(
        label=_("Quiz"),
        required=False,
        widget=forms.Select(attrs=INPUT),
        help_text=_("May be chosen later, for each round."),
    )
    per_round = forms.IntegerField(
        label=_("Attempts in a round"),
        help_text=_("Empty: as many as one likes."),
        required=False,
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs=INPUT),
    )
    keep = forms.ChoiceField(
        label=_("Which attempt counts"),
        choices=[(BEST, _("the best one")), (FIRST, _("the first one")), (LAST, _("the last one"))],
        widget=forms.RadioSelect,
    )
    results = forms.ChoiceField(
        label=_("Standings"),
        choices=[(NOW, _("shown while a round is open")), (AFTER_CLOSE, _("shown after a round has closed"))],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Rules (thể lệ)"),
        help_text=_("Every entrant reads and accepts this text."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 12}),
    )

    def __init__(self, data=None, *, preset: RuleSet, units: QuerySet[Unit], language: str):
        self.preset = preset
        document, rules = preset.document, preset.document.get("rules", {})
        tomorrow = timezone.localtime().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
        initial = {
            "title": document["title"],
            "begins": tomorrow,
            "reference_date": timezone.localdate(),
            "per_round": rules.get("per_round", 1),
            "keep": rules.get("keep", BEST),
            "results": rules.get("results", NOW),
            "text": document.get("text", ""),
        }
        super().__init__(data, initial=initial)
        self.fields["organiser"].queryset = units.order_by("depth", "name_folded")
        self.fields["organiser"].initial = units.order_by("depth", "name_folded").first()
        if units.count() == 1:
            self.fields["organiser"].widget = forms.HiddenInput()
        self.fields["quiz"].choices = [("", "—"), *quizzes_to_choose(language)]

    @property
    def document(self) -> dict:
        data = self.cleaned_data
        begun = self.preset.begun(data["begins"])
        terms = {
            **begun.get("rules", {}),
            "per_round": data["per_round"],
            "keep": data["keep"],
            "results": data["results"],
        }
        return {
            **begun,
            "title": data["title"],
            "reference_date": data["reference_date"],
            "text": data["text"],
            "rules": terms,
        }


def quizzes_to_choose(language: str) -> list[tuple[str, str]]:
    """Published quizzes by title."""
    papers = Paper.objects.filter(is_current=True).only("quiz_key", "document")
    found = [(str(one.quiz_key), _title(one.document["title"], language)) for one in papers]
    return sorted(found, key=lambda pair: pair[1])


def _title(texts: dict, language: str) -> str:
    return texts.get(language) or texts.get("vi") or next(iter(texts.values()), "")


class SignForm(forms.Form):
    signed_name = forms.CharField(
        label=_("Sign with your full name"),
        max_length=160,
        widget=forms.TextInput(attrs=INPUT | {"autocomplete": "off"}),
    )
    to = forms.CharField(widget=forms.HiddenInput)
