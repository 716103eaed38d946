"""Text of other people's files made ours: legacy encodings repaired, HTML turned into plain text that keeps formulas."""

import re
from html.parser import HTMLParser

from cms.text import legacy
from cms.text.folding import normalize
from quizzes.exchange.items import Reading

_BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"}
_DOLLARS = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)


def repaired(text: str, reading: Reading) -> str:
    """A whole file's text in today's letters; samples of what was changed go into the reading's `before_after`."""
    lines = text.splitlines()
    repairs = legacy.repair_texts(lines)
    reading.before_after += [(one.before, one.after) for one in legacy.examples(repairs)]
    return "\n".join(repair.after if repair else line for line, repair in zip(lines, repairs, strict=True))


def tidy(text: str) -> str:
    """Lines trimmed, empty ones at the ends dropped, NFC; Moodle's $$ formulas as ours."""
    text = _DOLLARS.sub(r"\\(\1\\)", text)
    lines = [normalize(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Plain(HTMLParser):
    """Collects text; pictures are told by their source, so that a reader can attach them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.sounds: list[str] = []
        self._skip = 0

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag in {"script", "style"}:
            self._skip += 1
        elif tag == "img":
            self.pictures.append((found.get("src") or "", found.get("alt") or ""))
        elif tag in {"audio", "source", "video"} and found.get("src"):
            self.sounds.append(found["src"] or "")
        elif tag == "sup":
            self.parts.append("^")
        elif tag == "sub":
            self.parts.append("_")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag):
        if tag in {"script", "style"}:
            self._skip = max(0, self._skip - 1)
        elif tag in _BLOCKS - {"br"}:
            self.parts.append("\n")

    def handle_data(self, data):
        if not self._skip:
            self.parts.append(data)


def from_html(markup: str) -> tuple[str, list[tuple[str, str]], list[str]]:
    """Plain text, pictures as (source, words), and sources of sounds, of an HTML fragment."""
    reader = _Plain()
    reader.feed(markup)
    reader.close()
    return tidy("".join(reader.parts)), reader.pictures, reader.sounds
