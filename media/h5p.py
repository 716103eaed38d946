"""H5P packages on their way in: quarantine → checked and stored by django_h5p → ready, as a job with progress."""

import tempfile
import time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django_h5p.models import Content, ContentVersion
from django_h5p.operations import delete_content, import_package
from django_h5p.problems import InUse as PackageInUse
from django_h5p.problems import PackageRefused
from django_h5p.storing import package_storage
from wagtail.models import ReferenceIndex

from cms.audit.operations import record
from cms.jobs.models import Job
from cms.jobs.operations import Progress, start_job
from cms.problems import Problem
from media import storage
from media.models import Upload

IMPORT = "media.h5p_import"
# The percentage is read by people: more often than this nobody sees it.
SAY_EVERY = 0.5


class PackageNotTaken(Problem):
    status = 422
    code = "h5p_refused"


class ContentInUse(Problem):
    status = 409
    code = "in_use"


@transaction.atomic
def begin_import(*, upload: Upload, content: Content | None, by) -> Job:
    """Have an uploaded package checked and taken in by a worker; a second call for the same upload gives the same job."""
    Upload.objects.select_for_update().get(pk=upload.pk)
    known = Job.objects.filter(kind=IMPORT, owner=by, params__upload=str(upload.uuid)).order_by("-pk").first()
    if known is not None:
        return known
    return start_job(
        kind=IMPORT, owner=by, params={"upload": str(upload.uuid), "content": str(content.uuid) if content else ""}
    )


def import_uploaded(progress: Progress) -> None:
    """The job: judge the package, and store it if it is sound. Raises PackageNotTaken with the reason for people."""
    params = progress.job.params
    upload = Upload.objects.get(uuid=UUID(params["upload"]))
    content = Content.objects.filter(uuid=params["content"]).first() if params["content"] else None
    said = 0.0

    def tell(done: int, total: int, what: str) -> None:
        nonlocal said
        if (now := time.monotonic()) - said >= SAY_EVERY:
            said = now
            # Kept below whole megabytes of a big package: the job counts in 32 bits.
            progress.say(done=done * 1000 // max(total, 1), total=1000, doing=what)

    with tempfile.TemporaryFile() as file:
        if storage.size(key=upload.key) != upload.size:
            raise PackageNotTaken(_("The file in the store is not whole. Start again with the file."))
        storage.download(key=upload.key, file=file)
        try:
            report = import_package(
                file=file, file_name=upload.file_name, user=upload.owner, content=content, tell=tell
            )
        except PackageRefused as refusal:
            Upload.objects.filter(pk=upload.pk).update(state=Upload.State.REFUSED, reason=str(refusal)[:300])
            storage.delete(key=upload.key)
            progress.job.result = {"code": refusal.code}
            raise PackageNotTaken(str(refusal), code=refusal.code) from refusal
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(state=Upload.State.READY, asset_id=report.content.pk)
        record(
            actor=upload.owner,
            action="import_h5p",
            target_kind="h5p",
            target_key=str(report.content.uuid),
            target_label=report.content.title,
            detail={
                "version": report.version.number,
                "sha256": report.version.sha256,
                "libraries": report.libraries_added,
            },
        )
    storage.delete(key=upload.key)
    progress.job.result = {
        "content": report.content.pk,
        "created": report.created,
        "libraries": report.libraries_added,
        "warnings": report.warnings,
    }


def pages_showing(content: Content) -> list:
    """The pages and other records that show a content, each with its label and a link to edit it."""
    found = {}
    for reference in ReferenceIndex.get_references_to(content).select_related("base_content_type"):
        base = reference.base_content_type.get_object_for_this_type(pk=reference.object_id)
        found[(reference.base_content_type_id, reference.object_id)] = base
    return list(found.values())


@transaction.atomic
def remove_content(*, content: Content, by) -> None:
    """Delete a content that nobody plays and no page shows. Raises ContentInUse with the places."""
    places = pages_showing(content)
    if places:
        raise ContentInUse(
            _("“%(title)s” is shown on: %(places)s. Take it off these pages first.")
            % {"title": content, "places": ", ".join(str(place) for place in places)}
        )
    key, title = str(content.uuid), str(content)
    try:
        delete_content(content=content)
    except PackageInUse as refusal:
        raise ContentInUse(str(refusal)) from refusal
    record(actor=by, action="delete_h5p", target_kind="h5p", target_key=key, target_label=title)


def original_url(version: ContentVersion) -> str:
    """A signed link to the package exactly as it came."""
    name = version.package.file_name.encode("ascii", "ignore").decode().replace('"', "") or "package.h5p"
    return package_storage().url(
        version.package.name,
        parameters={
            "ResponseContentDisposition": f'attachment; filename="{name}"',
            "ResponseContentType": "application/zip",
        },
    )
