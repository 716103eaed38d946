"""H5P question sets and single questions in. Every package is checked as an upload to be played is (`django_h5p`)."""

import io
import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django_h5p.problems import PackageRefused
from django_h5p.reading import PackageContents, read_package

from quizzes.exchange import notes
from quizzes.exchange.h5p.writing import ARROW, BLANKS, CHOICE, DRAGGING, SET, TRUE_FALSE
from quizzes.exchange.items import Attachment, Item, OptionItem, Reading, Skipped, TargetItem, Unreadable
from quizzes.exchange.texts import from_html
from quizzes.kinds.typed import numbers_in

SINGLE_SET = "H5P.SingleChoiceSet"
_STARRED = re.compile(r"\*([^*]+)\*")
_NUMBERED = re.compile(r"\d+\.\s*")


class Unsupported(ValueError):
    """Why a part is not taken, in a sentence."""


def read(data: bytes, *, name: str) -> Reading:
    """The questions of a question set, or the one question of a package. Raises Unreadable."""
    try:
        found = read_package(io.BytesIO(data))
    except PackageRefused as refused:
        raise Unreadable(str(refused)) from None
    reading = Reading("h5p")
    main, params = found.main.name, found.params
    if main == SET:
        parts = [one for one in params.get("questions") or [] if isinstance(one, dict)]
    elif main == SINGLE_SET:
        parts = _single_choices(params)
    else:
        parts = [{"library": str(found.main), "params": params, "metadata": found.metadata}]
    for number, part in enumerate(parts, start=1):
        label = str(_("question %(number)d")) % {"number": number}
        try:
            reading.items.append(_item(label, part, found))
        except Unsupported as reason:
            reading.skipped.append(Skipped(label, str(reason)))
    return reading


def _single_choices(params: dict) -> list[dict]:
    """A set of single choices, whose first answer is the right one, as parts of a question set."""
    parts = []
    for one in params.get("choices") or []:
        answers = [{"text": text, "correct": not place} for place, text in enumerate(one.get("answers") or [])]
        told = {"question": one.get("question"), "answers": answers, "behaviour": {"type": "single"}}
        parts.append({"library": f"{CHOICE} 1.16", "params": told})
    return parts


def _item(label: str, part: dict, found: PackageContents) -> Item:
    name = str(part.get("library", "")).split(" ")[0]
    params = part.get("params")
    reader = _READERS.get(name)
    if reader is None or not isinstance(params, dict):
        raise Unsupported(_("Questions of the type %(type)s are not read from H5P.") % {"type": name or "?"})
    metadata = part.get("metadata")
    note = notes.read_note(_text(metadata.get("authorComments"))) if isinstance(metadata, dict) else None
    item = reader(label, params, note or {})
    item.picture = _picture(params.get("media"), found)
    return notes.apply(note, item)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _words(value: Any) -> str:
    return from_html(_text(value))[0]


def _picture(media: Any, found: PackageContents) -> Attachment | None:
    """The picture above the question, where the package brings it."""
    shown = media.get("type") if isinstance(media, dict) else None
    if not isinstance(shown, dict) or not str(shown.get("library", "")).startswith("H5P.Image "):
        return None
    params = shown.get("params") if isinstance(shown.get("params"), dict) else {}
    file = params.get("file") if isinstance(params.get("file"), dict) else {}
    path = f"content/{_text(file.get('path')).split('#')[0]}"
    if path not in found.archive.entries:
        return None
    return Attachment(path.rsplit("/", 1)[-1], b"".join(found.archive.pieces(path)), _words(params.get("alt")))


def _explanation(params: dict) -> str:
    told = params.get("overallFeedback")
    told = told.get("overallFeedback") if isinstance(told, dict) else told
    shown = [_words(one.get("feedback")) for one in told or [] if isinstance(one, dict)]
    return "\n".join(dict.fromkeys(one for one in shown if one and "@score" not in one))


# --- Types ---


def _choice(label: str, params: dict, note: dict) -> Item:
    options = [
        OptionItem(
            _words(one.get("text")),
            bool(one.get("correct")),
            why=_words((one.get("tipsAndFeedback") or {}).get("chosenFeedback")),
        )
        for one in params.get("answers") or []
        if isinstance(one, dict)
    ]
    behaviour = params.get("behaviour") or {}
    right = sum(option.correct for option in options)
    several = behaviour.get("type") == "multi" or (behaviour.get("type") != "single" and right > 1)
    item = Item(label, "multiple" if several else "single", _words(params.get("question")), options)
    item.explanation = _explanation(params)
    if several and not behaviour.get("singlePoint"):
        item.scoring = {"partial": True}
    return item


