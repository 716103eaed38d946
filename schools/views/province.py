"""One list of many schools: uploaded, looked through in the background, brought in, each step with its progress."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from cms.jobs.models import Job
from cms.jobs.operations import start_job
from schools.permissions import schools_kept
from schools.rosters import files
from schools.rosters.forms import ProvinceForm
from schools.views.common import show
from schools.work import PROVINCE_JOB


def _mine(request):
    """Jobs of this kind that the officer started. 404 for whoever keeps no schools."""
    if not schools_kept(request.user).exists():
        raise Http404
    return Job.objects.visible_to(request.user).filter(kind=PROVINCE_JOB)


@never_cache
@login_required
def upload(request):
    """Upload a list; earlier ones stand below."""
    jobs = _mine(request)
    form = ProvinceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        job = start_job(
            kind=PROVINCE_JOB,
            owner=request.user,
            params={
                "file": files.keep(file.read(), f"{uuid4().hex}.upload"),
                "name": file.name[-255:],
                "year": form.cleaned_data["year"].code,
                "complete": form.cleaned_data["complete"],
                "dry_run": True,
            },
        )
        return redirect("schools:province_roster_job", uuid=job.uuid)
    return show(request, "schools/province_roster.html", {"form": form, "jobs": jobs.order_by("-created_at")[:10]})


@never_cache
@login_required
def job(request, uuid):
    """How far a list is, what it would do or did; from a look-through the list is brought in, once."""
    found = get_object_or_404(_mine(request), uuid=uuid)
    after = _mine(request).filter(params__check=str(found.uuid)).order_by("-created_at").first()
    if request.method == "POST":
        if after and after.state != Job.State.FAILED:
            messages.info(request, _("This list is being brought in already; nothing was done a second time."))
        elif found.params["dry_run"] and found.state == Job.State.DONE and found.params["file"]:
            after = start_job(
                kind=PROVINCE_JOB,
                owner=request.user,
                params={**found.params, "dry_run": False, "check": str(found.uuid)},
            )
        return redirect("schools:province_roster_job", uuid=(after or found).uuid)
    words = {
        "created": (_("New"), "plus"),
        "changed": (_("Changed"), "pencil"),
        "moved": (_("Moved"), "arrow-right"),
        "left": (_("Left the school"), "log-out"),
        "unchanged": (_("Unchanged"), "check"),
        "rejected": (_("Not taken"), "circle-alert"),
    }
    context = {
        "job": found,
        "after": after,
        "counts": [
            {"label": label, "icon": icon, "number": found.result[name]}
            for name, (label, icon) in words.items()
            if name in found.result
        ],
        "schools": found.result.get("schools", []),
    }
    return render(request, "schools/_province_job.html" if request.htmx else "schools/province_job.html", context)


@never_cache
@login_required
def refused(request, uuid):
    """The workbook of refused rows, by a short-lived signed address."""
    found = get_object_or_404(_mine(request).exclude(error_file=""), uuid=uuid)
    disposition = content_disposition_header(as_attachment=True, filename=_("refused-rows") + ".xlsx")
    return redirect(storages["private"].url(found.error_file, parameters={"ResponseContentDisposition": disposition}))
