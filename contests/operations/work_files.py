"""A work's file in the worker: summed, compared with what was sent, checked, and kept under a name that tells nothing."""

import hashlib
import tempfile
from pathlib import Path, PurePosixPath
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import storages
from django.utils import timezone

from contests.checking import check_file
from contests.models import Slot, WorkFile, WorkVersion
from contests.problems import FileNotTaken
from media import storage
from media.models import Upload

PIECE = 1024 * 1024


def keep_work_upload(upload: Upload) -> None:
    """Check a stored upload of a work and keep or refuse it. Repeating it is harmless. Raises StorageUnavailable."""
    files = WorkFile.objects.filter(upload=upload)
    # A version begun meanwhile may name the same upload: all rows are told.
    file = files.select_related("slot", "version__work").first()
    if file is None:
        # Taken out while it was on its way.
        storage.delete(key=upload.key)
        Upload.objects.filter(pk=upload.pk).update(state=Upload.State.REFUSED)
        return
    files.filter(state=WorkFile.State.SENDING).update(state=WorkFile.State.CHECKING)
    ending = PurePosixPath(upload.key).suffix
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"work{ending}"
            with path.open("wb") as target:
                storage.download(key=upload.key, file=target)
            digest = _sum(path, upload)
            content_type, probe = check_file(file.slot, path, ending)
    except FileNotTaken as refused:
        storage.delete(key=upload.key)
        files.update(
            state=WorkFile.State.REFUSED,
            messages=[[refused.reason, refused.facts]],
            checked_at=timezone.now(),
        )
        Upload.objects.filter(pk=upload.pk).update(
            state=Upload.State.REFUSED, reason=refused.reason, reason_facts=refused.facts
        )
        return
    key = f"private/contests/works/{file.version.work.uuid}/{upload.uuid}{ending}"
    storage.copy(source=upload.key, target=key)
    files.update(
        state=WorkFile.State.ACCEPTED,
        key=key,
        sha256=digest,
        content_type=content_type,
        probe=probe,
        messages=[],
        checked_at=timezone.now(),
    )
    Upload.objects.filter(pk=upload.pk).update(state=Upload.State.READY)
    storage.delete(key=upload.key)


def keep_file(*, version: WorkVersion, slot: Slot, path: Path, file_name: str) -> WorkFile:
    """A file of this machine in a slot of a version, checked as any other: what the demo begins with. Raises FileNotTaken."""
    ending = path.suffix
    content_type, probe = check_file(slot, path, ending)
    key = f"contests/works/{version.work.uuid}/{uuid4()}{ending}"
    with path.open("rb") as file:
        name = storages["private"].save(key, File(file))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return WorkFile.objects.create(
        version=version,
        slot=slot,
        file_name=file_name,
        size=path.stat().st_size,
        state=WorkFile.State.ACCEPTED,
        key=f"private/{name}",
        content_type=content_type,
        sha256=digest,
        probe=probe,
        checked_at=timezone.now(),
    )


def _sum(path: Path, upload: Upload) -> str:
    """SHA-256 of the file, read in pieces. Raises FileNotTaken where a part is not what the browser said it sent."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        for number in range(1, upload.part_count + 1):
            part, left = hashlib.sha256(), upload.part_size
            while left and (piece := file.read(min(PIECE, left))):
                part.update(piece)
                whole.update(piece)
                left -= len(piece)
            told = upload.part_sums.get(str(number))
            if told and told != part.hexdigest():
                raise FileNotTaken("changed_on_the_way")
    return whole.hexdigest()
