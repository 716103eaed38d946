"""Forms of the desk: the steps of the wizard, and outages. What they give is data for `contests.operations`."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cms.moments import MomentField
from contests.eligibility import LEVELS, Eligibility
from contests.forms import INPUT
from contests.models import Category, Contest, Outage, Prize, Round
from contests.operations import Given
from contests.permissions import BARRED_BY_DEFAULT
from contests.problems import RulesRefused
from contests.queries.criteria import criteria_of, words_of
from contests.rules import (
    AFTER_CLOSE,
    ALL_CORRECT,
    BEST,
    ENTRANTS,
    FIRST,
    LAST,
    NOW,
    ORDER_LABELS,
    Rules,
    usual_direction,
)
from schools.models import Role, Unit

EXTRA_ROWS = 2
MOST_TIE_BREAKS = 8


def number_field(label, *, least: int = 1, most: int = 1000, help_text="") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=most,
        help_text=help_text,
        widget=forms.NumberInput(attrs=INPUT),
    )


class BasicsForm(forms.Form):
    title = forms.CharField(label=_("Name of the contest"), max_length=200, widget=forms.TextInput(attrs=INPUT))
    summary = forms.CharField(
        label=_("In a few sentences"), required=False, widget=forms.Textarea(attrs=INPUT | {"rows": 3})
    )
    reference_date = forms.DateField(
        label=_("Reference date"),
        help_text=_("Class, school and age count as they were on this day."),
        widget=forms.DateInput(attrs=INPUT | {"type": "date"}, format="%Y-%m-%d"),
    )


class RoundForm(forms.Form):
    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=200, required=False, widget=forms.TextInput(attrs=INPUT))
    level = forms.ChoiceField(
        label=pgettext_lazy("of a round", "Level"),
        choices=Round.Level,
        # What a browser sends of a row nobody has touched must be what the row begins with.
        initial=Round.Level.WEEK,
        widget=forms.Select(attrs=INPUT),
    )
    opens_at = MomentField(label=_("Opens"))
    closes_at = MomentField(label=_("Closes"))
    quota_per_unit = number_field(
        _("Places per unit in the next round"), help_text=_("Empty: everybody may take the next round.")
    )
    way_on = forms.ChoiceField(
        label=_("Who goes on"), choices=Round.Way, initial=Round.Way.RANK, widget=forms.Select(attrs=INPUT)
    )


class CategoryForm(forms.Form):
    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Name of the category"), max_length=200, widget=forms.TextInput(attrs=INPUT))
    levels = forms.MultipleChoiceField(
        label=_("For whom"),
        choices=list(LEVELS.items()),
        required=False,
        help_text=_("None chosen: everybody."),
        widget=forms.CheckboxSelectMultiple,
    )
    grade_min = number_field(_("From grade"), least=1, most=12)
    grade_max = number_field(_("To grade"), least=1, most=12)
    age_min = number_field(_("From age"), least=3, most=120)
    age_max = number_field(_("To age"), least=3, most=120)
    units = forms.MultipleChoiceField(
        label=_("Only of these communes"),
        required=False,
        help_text=_("None chosen: the whole area of the contest."),
        widget=forms.SelectMultiple(attrs=INPUT | {"size": 6}),
    )
    barred_roles = forms.MultipleChoiceField(
        label=_("Who does not compete"),
        choices=[(kind, kind.label) for kind in Role.Kind if kind in BARRED_BY_DEFAULT or kind == Role.Kind.TEACHER],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    open_track = forms.BooleanField(label=_("Open to people without a school account"), required=False)

    # What most contests leave as it is.
    folded_names = ("grade_min", "grade_max", "age_min", "age_max", "units", "barred_roles")

    def __init__(self, *args, units: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = units

    @property
    def unfolded(self) -> list:
        return [self[name] for name in self.fields if name not in self.folded_names]

    @property
    def folded(self) -> list:
        return [self[name] for name in self.folded_names]

    @property
    def is_unfolded(self) -> bool:
        """Whether something below the fold is set, or wrong."""
        return any(self[name].errors for name in self.folded_names) or any(
            self[name].value() not in (None, "", []) for name in self.folded_names[:-1]
        )

    def clean(self):
        data = super().clean()
        try:
            Eligibility.read(self.eligibility(data))
        except RulesRefused as problem:
            raise forms.ValidationError(str(problem)) from None
        return data

    @staticmethod
    def eligibility(data: dict) -> dict[str, Any]:
        """Only what says something: an empty condition lets everybody in."""
        names = ("levels", "grade_min", "grade_max", "age_min", "age_max", "units", "barred_roles")
        return {name: data[name] for name in names if data.get(name)} | {"barred_roles": data.get("barred_roles", [])}


class PrizeForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("For whom"), choices=Prize.Kind, initial=Prize.Kind.INDIVIDUAL, widget=forms.Select(attrs=INPUT)
    )
    per_round = forms.BooleanField(label=_("In each round"), required=False)
    title = forms.CharField(label=_("Title"), max_length=120, widget=forms.TextInput(attrs=INPUT))
    count = forms.IntegerField(
        label=_("Number of prizes"), min_value=1, max_value=1000, initial=1, widget=forms.NumberInput(attrs=INPUT)
    )
    value = forms.CharField(label=_("Prize"), max_length=120, required=False, widget=forms.TextInput(attrs=INPUT))
    points = number_field(
        _("Points for the school"),
        least=0,
        help_text=_("What a school earns when one of its pupils wins this prize."),
    )


class Rows(forms.BaseFormSet):
    """Rows that can be left out; a row nobody has touched is none."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take this out")

    @property
    def kept(self) -> list[dict]:
        return [
            {name: value for name, value in form.cleaned_data.items() if name != "DELETE"}
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE") and (form.has_changed() or form.initial)
        ]


