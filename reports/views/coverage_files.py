"""The ledger of a whole province as .docx or .pdf: hundreds of pages, made by a background job."""

from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.jobs.models import Job
from cms.jobs.operations import start_job
from reports.work import COVERAGE_JOB, LARGE_FORMATS
from schools.models import SchoolYear, Unit
from schools.permissions import units_overseen


def _unit(request, code: str) -> Unit:
    return get_object_or_404(units_overseen(request.user), code=code)


@require_POST
@login_required
def make(request, code):
    """Start the job that writes the file."""
    unit, format = _unit(request, code), request.POST.get("format")
    if format not in LARGE_FORMATS:
        raise Http404
    year = get_object_or_404(SchoolYear, code=request.POST.get("year", ""))
    params = {"unit": unit.code, "year": year.code, "format": format, "language": get_language()}
    job = start_job(kind=COVERAGE_JOB, owner=request.user, params=params)
    return redirect("reports:coverage_job", code=unit.code, uuid=job.uuid)


def _job(request, code: str, uuid) -> Job:
    unit = _unit(request, code)
    return get_object_or_404(Job.objects.visible_to(request.user), uuid=uuid, kind=COVERAGE_JOB, params__unit=unit.code)


@never_cache
@login_required
def job(request, code, uuid):
    """How far the file is, and then the file."""
    found = _job(request, code, uuid)
    template = "reports/parts/coverage_job.html" if request.htmx else "reports/coverage_job.html"
    return render(request, template, {"job": found, "code": code})


@never_cache
@login_required
def file(request, code, uuid):
    found = _job(request, code, uuid)
    if not found.result_file:
        raise Http404
    name = f"coverage-{code}-{found.params['year']}.{found.params['format']}".lower()
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return redirect(storages["private"].url(found.result_file, parameters={"ResponseContentDisposition": disposition}))
