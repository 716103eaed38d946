"""One list of items as RSS 2.0, Atom 1.0 or JSON Feed 1.1, by the rules of the W3C's validator."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from mimetypes import guess_type

from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed

from cms.feeds.gathering import FeedItem, in_full

SITE_NAME = "Học Dịch vụ công"
# What no XML document may hold (XML 1.0, 2.2), wherever an editor pasted it from.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Told:
    """What a feed says of itself. `home` and `own` are full addresses: the page for people, and the feed's own.

    So are `first`, `previous` and `next`, those of the feed's other pages; empty where there is none.
    """

    title: str
    description: str
    language: str
    home: str
    own: str
    since: datetime
    first: str = ""
    previous: str = ""
    next: str = ""

    @property
    def pages(self) -> dict[str, str]:
        """Relation → address (RFC 5005, section 3); nothing of a feed that has one page."""
        if not (self.previous or self.next):
            return {}
        return {name: url for name in ("first", "previous", "next") if (url := getattr(self, name))}


def clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)


class _Atom(Atom1Feed):
    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        for rel, url in self.feed["pages"].items():
            handler.addQuickElement("link", "", {"rel": rel, "href": url})

    def add_item_elements(self, handler, item):
        """Django writes no author for an entry without one, and the feed's own is enough (RFC 4287, 4.1.1)."""
        super().add_item_elements(handler, item)
        if item["picture"]:
            handler.addQuickElement("link", "", {"rel": "related", "type": "image/jpeg", "href": item["picture"]})


class _Rss(Rss201rev2Feed):
    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        handler.addQuickElement("ttl", "60")
        for rel, url in self.feed["pages"].items():
            handler.addQuickElement("atom:link", "", {"rel": rel, "href": url})


def _through(generator: type) -> Callable[[Told, list[FeedItem]], str]:
    def write(told: Told, items: list[FeedItem]) -> str:
        feed = generator(
            title=clean(told.title),
            link=told.home,
            description=clean(told.description),
            subtitle=clean(told.description),
            language=told.language,
            feed_url=told.own,
            feed_guid=told.own,
            author_name=SITE_NAME,
            pages=told.pages,
        )
        # An empty feed has a date too: that of the site's beginning, not of the asking.
        feed.latest_post_date = lambda: max((item.changed_at for item in items), default=told.since)
        for item in items:
            feed.add_item(
                title=clean(item.title),
                link=item.url,
                description=clean(item.summary or item.title),
                unique_id=_lasting(item),
                unique_id_is_permalink=True,
                pubdate=item.opened_at,
                updateddate=item.changed_at,
                categories=[clean(term) for term in item.terms],
                enclosures=_enclosures(item),
                picture=item.picture,
            )
        return feed.writeString("utf-8")

    return write


def _lasting(item: FeedItem) -> str:
    """The same address whatever becomes of the page's own: readers of feeds know an item by it."""
    return in_full(f"/s/{item.code}")


def _enclosures(item: FeedItem) -> list[Enclosure]:
    """The recording of a video page. RSS wants its size and kind, so one not converted yet is left out."""
    recording = item.recording
    if not recording.get("type") or not recording.get("bytes"):
        return []
    return [Enclosure(in_full(recording["url"]), str(recording["bytes"]), recording["type"])]


def write_json(told: Told, items: list[FeedItem]) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": told.title,
        "description": told.description,
        "home_page_url": told.home,
        "feed_url": told.own,
        **({"next_url": told.next} if told.next else {}),
        "language": told.language,
        "authors": [{"name": SITE_NAME}],
        "items": [
            {
                "id": _lasting(item),
                "url": item.url,
                "title": item.title,
                "summary": item.summary or item.title,
                "content_text": item.summary or item.title,
                "date_published": item.opened_at.isoformat(),
                "date_modified": item.changed_at.isoformat(),
                "language": told.language,
                "tags": item.terms,
                **({"image": item.picture} if item.picture else {}),
                **({"attachments": [_attachment(item)]} if _enclosures(item) else {}),
            }
            for item in items
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _attachment(item: FeedItem) -> dict:
    recording = item.recording
    return {
        "url": in_full(recording["url"]),
        "mime_type": recording["type"] or guess_type(recording["url"])[0],
        "size_in_bytes": recording["bytes"],
        "duration_in_seconds": recording["seconds"],
    }


# By the ending of a feed's address: what is said of it, and what writes it.
FORMS: dict[str, tuple[str, Callable[[Told, list[FeedItem]], str]]] = {
    "rss": ("application/rss+xml; charset=utf-8", _through(_Rss)),
    "atom": ("application/atom+xml; charset=utf-8", _through(_Atom)),
    "json": ("application/feed+json; charset=utf-8", write_json),
}
