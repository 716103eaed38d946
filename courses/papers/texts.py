"""Rich text as plain lines for paper."""

import html
import re

from django.utils.html import strip_tags

_HEADING = re.compile(r"<h[2-6][^>]*>(.*?)</h[2-6]>", re.DOTALL)
_BOLD = re.compile(r"</?(b|strong)(\s[^>]*)?>")
_ENDS = re.compile(r"</(p|li|h[2-6]|ul|ol)>|<br\s*/?>")
_ITEM = re.compile(r"<li[^>]*>")


def heading_of(source: str) -> str:
    """The first heading of a rich text; empty where it has none."""
    found = _HEADING.search(source)
    return html.unescape(strip_tags(found.group(1))).strip() if found else ""


def lines_of(source: str) -> list[str]:
    """The paragraphs and points of a rich text; what is bold stands between **stars**."""
    marked = _BOLD.sub("**", _HEADING.sub("", source))
    marked = _ENDS.sub("\n", _ITEM.sub("– ", marked))
    plain = html.unescape(strip_tags(marked))
    return [line for piece in plain.split("\n") if (line := " ".join(piece.split()))]
