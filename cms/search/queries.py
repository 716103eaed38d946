"""Searching: what holds every word is found; what holds them as they were typed, and in its title, comes first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from string import ascii_lowercase, digits

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Left
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cms.keeping import kept
from cms.models import SearchEntry, SearchSynonym, SearchText
from cms.search.facets import FACTS, Row, narrow, rows_of
from cms.search.folding import WORD, exact, folded, has_accents, same_length_fold, words
from cms.search.grams import is_blankless

MAX_WORDS = 12
# Words of one thing that has several names.
MAX_PHRASE = 8
MOST_LOOSE = 10
# How many of the best are looked at once more (ADR 0100).
RANKED_BY_TEXT = 200
SNIPPET = 220
OPENING = 200
LETTERS = ascii_lowercase + digits
GUIDE = "guide"
# Those of the second row have no blank after them.
SENTENCE_ENDS = (". ", "? ", "! ", "… ", ": ", "។ ", "៕ ",
                 "。", "？", "！", "។")  # fmt: skip


@dataclass(frozen=True)
class Results:
    """`rows` of entries, best first; `loose` when none held every word and these hold only some of them.

    `query` is what was looked for: with `corrected`, words nobody uses here have given way to the nearest that are used.
    """

    query: str
    rows: list[Row]
    loose: bool = False
    corrected: bool = False

    @property
    def ids(self) -> list[int]:
        return [row[0] for row in self.rows]


def entries(*, language: str, **chosen: str) -> QuerySet[SearchEntry]:
    """Entries of one language, narrowed by facets (`cms.search.facets.narrow`); ordered by title."""
    return narrow(SearchEntry.objects.filter(language=language), chosen).order_by("title_folded", "pk")


def synonyms() -> dict[tuple[str, ...], list[str]]:
    """What is looked for of a word or phrase → its folded self, then others that mean the same."""

    def read():
        groups: dict[tuple[str, ...], list[str]] = {}
        for text in SearchSynonym.objects.values_list("words", flat=True):
            same = list(dict.fromkeys(filter(None, map(folded, text.splitlines()))))
            for phrase in same:
                group = groups.setdefault(tuple(words(phrase)), [phrase])
                group += [other for other in same if other not in group]
        return groups

    return kept("search-synonyms", read)


def search(query: str, found: QuerySet[SearchEntry]) -> Results:
    """Entries among `found` that match `query`, best first; all of them for an empty one."""
    typed = words(query)[:MAX_WORDS]
    if not typed:
        return Results(query, rows_of(found))
    results = _search(query, typed, found)
    if results.rows and not results.loose:
        return results
    better = [nearest(word) for word in typed]
    if better != typed and (again := _search(" ".join(better), better, found)).rows:
        return replace(again, corrected=True)
    return results


def matching(query: str, found: QuerySet[SearchEntry]) -> QuerySet[SearchEntry]:
    """Those of `found` that hold every word of `query`, or what means the same."""
    return _with_text(found).filter(*map(_any_of, _clauses(words(query)[:MAX_WORDS])))


def _with_text(found: QuerySet[SearchEntry]) -> QuerySet[SearchEntry]:
    """`found` with its folded texts at hand: each is fetched when it is looked at, which a join would do for all."""
    text = SearchText.objects.filter(entry=OuterRef("pk"))
    return found.alias(told=Subquery(text.values("folded")[:1]))


def _search(query: str, typed: list[str], found: QuerySet[SearchEntry]) -> Results:
    clauses = _clauses(typed)
    found = _with_text(found)
    rank = _rank(query, clauses)
    ranked = found.filter(*map(_any_of, clauses)).annotate(rank=rank).order_by("-rank", "title_folded", "pk")
    rows = [(points, row) for points, *row in ranked.values_list("rank", "pk", *FACTS)]
    if rows or len(clauses) == 1:
        return Results(query, _by_their_texts(query, clauses, rows))
    hits = sum((Case(When(_any_of(one), then=Value(1)), default=Value(0)) for one in clauses), start=Value(0))
    some = found.annotate(hits=hits, rank=rank).filter(hits__gte=max(1, (len(clauses) + 1) // 2))
    return Results(query, rows_of(some.order_by("-hits", "-rank", "title_folded", "pk")[:MOST_LOOSE]), loose=True)


def _by_their_texts(query: str, clauses: list[list[str]], rows: list[tuple[int, list]]) -> list[Row]:
    """The rows with the best titles once more, by what their texts say; the others stay as they are."""
    best, others = rows[:RANKED_BY_TEXT], rows[RANKED_BY_TEXT:]
    if len(best) > 1 and (points := _points_of_text(query, clauses)):
        texts = SearchText.objects.filter(pk__in=[row[0] for _points, row in best])
        more = dict(texts.alias(opening=Left("folded", OPENING)).values_list("pk", points))
        best.sort(key=lambda one: -one[0] - more.get(one[1][0], 0))
    return [tuple(row) for _points, row in [*best, *others]]


def vocabulary() -> dict[str, int]:
    """Every folded word of what is published → in how many entries it stands."""

    def read():
        counted: Counter[str] = Counter()
        for text in SearchEntry.objects.values_list("words", flat=True):
            counted.update(text.split())
        counted.update(word for phrase in synonyms() for word in phrase)
        return dict(counted)

    return kept("vocabulary", read)


def nearest(word: str) -> str:
    """The word most likely meant by one that begins no word of the vocabulary: a letter wrong, missing or too many, or
    two changed about («vnied»). Short words are left alone: in Vietnamese every one of them is some word.
    """
    known = vocabulary()
    if len(word) < 4 or not word.isascii() or any(other.startswith(word) for other in known):
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
    shown = SearchEntry.objects.select_related("long").defer("words", "long__exact", "long__folded")
    found = shown.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def snippet(entry: SearchEntry, query: str) -> SafeString:
    """The piece of the text in which the most words of the query stand, from the beginning of a sentence where one is
    near, with those words marked.
    """
    text = entry.long.text or entry.summary
    spans = _spans(text, query)
    places = [start for start, _end in spans]
    if not places:
        return mark_safe(escape(entry.summary or _cut(text, 0)[0]))
    best = max(places, key=lambda start: sum(start <= place < start + SNIPPET for place in places))
    begin = _beginning(text, best)
    piece, begin = _cut(text, begin)
    marked = _marked(piece, [(start - begin, end - begin) for start, end in spans])
    before = "" if begin == 0 or text[:begin].endswith(SENTENCE_ENDS) else "… "
    is_whole = begin + len(piece) >= len(text) or piece.endswith(SENTENCE_ENDS) or f"{piece} ".endswith(SENTENCE_ENDS)
    after = "" if is_whole else "…"
    return mark_safe(f"{before}{marked}{after}")


def _beginning(text: str, place: int) -> int:
    """Where to begin to read about `place`: its sentence, or a word shortly before when the sentence is long."""
    ends = [at + len(end) for end in SENTENCE_ENDS if (at := text.rfind(end, max(0, place - 120), place)) != -1]
    if ends:
        return max(ends)
    if place < 120:
        return 0
    blank = text.find(" ", place - 40, place)
    return blank + 1 if blank != -1 else place - 20


def marked_title(entry: SearchEntry, query: str) -> SafeString:
    return _marked(entry.title, _spans(entry.title, query))


def _clauses(typed: list[str]) -> list[list[str]]:
    """The query as a list of things each of which must be there, every one with what may stand in for it."""
    known = synonyms()
    clauses, at = [], 0
    while at < len(typed):
        for length in range(min(MAX_PHRASE, len(typed) - at), 0, -1):
            phrase = tuple(typed[at : at + length])
            if length == 1 or phrase in known:
                clauses.append(known.get(phrase) or [typed[at]])
                at += length
                break
    return clauses


def _any_of(alternatives: list[str]) -> Q:
    """What was typed is there word by word; what stands in for it as a phrase, for its words mean nothing apart."""
    typed, *others = alternatives
    found = _all_words(typed)
    for phrase in others:
        if any(f" {other} " in f" {phrase} " for other in alternatives if other != phrase):
            continue  # «thẻ căn cước» is found where «căn cước» is
        together = _all_words(phrase)
        if len(words(phrase)) > 1:
            together &= Q(title_folded__contains=phrase) | Q(told__contains=phrase)
        found |= together
    return found


def _all_words(phrase: str) -> Q:
    return reduce(and_, (Q(words__contains=f" {piece}") for piece in words(phrase)))


def _rank(query: str, clauses: list[list[str]]) -> Combinable:
    """Points for what the titles say."""
    phrase = folded(query)
    # How something is done comes before what else is told of it.
    conditions = [(40, Q(title_folded__contains=phrase)), (20, Q(title_folded=phrase)), (5, Q(format=GUIDE))]
    if has_accents(query):
        conditions.append((60, Q(title_exact__contains=exact(query))))
    for alternatives in clauses:
        conditions += [(4, Q(title_folded__contains=word)) for word in alternatives[0].split()]
        if len(alternatives) > 1:
            # Who types a short form means the page that has the whole word in its title.
            conditions.append((12, _one_of("title_folded", alternatives)))
    return _sum(conditions)


def _points_of_text(query: str, clauses: list[list[str]]) -> Combinable | None:
    """Points for what the texts say; None where they tell nothing apart: a single word stands in all that were found."""
    phrase = folded(query)
    conditions = [(6, Q(folded__contains=phrase))] if " " in phrase else []
    if has_accents(query):
        conditions.append((9, Q(exact__contains=exact(query))))
    conditions += [(5, _one_of("opening", alternatives)) for alternatives in clauses if len(alternatives) > 1]
    return _sum(conditions) if conditions else None


def _one_of(column: str, phrases: list[str]) -> Q:
    return reduce(or_, (Q(**{f"{column}__contains": phrase}) for phrase in phrases))


def _sum(conditions: list[tuple[int, Q]]) -> Combinable:
    return sum((Case(When(asked, then=Value(worth)), default=Value(0)) for worth, asked in conditions), start=Value(0))


def _spans(text: str, query: str) -> list[tuple[int, int]]:
    """Where `text` says what was looked for, in order and apart from each other: the whole phrase where it stands, else
    its words; as they were typed where they stand so («cần» is not what «căn cước» asks for), else without accents.
    """
    plain, lower = same_length_fold(text), text.lower()
    typed, as_typed = folded(query).split()[:MAX_WORDS], WORD.findall(exact(query))[:MAX_WORDS]
    same = [other for clause in _clauses(words(query)[:MAX_WORDS]) if len(clause) > 1 for other in clause[1:]]
    spans = _apart(_either(plain, " ".join(typed), lower, " ".join(as_typed)), [])
    if not spans:
        for word, typed_word in zip(typed, as_typed, strict=False):
            places = _either(plain, word, lower, typed_word) or _joined(_pieces(plain, word))
            spans = _apart(places, spans)
    for phrase in sorted(same, key=len, reverse=True):
        spans = _apart(_places(plain, phrase), spans)
    return sorted(spans)


def _pieces(plain: str, word: str) -> list[tuple[int, int]]:
    """Where the pairs of letters of a word stand whose script sets no blanks."""
    pieces = words(word)
    return sorted(place for piece in pieces for place in _places(plain, piece)) if len(pieces) > 1 else []


def _joined(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places that touch or overlap made one."""
    found: list[tuple[int, int]] = []
    for start, end in places:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


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
    """Where words of `plain` are `word`, or begin with it when it is long enough to say something: whole words.

    Where a script sets no blanks a word may begin and end anywhere.
    """
    anywhere = is_blankless(word[0])
    at = plain.find(word)
    while at != -1:
        end = at + len(word)
        if anywhere:
            yield at, end
        elif at == 0 or not plain[at - 1].isalnum():
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
