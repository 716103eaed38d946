"""Uploads straight to the object store; the web process signs and never sees a byte of the file."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status
from ninja.security import django_auth

from media import storage
from media.models import Upload
from media.operations import abort_upload, begin_upload, complete_upload, sign_upload_part
from media.permissions import may_upload
from media.schemas import UploadOut, upload_document

router = Router(tags=["uploads"], auth=django_auth)


class UploadIn(Schema):
    purpose: Upload.Purpose
    file_name: str = Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")
    # A type, perhaps with parameters: it goes into a header of the store's request.
    content_type: str = Field("", max_length=120, pattern=r"^$|^[\w.+-]+/[\w.+-]+(;[\w .,;:=\"'+-]*)?$")
    size: int = Field(ge=0)


class PartOut(Schema):
    number: int
    url: str
    expires_in: int


LISTED = 20


def _own(request, upload_id: UUID) -> Upload:
    return get_object_or_404(Upload.objects.visible_to(request.user), uuid=upload_id)


@router.post("/uploads", response={201: UploadOut})
def begin(request, body: UploadIn):
    """Register a file; answers its id and how many parts it has."""
    if not may_upload(request.user, body.purpose):
        raise Http404
    upload = begin_upload(
        owner=request.user,
        purpose=body.purpose,
        file_name=body.file_name,
        content_type=body.content_type,
        size=body.size,
    )
    return Status(201, upload_document(upload))


@router.get("/uploads", response=list[UploadOut])
def unfinished(request, purpose: Upload.Purpose, file_name: str = "", size: int = 0):
    """One's own uploads that were begun and not ended, newest first, to go on with or to cancel.

    With `file_name` and `size`: those of such a file, also when it was sent whole within the last day and is being checked
    or has become an asset, so that a page closed meanwhile and opened again makes no second one.
    """
    mine = Upload.objects.visible_to(request.user).filter(purpose=purpose).order_by("-created_at")
    mine = mine.of_file(file_name, size) if file_name else mine.filter(state=Upload.State.OPEN)
    return [upload_document(upload) for upload in mine[:LISTED]]


@router.get("/uploads/{upload_id}", response=UploadOut)
def status(request, upload_id: UUID):
    """Where the upload stands, with the parts the store already holds, so that a cut one goes on."""
    return upload_document(_own(request, upload_id), with_parts=True)


@router.get("/uploads/{upload_id}/parts/{number}", response=PartOut)
def part(request, upload_id: UUID, number: int, sha256: str = ""):
    """A link to PUT one part to, signed now. `sha256`: the part's sum in hexadecimal, compared when all is there."""
    url = sign_upload_part(upload=_own(request, upload_id), number=number, sha256=sha256)
    return {"number": number, "url": url, "expires_in": storage.SIGNED_SECONDS}


@router.post("/uploads/{upload_id}/complete", response=UploadOut)
def complete(request, upload_id: UUID):
    """Join the parts; safe to repeat."""
    return upload_document(complete_upload(upload=_own(request, upload_id)))


@router.delete("/uploads/{upload_id}", response=UploadOut)
def abort(request, upload_id: UUID):
    return upload_document(abort_upload(upload=_own(request, upload_id)))
