"""For which part of the school system something is: a band of grades, or grown-ups."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ADULTS = "adults"
# Grades of the general education programme (Luật Giáo dục 2019, Điều 28).
BANDS = {"primary": (1, 5), "lower-secondary": (6, 9), "upper-secondary": (10, 12)}
LEVELS: dict[str, str | Promise] = {
    "primary": pgettext_lazy("school level", "Primary school"),
    "lower-secondary": pgettext_lazy("school level", "Lower-secondary school"),
    "upper-secondary": pgettext_lazy("school level", "Upper-secondary school"),
    ADULTS: _("Grown-ups"),
}


def levels_of(lowest: int | None, highest: int | None) -> list[str]:
    """The bands in which grades from `lowest` to `highest` lie; one of them alone stands for both."""
    first, last = lowest or highest, highest or lowest
    if first is None or last is None:
        return []
    return [band for band, (low, high) in BANDS.items() if low <= last and first <= high]
