"""H5P in the editors' admin: what there is, bringing in a package, its libraries."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_h5p import playing
from django_h5p.models import Content, Library
from django_h5p.operations import delete_unused_libraries
from django_h5p.operations.importing import INSTALL

from cms.jobs.models import Job
from media.blocks import content_type
from media.checking import readable_size
from media.h5p import IMPORT, ContentInUse, begin_import, original_url, pages_showing, remove_content
from media.models import Upload
from schools.models import User

PAGE = 30
VIEW, ADD, DELETE = "h5p.view_content", "h5p.add_content", "h5p.delete_content"


def _may(request: HttpRequest, right: str) -> bool:
    return cast(User, request.user).has_perm(right)


@require_safe
@permission_required(VIEW, raise_exception=True)
def contents(request: HttpRequest) -> HttpResponse:
    """The contents, the latest first; `q` looks in their titles."""
    words = request.GET.get("q", "").strip()
    found = (
        Content.objects.exclude(current_version=None)
        .select_related("current_version__main_library")
        .annotate(attempt_count=Count("attempts"))
        .order_by("-updated_at")
    )
    if words:
        found = found.filter(title__icontains=words)
    rows = Paginator(found, PAGE).get_page(request.GET.get("page"))
    for row in rows:
        row.type = content_type(row)
        row.readable_size = readable_size(row.current_version.size)
    context = {"rows": rows, "words": words, "may_add": _may(request, ADD)}
    return render(request, "media/admin/h5p_contents.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def content(request: HttpRequest, content_id: int) -> HttpResponse:
    """One content: tried out, where it is shown, what it plays with, its versions."""
    found = get_object_or_404(Content.objects.select_related("current_version__main_library"), pk=content_id)
    versions = list(
        found.versions.select_related("package", "main_library")
        .annotate(attempt_count=Count("attempts"))
        .order_by("-number")
    )
    context = {
        "content": found,
        "type": content_type(found),
        "versions": versions,
        "libraries": [pin.library for pin in found.current_version.pins.select_related("library").order_by("position")],
        "places": [{"title": str(place), "url": _edit_url(place)} for place in pages_showing(found)],
        # Played as a guest does: an editor's try is nobody's result.
        "h5p": {
            "content": found,
            "language": get_language(),
            "frame": playing.play_url(found, get_language() or ""),
            "size": readable_size(found.current_version.size),
        },
        "may_add": _may(request, ADD),
        "may_delete": _may(request, DELETE),
    }
    return render(request, "media/admin/h5p_content.html", context)


def _edit_url(place) -> str:
    return reverse("wagtailadmin_pages:edit", args=[place.pk]) if hasattr(place, "get_parent") else ""


@require_safe
@permission_required(ADD, raise_exception=True)
def upload(request: HttpRequest, content_id: int | None = None) -> HttpResponse:
    """Choose a package; it goes straight to the file store and is then checked with progress (h5p-upload.js)."""
    found = get_object_or_404(Content, pk=content_id) if content_id else None
    context = {"content": found, "may_install": _may(request, INSTALL)}
    return render(request, "media/admin/h5p_upload.html", context)


@require_POST
@permission_required(ADD, raise_exception=True)
def begin(request: HttpRequest) -> JsonResponse:
    """The upload has arrived: have it taken in. Answers the address at which its progress is told."""
    try:
        upload_id = UUID(request.POST.get("upload", ""))
    except ValueError:
        raise PermissionDenied from None
    found = get_object_or_404(
        Upload.objects.visible_to(request.user), uuid=upload_id, purpose=Upload.Purpose.H5P, state=Upload.State.STORED
    )
    number = request.POST.get("content", "")
    target = get_object_or_404(Content, pk=int(number)) if number.isdecimal() else None
    job = begin_import(upload=found, content=target, by=request.user)
    return JsonResponse({"job": reverse("media_h5p_job", args=[job.uuid])}, status=202)


@require_safe
@permission_required(ADD, raise_exception=True)
def job(request: HttpRequest, job_id: UUID) -> JsonResponse:
    found = get_object_or_404(Job.objects.visible_to(request.user), uuid=job_id, kind=IMPORT)
    result = found.result
    return JsonResponse(
        {
            "state": found.state,
            "percent": found.percent,
            "doing": found.doing,
            "error": _("Something went wrong on our side. Try again in a few minutes.")
            if found.error == "unexpected"
            else found.error,
            "warnings": result.get("warnings", []),
            "url": reverse("media_h5p_content", args=[result["content"]]) if "content" in result else "",
        }
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def download(request: HttpRequest, content_id: int, number: int) -> HttpResponse:
    """The package of a version, byte for byte as it came."""
    found = get_object_or_404(Content, pk=content_id)
    return redirect(original_url(get_object_or_404(found.versions.select_related("package"), number=number)))


@require_POST
@permission_required(DELETE, raise_exception=True)
def delete(request: HttpRequest, content_id: int) -> HttpResponse:
    found = get_object_or_404(Content, pk=content_id)
    title = str(found)
    try:
        remove_content(content=found, by=request.user)
    except ContentInUse as refusal:
        messages.error(request, str(refusal))
        return redirect("media_h5p_content", content_id)
    messages.success(request, _("“%(title)s” is deleted.") % {"title": title})
    return redirect("media_h5p_contents")


@require_safe
@permission_required(VIEW, raise_exception=True)
def libraries(request: HttpRequest) -> HttpResponse:
    """The installed libraries: how many contents play with each, and which nobody needs."""
    found = (
        Library.objects.with_usage().defer("definition", "files").order_by("machine_name", "-major", "-minor", "-pk")
    )
    rows = Paginator(found, PAGE * 2).get_page(request.GET.get("page"))
    for row in rows:
        row.readable_size = readable_size(row.size)
    context = {
        "rows": rows,
        "unused": Library.objects.unused().count(),
        "unused_size": readable_size(Library.objects.unused().total_bytes()),
        "may_install": _may(request, INSTALL),
    }
    return render(request, "media/admin/h5p_libraries.html", context)


@require_POST
@permission_required(INSTALL, raise_exception=True)
def delete_unused(request: HttpRequest) -> HttpResponse:
    deleted = delete_unused_libraries()
    text = ngettext("%(count)s library is deleted.", "%(count)s libraries are deleted.", len(deleted))
    messages.success(request, text % {"count": len(deleted)})
    return redirect("media_h5p_libraries")
