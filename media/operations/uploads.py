"""Bringing files in: browser → quarantine in parts → checked → private, as an asset editors can use."""

import hashlib
import io
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.audit.operations import record
from cms.problems import Problem
from media import storage
from media.checking import HEAD_BYTES, check_announced, check_document, check_head, check_image
from media.models import DocumentFile, Picture, Recording, Upload
from media.operations.conversions import request_conversion
from media.problems import FileRefused

PART_SIZE = storage.PART_SIZE
MAX_PARTS = 10_000
ABANDONED_AFTER = timedelta(hours=24)
# Longer than a check waits in a busy queue; a second check of the same file is harmless.
FORGOTTEN_AFTER = timedelta(minutes=15)


_SUM = re.compile(r"[0-9a-f]{64}")
# Purposes that a room above checks and keeps itself.
_KEEPERS: dict[str, Callable[[Upload], None]] = {}


def register_keeper(purpose: str, keeper: Callable[[Upload], None]) -> None:
    """`keeper` is called in the worker with each stored upload of `purpose`. It leaves it ready or refused; may be repeated."""
    _KEEPERS[purpose] = keeper


class UploadIncomplete(Problem):
    status = 409
    code = "upload_incomplete"


class UploadOver(Problem):
    status = 409
    code = "upload_over"


