"""Titles as the reader's language has them."""

from django import template

from courses.models import Assignment
from courses.queries.catalogue import title_here

register = template.Library()


@register.filter
def title_in_my_language(assignment: Assignment) -> str:
    """The title of what was given; what it was called on that day where it is no longer published."""
    return title_here(assignment.target_key, assignment.title_at_the_time)
