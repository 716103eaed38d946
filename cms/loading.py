"""Loading the starter site: the page tree, the guides, the handbooks, the search synonyms."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Site

from cms.models import GuidePage, HandbookPage, HomePage, SearchSynonym, SectionPage
from cms.operations.starter import Cards, find_picture, read_blocks, read_cards, store_picture, sync_page
from cms.operations.starter.blocks import Body
from cms.operations.starter.pictures import PictureFile
from cms.starter import LANGUAGES, Run
from cms.starter.reading import Entry, read_entries, read_entry
from cms.vocabulary.loading import sync_row
from cms.vocabulary.models import Audience, Topic

FOLDER = Path(__file__).resolve().parent / "starter"
SECTIONS = ("courses", "guides", "videos", "handbooks", "materials", "news")


# --- The page tree ----------------------------------------------------------------------------------------------------


def read_tree(run: Run) -> dict:
    """{"home": {…}, "guides": {…}, …}: title, summary and slug of each by language."""
    site = read_entry(run, FOLDER / "site.yaml")
    if site is None:
        return {}
    found: dict[str, dict] = {}
    for name in ("home", *SECTIONS):
        part = site.entry(name)
        if part is None:
            continue
        found[name] = {field: part.words(field) for field in ("title", "summary", "slug")}
        found[name]["in_menu"] = part.flag("in_menu")
        part.known()
    site.known()
    return found


def load_tree(run: Run, found: dict) -> None:
    root = Page.get_first_root_node()
    for language in LANGUAGES:
        Locale.objects.get_or_create(language_code=language)
    _remove_welcome(root)
    home = sync_page(run, HomePage, "home", dict.fromkeys(LANGUAGES, root), _plain(found["home"]))
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
    if site.root_page_id != home["vi"].pk:
        site.root_page, site.site_name = home["vi"], "Học Dịch vụ công"
        site.save()
        Site.clear_site_root_paths_cache()
    for name in SECTIONS:
        values = _plain(found[name])
        for language in LANGUAGES:
            values[language] |= {"kind": SectionPage.Kind[name.upper()], "show_in_menus": found[name]["in_menu"]}
        sync_page(run, SectionPage, f"section/{name}", home, values)


def _plain(part: dict) -> dict[str, dict]:
    return {
        language: {field: part[field][language] for field in ("title", "summary", "slug")} for language in LANGUAGES
    }


def _remove_welcome(root: Page) -> None:
    """Wagtail's first page stands where the home page belongs; it is ours to remove only while nobody has used it."""
    welcome = Page.objects.child_of(root).filter(slug="home", depth=2).exact_type(Page).first()
    if welcome is not None and not welcome.get_children().exists():
        Site.objects.filter(root_page=welcome).delete()
        welcome.delete()


def section(name: str) -> dict[str, SectionPage]:
    """The starter section called by its English name in site.yaml (guides, courses …), by language."""
    pages = SectionPage.objects.filter(starter_key=f"section/{name}").select_related("locale")
    return {page.locale.language_code: page for page in pages}


# --- Pages about the site ---------------------------------------------------------------------------------------------


@dataclass
class AboutPage:
    key: str
    values: dict[str, dict]
    body: Body
    # The key of the page it stands below; the home page where it is empty.
    parent: str = ""


def read_about_pages(run: Run) -> list[AboutPage]:
    """In the order of `order`, those below another page after it."""
    found: list[tuple[bool, int, AboutPage]] = []
    names = {file.parent.name for file in FOLDER.glob("pages/*/page.yaml")}
    for file in sorted(FOLDER.glob("pages/*/page.yaml")):
        entry = read_entry(run, file)
        if entry is None:
            continue
        key = f"page/{file.parent.name}"
        part = {field: entry.words(field) for field in ("title", "summary", "slug")}
        shared = {
            "sources": read_sources(entry),
            "checked_on": entry.day("checked_on", required=False),
            "review_by": entry.day("review_by", required=False),
        }
        values = {
            language: shared | {field: words[language] for field, words in part.items()} for language in entry.languages
        }
        parent = entry.text("parent", required=False)
        entry.one_of("parent", [parent] if parent else [], names)
        body = read_blocks(entry, "blocks", page_key=key, procedures=set())
        page = AboutPage(key, values, body, f"page/{parent}" if parent else "")
        found.append((bool(parent), entry.number("order", required=False) or 0, page))
        entry.known()
    return [page for _below, _order, page in sorted(found, key=lambda item: item[:2])]


