"""What the rules of a contest say about its jury. Decided before the first round opens, with the rest of the rules."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from contests.jury.scoring import COMBINE_LABELS, MEDIAN
from contests.problems import RulesRefused

# So many entries can be scored by every juror; above it the work is shared out.
ALL_UP_TO, SHARED = 60, 3
# The number of jurors follows from the number of entries, where the rules say nothing else.
BY_SIZE = "by_size"


@dataclass(frozen=True)
class JuryTerms:
    """`jurors` for each entry (None: every juror without a conflict; BY_SIZE: every one up to ALL_UP_TO entries, SHARED of
    them above); `dispute`: from how many points of a hundred between the highest and the lowest an entry is talked about;
    `days` to score in; a reserve juror takes over `reserve_hours` after that.
    """

    jurors: int | str | None = BY_SIZE
    combine: str = MEDIAN
    dispute: int = 25
    days: int = 7
    reserve_hours: int = 48

    @classmethod
    def read(cls, values: Mapping[str, Any] | None) -> "JuryTerms":
        """Terms from stored data. Raises RulesRefused, which names what is wrong."""
        values = values or {}
        if unknown := set(values) - {one.name for one in fields(cls)}:
            raise RulesRefused(_("Unknown rules: %(names)s.") % {"names": ", ".join(sorted(unknown))})
        made = cls(**values)
        for name, low, high in (("jurors", 1, 15), ("dispute", 1, 100), ("days", 1, 90), ("reserve_hours", 1, 720)):
            value = getattr(made, name)
            if name == "jurors" and value in (None, BY_SIZE):
                continue
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise RulesRefused(
                    _("%(name)s must be a number from %(low)s to %(high)s.") % {"name": name, "low": low, "high": high}
                )
        if made.combine not in COMBINE_LABELS:
            raise RulesRefused(
                _("%(name)s must be one of: %(all)s.") % {"name": "combine", "all": ", ".join(COMBINE_LABELS)}
            )
        return made

    def jurors_for(self, entries: int) -> int | None:
        """How many jurors each of so many entries gets; None: every juror who may."""
        if isinstance(self.jurors, int):
            return self.jurors
        return None if self.jurors is None or entries <= ALL_UP_TO else SHARED
