"""Titles as the reader's language has them."""

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language

from courses.models import Assignment
from courses.queries.catalogue import target, title_here

register = template.Library()


@register.filter
def title_in_my_language(assignment: Assignment) -> str:
    """The title of what was given; what it was called on that day where it is no longer published."""
    return title_here(assignment.target_key, assignment.title_at_the_time)


@register.filter
def marked_title(assignment: Assignment) -> str:
    """The same for where HTML may stand: with its language, where it is not translated into the reader's."""
    found = target(assignment.target_key, get_language())
    if found is None:
        return assignment.title_at_the_time
    if found.language == get_language():
        return found.title
    return format_html('<span lang="{}">{}</span>', found.language, found.title)
