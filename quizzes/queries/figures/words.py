"""What a quiz's figures say in words: to a teacher, not to a statistician."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.kinds.base import targets
from quizzes.models import Question
from quizzes.papers import words
from quizzes.queries.figures.reading import QuestionFigures
from quizzes.statistics import Line, Part, Verdict
from quizzes.statistics.verdicts import WARNINGS, idle_lines, preferred_by_the_best


def percent(share: float | None) -> str:
    """0.824 as 82 %, in the way of the language."""
    return "" if share is None else _("%(number)s%%") % {"number": round(share * 100)}


def decimal(number: float | None) -> str:
    """Two places at most, 7 rather than 7.00."""
    if number is None:
        return ""
    number = round(number, 2)
    return number_format(int(number) if number == int(number) else number)


def seconds_in_words(seconds: float | None) -> str:
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole < 60:
        return ngettext("%(count)d second", "%(count)d seconds", whole) % {"count": whole}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": whole // 60, "seconds": whole % 60}


def type_name(question: Mapping) -> str:
    return str(Question.Type(question["type"]).label)


def headline(one: QuestionFigures) -> str:
    """The first thing to know of a question: how many got it right."""
    if one.full is None:
        return ""
    if one.items.facility is None or abs(one.items.facility - one.full) < 0.005:
        return _("%(share)s got this question right") % {"share": percent(one.full)}
    told = {"share": percent(one.items.facility), "full": percent(one.full)}
    return _("%(share)s of the points on average; %(full)s got everything right") % told


class Wording:
    """The names of a question's options and places in one language, by what a line or a part is called."""

    def __init__(self, question: Mapping, language: str):
        self.question = question
        self.names: dict[Any, str] = {}
        for place, one in enumerate((*question["options"], *targets(question)), start=1):
            text = words(one["text"], language)
            if not text and one.get("picture"):
                text = words(one["picture"]["alt"], language)
            self.names[one["id"]] = text or _("Answer %(number)d") % {"number": place}

    def line(self, line: Line) -> str:
        if line.key is None:
            return _("other answers")
        if isinstance(line.key, bool):
            return _("True") if line.key else _("False")
        return self.names.get(line.key, str(line.key))

    def part(self, part: Part) -> str:
        """Empty for the question as a whole."""
        if part.key == self.question["id"]:
            return ""
        if isinstance(part.key, int):
            return _("Place %(number)d") % {"number": part.key}
        return self.names.get(part.key, "")


def remarks(one: QuestionFigures, language: str) -> list[tuple[bool, str]]:
    """(whether somebody should look at the question again, the sentence), the gravest first."""
    return [(verdict in WARNINGS, _remark(verdict, one, language)) for verdict in one.verdicts]


def _remark(verdict: Verdict, one: QuestionFigures, language: str) -> str:
    wording = Wording(one.question, language)
    if verdict == Verdict.WRONG_KEY:
        wrong, right = preferred_by_the_best(one.parts)
        told = {"wrong": wording.line(wrong), "right": wording.line(right)}
        return _("The pupils with the best scores chose “%(wrong)s” more often than “%(right)s”: check the key.") % told
    if verdict == Verdict.OFTEN_BLANK:
        return _("%(share)s left it out: too long, too hard, or at the end of the time?") % {
            "share": percent(one.blank.all / one.asked.all)
        }
    if verdict == Verdict.IDLE_OPTION:
        idle = "; ".join(f"“{wording.line(line)}”" for line in idle_lines(one.parts))
        return _("Nobody chose %(options)s: put something more tempting there.") % {"options": idle}
    return {
        Verdict.CANCELLED: _("Cancelled: everybody has full marks."),
        Verdict.TOO_FEW: _("Too few attempts to say anything about this question yet."),
        Verdict.UPSIDE_DOWN: _("Weak pupils did better here than strong ones: check the key and the wording."),
        Verdict.LIKE_GUESSING: _("No better than guessing: teach it once more, or check the wording."),
        Verdict.FLAT: _("This question does not tell strong pupils from weak ones: check the key and the wording."),
        Verdict.VERY_HARD: _("Very hard: hardly anybody gets it right. Teach it once more, or check the key."),
        Verdict.VERY_EASY: _("Very easy: nearly everybody knows it. Good for a start, but it tells nobody apart."),
        Verdict.GOOD: _("A good question: whoever knows more does better in it."),
        Verdict.FINE: _("Nothing unusual."),
    }[verdict]
