"""Making the pack of a published page and storing it with the public files."""

import hashlib
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urljoin

from django.db import transaction
from django.template.loader import render_to_string, select_template
from django.utils import timezone, translation
from django.utils.text import slugify

from cms.feeds.gathering import in_full
from cms.feeds.writing import SITE_NAME
from cms.formats import format_name
from cms.keeping import body_html, drop_kept_pages
from cms.models import ContentPage
from cms.pictures import renditions_of
from cms.sharing.facts import license_url
from cms.sharing.models import SharedMaterial, SharedPack
from cms.sharing.operations import delete_later
from cms.sharing.packs.parts import Part, parts_of, pictures_along
from cms.sharing.packs.words import plain_html, plain_text
from cms.sharing.views import short_address
from cms.text.folding import fold
from media import storage

# Raised when packs are put together in another way: all are made anew at night.
RECIPE = 1
# Packed already: packing it again costs time and saves nothing.
PACKED = (".mp4", ".mp3", ".opus", ".ogg", ".jpg", ".png", ".webp", ".pdf", ".epub", ".zip", ".docx", ".xlsx", ".pptx")


@dataclass(frozen=True)
class Words:
    html: str
    text: str
    license: str


def fingerprint(row: SharedMaterial, parts: list[Part]) -> str:
    """Changes with everything that stands in the pack."""
    told = [str(RECIPE), row.title, row.summary, row.url, str(row.revision_id), str(row.facts)]
    told += [f"{part.name}:{part.mark}:{part.author}:{part.source}:{part.license}" for part in parts]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def make_pack(*, row: SharedMaterial) -> SharedPack | None:
    """Bring the pack of an open material in step with it. Raises StorageUnavailable.

    Returns the pack, also where nothing had to be made; None for a material that has none. Two at the same time make the
    same file twice and keep one row.
    """
    page = row.page.specific if row.page_id and not row.withdrawn else None
    if not isinstance(page, ContentPage) or not page.has_pack or page.live_revision_id != row.revision_id:
        return None
    with translation.override(row.language):
        pictures, names = pictures_along(page)
        parts = [*parts_of(page), *pictures]
        mark = fingerprint(row, parts)
        held = SharedPack.objects.filter(material=row).first()
        if held is not None and held.fingerprint == mark:
            return held
        words = _words(page, row, parts, names)
        key = f"packs/{row.code}/{mark[:12]}/{slugify(fold(row.title))[:60] or row.code}-{row.language}.zip"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pack.zip"
            write_zip(path, words, parts)
            size, digest = path.stat().st_size, _digest(path)
            storage.put_file(key=f"public/{key}", path=path, content_type="application/zip")
    return _offer(row, key, size=size, sha256=digest, mark=mark, files=len(parts))


@transaction.atomic
def _offer(row: SharedMaterial, name: str, *, size: int, sha256: str, mark: str, files: int) -> SharedPack:
    """Put the new file in the place of the older one, which goes once that is certain."""
    older = SharedPack.objects.select_for_update().filter(material=row).first()
    if older is not None and older.name != name:
        delete_later(older.name)
    pack, _made = SharedPack.objects.update_or_create(
        material=row,
        defaults={
            "revision_id": row.revision_id,
            "fingerprint": mark,
            "name": name,
            "size": size,
            "sha256": sha256,
            "files": files,
        },
    )
    drop_kept_pages()
    return pack


# --- What is written --------------------------------------------------------------------------------------------------


def _words(page: ContentPage, row: SharedMaterial, parts: list[Part], pictures: dict[str, str]) -> Words:
    address = in_full(row.url)
    context = {"page": page, **page.frame()}
    before = select_template([f"cms/told/{page.content_format}.html", "cms/told/page.html"]).render(context)
    cover = pictures.get(_cover_address(page, pictures), "")
    text = plain_html(
        f"{before}\n{body_html(page)}",
        link=lambda value: value if value.startswith("#") else urljoin(address, value),
        picture=lambda value: pictures.get(value, ""),
    )
    about = {
        "row": row,
        "page": page,
        "site": SITE_NAME,
        "kind": format_name(row.format),
        "address": address,
        "short": short_address(row),
        "published": timezone.localtime(page.last_published_at) if page.last_published_at else None,
        "made": timezone.localdate(),
        "license": row.facts.get("license", ""),
        "license_url": license_url(row.facts.get("license", "")),
        "parts": parts,
        "cover": cover,
        "text": text,
    }
    return Words(
        html=render_to_string("sharing/pack/index.html", about),
        text=_text_file(row, text, about),
        license=render_to_string("sharing/pack/license.txt", about),
    )


def _cover_address(page: ContentPage, pictures: dict[str, str]) -> str:
    if page.cover is None:
        return ""
    return next((made.url for made in renditions_of([page.cover])[page.cover_id].values() if made.url in pictures), "")


def _text_file(row: SharedMaterial, html: str, about: dict) -> str:
    return "\n\n".join(filter(None, [row.title.upper(), row.summary, about["short"], plain_text(html)]))


def write_zip(path: Path, words: Words, parts: list[Part]) -> None:
    """The words first, so that they are what an unpacking program shows first."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, text in (("index.html", words.html), ("text.txt", words.text), ("LICENSE.txt", words.license)):
            # Notepad on older Windows takes a file without it for another encoding.
            pack.writestr(name, text if name.endswith(".html") else "\ufeff" + text.replace("\n", "\r\n"))
        for part in parts:
            entry = zipfile.ZipInfo(part.name, timezone.localtime().timetuple()[:6])
            entry.compress_type = zipfile.ZIP_STORED if part.name.endswith(PACKED) else zipfile.ZIP_DEFLATED
            with pack.open(entry, "w", force_zip64=True) as file:
                part.write(cast(BinaryIO, file))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
