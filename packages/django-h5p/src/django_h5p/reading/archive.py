"""The zip file: names, sizes and bytes that can be trusted. Nothing is unpacked to disk; files are read in pieces."""

import hashlib
import json
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from django_h5p import conf
from django_h5p.problems import PackageRefused

PIECE = 256 * 1024
MAX_PATH = 240
# From this size on a file that grows a lot when unpacked is taken to be a bomb.
RATIO_FROM = 1024 * 1024
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\:]")


class Archive:
    """An open package. `entries` is {path: ZipInfo} of the files that count."""

    def __init__(self, file: BinaryIO):
        self.file = file
        file.seek(0, 2)
        self.size = file.tell()
        file.seek(0)
        if self.size > conf.max_package_bytes():
            raise PackageRefused(
                _("The file is %(size)s MB; at most %(most)s MB is possible. Make its pictures and videos smaller.")
                % {"size": self.size // conf.MEGABYTE, "most": conf.max_package_bytes() // conf.MEGABYTE},
                code="too_large",
            )
        if self.size == 0:
            raise PackageRefused(_("The file is empty. Save it again from the editor and retry."), code="not_a_zip")
        try:
            self.zip = zipfile.ZipFile(file)
            infos = self.zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
            raise PackageRefused(
                _("This is not an H5P file, or it is damaged. Save it again from the editor and retry."),
                code="not_a_zip",
            ) from error
        self.entries = _checked(infos)

    def open(self, path: str):
        return self.zip.open(self.entries[path])

    def pieces(self, path: str) -> Iterator[bytes]:
        """The file's bytes in pieces, never more than it announced. Raises PackageRefused when it is damaged."""
        info = self.entries[path]
        count = 0
        try:
            with self.zip.open(info) as stream:
                while piece := stream.read(PIECE):
                    count += len(piece)
                    if count > info.file_size:
                        raise zipfile.BadZipFile("longer than announced")
                    yield piece
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
            raise _damaged(path) from error
        except Exception as error:  # zlib.error and its kin, each of their own class
            if type(error).__module__ in {"zlib", "lzma", "_lzma", "bz2"}:
                raise _damaged(path) from error
            raise
        if count != info.file_size:
            raise _damaged(path)

    def read_json(self, path: str, *, code: str) -> Any:
        """The JSON file at `path`. Raises PackageRefused with `code` when it is none, or too large to be one."""
        if self.entries[path].file_size > conf.max_json_bytes():
            raise PackageRefused(_("The file %(path)s is too large.") % {"path": path}, code=code)
        text = b"".join(self.pieces(path))
        try:
            if b"\\u0000" in text:
                # No database takes this character in JSON.
                raise ValueError("NUL")
            return json.loads(text.decode("utf-8-sig"), parse_constant=_no_constant)
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            raise PackageRefused(
                _("The file %(path)s in the package is damaged: it is not valid JSON.") % {"path": path}, code=code
            ) from error

    def digest(self, paths: list[str], *, tell: Callable[[int], None]) -> dict[str, list]:
        """{path: [size, sha256]} by reading every byte; `tell` hears how many bytes were read each time."""
        found = {}
        for path in paths:
            digest, size = hashlib.sha256(), 0
            for piece in self.pieces(path):
                digest.update(piece)
                size += len(piece)
            tell(size)
            found[path] = [size, digest.hexdigest()]
        return found


def _no_constant(name: str):
    raise ValueError(name)


def _damaged(path: str) -> PackageRefused:
    return PackageRefused(
        _("The file %(path)s in the package is damaged. Save the package again from the editor.") % {"path": path},
        code="damaged",
    )


def _checked(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The entries that are files, by path. Raises PackageRefused for what no honest package holds."""
    if len(infos) > conf.max_entries():
        raise PackageRefused(
            _("The package holds %(count)s files; at most %(most)s are possible.")
            % {"count": len(infos), "most": conf.max_entries()},
            code="too_many_entries",
        )
    found: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for info in infos:
        _check_path(info)
        if info.is_dir() or _is_ignored(info.filename):
            continue
        if info.flag_bits & 0x1:
            raise PackageRefused(_("The package is protected by a password. Save it without one."), code="encrypted")
        if info.file_size > RATIO_FROM and info.file_size > info.compress_size * conf.max_ratio():
            raise PackageRefused(
                _("The file %(path)s grows too much when unpacked.") % {"path": info.filename}, code="bomb"
            )
        total += info.file_size
        known = found.get(info.filename)
        if known and (known.CRC, known.file_size) != (info.CRC, info.file_size):
            raise PackageRefused(
                _("The package holds two different files named %(path)s.") % {"path": info.filename},
                code="duplicate_entry",
            )
        found[info.filename] = info
    if total > conf.max_unpacked_bytes():
        raise PackageRefused(
            _("Unpacked the package is %(size)s MB; at most %(most)s MB is possible.")
            % {"size": total // conf.MEGABYTE, "most": conf.max_unpacked_bytes() // conf.MEGABYTE},
            code="too_large",
        )
    lowered: dict[str, str] = {}
    for path in found:
        if lowered.setdefault(path.lower(), path) != path:
            raise PackageRefused(
                _("The package holds two different files named %(path)s.") % {"path": path}, code="duplicate_entry"
            )
    return found


def _check_path(info: zipfile.ZipInfo) -> None:
    # zipfile cuts a name at a NUL and turns backslashes round on some systems: the name as it stands in the file counts.
    path = info.orig_filename
    parts = path.rstrip("/").split("/")
    if (
        _FORBIDDEN.search(path)
        or path.startswith("/")
        or any(part in {"", ".", ".."} for part in parts)
        or stat.S_ISLNK(info.external_attr >> 16)
    ):
        raise PackageRefused(
            _("The package holds a file whose name points outside of it: %(path)s") % {"path": ascii(path)[:120]},
            code="unsafe_path",
        )
    if len(path) > MAX_PATH:
        raise PackageRefused(
            _("The package holds a file whose name is too long: %(path)s…") % {"path": path[:60]}, code="long_path"
        )


def _is_ignored(path: str) -> bool:
    """Files that editors and systems leave behind: names that begin with `.` or `_`, as the H5P core ignores them."""
    return any(part[0] in "._" for part in path.split("/"))
