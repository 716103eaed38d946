"""The diff between a class list and what the school has: decided here, shown by the preview, written by the commit."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import cast

from cms.text.folding import compare_key, fold
from schools.models import Membership, School, SchoolClass, SchoolIdentifier, SchoolYear
from schools.rosters.reasons import reason
from schools.rosters.records import ReadFile, Row


class Kind(StrEnum):
    """What an import does with a pupil; one who is both moved and changed counts in both."""

    CREATED = "created"
    CHANGED = "changed"
    MOVED = "moved"
    LEFT = "left"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Place:
    """An open membership of this school year."""

    membership: int
    class_id: int
    class_name: str
    starts_on: date
    is_guest: bool


@dataclass(slots=True)
class Known:
    """A pupil the school has, as one light row."""

    user_id: int
    code: str
    full_name: str
    birth_date: date | None
    gender: str
    place: Place | None = None
    former: list[tuple[int, date]] = field(default_factory=list)
    """Open memberships of other school years: (id, first day)."""


@dataclass(slots=True)
class Entry:
    """One pupil of the diff. `row` is None for a pupil whom a complete list does not name any more."""

    kinds: tuple[Kind, ...]
    row: Row | None
    known: Known | None = None
    class_key: str = ""
    changes: dict[str, tuple] = field(default_factory=dict)
    """Field → (value now, value in the file)."""
    code_in_file: str = ""
    """The code as the file has it where only leading zeros differ."""

    @property
    def line(self) -> Row:
        """The row of an entry that has one."""
        return cast(Row, self.row)

    @property
    def pupil(self) -> Known:
        """The pupil of an entry about somebody the school has."""
        return cast(Known, self.known)

    @property
    def name(self) -> str:
        return self.row.full_name if self.row and self.row.full_name else self.known.full_name if self.known else ""

    @property
    def code(self) -> str:
        return self.known.code if self.known else self.row.code if self.row else ""


@dataclass(slots=True)
class Plan:
    """A whole diff. `rejected` are the rows with their reasons; `new_classes` name and grade by class key."""

    entries: list[Entry]
    rejected: list[Row]
    new_classes: dict[str, tuple[str, int]]
    class_ids: dict[str, int]
    zeros_lost: int = 0

    def counts(self) -> dict[str, int]:
        counter = Counter(kind for entry in self.entries for kind in entry.kinds)
        return {str(kind): counter[kind] for kind in Kind}

    @property
    def is_empty(self) -> bool:
        """True when committing would write nothing."""
        return all(entry.kinds == (Kind.UNCHANGED,) for entry in self.entries)

    @property
    def accepts_any(self) -> bool:
        return bool(self.entries)


def class_key(name: str) -> str:
    """Under what two class names are one class: `10 a1`, `10A1`."""
    return fold(name).replace(" ", "")


def grade_of(name: str, school: School) -> int | None:
    """The grade of the school a class name begins with: 10 for `10A1`, `10.2` and `1012`, None for `Mười A1`."""
    digits = ""
    for char in name:
        if not char.isascii() or not char.isdigit():
            break
        digits += char
    for length in (2, 1):
        if len(digits) >= length and (grade := int(digits[:length])) in range(1, 13) and school.has_grade(grade):
            return grade
    return None


def plan_import(*, school: School, school_year: SchoolYear, read: ReadFile, complete: bool = False) -> Plan:
    """Compare a file that was read with the school and return the diff; nothing is written.

    With `complete`, pupils of this school year whom the file does not name have left. Reads three queries whatever the
    size of the school. The rows of `read` are marked with further reasons.
    """
    known, by_code, by_stripped = _known_pupils(school, school_year)
    class_ids = {
        class_key(name): pk
        for pk, name in SchoolClass.objects.filter(school=school, school_year=school_year).values_list("pk", "name")
    }
    plan = Plan([], [], {}, class_ids)
    matched: dict[int, Known | None] = {}
    groups: dict[object, list[Row]] = defaultdict(list)
    for place, row in enumerate(read.rows):
        if not row.code:
            groups["no code", place].append(row)
            continue
        pupil = _match(row, known, by_code, by_stripped)
        matched[id(row)] = pupil
        groups[("pupil", pupil.user_id) if pupil else ("code", _stripped(row.code))].append(row)
    spellings = _spellings(read.rows)
    named: set[int] = set()
    unnamed_rows: set[str] = set()
    for rows in groups.values():
        row = _one_of(rows)
        for one in rows:
            pupil = matched.get(id(one))
            if pupil is not None:
                named.add(pupil.user_id)
            elif one.reasons and one.full_name:
                unnamed_rows.add(compare_key(one.full_name))
        if row is None:
            plan.rejected.extend(rows)
            continue
        pupil = matched.get(id(row))
        _settle_partial_date(row, pupil)
        entry = None if row.reasons else _entry(row, pupil, school, plan, spellings)
        if entry is None:
            plan.rejected.append(row)
        else:
            plan.entries.append(entry)
            plan.zeros_lost += bool(entry.code_in_file)
    if complete:
        plan.entries.extend(
            Entry((Kind.LEFT,), None, pupil)
            for pupil in known.values()
            if pupil.place
            and not pupil.place.is_guest
            and pupil.user_id not in named
            and compare_key(pupil.full_name) not in unnamed_rows
        )
    used = {entry.class_key for entry in plan.entries}
    plan.new_classes = {key: named for key, named in plan.new_classes.items() if key in used}
    plan.rejected.sort(key=_position(read))
    return plan


def _position(read: ReadFile) -> Callable[[Row], tuple[int, int]]:
    sheets = {sheet.title: place for place, sheet in enumerate(read.sheets)}
    return lambda row: (sheets.get(row.sheet, 0), row.number)


def _stripped(code: str) -> str:
    return SchoolIdentifier.strip_code(code) or code


def _exact(code: str) -> str:
    return "".join(code.upper().split())


def _known_pupils(
    school: School, school_year: SchoolYear
) -> tuple[dict[int, Known], dict[str, int], dict[str, set[int]]]:
    known: dict[int, Known] = {}
    by_code: dict[str, int] = {}
    by_stripped: dict[str, set[int]] = defaultdict(set)
    identifiers = SchoolIdentifier.objects.filter(school=school, valid_to=None).values_list(
        "user_id",
        "code",
        "code_stripped",
        "user__person__full_name",
        "user__person__birth_date",
        "user__person__gender",
    )
    for user_id, code, stripped, full_name, birth_date, gender in identifiers.iterator(chunk_size=5_000):
        known.setdefault(user_id, Known(user_id, code, full_name or "", birth_date, gender or ""))
        by_code[_exact(code)] = user_id
        by_stripped[stripped or code].add(user_id)
    memberships = Membership.objects.filter(school_class__school=school, ends_on=None).values_list(
        "pk",
        "user_id",
        "school_class_id",
        "school_class__name",
        "school_class__school_year_id",
        "starts_on",
        "is_guest",
    )
    for pk, user_id, class_id, class_name, year_id, starts_on, is_guest in memberships.iterator(chunk_size=5_000):
        pupil = known.get(user_id)
        if pupil is None:
            continue
        if year_id == school_year.pk:
            pupil.place = Place(pk, class_id, class_name, starts_on, is_guest)
        elif starts_on < school_year.ends_on:
            pupil.former.append((pk, starts_on))
    return known, by_code, by_stripped


def _match(row: Row, known: dict, by_code: dict, by_stripped: dict) -> Known | None:
    """The pupil a row's code means: exactly, or apart from leading zeros when only one pupil fits."""
    if (user_id := by_code.get(_exact(row.code))) is not None:
        return known[user_id]
    candidates = by_stripped.get(_stripped(row.code), set())
    if len(candidates) > 1:
        row.reasons.append(reason("several_codes_match", value=row.code))
        return None
    for user_id in candidates:
        pupil = known[user_id]
        other_name = row.full_name and compare_key(row.full_name) != compare_key(pupil.full_name)
        same_date = pupil.birth_date and (
            row.birth_date == pupil.birth_date
            or (row.partial_birth_date and row.partial_birth_date.fits(pupil.birth_date))
        )
        if other_name and not same_date:
            row.reasons.append(reason("other_pupil_has_code", value=row.code))
            return None
        return pupil
    return None


