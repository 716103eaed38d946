"""Coverage for everybody: no account, nobody to be picked out."""

from django.conf import settings
from django.core.cache import cache
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language

from reports.queries.coverage import coverage, definitions
from reports.queries.public import PublicCoverage, public_coverage
from reports.queries.scopes import province
from reports.queries.tables import shown
from reports.views.annual import rows_of
from schools.models import SchoolYear

# The figures move once a day: whoever looked every minute could see one person more.
SECONDS = 60 * 60 * 24


def page(request):
    """The share of the province, by commune and by level."""
    found = figures_of_the_day()
    chosen = found.get(get_language() or settings.LANGUAGE_CODE)
    context = {
        "found": chosen,
        "place": province().name,
        "taken": date_format(timezone.localtime(chosen.taken_at), "H:i d/m/Y") if chosen else "",
        "share": shown(chosen.total.share(), "percent") if chosen and chosen.total else "",
        "bar": chosen.total.share() if chosen and chosen.total else None,
        "reached": shown(chosen.total.reached) if chosen and chosen.total else "",
        "roll": shown(chosen.total.roll) if chosen and chosen.total else "",
        "lines": [
            {"percent": f"{line.percent:g} %", "due_on": shown(line.due_on), "at": line.percent}
            for line in chosen.lines
        ]
        if chosen
        else [],
        "tables": [_shown(table) for table in chosen.tables] if chosen else [],
        "meaning": definitions()["reached"],
        "roll_meaning": definitions()["roll"],
    }
    return render(request, "reports/public.html", context)


def _shown(table) -> dict:
    """Rows of a table; a line whose figures are not shown says so in each of its cells."""
    rows = rows_of(table)
    for row, source in zip(rows, table.rows, strict=True):
        row["bar"] = source.bar
    return {"table": table, "rows": rows}


def figures_of_the_day() -> dict[str, PublicCoverage]:
    """By language, all of the same moment: two snapshots side by side would tell who came in between."""
    year = SchoolYear.objects.current()
    if year is None:
        return {}
    key = f"public-coverage:{year.code}:{timezone.localdate()}"
    found = cache.get(key)
    if found is None:
        found = {}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                found[code] = public_coverage(coverage(scope=province(), school_year=year))
        cache.set(key, found, SECONDS)
    return found
