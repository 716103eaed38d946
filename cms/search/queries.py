"""Searching: what holds every word is found; what holds them as they were typed, and in its title, comes first."""

from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import StrIndex
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cms.keeping import kept
from cms.models import SearchEntry, SearchSynonym
from cms.search.folding import exact, folded, has_accents, same_length_fold, words

MAX_WORDS = 12
MAX_FOUND = 500
SNIPPET = 220


@dataclass(frozen=True)
class Results:
    """`ids` of entries, best first; `loose` when none held every word and these hold only some of them."""

    query: str
    ids: list[int]
    loose: bool = False


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


def page_of(ids: list[int]) -> list[SearchEntry]:
    """The entries with these ids, in this order."""
    found = SearchEntry.objects.defer("text_exact", "text_folded", "words").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def snippet(entry: SearchEntry, query: str) -> SafeString:
    """The piece of the text in which the most words of the query stand, with those words marked."""
    text = entry.text or entry.summary
    plain = same_length_fold(text)
    wanted = _wanted(query)
    places = sorted(place for word in wanted for place in _places(plain, word))
    if not places:
        return mark_safe(escape(entry.summary or _cut(text, 0)[0]))
    best = max(places, key=lambda start: sum(start <= place < start + SNIPPET for place in places))
    piece, begin = _cut(text, max(0, best - 40))
    return _marked(piece, plain[begin : begin + len(piece)], wanted)


def marked_title(entry: SearchEntry, query: str) -> SafeString:
    return _marked(entry.title, same_length_fold(entry.title), _wanted(query))


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
    for word in dict.fromkeys(typed):
        rank = rank + Case(When(title_folded__contains=word, then=Value(4)), default=Value(0))
    return matching.annotate(rank=rank).order_by("-rank", "title_folded", "pk")


def _wanted(query: str) -> list[str]:
    known = synonyms()
    typed = words(query)[:MAX_WORDS]
    same = [other for clause in _clauses(typed) if clause[0] in known for other in clause[1:]]
    return sorted({*typed, *same}, key=len, reverse=True)


def _places(plain: str, word: str):
    at = plain.find(word)
    while at != -1:
        if at == 0 or not plain[at - 1].isalnum():
            yield at
        at = plain.find(word, at + 1)


def _cut(text: str, begin: int) -> tuple[str, int]:
    """About SNIPPET letters of `text` from a word's beginning near `begin`, and where the piece begins."""
    if begin:
        begin = text.find(" ", begin) + 1
    end = begin + SNIPPET
    if end < len(text):
        end = text.rfind(" ", begin, end) if text.rfind(" ", begin, end) > begin else end
    return text[begin:end], begin


def _marked(text: str, plain: str, wanted: list[str]) -> SafeString:
    spans: list[tuple[int, int]] = []
    for word in wanted:
        for at in _places(plain, word):
            if all(at >= end or at + len(word) <= start for start, end in spans):
                spans.append((at, at + len(word)))
    pieces, done = [], 0
    for start, end in sorted(spans):
        pieces += [escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"]
        done = end
    return mark_safe("".join([*pieces, escape(text[done:])]))
