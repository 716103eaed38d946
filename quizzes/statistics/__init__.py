"""Figures of a quiz by classical test theory. Pure: numbers in, numbers out, no database and no words.

Definitions are those of the quiz statistics report of Moodle (docs.moodle.org, "Quiz statistics calculations"), so that a
teacher who moves from there finds the same figures; `tests/quizzes/test_statistics.py` holds them to Moodle's own.
Everything takes *counted* values (a value and how many times it occurred), so that a hundred thousand attempts cost no
more than the few hundred different results among them.
"""

from quizzes.statistics.choices import Line, Part, Tally, parts_of
from quizzes.statistics.guessing import random_guess
from quizzes.statistics.items import ItemFigures, Observation, item_figures
from quizzes.statistics.scores import Reliability, ScoreFigures, Thirds, reliability, score_figures, thirds
from quizzes.statistics.verdicts import LIMITS, Verdict, verdicts_of

__all__ = [
    "LIMITS",
    "ItemFigures",
    "Line",
    "Observation",
    "Part",
    "Reliability",
    "ScoreFigures",
    "Tally",
    "Thirds",
    "Verdict",
    "item_figures",
    "parts_of",
    "random_guess",
    "reliability",
    "score_figures",
    "thirds",
    "verdicts_of",
]
