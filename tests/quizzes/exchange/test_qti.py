"""QTI of all versions: what maps comes in, the rest is named; packages of strangers are read within limits."""

import io
import zipfile

import pytest

from quizzes.exchange.formats import read_questions, write_questions
from quizzes.exchange.items import Unreadable
from quizzes.exchange.storing import fault_of
from tests.factories.cms import picture_bytes
from tests.quizzes.exchange.bank import items

CHOICE = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="a" title="Câu một">
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
<correctResponse>{right}</correctResponse></responseDeclaration>
<itemBody><p>Hỏi gì? {picture}</p><choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>Chọn một.</prompt>
<simpleChoice identifier="A">Một <feedbackInline outcomeIdentifier="F" identifier="A">Vì thế</feedbackInline></simpleChoice>
<simpleChoice identifier="B">Hai</simpleChoice></choiceInteraction></itemBody></assessmentItem>"""


def choice(right="<value>A</value>", picture=""):
    return CHOICE.format(right=right, picture=picture)


def read(text, name="cau.xml"):
    return read_questions(text if isinstance(text, bytes) else text.encode(), name=name)


def packed(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return file.getvalue()


def item_with(interaction, declaration="", kind="multiple", base="directedPair"):
    return f"""<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="a" title="a">
    <responseDeclaration identifier="RESPONSE" cardinality="{kind}" baseType="{base}">{declaration}</responseDeclaration>
    <itemBody><p>Hỏi gì?</p>{interaction}</itemBody></assessmentItem>"""


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_a_single_choice_of_each_version(version):
    text = choice()
    if version == "3.0":
        for old, new in (
            ("assessmentItem", "qti-assessment-item"), ("responseDeclaration", "qti-response-declaration"),
            ("correctResponse", "qti-correct-response"), ("itemBody", "qti-item-body"), ("value>", "qti-value>"),
            ("choiceInteraction", "qti-choice-interaction"), ("simpleChoice", "qti-simple-choice"),
            ("feedbackInline", "qti-feedback-inline"), ("responseIdentifier", "response-identifier"),
            ("prompt>", "qti-prompt>"), ("baseType", "base-type"), ("maxChoices", "max-choices"),
        ):  # fmt: skip
            text = text.replace(old, new)
    item = read(text).items[0]
    assert (item.type, item.stem) == ("single", "Hỏi gì?\nChọn một.")
    assert [(one.text, one.correct, one.why) for one in item.options] == [("Một", True, "Vì thế"), ("Hai", False, "")]


def test_pictures_come_from_the_package_or_the_item_is_refused():
    text = choice(picture='<img src="../hinh/anh%201.png" alt="Bản đồ"/>')
    item = read(packed({"items/a.xml": text, "hinh/anh 1.png": picture_bytes(4, 3)}), "goi.zip").items[0]
    assert (item.picture.alt, item.picture.data) == ("Bản đồ", picture_bytes(4, 3))
    assert [bool(one.reason) for one in read(text).skipped] == [True]


REFUSED = {
    "two right": choice("<value>A</value><value>B</value>"),
    "none right": choice(""),
    "a slider": item_with('<sliderInteraction responseIdentifier="RESPONSE"/>'),
    "one thing in two places": item_with(
        '<matchInteraction responseIdentifier="RESPONSE"><simpleMatchSet><simpleAssociableChoice identifier="L">l'
        '</simpleAssociableChoice></simpleMatchSet><simpleMatchSet><simpleAssociableChoice identifier="R">r'
        '</simpleAssociableChoice><simpleAssociableChoice identifier="S">s</simpleAssociableChoice></simpleMatchSet>'
        "</matchInteraction>",
        "<correctResponse><value>L R</value><value>L S</value></correctResponse>",
    ),
    "two interactions": item_with(
        '<extendedTextInteraction responseIdentifier="RESPONSE"/><extendedTextInteraction responseIdentifier="RESPONSE"/>'
    ),
    "only text": item_with(""),
    "a formula without TeX": choice(picture="<math><mi>x</mi></math>"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_does_not_map_is_refused_with_the_reason(fault):
    reading = read(REFUSED[fault])
    assert (reading.items, [bool(one.reason) for one in reading.skipped]) == ([], [True])


CANVAS = """<questestinterop><assessment><section><item ident="i" title="Câu"><itemmetadata><qtimetadata><qtimetadatafield>
<fieldlabel>question_type</fieldlabel><fieldentry>{kind}</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>
<presentation><material><mattext texttype="text/html">&lt;p&gt;{stem}&lt;/p&gt;</mattext></material>{responses}</presentation>
<resprocessing>{conditions}</resprocessing></item></section></assessment></questestinterop>"""


def _lid(ident, labels, name=""):
    options = "".join(
        f'<response_label ident="{key}"><material><mattext>{text}</mattext></material></response_label>'
        for key, text in labels.items()
    )
    return f'<response_lid ident="{ident}"><material><mattext>{name}</mattext></material><render_choice>{options}</render_choice></response_lid>'


def _gives(ident, key, score="100"):
    return f'<respcondition><conditionvar><varequal respident="{ident}">{key}</varequal></conditionvar><setvar>{score}</setvar></respcondition>'


def test_canvas_choice_dropdowns_and_matching():
    one = read(CANVAS.format(kind="multiple_choice_question", stem="Hỏi?", responses=_lid("r", {"1": "a", "2": "b"}),
                             conditions=_gives("r", "2") + _gives("r", "1", "25"))).items[0]  # fmt: skip
    assert [(option.text, option.correct, option.fraction and str(option.fraction)) for option in one.options] == [
        ("a", False, "0.25"),
        ("b", True, None),
    ]
    gaps = read(CANVAS.format(kind="multiple_dropdowns_question", stem="Là [x].", responses=_lid("response_x", {"1": "a", "2": "b"}, "x"),
                              conditions=_gives("response_x", "2"))).items[0]  # fmt: skip
    assert (gaps.type, gaps.stem, [option.correct for option in gaps.options]) == ("gaps", "Là [[1]].", [False, True])
    pairs = read(CANVAS.format(kind="matching_question", stem="Ghép.", responses=_lid("p", {"1": "a", "2": "b"}, "Trái") + _lid("q", {"1": "a", "2": "b"}, "Phải"),
                               conditions=_gives("p", "2", "50") + _gives("q", "1", "50"))).items[0]  # fmt: skip
    assert [(option.text, pairs.targets[option.target].text) for option in pairs.options] == [
        ("Trái", "b"),
        ("Phải", "a"),
    ]
    assert not fault_of(pairs)


def test_a_number_within_a_range_is_its_middle_give_or_take():
    condition = '<respcondition><conditionvar><vargte respident="r">1</vargte><varlte respident="r">2</varlte></conditionvar><setvar>100</setvar></respcondition>'
    response = '<response_str ident="r"><render_fib fibtype="Decimal"/></response_str>'
    item = read(CANVAS.format(kind="numerical_question", stem="Số?", responses=response, conditions=condition)).items[0]
    assert (item.options[0].text, str(item.options[0].tolerance)) == ("1.5", "0.5")


ENTITY = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + choice(picture="&b;")
LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]>' + choice(picture="&c;")


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda: ENTITY.encode(),
        lambda: LAUGHS.encode(),
        lambda: choice().encode()[:300],
        lambda: b"<html><p>x</p></html>",
        lambda: packed({"../outside.xml": choice(), "a.xml": choice()}),
        lambda: packed({"/etc/outside.xml": choice()}),
        lambda: packed({"a.xml": choice(), "big.bin": b"0" * 400_000_000}),
        lambda: packed({f"{n}.xml": "<a/>" for n in range(11_000)}),
        lambda: packed({"a.xml": choice()})[:-40],
    ],
    ids=[
        "external entity",
        "entities",
        "cut short",
        "a page",
        "zip slip",
        "absolute path",
        "bomb",
        "many files",
        "damaged",
    ],
)
def test_hostile_files_are_refused_whole(make):
    data = make()
    with pytest.raises(Unreadable) as refusal:
        read_questions(data, name="goi.zip", format="qti")
    assert str(refusal.value).strip().endswith(".")


def test_one_damaged_document_of_a_package_is_named_and_the_rest_is_read():
    reading = read(packed({"a.xml": choice(), "b.xml": "<broken", "c.xml": ENTITY}), "goi.zip")
    assert (len(reading.items), [one.label for one in reading.skipped]) == (1, ["b.xml", "c.xml"])


def test_the_written_package_is_the_same_for_the_same_questions_and_lists_its_files():
    data = write_questions(items(), format="qti3", title="Ngân hàng").data
    assert data == write_questions(items(), format="qti3", title="Ngân hàng").data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        manifest = package.read("imsmanifest.xml").decode()
        assert all(f'href="{name}"' in manifest for name in package.namelist() if name != "imsmanifest.xml")
