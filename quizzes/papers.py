"""Reading frozen papers. A paper never changes, so each process keeps those in use, with their texts per language."""

from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from threading import Lock

from django.core.files.storage import storages
from django.urls import reverse

from quizzes.keys import with_key_of
from quizzes.models import Attempt, Paper

KEPT = 200


def words(texts: Mapping[str, str], language: str) -> str:
    """`texts` in `language`, else in the site's first language, else in any that has them."""
    return texts.get(language) or texts.get("vi") or next((text for text in texts.values() if text), "")


class FrozenPaper:
    def __init__(self, paper: Paper):
        self.pk = paper.pk
        self.quiz_key = paper.quiz_key
        self.version = paper.version
        self.document = paper.document
        self._public: dict[str, dict[str, tuple[dict, dict, dict]]] = {}

    @property
    def settings(self) -> dict:
        return self.document["settings"]

    @cached_property
    def by_id(self) -> dict[str, dict]:
        return {question["id"]: question for question in self.document["questions"]}

    def title(self, language: str) -> str:
        return words(self.document["title"], language)

    def description(self, language: str) -> str:
        return words(self.document["description"], language)

    def asked(self, questions: list[list]) -> list[dict]:
        """The paper's full questions in an attempt's order."""
        return [self.by_id[one] for one, _options in questions]

    def public(self, questions: list[list], language: str) -> list[dict]:
        """What a browser may see of an attempt's questions: words and ids, in the attempt's order, nothing else."""
        told = self._public.get(language)
        if told is None:
            told = self._public[language] = {one: _told(full, language) for one, full in self.by_id.items()}
        shown = []
        for one, order in questions:
            question, options, targets = told[one]
            public = question | {"options": [options[piece] for piece in order if piece in options]}
            if targets:
                public["targets"] = [targets[piece] for piece in order if piece in targets]
            shown.append(public)
        return shown

    def section_of(self, question: str) -> int:
        return self.by_id[question].get("section", 0)

    def sections(self, language: str) -> list[dict]:
        """Headings by number, the first is 1: [{"title", "introduction"}]."""
        return [
            {"title": words(one["title"], language), "introduction": words(one["introduction"], language)}
            for one in self.document.get("sections", ())
        ]


def _told(question: dict, language: str) -> tuple[dict, dict[str, dict], dict[str, dict]]:
    """What a browser may see: the question, its options by id, its targets by id. Never which of them is right."""
    shown = {"id": question["id"], "type": question["type"], "stem": words(question["stem"], language)}
    if question.get("picture"):
        shown["picture"] = _shown_picture(question["picture"], language)
    if question.get("more_pictures"):
        shown["more_pictures"] = [_shown_picture(one, language) for one in question["more_pictures"]]
    if question.get("audio"):
        shown["audio"] = _shown_audio(question["audio"], language)
    options: dict[str, dict] = {}
    for option in question["options"]:
        told = {"id": option["id"], "text": words(option["text"], language)}
        if option.get("picture"):
            told["picture"] = _shown_picture(option["picture"], language)
        if option.get("more_pictures"):
            told["more_pictures"] = [_shown_picture(one, language) for one in option["more_pictures"]]
        if option.get("audio"):
            told["audio"] = _shown_audio(option["audio"], language)
        if question["type"] == "gaps":
            told["target"] = option["target"]
        options[option["id"]] = told
    targets: dict[str, dict] = {}
    for target in question.get("targets", ()):
        targets[target["id"]] = {"id": target["id"], "text": words(target["text"], language)}
        if target["kind"]:
            targets[target["id"]]["kind"] = target["kind"]
        if target["area"]:
            targets[target["id"]]["area"] = target["area"]
    return shown, options, targets


def _shown_picture(picture: dict, language: str) -> dict:
    """The addresses under which a paper's picture is served today; the paper itself holds only where it is kept."""
    storage = storages["public"]
    largest = picture["sources"][-1]
    return {
        "alt": words(picture["alt"], language),
        "src": storage.url(largest["file"]),
        "srcset": ", ".join(f"{storage.url(one['file'])} {one['width']}w" for one in picture["sources"]),
        "width": largest["width"],
        "height": largest["height"],
    }


def _shown_audio(audio: dict, language: str) -> dict:
    return {
        "src": reverse("media:recording", args=[audio["recording"]]),
        "transcript": words(audio["transcript"], language),
    }


_kept: OrderedDict[int, FrozenPaper] = OrderedDict()
_lock = Lock()


def paper(paper_id: int) -> FrozenPaper:
    """The frozen paper with this id, from memory where this process has read it before."""
    found = _kept.get(paper_id)
    if found is None:
        found = FrozenPaper(Paper.objects.get(pk=paper_id))
        with _lock:
            _kept[paper_id] = found
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found


class CorrectedPaper(FrozenPaper):
    """A paper as it was asked, marked by the key of a later one. `corrected` names the questions whose key differs."""

    def __init__(self, asked: FrozenPaper, key: FrozenPaper):
        self.pk = asked.pk
        self.quiz_key = asked.quiz_key
        self.version = asked.version
        self.document = asked.document
        self._public = {}
        self.by_id = {
            one: with_key_of(question, key.by_id[one]) if one in key.by_id else question
            for one, question in asked.by_id.items()
        }
        self.corrected = {one for one, question in self.by_id.items() if question is not asked.by_id[one]}


_corrected: OrderedDict[tuple[int, int], CorrectedPaper] = OrderedDict()


def corrected_paper(asked_id: int, key_id: int) -> CorrectedPaper:
    """The paper `asked_id` with the key of the paper `key_id`, from memory where this process has made it before."""
    found = _corrected.get((asked_id, key_id))
    if found is None:
        found = CorrectedPaper(paper(asked_id), paper(key_id))
        with _lock:
            _corrected[asked_id, key_id] = found
            while len(_corrected) > KEPT:
                _corrected.popitem(last=False)
    return found


def marking_paper(attempt: Attempt) -> FrozenPaper:
    """The paper an attempt is marked by: the one that was asked, with a later key where an officer applied one."""
    if attempt.graded_by_id is None:
        return paper(attempt.paper_id)
    return corrected_paper(attempt.paper_id, attempt.graded_by_id)


def forget(paper_id: int) -> None:
    """Called when a paper is made: after a rollback SQLite gives the id of a paper that never was to another one."""
    with _lock:
        _kept.pop(paper_id, None)
        for pair in [pair for pair in _corrected if paper_id in pair]:
            del _corrected[pair]