def load_about_pages(run: Run, pages: list[AboutPage]) -> None:
    """Below the home page or one another, in no menu: the foot of every page links those of the top."""
    stored: dict[str, dict] = {"": home_pages()}
    for page in pages:
        files: dict[object, int] = {
            file: store_picture(run, file).pk for file in page.body.files() if isinstance(file, PictureFile)
        }
        values = {
            language: page.values[language]
            | {
                "kind": SectionPage.Kind.OTHER,
                "show_in_menus": False,
                "body": page.body.raw(language, files.__getitem__),
            }
            for language in page.values
        }
        stored[page.key] = sync_page(run, SectionPage, page.key, stored[page.parent], values)


def home_pages() -> dict[str, HomePage]:
    return {
        page.locale.language_code: page for page in HomePage.objects.filter(starter_key="home").select_related("locale")
    }


# --- Guides -----------------------------------------------------------------------------------------------------------


@dataclass
class Guide:
    key: str
    values: dict[str, dict]
    cover: PictureFile | None
    cover_alt: dict[str, str]
    body: Body
    topics: list[str]
    audiences: list[str]


def read_guides(run: Run) -> list[Guide]:
    found, slugs = [], set()
    for file in sorted(FOLDER.glob("guides/*/guide.yaml")):
        entry = read_entry(run, file)
        if entry is None:
            continue
        slug = entry.text("slug")
        if slug in slugs or slug != file.parent.name:
            entry.fault("slug", _("the slug must be the folder's name, once"))
        slugs.add(slug)
        found.append(_guide(run, entry, slug))
        entry.known()
    return found


def _guide(run: Run, entry: Entry, slug: str) -> Guide:
    known = known_words(run)
    title, summary = entry.words("title"), entry.words("summary")
    codes = entry.texts("procedures", required=False)
    entry.one_of("procedures", codes, known["procedures"])
    topics, audiences, cover, cover_alt = read_about(run, entry)
    shared = {
        "slug": slug,
        "procedure_codes": codes,
        "minutes": entry.number("time_minutes", required=False),
        "checked_on": entry.day("checked_on"),
        "review_by": entry.day("review_by"),
        "sources": read_sources(entry),
    }
    return Guide(
        key=f"guide/{slug}",
        values={
            language: shared
            | {"title": title[language], "summary": summary[language], "cover_alt": cover_alt[language]}
            for language in entry.languages
        },
        cover=cover,
        cover_alt=cover_alt,
        body=read_blocks(entry, "blocks", page_key=f"guide/{slug}", procedures=known["procedures"]),
        topics=topics,
        audiences=audiences,
    )


def read_about(run: Run, entry: Entry) -> tuple[list[str], list[str], PictureFile | None, dict[str, str]]:
    """Topics, audiences, cover and the cover's words of a page's file, checked against the starter vocabulary."""
    known = known_words(run)
    topics, audiences = entry.texts("topics", required=False), entry.texts("audiences", required=False)
    entry.one_of("topics", topics, known["topics"])
    entry.one_of("audiences", audiences, known["audiences"])
    cover, alt = None, dict.fromkeys(LANGUAGES, "")
    if entry.has("cover"):
        part = entry.entry("cover")
        if part is not None:
            alt = part.words("alt")
            cover = find_picture(part, "file", alt=alt["vi"])
            part.known()
    return topics, audiences, cover, alt


def known_words(run: Run) -> dict[str, set[str]]:
    """Codes the vocabulary's loader has read: {"topics", "audiences", "competences", "procedures"}."""
    words = run.read.get("vocabulary") or {}
    return {
        name: {row["code" if name == "procedures" else "slug"] for row in words.get(name, [])}
        for name in ("topics", "audiences", "competences", "procedures")
    }


