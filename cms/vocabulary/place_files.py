"""Help points from the table a commune keeps: found by its headings, checked row by row, the same again changes nothing."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.text.folding import fold, normalize
from cms.vocabulary.hours import Stretch, UnclearHours, read_hours
from cms.vocabulary.models import ContentLanguage, HelpPoint
from cms.vocabulary.operations import set_hours
from schools.models import FormerName, Unit, UnitSuccession
from schools.rosters.tables import UnreadableFile, read_tables
from schools.rosters.values import examine_date, text_of

# Columns by what their heading begins with, folded.
COLUMNS = {
    "unit": ("ten xa", "ten phuong", "xa", "phuong", "don vi", "commune"),
    "kind": ("loai", "kind"),
    "name": ("ten", "name"),
    "address": ("dia chi", "address"),
    "directions": ("cach tim", "chi duong", "how to find"),
    "phone": ("dien thoai", "sdt", "telephone", "phone"),
    "hours": ("gio", "hours", "opening"),
    "languages": ("ngon ngu", "languages"),
    "checked_on": ("ngay kiem tra", "kiem tra ngay", "checked"),
    "review_by": ("kiem tra lai", "han kiem tra", "review"),
}
NEEDED = ("unit", "name", "address")
KINDS = {
    HelpPoint.Kind.POST: ("buu dien", "buu cuc", "post"),
    HelpPoint.Kind.TEAM: ("to cong nghe", "to cnscd", "community"),
    HelpPoint.Kind.ONE_STOP: ("mot cua", "hanh chinh cong", "one-stop"),
}
LOOKED_FOR_HEADINGS = 20
MOST_ROWS = 5000
# Where a file says no day: what was written down today is good for half a year.
GOOD_FOR_DAYS = 182


@dataclass
class ImportedPoints:
    """What a file did, or would do. `rejected`: {"row", "reason"}."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)


class WrongRow(Exception):
    """Why a row is not taken, in words."""


@transaction.atomic
def import_points(*, raw: bytes, dry_run: bool = False) -> ImportedPoints:
    """Take every table of `raw` (.xlsx or text) whose headings are known. A wrong row is left out and named; the rest is
    written at once, with `dry_run` nothing. Raises UnreadableFile."""
    found = ImportedPoints()
    units, languages = _units(), _languages()
    tables = [
        (sheet, header) for sheet in read_tables(raw, max_rows=MOST_ROWS).sheets if (header := _header(sheet.rows))
    ]
    if not tables:
        raise UnreadableFile(_("No row with the headings was found: commune, name and address at least."))
    for sheet, (start, columns) in tables:
        for number, cells in sheet.rows:
            if number <= start:
                continue
            row = {name: cells[place] if place < len(cells) else None for name, place in columns.items()}
            if not any(text_of(value).strip() for value in row.values()):
                continue
            try:
                with transaction.atomic():
                    outcome = _take(row, units, languages)
            except WrongRow as wrong:
                found.rejected.append({"row": number, "reason": str(wrong)})
            else:
                setattr(found, outcome, getattr(found, outcome) + 1)
    if dry_run:
        transaction.set_rollback(True)
    return found


def _header(rows: list[tuple[int, list]]) -> tuple[int, dict[str, int]] | None:
    for number, cells in rows[:LOOKED_FOR_HEADINGS]:
        columns: dict[str, int] = {}
        for place, cell in enumerate(cells):
            heading = fold(text_of(cell))
            for name, beginnings in COLUMNS.items():
                if name not in columns and heading.startswith(beginnings):
                    columns[name] = place
                    break
        if all(name in columns for name in NEEDED):
            return number, columns
    return None