def _one_of(rows: list[Row]) -> Row | None:
    """The row that stands for all rows of one code, or None when they contradict one another."""
    if len(rows) == 1:
        return rows[0]
    names = {compare_key(row.full_name) for row in rows if row.full_name}
    dates = {row.birth_date or row.partial_birth_date for row in rows} - {None}
    numbers = ", ".join(_place(row, rows) for row in rows)
    if len(names) > 1 or len(dates) > 1 or any(row.reasons and not row.partial_birth_date for row in rows):
        for row in rows:
            row.reasons.append(reason("duplicate_code", value=row.code, rows=numbers))
        return None
    if len({class_key(row.class_name) for row in rows if row.class_name and not row.has_left}) > 1:
        for row in rows:
            row.reasons.append(reason("duplicate_in_classes", value=row.code, rows=numbers))
        return None
    # The fullest row speaks; among equals the longest code, whose zeros are still there.
    return max(
        rows, key=lambda r: (not r.has_left, bool(r.birth_date), bool(r.class_name), bool(r.gender), len(r.code))
    )


def _place(row: Row, rows: list[Row]) -> str:
    return f"{row.sheet}!{row.number}" if len({one.sheet for one in rows}) > 1 else str(row.number)


def _settle_partial_date(row: Row, pupil: Known | None) -> None:
    """A date without a century says nothing new about a pupil whose date of birth agrees with all it does say."""
    if row.partial_birth_date and pupil and row.partial_birth_date.fits(pupil.birth_date):
        row.reasons = [one for one in row.reasons if one.code != "ambiguous_year"]


