"""Forms of the wizard for contests in which works are handed in: rounds, categories with teams, the jury, the rules. What they give is data for `contests.operations`."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.moments import MomentField
from contests.desk_forms import CategoryForm, RoundForm, TermsForm, number_field
from contests.forms import INPUT
from contests.jury.scoring import COMBINE_LABELS
from contests.jury.terms import ALL_UP_TO, BY_SIZE, SHARED, JuryTerms
from contests.models import Category, Round
from contests.presets import RuleSet
from schools.models import Unit

EVERY, SO_MANY = "every", "so_many"


class WorkSetUpForm(forms.Form):
    """What differs from the preset before the draft is made; everything else has its step."""

    title = forms.CharField(label=_("Name of the contest"), max_length=200, widget=forms.TextInput(attrs=INPUT))
    organiser = forms.ModelChoiceField(
        label=_("Who holds it"), queryset=Unit.objects.none(), widget=forms.Select(attrs=INPUT)
    )
    begins = MomentField(label=_("The first round opens"))

    def __init__(self, data=None, *, preset: RuleSet, units: QuerySet[Unit]):
        self.preset = preset
        tomorrow = timezone.localtime().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
        super().__init__(data, initial={"title": preset.document["title"], "begins": tomorrow})
        self.fields["organiser"].queryset = units.order_by("depth", "name_folded")
        self.fields["organiser"].initial = units.order_by("depth", "name_folded").first()
        if units.count() == 1:
            self.fields["organiser"].widget = forms.HiddenInput()

    @property
    def document(self) -> dict:
        begun = self.preset.begun(self.cleaned_data["begins"])
        return {**begun, "title": self.cleaned_data["title"], "reference_date": timezone.localdate()}


class WorkRoundForm(RoundForm):
    """A round of works: from one of a school or a class each school or class sends on what it chooses."""

    quota_per_unit = number_field(
        _("Works each school or class sends on"), help_text=_("Empty: nothing is chosen here, all of them are judged.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["way_on"]
        level = self.fields["level"]
        level.choices = [(one, one.label) for one in Round.Level if one != Round.Level.WEEK]
        level.initial = Round.Level.PROVINCE


class WorkCategoryForm(CategoryForm):
    """A category of works: for whom, and in which teams."""

    team_min = forms.IntegerField(
        label=_("Members of a team, at least"),
        min_value=1,
        max_value=20,
        initial=1,
        widget=forms.NumberInput(attrs=INPUT),
    )
    team_max = forms.IntegerField(
        label=_("Members of a team, at most"),
        min_value=1,
        max_value=20,
        initial=1,
        widget=forms.NumberInput(attrs=INPUT),
    )
    same_school = forms.BooleanField(
        label=_("All members of a team belong to one school"), required=False, initial=True
    )
    mentor = forms.ChoiceField(
        label=_("A teacher as mentor"),
        choices=Category.Mentor,
        initial=Category.Mentor.OPTIONAL,
        widget=forms.Select(attrs=INPUT),
    )
    field_order = [
        "pk",
        "title",
        "levels",
        "open_track",
        "team_min",
        "team_max",
        "same_school",
        "mentor",
        "grade_min",
        "grade_max",
        "age_min",
        "age_max",
        "units",
        "barred_roles",
    ]

    def clean(self):
        data = super().clean()
        if data.get("team_min") and data.get("team_max") and data["team_min"] > data["team_max"]:
            self.add_error("team_max", gettext("At most must not be fewer than at least."))
        return data


def initial_category_of_works(one: Category) -> dict[str, Any]:
    names = ("pk", "title", "open_track", "team_min", "team_max", "same_school", "mentor")
    return {name: getattr(one, name) for name in names} | one.eligibility


class ChangesForm(forms.Form):
    """What changed, once the rubric was announced."""

    changes = forms.CharField(
        label=_("What changes"),
        help_text=_("Every entrant reads this before accepting the new version."),
        max_length=400,
        widget=forms.Textarea(attrs=INPUT | {"rows": 3}),
    )


class JuryForm(forms.Form):
    """How works are judged."""

    who = forms.ChoiceField(label=_("Who scores what"), widget=forms.RadioSelect)
    jurors = number_field(_("Jurors of each work"), most=15, help_text=_("Only where each work gets so many jurors."))
    combine = forms.ChoiceField(
        label=_("The result of a work"), choices=list(COMBINE_LABELS.items()), widget=forms.RadioSelect
    )
    dispute = forms.IntegerField(
        label=_("Talk about a work when jurors are further apart than"),
        help_text=_("In points of a hundred."),
        min_value=1,
        max_value=100,
        widget=forms.NumberInput(attrs=INPUT),
    )
    days = forms.IntegerField(
        label=_("Days to score in"), min_value=1, max_value=90, widget=forms.NumberInput(attrs=INPUT)
    )
    reserve_hours = forms.IntegerField(
        label=_("Hours after which a reserve juror takes over"),
        min_value=1,
        max_value=720,
        widget=forms.NumberInput(attrs=INPUT),
    )

    def __init__(self, data=None, *, terms: JuryTerms):
        who = SO_MANY if isinstance(terms.jurors, int) else EVERY if terms.jurors is None else BY_SIZE
        initial = {name: getattr(terms, name) for name in ("combine", "dispute", "days", "reserve_hours")}
        initial |= {"who": who, "jurors": terms.jurors if who == SO_MANY else SHARED}
        super().__init__(data, initial=initial)
        words = {"most": ALL_UP_TO, "shared": SHARED}
        self.fields["who"].choices = [
            (
                BY_SIZE,
                gettext(
                    "Up to %(most)s works every juror scores every work; above that each work gets %(shared)s jurors."
                )
                % words,
            ),
            (EVERY, gettext("Every juror scores every work, however many there are.")),
            (SO_MANY, gettext("Each work gets so many jurors, shared out evenly and by lot.")),
        ]

    def clean(self):
        data = super().clean()
        if data.get("who") == SO_MANY and not data.get("jurors"):
            self.add_error("jurors", gettext("Say how many jurors each work gets."))
        return data

    @property
    def terms(self) -> dict[str, Any]:
        data = self.cleaned_data
        jurors = {EVERY: None, SO_MANY: data["jurors"]}.get(data["who"], BY_SIZE)
        return {name: data[name] for name in ("combine", "dispute", "days", "reserve_hours")} | {"jurors": jurors}


class TryForm(forms.Form):
    """With how large a jury the contest is tried."""

    jurors = forms.IntegerField(
        label=_("Jurors to try it with"),
        help_text=_(
            "Whoever has accepted already takes part; the others are made up, teachers of the schools there are."
        ),
        min_value=1,
        max_value=40,
        widget=forms.NumberInput(attrs=INPUT),
    )

    def __init__(self, data=None, *, jurors: int):
        super().__init__(data, initial={"jurors": max(5, jurors)})


class WorkTermsForm(TermsForm):
    """The rules of a contest of works: the text, what is agreed to, and who stands before whom."""

    ranked_by = ("score", "mean", "criterion", "submitted_at", "draw")
    left_out = (
        "per_round",
        "per_day",
        "per_contest",
        "keep",
        "all_answered",
        "prediction",
        "results",
        "identity",
    )
    grace_minutes = forms.IntegerField(
        label=_("Minutes in which what was begun in time may be finished and handed in"),
        min_value=0,
        max_value=1440,
        widget=forms.NumberInput(attrs=INPUT),
    )
    field_order = [
        "text",
        "pledge",
        "guardian_under",
        "ai_declaration",
        "grace_minutes",
        "appeal_days",
        "collective",
        "min_entrants",
        "changes",
    ]
