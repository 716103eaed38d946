from django import template

from cms.pictures import DEFAULT_SIZES, picture_html

register = template.Library()


@register.simple_tag
def picture(image, alt="", sizes=DEFAULT_SIZES, css_class="", eager=False, renditions=None):
    """A responsive picture; `renditions` (see cms.pictures.renditions_of) spares the query in a list."""
    return picture_html(image, alt=alt, sizes=sizes, css_class=css_class, eager=eager, renditions=renditions)