def _spellings(rows: list[Row]) -> dict[str, str]:
    """The commonest way each class is written, so that one `10a2` among many `10A2` does not name the class."""
    counted: dict[str, Counter] = defaultdict(Counter)
    for row in rows:
        if row.class_name:
            counted[class_key(row.class_name)][row.class_name] += 1
    return {key: max(names, key=lambda n: (names[n], n.isupper(), n)) for key, names in counted.items()}


def _entry(row: Row, pupil: Known | None, school: School, plan: Plan, spellings: dict[str, str]) -> Entry | None:
    zeros = row.code if pupil and _exact(row.code) != _exact(pupil.code) else ""
    if row.has_left:
        kind = Kind.LEFT if pupil and pupil.place else Kind.UNCHANGED
        return Entry((kind,), row, pupil, code_in_file=zeros)
    key = ""
    if row.class_name:
        key = class_key(row.class_name)
        if key not in plan.class_ids and key not in plan.new_classes:
            grade = grade_of(row.class_name, school)
            if grade is None:
                row.reasons.append(reason("unknown_class", value=row.class_name))
                return None
            plan.new_classes[key] = spellings[key], grade
    if pupil is None:
        if not row.full_name:
            row.reasons.append(reason("name_needed"))
        if not key:
            row.reasons.append(reason("class_needed"))
        return None if row.reasons else Entry((Kind.CREATED,), row, class_key=key)
    changes: dict[str, tuple] = {}
    if row.full_name and compare_key(row.full_name) != compare_key(pupil.full_name):
        changes["full_name"] = pupil.full_name, row.full_name
    if row.birth_date and row.birth_date != pupil.birth_date:
        changes["birth_date"] = pupil.birth_date, row.birth_date
    if row.gender and row.gender != pupil.gender:
        changes["gender"] = pupil.gender, row.gender
    kinds = [Kind.CHANGED] if changes else []
    if key and (pupil.place is None or plan.class_ids.get(key) != pupil.place.class_id):
        kinds.append(Kind.MOVED)
    if not kinds:
        key = ""
    return Entry(tuple(kinds) or (Kind.UNCHANGED,), row, pupil, class_key=key, changes=changes, code_in_file=zeros)
