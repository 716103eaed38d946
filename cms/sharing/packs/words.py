"""The words of a page without the site around them: plain HTML that any program opens, and plain text."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import nh3

from cms.text.folding import normalize

# What carries meaning outside the site; everything else loses its tag and keeps its words.
TAGS = {
    *(
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "br",
        "hr",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "figure",
        "figcaption",
    ),
    *(
        "strong",
        "b",
        "em",
        "i",
        "a",
        "img",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
    ),
}
# These go with all that is in them: machinery of the site.
MACHINERY = {
    "script",
    "style",
    "svg",
    "button",
    "form",
    "audio",
    "video",
    "template",
    "nav",
    "input",
    "textarea",
    "select",
}
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "th": {"colspan", "rowspan", "scope"}, "td": {"colspan", "rowspan"}}
_BLANK_LINES = re.compile(r"\n{3,}")
# A picture that does not come along.
_LEFT_BEHIND = re.compile(r"<img(?![^>]*\bsrc=)[^>]*>")
_EMPTY = re.compile(r"<(p|li|h\d|figure|figcaption)>\s*</\1>")


def plain_html(drawn: str, *, link: Callable[[str], str], picture: Callable[[str], str]) -> str:
    """`drawn` as HTML that needs nothing else.

    `link` gives the full address of a link, `picture` the name of a picture's file beside the text, or "" for one that
    does not come along.
    """

    def rewritten(tag: str, name: str, value: str) -> str | None:
        if (tag, name) == ("a", "href"):
            return link(value)
        if (tag, name) == ("img", "src"):
            return picture(value) or None
        return value

    text = nh3.clean(
        drawn,
        tags=TAGS,
        clean_content_tags=MACHINERY,
        attributes=ATTRIBUTES,
        attribute_filter=rewritten,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    text = _LEFT_BEHIND.sub("", text)
    return _EMPTY.sub("", _BLANK_LINES.sub("\n\n", normalize(text))).strip()


def plain_text(html: str) -> str:
    """The same without any tags: headings stand alone, items have a dash or number, links their address behind them."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return writer.text()


class _Writer(HTMLParser):
    BLOCKS = frozenset(
        {"p", "h1", "h2", "h3", "h4", "li", "dt", "dd", "tr", "caption", "figcaption", "summary", "blockquote"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.words: list[str] = []
        self.lists: list[int | None] = []
        self.link = ""
        self.link_from = 0
        self.first = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in {"ul", "ol"}:
            self._end()
            self.lists.append(0 if tag == "ol" else None)
        elif tag in self.BLOCKS:
            self._end()
            if tag.startswith("h") or tag == "summary":
                self.lines.append("")
            if tag == "li" and self.lists:
                if self.lists[-1] is not None:
                    self.lists[-1] += 1
                self.first = "  " * (len(self.lists) - 1) + (f"{self.lists[-1]}. " if self.lists[-1] else "- ")
        elif tag in {"td", "th"} and self.words:
            self.words.append(" | ")
        elif tag == "br":
            self._end()
        elif tag == "hr":
            self._end()
            self.lines.append("—" * 20)
        elif tag == "img" and given.get("alt"):
            self._end()
            self.words.append(f"[{given['alt']}]")
            self._end()
        elif tag == "a":
            self.link, self.link_from = given.get("href") or "", len(self.words)

    def handle_endtag(self, tag):
        if tag in {"ul", "ol"}:
            self._end()
            if self.lists:
                self.lists.pop()
            if not self.lists:
                self.lines.append("")
        elif tag in self.BLOCKS:
            self._end()
            if tag.startswith("h") or tag in {"p", "blockquote", "table", "caption"}:
                self.lines.append("")
        elif tag == "a":
            said = "".join(self.words[self.link_from :])
            if self.link and not self.link.startswith("#") and self.link not in said:
                self.words.append(f" ({self.link})")
            self.link = ""

    def handle_data(self, data):
        self.words.append(data)

    def _end(self) -> None:
        said = " ".join("".join(self.words).split())
        self.words = []
        if said:
            self.lines.append(self.first + said)
            self.first = ""

    def text(self) -> str:
        self._end()
        return _BLANK_LINES.sub("\n\n", "\n".join(self.lines)).strip() + "\n"
