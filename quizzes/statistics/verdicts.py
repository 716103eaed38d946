"""What the figures of a question say to a teacher. Every threshold stands in `LIMITS`; the words are in `queries`."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from quizzes.statistics.choices import Line, Part
from quizzes.statistics.items import ItemFigures


@dataclass(frozen=True)
class Limits:
    """From where on a figure means something. Shares of one, but for the two counts.

    Facility and discrimination follow the table of Moodle's report: below 20 % very hard, above 90 % very easy; an index
    below 20 % is weak, from 30 % on it is good, below zero the question is probably invalid.
    """

    # Fewer attempts say nothing about a question, and fewer than `cautious` not much.
    few: int = 10
    cautious: int = 30
    # An option that nobody chose is told from so many attempts on.
    enough_for_options: int = 30
    very_hard: float = 0.20
    hard: float = 0.35
    easy: float = 0.80
    very_easy: float = 0.90
    weak: float = 0.20
    good: float = 0.30
    # Of those who were asked it.
    often_blank: float = 0.20
    # Not more than this above blind guessing; where strong pupils do well all the same, nobody says so.
    like_guessing: float = 0.05


LIMITS = Limits()


class Verdict(StrEnum):
    """What is said. Those in `WARNINGS` ask somebody to look at the question again."""

    CANCELLED = "cancelled"
    TOO_FEW = "too_few"
    WRONG_KEY = "wrong_key"
    UPSIDE_DOWN = "upside_down"
    LIKE_GUESSING = "like_guessing"
    FLAT = "flat"
    OFTEN_BLANK = "often_blank"
    IDLE_OPTION = "idle_option"
    VERY_HARD = "very_hard"
    VERY_EASY = "very_easy"
    GOOD = "good"
    FINE = "fine"


WARNINGS = {
    Verdict.WRONG_KEY,
    Verdict.UPSIDE_DOWN,
    Verdict.LIKE_GUESSING,
    Verdict.FLAT,
    Verdict.OFTEN_BLANK,
    Verdict.VERY_HARD,
}


def preferred_by_the_best(parts: list[Part]) -> tuple[Line, Line] | None:
    """(the wrong line, the right one) where the best third chose a wrong answer more often than the right one.

    Only where exactly one answer is right and every attempt chooses one: then the key itself may be wrong.
    """
    if len(parts) != 1 or parts[0].several:
        return None
    right = [line for line in parts[0].lines if line.right]
    wrong = [line for line in parts[0].lines if not line.right and line.key is not None]
    if len(right) != 1 or not wrong:
        return None
    most = max(wrong, key=lambda line: line.tally.high)
    return (most, right[0]) if most.tally.high > right[0].tally.high else None


def idle_lines(parts: list[Part]) -> list[Line]:
    """Wrong answers among what was offered that nobody chose."""
    if len(parts) != 1 or len(parts[0].lines) < 3:
        return []
    return [line for line in parts[0].lines if not line.right and line.key is not None and not line.tally.all]


def verdicts_of(
    figures: ItemFigures,
    parts: list[Part],
    *,
    blank: int = 0,
    guess: float | None = None,
    cancelled: bool = False,
    limits: Limits = LIMITS,
) -> list[Verdict]:
    """What there is to say about a question, the gravest first; never nothing.

    `blank` attempts left it out; `guess` is what blind guessing earns. A cancelled question is only called that, and of
    fewer than `limits.few` attempts nothing is said. An index of few attempts may miss by chance: one standard error of a
    correlation near zero, 1/√n, is granted to the question before it is blamed.
    """
    if cancelled:
        return [Verdict.CANCELLED]
    if figures.attempts < limits.few:
        return [Verdict.TOO_FEW]
    facility, index = figures.facility or 0.0, figures.discrimination
    chance = 1 / sqrt(figures.attempts)
    said = []
    if preferred_by_the_best(parts):
        said.append(Verdict.WRONG_KEY)
    if index is not None and facility < limits.very_easy:
        if index < -chance:
            said.append(Verdict.UPSIDE_DOWN)
        elif index < limits.weak and index + chance < limits.good:
            said.append(Verdict.FLAT)
    if facility < limits.very_hard:
        said.append(Verdict.VERY_HARD)
    elif guess and facility <= guess + limits.like_guessing and (index is None or index < limits.good):
        said.append(Verdict.LIKE_GUESSING)
    if blank >= limits.often_blank * figures.attempts:
        said.append(Verdict.OFTEN_BLANK)
    if facility >= limits.very_easy:
        said.append(Verdict.VERY_EASY)
    if figures.attempts >= limits.enough_for_options and idle_lines(parts) and facility < limits.very_easy:
        said.append(Verdict.IDLE_OPTION)
    if not WARNINGS & set(said) and Verdict.VERY_EASY not in said:
        said.insert(0, Verdict.GOOD if index is not None and index >= limits.good else Verdict.FINE)
    return said
