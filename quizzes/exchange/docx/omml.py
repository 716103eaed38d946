"""Word's equations (OMML) as TeX. What is not known here is told, and its letters are kept."""

from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element

_SPACE = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
DEPTH = 60

_LETTERS = {
    **dict(zip("αβγδεζηθικλμνξπρστυφχψω", ["alpha", "beta", "gamma", "delta", "varepsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "varphi", "chi", "psi", "omega"], strict=True)),
    "ϕ": "phi", "ϵ": "epsilon", "ϑ": "vartheta", "ς": "varsigma",
    **dict(zip("ΓΔΘΛΞΠΣΥΦΨΩ", ["Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"], strict=True)),
    "×": "times", "÷": "div", "±": "pm", "∓": "mp", "⋅": "cdot", "·": "cdot", "∙": "cdot", "∗": "ast", "≤": "le",
    "≥": "ge", "≠": "ne", "≈": "approx", "≡": "equiv", "∼": "sim", "≅": "cong", "∝": "propto", "∞": "infty",
    "→": "to", "←": "leftarrow", "↔": "leftrightarrow", "⇒": "Rightarrow", "⇐": "Leftarrow", "⇔": "Leftrightarrow",
    "∈": "in", "∉": "notin", "∋": "ni", "⊂": "subset", "⊃": "supset", "⊆": "subseteq", "⊇": "supseteq", "∪": "cup",
    "∩": "cap", "∅": "emptyset", "∖": "setminus", "∀": "forall", "∃": "exists", "¬": "neg", "∧": "wedge", "∨": "vee",
    "⊥": "perp", "∥": "parallel", "∠": "angle", "△": "triangle", "∆": "Delta", "∂": "partial", "∇": "nabla",
    "…": "ldots", "⋯": "cdots", "⋮": "vdots", "⋱": "ddots", "ℝ": "mathbb{R}", "ℕ": "mathbb{N}", "ℤ": "mathbb{Z}",
    "ℚ": "mathbb{Q}", "ℂ": "mathbb{C}", "√": "surd", "∑": "sum", "∏": "prod", "∫": "int", "∬": "iint", "∭": "iiint",
    "∮": "oint", "⋃": "bigcup", "⋂": "bigcap", "′": "prime", "ℓ": "ell", "ℏ": "hbar", "⟨": "langle", "⟩": "rangle",
}  # fmt: skip
_ESCAPED = {"%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "_": r"\_", "{": r"\{", "}": r"\}", "−": "-", "\u00a0": " ",
            "\u2061": "", "\u200b": "", "°": r"^{\circ}", "\\": r"\backslash "}  # fmt: skip
_FUNCTIONS = {"sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "ln",
              "log", "exp", "lim", "max", "min", "sup", "inf", "det", "dim", "gcd", "deg", "arg"}  # fmt: skip
_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "overline", "\u0307": "dot", "\u0308": "ddot",
            "\u20d7": "vec", "\u20d6": "overleftarrow", "\u0301": "acute", "\u0300": "grave", "\u030c": "check",
            "\u0306": "breve", "¯": "bar", "→": "vec", "^": "hat", "~": "tilde"}  # fmt: skip
_FENCES = {"{": r"\{", "}": r"\}", "⟨": r"\langle", "⟩": r"\rangle", "‖": r"\|", "⌊": r"\lfloor", "⌋": r"\rfloor",
           "⌈": r"\lceil", "⌉": r"\rceil", "": "."}  # fmt: skip
_GROUPS = {"⏞": "overbrace", "⏟": "underbrace", "⏜": "overparen", "→": "overrightarrow", "←": "overleftarrow"}


def to_tex(element: Element) -> tuple[str, list[str]]:
    """An `m:oMath` as TeX without delimiters, and the names of parts that are not known here."""
    unknown: list[str] = []
    tex = _Writer(unknown).children(element)
    return " ".join(tex.split()), list(dict.fromkeys(unknown))


def _name(element) -> str:
    return element.tag[len(_SPACE) :] if isinstance(element.tag, str) and element.tag.startswith(_SPACE) else ""


class _Writer:
    def __init__(self, unknown: list[str]) -> None:
        self.unknown = unknown
        self.depth = 0

    def children(self, element) -> str:
        if element is None:
            return ""
        self.depth += 1
        try:
            if self.depth > DEPTH:
                self.unknown.append("depth")
                return ""
            return "".join(self.one(child) for child in element)
        finally:
            self.depth -= 1

    def one(self, element) -> str:
        name = _name(element)
        if not name or name.endswith("Pr"):
            # Word's own wrappers of tracked changes and controls hold parts of the formula.
            plain = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
            return self.children(element) if plain in {"ins", "sdt", "sdtContent", "smartTag"} else ""
        writer: Callable[[_Writer, Element], str] | None = _WRITERS.get(name)
        if writer is None:
            self.unknown.append(name)
            return self.children(element)
        return writer(self, element)

    def part(self, element, name: str) -> str:
        return self.children(element.find(_SPACE + name))

    def setting(self, element, path: str, default: str = "") -> str:
        found = element.find("/".join(_SPACE + step for step in path.split("/")))
        return default if found is None else (found.get(_SPACE + "val") or "")

    def is_on(self, element, path: str) -> bool:
        found = element.find("/".join(_SPACE + step for step in path.split("/")))
        return found is not None and (found.get(_SPACE + "val") or "1") not in {"0", "off", "false"}

    def run(self, element) -> str:
        text = "".join(one.text or "" for one in element.iter(_SPACE + "t"))
        if element.find(f"{_SPACE}rPr/{_SPACE}nor") is not None and any(letter.isalpha() for letter in text):
            return r"\text{" + text.replace("{", "").replace("}", "") + "}"
        if text.strip() in _FUNCTIONS:
            return f"\\{text.strip()} "
        pieces: Iterable[str] = (f"\\{_LETTERS[one]} " if one in _LETTERS else _ESCAPED.get(one, one) for one in text)
        words = "".join(pieces)
        # A word with Vietnamese letters is text: TeX's italics have no tone marks.
        if any(ord(letter) > 0xBF and letter.isalpha() and letter not in _LETTERS for letter in text):
            return r"\text{" + text + "}"
        return words

    def fraction(self, element) -> str:
        above, below = self.part(element, "num"), self.part(element, "den")
        kind = self.setting(element, "fPr/type")
        if kind == "lin":
            return f"{{{above}}}/{{{below}}}"
        if kind == "noBar":
            return f"{{{above} \\atop {below}}}"
        return f"\\frac{{{above}}}{{{below}}}"

    def power(self, element) -> str:
        return f"{_base(self.part(element, 'e'))}^{{{self.part(element, 'sup')}}}"

    def index(self, element) -> str:
        return f"{_base(self.part(element, 'e'))}_{{{self.part(element, 'sub')}}}"

    def both(self, element) -> str:
        return f"{_base(self.part(element, 'e'))}_{{{self.part(element, 'sub')}}}^{{{self.part(element, 'sup')}}}"

    def before(self, element) -> str:
        return f"{{}}_{{{self.part(element, 'sub')}}}^{{{self.part(element, 'sup')}}}{self.part(element, 'e')}"

    def root(self, element) -> str:
        degree = self.part(element, "deg")
        shown = degree and not self.is_on(element, "radPr/degHide")
        return f"\\sqrt{f'[{degree}]' if shown else ''}{{{self.part(element, 'e')}}}"

    def nary(self, element) -> str:
        sign = self.setting(element, "naryPr/chr", "∫") or "∫"
        command = _LETTERS.get(sign)
        if command is None:
            self.unknown.append(f"nary {sign}")
        tex = f"\\{command}" if command else sign
        for name, mark in (("sub", "_"), ("sup", "^")):
            if (limit := self.part(element, name)) and not self.is_on(element, f"naryPr/{name}Hide"):
                tex += f"{mark}{{{limit}}}"
        return f"{tex} {self.part(element, 'e')}"

    def fenced(self, element) -> str:
        left, right = self.setting(element, "dPr/begChr", "("), self.setting(element, "dPr/endChr", ")")
        between = self.setting(element, "dPr/sepChr", "|") or "|"
        inner = f" {between} ".join(self.children(one) for one in element.findall(_SPACE + "e"))
        return f"\\left{_FENCES.get(left, left)} {inner} \\right{_FENCES.get(right, right)}"

    def matrix(self, element) -> str:
        rows = (
            " & ".join(self.children(cell) for cell in row.findall(_SPACE + "e"))
            for row in element.findall(_SPACE + "mr")
        )
        return r"\begin{matrix}" + r" \\ ".join(rows) + r"\end{matrix}"

    def lines(self, element) -> str:
        rows = (self.children(one) for one in element.findall(_SPACE + "e"))
        return r"\begin{array}{l}" + r" \\ ".join(rows) + r"\end{array}"

    def function(self, element) -> str:
        return f"{self.part(element, 'fName')}{{{self.part(element, 'e')}}}"

    def below(self, element) -> str:
        base = self.part(element, "e").strip()
        if base in {"\\lim", "\\max", "\\min", "\\sup", "\\inf"}:
            return f"{base}_{{{self.part(element, 'lim')}}} "
        return f"\\underset{{{self.part(element, 'lim')}}}{{{base}}}"

    def above(self, element) -> str:
        return f"\\overset{{{self.part(element, 'lim')}}}{{{self.part(element, 'e')}}}"

    def accent(self, element) -> str:
        sign = self.setting(element, "accPr/chr", "\u0302")
        command = _ACCENTS.get(sign)
        if command is None:
            self.unknown.append(f"acc {sign}")
            return self.part(element, "e")
        inner = self.part(element, "e")
        wide = {"hat": "widehat", "tilde": "widetilde", "vec": "overrightarrow", "bar": "overline"}
        return f"\\{wide.get(command, command) if len(inner.strip()) > 1 else command}{{{inner}}}"

    def bar(self, element) -> str:
        command = "overline" if self.setting(element, "barPr/pos") == "top" else "underline"
        return f"\\{command}{{{self.part(element, 'e')}}}"

    def grouped(self, element) -> str:
        sign = self.setting(element, "groupChrPr/chr", "⏟") or "⏟"
        command = _GROUPS.get(sign)
        if command is None:
            self.unknown.append(f"groupChr {sign}")
            return self.part(element, "e")
        return f"\\{command}{{{self.part(element, 'e')}}}"

    def boxed(self, element) -> str:
        return f"\\boxed{{{self.part(element, 'e')}}}"

    def plain(self, element) -> str:
        return self.part(element, "e")


def _base(tex: str) -> str:
    return tex if len(tex.strip()) == 1 else f"{{{tex}}}"


_WRITERS: dict[str, Callable[[_Writer, Element], str]] = {
    "oMath": _Writer.children, "oMathPara": _Writer.children, "r": _Writer.run, "f": _Writer.fraction,
    "sSup": _Writer.power, "sSub": _Writer.index, "sSubSup": _Writer.both, "sPre": _Writer.before,
    "rad": _Writer.root, "nary": _Writer.nary, "d": _Writer.fenced, "m": _Writer.matrix, "eqArr": _Writer.lines,
    "func": _Writer.function, "limLow": _Writer.below, "limUpp": _Writer.above, "acc": _Writer.accent,
    "bar": _Writer.bar, "groupChr": _Writer.grouped, "borderBox": _Writer.boxed, "box": _Writer.plain,
    "phant": _Writer.plain,
}  # fmt: skip
