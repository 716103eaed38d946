"""An address of the site as paper shows it: in full, and as a QR code."""

import segno
from django.conf import settings
from django.urls import translate_url
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override


def qr_svg(address: str) -> SafeString:
    """An inline SVG without styles or scripts; the address is what a phone's camera opens."""
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(border=2, omitsize=True, lineclass=None, svgclass="qr"))


def absolute(path: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def path_in(path: str, language: str) -> str:
    """A path of the site as it is in `language`, whichever language it was written in.

    Django finds an address only below the prefix of the active language, so that a message kept from before a switch
    would lead back to the old language.
    """
    written = path.split("/")[1:2]
    known = written and written[0] in dict(settings.LANGUAGES)
    with override(written[0] if known else settings.LANGUAGE_CODE):
        return translate_url(path, language)
