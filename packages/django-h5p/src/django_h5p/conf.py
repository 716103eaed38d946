"""The package's settings, with their defaults. Every limit is in bytes unless its name says otherwise."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

MEGABYTE = 1024 * 1024

# The core API of the player that README.md says to install (h5p-standalone 3.8.2).
CORE_API = (1, 28)

# The whitelist of the H5P core for content, without swf, which no browser plays, and svg and html, which are settings.
CONTENT_ENDINGS = frozenset(
    [
        "json",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "bmp",
        "tif",
        "tiff",
        "eot",
        "ttf",
        "woff",
        "woff2",
        "otf",
        "webm",
        "mp4",
        "ogg",
        "mp3",
        "m4a",
        "wav",
        "txt",
        "pdf",
        "rtf",
        "doc",
        "docx",
        "xls",
        "xlsx",
        "ppt",
        "pptx",
        "odt",
        "ods",
        "odp",
        "csv",
        "diff",
        "patch",
        "md",
        "textile",
        "vtt",
        "webvtt",
        "gltf",
        "glb",
        "webp",
    ]
)
LIBRARY_ENDINGS = CONTENT_ENDINGS | frozenset(["js", "css", "svg", "xml"])


def _setting(name: str, default: Any) -> Any:
    return getattr(settings, name, default)


def origin() -> str:
    """`H5P_ORIGIN`: scheme, host and port from which packages are played; never the site's own. Empty when not set."""
    return str(_setting("H5P_ORIGIN", "")).rstrip("/")


def origin_host() -> str:
    """Host and port of `H5P_ORIGIN`, as a Host header holds them."""
    return urlsplit(origin()).netloc.lower()


def site_origins() -> list[str]:
    """`H5P_SITE_ORIGINS`: origins whose pages may show the frame; without it any page may."""
    return list(_setting("H5P_SITE_ORIGINS", []))


def storage_alias() -> str:
    """`H5P_STORAGE`: the `STORAGES` alias for unpacked content; `h5p` unless said otherwise."""
    return _setting("H5P_STORAGE", "h5p")


def package_storage_alias() -> str:
    """`H5P_PACKAGE_STORAGE`: the `STORAGES` alias for the uploaded files as they came; `default` unless said otherwise."""
    return _setting("H5P_PACKAGE_STORAGE", "default")


def core_dir() -> Path:
    """`H5P_CORE_DIR`: the folder `dist` of npm's h5p-standalone: frame.bundle.js, styles, fonts, images."""
    return Path(_setting("H5P_CORE_DIR", "node_modules/h5p-standalone/dist"))


def max_package_bytes() -> int:
    """`H5P_MAX_PACKAGE_BYTES`: the largest file taken; 200 MB."""
    return _setting("H5P_MAX_PACKAGE_BYTES", 200 * MEGABYTE)


def max_unpacked_bytes() -> int:
    """`H5P_MAX_UNPACKED_BYTES`: the most a package may hold once unpacked; 500 MB."""
    return _setting("H5P_MAX_UNPACKED_BYTES", 500 * MEGABYTE)


def max_entries() -> int:
    """`H5P_MAX_ENTRIES`: the most files in a package; 10,000 (the largest of 58 real ones had 1,521)."""
    return _setting("H5P_MAX_ENTRIES", 10_000)


def max_ratio() -> int:
    """`H5P_MAX_RATIO`: how many times a file above 1 MB may grow when unpacked; 200 (12 in real packages)."""
    return _setting("H5P_MAX_RATIO", 200)


def max_json_bytes() -> int:
    """`H5P_MAX_JSON_BYTES`: the largest h5p.json, library.json or content.json; 5 MB."""
    return _setting("H5P_MAX_JSON_BYTES", 5 * MEGABYTE)


def allows_svg() -> bool:
    """`H5P_ALLOW_SVG`: SVG pictures in content; off by default, for an SVG may hold scripts. Libraries may have them."""
    return _setting("H5P_ALLOW_SVG", False)


def allows_html() -> bool:
    """`H5P_ALLOW_HTML`: web pages in content (H5P.IFrameEmbed); off by default. They run in a sandbox of their own."""
    return _setting("H5P_ALLOW_HTML", False)


def content_endings() -> frozenset[str]:
    endings = set(CONTENT_ENDINGS)
    if allows_svg():
        endings.add("svg")
    if allows_html():
        endings |= {"html", "htm", "js", "css", "svg", "xml"}
    return frozenset(endings)


def token_seconds() -> int:
    """`H5P_TOKEN_SECONDS`: how long an attempt's token is good; six hours. A page that is still open gets a new one."""
    return _setting("H5P_TOKEN_SECONDS", 6 * 3600)


def max_statement_bytes() -> int:
    """`H5P_MAX_STATEMENT_BYTES`: the largest request with statements; 64 KB."""
    return _setting("H5P_MAX_STATEMENT_BYTES", 64 * 1024)


def max_statements() -> int:
    """`H5P_MAX_STATEMENTS`: the most statements one attempt keeps; 2,000."""
    return _setting("H5P_MAX_STATEMENTS", 2000)


def max_state_bytes() -> int:
    """`H5P_MAX_STATE_BYTES`: the largest saved state; 1 MB."""
    return _setting("H5P_MAX_STATE_BYTES", MEGABYTE)


def max_states() -> int:
    """`H5P_MAX_STATES`: the most states one attempt keeps, one for each part of the content; 50."""
    return _setting("H5P_MAX_STATES", 50)


def pass_scaled() -> float:
    """`H5P_PASS_SCALED`: from which part of the points an attempt without a verdict of its own is a success; 0.5."""
    return _setting("H5P_PASS_SCALED", 0.5)


def may_play() -> Callable[..., bool]:
    """`H5P_MAY_PLAY`: dotted path of `(user, content, context_kind, context_key) -> bool`, asked before an attempt begins.

    Without it every signed-in person may play what a page of the site shows them.
    """
    path = _setting("H5P_MAY_PLAY", "")
    return import_string(path) if path else (lambda **_asked: True)
