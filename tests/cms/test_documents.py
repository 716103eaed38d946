"""A Word file becomes the draft of a page."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches

from cms.models import GuidePage, SectionPage
from cms.operations import documents
from cms.operations.documents import WordRefused, draft_from_word, usual_page_type
from cms.views.editing import WordForm
from media.models import Picture
from tests.factories.cms import EditorFactory, GuidePageFactory, HomePageFactory, SectionPageFactory, picture_bytes

pytestmark = pytest.mark.django_db


def word_file(fill, name="huong-dan.docx") -> SimpleUploadedFile:
    document = Document()
    fill(document)
    stream = io.BytesIO()
    document.save(stream)
    return SimpleUploadedFile(name, stream.getvalue())


def everything(document):
    document.add_heading("Cấp hộ chiếu", level=1)
    document.add_paragraph("Mở đầu.")
    document.add_heading("Hồ sơ", level=2)
    paragraph = document.add_paragraph("Chữ ")
    paragraph.add_run("đậm").bold = True
    paragraph.add_run(" và ")
    paragraph.add_run("nghiêng").italic = True
    relation = document.part.relate_to(
        "https://dichvucong.gov.vn/",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    link.append(document.add_paragraph().add_run("cổng")._r)
    paragraph._p.append(link)
    document.add_paragraph("một", style="List Bullet")
    document.add_paragraph("hai", style="List Bullet")
    document.add_paragraph("trước", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for row, words in zip(table.rows, [("Việc", "Phí"), ("Cấp mới", "200.000")], strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    document.add_picture(io.BytesIO(picture_bytes(64, 48)), width=Inches(1))
    drawing = next(document.element.body.iter(qn("wp:docPr")))
    drawing.set("descr", "Cuốn hộ chiếu màu xanh")


def draft(file, parent=None, page_type="cms.guidepage"):
    return draft_from_word(file=file, parent=parent or SectionPageFactory(), page_type=page_type, by=EditorFactory())


@pytest.mark.slow
def test_everything_a_writer_uses_is_taken():
    made = draft(word_file(everything))
    page = GuidePage.objects.get(pk=made.page.pk)
    assert (page.title, page.slug, page.live) == ("Cấp hộ chiếu", "cap-ho-chieu", False)
    body = page.get_latest_revision_as_object().body
    assert [block.block_type for block in body] == ["text", "table", "image"]
    html = body[0].value.source
    assert html.startswith("<p>Mở đầu.</p><h2>Hồ sơ</h2>")
    assert "<b>đậm</b>" in html
    assert "<i>nghiêng</i>" in html
    assert '<a href="https://dichvucong.gov.vn/">cổng</a>' in html
    assert "<ul><li>một</li><li>hai</li></ul><ol><li>trước</li></ol>" in html
    rows = [list(row["cells"]) for row in body[1].value["rows"]]
    assert rows == [["Việc", "Phí"], ["Cấp mới", "200.000"]]
    assert body[2].value["alt"] == "Cuốn hộ chiếu màu xanh"
    assert body[2].value["image"].width == 64
    assert not made.left_out


def test_what_is_not_taken_is_named():
    def fill(document):
        document.add_paragraph("Chữ")
        run = document.add_paragraph("x").add_run()
        run._r.append(OxmlElement("w:footnoteReference"))

    assert draft(word_file(fill)).left_out == ["chú thích cuối trang"]


@pytest.mark.slow
def test_old_letters_are_converted_and_said():
    def fill(document):
        run = document.add_paragraph().add_run("Céng hßa x· héi chñ nghÜa ViÖt Nam")
        run.font.name = ".VnTime"

    made = draft(word_file(fill))
    assert "Cộng hòa xã hội chủ nghĩa Việt Nam" in made.page.body[0].value.source
    assert made.notes


@pytest.mark.slow
def test_scripts_and_odd_links_do_not_come_through():
    def fill(document):
        paragraph = document.add_paragraph("<script>alert(1)</script> ")
        relation = document.part.relate_to(
            "javascript:alert(1)",
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
            is_external=True,
        )
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), relation)
        link.append(document.add_paragraph().add_run("bấm")._r)
        paragraph._p.append(link)

    made = draft(word_file(fill))
    html = made.page.body[0].value.source
    assert "<script" not in html
    assert "javascript" not in html
    assert made.left_out


@pytest.mark.slow
def test_title_falls_back_to_the_file_name_and_the_slug_is_free():
    parent = SectionPageFactory()
    for slug in ("huong-dan-moi", "huong-dan-moi-2"):
        made = draft(word_file(lambda d: d.add_paragraph("Chữ"), name="Hướng dẫn mới.docx"), parent)
        assert (made.page.title, made.page.slug) == ("Hướng dẫn mới", slug)


def zipped(**files) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "trống"),
        (documents.OLD_WORD + b"\0" * 600, ".doc"),
        (b"%PDF-1.7 x", "Word"),
        (zipped(a="b"), "Word"),
        (zipped(**{"word/document.xml": b"<broken"}), "hỏng"),
        (word_file(everything).read()[:4000], "hỏng"),
        (word_file(lambda d: None).read(), "không có chữ"),
    ],
)
def test_what_is_no_word_file_is_refused_in_plain_words(data, words):
    with pytest.raises(WordRefused) as refused:
        draft(SimpleUploadedFile("tep.docx", data))
    assert words in str(refused.value)
    assert not GuidePage.objects.exists()
    assert not Picture.objects.exists()


@pytest.mark.slow
def test_too_large_a_file_and_a_bomb_are_refused(monkeypatch):
    bomb = zipped(**{"word/document.xml": b"<a>" + b"x" * 3_000_000 + b"</a>"})
    monkeypatch.setattr(documents.word, "MAX_UNPACKED", 1_000_000)
    with pytest.raises(WordRefused):
        draft(SimpleUploadedFile("bomb.docx", bomb))
    monkeypatch.setattr(documents.word, "MAX_BYTES", 100)
    with pytest.raises(WordRefused) as refused:
        draft(SimpleUploadedFile("lon.docx", bomb))
    assert "MB" in str(refused.value)


@pytest.mark.slow
def test_screen_makes_a_draft_and_shows_a_refusal(client):
    parent = SectionPageFactory()
    client.force_login(EditorFactory())
    url = f"/admin/word/{parent.pk}/"
    assert "cms.guidepage" in client.get(url).content.decode()
    refused = client.post(url, {"page_type": "cms.guidepage", "file": SimpleUploadedFile("a.docx", b"no")})
    assert refused.status_code == 422
    made = client.post(url, {"page_type": "cms.guidepage", "file": word_file(everything)})
    page = GuidePage.objects.get()
    assert made.url == f"/admin/pages/{page.pk}/edit/"
    assert client.get(made.url).status_code == 200


def test_a_page_type_that_cannot_stand_there_is_refused():
    with pytest.raises(WordRefused):
        draft(word_file(everything), HomePageFactory())
    assert not SectionPage.objects.exists()


def test_nobody_without_the_right_gets_the_screen(client):
    parent = SectionPageFactory()
    client.force_login(EditorFactory("Reviewers"))
    answer = client.get(f"/admin/word/{parent.pk}/")
    assert answer.status_code in {302, 403}


def test_a_file_without_a_title_is_named_after_itself_and_said_so():
    made = draft(word_file(lambda document: document.add_paragraph("Một đoạn văn."), name="exam-2.docx"))
    assert made.page.title == "exam-2"
    assert any("tên của tệp" in note for note in made.notes)


def test_what_a_file_becomes_is_what_stands_there_already():
    section = SectionPageFactory()
    assert usual_page_type(section) == ""
    GuidePageFactory(section)
    assert usual_page_type(section) == "cms.guidepage"
    form = WordForm(parent=section)
    assert form["page_type"].initial == "cms.guidepage"
    assert all(str(label)[0].isupper() for _value, label in form.fields["page_type"].choices)
