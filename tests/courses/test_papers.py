"""Plans and worksheets: made from any lesson, true to its present text, and the worksheet holds no right answer."""

import io
from copy import deepcopy
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse
from docx import Document

from courses.models import LessonPage
from courses.papers.sheets import Sheet
from courses.queries import catalogue
from tests.factories import courses as make
from tests.factories.schools import make_teacher, make_with_role

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def item(value) -> dict:
    """An item of a list block. Without an id Wagtail takes the whole mapping for the value."""
    return {"type": "item", "id": str(uuid4()), "value": value}


CASE = {"type": "callout", "value": {"kind": "case", "title": "Chuyện nhà An", "text": "<p>Chị của An cần giấy.</p>"}}
STEPS = {
    "type": "steps",
    "value": {
        "title": "Các bước",
        "steps": [item({"title": f"Bước {word}", "text": "<p>Làm.</p>"}) for word in ("tìm", "điền", "trả phí")],
    },
}  # fmt: skip
CHECK = {
    "type": "self_check",
    "value": {
        "question": "Nhận kết quả qua bưu điện là loại nào?",
        "options": [
            item({"text": "Toàn trình", "correct": True, "feedback": "Không phải đến quầy bước nào."}),
            item({"text": "Một phần", "correct": False, "feedback": "Chưa đúng."}),
        ],
    },
}  # fmt: skip
FAMILY = {
    "type": "family_task",
    "value": {
        "title": "Bà bấm, em chỉ",
        "text": "<p>Người thân cầm máy.</p>",
        "steps": [item("Tự gõ địa chỉ.")],
    },
}
TEXT = {"type": "text", "value": "<h2>Dịch vụ công là gì?</h2><p>Là làm thủ tục qua mạng.</p>"}


def body(*blocks) -> list[dict]:
    return [{"id": str(uuid4()), **block} for block in blocks]


def move(phase: str, teacher: str, least: str = "15") -> dict:
    value = {"phase": phase, "least": least, "teacher": teacher, "pupils": "Nghe và ghi.", "product": ""}
    return {"type": "move", "value": value}


@pytest.fixture(scope="module")
def lesson_made(shared_database):
    course = make.course(0, grade_min=10, grade_max=12)
    made = make.lesson(
        course,
        "Bài có đủ",
        body=body({"type": "text", "value": "<p>Mở đầu.</p>"}, CASE, TEXT, STEPS, CHECK, FAMILY),
        quiz=make.quiz(1),
        objectives=[{"type": "objective", "value": "Nói được dịch vụ công là gì"}],
        minutes=45,
    )
    ids = [block["id"] for block in made.body.raw_data]
    made.cut_15, made.cut_30, made.cut_45 = ids[:3] + ids[4:5], ids, ids
    made.save_revision().publish()
    cache.clear()
    return made


@pytest.fixture
def lesson(db, lesson_made):
    return deepcopy(lesson_made)