def read_sources(entry: Entry) -> list[dict]:
    """The sources of a page's file as its field stores them."""
    found = []
    for source in entry.entries("sources", required=False):
        day = source.day("seen_on", required=False)
        value = {"title": source.text("title"), "url": source.text("url", required=False)}
        found.append({"type": "source", "value": value | {"seen_on": day.isoformat() if day else None}})
        source.known()
    return found


def terms(model: type[Topic] | type[Audience], codes: list[str], language: str) -> list:
    """The terms with these codes in one language."""
    return list(model.objects.filter(slug__in=codes, locale__language_code=language))


def load_guides(run: Run, guides: list[Guide]) -> None:
    parents = section("guides")
    for guide in guides:
        stored: dict[object, int] = {
            file: store_picture(run, file).pk for file in guide.body.files() if isinstance(file, PictureFile)
        }
        cover = store_picture(run, guide.cover) if guide.cover else None
        sync_page(
            run,
            GuidePage,
            guide.key,
            parents,
            {
                language: guide.values[language]
                | {"cover_id": cover.pk if cover else None, "body": guide.body.raw(language, stored.__getitem__)}
                for language in guide.values
            },
            many={
                language: {
                    "topics": terms(Topic, guide.topics, language),
                    "audiences": terms(Audience, guide.audiences, language),
                }
                for language in guide.values
            },
        )


# --- Handbooks --------------------------------------------------------------------------------------------------------


@dataclass
class Handbook:
    key: str
    values: dict[str, dict]
    cover: PictureFile | None
    cards: Cards
    topics: list[str]
    audiences: list[str]


def read_handbooks(run: Run) -> list[Handbook]:
    found = []
    known = known_words(run)
    tags = {row["tag"] for row in (run.read.get("vocabulary") or {}).get("languages", [])}
    for file in sorted(FOLDER.glob("handbooks/*/handbook.yaml")):
        entry = read_entry(run, file)
        if entry is None:
            continue
        slug = entry.text("slug")
        if slug != file.parent.name:
            entry.fault("slug", _("the slug must be the folder's name, once"))
        title, summary = entry.words("title"), entry.words("summary")
        topics, audiences, cover, cover_alt = read_about(run, entry)
        wanted = entry.texts("languages", required=False)
        entry.one_of("languages", wanted, tags)
        shared = {
            "slug": slug,
            "license": entry.text("license"),
            "wanted_languages": wanted,
            "checked_on": entry.day("checked_on"),
            "review_by": entry.day("review_by"),
            "sources": read_sources(entry),
        }
        key = f"handbook/{slug}"
        values = {
            language: shared
            | {"title": title[language], "summary": summary[language], "cover_alt": cover_alt[language]}
            for language in entry.languages
        }
        cards = read_cards(entry, "cards", page_key=key, procedures=known["procedures"])
        found.append(Handbook(key, values, cover, cards, topics, audiences))
        entry.known()
    return found


def load_handbooks(run: Run, handbooks: list[Handbook]) -> None:
    parents = section("handbooks")
    for handbook in handbooks:
        stored: dict[object, int] = {file: store_picture(run, file).pk for file in handbook.cards.pictures}
        cover = store_picture(run, handbook.cover) if handbook.cover else None
        sync_page(
            run,
            HandbookPage,
            handbook.key,
            parents,
            {
                language: values
                | {
                    "cover_id": cover.pk if cover else None,
                    "cards": handbook.cards.raw(language, stored.__getitem__),
                }
                for language, values in handbook.values.items()
            },
            many={
                language: {
                    "topics": terms(Topic, handbook.topics, language),
                    "audiences": terms(Audience, handbook.audiences, language),
                }
                for language in handbook.values
            },
        )


# --- Synonyms ---------------------------------------------------------------------------------------------------------


def read_synonyms(run: Run) -> list[tuple[str, str]]:
    found = []
    for entry in read_entries(run, FOLDER / "synonyms.yaml", identity="slug"):
        words = entry.texts("words")
        if len(words) < 2:
            entry.fault("words", _("a synonym has two words at least"))
        found.append((entry.text("slug"), "\n".join(words)))
        entry.known()
    return found


def load_synonyms(run: Run, found: list[tuple[str, str]]) -> None:
    for slug, words in found:
        sync_row(run, SearchSynonym, {"slug": slug}, {"words": words}, label=slug)
