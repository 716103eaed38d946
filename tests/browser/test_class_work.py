"""A teacher's class work in a real browser: narrow, by keyboard, in both languages, without accessibility faults."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from playwright.sync_api import expect

from courses.models import ClassAssignment
from quizzes.models import Attempt
from quizzes.operations.on_paper import enter_sheet, print_sheets
from quizzes.permissions import opening_for_paper
from schools.models import Membership, Role, SchoolClass, Teaching
from schools.operations.accounts import request_password
from schools.operations.teachings import appoint_teacher
from tests.factories import courses as make
from tests.live import eventually

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 900}}


@pytest.fixture
def room():
    """A class of forty with two courses given, one of them overdue."""
    school_class, teacher, people = make.classroom(3)
    course = make.course(4, quizzes=[make.quiz(1), make.quiz(1), make.quiz(1)])
    other = make.course(1, title="Em không mắc bẫy lừa đảo trên mạng")
    make.crowd(school_class, 37, lesson=make.lessons_of(course)[0])
    make.assignment(make.lessons_of(other)[0], school_class, teacher, due_in=timedelta(days=-3))
    make.assignment(course, school_class, teacher)
    return school_class, teacher, people


def addressed(language: str, name: str, *args) -> str:
    with translation.override(language):
        return reverse(name, args=args)


def seen(page, look, name: str, language: str, url: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(url)
    look(page, name, language)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_gradebook_fits_and_is_read_by_everybody(language, room, open_page, sign_in, look):
    school_class, teacher, _people = room
    page = open_page()
    sign_in(page, teacher)
    seen(page, look, "gradebook", language, addressed(language, "courses:gradebook", school_class.uuid))


def test_the_gradebook_scrolls_by_keyboard_and_keeps_the_names(room, open_page, sign_in):
    school_class, teacher, _people = room
    page = open_page(viewport=SIZES["phone"])
    sign_in(page, teacher)
    page.goto(addressed("vi", "courses:gradebook", school_class.uuid))
    frame = page.locator(".gradebook")
    name = page.locator("tbody .gradebook__name").first
    frame.focus()
    left = name.bounding_box()["x"]
    for _press in range(8):
        page.keyboard.press("ArrowRight")
    eventually(page, lambda: frame.evaluate("frame => frame.scrollLeft") > 100)
    expect(name).to_be_in_viewport()
    assert abs(name.bounding_box()["x"] - left) < 2, "the names stay where they are"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_who_teaches_the_class_fits_and_is_read_by_everybody(language, room, open_page, sign_in, look):
    school_class, teacher, _people = room
    beside, instead = (make.pupil(None, name) for name in ("Lâm Thị Cùng", "Trương Văn Thay"))
    for one in (beside, instead):
        Role.objects.create(user=one, kind="teacher", school=school_class.school)
    appoint_teacher(school_class=school_class, user=beside, kind="co_teacher", rights=["assign"], actor=teacher)
    appoint_teacher(
        school_class=school_class,
        user=instead,
        kind="substitute",
        rights=["assign", "grade", "edit_roster"],
        ends_on=timezone.localdate() + timedelta(days=14),
        actor=teacher,
    )
    page = open_page()
    sign_in(page, teacher)
    url = addressed(language, "schools:class_teachers", school_class.uuid)
    seen(page, look, "teachers", language, url)
    seen(page, look, "teacher-change", language, f"{url}{instead.uuid}/substitute/")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_assign_again_fits_and_is_read_by_everybody(language, room, open_page, sign_in, look):
    school_class, teacher, _people = room
    goals = []
    for name in ("10A2", "10A3"):
        goals.append(make.school_class(name))
        Teaching.objects.create(user=teacher, school_class=goals[-1], kind="subject")
    page = open_page()
    sign_in(page, teacher)
    seen(page, look, "again", language, addressed(language, "courses:again_choose"))
    url = addressed(language, "courses:again", school_class.uuid)
    seen(page, look, "again-where", language, url)
    preview = f"{url}?first=2099-01-10T21:00" + "".join(f"&to={one.uuid}" for one in goals)
    seen(page, look, "again-preview", language, preview)
    page.locator(".action-bar button").click()
    expect(page).to_have_url(re.compile("/teach/assigned/$"))
    assert ClassAssignment.objects.filter(school_class__in=goals).count() == 4


@pytest.fixture
def written(room):
    """The quiz of the course's first lesson, printed for the class."""
    school_class, teacher, _people = room
    course = make.course(1, quizzes=[make.quiz(6, shuffle_options=True)], title="Bài viết trên giấy")
    (lesson,) = make.lessons_of(course)
    school_class = SchoolClass.objects.select_related("school__unit", "school_year").get(pk=school_class.pk)
    opening = opening_for_paper(lesson.quiz.quiz_key, school_class)
    return teacher, school_class, print_sheets(opening=opening, school_class=school_class, actor=teacher)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_quiz_on_paper_fits_and_is_read_by_everybody(language, written, open_page, sign_in, look, screenshot):
    teacher, school_class, sheets = written
    enter_sheet(sheet=sheets[0], typed="ABCABC", total=False, actor=teacher)
    enter_sheet(sheet=sheets[1], typed="7,5", total=True, actor=teacher)
    page = open_page()
    sign_in(page, teacher)
    for name in ("quiz_on_paper", "quiz_sheets"):
        url = addressed(language, name, school_class.uuid, sheets[0].opening.quiz_key)
        seen(page, look, name, language, url)
    page.emulate_media(media="print")
    screenshot(page, f"quiz_sheets_printed-{language}")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == len(sheets), "one page for each pupil"


