from django import template
from django.utils import timezone

register = template.Library()


@register.simple_tag
def due_facts(due):
    """How a due date stands now: {"late", "today"}."""
    now = timezone.now()
    return {"late": due < now, "today": timezone.localdate(due) == timezone.localdate(now)}
