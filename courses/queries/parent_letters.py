"""What a parent reads of one pupil: the lessons given to the class, what the pupil did, never what others did."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from courses.queries.gradebook import Gradebook, Pupil
from courses.queries.gradebook_list import score_text, standing_text
from courses.queries.status import DONE, LATE
from courses.queries.status_list import state_words


@dataclass(frozen=True)
class Line:
    number: int
    title: str
    due: str
    state: str
    text: str
    score: str


@dataclass(frozen=True)
class ParentLetter:
    """`open_lines` are the lessons still to do, the overdue ones first."""

    pupil: Pupil
    lines: list[Line]
    done: int
    mean: str

    @property
    def open_lines(self) -> list[Line]:
        return sorted((line for line in self.lines if line.state != DONE), key=lambda line: line.state != LATE)


def letters_of(book: Gradebook, pupil: UUID | None = None) -> list[ParentLetter]:
    """One letter for each pupil who is in the class today, in name order; with `pupil` only that one's. No statement."""
    words = state_words()
    letters = []
    for one in book.members:
        if pupil is not None and one.user_key != pupil:
            continue
        done, average = book.done_and_mean(one)
        lines = []
        for lesson in book.lessons:
            standing = book.standing(one, lesson)
            lines.append(
                Line(
                    lesson.number,
                    lesson.title,
                    f"{timezone.localtime(lesson.given.due_at):%d/%m/%Y}",
                    standing.state,
                    standing_text(standing, words),
                    score_text(standing.score),
                )
            )
        letters.append(ParentLetter(one, lines, done, score_text(average)))
    return letters
