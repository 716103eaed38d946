"""Copies of recordings, made by the real ffmpeg and kept in a real object store."""

import io
import os
import signal
import time
from datetime import timedelta

import av
import pytest
import requests
from django.db import OperationalError, connection, connections
from django.utils import timezone

from media import ffmpeg, storage
from media.models import Conversion, Recording
from media.operations import convert, forget_conversion_files, request_conversion, take_up_conversions
from media.operations.conversions import WORKER_DEAD
from media.probing import check_extent
from media.problems import FileRefused
from media.recipes import copies_of
from tests.factories.media import RecordingFactory, filmed, spoken

pytestmark = [pytest.mark.django_db, pytest.mark.s3]


@pytest.fixture(autouse=True)
def at_work(settings):
    settings.CONVERSIONS_AT_ONCE = 1


def converted(recording) -> Recording:
    conversion = convert(conversion_id=request_conversion(recording=recording).pk)
    assert (conversion.state, conversion.reason) == ("ready", ""), conversion.reason
    recording.refresh_from_db()
    return recording


def fetched(recording, name: str) -> bytes:
    answer = requests.get(recording.copy_url(name), timeout=20)
    assert answer.status_code == 200
    return answer.content


def stored_sets(sha256: str = "") -> set[str]:
    """Where files of sets lie in the store, of one original or of all: those of other tests stay there."""
    return {key.rpartition("/")[0] for key, _at in storage.stored(prefix=f"public/copies/{sha256}")}


@pytest.mark.parametrize(
    ("width", "height", "labels"),
    [
        (1920, 1080, ["144p", "360p", "720p"]),
        (1080, 1920, ["144p", "360p", "720p"]),
        (854, 480, ["144p", "360p"]),
        (640, 360, ["144p", "360p"]),
        (320, 240, ["144p"]),
        (65, 49, ["48p"]),
    ],
)
def test_no_copy_is_larger_than_the_original(width, height, labels):
    made = copies_of(width, height)
    assert [copy.label for copy in made] == labels
    assert all(copy.width <= width and copy.height <= height for copy in made)
    assert all(copy.width % 2 == copy.height % 2 == 0 for copy in made)


@pytest.mark.slow
def test_a_video_becomes_small_copies_sound_a_download_and_pictures():
    data = filmed()
    assert b"+10.9574" in data, "the original tells where it was filmed"
    recording = converted(RecordingFactory(data))
    copies = recording.copies
    assert [one["label"] for one in copies["video"]] == ["144p", "360p"]
    assert [(one["width"], one["height"]) for one in copies["video"]] == [(256, 144), (640, 360)]
    for one in (*copies["video"], copies["sound"]):
        held = fetched(recording, one["name"])
        assert len(held) == one["bytes"], "the size shown is the size sent"
        listed = fetched(recording, one["list"]).decode()
        assert listed.startswith("#EXTM3U")
        ranges = [line.partition(":")[2] for line in listed.splitlines() if line.startswith("#EXT-X-BYTERANGE")]
        assert len(ranges) >= 2
        length, _at, start = ranges[-1].partition("@")
        # Each begins with the box of a fragment, and after the last there is only the index that ends the file.
        assert held[int(length) + int(start) + 4 :][:4] == b"mfra"
        assert all(held[int(part.partition("@")[2]) + 4 :][:4] == b"moof" for part in ranges)
        assert b"10.9574" not in held
    with av.open(io.BytesIO(fetched(recording, "360p.mp4"))) as video:
        assert {stream.codec_context.name for stream in video.streams} == {"h264", "aac"}
        assert video.streams.video[0].height == 360
    master = fetched(recording, copies["list"]).decode()
    assert "RESOLUTION=256x144" in master
    assert 'CODECS="avc1.4d' in master
    plain = fetched(recording, copies["download"]["name"])
    assert plain.index(b"moov") < plain.index(b"mdat")
    assert len(copies["posters"]) == 6
    assert fetched(recording, copies["posters"][0]["name"])[:2] == b"\xff\xd8"
    assert recording.poster_url.endswith("/poster-3.jpg")

    # Asked again, nothing is made again; the same file under another title takes the copies that are there.
    before = Conversion.objects.get()
    assert request_conversion(recording=recording).pk == convert(conversion_id=before.pk).pk
    assert Conversion.objects.get().finished_at == before.finished_at
    twin = converted(RecordingFactory(data, name="ban-sao.mp4"))
    assert twin.copies == copies
    assert stored_sets(before.sha256) == {copies["prefix"]}

    # What is served goes only when nobody serves it, and not at once.
    for owner in (recording, twin):
        forget_conversion_files(now=timezone.now() + timedelta(days=3))
        assert stored_sets(before.sha256) == {copies["prefix"]}
        owner.delete()
    assert forget_conversion_files() == 0
    assert forget_conversion_files(now=timezone.now() + timedelta(days=3)) >= 1
    assert not stored_sets(before.sha256)