def _units() -> dict[str, list[Unit]]:
    """Units of today by what they are called: code, name, former names, and names of what went into them."""
    today = timezone.localdate()
    units = {unit.pk: unit for unit in Unit.objects.exclude(kind=Unit.Kind.FORMER_DISTRICT)}
    after = defaultdict(set)
    for earlier, later in UnitSuccession.objects.values_list("predecessor_id", "successor_id"):
        after[earlier].add(later)
    called: dict[str, list[Unit]] = defaultdict(list)
    names = [(pk, name) for pk, unit in units.items() for name in (unit.name, unit.code)]
    names += FormerName.objects.filter(unit__in=units).values_list("unit_id", "name")
    for pk, name in names:
        unit = units[pk]
        ended = unit.valid_to is not None and unit.valid_to < today
        for one in [units[later] for later in after[pk] if later in units] if ended else [unit]:
            if one not in called[fold(name)]:
                called[fold(name)].append(one)
    return called


def _languages() -> dict[str, ContentLanguage]:
    return {
        fold(name): row
        for row in ContentLanguage.objects.all()
        for name in (row.tag, row.autonym, row.name_vi, row.name_en)
    }


def _take(row: dict[str, Any], units: dict[str, list[Unit]], languages: dict[str, ContentLanguage]) -> str:
    text = {name: normalize(text_of(row.get(name))) for name in COLUMNS}
    for name in NEEDED:
        if not text[name]:
            raise WrongRow(_("Commune, name and address must be there."))
    places = units.get(fold(text["unit"]), [])
    if len(places) != 1:
        known = (
            _("There is no commune called “%(name)s”.")
            if not places
            else _("Several communes are called “%(name)s”: write the code.")
        )
        raise WrongRow(known % {"name": text["unit"]})
    checked = _day(row.get("checked_on")) or timezone.localdate()
    review = _day(row.get("review_by")) or date.fromordinal(checked.toordinal() + GOOD_FOR_DAYS)
    try:
        stretches = read_hours(text["hours"])
    except UnclearHours as unclear:
        raise WrongRow(str(unclear)) from unclear
    spoken = _spoken(text["languages"], languages)
    values = {name: text[name] for name in ("name", "address", "directions", "phone")} | {
        "checked_on": checked,
        "review_by": review,
    }
    kind = _kind(text["kind"] or text["name"])
    point = HelpPoint.objects.filter(unit=places[0], kind=kind, name_folded=fold(text["name"])[:160]).first()
    if point is not None and _same(point, values, stretches, spoken):
        return "unchanged"
    outcome = "created" if point is None else "changed"
    point = point or HelpPoint(unit=places[0], kind=kind)
    for name, value in values.items():
        setattr(point, name, value)
    try:
        point.full_clean()
    except ValidationError as error:
        raise WrongRow(" ".join(error.messages)) from error
    point.save()
    point.languages.set(spoken)
    set_hours(point=point, stretches=stretches)
    return outcome


def _same(point: HelpPoint, values: dict[str, Any], stretches: list[Stretch], spoken: list[ContentLanguage]) -> bool:
    return (
        all(getattr(point, name) == value for name, value in values.items())
        and point.stretches == stretches
        and set(point.languages.all()) == set(spoken)
    )


def _kind(text: str) -> str:
    plain = fold(text)
    found = next((kind for kind, words in KINDS.items() if any(word in plain for word in words)), HelpPoint.Kind.OTHER)
    return str(found)


def _day(value) -> date | None:
    """The day of a cell; None for an empty one. Raises WrongRow."""
    cell = examine_date(value)
    if cell.is_blank:
        return None
    try:
        if not (cell.is_bad or cell.only_year or cell.lacks_century):
            return date(cell.year, cell.second, cell.first)
    except ValueError:
        pass
    raise WrongRow(_("“%(text)s” is no date. Write it like this: 26/11/2026.") % {"text": cell.text})


def _spoken(text: str, languages: dict[str, ContentLanguage]) -> list[ContentLanguage]:
    names = [name for part in text.replace(";", ",").split(",") if (name := fold(part))]
    if unknown := [name for name in names if name not in languages]:
        raise WrongRow(_("Not in the table of languages: %(names)s.") % {"names": ", ".join(unknown)})
    return list(dict.fromkeys(languages[name] for name in names))
