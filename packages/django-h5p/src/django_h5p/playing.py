"""The document a version is played in: what the H5P core is told, and the policy that locks it in."""

import hashlib
import json
import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from django_h5p import conf, storing
from django_h5p.models import Content, ContentVersion, Library
from django_h5p.statements import activity_id

BRIDGE = Path(__file__).parent / "frame"
SANDBOX = "allow-scripts"


@dataclass(frozen=True)
class Document:
    """What embed.html needs, as addresses on the H5P origin."""

    title: str
    language: str
    integration: dict
    files: dict[str, list[str]]
    bridge: str


def play_url(content: Content, language: str = "") -> str:
    """Where the frame begins: it leads to the document of the present version."""
    return f"{conf.origin()}/h5p/play/{content.uuid}/" + (f"?lang={language}" if language else "")


def embed_url(version: ContentVersion, language: str = "") -> str:
    return f"{conf.origin()}/h5p/embed/{version.uuid}/" + (f"?lang={language}" if language else "")


@lru_cache(maxsize=8)
def _digest_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.js")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def core_digest() -> str:
    """Stands in the player's addresses, so that they may be kept for ever."""
    return _digest_of(conf.core_dir())


@lru_cache(maxsize=1)
def bridge() -> str:
    """Our own three scripts, written into the document: it could not keep them in a cache of its own."""
    texts = [(BRIDGE / name).read_text(encoding="utf-8") for name in ("before.js", "after.js", "loading.js")]
    return mark_safe("".join(f"<script>{text}</script>\n" for text in texts))


def files_of(version: ContentVersion) -> dict[str, list[str]]:
    """Addresses of the styles and scripts a version plays with, in loading order, the player's own first."""
    core = f"{conf.origin()}/h5p/core/{core_digest()}"
    styles, scripts = [f"{core}/styles/h5p.css"], [f"{core}/frame.bundle.js"]
    for library in libraries_of(version):
        base = f"{conf.origin()}/h5p/libs/{library.directory}"
        styles += [f"{base}/{path}" for path in library.paths("preloadedCss")]
        scripts += [f"{base}/{path}" for path in library.paths("preloadedJs")]
    return {"styles": styles, "scripts": scripts}


# --- Without a line -----------------------------------------------------------------------------------------------------

_SOURCES = re.compile(r"src\s*:([^;}]*)")
_NAMED = re.compile(r"""url\(\s*["']?([^"')#?]+)""")


def kept_frame(content: Content) -> str:
    """The path on the site at which a device that keeps the content shows its document (see README.md)."""
    return f"/h5p-kept/{content.uuid}/"


def files_to_keep(version: ContentVersion) -> dict[str, int]:
    """{address: bytes} of everything the document of a version can ask for while it plays.

    What the styles name is among them, of a font's several formats the one that player.js hands over.
    """
    origin, folder = conf.origin(), conf.core_dir()
    core = f"{origin}/h5p/core/{core_digest()}"
    found = {}
    sheet = folder / "styles" / "h5p.css"
    for file in [folder / "frame.bundle.js", sheet, *_named_in(sheet.read_text(encoding="utf-8"), sheet.parent)]:
        if file.is_file() and file.is_relative_to(folder):
            found[f"{core}/{file.relative_to(folder).as_posix()}"] = file.stat().st_size
    for pin in version.pins.select_related("library").order_by("position"):
        found |= _files_of_library(pin.library)
    sizes = {path: size for path, (size, _sha256) in version.files.items()}
    base = f"{origin}/h5p/content/{version.prefix}/"
    found |= {url: sizes[url.removeprefix(base)] for url in _shown(version)}
    return found


def _files_of_library(library: Library) -> dict[str, int]:
    """Its scripts and styles, and what the styles name."""
    wanted = set(library.paths("preloadedJs"))
    for style in library.paths("preloadedCss"):
        with storing.storage().open(f"libs/{library.directory}/{style}") as stream:
            text = stream.read().decode("utf-8", "replace")
        named = _named_in(text, (PurePosixPath("/") / style).parent)
        wanted |= {style, *(str(one.relative_to("/")) for one in named)}
    base = f"{conf.origin()}/h5p/libs/{library.directory}"
    return {f"{base}/{path}": library.files[path][0] for path in wanted & set(library.files)}


def _shown(version: ContentVersion) -> list[str]:
    """Addresses of the pictures and recordings of a content."""
    base = f"{conf.origin()}/h5p/content/{version.prefix}"
    return [f"{base}/{path}" for path in sorted(version.files) if path != "content.json"]


