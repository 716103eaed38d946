r"""Texts of questions in templates: formulas between \( and \), line breaks, figures as people here write them."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from quizzes import formulas

register = template.Library()


@register.filter
def rich(text: str) -> SafeString:
    """A question's text as HTML: escaped, its formulas as MathML, its line breaks kept."""
    pieces = formulas.FORMULA.split(str(text or ""))
    # Every second piece is the inside of a formula.
    told = [formulas.formula(piece) if place % 2 else _lines(piece) for place, piece in enumerate(pieces)]
    return mark_safe("".join(told))


@register.filter
def plain(text: str) -> str:
    """The same without markup, for the choices of a list and for names read aloud."""
    pieces = formulas.FORMULA.split(str(text or ""))
    return "".join(formulas.plain(piece) if place % 2 else piece for place, piece in enumerate(pieces))


def _lines(text: str) -> str:
    return escape(text).replace("\r\n", "\n").replace("\n", "<br>")
