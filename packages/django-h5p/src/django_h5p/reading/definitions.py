"""The JSON files of a package: h5p.json, library.json and content.json, checked as the H5P core checks them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from django_h5p import conf
from django_h5p.problems import PackageRefused

_NAME = re.compile(r"[\w0-9\-.]{1,255}", re.ASCII)
_LIBRARY_STRING = re.compile(r"([\w0-9\-.]{1,255}) (\d{1,5})\.(\d{1,5})", re.ASCII)
_LANGUAGE = re.compile(r"[-a-zA-Z]{1,10}")
_NUMBER = re.compile(r"\d{1,5}")
# Content deeper than this is no content: real ones stay below 40.
MAX_DEPTH = 100
EDITOR = "H5PEditor."


@dataclass(frozen=True, order=True)
class Line:
    """`H5P.Name 1.2`: what a dependency asks for. Any patch of it will do."""

    name: str
    major: int
    minor: int

    def __str__(self):
        return f"{self.name} {self.major}.{self.minor}"

    @property
    def directory(self) -> str:
        return f"{self.name}-{self.major}.{self.minor}"


@dataclass
class LibraryDefinition:
    """A checked library.json, with the folder of the package it stands in."""

    line: Line
    patch: int
    title: str
    runnable: bool
    folder: str
    json: dict
    preloaded: list[Line] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def __str__(self):
        return f"{self.line}.{self.patch}"


def _refused(code: str, path: str, what: str) -> PackageRefused:
    return PackageRefused(
        _("The file %(path)s in the package is not right: %(what)s.") % {"path": path, "what": what}, code=code
    )


def _whole(value: Any) -> int | None:
    """A version number, which real packages give as a number or as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and 0 <= value < 100_000:
        return value
    return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def _line(entry: Any) -> Line | None:
    if not isinstance(entry, dict):
        return None
    name, major, minor = entry.get("machineName"), _whole(entry.get("majorVersion")), _whole(entry.get("minorVersion"))
    if not isinstance(name, str) or not _NAME.fullmatch(name) or major is None or minor is None:
        return None
    return Line(name, major, minor)


def _dependencies(json: dict, key: str, *, code: str, path: str) -> list[Line]:
    entries = json.get(key)
    if entries is None:
        return []
    lines = [_line(entry) for entry in entries] if isinstance(entries, list) else [None]
    if None in lines:
        raise _refused(code, path, _("“%(key)s” is not a list of libraries") % {"key": key})
    return lines


def check_h5p_json(json: Any) -> tuple[Line, list[Line]]:
    """The main library and the libraries that h5p.json lists. Raises PackageRefused."""
    code, path = "bad_h5p_json", "h5p.json"
    if not isinstance(json, dict):
        raise _refused(code, path, _("it is not an object"))
    title = json.get("title")
    if not isinstance(title, str) or not title.strip() or len(title) > 255:
        raise _refused(code, path, _("“title” is missing"))
    name = json.get("mainLibrary")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _refused(code, path, _("“mainLibrary” is missing"))
    language = json.get("language")
    if language is not None and (not isinstance(language, str) or not _LANGUAGE.fullmatch(language)):
        raise _refused(code, path, _("“language” is not a language code"))
    listed = _dependencies(json, "preloadedDependencies", code=code, path=path)
    main = next((line for line in listed if line.name == name), None)
    if main is None:
        raise _refused(code, path, _("“preloadedDependencies” does not list the main library"))
    return main, listed + _dependencies(json, "dynamicDependencies", code=code, path=path)


def check_library_json(json: Any, folder: str) -> LibraryDefinition:
    """The library in `folder` of the package. Raises PackageRefused."""
    code, path = "bad_library_json", f"{folder}/library.json"
    if not isinstance(json, dict):
        raise _refused(code, path, _("it is not an object"))
    line, patch = _line(json), _whole(json.get("patchVersion"))
    if line is None or patch is None:
        raise _refused(code, path, _("its name or version is missing"))
    title = json.get("title")
    if not isinstance(title, str) or not title.strip():
        raise _refused(code, path, _("“title” is missing"))
    if folder not in {line.name, line.directory, f"{line.directory}.{patch}"}:
        raise _refused("wrong_library_folder", path, _("its folder bears another library's name"))
    runnable = json.get("runnable", 0)
    if runnable not in (0, 1, True, False, "0", "1"):
        raise _refused(code, path, _("“runnable” is neither 0 nor 1"))
    _check_core_api(json.get("coreApi"), path)
    for key in ("preloadedJs", "preloadedCss"):
        entries = json.get(key)
        if entries is not None and not (
            isinstance(entries, list) and all(isinstance(e, dict) and isinstance(e.get("path"), str) for e in entries)
        ):
            raise _refused(code, path, _("“%(key)s” is not a list of files") % {"key": key})
    for key in ("dynamicDependencies", "editorDependencies"):
        _dependencies(json, key, code=code, path=path)
    preloaded = _dependencies(json, "preloadedDependencies", code=code, path=path)
    return LibraryDefinition(line, patch, title[:255], str(runnable) in {"1", "True"}, folder, json, preloaded)


def _check_core_api(api: Any, path: str) -> None:
    if api is None:
        return
    major, minor = (
        (_whole(api.get("majorVersion")), _whole(api.get("minorVersion")))
        if isinstance(api, dict)
        else (
            None,
            None,
        )
    )
    if major is None or minor is None:
        raise _refused("bad_library_json", path, _("“coreApi” is not a version"))
    if (major, minor) > conf.CORE_API:
        raise PackageRefused(
            _("The library in %(path)s needs a newer H5P player (%(wanted)s) than this site has (%(has)s).")
            % {"path": path, "wanted": f"{major}.{minor}", "has": ".".join(map(str, conf.CORE_API))},
            code="core_api",
        )


def used_in(params: Any) -> Iterator[Line]:
    """The libraries that content.json uses for its parts. Raises PackageRefused when it is nested beyond reason."""
    waiting = [(params, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise _refused("bad_content_json", "content/content.json", _("it is nested too deeply"))
        if isinstance(value, dict):
            name = value.get("library")
            if isinstance(name, str) and "params" in value and (match := _LIBRARY_STRING.fullmatch(name)):
                yield Line(match[1], int(match[2]), int(match[3]))
            waiting += [(inner, depth + 1) for inner in value.values()]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value]