def test_sheets_are_typed_in_by_keyboard_alone(written, open_page, sign_in):
    """Enter saves the row and goes on, a wrong key is told, the last change is undone, a lost line is caught up."""
    teacher, school_class, sheets = written
    page = open_page()
    sign_in(page, teacher)
    page.goto(addressed("vi", "quiz_on_paper", school_class.uuid, sheets[0].opening.quiz_key))
    inputs = page.locator(".keying__input")
    states = page.locator("[data-state]")
    inputs.first.focus()
    page.keyboard.type("abcabc")
    page.keyboard.press("Enter")
    expect(inputs.nth(1)).to_be_focused()
    expect(states.first).to_contain_text("/10")
    page.keyboard.type("abx")
    page.keyboard.press("Enter")
    expect(states.nth(1)).to_contain_text("Cần 6 câu trả lời")
    expect(inputs.nth(1)).to_have_attribute("aria-invalid", "true")
    expect(inputs.nth(2)).to_be_focused()
    page.keyboard.press("Shift+Enter")
    expect(inputs.nth(1)).to_be_focused()
    page.keyboard.type("------")
    page.keyboard.press("Enter")
    expect(states.nth(1)).to_contain_text("0 /10")
    expect(page.locator("[data-done]")).to_have_text("2")
    page.locator("[data-undo]").click()
    expect(inputs.nth(1)).to_have_value("")
    expect(states.nth(1)).to_contain_text("đã bỏ")
    eventually(page, lambda: Attempt.objects.filter(entered="answers").count() == 1)
    page.forgiven = True
    page.context.set_offline(True)
    inputs.nth(2).fill("aaaaaa")
    page.keyboard.press("Enter")
    expect(states.nth(2)).to_contain_text("Chưa lưu")
    page.context.set_offline(False)
    expect(states.nth(2)).to_contain_text("/10", timeout=20_000)
    eventually(page, lambda: Attempt.objects.filter(entered="answers").count() == 2)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_teachers_first_page_at_a_glance(language, room, open_page, sign_in, look):
    school_class, teacher, people = room
    request_password(user=people[0])
    today = timezone.localdate()
    Membership.objects.filter(user=people[1]).update(starts_on=today)
    Membership.objects.filter(school_class=school_class).exclude(user=people[1]).update(starts_on=date(2026, 9, 5))
    page = open_page()
    sign_in(page, teacher)
    seen(page, look, "teach", language, addressed(language, "courses:teach"))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_letters_to_parents_are_one_page_each(language, room, open_page, sign_in, look):
    school_class, teacher, _people = room
    page = open_page()
    sign_in(page, teacher)
    url = addressed(language, "courses:parent_letters", school_class.uuid)
    seen(page, look, "letters", language, url)
    page.emulate_media(media="print")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 40
