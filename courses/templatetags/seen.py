"""How much of a lesson has been seen."""

from django import template

register = template.Library()


@register.filter
def seen_among(progress: dict | None, blocks: list[str]) -> int:
    """How many of `blocks` the reader has seen; `progress` as courses.queries.outlines.my_lesson gives it."""
    seen = set(progress["blocks_seen"]) if progress else set()
    return sum(block in seen for block in blocks)
