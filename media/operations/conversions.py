"""Original → the copies readers get. Whole or not at all, taken up again when a worker dies, never made twice."""

import hashlib
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from media import storage
from media.models import Conversion, Recording
from media.problems import FileRefused, StorageUnavailable
from media.recipes import RECIPE

# A worker tells of itself every few seconds; one that is silent for so long is dead.
BEAT_SECONDS = 3
WORKER_DEAD = timedelta(seconds=60)
# A message that was not taken for so long is lost, or its worker was busy with another conversion.
MESSAGE_LOST = timedelta(seconds=30)
MOST_ATTEMPTS = 4
# Pages kept by readers' browsers may still name the copies of before.
KEPT_AFTER = timedelta(days=2)

_TYPES = {
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".opus": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".jpg": "image/jpeg",
}


class Overtaken(Exception):
    """Another worker has this conversion now, or the recording is gone."""


def request_conversion(*, recording: Recording, again: bool = False) -> Conversion:
    """Have the copies of a recording made, once for each file and recipe; `again` repeats one that failed or is there.

    What is served stays until the new set is whole.
    """
    with transaction.atomic():
        conversion, _made = Conversion.objects.get_or_create(
            recording=recording, source=recording.file.name, recipe=RECIPE
        )
        if again and not conversion.is_open:
            Conversion.objects.filter(pk=conversion.pk).update(
                state=Conversion.State.WAITING, step="", percent=0, attempts=0, reason="", reason_facts={},
                created_at=timezone.now(), sha256="", prefix="", copies={},
            )  # fmt: skip
            conversion.refresh_from_db()
        if conversion.state == Conversion.State.WAITING:
            transaction.on_commit(lambda: _hand_on(conversion.pk), robust=True)
    return conversion


def _hand_on(conversion_id: int) -> None:
    from media.tasks import make_copies

    make_copies.delay(conversion_id)


def take_up_conversions(*, now=None) -> int:
    """Hand on what waits or whose worker died, as many as may run at once, the oldest first; returns how many."""
    now = now or timezone.now()
    running = Conversion.objects.filter(state=Conversion.State.RUNNING, beaten_at__gte=now - WORKER_DEAD).count()
    room = max(0, settings.CONVERSIONS_AT_ONCE - running)
    open_ones = Conversion.objects.filter(
        Q(state=Conversion.State.WAITING, created_at__lt=now - MESSAGE_LOST)
        | Q(state=Conversion.State.RUNNING, beaten_at__lt=now - WORKER_DEAD)
    )
    found = list(open_ones.order_by("created_at", "pk").values_list("pk", flat=True)[:room])
    for conversion_id in found:
        _hand_on(conversion_id)
    return len(found)


def convert(*, conversion_id: int) -> Conversion:
    """Make the copies of one recording. Repeating it is harmless: what is ready, or in living hands, is left alone."""
    conversion, left_behind = _claim(conversion_id)
    if conversion is None:
        return Conversion.objects.filter(pk=conversion_id).first()
    work = _Work(conversion)
    folder = _folder(conversion.attempt)
    try:
        for attempt in left_behind:
            _sweep(conversion, attempt)
        folder.mkdir(parents=True)
        work.do(folder)
    except Overtaken:
        _remove_files(work.prefix)
    except FileRefused as refusal:
        _give_up(conversion, refusal.reason, refusal.facts)
    except FileNotFoundError:
        _give_up(conversion, "no_program")
    except StorageUnavailable:
        # Beat takes it up when the store is back; only so many times.
        _put_back(conversion)
    except OperationalError:
        # A database that is away or busy takes no verdict either: who finds this one silent takes it up again.
        raise
    except Exception:
        # Whatever it was, nobody is left waiting at a progress bar; the log has the rest.
        _give_up(conversion, "gave_up")
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    conversion = Conversion.objects.filter(pk=conversion_id).first()
    _begin_next()
    return conversion


