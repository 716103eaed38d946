"""The steps of the wizard: their forms, and how they are saved. Those of works alone are in `contests.views.work_steps`."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from contests import operations
from contests.desk_forms import (
    BasicsForm,
    CategoryForm,
    PrizeForm,
    RoundForm,
    TermsForm,
    initial_category,
    rows_of,
    units_to_choose,
)
from contests.forms import SignForm, quizzes_to_choose
from contests.models import Category, Contest
from contests.operations.drafting import OF_TEAMS
from contests.queries.contests import categories_of, rounds_of, rules_in_force
from contests.views.desk import slots_of


class Step:
    """One step: its forms, and how they are saved. `form` and `rows` are shown, where there are any.

    `is_rearranged`: a button was pressed that only changes the rows on the page. `template` is what stands between the
    head and the buttons.
    """

    form: forms.Form | None = None
    rows: Any = None
    rows_title: Any = ""
    is_rearranged = False
    template = "contests/desk/parts/step.html"

    def __init__(self, request: HttpRequest, contest: Contest) -> None:
        self.request, self.contest = request, contest
        self.data = request.POST if request.method == "POST" else None
        self.build()

    def build(self) -> None:
        raise NotImplementedError

    def save(self) -> None:
        raise NotImplementedError

    def is_valid(self) -> bool:
        parts = [one for one in (self.form, self.rows) if one is not None]
        return min(one.is_valid() for one in parts) if parts else True

    def shown(self) -> dict:
        return {"form": self.form, "rows": self.rows, "rows_title": self.rows_title, "template": self.template}

    def onward(self) -> str:
        """Where saving leads, if not to the next step."""
        return ""


class Name(Step):
    rows_title = gettext_lazy("Rounds")
    row_form: type[RoundForm] = RoundForm

    def build(self) -> None:
        contest = self.contest
        names = ("title", "summary", "reference_date")
        self.form = BasicsForm(self.data, initial={name: getattr(contest, name) for name in names})
        rounds = [
            {
                "pk": one.pk,
                "title": one.title,
                "level": one.level,
                "opens_at": one.opens_at,
                "closes_at": one.closes_at,
                "quota_per_unit": one.quota_per_unit,
                "way_on": one.way_on,
            }
            for one in rounds_of(contest)
        ]
        self.rows = rows_of(self.row_form, extra=1)(self.data, initial=rounds, prefix="rounds")

    def save(self) -> None:
        own = {one.pk: one for one in rounds_of(self.contest)}
        rounds = [values | {"round": own.get(values.pop("pk"))} for values in self.rows.kept]
        data = self.form.cleaned_data
        operations.write_basics(
            contest=self.contest, by=self.request.user, who_may_enter=self.contest.who_may_enter, **data
        )
        operations.write_rounds(contest=self.contest, by=self.request.user, rounds=rounds)


class WhoForm(forms.Form):
    who_may_enter = forms.CharField(
        label=gettext_lazy("Who may enter, in plain words"),
        required=False,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2}),
    )


class Who(Step):
    rows_title = gettext_lazy("Categories")
    row_form: type[CategoryForm] = CategoryForm
    initial_of = staticmethod(initial_category)

    def build(self) -> None:
        self.form = WhoForm(self.data, initial={"who_may_enter": self.contest.who_may_enter})
        held = [self.initial_of(one) for one in categories_of(self.contest)]
        units = units_to_choose(self.contest)
        self.rows = rows_of(self.row_form, extra=1)(
            self.data, initial=held, prefix="categories", form_kwargs={"units": units}
        )

    def save(self) -> None:
        contest, by = self.contest, self.request.user
        own = {one.pk: one for one in categories_of(contest)}
        wanted = []
        for values in self.rows.kept:
            category: Category | None = own.get(values["pk"])
            # What no form shows is kept: the accounts that are barred one by one.
            kept = (
                {name: category.eligibility[name] for name in ("barred_people",) if name in category.eligibility}
                if category
                else {}
            )
            wanted.append(
                {
                    "category": category,
                    "title": values["title"],
                    "open_track": values.get("open_track", False),
                    "eligibility": kept | CategoryForm.eligibility(values),
                }
                | {name: values[name] for name in OF_TEAMS if name in values}
            )
        operations.write_basics(
            contest=contest,
            by=by,
            title=contest.title,
            summary=contest.summary,
            reference_date=contest.reference_date,
            who_may_enter=self.form.cleaned_data["who_may_enter"],
        )
        operations.write_categories(contest=contest, by=by, categories=wanted)


class PapersForm(forms.Form):
    """One quiz for each round and category."""

    def __init__(self, data, *, contest: Contest):
        super().__init__(data)
        quizzes = [("", "—"), *quizzes_to_choose(get_language() or "vi")]
        self.slots = slots_of(contest)
        for slot in self.slots:
            words = {"number": slot["round"].number, "category": slot["category"] or ""}
            label = _("Round %(number)s · %(category)s") if slot["category"] else _("Round %(number)s")
            self.fields[slot["name"]] = forms.ChoiceField(
                label=label % words,
                choices=quizzes,
                required=False,
                initial=slot["chosen"],
                widget=forms.Select(attrs={"class": "input"}),
            )


class Papers(Step):
    def build(self) -> None:
        self.form = PapersForm(self.data, contest=self.contest)

    def save(self) -> None:
        for slot in self.form.slots:
            if chosen := self.form.cleaned_data[slot["name"]]:
                operations.choose_quiz(
                    round=slot["round"], category=slot["for"], quiz_key=UUID(chosen), by=self.request.user
                )


class RulesStep(Step):
    template = "contests/desk/parts/rules_step.html"
    terms_form: type[TermsForm] = TermsForm

    def build(self) -> None:
        self.form = self.terms_form(self.data, contest=self.contest, version=rules_in_force(self.contest))

    def save(self) -> None:
        operations.change_rules(
            contest=self.contest,
            by=self.request.user,
            text=self.form.cleaned_data["text"],
            terms=self.form.terms,
            order=self.form.order,
            changes=self.form.cleaned_data.get("changes", ""),
        )


class Prizes(Step):
    rows_title = gettext_lazy("Prizes, the first ones first")
    row_form: type[PrizeForm] = PrizeForm

    def build(self) -> None:
        names = ("kind", "per_round", "title", "count", "value", "points")
        held = [{name: getattr(one, name) for name in names} for one in self.contest.prizes.all()]
        self.rows = rows_of(self.row_form)(self.data, initial=held, prefix="prizes")

    def save(self) -> None:
        prizes = [{"per_round": False} | values | {"points": values["points"] or 0} for values in self.rows.kept]
        operations.write_prizes(contest=self.contest, by=self.request.user, prizes=prizes)


class Try(Step):
    """Nothing to save: pressing goes through the dry run."""

    template = "contests/desk/parts/try_step.html"

    def build(self) -> None:
        self.lacking = operations.lacking(self.contest)
        self.rehearsal: Any = None

    def save(self) -> None:
        self.rehearsal = operations.rehearse(contest=self.contest)

    def shown(self) -> dict:
        return super().shown() | {"lacking": self.lacking, "rehearsal": self.rehearsal}


class Open(Step):
    """Signing goes to the desk's own step forward."""

    template = "contests/desk/parts/open_step.html"

    def build(self) -> None:
        self.sign = SignForm(initial={"to": "open"})

    def save(self) -> None:
        raise Http404

    def shown(self) -> dict:
        return super().shown() | {"lacking": operations.lacking(self.contest), "sign": self.sign}