def begin_upload(*, owner, purpose: str, file_name: str, content_type: str, size: int) -> Upload:
    """Register a file of `size` bytes and open its multipart upload in quarantine.

    Raises FileRefused for a name or size that `purpose` does not take, StorageUnavailable when the store is down.
    """
    file_name = PurePosixPath(file_name.replace("\\", "/")).name[:255]
    check_announced(purpose=purpose, file_name=file_name, size=size)
    identity = uuid.uuid4()
    key = f"quarantine/uploads/{identity}{PurePosixPath(file_name).suffix.lower()}"
    part_size = max(PART_SIZE, -(-size // MAX_PARTS))
    return Upload.objects.create(
        uuid=identity,
        owner=owner,
        purpose=purpose,
        file_name=file_name,
        content_type=content_type[:120],
        size=size,
        part_size=part_size,
        key=key,
        multipart_id=storage.begin_multipart(key=key, content_type=content_type or "application/octet-stream"),
    )


def sign_upload_part(*, upload: Upload, number: int, sha256: str = "") -> str:
    """A link for part `number` (1 to `part_count`), signed when it is due. Raises UploadOver, FileRefused.

    `sha256` of the part, in hexadecimal, is kept: the check compares what arrived with it, and a browser that goes on
    sees by it whether it has the same file.
    """
    if upload.state != Upload.State.OPEN:
        raise UploadOver(_("This upload has ended. Start again with the file."))
    if not 1 <= number <= upload.part_count:
        raise FileRefused("no_such_part", number=number)
    if _SUM.fullmatch(sha256) and upload.part_sums.get(str(number)) != sha256:
        with transaction.atomic():
            locked = Upload.objects.select_for_update().get(pk=upload.pk)
            locked.part_sums[str(number)] = sha256
            locked.save(update_fields=["part_sums"])
    return storage.sign_part(key=upload.key, upload_id=upload.multipart_id, number=number)


def complete_upload(*, upload: Upload) -> Upload:
    """Join the parts once all of them are in the store; checking follows in the background. Repeating it is harmless.

    Raises UploadIncomplete naming the missing parts, StorageUnavailable.
    """
    upload.refresh_from_db()
    if upload.state == Upload.State.ABORTED:
        raise UploadOver(_("This upload was cancelled. Start again with the file."))
    if upload.state != Upload.State.OPEN:
        return upload
    _join_parts(upload)
    # No lock is held while the store works: whoever changes the state first starts the check.
    with transaction.atomic():
        mine = Upload.objects.filter(pk=upload.pk, state=Upload.State.OPEN).update(
            state=Upload.State.STORED, completed_at=timezone.now()
        )
        if mine:
            # A broker that is down does not undo the upload: `check_forgotten_uploads` comes by.
            transaction.on_commit(lambda: _check_later(upload.pk), robust=True)
    upload.refresh_from_db()
    return upload


def _join_parts(upload: Upload) -> None:
    parts = storage.list_parts(key=upload.key, upload_id=upload.multipart_id)
    if parts is not None:
        missing = sorted(set(range(1, upload.part_count + 1)) - {part["PartNumber"] for part in parts})
        if missing or sum(part["Size"] for part in parts) != upload.size:
            raise UploadIncomplete(
                _("Some parts have not arrived yet. Keep this page open; they are sent again."), missing=missing
            )
        if storage.complete_multipart(key=upload.key, upload_id=upload.multipart_id, parts=parts):
            # All parts, of the right size together: the store need not be asked a third time.
            return
    if storage.size(key=upload.key) != upload.size:
        raise UploadIncomplete(_("The file in the store is not whole. Start again with the file."), missing=[])


def _check_later(upload_id: int) -> None:
    from media.tasks import check

    check.delay(upload_id)


@dataclass(frozen=True)
class _Checked:
    """What the check of a stored file found out."""

    ending: str
    width: int | None = None
    height: int | None = None
    duration: float = 0.0


def check_upload(*, upload_id: int) -> Upload:
    """Look at what arrived: refuse and delete it, or move it out of quarantine and make the asset. Idempotent."""
    upload = Upload.objects.get(pk=upload_id)
    if upload.state != Upload.State.STORED or upload.purpose == Upload.Purpose.H5P:
        # A package is judged, with progress, by the job of media.h5p.
        return upload
    if keeper := _KEEPERS.get(upload.purpose):
        keeper(upload)
        upload.refresh_from_db()
        return upload
    try:
        checked = _look_into(upload)
    except FileRefused as refusal:
        storage.delete(key=upload.key)
        Upload.objects.filter(pk=upload.pk, state=Upload.State.STORED).update(
            state=Upload.State.REFUSED, reason=refusal.reason, reason_facts=refusal.facts
        )
        upload.refresh_from_db()
        return upload
    name = f"{_FOLDERS[Upload.Purpose(upload.purpose)]}/{upload.uuid}{checked.ending}"
    storage.copy(source=upload.key, target=f"private/{name}")
    with transaction.atomic():
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        if locked.state == Upload.State.STORED:
            asset = _make_asset(locked, name, checked)
            locked.state, locked.asset_id = Upload.State.READY, asset.pk
            locked.save(update_fields=["state", "asset_id"])
            if isinstance(asset, Recording):
                request_conversion(recording=asset)
            record(actor=locked.owner, action="upload", target_kind=locked.purpose, target_key=str(locked.uuid))
    storage.delete(key=upload.key)
    return locked


class _Compared:
    """Takes a stored file piece by piece and compares each part with the sum the browser told of it."""

    def __init__(self, upload: Upload):
        self.upload, self.number, self.left, self.digest = upload, 1, upload.part_size, hashlib.sha256()

    def write(self, piece: bytes) -> int:
        place = 0
        while place < len(piece):
            taken = piece[place : place + self.left]
            self.digest.update(taken)
            place, self.left = place + len(taken), self.left - len(taken)
            if not self.left:
                self.end_part()
        return len(piece)

    def end_part(self) -> None:
        """Raises FileRefused when the part that ends here is not the one that was sent."""
        told = self.upload.part_sums.get(str(self.number))
        if told and told != self.digest.hexdigest():
            raise FileRefused("changed_on_the_way")
        self.number, self.left, self.digest = self.number + 1, self.upload.part_size, hashlib.sha256()


def _compare_sums(upload: Upload) -> None:
    if upload.part_sums:
        compared = _Compared(upload)
        storage.download(key=upload.key, file=compared)
        compared.end_part()


def _look_into(upload: Upload) -> _Checked:
    _compare_sums(upload)
    if upload.purpose == Upload.Purpose.IMAGE:
        return _Checked(*check_image(storage.read(key=upload.key), file_name=upload.file_name))
    ending = PurePosixPath(upload.key).suffix
    check_head(purpose=upload.purpose, head=storage.read(key=upload.key, first=HEAD_BYTES))
    if upload.purpose == Upload.Purpose.DOCUMENT:
        check_document(io.BytesIO(storage.read(key=upload.key)), file_name=upload.file_name)
        return _Checked(ending)
    # ffmpeg's libraries: for the worker that checks, not for the memory of every web process.
    from media.probing import probe

    sound = probe(storage.inside_url(upload.key), purpose=upload.purpose, ending=ending)
    return _Checked(ending, sound.width, sound.height, sound.duration)


def check_forgotten_uploads(*, now=None) -> int:
    """Hand on again what was stored a while ago and never checked, because the broker lost it; the number handed on.

    Packages are not among it: their job of media.h5p begins when an editor asks for it.
    """
    before = (now or timezone.now()) - FORGOTTEN_AFTER
    forgotten = list(
        Upload.objects.filter(state=Upload.State.STORED, completed_at__lt=before)
        .exclude(purpose=Upload.Purpose.H5P)
        .values_list("pk", flat=True)[:100]
    )
    for upload_id in forgotten:
        _check_later(upload_id)
    return len(forgotten)


_FOLDERS = {
    Upload.Purpose.IMAGE: "original_images",
    Upload.Purpose.DOCUMENT: "documents",
    Upload.Purpose.VIDEO: "recordings",
    Upload.Purpose.AUDIO: "recordings",
}


def _make_asset(upload: Upload, name: str, checked: _Checked) -> Picture | DocumentFile | Recording:
    title = PurePosixPath(upload.file_name).stem[:255]
    if upload.purpose == Upload.Purpose.IMAGE:
        return Picture.objects.create(
            title=title,
            file=name,
            width=checked.width,
            height=checked.height,
            file_size=upload.size,
            uploaded_by_user=upload.owner,
        )
    if upload.purpose == Upload.Purpose.DOCUMENT:
        return DocumentFile.objects.create(title=title, file=name, file_size=upload.size, uploaded_by_user=upload.owner)
    return Recording.objects.create(
        title=title,
        file=name,
        type=upload.purpose,
        size=upload.size,
        uploaded_by_user=upload.owner,
        duration=checked.duration,
        width=checked.width,
        height=checked.height,
    )


def abort_upload(*, upload: Upload) -> Upload:
    """Cancel an open upload and free its parts. A finished one is left as it is."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state == Upload.State.OPEN:
            storage.abort_multipart(key=upload.key, upload_id=upload.multipart_id)
            upload.state = Upload.State.ABORTED
            upload.save(update_fields=["state"])
    return upload


def clean_abandoned_uploads(*, now=None) -> int:
    """Cancel uploads that were begun more than a day ago and never finished; the number cancelled."""
    before = (now or timezone.now()) - ABANDONED_AFTER
    abandoned = list(Upload.objects.filter(state=Upload.State.OPEN, created_at__lt=before))
    for upload in abandoned:
        abort_upload(upload=upload)
    return len(abandoned)
