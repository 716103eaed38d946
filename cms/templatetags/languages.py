"""How a piece of text in another language than its page is marked: for the voice that reads it, the letters, the direction."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi

from cms.scripts import HAN_FACES
from cms.vocabulary.speaking import COMPLETE, Spoken, han_face, spoken

register = template.Library()


@register.simple_tag
def said_in(tag: str, css: str = "") -> SafeString:
    """The attributes of an element whose text is in `tag`: `lang`, `dir` where it turns around, the class for its letters.

    `css` are classes the element has anyway. A language the registry does not know is marked with `lang` alone.
    """
    # What most texts are in, and written from the left in the site's own letters, needs no look at the table.
    found = spoken(tag) if tag and tag not in COMPLETE else None
    words = " ".join(filter(None, [css, found.css if found else ""]))
    parts = [format_html(' lang="{}"', found.tag if found else tag) if tag else SafeString("")]
    if tag and (found is not None and found.rtl) != get_language_bidi() and (found is not None or tag in COMPLETE):
        parts.append(format_html(' dir="{}"', "rtl" if found is not None and found.rtl else "ltr"))
    if words:
        parts.append(format_html(' class="{}"', words))
    return mark_safe("".join(parts).strip())


@register.simple_tag
def letters_for(*tags: str) -> SafeString:
    """The stylesheets with Chinese letters, on a page in Chinese or with a text in it; nothing on any other page.

    `tags` are the languages of those texts; each way of writing has a sheet of its own.
    """
    faces = dict.fromkeys(filter(None, (han_face(tag) for tag in (*tags, get_language() or ""))))
    return format_html_join(
        "", '<link rel="stylesheet" href="{}">', ((static(f"vendor/fonts/{HAN_FACES[face]}.css"),) for face in faces)
    )


@register.filter
def language_called(tag: str) -> str:
    """What the language is called in the reader's own: «Tiếng Chơ Ro», «Chrau»; the tag where nobody knows."""
    found: Spoken | None = spoken(tag)
    if found is None:
        return tag
    return found.name_vi if get_language() == "vi" else found.name_en
