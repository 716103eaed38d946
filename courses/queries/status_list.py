"""The list of who has not done it as it is read: one row of columns behind the screen, the print and the .xlsx."""

from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.models import Assignment
from courses.queries.status import DOING, DONE, LATE, TODO, Row, Status


class Column(NamedTuple):
    """A column by its name in code, its heading, and how many letters wide a spreadsheet makes it."""

    name: str
    heading: str
    width: int


class Cell(NamedTuple):
    """A value as it is typed into a spreadsheet, and as it is written on the screen."""

    column: Column
    value: object
    text: str


def columns(status: Status) -> list[Column]:
    """The columns in the order in which schools have them. Of a course, the score is the mean of its quizzes."""
    of_course = status.class_assignment.assignment.kind == Assignment.Kind.COURSE
    return [
        Column("number", _("No."), 6),
        Column("code", pgettext("class list", "Pupil code"), 14),
        Column("name", _("Full name"), 28),
        Column("born", _("Date of birth"), 12),
        Column("class", _("Class"), 8),
        Column("state", pgettext("class list", "State"), 22),
        Column("score", _("Mean of the quizzes /10") if of_course else _("Score /10"), 12),
        Column("attempts", _("Attempts"), 9),
        Column("taken", _("Time taken"), 11),
        Column("handed_in", _("Handed in"), 17),
        Column("last", _("Last activity"), 17),
        Column("note", _("Note"), 30),
    ]


def state_words() -> dict[str, str]:
    return {TODO: _("Not started"), DOING: _("Under way"), DONE: _("Done"), LATE: _("Overdue")}


def cells(status: Status, row: Row) -> list[Cell]:
    """One row of the list, a cell for each of `columns`."""
    score = "" if row.score is None else number_format(int(row.score) if row.score == int(row.score) else row.score)
    found = [
        (row.number, str(row.number or "")),
        (row.code, row.code),
        (row.name, row.name),
        _day(row.birth_date),
        (status.class_assignment.school_class.name,) * 2,
        (state_word(status, row),) * 2,
        (row.score, score),
        (row.attempts or None, str(row.attempts or "")),
        (duration(row.seconds),) * 2,
        _moment(row.submitted_at),
        _moment(row.last_at),
        (note_of(row),) * 2,
    ]
    return [Cell(column, *pair) for column, pair in zip(columns(status), found, strict=True)]


def _day(day: date | None) -> tuple[date | None, str]:
    return day, f"{day:%d/%m/%Y}" if day else ""


def _moment(moment: datetime | None) -> tuple[datetime | None, str]:
    """A spreadsheet knows no time zone and the list no seconds."""
    if moment is None:
        return None, ""
    local = timezone.localtime(moment).replace(tzinfo=None, second=0, microsecond=0)
    return local, f"{local:%d/%m/%Y %H:%M}"


def state_word(status: Status, row: Row) -> str:
    word = state_words()[row.state]
    if status.total_lessons > 1 and row.state != DONE and row.done:
        return _("%(state)s, %(done)s of %(total)s lessons") % {
            "state": word,
            "done": row.done,
            "total": status.total_lessons,
        }
    return word


def note_of(row: Row) -> str:
    notes = []
    if row.left_on:
        notes.append(_("left the class on %(day)s") % {"day": f"{row.left_on:%d/%m/%Y}"})
    if row.is_guest:
        notes.append(_("guest"))
    if row.attended_on:
        notes.append(_("took it in class on %(day)s") % {"day": f"{row.attended_on:%d/%m}"})
    if row.was_late:
        notes.append(_("late"))
    if row.due_at:
        notes.append(_("extended to %(day)s") % {"day": f"{timezone.localtime(row.due_at):%d/%m %H:%M}"})
    return "; ".join(notes)


def duration(seconds: int | None) -> str:
    """Minutes and seconds as 7:05; hours are counted as minutes."""
    return "" if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"
