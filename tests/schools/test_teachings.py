"""Co-teachers with the three rights, substitutes whose rights end by themselves; who may name them; the log."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.audit.models import AuditEvent
from courses.models import ClassAssignment
from schools.models import SchoolClass, Teaching
from schools.operations.teachings import appoint_teacher, end_teaching
from schools.permissions import RIGHTS, classes_in_care_of, rights_in
from schools.problems import NotOfThisSchool, RightNotHeld, TeachingEndsWrong, TeachingOfClassElsewhere
from tests.factories import schools as make

pytestmark = pytest.mark.django_db


def days(number: int):
    return timezone.localdate() + timedelta(days=number)


@pytest.fixture
def colleague(school_class):
    return make.make_with_role("teacher", "Lâm Thị Cùng", school=school_class.school, username="co.cung")


@pytest.fixture
def page(school_class):
    return reverse("schools:class_teachers", args=[school_class.uuid])


def one_of(page: str, user, kind: str = "co_teacher") -> str:
    return f"{page}{user.uuid}/{kind}/"


@pytest.mark.parametrize("right", RIGHTS)
def test_a_co_teacher_has_the_rights_given_and_no_other(right, school_class, teacher, colleague, as_user, page):
    Teaching.objects.filter(user=teacher).update(can_edit_roster=True)
    answer = as_user(teacher).post(page, {"teacher": colleague.uuid, "kind": "co_teacher", "rights": [right]})
    assert answer.status_code == 302
    assert rights_in(colleague, school_class) == {right}
    assert SchoolClass.objects.visible_to(colleague).get() == school_class
    assert classes_in_care_of(colleague).exists() == (right == "edit_roster")
    assert as_user(colleague).get(page).status_code == 404, "whoever is helped does not name helpers"


@pytest.mark.slow
def test_a_substitute_has_a_last_day_and_the_rights_end_by_themselves(school_class, teacher, colleague, as_user, page):
    client = as_user(teacher)
    form = {"teacher": colleague.uuid, "kind": "substitute", "rights": ["assign", "grade"]}
    answer = client.post(page, form)
    assert answer.status_code == 422
    assert "đến hết ngày nào" in answer.content.decode()
    assert client.post(page, {**form, "ends_on": days(3).isoformat()}).status_code == 302
    assert rights_in(colleague, school_class) == {"assign", "grade"}
    given = Teaching.objects.get(user=colleague)
    assert given.ends_on == days(3)
    # The day after: nobody did anything.
    Teaching.objects.filter(pk=given.pk).update(starts_on=days(-4), ends_on=days(-1))
    assert rights_in(colleague, school_class) == set()
    assert not SchoolClass.objects.visible_to(colleague).exists()
    assert not ClassAssignment.objects.visible_to(colleague).exists()
    assert as_user(colleague).get(reverse("schools:class_pupils", args=[school_class.uuid])).status_code == 404


def test_a_later_day_gives_nothing_before(school_class, teacher, colleague):
    appoint_teacher(
        school_class=school_class,
        user=colleague,
        kind="substitute",
        rights=["assign"],
        starts_on=days(2),
        ends_on=days(5),
        actor=teacher,
    )
    assert rights_in(colleague, school_class) == set()


def test_nobody_hands_on_a_right_they_do_not_have(school_class, teacher, school_admin, colleague, as_user, page):
    Teaching.objects.filter(user=teacher).update(can_edit_roster=False)
    named = {"school_class": school_class, "user": colleague, "kind": "co_teacher"}
    with pytest.raises(RightNotHeld):
        appoint_teacher(**named, rights=["edit_roster"], actor=teacher)
    forged = as_user(teacher).post(page, {"teacher": colleague.uuid, "kind": "co_teacher", "rights": ["edit_roster"]})
    assert forged.status_code == 422
    assert not Teaching.objects.filter(user=colleague).exists()
    appoint_teacher(**named, rights=["edit_roster"], actor=school_admin)
    # What the administrator gave stays when the homeroom teacher changes something else.
    appoint_teacher(**named, rights=["edit_roster", "grade"], actor=teacher)
    assert rights_in(colleague, school_class) == {"edit_roster", "grade"}


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"kind": "homeroom"}, TeachingOfClassElsewhere),
        ({"kind": "substitute"}, TeachingEndsWrong),
        ({"ends_on": -1}, TeachingEndsWrong),
        ({"starts_on": 5, "ends_on": 4}, TeachingEndsWrong),
        ({"ends_on": 3000}, TeachingEndsWrong),
        ({"stranger": True}, NotOfThisSchool),
    ],
)
def test_what_is_wrong_is_refused(wrong, problem, school_class, teacher, other_teacher, colleague):
    dates = {name: days(wrong[name]) for name in ("starts_on", "ends_on") if name in wrong}
    with pytest.raises(problem):
        appoint_teacher(
            school_class=school_class,
            user=other_teacher if "stranger" in wrong else colleague,
            kind=wrong.get("kind", "co_teacher"),
            rights=["assign"],
            actor=teacher,
            **dates,
        )
    assert Teaching.objects.filter(school_class=school_class).count() == 1


@pytest.mark.slow
def test_change_and_end_with_the_log(school_class, teacher, colleague, as_user, page):
    client = as_user(teacher)
    named = {"school_class": school_class, "user": colleague, "kind": "co_teacher", "actor": teacher}
    first = appoint_teacher(**named, rights=["assign"])
    assert appoint_teacher(**named, rights=["assign"]) == first, "the same again is once"
    url = one_of(page, colleague)
    assert "Lâm Thị Cùng" in client.get(url).content.decode()
    assert client.post(url, {"rights": ["grade"], "ends_on": days(9).isoformat()}).status_code == 302
    first.refresh_from_db()
    assert (first.can_assign, first.can_grade, first.ends_on) == (False, True, days(9))
    assert client.post(f"{url}end/", follow=True).status_code == 200
    assert rights_in(colleague, school_class) == set()
    end_teaching(teaching=first, actor=teacher)
    assert client.get(url).status_code == 404
    events = AuditEvent.objects.filter(target_kind="class").order_by("pk")
    assert [event.action for event in events] == ["appoint_teacher", "change_teaching", "end_teaching"]
    assert events[1].detail["rights"] == ["grade"]
    assert events[1].detail["teacher"] == str(colleague.uuid)
    homeroom = Teaching.objects.get(user=teacher)
    with pytest.raises(TeachingOfClassElsewhere):
        end_teaching(teaching=homeroom, actor=teacher)
    assert client.post(f"{one_of(page, teacher, 'homeroom')}end/").status_code == 404


def test_only_the_owner_and_the_schools_administrator_name_teachers(
    school_class, pupil, teacher, other_teacher, school_admin, province_officer, colleague, visitor, as_user, page
):
    Teaching.objects.create(user=colleague, school_class=school_class, kind="subject", subject="Toán")
    for user, status in (
        (teacher, 200),
        (school_admin, 200),
        (colleague, 404),
        (other_teacher, 404),
        (pupil, 404),
        (province_officer, 404),
        (visitor, 302),
    ):
        assert as_user(user).get(page).status_code == status


@pytest.mark.slow
def test_the_statements_of_the_page_do_not_grow(school_class, teacher, as_user, page):
    """Account, class, three rights, staff, teachings, and what every page of a teacher asks."""
    client = as_user(teacher)
    counted = []
    for number in (0, 1, 3):
        for more in range(number):
            user = make.make_with_role("teacher", f"Lê Văn {number} {more}", school=school_class.school)
            appoint_teacher(school_class=school_class, user=user, kind="co_teacher", rights=["assign"], actor=teacher)
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] == counted[2] <= 10


def test_rights_are_asked_of_one_predicate():
    """Only the room of schools reads the three columns; everybody else asks `classes_with_right`."""
    root = Path(__file__).resolve().parents[2]
    column = re.compile(r"can_(assign|grade|edit_roster)\b")
    asking = {
        str(path.relative_to(root))
        for room in ("cms", "courses", "quizzes", "contests", "reports", "support", "media")
        for path in (root / room).rglob("*.py")
        if column.search(path.read_text(encoding="utf-8"))
    }
    assert not asking