def rows_of(form: type[forms.Form], *, extra: int = EXTRA_ROWS) -> type[Rows]:
    made = forms.formset_factory(form, formset=Rows, extra=extra, can_delete=True, max_num=60)
    return cast(type[Rows], made)


class TermsForm(forms.Form):
    """The rules a program knows, and the order of tie-breaks. `terms` and `order` are what is stored.

    `ranked_by` are what may rank here, `left_out` the fields that mean nothing here.
    """

    ranked_by: tuple[str, ...] = ("score", "prediction_error", "duration_ms", "submitted_at", "round", "draw")
    left_out: tuple[str, ...] = ()

    text = forms.CharField(
        label=_("Rules (thể lệ)"),
        help_text=_("Every entrant reads and accepts this text."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 12}),
    )
    per_round = number_field(_("Attempts in a round"), help_text=_("Empty: as many as one likes."))
    per_day = number_field(_("Attempts a day"), help_text=_("Empty: no limit."))
    per_contest = number_field(_("Attempts in the whole contest"), help_text=_("Empty: no limit."))
    keep = forms.ChoiceField(
        label=_("Which attempt counts"),
        choices=[(BEST, _("the best one")), (FIRST, _("the first one")), (LAST, _("the last one"))],
        widget=forms.RadioSelect,
    )
    all_answered = forms.BooleanField(label=_("Only attempts with every question answered count"), required=False)
    prediction = forms.ChoiceField(
        label=_("What entrants guess"),
        required=False,
        choices=[
            ("", pgettext_lazy("guessed", "nothing")),
            (ENTRANTS, _("how many take part")),
            (ALL_CORRECT, _("how many answer everything right")),
        ],
        widget=forms.RadioSelect,
    )
    results = forms.ChoiceField(
        label=_("Standings"),
        choices=[(NOW, _("shown while a round is open")), (AFTER_CLOSE, _("shown after a round has closed"))],
        widget=forms.RadioSelect,
    )
    pledge = forms.CharField(
        label=_("Pledge"),
        required=False,
        max_length=300,
        help_text=_("A sentence that every entrant ticks. Empty: none."),
        widget=forms.TextInput(attrs=INPUT),
    )
    guardian_under = number_field(_("A parent or guardian agrees below the age of"))
    ai_declaration = forms.BooleanField(label=_("Entrants say whether they use AI"), required=False)
    identity = forms.BooleanField(label=_("Who has no account gives a telephone number"), required=False)
    appeal_days = forms.IntegerField(
        label=_("Working days for appeals"), min_value=0, max_value=366, widget=forms.NumberInput(attrs=INPUT)
    )
    collective = forms.ChoiceField(
        label=_("Schools are ranked by"),
        required=False,
        choices=[
            ("", _("nothing: no ranking of schools")),
            ("total", _("participation in percent plus points")),
            ("rate", _("participation in percent")),
            ("points", _("points of their pupils' prizes")),
            ("average", _("the average score")),
            ("entrants", _("the number of entrants")),
        ],
        widget=forms.Select(attrs=INPUT),
    )
    min_entrants = number_field(_("A school needs so many entrants"))
    changes = forms.CharField(
        label=_("What changes"),
        help_text=_("Every entrant reads this before accepting the new version."),
        max_length=500,
        widget=forms.Textarea(attrs=INPUT | {"rows": 3}),
    )

    def __init__(self, data=None, *, contest: Contest, version):
        self.version = version
        self.stored = Rules.of(version)
        names = [name for name in self.base_fields if hasattr(self.stored, name) and name != "collective"]
        initial = {name: getattr(self.stored, name) for name in names} | {"text": version.text}
        if self.stored.collective:
            initial |= {
                "collective": self.stored.collective.order[0],
                "min_entrants": self.stored.collective.min_entrants,
            }
        super().__init__(data, initial=initial)
        for name in self.left_out:
            del self.fields[name]
        if contest.state == Contest.State.DRAFT:
            del self.fields["changes"]
        places = [key for key, _direction in self.stored.order]
        offered = [key for key in ORDER_LABELS if key in self.ranked_by or key in places]
        titles = criteria_of(contest)
        if "criterion" in offered or titles:
            offered += [f"criterion:{key}" for key in titles]
            offered += [key for key in places if key not in offered]
        for place in range(min(len(offered), max(MOST_TIE_BREAKS, len(places)))):
            self.fields[f"place_{place + 1}"] = forms.ChoiceField(
                label=gettext("Tie-break %(number)s") % {"number": place + 1},
                required=False,
                choices=[("", "—"), *((key, words_of(key, titles)) for key in offered)],
                initial=places[place] if place < len(places) else "",
                widget=forms.Select(attrs=INPUT),
            )

    @property
    def ordering(self) -> list:
        return [self[name] for name in self.fields if name.startswith("place_")]

    @property
    def plain(self) -> list:
        return [self[name] for name in self.fields if not name.startswith("place_")]

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        directions = dict(self.stored.order)
        chosen = [data[name] for name in self.fields if name.startswith("place_") and data.get(name)]
        self.order = [[key, directions.get(key, usual_direction(key))] for key in chosen]
        self.terms = self._terms(data)
        try:
            Rules.read(self.terms, self.order)
        except RulesRefused as problem:
            raise forms.ValidationError(str(problem)) from None
        return data

    def _terms(self, data: dict) -> dict[str, Any]:
        terms: dict[str, Any] = dict(self.version.terms)
        # What this form does not ask stays as it was.
        terms |= {name: data[name] for name in data if hasattr(self.stored, name) and name != "collective"}
        terms.pop("collective", None)
        if first := data["collective"]:
            held = self.stored.collective
            order = held.order if held and held.order[0] == first else (first,)
            terms["collective"] = {"order": list(order), "min_entrants": data["min_entrants"] or 1}
        return terms


