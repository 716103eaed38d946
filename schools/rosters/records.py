"""What reading a list yields: rows, how its sheets were understood, what to ask."""

from dataclasses import dataclass, field
from datetime import date

from cms.text import legacy
from schools.rosters.columns import Field
from schools.rosters.reasons import Reason
from schools.rosters.values import Order, PartialDate


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided about a file that cannot be read in one way only."""

    century: int | None = None
    """1900 or 2000: for years written with one or two digits."""
    order: Order | None = None
    columns: dict[str, str] = field(default_factory=dict)
    """Field by folded header label; an empty field drops the column."""


@dataclass(slots=True)
class Row:
    """One pupil of the file. `None` or empty means that the file does not say; `reasons` are why it is refused."""

    sheet: str
    number: int
    fields: frozenset[Field]
    code: str = ""
    full_name: str = ""
    birth_date: date | None = None
    partial_birth_date: PartialDate | None = None
    """Set, with a reason, when the century is not written."""
    gender: str = ""
    class_name: str = ""
    school_code: str = ""
    """Of a list of many schools."""
    has_left: bool = False
    shown: dict[Field, str] = field(default_factory=dict)
    """The mapped cells as they stood, for the file of refused rows; kept for rows with reasons only."""
    reasons: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class StaffRow:
    """One member of staff of the file; class names are as written, without «Lớp»."""

    sheet: str
    number: int
    fields: frozenset[Field]
    full_name: str = ""
    username: str = ""
    subject: str = ""
    homeroom: list[str] = field(default_factory=list)
    taught: list[str] = field(default_factory=list)
    shown: dict[Field, str] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be asked about the file: its kind, how many rows wait for the answer, and a few of their texts."""

    kind: str
    rows: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappedSheet:
    """How one sheet was understood, for the preview. `ignored` are the headers whose cells were dropped."""

    title: str
    header_row: int
    columns: dict[Field, str]
    ignored: tuple[str, ...]
    class_name: str
    rows: int


@dataclass(slots=True)
class ReadFile:
    """A file as read: rows in order, how its sheets were understood, what to ask, what was converted."""

    rows: list
    sheets: list[MappedSheet] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    repairs: list[legacy.Repair] = field(default_factory=list)
    repaired_cells: int = 0
    warnings: list = field(default_factory=list)
