"""A teacher's afternoon: assign, see who has not done it, remind, export, extend, attendance."""

import io
import re
from copy import deepcopy
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from cms.audit.models import AuditEvent
from courses.forms import next_sunday
from courses.models import Assignment, Attendance, ClassAssignment, DueExtension, LessonProgress
from courses.operations.lessons import record_events
from courses.queries.status import class_status
from courses.queries.status_list import cells
from quizzes.models import Allowance, Opening
from schools.models import Notification, Person, Teaching
from schools.operations.accounts import request_password
from schools.operations.joining import join_class, open_join_code
from schools.operations.notifications import mark_read
from tests.factories import courses as make

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def statements(queries) -> list[str]:
    return [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


@pytest.fixture(scope="module")
def classes_made(shared_database):
    """Two classes of one teacher, and a lesson."""
    first, teacher, people = make.classroom(3)
    second = make.school_class("10A2")
    Teaching.objects.create(user=teacher, school_class=second, kind="subject")
    (lesson,) = make.lessons_of(make.course(1, quizzes=[make.quiz(1)]))
    return first, second, teacher, people, lesson


@pytest.fixture
def classes(db, classes_made):
    return deepcopy(classes_made)


def give_url(page) -> str:
    return reverse("courses:give", args=[page.translation_key])


def posted(*ticked, **more) -> dict:
    return {"classes": [str(one.uuid) for one in ticked], "due": "sunday", "key": str(uuid4()), **more}


def test_next_sunday_is_at_least_two_days_ahead():
    def at(*when):
        return timezone.make_aware(datetime(*when))

    assert next_sunday(at(2026, 11, 23, 8, 0)) == at(2026, 11, 29, 23, 59)
    assert next_sunday(at(2026, 11, 28, 8, 0)) == at(2026, 12, 6, 23, 59)
    assert next_sunday(at(2026, 11, 29, 23, 59)) == at(2026, 12, 6, 23, 59)


def test_one_post_gives_a_lesson_to_several_classes_until_sunday(classes):
    first, second, teacher, people, lesson = classes
    data = posted(first, second)
    client = signed_in(teacher)
    answer = client.post(give_url(lesson), data)
    assert answer["Location"] == reverse("courses:assigned")
    rows = ClassAssignment.objects.all()
    assert {row.school_class for row in rows} == {first, second}
    assert {row.due_at for row in rows} == {next_sunday(timezone.now())}
    assert Notification.objects.filter(user=people[0], kind="assigned").count() == 1
    assert Opening.objects.filter(context_kind="lesson", context_key=str(lesson.translation_key)).count() == 1
    with override("en"):
        english = client.get(reverse("courses:assigned")).content.decode()
    assert f'<span lang="vi">{lesson.title}</span>' in english, "a title of another language says so"
    client.post(give_url(lesson), data)
    assert Assignment.objects.count() == 1, "a second press is the first one again"
    assert AuditEvent.objects.filter(action="assign").count() == 1


def test_one_box_stands_for_every_class_that_has_it_not(classes):
    first, second, teacher, _people, lesson = classes
    client = signed_in(teacher)
    client.post(give_url(lesson), posted(every="on"))
    assert {row.school_class for row in ClassAssignment.objects.all()} == {first, second}
    assert 'name="every"' not in client.get(give_url(lesson)).content.decode(), "nothing is left to tick"


def test_what_is_for_the_teachers_grades_is_offered_first(classes):
    first, _second, teacher, _people, _lesson = classes
    make.course(0, title="Khoá lớp khác", grade_min=first.grade + 1, grade_max=12)
    make.course(0, title="Khoá lớp mình", grade_min=first.grade, grade_max=first.grade)
    text = signed_in(teacher).get(reverse("courses:assign")).content.decode()
    assert text.index("Khoá lớp mình") < text.index("Khoá lớp khác")


@pytest.mark.slow
def test_each_class_may_have_its_own_date(classes):
    first, second, teacher, _people, lesson = classes
    own = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=3), datetime.min.time()))
    name = f"due_{second.uuid}"
    signed_in(teacher).post(give_url(lesson), posted(first, second) | {name: f"{own:%d/%m/%Y} 17:30"})
    assert ClassAssignment.objects.get(school_class=second).due_at == own + timedelta(hours=17, minutes=30)
    assert ClassAssignment.objects.get(school_class=first).due_at == next_sunday(timezone.now())


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"classes": []}, "Thầy cô chọn ít nhất một lớp."),
        ({"due": "other", "other_due": "01/02/2020 10:00"}, "Thời điểm này đã qua."),
        ({"due": "other", "other_due": "hôm nào đó"}, "Ghi ngày giờ theo mẫu"),
        ({"due": "other", "other_due": ""}, "Thầy cô chọn ngày."),
        ({"opens_at": "2099-01-01T08:00"}, "Bài mở sau khi đã hết hạn."),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_keeps_what_was_typed(classes, wrong, sentence):
    first, _second, teacher, _people, lesson = classes
    answer = signed_in(teacher).post(give_url(lesson), posted(first, note="Nhớ làm nhé") | wrong)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert "Nhớ làm nhé" in text
    for typed in wrong.values():
        assert not isinstance(typed, str) or typed in text
    assert not Assignment.objects.exists()


