"""Loading the starter content's news and materials. What is printed is drawn here, and made into PDFs at the first load."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from cms.loading import FOLDER, known_words, read_about, read_sources, section, terms
from cms.models import MaterialPage, NewsPage
from cms.models.materials import PAPER
from cms.operations.freshness import content_page_models
from cms.operations.starter import PictureFile, read_blocks, store_picture, sync_page
from cms.operations.starter.blocks import Body, block_id
from cms.operations.starter.documents import store_document, store_preview, stored_document
from cms.operations.starter.sheets import digest_of, filled, preview_of, sheet_pdf
from cms.pdf import NoPdf
from cms.sharing.models import SharedMaterial
from cms.starter import Run
from cms.starter.reading import Entry, read_entry
from cms.vocabulary.models import Audience, Topic
from media.models import DocumentFile, Picture
from schools.queries.addresses import absolute


@dataclass
class Written:
    """A page's file as read: plain values by language, its body, what it is about."""

    key: str
    values: dict[str, dict]
    body: Body
    topics: list[str]
    audiences: list[str]
    cover: PictureFile | None = None

    def many(self) -> dict[str, dict[str, list]]:
        return {
            language: {
                "topics": terms(Topic, self.topics, language),
                "audiences": terms(Audience, self.audiences, language),
            }
            for language in self.values
        }


def _written(run: Run, entry: Entry, kind: str, shared: dict, words: dict[str, dict[str, str]]) -> Written:
    slug = entry.text("slug")
    if slug != entry.folder.name:
        entry.fault("slug", _("the slug must be the folder's name, once"))
    topics, audiences, cover, cover_alt = read_about(run, entry)
    words = {"title": entry.words("title"), "summary": entry.words("summary"), "cover_alt": cover_alt} | words
    shared = shared | {
        "slug": slug,
        "checked_on": entry.day("checked_on"),
        "review_by": entry.day("review_by"),
        "sources": read_sources(entry),
    }
    key = f"{kind}/{slug}"
    return Written(
        key=key,
        values={
            language: shared | {name: said[language] for name, said in words.items()} for language in entry.languages
        },
        body=read_blocks(entry, "blocks", page_key=key, procedures=known_words(run)["procedures"]),
        topics=topics,
        audiences=audiences,
        cover=cover,
    )


def _pictures(run: Run, body: Body) -> dict[object, int]:
    return {file: store_picture(run, file).pk for file in body.files() if isinstance(file, PictureFile)}


# --- News -------------------------------------------------------------------------------------------------------------


def read_news(run: Run) -> list[Written]:
    found = []
    for file in sorted(FOLDER.glob("news/*/news.yaml")):
        entry = read_entry(run, file)
        if entry is None:
            continue
        codes = entry.texts("procedures", required=False)
        entry.one_of("procedures", codes, known_words(run)["procedures"])
        shared = {
            "procedure_codes": codes,
            "takes_effect_on": entry.day("takes_effect_on"),
            "shown_until": entry.day("shown_until", required=False),
        }
        words = {"before": entry.words("before", required=False), "after": entry.words("now")}
        found.append(_written(run, entry, "news", shared, words))
        entry.known()
    return found


def load_news(run: Run, news: list[Written]) -> None:
    parents = section("news")
    for one in news:
        files = _pictures(run, one.body)
        cover = store_picture(run, one.cover) if one.cover else None
        values = {
            language: said
            | {"cover_id": cover.pk if cover else None, "body": one.body.raw(language, files.__getitem__)}
            for language, said in one.values.items()
        }
        sync_page(run, NewsPage, one.key, parents, values, many=one.many())


# --- Materials --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """One PDF to print: its drawings, one a page, and on what."""

    paper: str
    drawings: tuple[Path, ...]
    title: dict[str, str]
    note: dict[str, str]


@dataclass
class Material:
    page: Written
    # The material the code on the sheets leads to: the starter key of its page.
    leads_to: str
    sheets: list[Sheet] = field(default_factory=list)