@pytest.mark.slow
def test_a_silent_upright_video_and_a_quiet_speech():
    recording = converted(RecordingFactory(filmed(seconds=2, with_sound=False, turned=90, size="320x180")))
    assert recording.copies["sound"] is None
    (only,) = recording.copies["video"]
    assert (only["width"], only["height"]) == (144, 256)

    speech = converted(RecordingFactory(spoken(), name="loi.wav", kind="audio"))
    assert len(speech.copies["waves"]) == 240
    assert max(speech.copies["waves"]) == 100
    mp3 = fetched(speech, speech.copies["download"]["name"])
    assert len(mp3) == speech.copies["download"]["bytes"]
    with av.open(io.BytesIO(fetched(speech, speech.copies["sound"]["name"]))) as sound:
        assert sound.streams.audio[0].codec_context.name == "opus"
    assert loudness(mp3) == pytest.approx(-16, abs=1.5)
    assert loudness(spoken()) < -35


def loudness(data: bytes) -> float:
    """Integrated loudness (LUFS) as ffmpeg's meter hears it."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        (path := Path(folder) / "sound").write_bytes(data)
        said = ffmpeg.run(["-loglevel", "info", "-i", str(path), "-af", "ebur128", "-f", "null", "-"])
    return float(said.rsplit("I:", 1)[1].split("LUFS")[0])


def test_what_cannot_be_converted_is_said_plainly_and_leaves_nothing():
    before = stored_sets()
    cases = [(b"not a video" * 100, "damaged_video"), (filmed()[:20_000], "damaged_video")]
    for data, reason in cases:
        conversion = convert(conversion_id=request_conversion(recording=RecordingFactory(data)).pk)
        assert (conversion.state, conversion.reason) == ("failed", reason)
        assert "Video này bị hỏng" in conversion.reason_text
    gone = Recording.objects.create(title="Mất", file="recordings/gone.mp4", type="video")
    conversion = convert(conversion_id=request_conversion(recording=gone).pk)
    assert (conversion.state, conversion.reason) == ("failed", "no_original")
    # An editor may have it tried again.
    assert request_conversion(recording=gone, again=True).state == "waiting"
    assert stored_sets() == before


@pytest.mark.parametrize(("kind", "minutes", "size"), [("video", 240, (640, 360)), ("audio", 600, (None, None))])
def test_hours_are_refused_with_what_may_be(kind, minutes, size):
    with pytest.raises(FileRefused) as refused:
        check_extent(kind=kind, duration=minutes * 60, width=size[0], height=size[1])
    assert str(minutes) in str(refused.value)
    assert str(120 if kind == "video" else 240) in str(refused.value)
    with pytest.raises(FileRefused):
        check_extent(kind="video", duration=60, width=7680, height=4320)
    check_extent(kind="video", duration=120 * 60, width=3840, height=2160)


def test_only_so_many_run_at_once_and_a_lost_message_is_found(settings):
    first, second = (
        Conversion.objects.create(
            recording=Recording.objects.create(title="a", file="recordings/gone.mp4", type="video"),
            source="recordings/gone.mp4",
            recipe=1,
        )
        for _ in range(2)
    )
    Conversion.objects.filter(pk=first.pk).update(
        state="running", attempt="6a2f41a3-c54c-fce8-32d2-0324e1c32e22", beaten_at=timezone.now()
    )
    assert convert(conversion_id=second.pk).state == "waiting"
    later = timezone.now() + timedelta(seconds=40)
    assert take_up_conversions(now=later) == 0
    # The worker of the first is silent: both come to their end.
    Conversion.objects.filter(pk=first.pk).update(beaten_at=timezone.now() - WORKER_DEAD * 2)
    Conversion.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert take_up_conversions() == 1
    assert set(Conversion.objects.values_list("state", "reason")) == {("failed", "no_original")}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_busy_for_a_moment_ends_no_conversion(settings):
    settings.CONVERSIONS_AT_ONCE = 0
    conversion = request_conversion(recording=RecordingFactory(filmed(seconds=1, size="256x144")))
    settings.CONVERSIONS_AT_ONCE = 1
    busy, met = [], []

    def lock(execute, sql, params, many, context):
        found = [column for column in busy if sql.startswith("UPDATE") and f'SET "{column}"' in sql]
        if found:
            met.extend(found)
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(lock):
        busy[:] = ["sha256"]
        with pytest.raises(OperationalError):
            convert(conversion_id=conversion.pk)
        conversion.refresh_from_db()
        assert conversion.state == "running", "nobody has judged it"
        Conversion.objects.update(beaten_at=timezone.now() - WORKER_DEAD * 2)
        busy[:] = ["step"]
        assert convert(conversion_id=conversion.pk).state == "ready"
    assert set(met) == {"sha256", "step"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_no_half_set_and_another_takes_its_place(settings):
    settings.CONVERSIONS_AT_ONCE = 0
    conversion = request_conversion(recording=RecordingFactory(filmed(seconds=12, size="1280x720")))
    settings.CONVERSIONS_AT_ONCE = 1
    connections.close_all()
    worker = os.fork()
    if not worker:
        try:
            convert(conversion_id=conversion.pk)
        finally:
            os._exit(0)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        conversion.refresh_from_db()
        if conversion.attempt and at_it(str(conversion.attempt)):
            break
        time.sleep(0.05)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    assert conversion.state == "running", conversion.reason
    killed = conversion.attempt
    assert Recording.objects.get().copies == {}
    # While it might be alive nobody takes its work.
    assert convert(conversion_id=conversion.pk).attempt == killed
    wait_until(lambda: not at_it(str(killed)))

    Conversion.objects.update(beaten_at=timezone.now() - WORKER_DEAD * 2)
    assert take_up_conversions() == 1
    conversion.refresh_from_db()
    assert (conversion.state, conversion.attempts) == ("ready", 2)
    assert conversion.attempt != killed
    assert stored_sets(conversion.sha256) == {conversion.prefix}
    assert Recording.objects.get().copies["prefix"] == conversion.prefix


@pytest.mark.slow
def test_ffmpeg_ends_with_the_worker_that_was_killed(tmp_path):
    """However long its film is: it minds no closed pipe, and would take a core from who goes on."""
    endless = tmp_path / "endless.mkv"
    worker = os.fork()
    if not worker:
        try:
            ffmpeg.run(["-re", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=5", str(endless)])
        finally:
            os._exit(0)
    wait_until(lambda: at_it(str(endless)))
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    wait_until(lambda: not at_it(str(endless)))


def wait_until(condition):
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def at_it(token: str) -> bool:
    """Whether a program works in the folder of this attempt."""
    from pathlib import Path

    for process in Path("/proc").glob("[0-9]*"):
        try:
            if token.encode() in (process / "cmdline").read_bytes():
                return True
        except OSError:
            continue
    return False
