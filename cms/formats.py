"""The kinds of material by the word the API and the search use, and the name readers see. Rooms add their own."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_names: dict[str, Any] = {
    "": _("Everything"),
    "guide": _("Guide"),
    "video": _("Video"),
    "handbook": pgettext_lazy("kind of content", "Handbook"),
    "section": _("List of pages"),
    "home": _("Home page"),
    "page": _("Page"),
    "course": _("Course"),
    "lesson": _("Lesson"),
    "material": pgettext_lazy("to hand out", "Material"),
    "news": _("News"),
}


def register_format(word: str, name: str) -> None:
    """Called in a room's `AppConfig.ready()`; `name` is lazily translated."""
    _names[word] = name


def format_name(word: str) -> str:
    return str(_names.get(word, word))
