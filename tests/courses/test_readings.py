"""Readings that staff confirm: first on their page, once a version, a list of who has not, the file the same."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from courses.models import ReadingConfirmation, RequiredReading
from courses.operations import readings as operations
from courses.operations.readings import Wanted
from courses.problems import NotAskedToRead
from courses.queries.readings import counts_of, waiting_for
from courses.queries.staff import StaffPlace, held_by, is_for, offices_for
from schools.models import Notification
from tests.factories import courses as make_course
from tests.factories import schools as make
from tests.factories.constraints import refused

pytestmark = pytest.mark.django_db


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(place, actor, **fields) -> RequiredReading:
    wanted = {
        "kinds": ["teacher"],
        "due_on": timezone.localdate() + timedelta(days=7),
        "title": "Thông báo 12",
        "text": "Mời đọc.",
    }
    return operations.require_reading(key=uuid4(), place=place, wanted=Wanted(**wanted | fields), actor=actor)


@pytest.mark.slow
def test_a_page_is_read_confirmed_changed_and_asked_for_again(school_class, teacher, school_admin, pupil):
    """An administrator's way with one published page, with nothing but what the screens offer."""
    school = school_class.school
    other = make.make_with_role("teacher", "Lâm Thị Bận", school=school)
    course = make_course.course(1, title="Dịch vụ công cho giáo viên")
    desk, reader = client_of(school_admin), client_of(teacher)
    found = desk.get(reverse("courses:reading_new"), {"q": "dich vu cong cho"})
    assert [one.translation_key for one in found.context["found"]] == [course.translation_key]
    due = timezone.localdate() + timedelta(days=7)
    asked = {
        "page": str(course.translation_key), "place": f"school={school.code}", "kinds": ["teacher"],
        "due_on": due.isoformat(), "key": str(uuid4()),
    }  # fmt: skip
    for _again in range(2):
        assert desk.post(reverse("courses:reading_new"), asked).status_code == 302
    reading = RequiredReading.objects.get()
    assert reading.title == course.title and Notification.objects.filter(kind="reading").count() == 2

    home = reader.get(reverse("courses:teach")).content.decode()
    assert home.index(course.title) < home.index("Giao bài"), "before everything else"
    page = reverse("courses:reading", args=[reading.uuid])
    assert course.url in reader.get(page).content.decode()
    for _again in range(2):
        reader.post(page)
    assert ReadingConfirmation.objects.get().revision_id == course.live_revision_id
    assert course.title not in reader.get(reverse("courses:today")).content.decode()
    assert client_of(pupil).get(page).status_code == 404
    with pytest.raises(NotAskedToRead):
        operations.confirm_reading(reading=reading, user=pupil)

    status = desk.get(reverse("courses:reading_status", args=[reading.uuid]))
    assert [line.user for line in status.context["lines"]] == [other] and status.context["counts"].confirmed == 1
    for _again in range(2):
        desk.post(reverse("courses:reading_do", args=[reading.uuid]), {"do": "remind"})
    assert list(Notification.objects.filter(kind="reading_reminder").values_list("user", flat=True)) == [other.pk]
    book = load_workbook(io.BytesIO(desk.get(reverse("courses:reading_xlsx", args=[reading.uuid])).content))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[0] for row in rows[5:]] == ["Lâm Thị Bận", "Nguyễn Thị Ổi"] and rows[2][
        0
    ] == "1 trên 2 người đã xác nhận"

    # A new published version asks nobody by itself; the administrator says so.
    course.title = "Dịch vụ công cho giáo viên, bản 2"
    course.save_revision().publish()
    assert waiting_for(teacher) == [] and desk.get(status.wsgi_request.path).context["is_newer"]
    for _again in range(2):
        desk.post(reverse("courses:reading_do", args=[reading.uuid]), {"do": "again", "due_on": due.isoformat()})
    reading.refresh_from_db()
    assert reading.version == 2 and waiting_for(teacher) == [reading] and counts_of(reading).confirmed == 0
    reader.post(page)
    assert ReadingConfirmation.objects.filter(user=teacher).count() == 2
    desk.post(reverse("courses:reading_do", args=[reading.uuid]), {"do": "withdraw"})
    assert (
        waiting_for(other) == [] and not Notification.objects.filter(read_at=None, key__startswith="reading:").exists()
    )


def test_whom_it_is_for_is_the_same_by_hand_and_by_the_database(school_class, teacher, school_admin):
    """`is_for` spares a statement a reading: it must say what `offices_for` says."""
    school = school_class.school
    other_unit = make.make_unit("Xã Khác")
    member = make.make_with_role("community_member", "Y Bhăm", unit=school.unit)
    editor = make.make_with_role("editor", "Hồ Thị Biên")
    officer = make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province())
    root = StaffPlace(make.province())
    readings = [
        ask(StaffPlace(school.unit, school), school_admin, kinds=[]),
        ask(StaffPlace(school.unit), officer, kinds=["community_member", "teacher"]),
        ask(root, officer, kinds=[]),
        ask(root, officer, kinds=["teacher"], within=[other_unit]),
        ask(root, officer, kinds=["editor"]),
    ]
    # A tree in the order of names moves what is in memory: read anew.
    readings = list(RequiredReading.objects.order_by("pk"))
    for user in (teacher, school_admin, member, editor, officer):
        assert waiting_for(user) == sorted(
            (one for one in readings if offices_for(one).filter(user=user).exists()),
            key=lambda one: (one.due_on, one.pk),
        ), user
    assert is_for(readings[4], held_by(editor)) and not is_for(readings[1], held_by(editor))
    few = _statements(teacher)
    assert [
        one["label"]
        for one in client_of(school_admin).get(reverse("schools:home", args=[school.code])).context["first"]
    ]
    for _number in range(3):
        ask(StaffPlace(school.unit, school), school_admin)
    assert _statements(teacher) == few == 3  # the offices, the readings, within
    with refused("reading_is_a_page_or_a_notice"):
        RequiredReading.objects.filter(pk=readings[0].pk).update(page_key=uuid4())
    with refused("reading_withdrawn_by_somebody"):
        RequiredReading.objects.filter(pk=readings[0].pk).update(withdrawn_at=timezone.now())


def _statements(user) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert waiting_for(user)
    return len(asked)
