"""The figures of a quiz as tables: each a row of columns behind the page, the print and the .xlsx."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quizzes.queries.figures.reading import OUT_OF, ClassFigures, Figures, QuestionFigures
from quizzes.queries.figures.words import Wording, decimal, percent, remarks, seconds_in_words, type_name


class Column(NamedTuple):
    """A column by its name in code, its heading, and how many letters wide a spreadsheet makes it."""

    name: str
    heading: str
    width: int = 12
    number: bool = False


class Cell(NamedTuple):
    """A value as it is typed into a spreadsheet with how that shows it, and as it is written on the screen.

    `share` is what a bar behind the number shows, 0…1.
    """

    value: object
    text: str
    format: str = ""
    share: float | None = None

    @property
    def percent(self) -> int:
        """The length of the bar, of a hundred."""
        return round((self.share or 0) * 100)


@dataclass(frozen=True)
class Table:
    """`name` is what the page and the tests know it by, `title` what people do; the first column names the row."""

    name: str
    title: str
    columns: list[Column]
    rows: list[list[Cell]]


def words_cell(text: str) -> Cell:
    return Cell(text or None, text)


def count_cell(count: int) -> Cell:
    return Cell(count, str(count), "0")


def share_cell(share: float | None, *, bar: bool = False) -> Cell:
    value = None if share is None else round(share, 2)
    return Cell(value, percent(share), "0%", share if bar else None)


def number_cell(number: float | None) -> Cell:
    return Cell(None if number is None else round(number, 2), decimal(number), "0.##")


def summary(figures: Figures) -> Table:
    """The whole quiz: a figure a line, with what it means."""
    scores = figures.scores
    passed = figures.passed / figures.attempts if figures.attempts else None
    lines = [
        (_("Attempts counted"), count_cell(figures.attempts), ""),
        (_("Mean score /10"), number_cell(scores.mean), ""),
        (
            _("Middle score /10 (median)"),
            number_cell(scores.median),
            _("Half of the attempts are below it, half above."),
        ),
        (
            _("Spread of the scores (standard deviation)"),
            number_cell(scores.deviation),
            _("The larger, the further apart the pupils are. Between 1 and 2 is usual."),
        ),
        (
            _("Passed"),
            share_cell(passed),
            _("From %(percent)s%% of the points on.") % {"percent": figures.pass_percent},
        ),
        (_("Middle time for the whole quiz"), words_cell(seconds_in_words(figures.seconds)), ""),
        (
            _("Skewness"),
            number_cell(scores.skewness),
            _("Below zero: many high scores and a tail of low ones; above zero: the other way round."),
        ),
        (_("Kurtosis"), number_cell(scores.kurtosis), _("Above zero: most scores are near the mean.")),
    ]
    found = figures.reliability
    lines += [
        (
            _("Consistency (Cronbach's alpha)"),
            share_cell(found.consistency if found else None),
            _("From 75% on good; below 64% a score says little. Short quizzes rarely reach that."),
        ),
        (_("Part of chance in the spread (error ratio)"), share_cell(found.error_ratio if found else None), ""),
        (
            _("Standard error, in points /10"),
            number_cell(found.standard_error if found else None),
            _("By so much a pupil's score may miss what the pupil knows."),
        ),
    ]
    columns = [
        Column("what", _("Figure"), 44),
        Column("value", _("Value"), 14, True),
        Column("means", _("What it means"), 70),
    ]
    rows = [[words_cell(what), cell, words_cell(means)] for what, cell, means in lines if cell.text]
    return Table("summary", _("The quiz as a whole"), columns, rows)


def steps(figures: Figures) -> Table:
    """How many attempts reached which score."""
    columns = [
        Column("score", _("Score /10"), 16),
        Column("count", _("Attempts"), 10, True),
        Column("share", _("Share"), 10, True),
    ]
    rows = [
        [
            words_cell(step_name(step)),
            count_cell(count),
            share_cell(count / figures.attempts if figures.attempts else None),
        ]
        for step, count in enumerate(figures.steps)
    ]
    return Table("scores", _("How the scores lie"), columns, rows)


def step_name(step: int) -> str:
    if step == OUT_OF - 1:
        return _("%(start)d to %(end)d") % {"start": step, "end": OUT_OF}
    return _("%(start)d to below %(end)d") % {"start": step, "end": step + 1}


def class_name(one: ClassFigures) -> str:
    return one.name or _("in no class")


def classes(figures: Figures, listed: Iterable[ClassFigures] | None = None) -> Table:
    columns = [
        Column("class", _("Class"), 22),
        Column("school", _("School"), 34),
        Column("count", _("Attempts"), 10, True),
        Column("mean", _("Mean score /10"), 10, True),
        Column("median", _("Middle score /10"), 10, True),
        Column("spread", _("Spread"), 10, True),
        Column("passed", _("Passed"), 10, True),
    ]
    rows = [
        [
            words_cell(class_name(one)),
            words_cell(one.school),
            count_cell(one.scores.attempts),
            number_cell(one.scores.mean),
            number_cell(one.scores.median),
            number_cell(one.scores.deviation),
            share_cell(one.pass_share),
        ]
        for one in (figures.classes if listed is None else listed)
    ]
    return Table("classes", _("By class"), columns, rows)


def questions(figures: Figures, language: str) -> Table:
    """Every question in a line, with all its figures."""
    columns = [
        Column("number", _("No."), 6, True),
        Column("stem", _("Question"), 60),
        Column("type", pgettext("question", "Type"), 22),
        Column("asked", _("Asked"), 9, True),
        Column("full", _("All right"), 9, True),
        Column("facility", _("Facility index"), 9, True),
        Column("deviation", _("Standard deviation"), 9, True),
        Column("discrimination", _("Discrimination index"), 12, True),
        Column("efficiency", _("Discriminative efficiency"), 14, True),
        Column("guess", _("By guessing"), 9, True),
        Column("weight", _("Effective weight"), 9, True),
        Column("blank", _("Left out"), 9, True),
        Column("time", _("Middle time"), 14),
        Column("remark", _("Remark"), 80),
    ]
    rows = []
    for one in figures.questions:
        said = " ".join(text for _warns, text in remarks(one, language))
        rows.append(
            [
                count_cell(one.number),
                words_cell(one.stem),
                words_cell(type_name(one.question)),
                count_cell(one.asked.all),
                share_cell(one.full),
                share_cell(one.items.facility),
                share_cell(one.items.deviation),
                share_cell(one.items.discrimination),
                share_cell(one.items.efficiency),
                share_cell(one.guess),
                share_cell(one.weight),
                count_cell(one.blank.all),
                words_cell(seconds_in_words(one.seconds)),
                words_cell(said),
            ]
        )
    return Table("questions", _("All questions"), columns, rows)


def choices(one: QuestionFigures, language: str) -> Table:
    """Who chose what in one question. Shares are of those who were asked it, in each third too."""
    wording = Wording(one.question, language)
    parted = any(wording.part(part) for part in one.parts)
    columns = [
        *([Column("part", _("Where"), 40)] if parted else []),
        Column("answer", _("Answer"), 50),
        Column("right", _("Key"), 10),
        Column("count", _("Chosen"), 10, True),
        Column("share", _("Share"), 10, True),
        Column("high", _("Best third"), 12, True),
        Column("low", _("Weakest third"), 12, True),
    ]
    rows = []
    for part in one.parts:
        name = [words_cell(wording.part(part))] if parted else []
        lines = [(wording.line(line), line.right, line.tally) for line in part.lines]
        blank = one.asked.all - part.answered.all
        left = (_("left out"), False, _less(one, part)) if blank else None
        for label, right, tally in [*lines, *([left] if left else [])]:
            rows.append(
                [
                    *name,
                    words_cell(label),
                    words_cell(_("right") if right else ""),
                    count_cell(tally.all),
                    share_cell(_of(tally.all, one.asked.all), bar=True),
                    share_cell(_of(tally.high, one.asked.high)),
                    share_cell(_of(tally.low, one.asked.low)),
                ]
            )
    return Table(f"choices-{one.number}", _("Who chose what"), columns, rows)


def _less(one: QuestionFigures, part):
    """Those who were asked the question and left this part of it out."""
    asked, answered = one.asked, part.answered
    return type(asked)(asked.all - answered.all, asked.low - answered.low, asked.high - answered.high)


def _of(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def all_choices(figures: Figures, language: str) -> Table:
    """The tables of all questions under one another, as a spreadsheet filters them."""
    columns = [
        Column("number", _("No."), 6, True),
        Column("part", _("Where"), 40),
        *[column for column in choices(figures.questions[0], language).columns if column.name != "part"],
    ]
    rows = []
    for one in figures.questions:
        table = choices(one, language)
        parted = table.columns[0].name == "part"
        rows += [[count_cell(one.number), *([] if parted else [words_cell("")]), *row] for row in table.rows]
    return Table("choices", _("Who chose what"), columns, rows)
