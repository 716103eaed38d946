"""The files of the starter content, and what is in them, for the tests of them."""

import re
from pathlib import Path

import yaml

from cms.starter.reading import SafeLoader

ROOT = Path(__file__).resolve().parents[2]
COURSES = ROOT / "courses" / "starter"
GUIDES = ROOT / "cms" / "starter" / "guides"
HANDBOOKS = ROOT / "cms" / "starter" / "handbooks"
PAGES = ROOT / "cms" / "starter" / "pages"
PICTURES = ROOT / "cms" / "starter" / "pictures"
VOCABULARY = ROOT / "cms" / "vocabulary" / "starter"
# The folder of a course's last page: a short way in to its test.
FINAL = "kiem-tra-cuoi-khoa"


def read(path: Path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader)  # noqa: S506  (it is one)


def course_files():
    return sorted(COURSES.glob("*/course.yaml"))


def lesson_files(courses=None):
    return [path.parent / name / "lesson.yaml" for path in courses or course_files() for name in read(path)["lessons"]]


def teaching_files():
    """The lessons that teach: all but the pages of the final tests."""
    return [path for path in lesson_files() if path.parent.name != FINAL]


def quiz_files():
    return [path.with_name("quiz.yaml") for path in lesson_files()]


def questions_of_all():
    return [question for path in quiz_files() for question in read(path)["questions"]]


def guide_files():
    return sorted(GUIDES.glob("*/guide.yaml"))


def page_files():
    """The pages about the site: who runs it, privacy, how to begin, words, messages."""
    return sorted(PAGES.glob("*/page.yaml"))


def handbook_files():
    return sorted(HANDBOOKS.glob("*/*.yaml"))


def by_folder(path: Path) -> str:
    return str(path.parent.relative_to(COURSES)) if path.is_relative_to(COURSES) else path.parent.name


def bilingual(node, where=""):
    """Every {vi, en} or {vi} below `node`, with the place where it stands."""
    if isinstance(node, dict):
        if "vi" in node or "en" in node:
            yield where, node
        else:
            for key, value in node.items():
                yield from bilingual(value, f"{where}/{key}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from bilingual(value, f"{where}/{value.get('id', place) if isinstance(value, dict) else place}")


def plain_fields(node, *, rich=False):
    """Those {vi, …} below `node` that are drawn as they are written: all but the texts of blocks and steps."""
    if isinstance(node, dict):
        if "vi" in node:
            if not rich:
                yield "", node
            return
        drawn_as_written = node.get("type") == "message" or "correct" in node
        for name, value in node.items():
            yield from plain_fields(value, rich=name == "text" and not drawn_as_written)
    elif isinstance(node, list):
        for value in node:
            yield from plain_fields(value)


def languages(page) -> set[str]:
    """Vietnamese, and what the title has been translated into: a translation is whole or not there."""
    return {"vi"} | set(page["title"])


def pictures(node):
    """Every (file, alt) of a page."""
    if isinstance(node, dict):
        name = node.get("file") or node.get("image")
        if isinstance(name, str) and name.endswith(".svg"):
            yield name, node.get("alt")
        for value in node.values():
            yield from pictures(value)
    elif isinstance(node, list):
        for value in node:
            yield from pictures(value)


def vietnamese(page) -> str:
    """What a reader reads of a page in Vietnamese, without Markdown marks."""
    text = []
    for block in page["blocks"]:
        for _, pair in bilingual(block):
            text.append(pair["vi"])
    return re.sub(r"https?://\S+|[*_#]|^\s*(?:[-–]|\d+\.)\s+", " ", "\n".join(text), flags=re.M)


def sentences(text: str) -> list[str]:
    """Sentences with at least one word; a line break ends one, a full stop inside an address does not."""
    return [part for part in re.split(r"[.?!…]+(?:[\s”»)]|$)|\n", text) if re.search(r"\w", part)]


def picture_path(page_path: Path, name: str) -> Path:
    own = page_path.parent / name
    return own if own.exists() else PICTURES / name