def words(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def get(client, name: str, lesson, **query) -> bytes:
    response = client.get(reverse(f"courses:{name}", args=[lesson.translation_key]), query)
    assert response.status_code == 200
    assert response["Content-Type"].endswith("wordprocessingml.document")
    return response.content


@pytest.fixture
def teacher_client(client):
    client.force_login(make_teacher(full_name="Nguyễn Thị Ổi"))
    return client


# --- The worksheet ---


@pytest.mark.slow
def test_the_worksheet_asks_and_never_answers(client, lesson):
    lesson.worksheet = [{"type": "write", "value": {"task": "Kể ba lợi ích.", "lines": 3, "answer": "Đỡ đi lại."}}]
    lesson.save_revision().publish()
    cache.clear()
    data = get(client, "worksheet", lesson)
    text = words(data)
    assert "PHIẾU HỌC TẬP" in text
    assert "Kể ba lợi ích." in text
    assert "A. Toàn trình" in text
    assert "Việc ở nhà: Bà bấm, em chỉ" in text
    assert "Nói được dịch vụ công là gì" in text
    for hidden in ("Đỡ đi lại.", "Không phải đến quầy bước nào.", "Chưa đúng."):
        assert hidden not in text
    document = Document(io.BytesIO(data))
    marked = [run.text for one in document.paragraphs if "Toàn trình" in one.text for run in one.runs if run.bold]
    assert not marked, "the right option looks like the others"
    assert document.core_properties.language == "vi"
    assert [one.style.name for one in document.paragraphs if one.text == "PHIẾU HỌC TẬP"] == ["Heading 1"]


@pytest.mark.slow
def test_without_written_tasks_the_lesson_lends_its_own(client, lesson):
    text = words(get(client, "worksheet", lesson))
    assert "“Chuyện nhà An”" in text
    steps = [line for line in text.split("\n") if line.startswith("____")]
    assert sorted(steps) == ["____\tBước trả phí", "____\tBước tìm", "____\tBước điền"]
    assert steps != ["____\tBước tìm", "____\tBước điền", "____\tBước trả phí"], "the order printed is not the answer"


@pytest.mark.slow
def test_a_worksheet_follows_its_lesson(client, lesson):
    assert "Việc mới của biên tập" not in words(get(client, "worksheet", lesson))
    task = {"task": "Việc mới của biên tập", "options": [item("ý một"), item("ý hai")], "answer": "ý hai là đúng"}
    lesson.worksheet = [{"type": "choose", "value": task}]
    lesson.save_revision().publish()
    cache.clear()  # done on commit, and a test does not commit
    text = words(get(client, "worksheet", lesson))
    assert "Việc mới của biên tập" in text
    assert "☐\tý hai" in text
    assert "ý hai là đúng" not in text


@pytest.mark.slow
def test_the_smallest_lesson_has_papers_too(teacher_client):
    lesson = make.lesson(make.course(0), "Bài trơn", blocks=1)
    cache.clear()
    assert "Bài trơn" in words(get(teacher_client, "worksheet", lesson))
    assert "Bài trơn" in words(get(teacher_client, "plan", lesson))


# --- The plan ---


@pytest.mark.slow
def test_the_plan_has_its_parts_and_the_minutes_add_up(teacher_client, lesson):
    data = get(teacher_client, "plan", lesson, minutes="45")
    document = Document(io.BytesIO(data))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 2"]
    assert headings[:5] == [
        "I. Mục tiêu",
        "II. Thiết bị dạy học và học liệu",
        "III. Tiến trình dạy học",
        "IV. Đánh giá",
        "V. Lưu ý khi dạy",
    ]
    assert "Nguyễn Thị Ổi" in words(data)
    column = [row.cells[0].text for row in document.tables[0].rows][1:]
    assert [cell.split("\n")[0] for cell in column] == [
        "1. Mở đầu",
        "2. Hình thành kiến thức mới",
        "3. Luyện tập",
        "4. Vận dụng",
    ]
    assert sum(int(cell.split("(")[1].split()[0]) for cell in column) == 45
    assert "A. Toàn trình" in words(data), "the answers are for the teacher"


@pytest.mark.slow
@pytest.mark.parametrize("minutes", [15, 30, 45])
def test_every_form_fills_its_minutes(lesson, minutes):
    facts = catalogue.lesson(lesson.translation_key, "vi")
    given = Sheet(LessonPage.objects.get(pk=lesson.pk), facts, minutes=minutes).minutes_by_phase()
    assert sum(given.values()) == minutes
    assert min(given.values()) >= 1


@pytest.mark.slow
def test_what_is_written_takes_the_place_of_general_words_and_keeps_to_its_form(teacher_client, lesson):
    general = words(get(teacher_client, "plan", lesson, minutes="45"))
    assert "Chiếu lần lượt" in general
    question = {"question": "Vì sao nên tự gõ?", "listen_for": "Tin nhắn giả được.", "least": "45"}
    lesson.plan = [
        move("learning", "Cho đọc to bốn ô."),
        move("learning", "Chia nhóm ba bạn.", least="45"),
        {"type": "discussion", "value": question},
        {"type": "equipment", "value": "Ba tờ rơi cũ."},
    ]
    lesson.save_revision().publish()
    cache.clear()
    long, short = (words(get(teacher_client, "plan", lesson, minutes=form)) for form in ("45", "15"))
    assert "Chiếu lần lượt" not in long
    for shared in ("Cho đọc to bốn ô.", "Ba tờ rơi cũ."):
        assert shared in long
        assert shared in short
    for only_long in ("Chia nhóm ba bạn.", "Vì sao nên tự gõ?", "Tin nhắn giả được."):
        assert only_long in long
        assert only_long not in short


@pytest.mark.slow
def test_the_plan_is_in_the_language_of_its_lesson(teacher_client):
    course = make.course(1)
    make.english(course)
    cache.clear()
    key = make.lessons_of(course)[0].translation_key
    text = words(teacher_client.get(f"/en/teach/papers/{key}/plan.docx").content)
    assert "LESSON PLAN" in text
    assert "III. Course of the class" in text


# --- Screens ---


@pytest.mark.slow
def test_a_teacher_finds_the_papers_from_the_lesson_and_a_pupil_does_not(client, teacher_client, lesson):
    where = reverse("courses:lesson_papers", args=[lesson.translation_key])
    assert where in teacher_client.get(lesson.url).content.decode()
    page = teacher_client.get(where).content.decode()
    for name in ("slides", "worksheet", "plan"):
        assert reverse(f"courses:{name}", args=[lesson.translation_key]) in page
    assert reverse("quiz_paper", args=[lesson.quiz.translation_key]) in page, "publishing opened the quiz to everybody"
    _class, _teacher, (pupil,) = make.classroom(1)
    client.force_login(pupil)
    assert where not in client.get(lesson.url).content.decode()


@pytest.mark.slow
def test_the_plan_is_for_teachers(client, lesson):
    where = reverse("courses:plan", args=[lesson.translation_key])
    assert client.get(where).status_code == 302
    _class, _teacher, (pupil,) = make.classroom(1)
    client.force_login(pupil)
    assert client.get(where).status_code == 404
    client.force_login(make_with_role("editor"))
    assert client.get(where).status_code == 200


@pytest.mark.slow
def test_what_is_not_published_has_no_papers(client, lesson):
    lesson.unpublish()
    cache.clear()
    for name in ("slides", "worksheet"):
        assert client.get(reverse(f"courses:{name}", args=[lesson.translation_key])).status_code == 404


@pytest.mark.slow
def test_papers_cost_few_queries(teacher_client, lesson, django_assert_max_num_queries):
    """Worksheet warm: none. Plan: session's user, rights 1, page 1 + parent 2, school 1, competences 1, quiz with it."""
    where = reverse("courses:worksheet", args=[lesson.translation_key])
    teacher_client.logout()
    teacher_client.get(where)
    with django_assert_max_num_queries(0):
        assert teacher_client.get(where).status_code == 200
    teacher_client.force_login(make_teacher())
    plan = reverse("courses:plan", args=[lesson.translation_key])
    teacher_client.get(plan)
    with django_assert_max_num_queries(10):
        assert teacher_client.get(plan).status_code == 200
