"""The annual report on the screen and as files: the province's by a background job, a place's own at once."""

from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.jobs.models import Job
from cms.jobs.operations import start_job
from reports.formats import TYPES
from reports.models import PlaceReport
from reports.queries.annual import annual
from reports.queries.tables import shown
from reports.views.rounds import round_for
from reports.work import ANNUAL_JOB, FORMATS, province_report, writer


@never_cache
@login_required
def page(request, year):
    """The report of the province as the files hold it: texts, tables, and who signs."""
    found = annual(province_report(round_for(request, year)))
    context = {
        "annual": found,
        "round": found.report.round,
        "tables": [{"table": table, "rows": rows_of(table)} for table in found.tables],
        "formats": FORMATS,
    }
    return render(request, "reports/annual.html", context)


def rows_of(table) -> list[dict]:
    return [
        {
            "url": "",
            "is_over": row.is_over,
            "cells": [
                {"column": column, "text": shown(value, column.kind)}
                for column, value in zip(table.columns, row.values, strict=True)
            ],
        }
        for row in table.rows
    ]


@require_POST
@login_required
def make(request, year):
    """Start the job that writes the file."""
    round_for(request, year)
    format = request.POST.get("format")
    if format not in FORMATS:
        raise Http404
    job = start_job(kind=ANNUAL_JOB, owner=request.user, params={"year": year, "format": format})
    return redirect("reports:annual_job", year=year, uuid=job.uuid)


def _job(request, year, uuid) -> Job:
    round_for(request, year)
    return get_object_or_404(Job.objects.visible_to(request.user), uuid=uuid, kind=ANNUAL_JOB, params__year=year)


@never_cache
@login_required
def job(request, year, uuid):
    """How far the file is, and then the file."""
    found = _job(request, year, uuid)
    template = "reports/parts/annual_job.html" if request.htmx else "reports/annual_job.html"
    return render(request, template, {"job": found, "year": year})


@never_cache
@login_required
def file(request, year, uuid):
    found = _job(request, year, uuid)
    if not found.result_file:
        raise Http404
    name = f"bao-cao-{year}.{found.params['format']}"
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return redirect(storages["private"].url(found.result_file, parameters={"ResponseContentDisposition": disposition}))


@never_cache
@login_required
def place_file(request, uuid, format):
    """The report of a commune or school as a file, made at once."""
    found = get_object_or_404(
        PlaceReport.objects.visible_to(request.user)
        .exclude(unit__depth=1)
        .select_related("unit", "school__unit", "round__reporting_year", "round__school_year"),
        uuid=uuid,
    )
    if format not in FORMATS:
        raise Http404
    with translation.override("vi"):
        content = writer(format)(annual(found))
    response = HttpResponse(content, content_type=TYPES[format])
    year, code = found.round.reporting_year.code, found.place.code
    name = f"bao-cao-{year}-{code}.{format}".lower()
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
