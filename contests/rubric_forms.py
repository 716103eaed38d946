"""The form of a criterion: what is looked at, its weight, and what earns how many points."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contests.forms import INPUT, LineField
from contests.row_editing import numbered


class CriterionForm(forms.Form):
    """A line of the rubric with its anchors: what earns how much."""

    title = LineField(label=pgettext_lazy("rubric", "What is looked at"), max_length=200)
    weight = forms.DecimalField(
        label=_("Weight in percent"),
        min_value=1,
        max_value=100,
        decimal_places=2,
        widget=forms.NumberInput(attrs=INPUT | {"step": "any"}),
    )
    top = forms.IntegerField(
        label=_("Most points"), min_value=1, max_value=100, initial=10, widget=forms.NumberInput(attrs=INPUT)
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound:
            sent = {
                key[len(self.prefix) + 1 :]: self.data[key] for key in self.data if key.startswith(f"{self.prefix}-")
            }
        else:
            sent = self.initial
        self.count = len(numbered(sent, "text"))
        for place in range(self.count):
            self.fields[f"points_{place}"] = forms.DecimalField(
                label=gettext("Points"),
                required=False,
                min_value=0,
                decimal_places=2,
                widget=forms.NumberInput(attrs=INPUT | {"step": "0.25"}),
            )
            self.fields[f"text_{place}"] = LineField(label=gettext("What earns them"), required=False, max_length=300)

    @property
    def pairs(self) -> list[tuple]:
        return [(self[f"points_{place}"], self[f"text_{place}"]) for place in range(self.count)]

    @property
    def plain(self) -> list:
        return [self[name] for name in ("title", "weight", "top")]

    def clean(self):
        data = super().clean()
        seen: set[Decimal] = set()
        for place in range(self.count):
            points, text = data.get(f"points_{place}"), data.get(f"text_{place}")
            if points is None and not text:
                continue
            if points is None or not text:
                name = f"points_{place}" if points is None else f"text_{place}"
                if name not in self.errors:
                    self.add_error(name, gettext("Fill in both, the points and the words, or neither."))
                continue
            if data.get("top") and points > data["top"]:
                self.add_error(f"points_{place}", gettext("More than the most points of this criterion."))
            if points in seen:
                self.add_error(f"points_{place}", gettext("These points have their words already."))
            seen.add(points)
        return data

    @property
    def criterion(self) -> dict[str, Any]:
        data = self.cleaned_data
        anchors = [(data[f"points_{place}"], data[f"text_{place}"]) for place in range(self.count)]
        kept = sorted(((points, text) for points, text in anchors if text), key=lambda pair: pair[0])
        return {
            "title": data["title"],
            "weight": data["weight"],
            "top": data["top"],
            "anchors": [{"points": _short(points), "text": text} for points, text in kept],
        }


def _short(points: Decimal) -> int | float:
    """A number as JSON keeps it: 7, or 7.5."""
    return int(points) if points == int(points) else float(points)


def initial_criterion(values: dict[str, Any], *, blank: int = 1) -> dict[str, Any]:
    """A criterion as the form shows it, with so many empty anchors below the written ones."""
    weight = values["weight"]
    row = {"title": values["title"], "weight": f"{Decimal(str(weight)).normalize():f}", "top": values.get("top", 10)}
    anchors = [*values.get("anchors", ()), *({"points": "", "text": ""} for _one in range(blank))]
    for place, one in enumerate(anchors):
        row |= {f"points_{place}": one["points"], f"text_{place}": one["text"]}
    return row