def _true_false(label: str, params: dict, note: dict) -> Item:
    words, behaviour = params.get("l10n") or {}, params.get("behaviour") or {}
    is_true = str(params.get("correct")).lower() == "true"
    explanation = _text(note.get("explanation"))

    def why(kind: str) -> str:
        said = _words(behaviour.get(f"feedbackOn{kind}"))
        return said.removesuffix(explanation).rstrip("\n") if explanation else said

    on_right, on_wrong = why("Correct"), why("Wrong")
    first = OptionItem(_words(words.get("trueText")) or notes.TRUE, is_true, why=on_right if is_true else on_wrong)
    second = OptionItem(
        _words(words.get("falseText")) or notes.FALSE, not is_true, why=on_wrong if is_true else on_right
    )
    return Item(label, "true_false", _words(params.get("question")), [first, second], explanation=explanation)


def _blanks(label: str, params: dict, note: dict) -> Item:
    above = _words(params.get("text"))
    text = "\n".join(_words(one) for one in params.get("questions") or [])
    gaps = [[one.strip() for one in gap.split(":")[0].split("/")] for gap in _STARRED.findall(text)]
    if not gaps:
        raise Unsupported(_("It has no gaps."))
    alone = len(gaps) == 1 and not _STARRED.sub("", text).strip()
    case = {"case": True} if (params.get("behaviour") or {}).get("caseSensitive") else {}
    if alone and above and (note.get("alone") or not note):
        numeric = note.get("type") == "numeric" or (not note and all(numbers_in(one) for one in gaps[0]))
        options = [OptionItem(one, True) for one in dict.fromkeys(gaps[0])]
        item = Item(label, "numeric" if numeric else "short", above, options, scoring={} if numeric else case)
    else:
        kinds = note.get("kinds") if isinstance(note.get("kinds"), list) else []
        item = Item(label, "gaps", _numbered("\n".join(one for one in (above, text) if one)), scoring=case)
        for place, accepted in enumerate(gaps):
            kind = kinds[place] if len(kinds) == len(gaps) and kinds[place] in {"text", "number"} else "text"
            item.targets.append(TargetItem(_("gap %(number)d") % {"number": place + 1}, kind))
            item.options += [OptionItem(one, True, target=place) for one in dict.fromkeys(accepted)]
    item.explanation = _explanation(params)
    return item


def _numbered(text: str) -> str:
    """Gaps between stars as gaps with numbers."""
    count = iter(range(1, 1000))
    return _STARRED.sub(lambda _found: f"[[{next(count)}]]", text)


def _dragging(label: str, params: dict, note: dict) -> Item:
    above = _words(params.get("taskDescription"))
    lines = [one for one in (_words(line) for line in _text(params.get("textField")).splitlines()) if one]
    extra = _answers("\n".join(_words(one) for one in _text(params.get("distractors")).splitlines()))
    if not any(_STARRED.search(line) for line in lines):
        raise Unsupported(_("It has no words to drag."))
    ends = [re.fullmatch(r"(.*?)\*([^*]+)\*\W*", line) for line in lines]
    if all(ends) and above:
        pairs = [(one[1].removesuffix(ARROW.rstrip()).strip(" →:"), _answers(f"*{one[2]}*")[0]) for one in ends if one]
        if note.get("type") == "ordering" and all(_NUMBERED.fullmatch(left + " ") for left, _right in pairs):
            item = Item(label, "ordering", above, [OptionItem(right) for _left, right in pairs])
        elif all(left for left, _right in pairs) and len({right for _left, right in pairs}) + len(extra) > 1:
            item = _paired(label, above, pairs, extra)
        else:
            item = _chosen(label, above, lines, extra)
    else:
        item = _chosen(label, above, lines, extra)
    item.explanation = _explanation(params)
    return item


def _answers(text: str) -> list[str]:
    """The words between stars, without hints and remarks."""
    return [re.split(r":|\\[+-]", one)[0].strip() for one in _STARRED.findall(text)]


def _paired(label: str, stem: str, pairs: list[tuple[str, str]], extra: list[str]) -> Item:
    places = list(dict.fromkeys([*(right for _left, right in pairs), *extra]))
    options = [OptionItem(left, target=places.index(right)) for left, right in pairs]
    rights = [right for _left, right in pairs]
    kind = "matching" if len(set(rights)) == len(rights) else "zones"
    return Item(label, kind, stem, options, [TargetItem(one) for one in places])


def _chosen(label: str, above: str, lines: list[str], extra: list[str]) -> Item:
    """Words in a text: gaps that each choose from all words."""
    text = "\n".join(lines)
    right = _answers(text)
    words = list(dict.fromkeys([*right, *extra]))
    if len(words) < 2:
        raise Unsupported(_("It has one word to drag; there is nothing to choose."))
    item = Item(label, "gaps", _numbered("\n".join(one for one in (above, text) if one)))
    for place, answer in enumerate(right):
        item.targets.append(TargetItem(_("gap %(number)d") % {"number": place + 1}, "select"))
        item.options += [OptionItem(one, one == answer, target=place) for one in words]
    return item


_READERS: dict[str, Callable[[str, dict, dict], Item]] = {
    CHOICE: _choice, TRUE_FALSE: _true_false, BLANKS: _blanks, DRAGGING: _dragging,
}  # fmt: skip
