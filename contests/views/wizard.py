"""Setting a contest up step by step: each step saves, and one may go back to any of them until the contest opens."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.problems import Problem
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
from contests.models import Category, Contest, RoundQuiz
from contests.problems import OnlyForward
from contests.queries.contests import categories_of, rounds_of, rules_in_force
from contests.views.desk import FOLLOWING, managed, slots_of

STEPS = {
    "name": gettext_lazy("Name and dates"),
    "who": gettext_lazy("Who may enter"),
    "papers": gettext_lazy("Questions"),
    "rules": gettext_lazy("Rules and ranking"),
    "prizes": gettext_lazy("Prizes"),
    "try": gettext_lazy("Try it"),
    "open": gettext_lazy("Open it"),
}
NAMES = list(STEPS)


def _done(contest: Contest) -> set[str]:
    """Steps that lack nothing; trying is never required."""
    version = rules_in_force(contest)
    rounds, categories = rounds_of(contest).count(), categories_of(contest).count()
    found = {"name"} if rounds else set()
    found |= {"who"} if categories else set()
    if rounds and RoundQuiz.objects.filter(round__stage__contest=contest).count() == rounds * categories:
        found.add("papers")
    if version and version.text.strip():
        found.add("rules")
    if contest.prizes.exists():
        found.add("prizes")
    return found


class Step:
    """One step: its forms, and how they are saved. `form` and `rows` are shown, where there are any."""

    form: forms.Form | None = None
    rows: Any = None
    rows_title: Any = ""

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
        return {"form": self.form, "rows": self.rows, "rows_title": self.rows_title}


class Name(Step):
    rows_title = gettext_lazy("Rounds")

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
        self.rows = rows_of(RoundForm, extra=1)(self.data, initial=rounds, prefix="rounds")

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

    def build(self) -> None:
        self.form = WhoForm(self.data, initial={"who_may_enter": self.contest.who_may_enter})
        held = [initial_category(one) for one in categories_of(self.contest)]
        units = units_to_choose(self.contest)
        self.rows = rows_of(CategoryForm, extra=1)(
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
                    "open_track": values["open_track"],
                    "eligibility": kept | CategoryForm.eligibility(values),
                }
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
    def build(self) -> None:
        self.form = TermsForm(self.data, contest=self.contest, version=rules_in_force(self.contest))

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

    def build(self) -> None:
        names = ("kind", "per_round", "title", "count", "value", "points")
        held = [{name: getattr(one, name) for name in names} for one in self.contest.prizes.all()]
        self.rows = rows_of(PrizeForm)(self.data, initial=held, prefix="prizes")

    def save(self) -> None:
        prizes = [values | {"points": values["points"] or 0} for values in self.rows.kept]
        operations.write_prizes(contest=self.contest, by=self.request.user, prizes=prizes)


class Try(Step):
    """Nothing to save: pressing goes through the dry run."""

    def build(self) -> None:
        self.lacking = operations.lacking(self.contest)
        self.rehearsal: Any = None

    def save(self) -> None:
        self.rehearsal = operations.rehearse(contest=self.contest)

    def shown(self) -> dict:
        return super().shown() | {"lacking": self.lacking, "rehearsal": self.rehearsal}


class Open(Step):
    """Signing goes to the desk's own step forward."""

    def build(self) -> None:
        self.sign = SignForm(initial={"to": "open"})

    def save(self) -> None:
        raise Http404

    def shown(self) -> dict:
        return super().shown() | {"lacking": operations.lacking(self.contest), "sign": self.sign}


KINDS: dict[str, type[Step]] = {
    "name": Name,
    "who": Who,
    "papers": Papers,
    "rules": RulesStep,
    "prizes": Prizes,
    "try": Try,
    "open": Open,
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def step(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """A step of the wizard. After the opening only the rules are left, and become a new version."""
    contest = managed(request, slug)
    if step not in KINDS:
        raise Http404
    is_draft = contest.state == Contest.State.DRAFT
    if not is_draft and step != "rules":
        raise OnlyForward(_("The contest is open: what was announced stays. The rules can become a new version."))
    found, problem, status = KINDS[step](request, contest), None, 200
    if request.method == "POST":
        status = 422
        if found.is_valid():
            try:
                found.save()
            except Problem as refused:
                problem, status = refused, refused.status
            else:
                if step != "try":
                    messages.success(request, _("Saved."))
                    return redirect(_following(contest, step) if is_draft else reverse("contests:manage", args=[slug]))
                status = 200
    shown = {
        "contest": contest,
        "step": step,
        "title": STEPS[step],
        "number": NAMES.index(step) + 1,
        "count": len(NAMES),
        "steps": _steps(contest, step) if is_draft else [],
        "before": _address(contest, NAMES[NAMES.index(step) - 1]) if is_draft and step != NAMES[0] else "",
        "after": _following(contest, step) if is_draft and step != NAMES[-1] else "",
        "following": FOLLOWING["open"],
        "problem": problem,
        **found.shown(),
    }
    return render(request, "contests/desk/wizard.html", shown, status=status)


def _address(contest: Contest, step: str) -> str:
    return reverse("contests:step", args=[contest.slug, step])


def _following(contest: Contest, step: str) -> str:
    return _address(contest, NAMES[NAMES.index(step) + 1])


def _steps(contest: Contest, current: str) -> list[dict]:
    done = _done(contest)
    return [
        {
            "label": label,
            "state": "current" if name == current else "done" if name in done else "todo",
            "url": _address(contest, name),
        }
        for name, label in STEPS.items()
    ]
