r"""Formulas in texts: TeX between \( and \) becomes MathML here, so that no script is needed and a screen reader reads it.

Browsers without MathML (Chrome before 109) are shown the same formula in plain signs: \(\frac{1}{2}\) reads "1/2".
"""

import html
import re
from functools import lru_cache
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert_to_element

FORMULA = re.compile(r"\\\((.+?)\\\)", re.DOTALL)
LONGEST = 1000
# What may stand in a formula: nothing that links, runs or styles (TeX has \href and \style).
ATTRIBUTES = frozenset(
    {
        *("accent", "columnalign", "columnlines", "columnspacing", "columnspan", "display", "displaystyle", "fence"),
        *(
            "form",
            "linethickness",
            "lspace",
            "mathvariant",
            "maxsize",
            "minsize",
            "movablelimits",
            "notation",
            "rowlines",
        ),
        *("rowspacing", "rowspan", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "width", "xmlns"),
    }
)
_SUPERSCRIPT = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
_INVISIBLE = {"\u2061", "\u2062", "\u2063", "\u2064"}


@lru_cache(maxsize=2000)
def formula(tex: str) -> str:
    r"""`tex` (without its \( and \)) as HTML: MathML for browsers that have it, plain signs for the others.

    What is no TeX is shown as it is written.
    """
    element = _element(tex)
    if element is None:
        return f"<code>{html.escape(tex)}</code>"
    plain = html.escape(_plain(element).strip())
    element.set("alttext", _plain(element).strip())
    return f'<span class="formula">{tostring(element, encoding="unicode")}<span class="formula__plain">{plain}</span></span>'


@lru_cache(maxsize=2000)
def plain(tex: str) -> str:
    """`tex` in plain signs, for places that hold no markup (a choice in a list, an alternative text)."""
    element = _element(tex)
    return tex if element is None else _plain(element).strip()


def mathml(tex: str) -> Element | None:
    r"""`tex` (without its \( and \)) as MathML, for other forms that are made of it; None for what is no TeX."""
    return _element(tex)


def _element(tex: str) -> Element | None:
    if len(tex) > LONGEST:
        return None
    try:
        element = convert_to_element(tex)
        _clean(element)
    except Exception:
        # The converter raises what it likes (its own errors, IndexError, RecursionError): none may break a page.
        return None
    return element


def _clean(element: Element) -> None:
    for part in element.iter():
        for name in [name for name in part.attrib if name not in ATTRIBUTES]:
            del part.attrib[name]
        # The converter writes signs as character references, which would be escaped again.
        part.text = html.unescape(part.text) if part.text else part.text
        part.tail = html.unescape(part.tail) if part.tail else part.tail


def _plain(element: Element) -> str:
    parts = [_plain(child) for child in element]
    name = element.tag.rsplit("}", 1)[-1]
    if name == "mfrac" and len(parts) == 2:
        return "/".join(map(_grouped, parts))
    if name == "msqrt":
        return f"√{_grouped(''.join(parts))}"
    if name == "mroot" and len(parts) == 2:
        return f"{parts[1].translate(_SUPERSCRIPT)}√{_grouped(parts[0])}"
    if name in {"msup", "mover"} and len(parts) == 2:
        return parts[0] + _raised(parts[1], _SUPERSCRIPT, "^")
    if name in {"msub", "munder"} and len(parts) == 2:
        return parts[0] + _raised(parts[1], _SUBSCRIPT, "_")
    if name in {"msubsup", "munderover"} and len(parts) == 3:
        return parts[0] + _raised(parts[1], _SUBSCRIPT, "_") + _raised(parts[2], _SUPERSCRIPT, "^")
    if name == "mtable":
        return "; ".join(parts)
    if name == "mtr":
        return ", ".join(parts)
    if name == "mspace":
        return " "
    text = element.text or ""
    if name == "mo" and text not in _INVISIBLE and text in "=<>≤≥≠≈+−-×÷⋅→⇒⇔∈±":
        return f" {text} "
    return ("" if text in _INVISIBLE else text) + "".join(parts)


def _grouped(text: str) -> str:
    text = text.strip()
    return text if re.fullmatch(r"[\w.,√]+", text) else f"({text})"


def _raised(text: str, table: dict[int, int], sign: str) -> str:
    text = text.replace(" ", "")
    return text.translate(table) if all(ord(letter) in table for letter in text) else sign + _grouped(text)
