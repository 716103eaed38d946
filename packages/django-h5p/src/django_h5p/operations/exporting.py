"""From parameters and installed libraries to a package that plays elsewhere. Writes nothing to the database."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from django_h5p import storing
from django_h5p.models import Library
from django_h5p.problems import LibraryMissing
from django_h5p.reading import Line
from django_h5p.reading.archive import PIECE

# Two exports of the same are the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def write_package(
    *,
    title: str,
    language: str,
    main: Library,
    params: Mapping,
    uses: Iterable[Library] = (),
    files: Mapping[str, bytes] | None = None,
) -> bytes:
    """An .h5p package of `params` (content.json) for `main`, with every library it plays with, as installed here.

    `uses` are the libraries that the parts of `params` name; `files` is {path below content/: bytes}. Raises
    LibraryMissing when an installed library needs one that is not.
    """
    libraries = closure([main, *uses])
    metadata = {
        "title": title.strip()[:255] or "H5P",
        "language": language or "und",
        "mainLibrary": main.machine_name,
        "embedTypes": ["iframe"],
        "license": "U",
        "preloadedDependencies": [
            {"machineName": one.machine_name, "majorVersion": one.major, "minorVersion": one.minor} for one in libraries
        ],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "h5p.json", json.dumps(metadata, ensure_ascii=False).encode())
        _put(archive, "content/content.json", json.dumps(params, ensure_ascii=False).encode())
        for path, data in sorted((files or {}).items()):
            _put(archive, f"content/{path}", data)
        for library in libraries:
            for path in sorted(library.files):
                with (
                    storing.storage().open(f"libs/{library.directory}/{path}") as stored,
                    archive.open(_entry(f"{library.line}/{path}"), "w") as entry,
                ):
                    while piece := stored.read(PIECE):
                        entry.write(piece)
    return packed.getvalue()


def closure(libraries: Iterable[Library]) -> list[Library]:
    """The libraries and all they need, each once, what is needed before what needs it. Raises LibraryMissing."""
    chosen: dict[str, Library] = {}
    order: list[Library] = []
    missing: set[str] = set()
    stack: list[tuple[Library, bool]] = [(one, False) for one in reversed(list(libraries))]
    while stack:
        library, is_leaving = stack.pop()
        if is_leaving:
            order.append(library)
            continue
        if library.line in chosen:
            continue
        chosen[library.line] = library
        stack.append((library, True))
        for entry in reversed(library.definition.get("preloadedDependencies") or []):
            line = Line(entry["machineName"], int(entry["majorVersion"]), int(entry["minorVersion"]))
            if line.directory in chosen:
                continue
            needed = Library.objects.of_line(line.name, line.major, line.minor).first()
            if needed is None:
                missing.add(str(line))
            else:
                stack.append((needed, False))
    if missing:
        raise LibraryMissing(
            _("These libraries are needed and not installed here: %(names)s. Upload a package that has them.")
            % {"names": ", ".join(sorted(missing))},
            libraries=sorted(missing),
        )
    return order


def _entry(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _put(archive: zipfile.ZipFile, path: str, data: bytes) -> None:
    archive.writestr(_entry(path), data)
