"""A QTI file or package held in memory, within limits; nothing of it is ever written to a path of its own choosing."""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from django.utils.translation import gettext as _

from media.checking import check_picture, real_type
from media.problems import FileRefused
from quizzes.exchange.items import Attachment, Unreadable
from quizzes.exchange.qti.shapes import Refusal
from quizzes.exchange.xmltools import parse, strip_namespaces

MAX_PARTS, MAX_UNPACKED, MAX_RATIO = 10_000, 300_000_000, 300
_BASE = re.compile(r"^\$IMS[-_]CC[-_]FILE_?BASE\$/?", re.IGNORECASE)
_SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp"}

Pictures = Callable[[str, str], Attachment]


@dataclass
class Package:
    files: dict[str, bytes]

    def documents(self) -> list[str]:
        """Paths of XML files: those of the manifest in its order, then the rest."""
        found = [path for path in self.files if path.lower().endswith(".xml") or len(self.files) == 1]
        manifest = next((path for path in found if posixpath.basename(path) == "imsmanifest.xml"), None)
        if manifest is None:
            return found
        try:
            root = strip_namespaces(parse(self.files[manifest]))
        except Unreadable:
            root = None
        folder = posixpath.dirname(manifest)
        named = [one.get("href", "") for one in root.iter("resource")] if root is not None else []
        named += [one.get("href", "") for one in root.iter("file")] if root is not None else []
        paths = [posixpath.normpath(posixpath.join(folder, unquote(one))) for one in named]
        return list(
            dict.fromkeys([*(one for one in paths if one in found), *(one for one in found if one != manifest)])
        )

    def beside(self, path: str) -> Pictures:
        """Finds pictures that the document at `path` names. Raises Refusal for what is not there or not shown."""

        def picture(source: str, alt: str) -> Attachment:
            data = self._find(posixpath.dirname(path), source)
            if data is None:
                raise Refusal(_("Its picture “%(name)s” is not in the file.") % {"name": source[-80:]})
            if real_type(data[:4096]) not in _SHOWN:
                raise Refusal(_("Its picture “%(name)s” is of a kind that cannot be taken.") % {"name": source[-80:]})
            try:
                check_picture(data)
            except FileRefused as refusal:
                raise Refusal(str(refusal)) from refusal
            return Attachment(posixpath.basename(unquote(source)), data, " ".join(alt.split())[:250])

        return picture

    def _find(self, folder: str, source: str) -> bytes | None:
        name = unquote(_BASE.sub("", source.partition("?")[0]))
        for path in (posixpath.normpath(posixpath.join(folder, name)), posixpath.normpath(name)):
            if path in self.files:
                return self.files[path]
        # Canvas names pictures from folders that its package files elsewhere: one file ends so, or it is not found.
        ending = [path for path in self.files if path.endswith("/" + name)]
        return self.files[ending[0]] if len(ending) == 1 else None


def opened(data: bytes, name: str) -> Package:
    """Raises Unreadable for what is damaged, hostile or unpacks to too much."""
    if not data.startswith(b"PK"):
        return Package({name: data})
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [part for part in archive.infolist() if not part.is_dir()]
            if (
                len(parts) > MAX_PARTS
                or sum(part.file_size for part in parts) > MAX_UNPACKED
                or any(
                    part.file_size > 10_000_000 and part.file_size > MAX_RATIO * part.compress_size for part in parts
                )
            ):
                raise Unreadable(_("This package unpacks to far more than questions hold."))
            if any(_outside(part.filename) for part in parts):
                raise Unreadable(_("This package names files outside of itself; such packages are not read."))
            files = {
                part.filename: archive.read(part)
                for part in parts
                if not part.filename.startswith("__MACOSX/") and not posixpath.basename(part.filename).startswith("._")
            }
    except Unreadable:
        raise
    except Exception as error:
        # zipfile and its decompressors raise many kinds for a damaged archive.
        raise Unreadable(_("The file is damaged: it ends too early. Save or download it again.")) from error
    return Package(files)


def _outside(path: str) -> bool:
    return path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path) or bool(re.match(r"[A-Za-z]:", path))
