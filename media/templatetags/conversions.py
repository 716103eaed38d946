from django import template

from media.queries import panel_context

register = template.Library()


@register.inclusion_tag("media/admin/conversion_panel.html")
def conversion_panel(recording):
    """How far the copies of a recording are, what they weigh, its captions and chapters, and the pictures to choose from."""
    return panel_context(recording)
