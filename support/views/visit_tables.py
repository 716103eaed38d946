"""Visits as officers read them: by commune, as .xlsx, and behind a figure the entries."""

from dataclasses import replace
from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from schools.models import User
from support.models import Visit
from support.permissions import reads_visits
from support.queries import visits as queries
from support.queries.opinions import honours_of

PER_PAGE = 50


def _reader(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not reads_visits(user):
        raise Http404
    return user


def _period(request: HttpRequest) -> queries.Period:
    asked = request.GET
    return queries.period_of(asked.get("period", ""), since=asked.get("from", ""), until=asked.get("to", ""))


def _query(period: queries.Period, **more: str) -> str:
    """The period as it stands in an address, with what else is chosen."""
    own = {"period": period.key}
    if period.key == "days":
        own = {"from": period.since.isoformat(), "to": period.until.isoformat()}
    return urlencode({**own, **{name: value for name, value in more.items() if value}})


def _chips(period: queries.Period, by: str) -> dict:
    labels = {
        "service": _("By service"),
        "difficulty": _("By difficulty"),
        "age": _("By age"),
        "language": _("By language"),
    }
    return {
        "periods": [
            {"label": one.label, "url": f"?{_query(one, by=by)}", "current": one.key == period.key}
            for one in queries.periods()
        ],
        "cuts": [
            {"label": label, "url": f"?{_query(period, by=name)}", "current": name == by}
            for name, label in labels.items()
        ],
    }


@require_safe
@login_required
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """People guided by commune, and by one question at a time."""
    user, period = _reader(request), _period(request)
    found = queries.table(user, period, request.GET.get("by", ""))
    context = {
        "table": found,
        "period": period,
        "query": _query(period, by=found.by),
        "drill": _query(period),
        **_chips(period, found.by),
    }
    return render(request, "support/visit_table.html", context)


@require_safe
@login_required
@never_cache
def spreadsheet(request: HttpRequest) -> HttpResponse:
    """The same figures as on the screen, a sheet for each question."""
    from courses.listing_sheets import XLSX, as_workbook, file_name

    user, period = _reader(request), _period(request)
    cuts = {
        "service": _("By service"),
        "difficulty": _("By difficulty"),
        "age": _("By age"),
        "language": _("By language"),
    }
    listings = [replace(queries.table(user, period, by).listing, title=title) for by, title in cuts.items()]
    name = file_name(f"luot huong dan {period.since} {period.until}")
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment"}
    return HttpResponse(as_workbook(*listings), content_type=XLSX, headers=headers)


@require_safe
@login_required
@never_cache
def commune(request: HttpRequest, code: str) -> HttpResponse:
    """One commune: who of the team wrote down how much, and the entries behind the figures."""
    user, period = _reader(request), _period(request)
    unit = queries.overseen_unit(user, code)
    if unit is None:
        raise Http404
    services = queries.service_names(get_language() or "vi")
    difficulties = {code: str(label) for code, label in Visit.Difficulty.choices}
    service, difficulty = request.GET.get("service", ""), request.GET.get("difficulty", "")
    service = service if service in services else ""
    difficulty = difficulty if difficulty in difficulties else ""
    rows = queries.entries(unit, period, service=service, difficulty=difficulty)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    languages = queries.language_names()
    for one in page.object_list:
        one.service = services.get(one.procedure_code, one.procedure_code)
        one.spoken = languages.get(one.language, one.language)
    figures = {
        by: queries.figures_of(queries.visits_in([unit], period), by).get(unit.pk) for by in ("service", "difficulty")
    }
    context = {
        "unit": unit,
        "period": period,
        "page": page,
        "whole": figures["service"],
        "members": queries.by_member(unit, period),
        "honours": honours_of(user, unit),
        "services": _chosen(figures["service"], services, service, period, "service", difficulty=difficulty),
        "difficulties": _chosen(figures["difficulty"], difficulties, difficulty, period, "difficulty", service=service),
        "back": _query(period),
        "keep": _query(period, service=service, difficulty=difficulty) + "&",
        "periods": [
            {"label": one.label, "url": f"?{_query(one)}", "current": one.key == period.key}
            for one in queries.periods()
        ],
    }
    return render(request, "support/visit_commune.html", context)


def _chosen(figures, words: dict[str, str], chosen: str, period, name: str, **other: str) -> list[dict]:
    """Chips of what there is in a commune, the most first; the chosen one leads back to all."""
    if figures is None:
        return []
    return [
        {
            "label": words[code],
            "count": number,
            "current": code == chosen,
            "url": f"?{_query(period, **{**other, name: '' if code == chosen else code})}",
        }
        for code, number in figures.by.most_common()
        if code in words and number
    ]
