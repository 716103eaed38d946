"""Writing to and deleting from the storage of unpacked content."""

import contextlib
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from django_h5p import conf
from django_h5p.reading.archive import Archive

# Files are small and an object store takes its time for each.
WRITERS = 8
IN_MEMORY = 1024 * 1024


def storage() -> Storage:
    return storages[conf.storage_alias()]


def package_storage() -> Storage:
    return storages[conf.package_storage_alias()]


def new_prefix(sha256: str) -> str:
    """A folder name nobody else has: its beginning tells the content, its end this one writing of it.

    So an import that loses a race, or a deletion, never touches the files of another row.
    """
    return f"{sha256[:16]}-{secrets.token_hex(6)}"


def write_exactly(store: Storage, name: str, content: BinaryIO) -> None:
    """Save under this very name. Raises RuntimeError when the storage chose another."""
    saved = store.save(name, File(content, name=name))
    if saved != name:
        store.delete(saved)
        raise RuntimeError(f"The storage refused the name {name}.")


def write_files(archive: Archive, names: dict[str, str], *, wrote: Callable[[], None]) -> None:
    """Write files of a package: {path in the package: name in the storage}. What was written is taken back on an error."""
    store = storage()
    done: list[str] = []

    def write(name: str, content: BinaryIO) -> None:
        with content:
            write_exactly(store, name, content)
        done.append(name)

    try:
        with ThreadPoolExecutor(WRITERS) as pool:
            waiting = []
            for path, name in names.items():
                # A zip file is read by one thread; only the storing is shared out.
                waiting.append(pool.submit(write, name, _copy(archive, path)))
                if len(waiting) >= WRITERS * 2:
                    waiting.pop(0).result()
                wrote()
            for future in waiting:
                future.result()
    except BaseException:
        delete_files(done)
        raise


def _copy(archive: Archive, path: str) -> BinaryIO:
    if archive.entries[path].file_size <= IN_MEMORY:
        return BytesIO(b"".join(archive.pieces(path)))
    copy = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed by the writer)
    for piece in archive.pieces(path):
        copy.write(piece)
    copy.seek(0)
    return copy


def delete_files(names: Iterable[str]) -> None:
    """Delete what can be deleted; a file that stays behind does no harm."""
    store = storage()

    def delete(name: str) -> None:
        with contextlib.suppress(Exception):
            store.delete(name)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(delete, names))
