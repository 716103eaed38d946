"""Films of the gallery: light copies and a still picture, made by the worker from the copy that names nobody."""

import tempfile
from pathlib import Path
from uuid import uuid4

from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.db import transaction

from contests.models import Exhibit
from contests.picturing import picture_of
from contests.problems import CopyImpossible
from media import ffmpeg, recipes, storage
from media.problems import FileRefused

# More would take the other core from whoever reads the site meanwhile.
THREADS = 1


def ask_for_film(exhibit: Exhibit) -> None:
    """Have the film made once what is being written is committed."""
    from contests.tasks import make_film

    transaction.on_commit(lambda: make_film.delay(exhibit.pk))


def make_film(exhibit_id: int) -> bool:
    """Make the light copies and the still picture of a film that waits for them; True where it hangs now.

    Runs in the worker. A dead worker's message comes again; each attempt writes beside the others under names of its own,
    and only a whole set is ever named by the exhibit. What cannot be read is marked so.
    """
    exhibit = Exhibit.objects.select_related("copy", "work__contest").filter(pk=exhibit_id).first()
    if exhibit is None or exhibit.state != Exhibit.State.MAKING:
        return False
    kept: list[dict] = []
    place = f"contests/{exhibit.work.contest.uuid}/gallery/{exhibit.copy.uuid}/{uuid4().hex}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            made = _made(exhibit, folder)
        except (FileRefused, CopyImpossible, FileNotFoundError):
            _still_wanted(exhibit).update(state=Exhibit.State.FAILED)
            return False
        for label, path in made["films"]:
            with path.open("rb") as film:
                key = storages["private"].save(f"{place}-{label}.mp4", File(film))
            kept.append({"label": label, "key": key, "bytes": path.stat().st_size})
        content, width, height = made["picture"]
        picture = storages["private"].save(f"{place}.jpg", ContentFile(content))
    done = _still_wanted(exhibit).update(
        state=Exhibit.State.SHOWN,
        film={"copies": kept, "seconds": made["seconds"]},
        picture_key=picture,
        width=width,
        height=height,
    )
    if not done:
        # Taken down, or made by another worker meanwhile.
        for key in (picture, *(one["key"] for one in kept)):
            storages["private"].delete(key)
    return bool(done)


def _still_wanted(exhibit: Exhibit):
    return Exhibit.objects.filter(
        pk=exhibit.pk, state=Exhibit.State.MAKING, copy=exhibit.copy_id, poster_at=exhibit.poster_at
    )


def _made(exhibit: Exhibit, folder: Path) -> dict:
    """{"films": [(label, path)], "picture": (JPEG, width, height), "seconds"}. Raises FileRefused, CopyImpossible."""
    from media.probing import probe

    source = folder / "source.mp4"
    with source.open("wb") as original:
        storage.download(key=f"private/{exhibit.copy.key}", file=original)
    found = probe(str(source), purpose="video", ending=".mp4")
    copies = recipes.copies_of(found.width, found.height)
    ffmpeg.run(recipes.video_arguments(source, folder, copies, has_sound=found.has_sound, threads=THREADS))
    films = []
    for copy in copies:
        # Plain files: a private address is given anew each time, and a play list would have to name it.
        plain = folder / f"{copy.label}-plain.mp4"
        ffmpeg.run(recipes.download_arguments(folder / f"{copy.label}.mp4", plain))
        films.append((copy.label, plain))
    at = exhibit.poster_at if exhibit.poster_at is not None else found.duration / 3
    still = folder / "still.jpg"
    ffmpeg.run(recipes.poster_arguments(source, still, at=min(at, max(0.0, found.duration - 0.2))))
    if not still.exists():
        raise CopyImpossible()
    return {
        "films": films,
        "picture": picture_of(still.read_bytes(), "image/jpeg"),
        "seconds": round(found.duration, 1),
    }
