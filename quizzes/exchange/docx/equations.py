r"""TeX between \( and \) as Word's own equations (OMML): the other way of omml.py, which reads them back.

TeX becomes MathML by the library that draws it on the screen, MathML becomes OMML here. What is not known here keeps
its letters; what is no TeX stays as it is written.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn

from quizzes import formulas

M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_NARY = frozenset("∑∏∫∬∭∮⋃⋂")
_LIMITS = frozenset({"lim", "max", "min", "sup", "inf"})
_RELATIONS = frozenset("=≠<>≤≥≈≡→⇒⇔")
_BARS = frozenset("―¯‾_‗")
_ACCENTS = {"→": "\u20d7", "←": "\u20d6", "^": "\u0302", "~": "\u0303", "˙": "\u0307", "¨": "\u0308", "´": "\u0301",
            "`": "\u0300", "ˇ": "\u030c", "˘": "\u0306", "ˆ": "\u0302", "˜": "\u0303"}  # fmt: skip
_GROUPS = frozenset("⏞⏟⏜")
_INVISIBLE = frozenset("\u2061\u2062\u2063\u2064")


def to_omml(tex: str) -> str | None:
    """An `m:oMath` element as XML; None for what is no TeX."""
    element = formulas.mathml(tex)
    if element is None:
        return None
    inner = _row(list(element))
    return f'<m:oMath xmlns:m="{M}">{inner}</m:oMath>' if inner else None


def set_formulas(document: Document) -> None:
    """Turn the formulas in a document's runs into equations. The looks of the words around them stay."""
    for run in list(document.element.body.iter(qn("w:r"))):
        if any(formulas.FORMULA.search(one.text or "") for one in run.iterchildren(qn("w:t"))):
            _divide(run)


def _divide(run) -> None:
    """The run as several, with equations between them."""
    looks = run.find(qn("w:rPr"))
    made: list = []

    def words():
        if not made or made[-1].tag != qn("w:r"):
            made.append(OxmlElement("w:r"))
            if looks is not None:
                made[-1].append(deepcopy(looks))
        return made[-1]

    for child in list(run):
        if child.tag == qn("w:rPr"):
            continue
        if child.tag != qn("w:t"):
            words().append(child)
            continue
        for place, piece in enumerate(formulas.FORMULA.split(child.text or "")):
            omml = to_omml(piece) if place % 2 else None
            if omml:
                made.append(parse_xml(omml))
            elif piece:
                text = OxmlElement("w:t")
                text.text = f"\\({piece}\\)" if place % 2 else piece
                text.set(qn("xml:space"), "preserve")
                words().append(text)
    for one in made:
        run.addprevious(one)
    run.getparent().remove(run)


# --- MathML to OMML ---