def read_materials(run: Run) -> list[Material]:
    found = []
    for file in sorted(FOLDER.glob("materials/*/material.yaml")):
        entry = read_entry(run, file)
        if entry is None:
            continue
        shared = {
            "kind": entry.choice("kind", tuple(MaterialPage.Kind.values)),
            "issuer": entry.text("issuer", required=False),
            "license": entry.text("license"),
            "credit": entry.text("credit", required=False),
        }
        words: dict[str, dict[str, str]] = {}
        if entry.has("picture_alt"):
            words["cover_alt"] = entry.words("picture_alt")
        page = _written(run, entry, "material", shared, words)
        found.append(Material(page, entry.text("leads_to"), [_sheet(part) for part in entry.entries("sheets")]))
        entry.known()
    return found


def _sheet(part: Entry) -> Sheet:
    drawings = []
    for name in part.texts("drawings"):
        path = part.folder / name
        if not path.is_file():
            part.fault("drawings", _("the file “%(name)s” is not there") % {"name": name})
            continue
        drawings.append(path)
    sheet = Sheet(
        paper=part.choice("paper", tuple(PAPER)),
        drawings=tuple(drawings),
        title=part.words("title"),
        note=part.words("note", required=False),
    )
    part.known()
    return sheet


def load_materials(run: Run, materials: list[Material]) -> None:
    """The codes on the sheets lead to pages by their short links, so this comes after those pages."""
    parents = section("materials")
    for one in materials:
        files = _pictures(run, one.page.body)
        printed, cover = _printed(run, one)
        values = {
            language: said
            | {
                "cover_id": cover.pk if cover else None,
                "body": one.page.body.raw(language, files.__getitem__),
                "files": [
                    {
                        "type": "file",
                        "id": block_id(one.page.key, "files", number),
                        "value": {
                            "document": document.pk,
                            "title": sheet.title[language],
                            "paper": sheet.paper,
                            "note": sheet.note[language],
                        },
                    }
                    for number, (sheet, document) in enumerate(printed)
                ],
            }
            for language, said in one.page.values.items()
        }
        sync_page(run, MaterialPage, one.page.key, parents, values, many=one.page.many())


def _printed(run: Run, one: Material) -> tuple[list[tuple[Sheet, DocumentFile]], Picture | None]:
    """The PDFs of a material, made where the drawing or the address is new, and the picture of the first of them.

    Where PDFs are switched off the material is its words alone, until a later load.
    """
    address = _address(one.leads_to)
    folder = one.page.key.split("/", 1)[-1]
    found: list[tuple[Sheet, DocumentFile]] = []
    cover = None
    alt = next(iter(one.page.values.values()))["cover_alt"]
    for number, sheet in enumerate(one.sheets):
        drawings = [
            filled(path.read_text(encoding="utf-8"), address=address, folder=path.parent) for path in sheet.drawings
        ]
        digest = digest_of(drawings, PAPER[sheet.paper])
        key = f"cms/starter/materials/{folder}/{sheet.drawings[0].stem}-{sheet.paper}.pdf"
        document, data = stored_document(key, digest), None
        if document is None:
            try:
                title = next(iter(sheet.title.values()))
                data = sheet_pdf(drawings, paper=PAPER[sheet.paper], title=title, language="vi")
            except NoPdf:
                return [], None
            document = store_document(run, key, digest, data, title=f"{one.page.values['vi']['title']} ({sheet.paper})")
        found.append((sheet, document))
        if number == 0:
            cover = store_preview(run, key, digest, partial(_preview, document, data), alt)
    return found, cover


def _preview(document: DocumentFile, data: bytes | None) -> bytes:
    """The first page of a PDF: of the one just made, or of the stored one."""
    if data is None:
        with document.file.open("rb") as file:
            data = file.read()
    return preview_of(data)


def _address(starter_key: str) -> str:
    """The short link of a starter page; the home page's address where the page is not open."""
    for model in content_page_models():
        page = (
            model.objects.filter(starter_key=starter_key, locale__language_code="vi").values("translation_key").first()
        )
        if page:
            row = SharedMaterial.objects.open().filter(key=page["translation_key"], language="vi").first()
            return absolute(f"/s/{row.code}") if row else absolute("/vi/")
    return absolute("/vi/")
