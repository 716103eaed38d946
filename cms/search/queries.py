"""Searching: what holds every word is found; what holds them as they were typed, and in its title, comes first."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_, or_
from string import ascii_lowercase, digits

from django.db.models import Case, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Left
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cms.models import SearchEntry, SearchText
from cms.search.facets import Counted, count, narrowed
from cms.search.folding import WORD, exact, folded, has_accents, same_length_fold, words
from cms.search.grams import is_blankless
from cms.search.shelf import Shelf, Synonyms, bits_of, places_in, shelf

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
class Entries:
    """Which entries are looked through: of one language, narrowed by facets; an empty code asks for nothing."""

    language: str
    chosen: Mapping[str, str] = field(default_factory=dict)
    # Lists of pages and home pages are none.
    materials: bool = False
    kind: str = ""

    def everywhere(self, known: Shelf) -> int:
        """The same in every language, not narrowed by facets."""
        bits = known.alive
        if self.materials:
            bits &= known.having("material", "True")
        return bits & known.having("kind", self.kind) if self.kind else bits


@dataclass(frozen=True)
class Results:
    """`ids` of entries, best first; `loose` when none held every word and these hold only some of them.

    `query` is what was looked for: with `corrected`, words nobody uses here have given way to the nearest that are used.
    `elsewhere`: other languages in which there is the same, narrowed by the same, and how often.
    """

    query: str
    ids: list[int]
    counted: Counted
    elsewhere: Mapping[str, int]
    same: Synonyms
    loose: bool = False
    corrected: bool = False


def entries(*, language: str, materials: bool = False, kind: str = "", **chosen: str) -> Entries:
    return Entries(language, chosen, materials, kind)


def search(query: str, among: Entries) -> Results:
    """Entries `among` which match `query`, best first; all of them by their titles for an empty one.

    Two statements: whether anything has changed, and what the texts of the best say (ADR 0105).
    """
    known = shelf()
    typed = words(query)[:MAX_WORDS]
    if not typed:
        return _results(known, _Match(query, [], known.alive, [], True), among)
    match = _match(known, query, typed, among)
    corrected = False
    if not match.is_here:
        better = [nearest(word, known) for word in typed]
        if better != typed:
            again = _match(known, " ".join(better), better, among)
            corrected = bool(again.is_here or again.near)
            match = again if corrected else match
    return replace(_results(known, match, among), corrected=corrected)


@dataclass(frozen=True)
class _Match:
    """`everywhere`: bits of what holds every word, in any language. `near`: where none of it `is_here`, places of what
    holds most of them, best first.
    """

    query: str
    clauses: list[list[str]]
    everywhere: int
    near: list[int]
    is_here: bool


def _match(known: Shelf, query: str, typed: list[str], among: Entries) -> _Match:
    clauses = _clauses(typed, known.synonyms)
    sets = [_any_of(one, known) for one in clauses]
    everywhere = reduce(and_, sets)
    here = among.everywhere(known) & known.having("language", among.language)
    is_here = bool(everywhere & here)
    near = [] if is_here or len(sets) == 1 else _near(known, query, clauses, [bits & here for bits in sets])
    return _Match(query, clauses, everywhere, near, is_here)


def _near(known: Shelf, query: str, clauses: list[list[str]], sets: list[int]) -> list[int]:
    held = Counter(place for bits in sets for place in places_in(bits))
    enough = [place for place, number in held.items() if number * 2 >= len(sets)]
    points = {
        place: worth
        for worth, bits in _by_points(known, query, clauses, bits_of(enough, max(enough, default=0)))
        for place in places_in(bits)
    }
    return sorted(enough, key=lambda place: (-held[place], -points[place], known.order[place]))[:MOST_LOOSE]


def _results(known: Shelf, match: _Match, among: Entries) -> Results:
    everywhere = match.everywhere & among.everywhere(known)
    here = bits_of(match.near, max(match.near)) if match.near else everywhere & known.having("language", among.language)
    kept, counted = count(known, here, among.chosen)
    if match.near:
        places = [place for place in match.near if kept >> place & 1]
    elif match.clauses:
        places = _ranked(known, match.query, match.clauses, kept)
    else:
        places = sorted(places_in(kept), key=known.order.__getitem__)
    same = narrowed(known, everywhere, among.chosen)
    languages = {code: (same & bits).bit_count() for code, bits in known.codes("language")}
    return Results(
        query=match.query,
        ids=[known.pks[place] for place in places],
        counted=counted,
        elsewhere={code: number for code, number in languages.items() if number and code != among.language},
        same=known.synonyms,
        loose=bool(match.near),
    )


def _ranked(known: Shelf, query: str, clauses: list[list[str]], found: int) -> list[int]:
    """The best first: by what the titles say, and those with the best titles once more by what their texts say."""
    points: dict[int, int] = {}
    ranked: list[int] = []
    for worth, bits in _by_points(known, query, clauses, found):
        alike = sorted(places_in(bits), key=known.order.__getitem__)
        if len(ranked) < RANKED_BY_TEXT:
            points.update(dict.fromkeys(alike, worth))
        ranked += alike
    best, others = ranked[:RANKED_BY_TEXT], ranked[RANKED_BY_TEXT:]
    if len(best) > 1 and (told := _points_of_text(query, clauses)):
        texts = SearchText.objects.filter(pk__in=[known.pks[place] for place in best])
        more = dict(texts.alias(opening=Left("folded", OPENING)).values_list("pk", told))
        best.sort(key=lambda place: -points[place] - more.get(known.pks[place], 0))
    return best + others


def nearest(word: str, known: Shelf) -> str:
    """The word most likely meant by one that begins none of what is published or said instead: a letter wrong, missing
    or too many, or two changed about («vnied»). Short words are left alone: in Vietnamese every one of them is some word.
    """
    said = {part for phrase in known.synonyms for part in phrase}
    if len(word) < 4 or not word.isascii() or any(one.startswith(word) for one in said):
        return word
    if known.with_word(word) & known.alive:
        return word
    close = {one: known.frequency(one) + (one in said) for one in _one_slip_away(word)}
    used = [one for one, number in close.items() if number]
    return min(used, key=lambda one: (sorted(one) != sorted(word), -close[one], one)) if used else word


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


def snippet(entry: SearchEntry, query: str, same: Synonyms) -> SafeString:
    """The piece of the text in which the most words of the query stand, from the beginning of a sentence where one is
    near, with those words marked. `same` is that of the results.
    """
    text = entry.long.text or entry.summary
    spans = _spans(text, query, same)
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


def marked_title(entry: SearchEntry, query: str, same: Synonyms) -> SafeString:
    return _marked(entry.title, _spans(entry.title, query, same))


def _clauses(typed: list[str], same: Synonyms) -> list[list[str]]:
    """The query as a list of things each of which must be there, every one with what may stand in for it."""
    clauses, at = [], 0
    while at < len(typed):
        for length in range(min(MAX_PHRASE, len(typed) - at), 0, -1):
            phrase = tuple(typed[at : at + length])
            if length == 1 or phrase in same:
                clauses.append(same.get(phrase) or [typed[at]])
                at += length
                break
    return clauses


def _any_of(alternatives: list[str], known: Shelf) -> int:
    """What was typed is there word by word; what stands in for it as a phrase, for its words mean nothing apart."""
    typed, *others = alternatives
    # «thẻ căn cước» is found where «căn cước» is.
    shortest = [one for one in others if not any(f" {two} " in f" {one} " for two in alternatives if two != one)]
    found = known.with_phrases(one for one in shortest if len(words(one)) > 1)
    return reduce(
        or_, (known.with_words(one) for one in shortest if len(words(one)) == 1), found | known.with_words(typed)
    )


def _by_points(known: Shelf, query: str, clauses: list[list[str]], found: int) -> list[tuple[int, int]]:
    """Points for what the titles say → the bits of those of `found` that have so many; the most first."""
    phrase = folded(query)
    in_title = known.with_title(phrase) & found
    alike = [place for place in places_in(in_title) if known.titles[place] == phrase]
    # How something is done comes before what else is told of it.
    told = [(40, in_title), (20, bits_of(alike, max(alike, default=0))), (5, known.having("format", GUIDE))]
    if has_accents(query):
        as_typed = exact(query)
        typed_so = [place for place in places_in(in_title) if as_typed in known.titles_exact[place]]
        told.append((60, bits_of(typed_so, max(typed_so, default=0))))
    for alternatives in clauses:
        told += [(4, known.with_title_word(word)) for word in words(alternatives[0])]
        if len(alternatives) > 1:
            # Who types a short form means the page that has the whole word in its title.
            told.append((12, reduce(or_, map(known.with_title, alternatives))))
    sets = {0: found}
    for worth, bits in told:
        grown: dict[int, int] = {}
        for points, those in sets.items():
            for total, part in ((points, those & ~bits), (points + worth, those & bits)):
                if part:
                    grown[total] = grown.get(total, 0) | part
        sets = grown
    return sorted(sets.items(), reverse=True)


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


def _spans(text: str, query: str, same: Synonyms) -> list[tuple[int, int]]:
    """Where `text` says what was looked for, in order and apart from each other: the whole phrase where it stands, else
    its words; as they were typed where they stand so («cần» is not what «căn cước» asks for), else without accents.
    """
    plain, lower = same_length_fold(text), text.lower()
    typed, as_typed = folded(query).split()[:MAX_WORDS], WORD.findall(exact(query))[:MAX_WORDS]
    instead = [other for clause in _clauses(words(query)[:MAX_WORDS], same) for other in clause[1:]]
    spans = _apart(_either(plain, " ".join(typed), lower, " ".join(as_typed)), [])
    if not spans:
        for word, typed_word in zip(typed, as_typed, strict=False):
            places = _either(plain, word, lower, typed_word) or _joined(_pieces(plain, word))
            spans = _apart(places, spans)
    for phrase in sorted(instead, key=len, reverse=True):
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
