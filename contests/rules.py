"""What a program must know of a contest's rules, read from a version of the rules and checked. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.jury.terms import JuryTerms
from contests.problems import RulesRefused

BEST, FIRST, LAST = "best", "first", "last"
ENTRANTS, ALL_CORRECT = "entrants", "all_correct"
NOW, AFTER_CLOSE = "now", "after_close"
# What ranks, with the direction that is meant where none is said.
ORDER_KEYS = {
    "score": "desc",
    "prediction_error": "asc",
    "duration_ms": "asc",
    "submitted_at": "asc",
    "round": "asc",
    "mean": "desc",
    "criterion": "desc",
    "draw": "asc",
}
# One criterion by its key, of the rubric of a category or of a stage: «criterion:noi-dung», «criterion:2.1».
NAMED = re.compile(r"criterion:([a-z0-9][a-z0-9.-]{0,59})")
# The words of each, as the page of a contest lists them.
ORDER_LABELS = {
    "score": gettext_lazy("the higher score"),
    "prediction_error": gettext_lazy("the closer guess"),
    "duration_ms": gettext_lazy("the shorter time, by the server's clock"),
    "submitted_at": gettext_lazy("the earlier submission"),
    "round": gettext_lazy("the earlier round"),
    "mean": gettext_lazy("the higher mean of all jurors"),
    "criterion": gettext_lazy("the higher points in the weightiest criterion"),
    "draw": gettext_lazy("drawing lots, with a number that is published"),
}
COLLECTIVE_KEYS = ("total", "rate", "points", "average", "entrants")


@dataclass(frozen=True)
class Collective:
    """How schools are ranked: participation against the frozen roll, and points converted from prizes.

    `order` names keys of COLLECTIVE_KEYS, the higher the better; `total` is the participation in percent plus the points.
    """

    order: tuple[str, ...] = ("total",)
    min_entrants: int = 1


@dataclass(frozen=True)
class Rules:
    """The terms of a rules version. None of a number means: no limit, or not asked for."""

    per_day: int | None = None
    per_round: int | None = 1
    per_contest: int | None = None
    keep: str = BEST
    all_answered: bool = False
    # What is guessed: the number of entrants, or of those with full marks. Empty: nothing.
    prediction: str = ""
    results: str = NOW
    pledge: str = ""
    # Entrants below this age name a parent or guardian who agrees.
    guardian_under: int | None = None
    ai_declaration: bool = False
    # Open track only: asked for, and erased so many days after the results.
    identity: bool = False
    identity_days: int = 30
    live_standings: bool = True
    starts_per_second: int | None = None
    appeal_days: int = 5
    # How works are judged; `contests.jury.terms.JuryTerms` reads it.
    jury: Mapping[str, Any] | None = None
    # Of works: how long after the deadline what was begun before it may still be finished and handed in.
    grace_minutes: int = 60
    collective: Collective | None = None
    # Of a quiz before a performance, whose rounds have tie-breaks of their own; empty: those of the contest.
    quiz_order: tuple[tuple[str, str], ...] = ()
    order: tuple[tuple[str, str], ...] = field(default=(("score", "desc"), ("duration_ms", "asc"), ("draw", "asc")))

    @classmethod
    def read(cls, terms: Mapping[str, Any], order: Sequence[Sequence[str]]) -> "Rules":
        """Rules from stored data. Raises RulesRefused, which names what is wrong."""
        known = {one.name for one in fields(cls)} - {"order"}
        if unknown := set(terms) - known:
            raise RulesRefused(_("Unknown rules: %(names)s.") % {"names": ", ".join(sorted(unknown))})
        values = dict(terms)
        if values.get("collective") is not None:
            values["collective"] = _collective(values["collective"])
        if values.get("quiz_order"):
            values["quiz_order"] = read_order(values["quiz_order"])
        JuryTerms.read(values.get("jury"))
        rules = cls(**values, order=read_order(order))
        rules._check()
        return rules

    @classmethod
    def of(cls, version) -> "Rules":
        """Those of a stored version."""
        return cls.read(version.terms, version.order)

    def _check(self) -> None:
        for name in ("per_day", "per_round", "per_contest", "starts_per_second", "guardian_under"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000):
                raise RulesRefused(_("%(name)s must be a number from 1 to 1000, or empty.") % {"name": name})
        for name in ("identity_days", "appeal_days"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 366:
                raise RulesRefused(_("%(name)s must be a number of days from 0 to 366.") % {"name": name})
        if isinstance(self.grace_minutes, bool) or not isinstance(self.grace_minutes, int):
            raise RulesRefused(_("%(name)s must be a number of minutes from 0 to 1440.") % {"name": "grace_minutes"})
        if not 0 <= self.grace_minutes <= 1440:
            raise RulesRefused(_("%(name)s must be a number of minutes from 0 to 1440.") % {"name": "grace_minutes"})
        for name, allowed in (
            ("keep", (BEST, FIRST, LAST)),
            ("prediction", ("", ENTRANTS, ALL_CORRECT)),
            ("results", (NOW, AFTER_CLOSE)),
        ):
            if getattr(self, name) not in allowed:
                raise RulesRefused(_("%(name)s must be one of: %(all)s.") % {"name": name, "all": ", ".join(allowed)})
        if not self.prediction and any(key == "prediction_error" for key, _direction in self.order):
            raise RulesRefused(_("The tie-breaks name a guess, but the rules do not ask for one."))

    @property
    def jury_terms(self) -> JuryTerms:
        return JuryTerms.read(self.jury)

    @property
    def uses_lots(self) -> bool:
        return any(key == "draw" for key, _direction in self.order)

    def of_quiz(self) -> "Rules":
        """The same with the tie-breaks of the quiz before a performance."""
        return replace(self, order=self.quiz_order) if self.quiz_order else self

    @property
    def named_criteria(self) -> list[str]:
        """Keys of the criteria that the tie-breaks name one by one."""
        return [found[1] for key, _direction in self.order if (found := NAMED.fullmatch(key))]

    @property
    def tells_numbers(self) -> bool:
        """Whether running numbers may be shown: never where they are what is guessed."""
        return not self.prediction


def usual_direction(key: str) -> str:
    """The direction that is meant where none is said."""
    return ORDER_KEYS.get(key, "desc")


def read_order(order: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    """The tie-break list as pairs. Raises RulesRefused."""
    pairs: list[tuple[str, str]] = []
    for one in order:
        key, direction = (one[0], one[1]) if not isinstance(one, str) else (one, usual_direction(one))
        if (key not in ORDER_KEYS and not NAMED.fullmatch(key)) or direction not in {"asc", "desc"}:
            raise RulesRefused(_("“%(key)s” is nothing that ranks.") % {"key": key})
        pairs.append((key, direction))
    if not pairs or len({key for key, _direction in pairs}) < len(pairs):
        raise RulesRefused(_("The tie-breaks must name at least one thing, and each only once."))
    return tuple(pairs)


def _collective(values: Mapping[str, Any]) -> Collective:
    if unknown := set(values) - {"order", "min_entrants"}:
        raise RulesRefused(_("Unknown rules: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    order = tuple(values.get("order", ("total",)))
    if not order or not set(order) <= set(COLLECTIVE_KEYS):
        raise RulesRefused(_("Schools are ranked by: %(all)s.") % {"all": ", ".join(COLLECTIVE_KEYS)})
    return Collective(order=order, min_entrants=int(values.get("min_entrants", 1)))
