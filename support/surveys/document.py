"""The questions of a survey as data: reading them, finding their faults, and reading what somebody answered.

A row: {"key", "kind", "required", "texts": {language: {"text", "help", "low", "high"}}, "options": [{"key", "texts":
{language: words}}], "top", "when": {"question", "is": [values]}, "tells": whether it is the one that tells satisfaction}.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

SCALE, SINGLE, MULTIPLE, SHORT, LONG, SECTION = "scale", "single", "multiple", "short", "long", "section"
KINDS = {
    SCALE: gettext_lazy("A scale, such as 1 to 5"),
    SINGLE: gettext_lazy("One answer of several"),
    MULTIPLE: gettext_lazy("Any number of answers"),
    SHORT: gettext_lazy("A few words"),
    LONG: gettext_lazy("Several sentences"),
    SECTION: pgettext_lazy("in a survey", "A heading, no question"),
}
CHOICES, WORDS = (SINGLE, MULTIPLE), (SHORT, LONG)
LONGEST = {SHORT: 200, LONG: 2000}
# Short surveys are answered: nobody scrolls through more on a phone.
MOST_QUESTIONS, MOST_OPTIONS = 40, 12
LEAST_TOP, MOST_TOP = 3, 10
SATISFIED_FROM = 4


@dataclass(frozen=True)
class Option:
    key: str
    texts: Mapping[str, str]

    def text(self, language: str) -> str:
        return self.texts.get(language, "")


@dataclass(frozen=True)
class Condition:
    """Ask only when the question with this key was answered with one of these values."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    key: str
    kind: str
    texts: Mapping[str, Mapping[str, str]]
    required: bool = False
    options: tuple[Option, ...] = ()
    top: int = 5
    when: Condition | None = None
    tells: bool = False

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Question":
        when = row.get("when")
        return cls(
            key=row["key"],
            kind=row["kind"],
            texts=row.get("texts", {}),
            required=bool(row.get("required")),
            options=tuple(Option(one["key"], one["texts"]) for one in row.get("options", ())),
            top=row.get("top", 5),
            when=Condition(when["question"], tuple(when["is"])) if when else None,
            tells=bool(row.get("tells")),
        )

    @property
    def is_asked(self) -> bool:
        return self.kind != SECTION

    @property
    def steers(self) -> bool:
        """Whether other questions may hang on it."""
        return self.kind in {SCALE, SINGLE, MULTIPLE}

    @property
    def steps(self) -> range:
        return range(1, self.top + 1)

    @property
    def values(self) -> list[str]:
        """The answers other questions may hang on."""
        return [str(step) for step in self.steps] if self.kind == SCALE else [one.key for one in self.options]

    def text(self, language: str, name: str = "text") -> str:
        return self.texts.get(language, {}).get(name, "")

    def label_of(self, value: str, language: str) -> str:
        if self.kind == SCALE:
            return value
        return next((one.text(language) for one in self.options if one.key == value), value)

    def lacks(self, language: str) -> bool:
        """Whether words are missing in a language."""
        return not self.text(language) or any(not one.text(language) for one in self.options)


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    return tuple(Question.of(row) for row in rows)


def languages_ready(questions: Iterable[Question], texts: Mapping[str, Mapping[str, str]], main: str) -> list[str]:
    """The languages in which the whole survey can be answered, the main one first."""
    found = [tag for tag in texts if texts[tag].get("title") and not any(one.lacks(tag) for one in questions)]
    return sorted(found, key=lambda tag: (tag != main, tag))


def lacking(questions: Iterable[Question], texts: Mapping[str, Mapping[str, str]], language: str) -> int:
    """How many titles and questions are not in a language yet."""
    return (not texts.get(language, {}).get("title")) + sum(one.lacks(language) for one in questions)


