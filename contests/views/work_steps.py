"""The steps of the wizard that only a contest of works has, or that ask other things there."""

from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy

from contests import operations
from contests.desk_forms import PrizeForm
from contests.jury.rubrics import rubrics
from contests.models import Category, Contest, Round, Slot
from contests.queries.contests import categories_of, rules_in_force
from contests.queries.works import overview_of
from contests.row_editing import numbered, pressed, rearranged, typed_rows
from contests.rubric_forms import CriterionForm, initial_criterion
from contests.rules import Rules
from contests.slot_forms import ADDABLE, SLOT_DEFAULTS, SlotForm, initial_slot
from contests.views import wizard_steps
from contests.views.wizard_steps import Step
from contests.work_desk_forms import (
    ChangesForm,
    JuryForm,
    TryForm,
    WorkCategoryForm,
    WorkRoundForm,
    WorkTermsForm,
    initial_category_of_works,
)


class Name(wizard_steps.Name):
    row_form = WorkRoundForm

    def save(self) -> None:
        for one in self.rows.forms:
            if one.cleaned_data.get("quota_per_unit"):
                one.cleaned_data["way_on"] = Round.Way.UNIT
        super().save()


class Who(wizard_steps.Who):
    row_form = WorkCategoryForm
    initial_of = staticmethod(initial_category_of_works)