def _name(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _tag(name: str, *inner: str) -> str:
    return f"<m:{name}>{''.join(inner)}</m:{name}>"


def _set(name: str, **values: str) -> str:
    """A properties element: `_set("dPr", begChr="(")`."""
    return _tag(name, *(f"<m:{key} m:val={quoteattr(value)}/>" for key, value in values.items()))


def _run(text: str, *, upright: bool = False, words: bool = False) -> str:
    style = "<m:rPr><m:nor/></m:rPr>" if words else '<m:rPr><m:sty m:val="p"/></m:rPr>' if upright else ""
    return f'<m:r>{style}<m:t xml:space="preserve">{escape(text)}</m:t></m:r>' if text else ""


def _row(elements: Sequence[Element]) -> str:
    """Elements in a row: what stands between fences, and what a sum or an integral is of, belongs together."""
    if len(elements) > 1 and _is_fence(elements[0], "prefix"):
        closed = _is_fence(elements[-1], "postfix")
        right = (elements[-1].text or "") if closed else ""
        inner = _row(elements[1:-1] if closed else elements[1:])
        return _tag("d", _set("dPr", begChr=elements[0].text or "", endChr=right), _tag("e", inner))
    out = []
    place = 0
    while place < len(elements):
        element = elements[place]
        place += 1
        sign = _sign_of(element)
        if sign:
            end = place
            while end < len(elements) and (elements[end].text or "") not in _RELATIONS:
                end += 1
            out.append(_nary(element, sign, _row(elements[place:end])))
            place = end
        elif _name(element) == "mi" and element.get("mathvariant") == "normal":
            # Upright letters side by side are one word: CO.
            word = element.text or ""
            while place < len(elements) and elements[place].get("mathvariant") == "normal":
                word += elements[place].text or ""
                place += 1
            out.append(_run(word, words=True))
        else:
            out.append(_one(element))
    return "".join(out)


def _is_fence(element: Element, form: str) -> bool:
    return _name(element) == "mo" and element.get("fence") == "true" and element.get("form") == form


def _sign_of(element: Element) -> str:
    """The ∑ or ∫ that an element is, with or without limits; empty for everything else."""
    base = element[0] if _name(element) in {"msub", "msup", "msubsup", "munder", "mover", "munderover"} else element
    return (base.text or "") if _name(base) == "mo" and (base.text or "") in _NARY else ""


def _nary(element: Element, sign: str, of: str) -> str:
    name = _name(element)
    parts = [_one(one) for one in element]
    below = parts[1] if name in {"msub", "munder", "msubsup", "munderover"} else ""
    above = parts[-1] if name in {"msup", "mover", "msubsup", "munderover"} else ""
    around = "undOvr" if sign in "∑∏⋃⋂" else "subSup"
    settings = {"chr": sign, "limLoc": around, "subHide": "0" if below else "1", "supHide": "0" if above else "1"}
    return _tag("nary", _set("naryPr", **settings), _tag("sub", below), _tag("sup", above), _tag("e", of))


def _one(element: Element) -> str:
    name = _name(element)
    writer = _WRITERS.get(name)
    if writer:
        return writer(element)
    if len(element):
        return _row(list(element))
    text = "".join(letter for letter in element.text or "" if letter not in _INVISIBLE)
    if name == "mspace":
        return _run(" ")
    # A name of several letters, as of a function, stands upright.
    return _run(text, upright=name in {"mi", "mo"} and len(text) > 1, words=name == "mtext")


def _inner(element: Element) -> str:
    return _row([element]) if _name(element) != "mrow" else _row(list(element))


def _fraction(element: Element) -> str:
    bar = _set("fPr", type="noBar") if element.get("linethickness", "").startswith("0") else ""
    return _tag("f", bar, _tag("num", _inner(element[0])), _tag("den", _inner(element[1])))


def _square_root(element: Element) -> str:
    return _tag("rad", _set("radPr", degHide="1"), _tag("deg"), _tag("e", _row(list(element))))


def _root(element: Element) -> str:
    return _tag("rad", _tag("deg", _inner(element[1])), _tag("e", _inner(element[0])))


def _power(element: Element) -> str:
    raised = "".join(element[1].itertext()).strip()
    if raised == "∘":
        return _inner(element[0]) + _run("°")
    return _tag("sSup", _tag("e", _inner(element[0])), _tag("sup", _inner(element[1])))


def _index(element: Element) -> str:
    if (element[0].text or "") in _LIMITS:
        return _below(element)
    return _tag("sSub", _tag("e", _inner(element[0])), _tag("sub", _inner(element[1])))


def _both(element: Element) -> str:
    base, below, above = (_inner(one) for one in element)
    return _tag("sSubSup", _tag("e", base), _tag("sub", below), _tag("sup", above))


def _below(element: Element) -> str:
    base, sign = _inner(element[0]), (element[1].text or "").strip()
    if sign in _BARS and _name(element[1]) == "mo":
        return _tag("bar", _set("barPr", pos="bot"), _tag("e", base))
    if sign in _GROUPS:
        return _tag("groupChr", _set("groupChrPr", chr=sign, pos="bot"), _tag("e", base))
    return _tag("limLow", _tag("e", base), _tag("lim", _inner(element[1])))


def _above(element: Element) -> str:
    base, sign = _inner(element[0]), (element[1].text or "").strip()
    if _name(element[1]) == "mo" and sign in _BARS:
        return _tag("bar", _set("barPr", pos="top"), _tag("e", base))
    if _name(element[1]) == "mo" and sign in _ACCENTS:
        return _tag("acc", _set("accPr", chr=_ACCENTS[sign]), _tag("e", base))
    if sign in _GROUPS:
        return _tag("groupChr", _set("groupChrPr", chr=sign, pos="top"), _tag("e", base))
    return _tag("limUpp", _tag("e", base), _tag("lim", _inner(element[1])))


def _below_and_above(element: Element) -> str:
    base, below, above = (_inner(one) for one in element)
    return _tag("limUpp", _tag("e", _tag("limLow", _tag("e", base), _tag("lim", below))), _tag("lim", above))


def _table(element: Element) -> str:
    rows = [[_row(list(cell)) for cell in row] for row in element]
    columns = max((len(row) for row in rows), default=0)
    if columns == 1:
        return _tag("eqArr", *(_tag("e", row[0]) for row in rows if row))
    return _tag("m", *(_tag("mr", *(_tag("e", cell) for cell in row)) for row in rows))


def _enclosed(element: Element) -> str:
    return _tag("borderBox", _tag("e", _row(list(element))))


_WRITERS: dict[str, Callable[[Element], str]] = {
    "mfrac": _fraction, "msqrt": _square_root, "mroot": _root, "msup": _power, "msub": _index, "msubsup": _both,
    "munder": _below, "mover": _above, "munderover": _below_and_above, "mtable": _table, "menclose": _enclosed,
}  # fmt: skip
