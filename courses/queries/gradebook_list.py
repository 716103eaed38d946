"""The gradebook as it is read: one row of columns behind the screen, the print and the .xlsx."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from courses.queries.gradebook import GivenLesson, Gradebook, Pupil, Standing, mean
from courses.queries.status import DONE
from courses.queries.status_list import state_words


@dataclass(frozen=True)
class Column:
    """`kind` is number, code, name, state, mark, done, mean or note; `lesson` is set for state and mark."""

    kind: str
    heading: str
    width: int
    lesson: GivenLesson | None = None

    @property
    def is_number(self) -> bool:
        return self.kind in {"number", "mark", "done", "mean"}

    @property
    def css(self) -> str:
        """How the cells of the column look; a phone leaves out the number and the code."""
        names = {"name": "gradebook__name", "state": "gradebook__state", "number": "number gradebook__wide"}
        return names.get(self.kind) or ("gradebook__wide" if self.kind == "code" else "number" * self.is_number)


@dataclass(frozen=True)
class Cell:
    """A value as it is typed into a spreadsheet, and as it is written on the screen; `state` where it is one."""

    column: Column
    value: object
    text: str
    state: str = ""


def columns(book: Gradebook) -> list[Column]:
    """Who, then each lesson with the mark of its quiz beside it, then what it adds up to."""
    found = [
        Column("number", _("No."), 6),
        Column("code", pgettext("class list", "Pupil code"), 14),
        Column("name", _("Full name"), 28),
    ]
    for one in book.lessons:
        heading = _("%(number)d. %(title)s, due %(day)s") % {
            "number": one.number,
            "title": one.title,
            "day": f"{timezone.localtime(one.given.due_at):%d/%m}",
        }
        found.append(Column("state", heading, 20, one))
        if one.has_quiz:
            found.append(Column("mark", _("%(number)d. Quiz /10") % {"number": one.number}, 10, one))
    return [
        *found,
        Column("done", _("Lessons done of %(total)d") % {"total": len(book.lessons)}, 12),
        Column("mean", _("Mean of the quizzes /10"), 12),
        Column("note", _("Note"), 30),
    ]


def cells(book: Gradebook, headings: list[Column], pupil: Pupil) -> list[Cell]:
    """One pupil's row, a cell for each of `headings`."""
    done, average = book.done_and_mean(pupil)
    fixed = {
        "number": (pupil.number, str(pupil.number or "")),
        "code": (pupil.code,) * 2,
        "name": (pupil.name,) * 2,
        "done": (done, str(done)),
        "mean": (average, score_text(average)),
        "note": (note_of(pupil),) * 2,
    }
    words = state_words()
    found = []
    for column in headings:
        if column.lesson is None:
            found.append(Cell(column, *fixed[column.kind]))
            continue
        standing = book.standing(pupil, column.lesson)
        if column.kind == "mark":
            found.append(Cell(column, standing.score, score_text(standing.score)))
        else:
            text = standing_text(standing, words)
            found.append(Cell(column, text, text, standing.state))
    return found


def summary(book: Gradebook, headings: list[Column]) -> list[Cell]:
    """The last row: of each lesson how many have done it and the mean mark, of pupils who are in the class today."""
    pupils = len(book.members)
    by_lesson = {one.key: book.summary_of(one) for one in book.lessons}
    totals = [book.done_and_mean(pupil) for pupil in book.members]
    average = mean([one for _done, one in totals])
    done = sum(one for one, _mean in totals)
    fixed: dict[str, tuple] = {
        "number": (None, ""),
        "code": ("", ""),
        "name": (_("Whole class"),) * 2,
        "done": (done_text(done, pupils * len(book.lessons)),) * 2,
        "mean": (average, score_text(average)),
        "note": ("", ""),
    }
    found = []
    for column in headings:
        if column.lesson is None:
            found.append(Cell(column, *fixed[column.kind]))
        elif column.kind == "mark":
            score = by_lesson[column.lesson.key][1]
            found.append(Cell(column, score, score_text(score)))
        else:
            text = done_text(by_lesson[column.lesson.key][0], pupils)
            found.append(Cell(column, text, text))
    return found


def done_text(done: int, of: int) -> str:
    """12 of 40, with the share where there is one."""
    if not of:
        return ""
    return _("%(done)d of %(all)d (%(percent)d%%)") % {"done": done, "all": of, "percent": round(100 * done / of)}


def standing_text(standing: Standing, words: dict[str, str]) -> str:
    """The state in a word, and how it came about: colour alone says nothing."""
    if standing.state != DONE:
        return words[standing.state]
    if standing.in_class:
        return _("Done in class")
    return _("Done late") if standing.was_late else words[DONE]


def score_text(score: float | None) -> str:
    if score is None:
        return ""
    return number_format(int(score) if score == int(score) else score)


def note_of(pupil: Pupil) -> str:
    notes = []
    if pupil.left_on:
        notes.append(_("left the class on %(day)s") % {"day": f"{pupil.left_on:%d/%m/%Y}"})
    if pupil.is_guest:
        notes.append(_("guest"))
    return "; ".join(notes)
