"""The coverage ledger on the screen: province → commune → school → class, and the same as files."""

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache

from cms.problems import Problem
from reports.formats import TYPES, file_name
from reports.queries.coverage import Ledger, coverage
from reports.queries.gaps import Gap, gaps_of
from reports.queries.scopes import Scope, scopes_of
from reports.queries.tables import Table, heading, meanings, shown, tables_of
from reports.views.charts import columns_of
from reports.work import LARGE_FORMATS
from schools.models import SchoolYear, Unit
from schools.permissions import may_enter_rolls, schools_administered, schools_overseen, units_overseen

# Of a long list the page shows the lines one can act on today; the files hold all of it.
GAPS_SHOWN = 10
QUESTIONS_SHOWN = 5
PER_PAGE = 25


@never_cache
@login_required
def home(request):
    """Where the ledger of the reader begins. Nobody's ledger is 404."""
    scopes = scopes_of(request.user)
    if not scopes:
        raise Http404
    if len(scopes) == 1:
        return _page(request, scopes[0])
    return render(request, "reports/places.html", {"places": [(scope, _address(scope)) for scope in scopes]})


@never_cache
@login_required
def unit(request, code):
    return _page(request, Scope(get_object_or_404(units_overseen(request.user), code=code)))


@never_cache
@login_required
def school(request, code):
    found = get_object_or_404(schools_overseen(request.user).select_related("unit"), code=code)
    return _page(request, Scope(found.unit, found))


@never_cache
@login_required
def unit_file(request, code, format):
    return _file(request, Scope(get_object_or_404(units_overseen(request.user), code=code)), format)


@never_cache
@login_required
def school_file(request, code, format):
    found = get_object_or_404(schools_overseen(request.user).select_related("unit"), code=code)
    return _file(request, Scope(found.unit, found), format)


def _year(request) -> SchoolYear | None:
    code = request.GET.get("year")
    return get_object_or_404(SchoolYear, code=code) if code else SchoolYear.objects.current()


def _file(request, scope: Scope, format: str) -> HttpResponse:
    year = _year(request)
    if format not in TYPES or year is None:
        raise Http404
    if scope.kind == "province" and format in LARGE_FORMATS:
        return redirect(f"{_address(scope)}?year={year.code}#files")  # made by a job, from a button there
    from reports.documents import FORMATS

    ledger = coverage(scope=scope, school_year=year)
    try:
        content = FORMATS[format](ledger, gaps_of(ledger))
    except Problem as problem:
        return HttpResponse(str(problem), status=problem.status, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content, content_type=TYPES[format])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file_name(ledger, format))
    return response


def _page(request, scope: Scope) -> HttpResponse:
    year = _year(request)
    if year is None:
        return render(request, "reports/no_year.html", {"scope": scope}, status=200)
    ledger = coverage(scope=scope, school_year=year)
    gaps = gaps_of(ledger, limit=GAPS_SHOWN)
    schools = Paginator(ledger.schools, PER_PAGE).get_page(request.GET.get("page"))
    tables = {table.key: table for table in tables_of(replace(ledger, schools=list(schools), questions=[]), gaps)}
    title, when = heading(ledger)
    address = _address(scope)
    return render(
        request,
        "reports/coverage.html",
        {
            "scope": scope,
            "ledger": ledger,
            "year": year,
            "years": SchoolYear.objects.order_by("-starts_on")[:4],
            "title": title,
            "when": when,
            "trail": _trail(request.user, scope, year),
            "gaps": [_gap(one) for one in gaps],
            "gaps_more": max(0, _gaps_in_all(ledger) - len(gaps)),
            "no_roster": sum(1 for one in ledger.schools if one.roll and not one.roster and not one.reached),
            "questions": ledger.questions[:QUESTIONS_SHOWN],
            "questions_more": max(0, len(ledger.questions) - QUESTIONS_SHOWN),
            "lines": [_line(line) for line in ledger.lines],
            "headline": _headline(ledger),
            "charts": [
                _chart(ledger, tables[key], _leads_to(key))
                for key in ("units", "levels", "grades", "classes", "languages")
                if key in tables
            ],
            "schools": _schools(tables.get("schools"), schools, year),
            "weeks": columns_of(tables["weeks"]) if "weeks" in tables else None,
            "total": tables["total"],
            "total_rows": _rows(tables["total"], None, year),
            "targets": tables.get("targets"),
            "target_rows": _rows(tables["targets"], None, year) if "targets" in tables else [],
            "meanings": meanings(),
            "files": [
                {
                    "format": one,
                    "url": f"{address}coverage.{one}?year={year.code}",
                    "by_job": scope.kind == "province" and scope.unit is not None and one in LARGE_FORMATS,
                }
                for one in TYPES
            ],
            "may_enter": may_enter_rolls(request.user),
            "administers": bool(
                scope.school and schools_administered(request.user).filter(pk=scope.school.pk).exists()
            ),
        },
    )


