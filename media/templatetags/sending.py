"""What the tabs for new files in Wagtail's choosers need of the chooser they stand in."""

from django import template
from django.urls import reverse

from media.models import DocumentFile, Upload

register = template.Library()


@register.filter
def purpose_of(chooser) -> str:
    """As what a chooser's new files are uploaded."""
    return Upload.Purpose.DOCUMENT if chooser.model is DocumentFile else Upload.Purpose.IMAGE


@register.simple_tag
def chosen_address(chooser) -> str:
    """Where `chooser` goes when the file with the id 0 is picked from its list."""
    wants_format = chooser.request.GET.get("select_format")
    name = "wagtailimages_chooser:select_format" if wants_format else chooser.chosen_url_name
    return chooser.append_preserved_url_parameters(reverse(name, args=[0]))
