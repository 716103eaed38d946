"""Pictures and recordings of the starter content, kept by the path of the file they came from."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from cms.starter import Run
from cms.starter.reading import ROOT, Entry
from media.models import Picture, Recording
from media.operations import request_conversion
from media.problems import unavailable_as_problem

SHARED = ROOT / "cms" / "starter" / "pictures"


@dataclass(frozen=True)
class PictureFile:
    path: Path
    alt: str  # in the main language; a block says it in its own

    @property
    def starter_key(self) -> str:
        return str(self.path.relative_to(ROOT)) if self.path.is_relative_to(ROOT) else self.path.name


def find_picture(entry: Entry, key: str, *, alt: str = "") -> PictureFile | None:
    """The file named by `key`, beside the entry's own file or among the shared pictures. A missing one is a fault."""
    name = entry.text(key)
    if not name:
        return None
    for folder in (entry.folder, SHARED):
        path = (folder / name).resolve()
        if path.is_file() and path.is_relative_to(folder):
            return PictureFile(path, alt)
    entry.fault(key, _("the picture “%(name)s” is not there") % {"name": name})
    return None


def store_picture(run: Run, file: PictureFile) -> Picture:
    """The picture for a file, stored once; a changed file takes the place of the old one. Raises StorageUnavailable."""
    data = file.path.read_bytes()
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    picture = Picture.objects.filter(starter_key=file.starter_key).first()
    if picture is not None and picture.file_hash == digest:
        return picture
    with unavailable_as_problem():
        outcome = "created" if picture is None else "changed"
        picture = picture or Picture(
            starter_key=file.starter_key,
            title=(file.alt or file.path.stem)[:255],
            description=file.alt[:255],
            author="Học Dịch vụ công",
        )
        picture.file = ContentFile(data, name=file.path.name)
        picture.file_hash, picture.file_size = digest, len(data)
        picture.save()
        if outcome == "changed":
            picture.renditions.all().delete()
    run.count(outcome)
    return picture


def store_recording(
    run: Run, path: Path, *, kind: str, title: str, duration: float = 0, captions: dict | None = None,
    transcripts: dict | None = None, width: int | None = None, height: int | None = None,
) -> Recording:  # fmt: skip
    """The recording for a file. `kind` is video or audio; `captions` maps a language to WebVTT text."""
    key = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    data = path.read_bytes()
    facts = {
        "title": title[:255],
        "duration": duration,
        "captions": captions or {},
        "transcripts": transcripts or {},
        "width": width,
        "height": height,
        "size": len(data),
    }
    recording = Recording.objects.filter(starter_key=key).first()
    if recording is not None and all(getattr(recording, name) == value for name, value in facts.items()):
        with unavailable_as_problem():
            if recording.file.open("rb").read() == data:
                return recording
    outcome = "created" if recording is None else "changed"
    recording = recording or Recording(starter_key=key, type=kind)
    for name, value in facts.items():
        setattr(recording, name, value)
    with unavailable_as_problem():
        recording.file = storages["private"].save(f"recordings/{path.name}", ContentFile(data))
        recording.copies = {}
        recording.save()
    # A worker makes the copies when it gets to it; until then the file itself is played.
    request_conversion(recording=recording)
    run.count(outcome)
    return recording
