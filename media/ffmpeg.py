"""Running the ffmpeg program: where it is, how far it has come, and that it never outlives or outstays its work."""

import ctypes
import functools
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence

from django.conf import settings

from media.problems import FileRefused

# A file is read from where it lies: a "video" that is a play list would have ffmpeg fetch other files and addresses.
INPUT = ("-protocol_whitelist", "file,pipe")
_QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error", "-progress", "pipe:1", "-stats_period", "0.5", "-y")
# Found before a process is forked: nothing may be loaded in between.
_PRCTL = getattr(ctypes.CDLL(None), "prctl", None)
_PR_SET_PDEATHSIG = 1


@functools.cache
def program() -> str:
    """The path of ffmpeg: FFMPEG, else the system's, else the one the demo's wheel brings. Raises FileNotFoundError."""
    if settings.FFMPEG:
        return settings.FFMPEG
    if found := shutil.which("ffmpeg"):
        return found
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        return get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise FileNotFoundError("ffmpeg is missing: apt-get install ffmpeg, or set FFMPEG") from error


def run(
    arguments: Sequence[str],
    *,
    told: Callable[[float], None] = lambda seconds: None,
    broken: str = "damaged_video",
) -> str:
    """Run ffmpeg and return what it wrote to standard error. `told` hears how many seconds of the result are done.

    Raises FileRefused(`broken`) when ffmpeg cannot read the file or makes no headway for CONVERSION_STALL_SECONDS.
    An exception of `told` ends ffmpeg and goes on to the caller.
    """
    process = subprocess.Popen(  # noqa: S603 - the program is ours to name, the arguments are no shell's
        [program(), *_QUIET, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_end_with_worker,
    )
    said: list[bytes] = []
    try:
        _listen(process, told, said)
    except _Stalled as error:
        raise FileRefused(broken) from error
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            pipe.close()
    text = b"".join(said).decode(errors="replace")
    if process.returncode:
        raise FileRefused(broken) from RuntimeError(text[-2000:])
    return text


def _end_with_worker() -> None:
    """In the new process: Linux ends it when its worker is killed. By itself ffmpeg would work on for nobody.

    It minds no pipe that is closed.
    """
    if _PRCTL:
        _PRCTL(_PR_SET_PDEATHSIG, signal.SIGKILL)


class _Stalled(Exception):
    pass


def _listen(process, told, said: list[bytes]) -> None:
    """Read both pipes until they close."""
    moved, at, rest = time.monotonic(), -1.0, b""
    with selectors.DefaultSelector() as pipes:
        pipes.register(process.stdout, selectors.EVENT_READ)
        pipes.register(process.stderr, selectors.EVENT_READ)
        while pipes.get_map():
            for key, _events in pipes.select(timeout=1):
                piece = os.read(key.fd, 65536)
                if not piece:
                    pipes.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    said[:] = [*said, piece][-50:]
                else:
                    *lines, rest = (rest + piece).split(b"\n")
                    seconds = _seconds(lines)
                    if seconds is not None and seconds > at:
                        moved, at = time.monotonic(), seconds
                    # Also while nothing moves: who hears it says that the work is alive.
                    told(max(at, 0.0))
            if time.monotonic() - moved > settings.CONVERSION_STALL_SECONDS:
                raise _Stalled
    process.wait()


def _seconds(lines: list[bytes]) -> float | None:
    for line in reversed(lines):
        name, _equals, value = line.partition(b"=")
        if name == b"out_time_us" and value.strip().lstrip(b"-").isdigit():
            return int(value) / 1_000_000
    return None