class OutageForm(forms.Form):
    """From when to when, whom it met, and what they get."""

    round = forms.ModelChoiceField(
        label=_("Round"), queryset=Round.objects.none(), empty_label=None, widget=forms.Select(attrs=INPUT)
    )
    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=pgettext_lazy("end of an outage", "Until"))
    school = forms.ChoiceField(label=_("Whom it met"), required=False, choices=[], widget=forms.Select(attrs=INPUT))
    entry_codes = forms.CharField(
        label=_("Or only these entries"),
        required=False,
        help_text=_("Entry codes, with spaces or commas between them."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 2}),
    )
    gives = forms.ChoiceField(label=_("What they get"), choices=Outage.Gives, widget=forms.RadioSelect)
    extra_minutes = number_field(_("More minutes"), most=600)
    until = MomentField(
        label=_("May be used until"),
        required=False,
        help_text=_(
            "Empty: until the round closes. Later, and they may still answer when the round is over for others."
        ),
    )
    reason = forms.CharField(
        label=_("What happened"),
        max_length=300,
        help_text=_("Kept in the log."),
        widget=forms.TextInput(attrs=INPUT),
    )
    notice = forms.CharField(
        label=_("Public notice"),
        max_length=500,
        required=False,
        help_text=_("Everybody reads it on the page of the contest. Empty: nothing is shown."),
        widget=forms.Textarea(attrs=INPUT | {"rows": 3}),
    )

    def __init__(self, data=None, *, rounds: QuerySet[Round], schools: list[tuple[str, str]], **kwargs):
        super().__init__(data, initial={"gives": Outage.Gives.NOTHING}, **kwargs)
        self.fields["round"].queryset = rounds
        self.fields["round"].label_from_instance = lambda one: gettext("Round %(number)s") % {"number": one.number}
        self.fields["school"].choices = [("", gettext("everybody")), *schools]

    def clean(self):
        data = super().clean()
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", gettext("It must end after it began."))
        if data.get("gives") == Outage.Gives.TIME and not data.get("extra_minutes"):
            self.add_error("extra_minutes", gettext("Say how many minutes."))
        return data

    @property
    def codes(self) -> list[str]:
        return self.cleaned_data["entry_codes"].replace(",", " ").split()

    @property
    def given(self) -> Given:
        data = self.cleaned_data
        return Given(gives=data["gives"], extra_minutes=data["extra_minutes"] or 0, until=data["until"])


def units_to_choose(contest: Contest) -> list[tuple[str, str]]:
    """Communes below whoever holds the contest, by name."""
    found = Unit.objects.filter(valid_to=None, path__startswith=contest.organiser.path, depth__gt=1)
    found = found.exclude(kind=Unit.Kind.FORMER_DISTRICT).order_by("name_folded")
    return [(str(key), name) for key, name in found.values_list("uuid", "name")]


def initial_category(one: Category) -> dict[str, Any]:
    return {"pk": one.pk, "title": one.title, "open_track": one.open_track, **one.eligibility}