def test_a_foreign_class_is_not_there(classes):
    first, _second, teacher, people, lesson = classes
    foreign, other_teacher, _others = make.classroom(1, name="11B")
    assert signed_in(teacher).post(give_url(lesson), posted(first, foreign)).status_code == 404
    assert not Assignment.objects.exists()
    assert signed_in(people[0]).get(give_url(lesson)).status_code == 404
    Teaching.objects.filter(user=other_teacher).update(can_assign=False)
    assert signed_in(other_teacher).get(give_url(lesson)).status_code == 404


def test_a_class_that_has_it_cannot_get_it_twice(classes):
    first, second, teacher, _people, lesson = classes
    make.assignment(lesson, first, teacher)
    client = signed_in(teacher)
    text = client.get(give_url(lesson)).content.decode()
    assert "Lớp 10A1 đã được giao" in text
    assert client.post(give_url(lesson), posted(first)).status_code == 422
    assert client.post(give_url(lesson), posted(second)).status_code == 302


def test_change_withdraw_and_undo(classes):
    first, _second, teacher, people, lesson = classes
    given = make.assignment(lesson, first, teacher)
    client = signed_in(teacher)
    client.post(reverse("courses:change_due", args=[given.uuid]), {"due_at": "31/12/2099"})
    given.refresh_from_db()
    assert timezone.localtime(given.due_at).strftime("%d/%m/%Y %H:%M") == "31/12/2099 23:59"
    past = client.post(reverse("courses:change_due", args=[given.uuid]), {"due_at": "31/12/2009"})
    assert past.status_code == 422
    record_events(user=people[0], place=make.place(lesson), events=[make.event("finished")])
    answer = client.post(reverse("courses:withdraw", args=[given.uuid]), follow=True)
    assert reverse("courses:restore", args=[given.uuid]) in answer.content.decode()
    assert LessonProgress.objects.count() == 1
    client.post(reverse("courses:restore", args=[given.uuid]))
    given.refresh_from_db()
    assert given.withdrawn_at is None
    assert list(
        AuditEvent.objects.exclude(action="page_published").order_by("pk").values_list("action", flat=True)
    ) == [
        "assign",
        "change_due_date",
        "withdraw_assignment",
        "restore_assignment",
    ]


# --- The list ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def given(classes):
    """A lesson given to a class of three: one is done, one has begun, one has left; and a guest has joined."""
    first, _second, teacher, people, lesson = classes
    row = make.assignment(lesson, first, teacher)
    type(row.assignment).objects.update(opens_at=timezone.now() - timedelta(days=5))
    row.refresh_from_db()
    record_events(user=people[0], place=make.place(lesson), events=[make.event("finished")])
    record_events(user=people[1], place=make.place(lesson), events=[make.event("opened")])
    make.leave(people[2], first)
    guest = make.pupil(first, "Vi Thị Khách")
    guest.memberships.update(is_guest=True)
    return row, teacher, people, lesson, guest


def test_the_list_is_the_roster_not_started_first(given):
    row, teacher, _people, _lesson, _guest = given
    page = signed_in(teacher).get(reverse("courses:status", args=[row.uuid]))
    lines = page.context["lines"]
    assert [(line["cells"][0].text, line["row"].name, line["state"]) for line in lines] == [
        ("3", "Vi Thị Khách", "todo"),
        ("2", "Trần Thị Bình", "doing"),
        ("1", "Nguyễn Văn An", "done"),
        ("", "Lò Văn Cương", "todo"),
    ]
    assert page.context["status"].counts == {"todo": 1, "doing": 1, "done": 1, "late": 0}
    text = page.content.decode()
    assert "<s>Lò Văn Cương</s>" in text
    assert "rời lớp ngày" in text
    assert "khách" in text


