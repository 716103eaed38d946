"""Pages of a pupil: outline, lesson, and what to do today."""

from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.vocabulary.models import Audience
from courses.models import LessonProgress
from courses.operations.assignments import remind
from courses.operations.lessons import record_events
from courses.queries import catalogue
from schools.models import Notification
from tests.factories import courses as make
from tests.factories.schools import make_with_role

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def statements(queries) -> list[str]:
    return [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


@pytest.mark.slow
def test_a_visitor_reads_a_lesson_and_is_asked_to_sign_in(client):
    first, second = make.lessons_of(make.course(2, quizzes=[make.quiz(1)]))
    page = client.get(first.url)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Đoạn 1." in text
    assert f'data-block="{first.block_ids[0]}"' in text
    assert second.url in text, "the way on"
    assert "Đăng nhập" in text
    assert "csrfmiddlewaretoken" not in text, "a page kept for everyone holds no token"
    assert "data-reader" not in text


def test_the_list_of_courses_says_for_whom_each_is(client):
    made = make.course(1, grade_min=6, grade_max=9)
    made.audiences = [Audience.objects.create(slug="hoc-sinh-thcs", name="Học sinh lớp nhỏ", locale=made.locale)]
    made.save()
    text = client.get(make.section().url).content.decode()
    assert "lớp 6–9" in text
    assert "Học sinh lớp nhỏ" in text


@pytest.mark.slow
def test_a_lesson_is_light_for_its_reader():
    """Account, page, progress: the body and the frame come from the cache."""
    _class, _teacher, (pupil,) = make.classroom(1)
    (lesson,) = make.lessons_of(make.course(1, quizzes=[make.quiz(1)]))
    client = signed_in(pupil)
    client.get(lesson.url)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(lesson.url)
    assert page.status_code == 200
    assert len(statements(queries)) <= 5, [one["sql"][:120] for one in queries]


@pytest.mark.slow
def test_a_lesson_is_resumed_where_it_was_left_in_either_language():
    _class, _teacher, (pupil,) = make.classroom(1)
    course = make.course(1)
    translated = make.english(course)
    (lesson,) = make.lessons_of(course)
    (lesson_en,) = make.lessons_of(translated)
    block = lesson.block_ids[1]
    record_events(user=pupil, place=make.place(lesson), events=[make.event("seen", block=block)])
    client = signed_in(pupil)
    for page in (lesson, lesson_en):
        text = client.get(page.url).content.decode()
        assert f'href="#block-{block}"' in text
        assert f'data-seen="{block}"' in text


@pytest.mark.slow
def test_a_lesson_not_translated_stands_in_its_place_in_the_main_language(client):
    course = make.course(3, title="Công dân số")
    translated = make.english(course)
    first, second, third = make.lessons_of(course)
    make.lessons_of(translated)[1].unpublish()
    cache.clear()
    page = client.get(translated.url).content.decode()
    names = [f"{first.title} (en)", second.title, f"{third.title} (en)"]
    assert sorted(names, key=lambda name: page.index(f">{name}</a>")) == names
    assert f'href="{second.url}" lang="vi" hreflang="vi">' in page
    assert ">Tiếng Việt</span>" in page
    outline = catalogue.course(course.translation_key, "en")
    assert [one.language for one in outline.lessons] == ["en", "vi", "en"]
    assert catalogue.course(course.translation_key, "vi").lessons[2].language == "vi"


@pytest.mark.slow
def test_a_teacher_reading_english_can_give_what_is_only_in_vietnamese():
    _school_class, teacher, _pupils = make.classroom(1)
    course, other = make.course(2), make.course(1, title="Chỉ có tiếng Việt")
    make.lessons_of(make.english(course))[1].unpublish()
    cache.clear()
    client = signed_in(teacher)
    page = client.get("/en/teach/assign/").content.decode()
    second = make.lessons_of(course)[1]
    assert page.count("Digital citizens</h2>") == 1 and f"{course.title}</h2>" not in page
    assert f"{other.title}</h2>" in page
    for key in (other.translation_key, second.translation_key):
        assert f"/en/teach/assign/{key}/" in page
        assert client.get(f"/en/teach/assign/{key}/").status_code == 200
    found = client.get("/en/teach/assign/", {"q": second.title}).content.decode()
    assert "Digital citizens</h2>" in found


def test_the_short_form_of_a_lesson_shows_its_blocks_only(client):
    course = make.course(0)
    body = [make.text_block(f"Đoạn {number}.") for number in (1, 2, 3)]
    lesson = make.lesson(course, "Bài dài", body=body, cut_15=[body[0]["id"], body[2]["id"]], minutes=45)
    cache.clear()
    whole = client.get(lesson.url).content.decode()
    assert "Đoạn 2." in whole
    short = client.get(f"{lesson.url}?minutes=15").content.decode()
    assert "Đoạn 1." in short
    assert "Đoạn 2." not in short
    assert "Đoạn 2." in client.get(f"{lesson.url}?minutes=99").content.decode()


@pytest.mark.slow
def test_beside_a_lesson_stand_the_course_and_the_parts_of_the_chosen_form(client):
    course = make.course(1)
    texts = {name: f"<h2>{name} &amp; hết</h2><p>Chữ.</p>" for name in ("Một", "Hai", "Ba")}
    body = [{"type": "text", "id": str(uuid4()), "value": text} for text in texts.values()]
    lesson = make.lesson(course, "Bài 2", body=body, quiz=make.quiz(1), minutes=30)
    lesson.cut_15 = [body[0]["id"], body[2]["id"]]
    lesson.save_revision().publish()
    cache.clear()
    page = BeautifulSoup(client.get(lesson.url).content, "html.parser")
    outlines = [[(link["href"], link.text) for link in one.find_all("a")] for one in page.select("ol.outline")]
    first = make.lessons_of(course)[0]
    assert outlines == [
        [(first.url, "Bài 1"), (lesson.url, "Bài 2")],
        [(f"#block-{block['id']}", f"{name} & hết") for block, name in zip(body, texts, strict=True)],
    ]
    assert all(page.find(id=href[1:]) for href, _title in outlines[1])
    assert page.select_one("ol.outline [aria-current]").text == "Bài 2"
    short = BeautifulSoup(client.get(lesson.url, {"minutes": "15"}).content, "html.parser")
    assert [link.text for link in short.select("ol.outline")[1].find_all("a")] == ["Một & hết", "Ba & hết"]
    paper = page.select_one(".quiz-paper")
    assert paper.find("svg")
    assert reverse("quiz", args=[lesson.quiz.translation_key]) in paper.text


@pytest.mark.slow
def test_finishing_without_a_script():
    _class, _teacher, (pupil,) = make.classroom(1)
    (lesson,) = make.lessons_of(make.course(1))
    client = signed_in(pupil)
    url = reverse("courses:finish_lesson", args=[lesson.translation_key])
    for _press in (1, 2):
        answer = client.post(url, {"event": "0d7f2f60-3f1f-4a3e-9d52-2b8f3c8f9b10"})
        assert answer.status_code == 302
        assert answer["Location"] == f"{lesson.url}#lesson-end"
    assert LessonProgress.objects.get(user=pupil).state == "finished"
    assert "Em đã học xong bài này." in client.get(lesson.url).content.decode()
    assert client.get(url).status_code == 405


@pytest.mark.slow
def test_an_outline_shows_who_assigned_it_and_how_far_i_am():
    school_class, teacher, (pupil,) = make.classroom(1)
    course = make.course(2)
    first, _second = make.lessons_of(course)
    make.assignment(course, school_class, teacher, note="Làm trước thứ Sáu nhé")
    record_events(user=pupil, place=make.place(first), events=[make.event("finished")])
    text = signed_in(pupil).get(course.url).content.decode()
    assert "Trần Văn Hùng giao cho lớp 10A1." in text
    assert "Làm trước thứ Sáu nhé" in text
    assert "1/2" in text
    assert "Học tiếp: Bài 2" in text


@pytest.mark.slow
def test_today_shows_what_presses_first():
    school_class, teacher, (pupil,) = make.classroom(1)
    course = make.course(4)
    late, soon, later, done = make.lessons_of(course)
    make.assignment(late, school_class, teacher, due_in=timedelta(days=-1))
    make.assignment(soon, school_class, teacher, due_in=timedelta(days=1))
    make.assignment(later, school_class, teacher, due_in=timedelta(days=9))
    make.assignment(done, school_class, teacher, due_in=timedelta(days=2))
    record_events(user=pupil, place=make.place(done), events=[make.event("finished")])
    record_events(user=pupil, place=make.place(soon), events=[make.event("seen", block=soon.block_ids[2])])
    page = signed_in(pupil).get(reverse("courses:today"))
    today = page.context["today"]
    assert [[one.title for one in group] for group in (today.overdue, today.soon, today.later, today.done)] == [
        ["Bài 1"],
        ["Bài 2"],
        ["Bài 3"],
        ["Bài 4"],
    ]
    assert today.go_on["url"] == f"{soon.url}#block-{soon.block_ids[2]}"
    text = page.content.decode()
    assert text.index("Quá hạn") < text.index("Sắp đến hạn") < text.index("Cần làm")
    assert "Em có bài mới" not in text, "the cards say so already"
    said = [one.get_text(strip=True) for one in BeautifulSoup(text, "html.parser").select("main .card .button")]
    assert said == ["Bắt đầu", "Học tiếp", "Bắt đầu"]


def test_messages_come_last_and_end_with_the_work():
    school_class, teacher, (pupil,) = make.classroom(1)
    (lesson,) = make.lessons_of(make.course(1))
    row = make.assignment(lesson, school_class, teacher)
    remind(class_assignment=row, users=[pupil.pk], actor=teacher)
    client, url = signed_in(pupil), reverse("courses:today")
    text = client.get(url).content.decode()
    assert text.index(f'href="{lesson.url}"') < text.index("Thầy cô nhắc em")
    record_events(user=pupil, place=make.place(lesson), events=[make.event("finished")])
    assert "Thầy cô nhắc em" not in client.get(url).content.decode()
    assert not Notification.objects.filter(user=pupil, read_at=None).exists()


def test_the_last_lesson_of_a_course_ends_what_was_said_about_the_course():
    school_class, teacher, (pupil, other) = make.classroom(2)
    course = make.course(2)
    make.assignment(course, school_class, teacher)
    first, second = make.lessons_of(course)
    unread = Notification.objects.filter(kind="assigned", read_at=None)
    record_events(user=pupil, place=make.place(first), events=[make.event("finished")])
    assert unread.count() == 2
    record_events(user=pupil, place=make.place(second), events=[make.event("finished")])
    assert [one.user_id for one in unread] == [other.pk]


@pytest.mark.slow
def test_the_statements_of_today_do_not_grow_with_the_work():
    """Account, place, messages, assignments, extensions, progress."""
    counted = []
    for works in (1, 3):
        school_class, teacher, (pupil,) = make.classroom(1)
        for lesson in make.lessons_of(make.course(works)):
            make.assignment(lesson, school_class, teacher)
        client = signed_in(pupil)
        client.get(reverse("courses:today"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("courses:today"))
        counted.append(len(statements(queries)))
    assert counted[0] == counted[1] <= 6


def test_a_pupil_without_work_is_told_what_to_do():
    _class, _teacher, (pupil,) = make.classroom(1)
    make.section()
    text = signed_in(pupil).get(reverse("courses:today")).content.decode()
    assert "Chưa có việc" in text
    assert reverse("courses:catalogue") in text


def test_grown_ups_are_not_told_to_wait_for_a_teacher():
    make.section()
    text = signed_in(make_with_role("community_member", "Lò Văn Tổ")).get(reverse("courses:today")).content.decode()
    assert "Chưa học bài nào" in text
    assert "lớp em" not in text


@pytest.mark.slow
def test_withdrawn_and_future_work_is_not_shown():
    from courses.operations.assignments import withdraw

    school_class, teacher, (pupil,) = make.classroom(1)
    first, second = make.lessons_of(make.course(2))
    withdraw(class_assignment=make.assignment(first, school_class, teacher), actor=teacher)
    make.assignment(
        second, school_class, teacher, due_in=timedelta(days=9), opens_at=timezone.now() + timedelta(days=3)
    )
    today = signed_in(pupil).get(reverse("courses:today")).context["today"]
    assert not today.has_work


def test_a_visitor_is_led_to_the_courses(client):
    section = make.section()
    cache.clear()
    assert client.get(reverse("courses:today"))["Location"] == reverse("courses:catalogue")
    assert client.get(reverse("courses:catalogue"))["Location"] == section.url


def test_a_link_that_outlives_moves_leads_to_the_page(client):
    course = make.course(1)
    (lesson,) = make.lessons_of(course)
    assert client.get(reverse("courses:open", args=["course", course.translation_key]))["Location"] == course.url
    assert client.get(reverse("courses:open", args=["lesson", lesson.translation_key]))["Location"] == lesson.url
    assert client.get(reverse("courses:open", args=["course", lesson.translation_key])).status_code == 404


def test_deleting_a_lesson_deletes_no_result():
    _class, _teacher, (pupil,) = make.classroom(1)
    (lesson,) = make.lessons_of(make.course(1))
    record_events(user=pupil, place=make.place(lesson), events=[make.event("finished")])
    lesson.delete()
    assert LessonProgress.objects.get(user=pupil).state == "finished"
