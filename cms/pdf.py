"""Pages as PDF, in the product's own letters: every room prints through here."""

from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext_lazy as _

from cms.problems import Problem

# What stands in a text; the second one has what the first lacks (letters of other languages).
TEXT = (("Be Vietnam Pro", "be-vietnam-pro"),)
EVERY_LETTER = (*TEXT, ("Noto Sans", "noto-sans"))


class NoPdf(Problem):
    status = 503
    code = "no_pdf"
    title = _("PDFs are switched off")
    detail = _("PDFs cannot be made on this server (Pango is missing). Use the page to print instead.")


def laid_out(html: str, *sheets: str, style: str = "", families=TEXT) -> Any:
    """A laid-out WeasyPrint document: `.write_pdf()` gives the bytes, `.pages` can be joined.

    `sheets` are static files, `style` comes before them. Raises NoPdf where Pango is missing, FileNotFoundError for a
    sheet that is not there.
    """
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise NoPdf() from error
    fonts = FontConfiguration()
    rules = [CSS(string=_faces(families) + style, font_config=fonts)]
    return HTML(string=html).render(
        stylesheets=rules + [CSS(filename=_found(sheet), font_config=fonts) for sheet in sheets], font_config=fonts
    )


def _faces(families) -> str:
    """One full file a weight: subsets split by script print wrong letters."""
    return "".join(
        f"@font-face{{font-family:'{family}';font-weight:{weight};src:url('file://{found}')}}"
        for family, file in families
        for weight in (400, 600)
        if (found := finders.find(f"vendor/fonts/{file}-{weight}.ttf"))
    )


def _found(sheet: str) -> str:
    found = finders.find(sheet)
    if not found:
        raise FileNotFoundError(sheet)
    return found
