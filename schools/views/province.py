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
from schools.models import RosterImport
from schools.operations import rosters
from schools.permissions import schools_kept
from schools.rosters import files
from schools.rosters.forms import ProvinceForm
from schools.views.common import show
from schools.work import PROVINCE_JOB

MOST_HINDRANCES = 50


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
    if "undo" in request.POST:
        return _undo(request, found)
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
        "schools": _schools(request, found),
        "hindrances": request.session.pop(f"hindrances:{found.uuid}", None),
    }
    return render(request, "schools/_province_job.html" if request.htmx else "schools/province_job.html", context)


def _imports(request, found: Job) -> dict[str, RosterImport]:
    """What the list wrote, by the key under which its result names it; only of schools the officer still keeps."""
    keys = [row["import_id"] for row in found.result.get("schools", []) if row.get("import_id")]
    rows = RosterImport.objects.filter(uuid__in=keys, school__in=schools_kept(request.user))
    return {str(one.uuid): one for one in rows.select_related("school")}


def _schools(request, found: Job) -> list[dict]:
    """A line a school, with whether its part can be taken back."""
    made = _imports(request, found)
    lines = []
    for row in found.result.get("schools", []):
        part = made.get(row.get("import_id") or "")
        lines.append(
            {
                **row,
                "can_be_undone": part is not None and rosters.can_be_undone(part),
                "is_undone": part is not None and part.state == RosterImport.State.UNDONE,
            }
        )
    return lines


def _undo(request, found: Job):
    """Take the part of one school back. Refused with what depends on it; again is a no-op."""
    part = _imports(request, found).get(request.POST["undo"])
    if part is None:
        raise Http404
    try:
        rosters.undo_import(roster_import=part, actor=request.user)
    except rosters.UndoRefused as problem:
        messages.error(request, f"{part.school.name}: {problem}")
        request.session[f"hindrances:{found.uuid}"] = {
            "school": part.school.name,
            "lines": problem.extra["hindrances"][:MOST_HINDRANCES],
        }
    else:
        messages.success(
            request, _("%(school)s: taken back. The school is as it was before.") % {"school": part.school.name}
        )
    return redirect("schools:province_roster_job", uuid=found.uuid)


@never_cache
@login_required
def refused(request, uuid):
    """The workbook of refused rows, by a short-lived signed address."""
    found = get_object_or_404(_mine(request).exclude(error_file=""), uuid=uuid)
    disposition = content_disposition_header(as_attachment=True, filename=_("refused-rows") + ".xlsx")
    return redirect(storages["private"].url(found.error_file, parameters={"ResponseContentDisposition": disposition}))
