r"""TeX in printed papers is an equation of Word, and Word's equation is the same TeX again."""

import io

import pytest
from docx import Document
from docx.oxml import parse_xml

from quizzes.exchange.docx.equations import M, to_omml
from quizzes.exchange.docx.omml import to_tex
from quizzes.exchange.formats import read_questions
from quizzes.exchange.items import Item, OptionItem
from quizzes.exchange.paper import write_paper
from quizzes.exchange.storing import fingerprint
from quizzes.formulas import plain

# As the reader of Word papers writes them.
SAME = [
    r"\frac{1}{2}",
    r"x^{2}+2x-3=0",
    r"x_{1}^{2}",
    r"\sqrt{b^{2}-4ac}",
    r"\sqrt[3]{x}",
    r"\left( a+b \right)",
    r"\left\{ \begin{array}{l}x+y=1 \\ x-y=2\end{array} \right.",
    r"\sum_{i=1}^{n} i^{2}=5",
    r"\int_{0}^{1} xdx",
    r"\lim_{x\to 0} f",
    r"\overline{AB}",
    r"\vec{v}",
    r"\overrightarrow{AB}",
    r"\widehat{ABC}=90^{\circ}",
    r"\begin{matrix}1 & 2 \\ 3 & 4\end{matrix}",
    r"\text{số đo}",
    r"50\%",
    r"\alpha \le \beta",
    r"A\cup B=\emptyset",
    r"\mathbb{R}",
    r"\sin x+\cos x",
    r"\boxed{x}",
    r"\underline{a}",
    r"a<b",
]


def back(tex):
    omml = to_omml(tex)
    assert omml
    return to_tex(parse_xml(omml))


@pytest.mark.parametrize("tex", SAME)
def test_an_equation_reads_back_as_the_same_tex(tex):
    assert back(tex) == (tex, [])


@pytest.mark.parametrize(
    "tex",
    [r"\frac12", r"x^2 \leq 1", r"\mathrm{CO}_2", r"\begin{cases}x & y \\ z & t\end{cases}", r"|x|", r"\overset{a}{b}",
     r"\dot{x}", r"\prod_{i}x_i", r"\sum x", r"f'(x)", r"\overbrace{a+b}", r"\binom{n}{k}", r"\hat{x}"],
)  # fmt: skip
def test_other_spellings_mean_the_same_and_settle(tex):
    told, unknown = back(tex)
    assert unknown == []
    assert back(told)[0] == told
    assert plain(told).replace(" ", "") == plain(tex).replace(" ", "")


def test_what_is_no_tex_is_left():
    assert to_omml("") is None
    assert to_omml("x" * 2000) is None


def paper_of(*items):
    return write_paper(list(items), title="Đề", variants=2, seed="x")


def test_a_printed_paper_has_equations_and_reads_back():
    asked = [
        Item("1", "single", r"Giá trị của \(\frac{1}{2}\) và \(x^{2}\)" + "\nlà gì?", [
            OptionItem(r"\(\sqrt{2}\) cm", True), OptionItem(r"\(\frac{3}{4}\)"), OptionItem("ba")],
            explanation=r"Vì \(x^{2}=4\)."),
        Item("2", "statements", "Mỗi ý?", [
            OptionItem(r"\(a<b\) luôn đúng", True), OptionItem("b"), OptionItem("c"), OptionItem("d")],
            credit=["0.1", "0.25", "0.5", "1"]),
    ]  # fmt: skip
    written = paper_of(*asked)
    document = Document(io.BytesIO(written.data))
    assert sum(1 for _one in document.element.body.iter(f"{{{M}}}oMath")) == 2 * 5 + 1
    assert not any("\\(" in (one.text or "") for one in document.paragraphs)
    reading = read_questions(written.data, name=written.name)
    assert reading.skipped == []
    assert [fingerprint(one) for one in reading] == [fingerprint(one) for one in asked]
    assert reading.items[0].stem == asked[0].stem
    assert reading.items[0].explanation == asked[0].explanation


def test_bold_words_around_a_formula_stay_bold():
    document = Document()
    from quizzes.exchange.docx.equations import set_formulas

    document.add_paragraph().add_run("Câu \\(x\\) này, \\(\\").bold = True
    set_formulas(document)
    runs = document.paragraphs[0].runs
    assert [(run.text, run.bold) for run in runs] == [("Câu ", True), (" này, \\(\\", True)]