def _gap(gap: Gap) -> dict[str, Any]:
    whole = gap.figures.roster if gap.figures.roll is None else gap.figures.roll
    return {
        "gap": gap,
        "missing": shown(gap.missing),
        "reached": shown(gap.figures.reached),
        "whole": shown(whole),
    }


def _gaps_in_all(ledger: Ledger) -> int:
    if ledger.scope.school:
        return sum(1 for one in ledger.classes if (one.roster or 0) > (one.reached or 0))
    return sum(1 for one in ledger.schools if one.missing)


def _address(scope: Scope) -> str:
    if scope.school:
        return reverse("reports:school", args=[scope.school.code])
    return reverse("reports:unit", args=[scope.code]) if scope.unit else reverse("reports:home")


def _trail(user, scope: Scope, year: SchoolYear) -> list[dict]:
    """From the top the reader may see down to this place."""
    places: list[Scope] = []
    if scope.unit and scope.kind != "province":
        above = Unit.objects.filter(pk__in=[one.pk for one in scope.unit.get_ancestors()])
        units = list(above.order_by("depth")) + ([scope.unit] if scope.school else [])
        allowed = set(units_overseen(user).filter(pk__in=[one.pk for one in units]).values_list("pk", flat=True))
        places = [Scope(one) for one in units if one.pk in allowed]
    return [{"label": place.name, "url": f"{_address(place)}?year={year.code}"} for place in places]


def _headline(ledger: Ledger) -> dict[str, Any]:
    """The one number of the page: of the pupils the next target speaks of."""
    figures = ledger.aimed if ledger.aimed.roll else ledger.total
    return {
        "figures": figures,
        "share": shown(figures.share(), "percent") if figures.roll else "",
        "bar": figures.share() or 0,
        "reached": shown(figures.reached),
        "roll": shown(figures.roll),
        "missing": shown(figures.missing),
        "is_part": figures is ledger.aimed and ledger.aimed.roll != ledger.total.roll,
        "lines": [line.percent for line in ledger.lines if line.percent < 100],
    }


def _line(line) -> dict[str, Any]:
    return {
        "line": line,
        "percent": f"{shown(int(line.percent) if line.percent.is_integer() else line.percent)} %",
        "due_on": shown(line.due_on),
        "missing": shown(line.missing),
        "needed": shown(line.needed),
        "is_met": bool(line.figures.roll and not line.missing and not line.figures.is_over),
    }


def _leads_to(key: str) -> str | None:
    return {"units": "reports:unit", "schools": "reports:school"}.get(key)


def _rows(table: Table, leads_to: str | None, year: SchoolYear) -> list[dict]:
    """Rows for the template: the values as they are read, the bar, and where the first cell leads."""
    return [
        {
            "url": f"{reverse(leads_to, args=[row.key])}?year={year.code}" if leads_to else "",
            "bar": row.bar,
            "is_over": row.is_over,
            "cells": [
                {"column": column, "text": shown(value, column.kind)}
                for column, value in zip(table.columns, row.values, strict=True)
            ],
        }
        for row in table.rows
    ]


def _chart(ledger: Ledger, table: Table, leads_to: str | None) -> dict:
    """A chart of bars with the table behind it: name, share or number, the bar, and the targets that speak of the row."""
    keys = [column.key for column in table.columns]
    measure = "share" if "share" in keys else "reached"
    place, reached = keys.index(measure), keys.index("reached")
    whole = keys.index("roll") if "roll" in keys else keys.index("roster") if "roster" in keys else None
    rows = _rows(table, leads_to, ledger.school_year)
    for row, source in zip(rows, table.rows, strict=True):
        row["name"] = row["cells"][0]["text"]
        row["measure"] = row["cells"][place]["text"] if measure == "share" and source.values[place] is not None else ""
        row["of"] = (
            f"{shown(source.values[reached])}/{shown(source.values[whole])}"
            if whole is not None
            else shown(source.values[reached])
        )
        level = source.key.split("-")[0]
        row["lines"] = [line.percent for line in ledger.lines if level in line.levels and line.percent < 100]
    return {"table": table, "rows": rows}


def _schools(table: Table | None, page: Page, year: SchoolYear) -> dict | None:
    """The schools of one page of the list; `table` holds these alone."""
    return {"table": table, "page": page, "rows": _rows(table, "reports:school", year)} if table else None
