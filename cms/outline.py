"""What stands on a page, for the list beside a long text."""

import html
import re

from django.utils.html import strip_tags
from wagtail.blocks import StreamValue

# Blocks whose own title is a heading of the page.
TITLED = {"steps", "family_task"}
HEADING = re.compile(r"<h2[^>]*>(.*?)</h2>", re.DOTALL)
# One heading is no outline.
FEWEST = 2


def sections_of(body: StreamValue) -> list[dict[str, str]]:
    """The headings of `body` in order as {"id": of the block, "title"}; a text counts by its first heading.

    Read from the stored data: nothing is drawn or fetched. Empty where there are too few to be of use.
    """
    found = [
        {"id": block["id"], "title": title} for block in body.raw_data if block.get("id") and (title := _title(block))
    ]
    return found if len(found) >= FEWEST else []


def _title(block: dict) -> str:
    value = block["value"]
    if block["type"] == "text" and isinstance(value, str):
        heading = HEADING.search(value)
        return html.unescape(strip_tags(heading.group(1))).strip() if heading else ""
    if block["type"] in TITLED and isinstance(value, dict):
        return str(value.get("title") or "").strip()
    return ""
