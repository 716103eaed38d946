"""From a question to passages quoted word for word, or to a plain "we do not know"."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone

from cms.models import FreshnessFlag
from cms.vocabulary.models import ContentLanguage
from support.assistant.belonging import foreignness
from support.assistant.finding import Hit, find
from support.assistant.index import Piece
from support.assistant.library import library
from support.assistant.masking import mask
from support.assistant.reading import read
from support.assistant.vectors import fused

# The least overlap of an answer. Measured on the tuning questions (`evaluate_assistant --tune`), not guessed.
KNOWN = 0.6
# What is nearly as near is offered as a question.
NEAR = 0.3
# Of things with less than this share of the first one's score none is quoted.
BEHIND = 0.4
MOST_PASSAGES = 3
MOST_SUGGESTIONS = 3
# Longer than any honest question; the rest is not read.
MAX_QUESTION = 1000


@dataclass(frozen=True)
class Quoted:
    """A passage as an answer shows it. `stale` when what it tells is due to be checked again, or has changed."""

    text: str
    kind: str
    title: str
    heading: str
    url: str
    language: str
    format: str
    checked_on: date | None
    stale: bool
    key: str
    thing_kind: str


@dataclass(frozen=True)
class Near:
    title: str
    url: str
    language: str


@dataclass(frozen=True)
class Answer:
    """`language` is that of the passages; it may be another than was asked for, which the reader is told."""

    known: bool
    question: str
    language: str
    asked_language: str
    passages: list[Quoted]
    suggestions: list[Near]
    masked: tuple[str, ...] = ()
    # How much of the question the best source speaks of, 0 to 1.
    overlap: float = 0.0
    # True for what is refused whoever asks: other people's data, forgeries, orders to the machine.
    refused: bool = False
    # True for a greeting or thanks: no word of it says what is wanted.
    asks_nothing: bool = False

    @property
    def in_other_language(self) -> bool:
        return bool(self.passages) and self.language != self.asked_language


def answer(text: str, language: str) -> Answer:
    """Answer `text` in `language`, or in the next of its fallback chain in which something is known.

    Nothing is stored. Personal numbers are taken out first, so that nothing below sees them.
    """
    masked = mask(text[:MAX_QUESTION])
    known = library()
    suggestions: list[Near] = []
    refused, overlap, asks_nothing = False, 0.0, True
    # The main language's has the ways of asking in all of them.
    main = known.index(settings.LANGUAGE_CODE)
    ours = main.asked if main else None
    for tag in _chain(language):
        index = known.index(tag)
        if index is None:
            continue
        question = read(masked.text.replace("•", " "), index, known.phrases)
        asks_nothing = asks_nothing and not any(question.weights)
        if question.never:
            refused = True
            break
        hits = find(question, index, foreignness(question, ours, known.phrases.foreign))
        overlap = max(overlap, overlap_of(hits))
        # Words alone decide whether something is known; meaning cannot tell gold prices from procedures.
        if overlap_of(hits) >= KNOWN and (passages := _quoted(hits := fused(hits, masked.text))):
            near = _near(hits[MOST_PASSAGES:], passages)
            return Answer(True, masked.text, tag, language, passages, near, masked.kinds, overlap)
        suggestions = suggestions or _near([hit for hit in hits if hit.overlap >= NEAR])
    near = [] if refused else suggestions
    return Answer(
        False, masked.text, language, language, [], near, masked.kinds, overlap, refused, asks_nothing and not refused
    )


def overlap_of(hits: list[Hit]) -> float:
    """How much of the question the best of the first three things speaks of."""
    return max((hit.overlap for hit in hits[:MOST_PASSAGES]), default=0.0)


def _chain(language: str) -> list[str]:
    """The languages in which an answer may be given, the reader's first, the main one last."""
    fallbacks: Iterable[str] = ()
    if language != settings.LANGUAGE_CODE:
        fallbacks = ContentLanguage.objects.filter(tag=language).values_list("fallbacks", flat=True).first() or ()
    return list(dict.fromkeys([language, *fallbacks, settings.LANGUAGE_CODE]))


def _quoted(hits: list[Hit]) -> list[Quoted]:
    """The best passage of each of the first things; one that is far behind the first would only distract."""
    least = max(hit.score for hit in hits) * BEHIND
    best = [hit for hit in hits[:MOST_PASSAGES] if hit.overlap >= NEAR and hit.score >= least]
    flagged = set(
        FreshnessFlag.objects.filter(
            page_id__in=[hit.thing.page_id for hit in best if hit.thing.page_id], resolved_at=None
        ).values_list("page_id", flat=True)
    )
    return [_quote(hit.pieces[0], hit.thing.page_id in flagged) for hit in best]


def _quote(piece: Piece, flagged: bool) -> Quoted:
    thing = piece.thing
    overdue = thing.review_by is not None and thing.review_by < timezone.localdate()
    return Quoted(
        text=piece.text,
        kind=piece.kind,
        title=thing.title,
        heading=piece.heading,
        url=f"{thing.url}#{piece.anchor}" if piece.anchor else thing.url,
        language=thing.language,
        format=thing.format,
        checked_on=thing.checked_on,
        stale=flagged or overdue,
        key=thing.key,
        thing_kind=thing.kind,
    )


def _near(hits: list[Hit], shown: Iterable[Quoted] = ()) -> list[Near]:
    titles = {quoted.title for quoted in shown}
    found = [Near(hit.thing.title, hit.thing.url, hit.thing.language) for hit in hits if hit.thing.title not in titles]
    return found[:MOST_SUGGESTIONS]