def test_what_is_past_due_is_overdue_except_for_the_extended(given):
    row, teacher, people, _lesson, guest = given
    type(row).objects.update(due_at=timezone.now() - timedelta(hours=1))
    row.refresh_from_db()
    DueExtension.objects.create(
        class_assignment=row, user=guest, due_at=timezone.now() + timedelta(days=1), reason="Ốm", granted_by=teacher
    )
    status = class_status(row)
    assert {one.user_id: one.state for one in status.rows if not one.left_on} == {
        people[0].pk: "done",
        people[1].pk: "late",
        guest.pk: "todo",
    }
    assert status.counts == {"todo": 1, "doing": 0, "done": 1, "late": 1}


def test_the_spreadsheet_is_the_screen_column_by_column(given):
    row, teacher, _people, lesson, _guest = given
    client = signed_in(teacher)
    for url, whole in ((reverse("courses:status", args=[row.uuid]), True), (_course_of(lesson, row, teacher), False)):
        page = BeautifulSoup(client.get(url).content, "html.parser").find("table")
        screen = [[_words(cell) for cell in line.find_all(["th", "td"])] for line in page.find_all("tr")]
        sheet = load_workbook(io.BytesIO(client.get(f"{url}list.xlsx").content)).active
        written = [[_as_written(cell) for cell in line] for line in sheet.iter_rows(min_row=4)]
        assert screen == written
        # Whoever left before the course was given is not on its list.
        assert len(written) == 1 + (4 if whole else 3)
        if whole:
            assert written[0] == [
                "STT", "Mã HS", "Họ và tên", "Ngày sinh", "Lớp", "Trạng thái", "Điểm /10", "Lần làm", "Thời gian",
                "Nộp lúc", "Hoạt động gần nhất", "Ghi chú",
            ]  # fmt: skip
        else:
            assert written[0][6] == "Điểm TB các bài kiểm tra /10"


def _course_of(lesson, row, teacher) -> str:
    given = make.assignment(lesson.get_parent().specific, row.school_class, teacher)
    return reverse("courses:status", args=[given.uuid])


def _words(cell) -> str:
    return " ".join(cell.get_text(" ").split())


def _as_written(cell) -> str:
    """As a spreadsheet program shows the cell, by its number format."""
    if cell.value is None:
        return ""
    if isinstance(cell.value, datetime):
        return f"{cell.value:%d/%m/%Y %H:%M}" if "hh:mm" in cell.number_format else f"{cell.value:%d/%m/%Y}"
    return str(cell.value)


def test_codes_stay_text_and_formulas_do_not_run(given):
    row, teacher, people, _lesson, _guest = given
    person = Person.objects.get(user=people[0])
    person.full_name = "=HYPERLINK(1)"
    person.save()
    make.identify(people[0], row.school_class.school, "0026000101")
    answer = signed_in(teacher).get(reverse("courses:status_xlsx", args=[row.uuid]))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    found = {cell.value: cell for line in sheet.iter_rows(min_row=5) for cell in line}
    assert found["'=Hyperlink(1)"].data_type == "s"
    assert found["0026000101"].data_type == "s"


def test_print_api_and_screen_show_the_same(given):
    row, teacher, _people, _lesson, _guest = given
    client = signed_in(teacher)
    screen = client.get(reverse("courses:status", args=[row.uuid])).context["lines"]
    printed = client.get(reverse("courses:status", args=[row.uuid]), {"print": "1"}).context["lines"]
    assert [line["cells"] for line in screen] == [line["cells"] for line in printed]
    found = client.get(f"/api/v1/classes/{row.school_class.uuid}/assignments/{row.uuid}/status").json()
    place = found["columns"].index
    assert [(one[place("number")], one[place("name")], one[place("state")]) for one in found["rows"]] == [
        (line["row"].number, line["row"].name, line["row"].state) for line in screen
    ]


def test_a_filter_shows_one_state(given):
    row, teacher, _people, _lesson, _guest = given
    page = signed_in(teacher).get(reverse("courses:status", args=[row.uuid]), {"state": "doing"})
    assert [line["row"].name for line in page.context["lines"]] == ["Trần Thị Bình"]


