"""What a screen and the API show of an answer."""

import hashlib
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.db.models import Prefetch, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.keeping import kept
from cms.navigation import language_name
from cms.vocabulary.models import PortalLink
from cms.vocabulary.places import any_points
from support.assistant.answering import Answer, Quoted, answer
from support.assistant.phrasing import rephrase
from support.models import Passage, Quotable, Usefulness

PORTAL, HOTLINE = "cong-dich-vu-cong", "tong-dai-dich-vu-cong"
MOST_SUGGESTED = 4
SALT = "assistant.useful"
HEADINGS = Prefetch("passages", Passage.objects.order_by("position").only("quotable", "heading"))


def answered(question: str, language: str) -> dict:
    """The answer to `question` as plain data, in words of the active language. Nothing is stored."""
    began = time.monotonic()
    found = answer(question, language)
    return {
        "known": found.known,
        "refused": found.refused,
        "question": found.question,
        "language": found.language,
        "in_other_language": language_name_of(found.language) if found.in_other_language else "",
        "summary": rephrase(found.question, [one.text for one in found.passages], began=began),
        "passages": [_passage(one) for one in found.passages],
        "suggestions": [{"title": one.title, "url": one.url, "language": one.language} for one in found.suggestions],
        "message": _message(found),
        "warning": warning_of(found.masked),
        "offers": offers(found.question) if not (found.known or found.asks_nothing) else [],
        "useful": _ticket_of_use(found),
    }


def _passage(one: Quoted) -> dict:
    return {
        "text": one.text,
        "parts": parts_of(one.text),
        "kind": one.kind,
        "title": one.title,
        "heading": one.heading,
        "url": one.url,
        "language": one.language,
        "format": one.format,
        "checked_on": one.checked_on,
        "stale": one.stale,
        "outside": bool(urlsplit(one.url).netloc),
    }


def parts_of(text: str) -> list[dict]:
    """The lines of a passage as paragraphs and lists: {"kind": "p", "ul" or "ol", "items": [...]}."""
    parts: list[dict] = []
    for line in text.split("\n"):
        number, dot, rest = line.partition(". ")
        if line.startswith("- "):
            kind, item = "ul", line[2:]
        elif dot and number.isdigit():
            kind, item = "ol", rest
        else:
            kind, item = "p", line
        if parts and parts[-1]["kind"] == kind and kind != "p":
            parts[-1]["items"].append(item)
        else:
            parts.append({"kind": kind, "items": [item]})
    return parts


def _message(found: Answer) -> str:
    if found.refused:
        return _(
            "I cannot help with this. I only tell what the guides here say, and nothing about other people. "
            "If it is urgent, ask at the Public Administration Service Centre of your commune."
        )
    if found.asks_nothing:
        return _(
            "What would you like to know about papers and public services? Type it in your own words, for example: "
            "where do I get a new identity card when mine is lost?"
        )
    if not found.known:
        return _("I do not know this yet, and I do not guess. You can ask people who know:")
    return ""


def warning_of(kinds: tuple[str, ...]) -> str:
    """What a person is told who typed something personal; empty for nobody."""
    if not kinds:
        return ""
    names = {
        "identity": _("an identity number"),
        "phone": _("a phone number"),
        "secret": _("a password or one-time code"),
        "email": _("an e-mail address"),
        "number": _("a long number"),
    }
    return _(
        "Your question held %(what)s. It was taken out and kept nowhere. Do not type such things here, and never tell a "
        "one-time code to anybody."
    ) % {"what": ", ".join(names[kind] for kind in kinds)}


def offers(question: str = "") -> list[dict]:
    """Where else to ask: the desk, the places that help in person, the national portal, the help line. All but the first
    are rows an editor keeps."""
    links = {link.key: link for link in PortalLink.objects.filter(key__in=[PORTAL, HOTLINE])}
    found = [{"kind": "desk", "label": _("Write to the desk: people answer"), "url": reverse("support:write")}]
    if kept("any-help-points", any_points):
        label = _("Find people near you who sit down with you")
        found.append({"kind": "place", "label": label, "url": reverse("help_points")})
    name = "name_vi" if (get_language() or settings.LANGUAGE_CODE) == "vi" else "name_en"
    if portal := links.get(PORTAL):
        found.append({"kind": "portal", "label": getattr(portal, name) or portal.name_vi, "url": portal.url})
    if line := links.get(HOTLINE):
        label = f"{getattr(line, name) or line.name_vi}: {line.url}"
        found.append({"kind": "hotline", "label": label, "url": f"tel:{line.url}"})
    return found


def language_name_of(tag: str) -> str:
    try:
        return language_name(tag)
    except KeyError:  # a content language that is none of the site's
        return tag


def _ticket_of_use(found: Answer) -> str:
    """What a reader sends back to say whether the answer helped: which answer, signed, and nothing about the reader."""
    first = found.passages[0] if found.passages else None
    value = [found.language, first.thing_kind if first else "", first.key if first else ""]
    return signing.dumps(value, salt=SALT, compress=True)


def suggestions_for(path: str, language: str) -> list[str]:
    """Questions a reader of the page at `path` may have: its own headings that ask, else those of the guides
    that helped most."""
    if path:
        # Addresses without a page are endless: only what a page answers is kept.
        name = hashlib.sha256(path.encode()).hexdigest()[:32]
        if own := kept(f"asked:{language}:{name}", lambda: _own(path, language), keep_if=bool):
            return own
    return kept(f"asked:{language}", lambda: _most_helpful(language))


def _own(path: str, language: str) -> list[str]:
    found = Quotable.objects.filter(url=path, language=language, is_live=True).prefetch_related(HEADINGS).first()
    return _asking(found)[:MOST_SUGGESTED] if found else []


def _asking(thing: Quotable) -> list[str]:
    """What a page answers, as one would ask it: its headings that are questions, in their order."""
    headings = dict.fromkeys(one.heading for one in thing.passages.all())
    return [f"{thing.title}: {one[:1].lower()}{one[1:]}" for one in headings if one.endswith("?")]


def _most_helpful(language: str) -> list[str]:
    """The first question of each of the guides that were of use most often; a guide without one is asked for by its title."""
    guides = Quotable.objects.filter(language=language, is_live=True, format="guide").prefetch_related(HEADINGS)
    words = Usefulness.objects.filter(language=language, kind=Quotable.Kind.PAGE).values_list("key")
    helped = dict(words.annotate(times=Sum("helpful")))
    first = sorted(guides, key=lambda one: (-helped.get(one.key, 0), one.title))[:MOST_SUGGESTED]
    return [next(iter(_asking(one)), one.title) for one in first]


def asked_for() -> QuerySet[Quotable]:
    """What people may ask for: each thing once, in the main language where it is told in it."""
    return Quotable.objects.filter(is_live=True, language=settings.LANGUAGE_CODE).order_by("title")


def thing_quoted(question: str, language: str) -> Quotable | None:
    """What the assistant would quote first, or would have quoted had it been surer."""
    found = answer(question, language)
    for passage in found.passages[:1]:
        return asked_for().filter(kind=passage.thing_kind, key=passage.key).first()
    return asked_for().filter(title__in=[near.title for near in found.suggestions[:1]]).first()


def is_found(thing: Quotable, question: str, language: str) -> bool:
    """Whether the assistant quotes `thing` where `question` is asked."""
    return (thing.kind, thing.key) in [(one.thing_kind, one.key) for one in answer(question, language).passages]
