"""A question with its marks and its key: on the result page, after «Kiểm tra», under an editor's preview."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes import grading
from quizzes.kinds import kind_of
from quizzes.kinds.base import ONE, weight
from quizzes.kinds.typed import Gaps, accepted_texts
from quizzes.models import Attempt
from quizzes.operations.attempts import cancelled_in
from quizzes.papers import marking_paper, paper, words
from quizzes.queries import plain
from quizzes.sheets.asking import asked, headed

# The partial an outcome is shown with, in templates/quizzes/outcomes/.
PARTIALS = {
    "single": "choices",
    "true_false": "choices",
    "multiple": "choices",
    "picture_choice": "choices",
    "hotspot": "choices",
    "statements": "lines",
    "matching": "lines",
    "zones": "lines",
    "gaps": "lines",
    "ordering": "order",
    "numeric": "typed",
    "short": "typed",
    "long": "written",
}


@dataclass(frozen=True)
class Outcome:
    """An ended attempt's questions with marks; `waiting` counts those a person still has to mark."""

    questions: list[dict]
    waiting: int


def outcome_of(attempt: Attempt, language: str) -> Outcome:
    """Question by question as the marks stand now: what people gave and what was cancelled included. Two queries."""
    frozen, key = paper(attempt.paper_id), marking_paper(attempt)
    markings = {str(one.question_key): one for one in attempt.markings.order_by("marked_at", "pk")}
    cancelled = cancelled_in(attempt.quiz_key)
    marks = grading.grade(
        questions=key.asked(attempt.questions),
        values={question: answer["value"] for question, answer in attempt.answers.items()},
        pass_percent=0,
        marked={question: one.fraction for question, one in markings.items()},
        cancelled=cancelled,
    ).marks
    sheet = []
    for number, question in enumerate(frozen.public(attempt.questions, language), start=1):
        one = question["id"]
        given = attempt.answers.get(one, {}).get("value")
        entry = outcome(question, key.by_id[one], given, number, language, marks[one])
        entry["comment"] = markings[one].comment if one in markings else ""
        entry["cancelled"] = one in cancelled
        sheet.append(entry)
    return Outcome(headed(sheet, frozen, language), sum(one["verdict"] == "waiting" for one in sheet))


def checked(attempt: Attempt, question: str, language: str) -> dict:
    """What «Kiểm tra» tells of one question whose answer is final (contract: `POST /attempts/{id}/check`)."""
    entry = final_outcomes(attempt, language)[question]
    return {
        "question": question,
        "verdict": entry["verdict"],
        "earned": entry["earned"],
        "worth": entry["worth"],
        "explanation": entry["explanation_text"],
        "html": render_to_string("quizzes/parts/outcome.html", {"question": entry}),
    }


def final_outcomes(attempt: Attempt, language: str) -> dict[str, dict]:
    """The questions of an open attempt whose answers were checked, as they are shown from then on."""
    frozen = paper(attempt.paper_id)
    told = {}
    for number, question in enumerate(frozen.public(attempt.questions, language), start=1):
        held = attempt.answers.get(question["id"], {})
        if held.get("final"):
            full = marking_paper(attempt).by_id[question["id"]]
            mark = grading.grade(questions=[full], values={full["id"]: held["value"]}, pass_percent=0).marks[full["id"]]
            told[question["id"]] = outcome(question, full, held["value"], number, language, mark)
    return told


def outcome(question: Mapping, full: dict, given: Any, number: int, language: str, mark: grading.Mark) -> dict:
    """One question with its marks and key. `question` is its public form, `full` the paper's."""
    entry = asked(question, given, number)
    worth = Decimal(full["points"])
    entry |= {
        "outcome": f"quizzes/outcomes/{PARTIALS[question['type']]}.html",
        "explanation_text": words(full["explanation"], language),
        "earned": plain(mark.points),
        "worth": plain(worth.normalize()),
        "verdict": _verdict(given, mark),
        "rule": _rule(full) if mark.fraction is not None and mark.fraction != ONE and given is not None else "",
    }
    return entry | SHOWN[entry["outcome"].rsplit("/", 1)[-1]](entry, full, given, language)


def _verdict(given: Any, mark: grading.Mark) -> str:
    if mark.fraction is None:
        return "waiting"
    if mark.fraction == ONE:
        return "right"
    if given is None:
        return "none"
    return "partly" if mark.fraction > 0 else "wrong"


