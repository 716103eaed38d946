"""Searching: what holds every word is found; what holds them as they were typed, and in its title, comes first."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from string import ascii_lowercase, digits

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import StrIndex
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cms.keeping import kept
from cms.models import SearchEntry, SearchSynonym
from cms.search.folding import exact, folded, has_accents, same_length_fold, words

_WORD = re.compile(r"\w+")
MAX_WORDS = 12
MAX_FOUND = 500
SNIPPET = 220
LETTERS = ascii_lowercase + digits
GUIDE = "guide"
SENTENCE_ENDS = (".", "?", "!", "…", ":")


@dataclass(frozen=True)
class Results:
    """`ids` of entries, best first; `loose` when none held every word and these hold only some of them.

    `query` is what was looked for: with `corrected`, words nobody uses here have given way to the nearest that are used.
    """

    query: str
    ids: list[int]
    loose: bool = False
    corrected: bool = False


def entries(*, language: str, format: str = "", audience: str = "", topic: str = "") -> QuerySet[SearchEntry]:
    """Entries of one language, narrowed by what they are and for whom; ordered by title."""
    found = SearchEntry.objects.filter(language=language)
    if format:
        found = found.filter(format=format)
    if audience:
        found = found.filter(audiences__contains=f" {audience} ")
    if topic:
        found = found.filter(topics__contains=f" {topic} ")
    return found.order_by("title_folded", "pk")


def synonyms() -> dict[str, list[str]]:
    """Folded word or phrase → others that mean the same."""

    def read():
        groups: dict[str, list[str]] = {}
        for text in SearchSynonym.objects.values_list("words", flat=True):
            same = list(dict.fromkeys(filter(None, map(folded, text.splitlines()))))
            for word in same:
                groups.setdefault(word, []).extend(other for other in same if other != word)
        return groups

    return kept("synonyms", read)


def search(query: str, found: QuerySet[SearchEntry]) -> Results:
    """Entries among `found` that match `query`, best first; at most MAX_FOUND."""
    typed = words(query)[:MAX_WORDS]
    if not typed:
        return Results(query, list(found.values_list("pk", flat=True)[:MAX_FOUND]))
    results = _search(query, typed, found)
    if results.ids and not results.loose:
        return results
    better = [nearest(word) for word in typed]
    if better != typed and (again := _search(" ".join(better), better, found)).ids:
        return replace(again, corrected=True)
    return results


def _search(query: str, typed: list[str], found: QuerySet[SearchEntry]) -> Results:
    phrase = " ".join(typed)
    clauses = _clauses(typed)
    matching = found.filter(*[_any_of(alternatives) for alternatives in clauses])
    ids = list(_ranked(matching, query, phrase, typed).values_list("pk", flat=True)[:MAX_FOUND])
    if ids or len(clauses) == 1:
        return Results(query, ids)
    hits = sum(
        (
            Case(When(_any_of(alternatives), then=Value(1)), default=Value(0), output_field=IntegerField())
            for alternatives in clauses
        ),
        start=Value(0),
    )
    some = found.annotate(hits=hits).filter(hits__gte=max(1, (len(clauses) + 1) // 2))
    ranked = _ranked(some, query, phrase, typed).order_by("-hits", "-rank", "title_folded", "pk")
    return Results(query, list(ranked.values_list("pk", flat=True)[:10]), loose=True)


def vocabulary() -> dict[str, int]:
    """Every folded word of what is published → in how many entries it stands."""

    def read():
        counted: Counter[str] = Counter()
        for text in SearchEntry.objects.values_list("words", flat=True):
            counted.update(text.split())
        counted.update(word for phrase in synonyms() for word in phrase.split())
        return dict(counted)

    return kept("vocabulary", read)


def nearest(word: str) -> str:
    """The word most likely meant by one that begins no word of the vocabulary: a letter wrong, missing or too many, or
    two changed about («vnied»). Short words are left alone: in Vietnamese every one of them is some word.
    """
    known = vocabulary()
    if len(word) < 4 or any(other.startswith(word) for other in known):
        return word
    close = _one_slip_away(word) & known.keys()
    return min(close, key=lambda other: (sorted(other) != sorted(word), -known[other], other)) if close else word


def _one_slip_away(word: str) -> set[str]:
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    missing = {left + letter + right for left, right in halves for letter in LETTERS}
    wrong = {left + letter + right[1:] for left, right in halves if right for letter in LETTERS}
    too_many = {left + right[1:] for left, right in halves if right}
    changed_about = {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    return missing | wrong | too_many | changed_about


def page_of(ids: list[int]) -> list[SearchEntry]:
    """The entries with these ids, in this order."""
    found = SearchEntry.objects.defer("text_exact", "text_folded", "words").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def snippet(entry: SearchEntry, query: str) -> SafeString:
    """The piece of the text in which the most words of the query stand, from the beginning of a sentence where one is
    near, with those words marked.
    """
    text = entry.text or entry.summary
    spans = _spans(text, query)
    places = [start for start, _end in spans]
    if not places:
        return mark_safe(escape(entry.summary or _cut(text, 0)[0]))
    best = max(places, key=lambda start: sum(start <= place < start + SNIPPET for place in places))
    begin = _beginning(text, best)
    piece, begin = _cut(text, begin)
    marked = _marked(piece, [(start - begin, end - begin) for start, end in spans])
    before = "" if begin == 0 or text[begin - 2 : begin - 1] in SENTENCE_ENDS else "… "
    after = "" if begin + len(piece) >= len(text) or piece[-1:] in SENTENCE_ENDS else "…"
    return mark_safe(f"{before}{marked}{after}")


def _beginning(text: str, place: int) -> int:
    """Where to begin to read about `place`: its sentence, or a word shortly before when the sentence is long."""
    ends = [text.rfind(f"{end} ", max(0, place - 120), place) for end in SENTENCE_ENDS]
    if max(ends) != -1:
        return max(ends) + 2
    return 0 if place < 120 else text.find(" ", place - 40) + 1


def marked_title(entry: SearchEntry, query: str) -> SafeString:
    return _marked(entry.title, _spans(entry.title, query))


def _clauses(typed: list[str]) -> list[list[str]]:
    """The query as a list of things each of which must be there, every one with what may stand in for it."""
    known = synonyms()
    clauses, at = [], 0
    while at < len(typed):
        for length in range(min(5, len(typed) - at), 0, -1):
            phrase = " ".join(typed[at : at + length])
            if length == 1 or phrase in known:
                clauses.append([phrase, *known.get(phrase, [])])
                at += length
                break
    return clauses


def _any_of(alternatives: list[str]) -> Q:
    found = Q()
    for phrase in alternatives:
        together = Q()
        for word in phrase.split():
            together &= Q(words__contains=f" {word}")
        if " " in phrase:
            together &= Q(title_folded__contains=phrase) | Q(text_folded__contains=phrase)
        found |= together
    return found


def _ranked(matching: QuerySet[SearchEntry], query: str, phrase: str, typed: list[str]) -> QuerySet[SearchEntry]:
    def points(worth: int, column: str, needle: str):
        place = StrIndex(F(column), Value(needle))
        return Case(When(~Q(**{f"{column}_at": 0}), then=Value(worth)), default=Value(0)), {f"{column}_at": place}

    rank: Combinable = Value(0, output_field=IntegerField())
    columns = {}
    scored = [(40, "title_folded", phrase), (6, "text_folded", phrase)]
    if has_accents(query):
        scored += [(60, "title_exact", exact(query)), (9, "text_exact", exact(query))]
    for worth, column, needle in scored:
        score, places = points(worth, column, needle)
        columns |= places
        rank = rank + score
    matching = matching.annotate(**columns)
    # How something is done comes before what else is told of it.
    rank = rank + Case(When(format=GUIDE, then=Value(5)), default=Value(0))
    for word in dict.fromkeys(typed):
        rank = rank + Case(When(title_folded__contains=word, then=Value(4)), default=Value(0))
    return matching.annotate(rank=rank).order_by("-rank", "title_folded", "pk")


def _spans(text: str, query: str) -> list[tuple[int, int]]:
    """Where `text` says what was looked for, in order and apart from each other: the whole phrase where it stands, else
    its words; as they were typed where they stand so («cần» is not what «căn cước» asks for), else without accents.
    """
    plain, lower = same_length_fold(text), text.lower()
    typed, as_typed = words(query)[:MAX_WORDS], _WORD.findall(exact(query))[:MAX_WORDS]
    known = synonyms()
    same = [other for clause in _clauses(typed) if clause[0] in known for other in clause[1:]]
    spans = _apart(_either(plain, " ".join(typed), lower, " ".join(as_typed)), [])
    if not spans:
        for word, typed_word in zip(typed, as_typed, strict=False):
            spans = _apart(_either(plain, word, lower, typed_word), spans)
    for phrase in sorted(same, key=len, reverse=True):
        spans = _apart(_places(plain, phrase), spans)
    return sorted(spans)


def _either(plain: str, word: str, lower: str, typed_word: str) -> list[tuple[int, int]]:
    return list(_places(lower, typed_word) if typed_word else []) or list(_places(plain, word) if word else [])


def _apart(found: Iterable[tuple[int, int]], spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """`spans` with those of `found` that overlap none of them."""
    spans = list(spans)
    for at, to in found:
        if all(at >= end or to <= start for start, end in spans):
            spans.append((at, to))
    return spans


def _places(plain: str, word: str):
    """Where words of `plain` are `word`, or begin with it when it is long enough to say something: whole words."""
    at = plain.find(word)
    while at != -1:
        end = at + len(word)
        if at == 0 or not plain[at - 1].isalnum():
            while len(word) >= 4 and end < len(plain) and plain[end].isalnum():
                end += 1
            if end == len(plain) or not plain[end].isalnum():
                yield at, end
        at = plain.find(word, at + 1)


def _cut(text: str, begin: int) -> tuple[str, int]:
    """About SNIPPET letters of `text` from `begin` on, and where the piece begins."""
    end = begin + SNIPPET
    if end < len(text):
        end = text.rfind(" ", begin, end) if text.rfind(" ", begin, end) > begin else end
    return text[begin:end], begin


def _marked(text: str, spans: list[tuple[int, int]]) -> SafeString:
    pieces, done = [], 0
    for start, end in spans:
        if done <= start and end <= len(text):
            pieces += [escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"]
            done = end
    return mark_safe("".join([*pieces, escape(text[done:])]))
