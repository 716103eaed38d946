"""Loading the starter campaigns: the list they stand in, the honour roll, the yearly campaign."""

from dataclasses import dataclass, field
from pathlib import Path

from cms.loading import home_pages, known_words, read_sources, terms
from cms.models import CampaignPage, HonourRollPage, SectionPage
from cms.operations.freshness import content_page_models
from cms.operations.starter import read_blocks, store_picture, sync_page
from cms.operations.starter.blocks import Body, block_id
from cms.operations.starter.pictures import PictureFile
from cms.starter import LANGUAGES, Run
from cms.starter.reading import Entry, read_entry
from cms.vocabulary.models import Audience

FILE = Path(__file__).resolve().parent / "starter" / "movement.yaml"


@dataclass
class Campaign:
    key: str
    values: dict[str, dict]
    body: Body
    audiences: list[str]
    # Starter keys of the pages it gathers.
    gathered: list[str] = field(default_factory=list)


@dataclass
class Movement:
    section: dict[str, dict]
    honour_roll: dict[str, dict]
    campaigns: list[Campaign]


def read_movement(run: Run) -> Movement | None:
    file = read_entry(run, FILE)
    if file is None:
        return None
    campaigns = [_campaign(run, one) for one in file.entries("campaigns")]
    found = Movement(_words(file.entry("section")), _words(file.entry("honour_roll")), campaigns)
    file.known()
    return found


def _words(entry: Entry | None) -> dict[str, dict]:
    if entry is None:
        return {}
    words = {name: entry.words(name) for name in ("title", "summary", "slug")}
    entry.known()
    return {language: {name: found[language] for name, found in words.items()} for language in LANGUAGES}


def _campaign(run: Run, entry: Entry) -> Campaign:
    slug = entry.text("slug")
    title, summary = entry.words("title"), entry.words("summary")
    audiences = entry.texts("audiences", required=False)
    entry.one_of("audiences", audiences, known_words(run)["audiences"])
    shared = {
        "slug": slug,
        "sources": read_sources(entry),
        **{name: entry.day(name) for name in ("starts_on", "ends_on", "checked_on", "review_by")},
        "main_day": entry.day("main_day", required=False),
    }
    key = f"campaign/{slug}"
    found = Campaign(
        key=key,
        values={
            language: shared | {"title": title[language], "summary": summary[language]} for language in entry.languages
        },
        body=read_blocks(entry, "blocks", page_key=key, procedures=known_words(run)["procedures"]),
        audiences=audiences,
        gathered=entry.texts("gathered", required=False),
    )
    entry.known()
    return found


def load_movement(run: Run, found: Movement | None) -> None:
    if found is None:
        return
    kind = {"kind": SectionPage.Kind.OTHER, "show_in_menus": False}
    section = {language: values | kind for language, values in found.section.items()}
    parents = sync_page(run, SectionPage, "section/movement", home_pages(), section)
    for campaign in found.campaigns:
        stored: dict[object, int] = {
            file: store_picture(run, file).pk for file in campaign.body.files() if isinstance(file, PictureFile)
        }
        gathered = [page for key in campaign.gathered if (page := _page(key)) is not None]
        sync_page(
            run,
            CampaignPage,
            campaign.key,
            parents,
            {
                language: values | {"body": campaign.body.raw(language, stored.__getitem__), "gathered": gathered}
                for language, values in campaign.values.items()
            },
            many={
                language: {"audiences": terms(Audience, campaign.audiences, language)} for language in campaign.values
            },
        )
    sync_page(run, HonourRollPage, "page/honour-roll", parents, found.honour_roll)


def _page(starter_key: str) -> dict | None:
    """The main language's page of this key, as a stream holds it: each language shows its own."""
    for model in content_page_models():
        page = model.objects.filter(starter_key=starter_key, locale__language_code="vi").first()
        if page is not None:
            return {"type": "page", "value": page.pk, "id": block_id("gathered", starter_key)}
    return None
