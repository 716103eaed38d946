"""Figures as the editors' pages tell them: a campaign shows how far an indicator of the province is."""

from collections.abc import Iterable

from django.utils import timezone

from cms.gathered import Counted
from reports.models import Figure, Indicator
from schools.models import Unit

# A public figure about fewer people would point at them (product.md §2.1).
FEWEST = 5


def indicator_choices() -> list[tuple[str, str]]:
    """Indicators by code, each once, by the title of its last version."""
    titles: dict[str, str] = {}
    for code, title in Indicator.objects.order_by("code", "-version").values_list("code", "title"):
        titles.setdefault(code, f"{code} {title}")
    return list(titles.items())


def indicator_figures(codes: Iterable[str]) -> dict[str, Counted]:
    """The last signed value of each for the whole province; one that is not signed or too small is left out."""
    found: dict[str, Counted] = {}
    signed = Figure.objects.filter(
        indicator__code__in=list(codes), unit__kind=Unit.Kind.PROVINCE, school=None, signed_at__isnull=False
    ).select_related("indicator")
    for figure in signed.order_by("-reporting_year__starts_on", "-taken_at"):
        if figure.numerator >= FEWEST:
            counted = Counted(figure.numerator, figure.denominator, timezone.localdate(figure.taken_at))
            found.setdefault(figure.indicator.code, counted)
    return found