def _claim(conversion_id: int) -> tuple[Conversion | None, list[str]]:
    """Take a conversion that waits, or whose worker is dead; nothing when another is at it or enough are running."""
    now = timezone.now()
    with transaction.atomic():
        conversion = Conversion.objects.select_for_update().filter(pk=conversion_id).first()
        if conversion is None or not conversion.is_open:
            return None, []
        if conversion.state == Conversion.State.RUNNING and conversion.beaten_at > now - WORKER_DEAD:
            return None, []
        others = Conversion.objects.filter(state=Conversion.State.RUNNING, beaten_at__gt=now - WORKER_DEAD)
        if others.exclude(pk=conversion_id).count() >= settings.CONVERSIONS_AT_ONCE:
            return None, []
        left_behind = [str(conversion.attempt)] if conversion.attempt else []
        conversion.attempts += 1
        if conversion.attempts > MOST_ATTEMPTS:
            # A file that kills its worker each time would do so for ever.
            conversion.state, conversion.reason, conversion.finished_at = Conversion.State.FAILED, "gave_up", now
            conversion.save()
            return None, []
        conversion.state, conversion.attempt = Conversion.State.RUNNING, uuid.uuid4()
        conversion.started_at = conversion.beaten_at = now
        conversion.step, conversion.percent = Conversion.Step.FETCHING, 0
        conversion.save()
    return conversion, left_behind


def _folder(attempt) -> Path:
    return Path(tempfile.gettempdir()) / f"conversion-{attempt}"


def _sweep(conversion: Conversion, attempt: str) -> None:
    """Remove what a dead worker left, on this machine and in the store."""
    shutil.rmtree(_folder(attempt), ignore_errors=True)
    if conversion.sha256:
        _remove_files(_prefix(conversion.sha256, attempt))


def _prefix(sha256: str, attempt) -> str:
    return f"public/copies/{sha256}/{attempt}"


def _remove_files(prefix: str) -> None:
    """Remove all below a prefix, unless a whole set is served from there."""
    if prefix and not Conversion.objects.filter(prefix=prefix, state=Conversion.State.READY).exists():
        for key, _stored_at in storage.stored(prefix=f"{prefix}/"):
            storage.delete(key=key)


def _give_up(conversion: Conversion, reason: str, facts: dict | None = None) -> None:
    Conversion.objects.filter(pk=conversion.pk, attempt=conversion.attempt, state=Conversion.State.RUNNING).update(
        state=Conversion.State.FAILED, reason=reason, reason_facts=facts or {}, finished_at=timezone.now()
    )


def _put_back(conversion: Conversion) -> None:
    mine = Conversion.objects.filter(pk=conversion.pk, attempt=conversion.attempt, state=Conversion.State.RUNNING)
    if conversion.attempts >= MOST_ATTEMPTS:
        _give_up(conversion, "store_away")
    else:
        mine.update(state=Conversion.State.WAITING, step="", percent=0, created_at=timezone.now())


def _begin_next() -> None:
    waiting = (
        Conversion.objects.filter(state=Conversion.State.WAITING)
        .order_by("created_at", "pk")
        .values_list("pk", flat=True)
    )
    if settings.CONVERSIONS_AT_ONCE and (following := waiting.first()):
        _hand_on(following)


