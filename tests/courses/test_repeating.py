"""Assign again: next term or another class, the same lessons with new dates, looked at before anything is given."""

from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.audit.models import AuditEvent
from courses.models import Assignment, ClassAssignment
from schools.models import SchoolClass, Teaching
from tests.courses.test_teaching import signed_in, statements
from tests.factories import courses as make
from tests.factories.schools import school_year

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def before_made(shared_database):
    """Two lessons given to 10A1, the second one a week after the first; and the teacher's other class."""
    first, teacher, people = make.classroom(2)
    second = make.school_class("10A2")
    Teaching.objects.create(user=teacher, school_class=second, kind="subject")
    lessons = make.lessons_of(make.course(2))
    rows = [
        make.assignment(lesson, first, teacher, due_in=timedelta(days=5 + 7 * number), note="Các em làm nhé")
        for number, lesson in enumerate(lessons)
    ]
    return first, second, teacher, people, rows


@pytest.fixture
def before(db, before_made):
    return deepcopy(before_made)


def url(school_class) -> str:
    return reverse("courses:again", args=[school_class.uuid])


def asked(*classes, days: int = 30) -> dict:
    first = timezone.localtime() + timedelta(days=days)
    return {"to": [str(one.uuid) for one in classes], "first": f"{first:%Y-%m-%d}T21:00"}


def sent(page) -> dict:
    """The form of the preview as a browser sends it when nothing was changed."""
    data = {"key": str(page.context["form"]["key"].value())}
    for field in page.context["form"]:
        if field.name.startswith("give_"):
            data[field.name] = "on"
        elif field.name.startswith("due_"):
            data[field.name] = (
                timezone.localtime(field.value()).strftime("%Y-%m-%dT%H:%M")
                if hasattr(field.value(), "tzinfo") and field.value().tzinfo
                else f"{field.value():%Y-%m-%dT%H:%M}"
            )
    return data


def post(client, school_class, query: dict, data: dict):
    from urllib.parse import urlencode

    return client.post(f"{url(school_class)}?{urlencode(query, doseq=True)}", data)


@pytest.mark.slow
def test_the_preview_gives_nothing_and_the_post_gives_all_with_the_old_distances(before):
    first, second, teacher, _people, rows = before
    client = signed_in(teacher)
    query = asked(second)
    preview = client.get(url(first), query)
    assert preview.status_code == 200
    assert not ClassAssignment.objects.filter(school_class=second).exists()
    data = sent(preview)
    answer = post(client, first, query, data)
    assert answer["Location"] == reverse("courses:assigned")
    made = list(ClassAssignment.objects.filter(school_class=second).order_by("due_at"))
    assert [row.target_key for row in made] == [row.target_key for row in rows]
    assert (timezone.localdate(made[1].due_at) - timezone.localdate(made[0].due_at)).days == 7
    assert timezone.localtime(made[0].due_at).strftime("%H:%M") == "21:00"
    assert timezone.localtime(made[1].due_at).strftime("%H:%M") == timezone.localtime(rows[1].due_at).strftime("%H:%M")
    assert {row.assignment.note for row in made} == {"Các em làm nhé"}
    # Pupils see each as long before its due date as then.
    assert abs((made[0].due_at - made[0].assignment.opens_at) - (rows[0].due_at - rows[0].assignment.opens_at)) < (
        timedelta(minutes=1)
    )
    post(client, first, query, data)
    assert Assignment.objects.count() == 4, "a second press is the first one again"
    assert AuditEvent.objects.filter(action="assign").count() == 4


@pytest.mark.slow
def test_one_can_be_left_out_and_have_another_date_in_one_class(before):
    first, second, teacher, _people, rows = before
    third = make.school_class("10A3")
    Teaching.objects.create(user=teacher, school_class=third, kind="subject")
    client = signed_in(teacher)
    query = asked(second, third)
    data = sent(client.get(url(first), query))
    data.pop(f"give_{rows[0].target_key}_{second.uuid}")
    data[f"due_{rows[1].target_key}_{third.uuid}"] = "31/12/2099 17:30"
    post(client, first, query, data)
    assert ClassAssignment.objects.filter(school_class=second).count() == 1
    own = ClassAssignment.objects.get(school_class=third, target_key=rows[1].target_key)
    assert timezone.localtime(own.due_at).strftime("%d/%m/%Y %H:%M") == "31/12/2099 17:30"


