"""Markdown as writers use it → the HTML that Wagtail's rich text keeps."""

import nh3
from markdown_it import MarkdownIt

_markdown = MarkdownIt("commonmark", {"breaks": False, "html": False})
_TAGS = {"h2", "h3", "p", "b", "i", "ol", "ul", "li", "a", "br", "hr"}


def rich_text(text: str) -> str:
    """Headings down to ### are sections of the page (h2), deeper ones h3; links go to http, https, tel or mailto."""
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "h2" if token.tag in {"h1", "h2", "h3"} else "h3"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    html = html.replace("<strong>", "<b>").replace("</strong>", "</b>").replace("<em>", "<i>").replace("</em>", "</i>")
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    ).replace("\n", "")