def faults(questions: tuple[Question, ...], language: str) -> list[str]:
    """What keeps a survey from being put in force, in words; none: it may be."""
    found = []
    asked = [one for one in questions if one.is_asked]
    if not asked:
        found.append(_("Write at least one question."))
    if len(questions) > MOST_QUESTIONS:
        found.append(_("At most %(count)s questions: nobody answers more.") % {"count": MOST_QUESTIONS})
    if sum(one.tells for one in questions) > 1:
        found.append(_("Only one question can be the one that tells satisfaction."))
    before: dict[str, Question] = {}
    for one in questions:
        name = one.text(language) or one.key
        found += [fault % {"question": name} for fault in _faults_of(one, language, before)]
        before[one.key] = one
    return found


def _faults_of(one: Question, language: str, before: dict[str, Question]) -> list[str]:
    found = []
    if one.key in before:
        found.append(_("“%(question)s” is there twice."))
    if one.lacks(language):
        found.append(_("“%(question)s” has no words yet, or an answer of it has none."))
    if one.kind in CHOICES and len(one.options) < 2:
        found.append(_("“%(question)s” needs at least two answers to choose from."))
    if len({option.key for option in one.options}) < len(one.options):
        found.append(_("“%(question)s” has the same answer twice."))
    if one.kind == SCALE and not LEAST_TOP <= one.top <= MOST_TOP:
        found.append(_("The scale of “%(question)s” has too few or too many steps."))
    if one.tells and one.kind != SCALE:
        found.append(_("“%(question)s” is no scale and cannot tell satisfaction."))
    if one.when is not None:
        lead = before.get(one.when.question)
        if lead is None or not lead.steers:
            # Only what stands before can be hung on: there is no circle.
            found.append(_("“%(question)s” hangs on a question that does not stand before it."))
        elif not one.when.values or not set(one.when.values) <= set(lead.values):
            found.append(_("“%(question)s” hangs on an answer that is not there."))
    return found


def chosen(question: Question, value: Any) -> set[str]:
    """The values of an answer as conditions name them."""
    if value in (None, "", []):
        return set()
    return {str(one) for one in value} if isinstance(value, list) else {str(value)}


def asked_of(questions: Iterable[Question], values: Mapping[str, Any]) -> list[Question]:
    """The questions that somebody who answered so was asked. What hangs on a hidden question is hidden too."""
    found: dict[str, Question] = {}
    for one in questions:
        if one.when is not None:
            lead = found.get(one.when.question)
            if lead is None or not chosen(lead, values.get(lead.key)) & set(one.when.values):
                continue
        found[one.key] = one
    return list(found.values())


@dataclass(frozen=True)
class Answers:
    """`values`: choices by question; `words`: texts by question; `errors`: by question what is to be done."""

    values: dict[str, Any]
    words: dict[str, str]
    errors: dict[str, str]


def read_answers(questions: Iterable[Question], given: Mapping[str, Any]) -> Answers:
    """What somebody answered, tidied. Answers to questions that were not asked of them are left out, whatever was sent."""
    tidy: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    questions = [one for one in questions if one.is_asked]
    for one in questions:
        try:
            tidy[one.key] = _tidy(one, given.get(one.key))
        except (TypeError, ValueError):
            wrong[one.key] = _("Choose one of the answers that are offered.")
            tidy[one.key] = None
    values, words, errors = {}, {}, {}
    for one in asked_of(questions, tidy):
        value = tidy[one.key]
        if one.key in wrong:
            errors[one.key] = wrong[one.key]
        elif value in (None, "", []):
            if one.required:
                errors[one.key] = _("Please answer this one.")
        elif one.kind in WORDS:
            words[one.key] = value
        else:
            values[one.key] = value
    return Answers(values, words, errors)


def _tidy(one: Question, value: Any) -> Any:
    """One answer as it is kept; None where there is none. Raises ValueError for one that was not offered."""
    if one.kind in WORDS:
        return " ".join(str(value or "").split())[: LONGEST[one.kind]]
    if value in (None, "", []):
        return None
    if one.kind == MULTIPLE:
        sent = value if isinstance(value, list) else [value]
        if not {str(each) for each in sent} <= set(one.values):
            raise ValueError(value)
        return [key for key in one.values if key in {str(each) for each in sent}]
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else ""
    if isinstance(value, bool) or str(value) not in one.values:
        raise ValueError(value)
    return int(value) if one.kind == SCALE else str(value)