def _rule(full: Mapping) -> str:
    """How points are shared out, where a question is not simply right or wrong."""
    type, rules = full["type"], full.get("scoring", {})
    if type == "multiple":
        if rules.get("partial"):
            return _("Each right choice earns its share of the points; each wrong one costs as much.")
        return _("It earns points when all right choices are made and no other.")
    if type == "statements" and rules.get("credit"):
        steps = "; ".join(
            ngettext("%(count)d right: %(points)s", "%(count)d right: %(points)s", count)
            % {"count": count, "points": localize(plain(Decimal(str(part)) * Decimal(full["points"])))}
            for count, part in enumerate(rules["credit"], start=1)
        )
        return _("Points by how many lines are right: %(steps)s.") % {"steps": steps}
    if type in {"matching", "zones"} and rules.get("all_or_nothing"):
        return _("It earns points when every line is right.")
    if type == "ordering":
        if rules.get("partial"):
            return _("Each line that directly follows its right neighbour earns its share.")
        return _("It earns points when the whole order is right.")
    if type in {"statements", "matching", "zones", "gaps"}:
        return _("Each right line earns its share of the points.")
    return ""


def _choices(entry: dict, full: dict, given: Any, language: str) -> dict:
    """Options, or the areas of a picture, each: chosen or not, right or not, and why."""
    if full["type"] == "hotspot":
        keys = {one["id"]: one["correct"] for one in full["targets"]}
        rows, why = entry["areas"], {}
    else:
        keys = {one["id"]: weight(one) > 0 for one in full["options"]}
        rows, why = entry["options"], {one["id"]: one["why"] for one in full["options"]}
    marked = []
    for row in rows:
        right, chosen = keys[row["id"]], row["chosen"]
        state = ("right" if chosen else "missed") if right else ("wrong" if chosen else "")
        note = words(why[row["id"]], language) if (chosen or right) and row["id"] in why else ""
        marked.append({**row, "state": state, "note": note})
    return {"choices": marked} | ({"areas": marked} if full["type"] == "hotspot" else {})


def _lines(entry: dict, full: dict, given: Any, language: str) -> dict:
    """Statements, pairs, groups, gaps: what was said of each line beside what is right."""
    given = given or {}
    right = kind_of(full).right(full)
    names: dict[Any, str]
    if full["type"] == "gaps":
        names = {option["id"]: option["text"] for option in entry["options"]}
        lines = [
            _line(
                _("Gap %(number)s") % {"number": number},
                names.get(given.get(gap["id"]), given.get(gap["id"], "")),
                names.get(right[gap["id"]], right[gap["id"]]),
                Gaps().gap_fraction(full, _of(full["targets"], gap["id"]), given.get(gap["id"])) == ONE,
            )
            for number, gap in enumerate(entry["targets"], start=1)
        ]
        return {"lines": lines}
    if full["type"] == "statements":
        names = {True: _("True"), False: _("False")}
    else:
        names = {target["id"]: target["text"] for target in entry["targets"]}
    nowhere = _("belongs nowhere")
    return {
        "lines": [
            _line(
                option["text"],
                names.get(given.get(option["id"]), ""),
                names.get(right.get(option["id"]), nowhere),
                given.get(option["id"]) == right.get(option["id"]),
            )
            | {name: option[name] for name in ("picture", "more_pictures", "audio") if name in option}
            for option in entry["options"]
        ]
    }


def _line(label: str, given: str, right: str, is_right: bool) -> dict:
    return {"label": label, "given": given, "right": right, "is_right": is_right}


def _of(rows: list[dict], key: str) -> dict:
    return next(row for row in rows if row["id"] == key)


def _order(entry: dict, full: dict, given: Any, language: str) -> dict:
    texts = {option["id"]: option["text"] for option in entry["options"]}
    right = kind_of(full).right(full)
    mine = [
        {"text": texts[one], "in_place": right[place] == one, "place": right.index(one) + 1}
        for place, one in enumerate(given or ())
    ]
    return {"mine": mine, "right_order": [texts[one] for one in right]}


def _typed(entry: dict, full: dict, given: Any, language: str) -> dict:
    accepted = []
    for option in sorted(full["options"], key=weight, reverse=True):
        if weight(option) <= 0:
            continue
        texts = accepted_texts(option)
        text = words(option["text"], language) if full["type"] == "short" else texts[0] if texts else ""
        if Decimal(option.get("tolerance") or 0):
            text = _("%(number)s, give or take %(tolerance)s") % {
                "number": text,
                "tolerance": localize(plain(Decimal(option["tolerance"]).normalize())),
            }
        accepted.append(text)
    return {"accepted": accepted}


def _written(entry: dict, full: dict, given: Any, language: str) -> dict:
    return {"rubric": full.get("scoring", {}).get("rubric", [])}


SHOWN = {
    "choices.html": _choices,
    "lines.html": _lines,
    "order.html": _order,
    "typed.html": _typed,
    "written.html": _written,
}
