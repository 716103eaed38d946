"""An address of the site as paper shows it: in full, and as a QR code."""

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


def qr_svg(address: str) -> SafeString:
    """An inline SVG without styles or scripts; the address is what a phone's camera opens."""
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(border=2, omitsize=True, lineclass=None, svgclass="qr"))


def absolute(path: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{path}"