def _named_in(text: str, folder):
    """The pictures and fonts that a stylesheet in `folder` names."""
    for target in _NAMED.findall(_SOURCES.sub(_best_format, text)):
        if not target.startswith(("data:", "http:", "https:", "//")):
            yield type(folder)(posixpath.normpath(folder / target.strip()))


def _best_format(found: re.Match) -> str:
    parts = found[1].split(",")
    for ending in (".woff2", ".woff", ".ttf", ".otf"):
        for part in parts:
            if re.search(rf"\{ending}(['\"?#)]|$)", part):
                return part
    return ""


def libraries_of(version: ContentVersion) -> list[Library]:
    return [pin.library for pin in version.pins.select_related("library").defer("library__files").order_by("position")]


def document(version: ContentVersion) -> Document:
    """The document of a version: the same for everyone, with nobody's name, answers or token in it."""
    origin = conf.origin()
    directories = {library.line: library.directory for library in libraries_of(version)}
    main = version.main_library
    metadata = version.metadata
    return Document(
        title=metadata["title"],
        language=metadata.get("language") or "und",
        integration={
            "baseUrl": origin,
            "url": f"{origin}/h5p",
            "siteUrl": origin,
            "urlLibraries": f"{origin}/h5p/libs",
            "libraryDirectories": directories,
            "postUserStatistics": False,
            "saveFreq": 2,
            "hubIsEnabled": False,
            "reportingIsEnabled": True,
            "l10n": {"H5P": _words()},
            "contents": {
                "cid-1": {
                    "library": f"{main.machine_name} {main.major}.{main.minor}",
                    "jsonContent": json.dumps(version.params),
                    "fullScreen": "1" if main.definition.get("fullscreen") in (1, True, "1") else "0",
                    "displayOptions": dict.fromkeys(("frame", "export", "embed", "copyright", "icon"), False),
                    "contentUrl": f"{origin}/h5p/content/{version.prefix}",
                    "url": activity_id(version.content.uuid),
                    "title": metadata["title"],
                    "metadata": {
                        name: metadata[name]
                        for name in ("title", "license", "licenseVersion", "authors", "source", "defaultLanguage")
                        if name in metadata
                    },
                    "contentUserData": [],
                }
            },
        },
        files=files_of(version) | {"content": _shown(version)},
        bridge=bridge(),
    )


def _words() -> dict[str, str]:
    """The few words the core itself may show here."""
    return {
        "fullscreen": _("Full screen"),
        "disableFullscreen": _("Leave full screen"),
        "close": _("Close"),
        "title": _("Title"),
        "author": _("Author"),
        "year": _("Year"),
        "source": _("Source"),
        "license": _("Licence"),
        "thumbnail": _("Thumbnail"),
        "contentChanged": _("This exercise has changed since you last used it."),
        "startingOver": _("You'll be starting over."),
        "confirmDialogHeader": _("Confirm action"),
        "confirmDialogBody": _("Please confirm that you wish to go on. This cannot be undone."),
        "cancelLabel": _("Cancel"),
        "confirmLabel": _("Confirm"),
        "offlineDialogHeader": _("Your connection to the server was lost"),
        "offlineSuccessfulSubmit": _("Results were sent."),
    }


def document_policy() -> str:
    """The content security policy under which packages play (tried with 68 real ones, see the README)."""
    own = conf.origin()
    pages = " ".join(conf.site_origins()) or "*"
    frames = "https://www.youtube-nocookie.com https://www.youtube.com" + (f" {own}" if conf.allows_html() else "")
    return "; ".join(
        [
            f"sandbox {SANDBOX}",
            "default-src 'none'",
            # Content types of years past compile templates; inline scripts and eval stay inside the opaque origin.
            f"script-src {own} 'unsafe-inline' 'unsafe-eval'",
            f"style-src {own} 'unsafe-inline'",
            f"img-src {own} data: blob:",
            f"media-src {own} blob: https:",
            f"font-src {own} data: blob:",
            f"connect-src {own}",
            f"frame-src {frames}",
            "worker-src blob:",
            "object-src 'none'",
            f"base-uri {own}",
            "form-action 'none'",
            f"frame-ancestors {pages}",
        ]
    )


def file_policy(path: str) -> str:
    """The policy of a single file: opened by itself it runs nothing, whatever it is."""
    if conf.allows_html() and path.lower().endswith((".html", ".htm")):
        own = conf.origin()
        return f"sandbox {SANDBOX}; default-src {own} data: blob: 'unsafe-inline' 'unsafe-eval'; form-action 'none'"
    return "sandbox; default-src 'none'; style-src 'unsafe-inline'"
