"""Letters to parents: filled in, true to the law as the project knows it, and each purpose asked apart."""

import io

import pytest
from django.urls import reverse
from docx import Document

from cms.word_height import height, room
from schools.letters import LETTERS
from schools.letters.writing import FREE, write_letter
from schools.models import Consent

pytestmark = pytest.mark.django_db

CONSENTS = ["phieu-dong-y", "phieu-dong-y-du-thi"]


def document_of(slug: str, school_class, **more):
    return Document(io.BytesIO(write_letter(LETTERS[slug], school_class=school_class, **more)))


def words(document) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


@pytest.mark.parametrize("slug", LETTERS)
def test_a_letter_names_the_school_and_the_class(slug, school_class):
    document = document_of(slug, school_class)
    text = words(document)
    assert "Trường THPT Sông Trong" in text
    assert "10A1" in text
    assert "2026-2027" in text
    assert "{" not in text, "nothing was left unfilled"
    assert LETTERS[slug].version in document.sections[0].footer.paragraphs[0].text
    assert "Nghị định 13" not in text, "replaced by Law 91/2025 since 1 January 2026"
    assert "91/2025/QH15" in text
    assert "rút lại" in text.lower()


@pytest.mark.parametrize("slug", CONSENTS)
def test_each_purpose_is_asked_apart_and_an_empty_line_is_a_no(slug, school_class):
    document = document_of(slug, school_class)
    table = document.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Việc xin đồng ý", "Đồng ý", "Không đồng ý"]
    assert len(table.rows) == 1 + len(Consent.Purpose)
    assert all(cell.text == "☐" for row in table.rows[1:] for cell in row.cells[1:]), "nothing is ticked beforehand"
    text = words(document)
    assert "không đồng ý" in text
    assert "dưới 16 tuổi" in text
    assert "từ đủ 7 tuổi" in text
    signed = [cell.text.split("\n")[0] for cell in document.tables[-1].rows[0].cells]
    assert signed == ["HỌC SINH", "CHA, MẸ HOẶC NGƯỜI GIÁM HỘ"]


@pytest.mark.slow
def test_no_letter_asks_for_what_is_never_required(school_class):
    for slug in CONSENTS:
        labels = [one.text for one in document_of(slug, school_class).paragraphs if one.text.endswith("\t")]
        assert labels
        for label in labels:
            assert not any(word in label.lower() for word in ("căn cước", "điện thoại", "địa chỉ", "dân tộc", "email"))


def test_the_letter_is_for_the_teachers_of_the_class(client, school_class, teacher, other_teacher, pupil):
    where = reverse("schools:class_letter", args=[school_class.uuid, "thu-gui-phu-huynh"])
    assert client.get(where).status_code == 302
    for stranger in (other_teacher, pupil):
        client.force_login(stranger)
        assert client.get(where).status_code == 404
    client.force_login(teacher)
    response = client.get(where)
    assert response.status_code == 200
    assert "thu-gui-phu-huynh-10a1.docx" in response["Content-Disposition"]
    assert "Nguyễn Thị Ổi" in words(Document(io.BytesIO(response.content)))
    assert client.get(where.replace("thu-gui", "thu-la")).status_code == 404
    assert where in client.get(reverse("schools:class_pupils", args=[school_class.uuid])).content.decode()


@pytest.mark.parametrize("slug", LETTERS)
def test_a_letter_is_one_page_so_that_the_signature_stands_under_what_is_signed(slug, school_class):
    school_class.school.name = "Trường trung học cơ sở và trung học phổ thông Nguyễn Bỉnh Khiêm"
    document = document_of(slug, school_class, teacher="Nguyễn Thị Hoàng Phương Anh")
    assert height(document) <= room(document) - FREE
    assert document.styles["Normal"].font.size.pt >= 11