class _Work:
    """One worker at one conversion: fetches, makes, stores, and says all along that it is alive."""

    def __init__(self, conversion: Conversion):
        self.conversion = conversion
        self.recording = conversion.recording
        self.prefix = ""
        self.beaten = time.monotonic()

    def do(self, folder: Path) -> None:
        original = self.fetch(folder)
        if self.share_with_same_original():
            return
        made = folder / "copies"
        made.mkdir()
        from media.copying import copy_sound, copy_video

        self.say(Conversion.Step.LOOKING, 10, at_once=True)
        make = copy_video if self.recording.type == "video" else copy_sound
        copies = make(original, made, told=lambda part: self.say(Conversion.Step.MAKING, 10 + int(part * 80)))
        self.store(made)
        self.finish(copies | {"prefix": self.prefix})

    def say(self, step: str, percent: int, *, at_once: bool = False) -> None:
        """Tell how far it is. Raises Overtaken when the conversion is no longer this worker's."""
        if not at_once and time.monotonic() - self.beaten < BEAT_SECONDS:
            return
        self.beaten = time.monotonic()
        mine = Conversion.objects.filter(pk=self.conversion.pk, attempt=self.conversion.attempt)
        try:
            found = mine.filter(state=Conversion.State.RUNNING).update(
                step=step, percent=min(percent, 99), beaten_at=timezone.now()
            )
        except OperationalError:
            # Hours of work do not hang on one word of them; the next is told in a moment.
            connection.close_if_unusable_or_obsolete()
            return
        if not found:
            raise Overtaken

    def fetch(self, folder: Path) -> Path:
        """The original on this machine; its sum, by which its copies are kept, on the row."""
        target = folder / f"original{PurePosixPath(self.recording.file.name).suffix.lower()}"
        summing = _Summed(target, told=lambda: self.say(Conversion.Step.FETCHING, 5))
        key = f"private/{self.conversion.source}"
        if storage.size(key=key) is None:
            raise FileRefused("no_original")
        with summing:
            storage.download(key=key, file=summing)
        self.prefix = _prefix(summing.sum, self.conversion.attempt)
        Conversion.objects.filter(pk=self.conversion.pk, attempt=self.conversion.attempt).update(sha256=summing.sum)
        self.conversion.sha256 = summing.sum
        return target

    def share_with_same_original(self) -> bool:
        """The same file was converted before: its copies serve this recording too."""
        same = Conversion.objects.filter(
            sha256=self.conversion.sha256, recipe=self.conversion.recipe, state=Conversion.State.READY
        )
        found = same.filter(recording__type=self.recording.type).exclude(pk=self.conversion.pk).first()
        if found is None:
            return False
        self.prefix = found.prefix
        self.finish(found.copies)
        return True

    def store(self, made: Path) -> None:
        files = sorted(made.iterdir(), key=lambda file: file.suffix == ".m3u8")
        for number, file in enumerate(files):
            self.say(Conversion.Step.STORING, 90 + 9 * number // len(files), at_once=True)
            storage.put_file(key=f"{self.prefix}/{file.name}", path=file, content_type=_TYPES[file.suffix])

    def finish(self, copies: dict) -> None:
        """Serve the set: in one transaction with the row, so that nobody is ever told of half of one."""
        with transaction.atomic():
            mine = Conversion.objects.select_for_update().filter(
                pk=self.conversion.pk, attempt=self.conversion.attempt, state=Conversion.State.RUNNING
            )
            if not mine.update(
                state=Conversion.State.READY, percent=100, step="", prefix=self.prefix, copies=copies,
                finished_at=timezone.now(),
            ):  # fmt: skip
                raise Overtaken
            recording = Recording.objects.select_for_update().get(pk=self.recording.pk)
            if recording.file.name == self.conversion.source:
                recording.copies = copies
                # Told to whoever keeps pages that show it.
                recording.save(update_fields=["copies"])


class _Summed:
    """A file being written, with its SHA-256."""

    def __init__(self, path: Path, *, told: Callable[[], None]):
        self.path, self.told, self.digest = path, told, hashlib.sha256()

    def __enter__(self):
        self.file = self.path.open("wb")
        return self

    def __exit__(self, *_error):
        self.file.close()

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        self.told()
        return self.file.write(piece)

    @property
    def sum(self) -> str:
        return self.digest.hexdigest()


def forget_conversion_files(*, now=None) -> int:
    """Remove sets in the store that no recording serves any more, two days after they were made; the number of sets."""
    now = now or timezone.now()
    served = set(Recording.objects.exclude(copies={}).values_list("copies__prefix", flat=True))
    open_attempts = {
        str(attempt)
        for attempt in Conversion.objects.filter(state=Conversion.State.RUNNING).values_list("attempt", flat=True)
    }
    forgotten: dict[str, list[str]] = {}
    for key, stored_at in storage.stored(prefix="public/copies/"):
        prefix = key.rpartition("/")[0]
        if not (prefix in served or prefix.rpartition("/")[2] in open_attempts or stored_at > now - KEPT_AFTER):
            forgotten.setdefault(prefix, []).append(key)
    # First the rows, so that no recording begins to share what is about to go.
    Conversion.objects.filter(prefix__in=forgotten).delete()
    for keys in forgotten.values():
        for key in keys:
            storage.delete(key=key)
    return len(forgotten)
