"""Where people are helped, commune by commune. A point of a unit that was merged stands under what followed it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import timezone

from cms.text.folding import fold
from cms.vocabulary.hours import Standing, Stretch, hours_in_words, standing_at, standing_in_words
from cms.vocabulary.models import HelpPoint, OpeningHours
from schools.models import FormerName, Unit, UnitSuccession

# The first is nearest to what most people come for.
KINDS = list(HelpPoint.Kind.values)
PHONE_SIGNS = "+0123456789"


class Commune(NamedTuple):
    """A unit of today. `words`: its name, its former ones and those of the units it came from, folded."""

    code: str
    name: str
    words: str
    points: int
    # Codes of the units it lies in, the nearest first: what serves them serves it too.
    above: tuple[str, ...]
    # Those other names as they are written.
    once: tuple[str, ...] = ()


class Entry(NamedTuple):
    """A point under one of the communes it serves."""

    commune: str
    point: int
    words: str
    hours: tuple[Stretch, ...] = ()


class Places(NamedTuple):
    """Everything a search needs, as plain data that may be kept until it changes. Communes by name."""

    communes: dict[str, Commune]
    entries: tuple[Entry, ...]


def any_points() -> bool:
    """Whether there is anywhere to send people to."""
    return HelpPoint.objects.open_on().exists()


def places(day: date | None = None) -> Places:
    """All communes of `day` (today by default) and the points that serve them. Five statements."""
    day = day or timezone.localdate()
    units = {unit.pk: unit for unit in Unit.objects.exclude(kind=Unit.Kind.FORMER_DISTRICT).order_by("path")}
    after, before = defaultdict(list), defaultdict(list)
    for earlier, later in UnitSuccession.objects.values_list("predecessor_id", "successor_id"):
        after[earlier].append(later)
        before[later].append(earlier)
    former = defaultdict(list)
    for unit_id, name in FormerName.objects.exclude(unit=None).values_list("unit_id", "name"):
        former[unit_id].append(name)

    def is_of_today(unit: Unit) -> bool:
        return (unit.valid_from is None or unit.valid_from <= day) and (unit.valid_to is None or unit.valid_to >= day)

    def walked(pk: int, ways: dict[int, list[int]], seen: frozenset[int] = frozenset()) -> set[int]:
        found = {pk} & units.keys()
        for other in ways.get(pk, []):
            if other not in seen:
                found |= walked(other, ways, seen | {pk})
        return found

    def names_of(unit: Unit) -> list[str]:
        names = [name for pk in walked(unit.pk, before) for name in [units[pk].name, *former[pk]]]
        return list(dict.fromkeys([unit.name, *sorted(names)]))

    today = {pk: unit for pk, unit in units.items() if is_of_today(unit)}
    names_of_today = {pk: names_of(unit) for pk, unit in today.items()}
    words = {pk: " ".join(dict.fromkeys(map(fold, names))) for pk, names in names_of_today.items()}
    hours = defaultdict(list)
    for point, *stretch in OpeningHours.objects.values_list("point_id", "weekday", "opens", "closes"):
        hours[point].append(Stretch(*stretch))
    rows: list[tuple[tuple, Entry]] = []
    counts: dict[int, int] = defaultdict(int)
    points = HelpPoint.objects.open_on(day).values_list("pk", "kind", "name_folded", "address", "unit_id")
    for point, kind, name, address, unit_id in points:
        for pk in walked(unit_id, after) & today.keys():
            counts[pk] += 1
            unit = today[pk]
            label = fold(str(HelpPoint.Kind(kind).label))
            entry = Entry(unit.code, point, f"{name} {fold(address)} {label} {words[pk]}", tuple(hours[point]))
            rows.append(((unit.name_folded, unit.code, KINDS.index(kind), name), entry))
    by_path = {unit.path: unit for unit in today.values()}
    communes = {
        unit.code: Commune(
            code=unit.code,
            name=unit.name,
            words=words[unit.pk],
            points=counts[unit.pk],
            above=_above(unit, by_path),
            once=tuple(names_of_today[unit.pk][1:]),
        )
        for unit in sorted(today.values(), key=lambda unit: (unit.name_folded, unit.code))
    }
    return Places(communes, tuple(entry for _place, entry in sorted(rows)))


def _above(unit: Unit, by_path: dict[str, Unit]) -> tuple[str, ...]:
    ends = range(len(unit.path) - Unit.steplen, 0, -Unit.steplen)
    return tuple(by_path[unit.path[:end]].code for end in ends if unit.path[:end] in by_path)


def _has(words: str, wanted: Iterable[str]) -> bool:
    """Whether each wanted word begins a word: «song» finds «Sông Trong», «ong» does not."""
    padded = f" {words}"
    return all(f" {word}" in padded for word in wanted)


def find_places(known: Places, text: str) -> tuple[list[Entry], list[Commune]]:
    """Points that hold all words of `text`, without regard to accents, and communes so called that have none of their
    own."""
    wanted = fold(text).split()
    if not wanted:
        return [], []
    entries = [entry for entry in known.entries if _has(entry.words, wanted)]
    lonely = [one for one in known.communes.values() if not one.points and _has(one.words, wanted)]
    return entries, lonely


def places_of(known: Places, code: str) -> tuple[list[Entry], list[Entry]]:
    """The points of the commune `code`, and those of the units it lies in."""
    above = known.communes[code].above
    own = [entry for entry in known.entries if entry.commune == code]
    return own, [entry for unit in above for entry in known.entries if entry.commune == unit]


def open_at(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """Those that are open at `now`, a moment in local time. Of whom no hours are known, nobody can say so."""
    return [entry for entry in entries if (one := standing_at(entry.hours, now)) is not None and one.is_open]


def next_change(entries: Iterable[Entry], now: datetime) -> datetime | None:
    """When the first of them opens or closes: until then, what is said of `now` holds."""
    found = [standing_at(entry.hours, now) for entry in entries]
    return min((one.until for one in found if one is not None and one.until is not None), default=None)


def points_shown(pks: Iterable[int], now: datetime | None = None) -> dict[int, dict[str, Any]]:
    """What a page or the assistant tells of these points, in the language of now. Three statements, however many.

    With `now`, a moment in local time, also whether they are open.
    """
    found = HelpPoint.objects.prefetch_related("opening", "languages").in_bulk(list(set(pks)))
    return {pk: shown(point) | _standing(point.stretches, now) for pk, point in found.items()}


def _standing(stretches: list[Stretch], now: datetime | None) -> dict[str, Any]:
    standing: Standing | None = standing_at(stretches, now) if now else None
    if standing is None or now is None:
        return {}
    return {"is_open": standing.is_open, "until": standing.until, "standing": standing_in_words(standing, now)}


def shown(point: HelpPoint) -> dict[str, Any]:
    """Plain data: what a page tells of one point."""
    return {
        "key": str(point.uuid),
        "kind": point.kind,
        "kind_name": point.get_kind_display(),
        "name": point.name,
        "address": point.address,
        "directions": point.directions,
        "phones": phones_of(point.phone),
        "hours": hours_in_words(point.stretches),
        "hours_note": point.hours_note,
        "languages": [
            {"tag": one.tag, "name": one.autonym, "direction": one.direction} for one in point.languages.all()
        ],
        "access": point.access_words,
        "access_note": point.access_note,
        "checked_on": point.checked_on,
        "review_by": point.review_by,
        "stale": point.is_stale,
    }


def phones_of(text: str) -> list[dict[str, str]]:
    """The numbers written in `text`, each as it is shown and as a telephone dials it."""
    found = []
    for part in text.replace(";", ",").replace("/", ",").split(","):
        dialled = "".join(sign for sign in part if sign in PHONE_SIGNS)
        if dialled:
            found.append({"shown": part.strip(), "dialled": dialled})
    return found


def stale_points(day: date | None = None) -> list[HelpPoint]:
    """Those past their review date, the longest first."""
    return list(HelpPoint.objects.stale(day).select_related("unit").order_by("review_by", "pk"))