def test_the_statements_of_the_screen_do_not_grow(given):
    """Account, assignment, extensions, roster, last reminder."""
    row, teacher, _people, _lesson, _guest = given
    client = signed_in(teacher)
    url = reverse("courses:status", args=[row.uuid])
    client.get(url)
    counted = []
    for more in (0, 2, 40):
        for number in range(more):
            make.pupil(row.school_class, f"Lê Thị Số {number}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counted.append(len(statements(queries)))
    assert counted == [5, 5, 5]


def test_a_subject_teacher_sees_what_they_gave_and_the_homeroom_teacher_everything(classes):
    _first, second, teacher, _people, lesson = classes
    homeroom = make.teacher(second, "Lê Thị Mai")
    theirs = make.assignment(lesson, second, homeroom)
    url = reverse("courses:status", args=[theirs.uuid])
    assert signed_in(homeroom).get(url).status_code == 200
    assert signed_in(teacher).get(url).status_code == 404, "a subject teacher there, and not the one who gave it"


def test_a_reminder_reaches_those_who_are_not_done_once_a_day(given):
    row, teacher, people, _lesson, guest = given
    client = signed_in(teacher)
    url = reverse("courses:remind", args=[row.uuid])
    text = client.post(url, follow=True).content.decode()
    assert "Đã nhắc 2 em." in text
    reminded = Notification.objects.filter(kind="reminder").values_list("user_id", flat=True)
    assert set(reminded) == {people[1].pk, guest.pk}
    mark_read(user=guest)
    again = client.post(url, follow=True).content.decode()
    assert "Hôm nay các em đều đã được nhắc." in again
    assert "1 em đã xem lời nhắc, 1 em chưa xem" in again
    assert Notification.objects.filter(kind="reminder").count() == 2


def test_the_message_for_zalo_names_nobody_until_asked(given):
    row, teacher, _people, lesson, _guest = given
    client = signed_in(teacher)
    url = reverse("courses:message", args=[row.uuid])
    page = client.get(url)
    assert "còn 2 em chưa học xong" in page.context["text"]
    assert page.context["text"].endswith(f"\nhttp://testserver{lesson.url}"), (
        "the shortest address, and one that can be read"
    )
    assert "Bình" not in page.context["text"]
    named = client.get(url, {"names": "1"})
    assert "1. Trần Thị Bình\n2. Vi Thị Khách" in named.context["text"]
    assert "Phụ huynh cũng đọc nhóm này" in named.content.decode()


def test_one_pupil_gets_more_time_with_a_reason(given):
    row, teacher, people, _lesson, _guest = given
    client = signed_in(teacher)
    url = reverse("courses:extend", args=[row.uuid, people[1].uuid])
    assert client.post(url, {"due_at": "31/12/2099", "reason": " "}).status_code == 422
    sooner = f"{timezone.localtime(row.due_at) - timedelta(days=1):%d/%m/%Y %H:%M}"
    assert client.post(url, {"due_at": sooner, "reason": "Ốm"}).status_code == 422
    answer = client.post(url, {"due_at": "31/12/2099", "reason": "Mất mạng", "extra_attempts": "2"})
    assert answer.status_code == 302
    assert DueExtension.objects.get().reason == "Mất mạng"
    assert Allowance.objects.get().extra_attempts == 2
    assert AuditEvent.objects.filter(action="extend_pupil").count() == 1
    page = client.get(reverse("courses:pupil", args=[row.uuid, people[1].uuid])).content.decode()
    assert "gia hạn đến 31/12" in page
    assert "thêm 2 lượt ở mỗi bài kiểm tra" in page, "what was given is said, not only the time"
    stranger = make.pupil(make.school_class("11C"))
    assert client.post(reverse("courses:extend", args=[row.uuid, stranger.uuid]), {}).status_code == 404


def test_a_lesson_held_in_class_counts(given):
    row, teacher, people, lesson, _guest = given
    client = signed_in(teacher)
    url = reverse("courses:attendance", args=[row.school_class.uuid, lesson.translation_key])
    assert client.get(url).content.decode().count("checked") == 3, "everybody is ticked; the absent are unticked"
    present = {"present": [str(people[1].uuid)], "held_on": f"{timezone.localdate():%d/%m/%Y}"}
    assert client.post(url, present)["Location"].startswith(reverse("courses:status", args=[row.uuid]))
    assert class_status(row).counts == {"todo": 1, "doing": 0, "done": 2, "late": 0}
    stranger = make.pupil(make.school_class("11C"))
    assert client.post(url, present | {"present": [str(stranger.uuid)]}).status_code == 404
    tomorrow = f"{timezone.localdate() + timedelta(days=1):%d/%m/%Y}"
    assert client.post(url, present | {"held_on": tomorrow}).status_code == 422


@pytest.mark.slow
def test_a_tick_list_is_undone_once_and_only_what_it_changed(given):
    row, teacher, people, lesson, guest = given
    client = signed_in(teacher)
    url = reverse("courses:attendance", args=[row.school_class.uuid, lesson.translation_key])
    day = f"{timezone.localdate():%d/%m/%Y}"
    client.post(url, {"present": [str(people[1].uuid)], "held_on": day})
    saved = client.post(url, {"present": [str(people[0].uuid), str(guest.uuid)], "held_on": day})["Location"]
    page = client.get(saved)
    assert page.context["present"] == 2
    form = BeautifulSoup(page.content, "html.parser").find("form", action=re.compile("/undo/"))
    answer = {"at": form.find("input", attrs={"name": "at"})["value"]}
    stranger = make.teacher(make.school_class("11C"))
    assert signed_in(stranger).post(form["action"], answer).status_code == 404
    for _press in range(2):
        assert client.post(form["action"], answer)["Location"] == reverse("courses:status", args=[row.uuid])
        present = Attendance.objects.filter(withdrawn_at=None)
        assert [one.user_id for one in present] == [people[1].pk], "the list is the one before"
    states = {one.user_id: one.state for one in class_status(row).rows}
    assert states[people[1].pk] == "done"
    assert states[people[0].pk] == "done", "who did it online keeps that"
    assert states[guest.pk] == "todo"
    assert AuditEvent.objects.filter(action="undo_attendance").count() == 1
    # A list saved as it was has nothing to undo.
    again = client.get(client.post(url, {"present": [str(people[1].uuid)], "held_on": day})["Location"])
    assert again.context["saved_at"] == ""
    assert "/undo/" not in again.content.decode()


@pytest.mark.slow
def test_what_waits_is_dealt_with_on_the_first_page_and_leaves_the_messages(given):
    row, teacher, people, _lesson, _guest = given
    client, home = signed_in(teacher), reverse("courses:teach")
    subject = make.teacher(make.school_class("11C"))
    Teaching.objects.create(user=subject, school_class=row.school_class, kind="subject")
    request_password(user=people[0])
    code = open_join_code(school_class=row.school_class, actor=teacher)
    join_class(join_code=code, full_name="Lê Thị Khách", pin="258037")
    assert {one.kind for one in Notification.objects.filter(user=teacher, read_at=None)} == {
        "password_request",
        "guest_waiting",
    }
    theirs = signed_in(subject).get(home).context["today"]
    assert not theirs.passwords, "who may not reset is not asked to"
    assert not theirs.guests
    page = BeautifulSoup(client.get(home).content, "html.parser")
    reset = page.find("form", action=re.compile("/reset/"))
    assert client.post(reset["action"], {"next": home}).context["back"] == home
    let_in = page.find("form", action=re.compile("/guests/"))
    assert client.post(let_in["action"], {"next": home, "accept": "1"})["Location"] == home
    today = client.get(home).context["today"]
    assert not today.passwords
    assert not today.guests
    assert not Notification.objects.filter(user=teacher, read_at=None).exists()


def test_a_teacher_begins_with_what_needs_them(given):
    row, teacher, _people, _lesson, _guest = given
    page = signed_in(teacher).get(reverse("courses:teach"))
    (coming,) = page.context["today"].coming
    assert (coming.pupils, coming.started, coming.done, coming.not_started) == (3, 2, 1, 1)
    type(row).objects.update(due_at=timezone.now() - timedelta(hours=1))
    (overdue,) = signed_in(teacher).get(reverse("courses:teach")).context["today"].chase
    assert overdue.not_done == 2


@pytest.mark.slow
def test_the_statements_of_a_teachers_first_page_do_not_grow(classes):
    first, second, teacher, _people, lesson = classes
    client = signed_in(teacher)
    make.assignment(lesson, first, teacher)
    counted = []
    for more in (0, 2):
        for number in range(more):
            (other,) = make.lessons_of(make.course(1, title=f"Khóa {number}"))
            make.assignment(other, second if number else first, teacher)
        client.get(reverse("courses:teach"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("courses:teach"))
        counted.append(len(statements(queries)))
    assert counted[0] == counted[1]


@pytest.mark.parametrize("name", ["teach", "assigned", "assign"])
def test_a_pupil_has_no_teachers_pages(classes, name):
    _first, _second, _teacher, people, _lesson = classes
    assert signed_in(people[0]).get(reverse(f"courses:{name}")).status_code == 404
    assert Client().get(reverse(f"courses:{name}")).status_code == 302


def test_screen_and_cells_agree_on_a_late_finish(given):
    row, _teacher, _people, _lesson, _guest = given
    type(row).objects.update(due_at=timezone.now() - timedelta(days=1))
    row.refresh_from_db()
    status = class_status(row)
    done = next(one for one in status.rows if one.state == "done")
    assert done.was_late
    assert cells(status, done)[-1].text == "muộn"