@pytest.mark.slow
def test_last_years_class_for_this_years(before):
    first, second, teacher, _people, _rows = before
    SchoolClass.objects.filter(pk=first.pk).update(school_year=school_year("2025-2026"))
    # The teacher has that class no more; what they gave themselves can be given again.
    Teaching.objects.filter(school_class=first).update(ends_on=timezone.localdate() - timedelta(days=1))
    client = signed_in(teacher)
    assert [one.name for one in client.get(reverse("courses:again_choose")).context["classes"]] == ["10A1"]
    query = asked(second)
    post(client, first, query, sent(client.get(url(first), query)))
    assert ClassAssignment.objects.filter(school_class=second).count() == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"to": []}, "Thầy cô chọn ít nhất một lớp."),
        ({"first": "2020-01-01T08:00"}, "Thời điểm này đã qua."),
        ({"first": ""}, "Thầy cô chọn ngày."),
        ({"first": "hôm nào"}, "Ghi ngày giờ theo mẫu"),
    ],
)
def test_a_wrong_first_step_says_what_is_wrong(before, wrong, sentence):
    first, second, teacher, *_ = before
    answer = signed_in(teacher).get(url(first), asked(second) | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


@pytest.mark.slow
def test_what_a_class_has_already_is_left_out_and_a_past_date_is_told(before):
    first, second, teacher, _people, rows = before
    make.assignment(make.LessonPage.objects.get(translation_key=rows[0].target_key), second, teacher)
    client = signed_in(teacher)
    query = asked(second)
    preview = client.get(url(first), query)
    assert "10A2 đã được giao" in preview.content.decode()
    data = sent(preview)
    due = f"due_{rows[1].target_key}_{second.uuid}"
    assert f"due_{rows[0].target_key}_{second.uuid}" not in data
    late = post(client, first, query, {**data, due: "01/02/2020 10:00"})
    assert late.status_code == 422
    assert "Thời điểm này đã qua" in late.content.decode()
    nothing = post(client, first, query, {"key": str(uuid4())})
    assert nothing.status_code == 422
    assert ClassAssignment.objects.filter(school_class=second).count() == 1


@pytest.mark.slow
def test_a_lesson_no_longer_published_is_left_out(before):
    first, second, teacher, _people, rows = before
    make.LessonPage.objects.get(translation_key=rows[0].target_key).unpublish()
    make.cache.clear()
    preview = signed_in(teacher).get(url(first), asked(second))
    assert "không còn được đăng" in preview.content.decode()
    assert sum(field.name.startswith("give_") for field in preview.context["form"]) == 1


@pytest.mark.slow
def test_all_or_nothing(before):
    """Somebody else gives the second lesson while the teacher looks at the dates."""
    first, second, teacher, _people, rows = before
    client = signed_in(teacher)
    query = asked(second)
    data = sent(client.get(url(first), query))
    from courses.operations.repeating import assign_again
    from courses.problems import AlreadyAssigned
    from courses.queries.repeating import given_before
    from courses.repeating_forms import AgainForm

    form = AgainForm(
        data, past=given_before(teacher, first, "vi"), classes=[second], taken={}, first_due=timezone.now()
    )
    assert form.is_valid(), form.errors
    make.assignment(make.LessonPage.objects.get(translation_key=rows[1].target_key), second, teacher)
    with pytest.raises(AlreadyAssigned):
        assign_again(chosen=form.again(timezone.now()), actor=teacher, key=uuid4())
    assert ClassAssignment.objects.filter(school_class=second).count() == 1


@pytest.mark.slow
def test_a_foreign_class_is_neither_source_nor_goal(before):
    first, _second, teacher, people, _rows = before
    foreign, other_teacher, _others = make.classroom(1, name="11B")
    for user in (other_teacher, people[0]):
        assert signed_in(user).get(url(first)).status_code == 404
    answer = signed_in(teacher).get(url(first), asked(foreign))
    assert answer.status_code == 422
    assert "Thầy cô chọn lớp trong danh sách" in answer.content.decode()
    Teaching.objects.filter(user=teacher).update(can_assign=False)
    assert signed_in(teacher).get(url(first)).status_code == 404


@pytest.mark.slow
def test_the_statements_do_not_grow(before):
    """Account, year, source, classes, what was given, what they have: with one class and with three."""
    first, second, teacher, *_ = before
    client = signed_in(teacher)
    classes, counted = [second], []
    for more in (0, 2):
        for number in range(more):
            classes.append(make.school_class(f"11A{number}"))
            Teaching.objects.create(user=teacher, school_class=classes[-1], kind="subject")
        client.get(url(first), asked(*classes))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(first), asked(*classes)).status_code == 200
        counted.append(len(statements(queries)))
    assert counted == [6, 6]
