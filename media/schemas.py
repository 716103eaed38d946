"""What an API tells of an upload, whichever room begins it."""

from uuid import UUID

from ninja import Schema

from media import storage
from media.models import Upload


class UploadOut(Schema):
    id: UUID
    state: str
    reason: str
    file_name: str
    size: int
    part_size: int
    part_count: int
    stored_parts: list[int]
    part_sums: dict[str, str]
    asset: int | None


def upload_document(upload: Upload, *, with_parts: bool = False) -> dict:
    """What `UploadOut` tells of an upload; `with_parts` asks the object store which parts it has in full."""
    stored = []
    if with_parts and upload.state in {Upload.State.STORED, Upload.State.READY}:
        stored = list(range(1, upload.part_count + 1))
    if with_parts and upload.state == Upload.State.OPEN:
        parts = storage.list_parts(key=upload.key, upload_id=upload.multipart_id) or []
        stored = [part["PartNumber"] for part in parts if part["Size"] == _expected_size(upload, part["PartNumber"])]
    return {
        "id": upload.uuid,
        "state": upload.state,
        "reason": upload.reason_text,
        "file_name": upload.file_name,
        "size": upload.size,
        "part_size": upload.part_size,
        "part_count": upload.part_count,
        "stored_parts": stored,
        "part_sums": upload.part_sums,
        "asset": upload.asset_id,
    }


def _expected_size(upload: Upload, number: int) -> int:
    return min(upload.part_size, upload.size - (number - 1) * upload.part_size)
