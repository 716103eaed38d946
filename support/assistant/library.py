"""What this process knows of what may be quoted: read once, then kept in step change by change.

One light query asks whether anything has changed; only what has is read.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.conf import settings

from cms.models import SearchSynonym
from cms.search.folding import folded
from support.assistant.index import Index, Piece, Thing, ways_alone
from support.assistant.lexicon import Lexicon, Phrases
from support.assistant.vectors import Embedder, embedder
from support.assistant.words import tokens
from support.models import Asking, LibraryState, Passage, Quotable, Wording

# What people say, said the way the pages say it; and another way in which people say it.
MEANT, SAID, ASPECT = 1.0, 0.8, 0.45


@dataclass
class Library:
    version: int = -1
    stamp: UUID | None = None
    indexes: dict[str, Index] = field(default_factory=dict)
    phrases: Phrases = field(default_factory=Phrases)

    def index(self, language: str) -> Index | None:
        """The passages in `language`; None where there are none."""
        found = self.indexes.get(language)
        return found if found is not None and found.living else None


_lock = threading.Lock()
_library = Library()


def library() -> Library:
    """The library in step with the database."""
    version, stamp = LibraryState.objects.values_list("version", "stamp").first() or (0, None)
    if stamp != _library.stamp or version != _library.version:
        with _lock:
            if version <= _library.version and stamp != _library.stamp:  # a copy put back
                _forget()
            if version != _library.version:
                _catch_up(version)
            _library.stamp = stamp
    return _library


def _forget() -> None:
    _library.version, _library.stamp, _library.indexes, _library.phrases = -1, None, {}, Phrases()


def forget() -> None:
    """Read everything anew when next asked."""
    with _lock:
        _forget()


def _catch_up(version: int) -> None:
    model = embedder()
    changed = list(Quotable.objects.filter(version__gt=_library.version))
    passages: dict[int, list[Passage]] = defaultdict(list)
    wanted = Passage.objects.filter(quotable__version__gt=_library.version).order_by("quotable_id", "position")
    for passage in wanted if model else wanted.defer("vector"):
        passages[passage.quotable_id].append(passage)
    asked = _askings(changed)
    for quotable in changed:
        index = _library.indexes.setdefault(quotable.language, Index())
        if not quotable.is_live:
            index.remove(quotable.pk)
            continue
        thing = _thing(quotable)
        pieces = [_piece(thing, one, model) for one in passages[quotable.pk]]
        index.put(thing, pieces, asked(quotable))
    for language, index in _library.indexes.items():
        if index.is_worn:
            _library.indexes[language] = index.renewed()
    _library.phrases = read_phrases(_library.phrases)
    _library.version = version


def _askings(changed: list[Quotable]) -> Callable[[Quotable], list[str]]:
    """The ways in which people ask for each thing. In the main language things are found by the words of any other too:
    whoever asks in one in which a thing is not told is shown it in the main one.
    """
    found: dict[tuple[str, str], list[Asking]] = defaultdict(list)
    for asking in Asking.objects.filter(key__in={one.key for one in changed}).order_by("pk"):
        found[asking.kind, asking.key].append(asking)

    def asked(quotable: Quotable) -> list[str]:
        return [
            line
            for asking in found[quotable.kind, quotable.key]
            if asking.language == quotable.language or quotable.language == settings.LANGUAGE_CODE
            for line in _lines_of(asking.said)
        ]

    return asked


def _piece(thing: Thing, passage: Passage, model: Embedder | None) -> Piece:
    vector = bytes(passage.vector or b"") if model and passage.embedded_by == model.model else b""
    return Piece(thing, passage.kind, passage.anchor, passage.heading, passage.text, vector)


def _thing(quotable: Quotable) -> Thing:
    return Thing(
        pk=quotable.pk,
        kind=quotable.kind,
        key=quotable.key,
        language=quotable.language,
        format=quotable.format or quotable.kind,
        title=quotable.title,
        about=quotable.about,
        url=quotable.url,
        page_id=quotable.page_id,
        checked_on=quotable.checked_on,
        review_by=quotable.review_by,
    )


def _lines_of(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, map(str.strip, text.splitlines()))))


def _lexicon(phrases: list[str]) -> Lexicon[bool]:
    made: Lexicon[bool] = Lexicon()
    for phrase in phrases:
        made.add(phrase, True)
    return made


def read_phrases(before: Phrases | None = None) -> Phrases:
    """The words of the data: the site's synonyms and the assistant's own wordings. What is slow to read is taken from
    `before` where it has not changed.
    """
    found = Phrases(short={})
    ways: dict[str, dict[str, float]] = defaultdict(dict)
    short: dict[str, str] = {}
    together: list[tuple[Lexicon[bool], Lexicon[bool]]] = []
    foreign: list[str] = []

    def same(said: list[str], meant: list[str], worth: float = 1.0) -> None:
        # One plain word of the pages («thẻ», «sửa») says too little to be a subject of its own.
        for phrase in [*said, *(one for one in meant if " " in one)]:
            near = ways[key := folded(phrase)]
            near[key] = worth
            for others, nearness in ((meant, MEANT), (said, SAID)):
                for other in map(folded, others):
                    near[other] = max(near.get(other, 0.0), nearness * worth)
            found.means.add(phrase, ())

    for text in SearchSynonym.objects.order_by("slug").values_list("words", flat=True):
        same(_lines_of(text), _lines_of(text))
    for wording in Wording.objects.order_by("slug"):
        said, meant = _lines_of(wording.said), _lines_of(wording.meant)
        if wording.kind == Wording.Kind.MEANS:
            same(said, meant)
        elif wording.kind == Wording.Kind.ASPECT:
            same(said, meant, ASPECT)
        elif wording.kind == Wording.Kind.SHORT:
            short |= {word.exact: meant[0] for phrase in said for word in tokens(phrase)[:1] if meant}
        elif wording.kind == Wording.Kind.FOREIGN:
            foreign += said
        elif wording.kind == Wording.Kind.NEVER and meant:
            together.append((_lexicon(said), _lexicon(meant)))
        else:
            for phrase in said:
                getattr(found, wording.kind).add(phrase, True)
    for key, near in ways.items():
        if key in found.means.values:
            found.means.values[key] = tuple(near.items())
    lines = tuple(foreign)
    index = before.foreign if before and before.foreign_lines == lines else ways_alone(lines)
    return replace(found, short=short, together=tuple(together), foreign=index, foreign_lines=lines)
