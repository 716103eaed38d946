"""Rule sets of real contests, and the presets a secretary starts from. Files in `contests/rule_sets`, no code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from contests.jury.rubrics import rubric

FOLDER = Path(__file__).parent / "rule_sets"


@dataclass(frozen=True)
class RuleSet:
    """One file. `is_preset`: offered by the wizard; `about` says where the rules come from."""

    name: str
    title: str
    about: str
    is_preset: bool
    document: Mapping[str, Any]

    @property
    def is_of_works(self) -> bool:
        """Whether works are handed in, rather than questions answered."""
        return any(one.get("slots") for one in self.document.get("categories", ()))

    def begun(self, first: datetime) -> dict:
        """The document with rounds that begin at `first`: each so many days after the one before began."""
        rounds, start = [], first
        for values in self.document["rounds"]:
            more = {name: value for name, value in values.items() if name not in {"days", "times", "every_days"}}
            for _time in range(values.get("times", 1)):
                rounds.append(more | {"opens_at": start, "closes_at": start + timedelta(days=values["days"])})
                start += timedelta(days=values.get("every_days", values["days"]))
        return {**self.document, "rounds": rounds}


@cache
def rule_set(name: str) -> RuleSet:
    """Raises KeyError for a name nobody has written."""
    return rule_sets()[name]


@cache
def rule_sets() -> dict[str, RuleSet]:
    """All of them by name."""
    found = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
        found[file.stem] = RuleSet(
            name=file.stem,
            title=values.pop("name"),
            about=values.pop("about"),
            is_preset=values.pop("preset", False),
            document=_with_rubrics(values),
        )
    return found


def presets() -> list[RuleSet]:
    """Those the wizard offers, the weekly contest first."""
    offered = [one for one in rule_sets().values() if one.is_preset]
    return sorted(offered, key=lambda one: (one.name != "tuan", one.is_of_works, one.name))


def _with_rubrics(document: dict[str, Any]) -> dict[str, Any]:
    """With the criteria themselves where a category names one of `contests.jury.rubrics`."""
    for one in document.get("categories", ()):
        if isinstance(one.get("rubric"), str):
            one["rubric"] = rubric(one["rubric"])
    return document
