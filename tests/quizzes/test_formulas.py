r"""Formulas between \( and \): MathML, readable signs beside it, and nothing that runs."""

import pytest
from defusedxml import ElementTree

from quizzes import formulas
from quizzes.templatetags.quizzes import plain, rich


@pytest.mark.parametrize(
    ("tex", "signs"),
    [
        (r"\frac{1}{2}", "1/2"),
        (r"\frac{a+b}{2}", "(a + b)/2"),
        (r"x^2+y_1 \le \sqrt{a+b}", "x² + y₁ ≤ √(a + b)"),
        (r"x^{-1}", "x⁻¹"),
        (r"\sqrt[3]{8}", "³√8"),
        (r"50\%", "50%"),
        (r"\begin{matrix}1&2\\3&4\end{matrix}", "1, 2; 3, 4"),
    ],
)
def test_a_formula_reads_as_signs_where_mathml_is_missing(tex, signs):
    html = formulas.formula(tex)
    assert f'alttext="{signs}"' in html
    assert f'<span class="formula__plain">{signs}</span>' in html
    assert "<math " in html
    assert formulas.plain(tex) == signs


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{background:url(x)}{x}",
        r"\text{<script>alert(1)</script>}",
        r'\text{" onclick="alert(1)}',
        "<img src=x onerror=alert(1)>",
    ],
)
def test_nothing_in_a_formula_runs_or_links(tex):
    tree = ElementTree.fromstring(formulas.formula(tex))
    names = {name for part in tree.iter() for name in part.attrib}
    assert names <= formulas.ATTRIBUTES | {"alttext", "class"}
    assert not {part.tag.rsplit("}", 1)[-1] for part in tree.iter()} & {"script", "img", "a"}


@pytest.mark.parametrize("tex", [r"\frac{1}{", "{" * 500, "x" * 5000, r"\left("])
def test_what_is_no_tex_is_shown_as_written_and_breaks_nothing(tex):
    assert formulas.formula(tex)
    assert formulas.plain(tex)


def test_a_text_keeps_its_lines_and_escapes_the_rest():
    assert rich("a < b\nc") == "a &lt; b<br>c"
    assert rich(r"Tính \(1+1\) nhé.").startswith("Tính <span")
    assert plain(r"Tính \(1+1\) nhé.") == "Tính 1 + 1 nhé."
    assert rich(None) == ""
