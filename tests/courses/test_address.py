"""Who is «em» and who is not: by the course and by the reader. Who teaches is offered the papers, with an office or without."""

import re
from pathlib import Path

import polib
import pytest
from django.core.cache import cache
from django.urls import reverse

from cms.vocabulary.models import Audience
from courses.papers.plan import write_plan
from courses.papers.sheets import Sheet
from courses.papers.worksheet import write_worksheet
from courses.queries import catalogue
from schools.models import Role, Teaching, User
from schools.queries.desks import viewer_of
from tests.courses.test_pages import signed_in
from tests.courses.test_papers import words
from tests.factories import courses as make
from tests.factories.schools import make_staff, make_with_role

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
# What only teachers, editors and officers read.
OF_STAFF = re.compile(r"quizzes/(models|admin|queries|exchange|operations|forms|panels)|/(marking|rescue|figures\w*|class_figures|regrade|corrections|on_paper|sheets)\.html")  # fmt: skip
EM = re.compile(r"\b[Ee]m\b")


@pytest.fixture
def pupil():
    _class, _teacher, (one,) = make.classroom(1)
    return one


@pytest.fixture
def for_teams():
    """A course that names its audience and no grade, as those for community teams, officials and citizens do."""
    course = make.course(1, quizzes=[make.quiz(1)])
    course.audiences.add(Audience.objects.create(slug="to", name="Tổ công nghệ số", locale=course.locale))
    course.save_revision().publish()
    cache.clear()
    return course


def page(client, url: str) -> str:
    return client.get(url).content.decode()


@pytest.mark.slow
def test_a_pupil_is_em_in_a_course_for_pupils(pupil):
    course = make.course(1, grade_min=10, grade_max=12)
    course.audiences.add(Audience.objects.create(slug="hs", name="Học sinh", locale=course.locale))
    course.save_revision().publish()
    cache.clear()
    assert "<span>Em đã học xong</span>" in page(signed_in(pupil), make.lessons_of(course)[0].url)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["reader of a course for adults", "adult"])
def test_an_adult_is_not(who, pupil, for_teams):
    if who == "adult":
        reader, course = make_with_role(Role.Kind.COMMUNITY_MEMBER), make.course(1)
    else:
        reader, course = pupil, for_teams
    (lesson,) = make.lessons_of(course)
    client = signed_in(reader)
    before = page(client, lesson.url)
    assert "<span>Tôi đã học xong</span>" in before
    assert "Em đã học xong" not in before
    finish = reverse("courses:finish_lesson", args=[lesson.translation_key])
    after = client.post(finish, {"event": "0d7f2f60-3f1f-4a3e-9d52-2b8f3c8f9b10"}, follow=True).content.decode()
    assert "đã được ghi là học xong." in after
    assert "Giỏi lắm" not in after
    assert "<strong>Đã học xong bài này.</strong>" in after
    assert "<strong>Đã học xong cả khóa.</strong>" in page(client, course.url)


@pytest.mark.slow
def test_the_papers_of_a_course_for_adults_have_no_pupils(for_teams):
    (lesson,) = make.lessons_of(for_teams)
    lesson.objectives = [{"type": "objective", "value": "Chỉ được một việc trên Cổng"}]
    sheet = Sheet(lesson, catalogue.lesson(lesson.translation_key, "vi"))
    plan, worksheet = words(write_plan(sheet).data), words(write_worksheet(sheet).data)
    assert "Người hướng dẫn" in plan
    assert "Học viên" in plan
    assert "Đơn vị:" in worksheet
    for text in (plan, worksheet):
        assert not re.search(r"[Hh]ọc sinh|Giáo viên|Trường:|Lớp:", text)
        assert not EM.search(text)


def test_work_of_today_speaks_to_an_adult_as_to_one(pupil):
    staff = make_with_role(Role.Kind.COMMUNITY_MEMBER)
    url = reverse("courses:today")
    assert "Khi thầy cô giao bài cho lớp em" in page(signed_in(pupil), url)
    assert "Chọn một khóa học: khóa đã bắt đầu" in page(signed_in(staff), url)


def test_a_quiz_has_no_em_because_adults_take_it_too():
    catalogue = polib.pofile(str(ROOT / "quizzes/locale/vi/LC_MESSAGES/django.po"))
    read = [entry for entry in catalogue if not all(OF_STAFF.search(place) for place, _line in entry.occurrences)]
    assert len(read) > 150
    # Said to the teacher of the pupil, or about pupils in general.
    of_others = {"Sign in as the pupil or their teacher to see more."}
    said = {
        text for entry in read if entry.msgid not in of_others for text in (entry.msgstr, *entry.msgstr_plural.values())
    }
    assert not [text for text in said if EM.search(text)]


# --- Papers for whoever teaches ---


@pytest.fixture
def stand_in():
    """A teacher whom nobody gave an office: known by a class alone."""
    school_class, _teacher, _pupils = make.classroom(1)
    user = make_staff("Trần Thị Dạy Thay")
    Teaching.objects.create(user=user, school_class=school_class, kind=Teaching.Kind.SUBJECT)
    assert not Role.objects.filter(user=user).exists()
    return user


@pytest.mark.slow
def test_teachers_without_an_office_find_the_papers_on_lessons_and_quizzes(stand_in, pupil):
    (lesson,) = make.lessons_of(make.course(1, quizzes=[make.quiz(1)]))
    papers = reverse("courses:lesson_papers", args=[lesson.translation_key])
    quiz = reverse("quiz", args=[lesson.quiz.translation_key])
    paper = reverse("quiz_paper", args=[lesson.quiz.translation_key])
    client, of_pupil = signed_in(stand_in), signed_in(pupil)
    assert papers in page(client, lesson.url)
    assert paper in page(client, quiz)
    assert client.get(papers).status_code == client.get(paper).status_code == 200
    assert papers not in page(of_pupil, lesson.url)
    assert paper not in page(of_pupil, quiz)
    assert of_pupil.get(papers).status_code == 404


def test_teachers_without_an_office_are_no_pupils(stand_in):
    viewer = viewer_of(stand_in)
    assert not viewer["is_pupil"]
    assert reverse("courses:teach") in [desk["url"] for desk in viewer["desks"]]
    Teaching.objects.filter(user=stand_in).delete()
    cache.clear()
    assert viewer_of(User.objects.get(pk=stand_in.pk))["is_pupil"]
