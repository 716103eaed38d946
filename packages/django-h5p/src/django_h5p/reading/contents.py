"""A whole package: its content and its libraries, every byte of it read once."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _

from django_h5p import conf
from django_h5p.problems import PackageRefused
from django_h5p.reading.archive import Archive
from django_h5p.reading.definitions import (
    EDITOR,
    LibraryDefinition,
    Line,
    check_h5p_json,
    check_library_json,
    used_in,
)

H5P_JSON = "h5p.json"
CONTENT = "content/"
CONTENT_JSON = "content/content.json"

# `(done, total, what)`: how far the reading is, in bytes.
Tell = Callable[[int, int, str], None]


@dataclass
class PackageContents:
    """What `read_package` found. Paths in `files` are inside the package; values are [size, sha256]."""

    archive: Archive
    metadata: dict
    params: dict
    main: Line
    wanted: list[Line]
    libraries: dict[Line, LibraryDefinition] = field(default_factory=dict)
    content_paths: list[str] = field(default_factory=list)
    files: dict[str, list] = field(default_factory=dict)

    def library_files(self, library: LibraryDefinition) -> dict[str, list]:
        """{path inside the library: [size, sha256]}."""
        return {path[len(library.folder) + 1 :]: self.files[path] for path in library.paths}

    def content_files(self) -> dict[str, list]:
        """{path inside content/: [size, sha256]}, without content.json, which is kept in the database."""
        return {path[len(CONTENT) :]: self.files[path] for path in self.content_paths if path != CONTENT_JSON}


def hash_of(files: dict[str, list], *more: object) -> str:
    """One hash for a set of files, whatever their order in the zip, and for what else makes two things differ."""
    text = json.dumps([sorted((path, digest) for path, (_size, digest) in files.items()), more], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _nothing(done: int, total: int, what: str) -> None:
    pass


def read_package(file: BinaryIO, *, tell: Tell = _nothing) -> PackageContents:
    """Read and judge a package: names, sizes, JSON, kinds of files, libraries, and the checksum of every file.

    `file` is seekable and is read in pieces; nothing is written. Raises PackageRefused with the first fault found.
    Which of the wanted libraries are installed is not asked here.
    """
    archive = Archive(file)
    if H5P_JSON not in archive.entries:
        raise PackageRefused(
            _("The file h5p.json is missing, so this is not an H5P package. Export it from the editor as .h5p."),
            code="missing_h5p_json",
        )
    if CONTENT_JSON not in archive.entries:
        raise PackageRefused(_("The file content/content.json is missing in the package."), code="missing_content_json")
    metadata = archive.read_json(H5P_JSON, code="bad_h5p_json")
    main, listed = check_h5p_json(metadata)
    params = archive.read_json(CONTENT_JSON, code="bad_content_json")
    if not isinstance(params, dict):
        raise PackageRefused(_("The file content/content.json does not hold an exercise."), code="bad_content_json")
    used = sorted(set(used_in(params)))
    wanted = list(dict.fromkeys([main, *listed, *used]))
    found = PackageContents(
        archive=archive,
        metadata=metadata,
        params=params,
        main=main,
        # Some generators list the editor's libraries, which crash a player.
        wanted=[line for line in wanted if not line.name.startswith(EDITOR)],
    )
    _sort_out(found)
    for library in found.libraries.values():
        _check_scripts(archive, library)
    _check_main(found)
    _read_all(found, tell)
    return found


def _sort_out(found: PackageContents) -> None:
    """Divide the files among content and libraries. A stray file beside them is ignored, as the H5P core does."""
    folders: dict[str, list[str]] = {}
    for path in found.archive.entries:
        folder, slash, _rest = path.partition("/")
        if not slash:
            continue
        if folder == "content":
            _check_ending(path, conf.content_endings())
            found.content_paths.append(path)
        else:
            folders.setdefault(folder, []).append(path)
    for folder, paths in sorted(folders.items()):
        definition = f"{folder}/library.json"
        if definition not in found.archive.entries:
            raise PackageRefused(
                _("The folder %(folder)s of the package is no library: library.json is missing.") % {"folder": folder},
                code="missing_library_json",
            )
        library = check_library_json(found.archive.read_json(definition, code="bad_library_json"), folder)
        if library.line in found.libraries:
            raise PackageRefused(
                _("The package holds the library %(library)s twice.") % {"library": library.line},
                code="duplicate_library",
            )
        if library.line.name.startswith(EDITOR):
            # Only an editor would run it: it is neither checked further nor stored.
            continue
        semantics = f"{folder}/semantics.json"
        if semantics in found.archive.entries:
            found.archive.read_json(semantics, code="bad_library_json")
        library.paths = [path for path in paths if _may_store(path)]
        found.libraries[library.line] = library


def _may_store(path: str) -> bool:
    """Files of a library that are kept. A licence or a read-me without an ending is left out; a program is refused."""
    if "." not in path.rsplit("/", 1)[-1]:
        return False
    _check_ending(path, conf.LIBRARY_ENDINGS | ({"html", "htm"} if conf.allows_html() else frozenset()))
    return True


def _check_ending(path: str, allowed: frozenset[str]) -> None:
    name = path.rsplit("/", 1)[-1].lower()
    ending = name.rpartition(".")[2] if "." in name else ""
    if ending in allowed:
        return
    reasons = {
        "svg": ("svg_not_allowed", _("SVG pictures may hold scripts; use PNG or JPEG: %(path)s")),
        "html": ("html_not_allowed", _("Web pages inside a package are not allowed on this site: %(path)s")),
    }
    reasons["htm"] = reasons["html"]
    code, text = reasons.get(ending, ("file_type", _("Files of this kind are not allowed in a package: %(path)s")))
    raise PackageRefused(text % {"path": path}, code=code)


def _check_scripts(archive: Archive, library: LibraryDefinition) -> None:
    for key, ending in (("preloadedJs", ".js"), ("preloadedCss", ".css")):
        for entry in library.json.get(key) or []:
            path = f"{library.folder}/{entry['path'].strip().removeprefix('./')}"
            if path not in archive.entries:
                raise PackageRefused(
                    _("The library %(library)s lacks its file %(path)s.") % {"library": library, "path": entry["path"]},
                    code="missing_file",
                )
            if not path.lower().split("?")[0].endswith(ending):
                raise PackageRefused(
                    _("The library %(library)s loads %(path)s, which is no script or style.")
                    % {"library": library, "path": entry["path"]},
                    code="bad_library_json",
                )


def _check_main(found: PackageContents) -> None:
    main = found.libraries.get(found.main)
    if main is not None and not main.runnable:
        raise PackageRefused(
            _("The main library %(library)s cannot be played by itself.") % {"library": found.main},
            code="not_runnable",
        )


def _read_all(found: PackageContents, tell: Tell) -> None:
    """Read every entry, those that are not kept included: a package with a damaged file is a damaged package."""
    entries = found.archive.entries
    total = sum(info.file_size for info in entries.values())
    done = 0

    def step(size: int) -> None:
        nonlocal done
        done += size
        tell(done, total, _("Checking the files"))

    found.files = found.archive.digest(list(entries), tell=step)