class WorkPrizeForm(PrizeForm):
    """A prize of each category: works have no prizes of a round."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["per_round"]


class Prizes(wizard_steps.Prizes):
    row_form = WorkPrizeForm
    rows_title = gettext_lazy("Prizes of each category, the first ones first")


class RulesStep(wizard_steps.RulesStep):
    terms_form = WorkTermsForm


class OfCategory(Step):
    """A step gone through once for each category, with rows that are added, moved and taken out by pressing."""

    name = ""
    prefix = "rows"
    row_form: type[forms.Form]
    # What a row is called when it is spoken of.
    row_name: Any = ""

    def build(self) -> None:
        self.categories = list(categories_of(self.contest).prefetch_related("slots", "criteria"))
        if not self.categories:
            raise Http404
        chosen = self.request.GET.get("category", "")
        self.category = next((one for one in self.categories if str(one.pk) == chosen), None) or self.first()
        self.focus: int | None = None
        if press := pressed(self.data):
            rows = typed_rows(self.data, self.prefix)
            rows, self.focus = self.press(rows, *press)
            self.is_rearranged, self.data = True, None
        else:
            rows = self.held()
        made = forms.formset_factory(self.row_form, formset=BaseFormSet, extra=0, max_num=40)
        self.rows = made(self.data, initial=None if self.data else rows, prefix=self.prefix)

    def lacks(self, category: Category) -> bool:
        raise NotImplementedError

    def held(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    def first(self) -> Category:
        """The first that still lacks something."""
        return next((one for one in self.categories if self.lacks(one)), self.categories[0])

    def press(self, rows: list[dict[str, Any]], action: str, about: str) -> tuple[list[dict[str, Any]], int | None]:
        return rearranged(rows, action, about)

    def _address(self, category: Category) -> str:
        return f"{reverse('contests:step', args=[self.contest.slug, self.name])}?category={category.pk}"

    def onward(self) -> str:
        place = self.categories.index(self.category)
        return self._address(self.categories[place + 1]) if place + 1 < len(self.categories) else ""

    def shown(self) -> dict:
        tabs = [
            {"label": one.title, "url": self._address(one), "current": one.pk == self.category.pk}
            for one in self.categories
        ]
        last = len(self.rows.forms) - 1
        rows = [
            {
                "form": form,
                "number": place,
                "first": place == 0,
                "last": place == last,
                "focus": place == self.focus,
            }
            for place, form in enumerate(self.rows.forms)
        ]
        return super().shown() | {
            "tabs": tabs,
            "category": self.category,
            "lines": rows,
            "is_rearranged": self.is_rearranged,
            "is_draft": self.contest.state == Contest.State.DRAFT,
        }


class Files(OfCategory):
    name, prefix, row_form = "files", "slots", SlotForm
    template = "contests/desk/parts/files_step.html"

    def lacks(self, category: Category) -> bool:
        return not category.slots.all()

    def held(self) -> list[dict[str, Any]]:
        return [initial_slot(one) for one in self.category.slots.all()]

    def press(self, rows, action, about):
        if action == "add" and about in Slot.Kind.values:
            title = str(dict(ADDABLE)[Slot.Kind(about)])
            required = about != Slot.Kind.LINK
            return [*rows, {"kind": about, "title": title, "is_required": required, **SLOT_DEFAULTS[about]}], len(rows)
        if action == "copy":
            other = next((one for one in self.categories if str(one.pk) == about), None)
            if other is None:
                raise Http404
            return [initial_slot(one) | {"pk": None} for one in other.slots.all()], 0
        return super().press(rows, action, about)

    def save(self) -> None:
        own = {one.pk: one for one in self.category.slots.all()}
        slots = [{"slot": own.get(form.cleaned_data["pk"]), **form.values} for form in self.rows.forms]
        operations.write_slots(category=self.category, by=self.request.user, slots=slots)

    def shown(self) -> dict:
        others = [one for one in self.categories if one.pk != self.category.pk and one.slots.all()]
        return super().shown() | {"addable": ADDABLE, "others": others}


class Rubric(OfCategory):
    name, prefix, row_form = "rubric", "criteria", CriterionForm
    template = "contests/desk/parts/rubric_step.html"

    def build(self) -> None:
        super().build()
        announced = self.contest.state != Contest.State.DRAFT and bool(self.category.criteria.all())
        self.is_fixed = announced and self.contest.state != Contest.State.OPEN
        if announced and not self.is_fixed:
            self.form = ChangesForm(self.data)
            if self.is_rearranged:
                self.form = ChangesForm(initial={"changes": self.request.POST.get("changes", "")})

    def lacks(self, category: Category) -> bool:
        return not category.criteria.all()

    def held(self) -> list[dict[str, Any]]:
        return [initial_criterion(vars(one)) for one in self.category.criteria.all()]

    def press(self, rows, action, about):
        if action == "add":
            return [*rows, initial_criterion({"title": "", "weight": 0}, blank=3) | {"weight": ""}], len(rows)
        if action == "load":
            name = self.request.POST.get("rubric", "")
            found = next((one["criteria"] for one in rubrics() if one["name"] == name), None)
            if found is None:
                raise Http404
            return [initial_criterion(one) for one in found], 0
        if action == "copy":
            other = next((one for one in self.categories if str(one.pk) == about), None)
            if other is None:
                raise Http404
            return [initial_criterion(vars(one)) for one in other.criteria.all()], 0
        if action == "anchor":
            place = int(about) if about.isascii() and about.isdigit() and len(about) < 4 else -1
            if 0 <= place < len(rows):
                more = len(numbered(rows[place], "text"))
                rows[place] = rows[place] | {f"points_{more}": "", f"text_{more}": ""}
            return rows, None
        return super().press(rows, action, about)

    def save(self) -> None:
        operations.set_rubric(
            category=self.category,
            criteria=[form.criterion for form in self.rows.forms],
            by=self.request.user,
            changes=self.form.cleaned_data["changes"] if self.form else "",
        )

    def shown(self) -> dict:
        others = [one for one in self.categories if one.pk != self.category.pk and one.criteria.all()]
        return super().shown() | {
            "known": rubrics(),
            "others": others,
            "together": _together(self.rows.forms),
            "is_fixed": self.is_fixed,
            "rules_url": reverse("contests:step", args=[self.contest.slug, "rules"]),
        }


def _together(found) -> str:
    """The weights added up as they are typed; what is no number counts nothing."""
    whole = 0.0
    for form in found:
        try:
            whole += float(str(form["weight"].value() or 0).replace(",", "."))
        except ValueError:
            continue
    return f"{whole:g}".replace(".", ",")


class Jury(Step):
    template = "contests/desk/parts/jury_step.html"

    def build(self) -> None:
        self.version = rules_in_force(self.contest)
        self.form = JuryForm(self.data, terms=Rules.of(self.version).jury_terms)

    def save(self) -> None:
        operations.change_rules(
            contest=self.contest,
            by=self.request.user,
            text=self.version.text,
            terms=self.version.terms | {"jury": self.form.terms},
            order=self.version.order,
        )


class Try(wizard_steps.Try):
    template = "contests/desk/parts/try_works_step.html"

    def build(self) -> None:
        super().build()
        self.form = TryForm(self.data, jurors=self.contest.jurors.active().count())

    def save(self) -> None:
        self.rehearsal = operations.rehearse_works(
            contest=self.contest, by=self.request.user, jurors=self.form.cleaned_data["jurors"]
        )


class Open(wizard_steps.Open):
    template = "contests/desk/parts/open_works_step.html"

    def shown(self) -> dict:
        return super().shown() | overview_of(self.contest)


KINDS: dict[str, type[Step]] = {
    "name": Name,
    "who": Who,
    "files": Files,
    "rubric": Rubric,
    "jury": Jury,
    "rules": RulesStep,
    "prizes": Prizes,
    "try": Try,
    "open": Open,
}
