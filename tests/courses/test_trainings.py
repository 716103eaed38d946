"""Trainings of staff: who was there by list, file and code; until when it counts; who holds a valid one."""

import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document
from openpyxl import Workbook, load_workbook

from cms.audit.models import AuditEvent
from courses import door
from courses.models import Certificate, CourseProgress, PresentWithoutAccount, Training, TrainingAttendance
from courses.operations import trainings as operations
from courses.operations.trainings import Plan
from courses.problems import HeldInTheFuture, NotStaff, TrainingDoorClosed, TrainingWasHeld
from courses.queries.headcounts import without_account
from courses.queries.staff import StaffPlace
from courses.queries.trainings import people_of, person_lines, standing
from schools.models import Notification, Unit
from tests.factories import courses as make_course
from tests.factories import schools as make
from tests.factories.constraints import refused

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 26)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def plan(**fields) -> Plan:
    return Plan(
        **{"title": "Tập huấn DVC 2026", "venue": "Hội trường xã", "held_on": TODAY, "kinds": ["community_member"]}
        | fields
    )


@pytest.fixture
def commune(db, monkeypatch):
    """A commune with three members of its team and its officer, in a province with an officer of its own."""
    monkeypatch.setattr(timezone, "localdate", lambda *_args: TODAY)
    make.school_year()
    unit = make.make_unit("Xã Suối Trúc")
    team = [make.make_with_role("community_member", name, unit=unit) for name in ("Y Bhăm", "Lê Văn Ơn", "Lê Văn Ân")]
    officer = make.make_with_role("commune_officer", "Hồ Thị Xã", unit=unit)
    return unit, team, officer


def planned(commune, **fields) -> Training:
    unit, _team, officer = commune
    return operations.plan_training(key=uuid4(), place=StaffPlace(unit), plan=plan(**fields), actor=officer)


def test_from_the_plan_to_the_certificate(commune):
    """One training on the screen of a commune officer, with nothing but what the screen offers."""
    unit, team, officer = commune
    desk = client_of(officer)
    key = str(uuid4())
    asked = {
        "title": "Tập huấn DVC 2026", "place": f"unit={unit.code}", "venue": "Hội trường xã", "held_on": "2026-11-26",
        "kinds": ["community_member"], "validity": "months", "key": key,
    }  # fmt: skip
    for _again in range(2):  # a second press makes no second training
        answer = desk.post(reverse("courses:training_new"), asked)
        assert answer.status_code == 302, answer.context["form"].errors
    training = Training.objects.get(unit=unit)
    assert str(training.uuid) == key and training.valid_until == date(2027, 11, 26)

    assert desk.post(reverse("courses:training_do", args=[key]), {"do": "invite"}).status_code == 302
    assert set(Notification.objects.filter(kind="training").values_list("user", flat=True)) == {one.pk for one in team}

    page = desk.get(reverse("courses:training", args=[key])).content.decode()
    assert [page.index(name) for name in ("Lê Văn Ân", "Y Bhăm", "Lê Văn Ơn")] == sorted(
        page.index(name) for name in ("Lê Văn Ân", "Y Bhăm", "Lê Văn Ơn")
    ), "by tên, in Vietnamese order"
    sheet = Document(io.BytesIO(desk.get(reverse("courses:training_sheet", args=[key])).content))
    names = [row.cells[1].text for row in sheet.tables[0].rows]
    assert names == ["Họ và tên", "Lê Văn Ân", "Y Bhăm", "Lê Văn Ơn", *[""] * 5]

    keys = [str(one.uuid) for one in team]
    desk.post(reverse("courses:training", args=[key]), {"shown": keys, "present": keys[:2]})
    desk.post(reverse("courses:training_do", args=[key]), {"do": "certificates"})
    desk.post(reverse("courses:training_do", args=[key]), {"do": "certificates"})
    given = Certificate.objects.filter(kind="training")
    assert {one.user for one in given} == set(team[:2])
    assert given[0].valid_until == date(2027, 11, 26) and given[0].school_name == "Xã Suối Trúc"

    # Unticked, the certificate goes with it; ticked again, a new one can be given.
    desk.post(reverse("courses:training", args=[key]), {"shown": keys, "present": keys[:1]})
    assert given.in_force().count() == 1
    desk.post(reverse("courses:training", args=[key]), {"shown": keys, "present": keys[:2]})
    desk.post(reverse("courses:training_do", args=[key]), {"do": "certificates"})
    assert given.in_force().count() == 2 and given.all().count() == 3

    # The list as a file says what the screen says.
    book = load_workbook(io.BytesIO(desk.get(reverse("courses:training_xlsx", args=[key])).content))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[2][0] == "2 có mặt trên 3 người" and [row[3] for row in rows[5:]].count("có mặt") == 2
    with pytest.raises(TrainingWasHeld):
        operations.call_off_training(training=training, actor=officer)


def test_a_typed_list_is_matched_by_name_and_by_sign_in_name(commune):
    unit, team, officer = commune
    twin = make.make_with_role("community_member", "Lê Văn Ân", unit=unit, username="an.le")
    training = planned(commune)
    book = Workbook()
    sheet = book.active
    for row in (
        ["DANH SÁCH DỰ TẬP HUẤN"], ["STT", "Họ và tên", "Tên đăng nhập"], [1, "LÊ VĂN ƠN", None], [2, "Lê Văn Ân", None],
        [3, "Lê Văn Ân", "an.le"], [4, "Trần Lạ", None],
    ):  # fmt: skip
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    stream.name = "ds.xlsx"
    desk = client_of(officer)
    answer = desk.post(reverse("courses:training_import", args=[training.uuid]), {"file": stream})
    assert answer.status_code == 200
    assert {row.user for row in answer.context["rows"]} == {team[1], twin}
    assert [one.number for one in answer.context["refused"]] == [4, 6]
    assert not training.attendances.exists(), "nothing is written before the button"
    keys = [str(row.user.uuid) for row in answer.context["rows"]]
    desk.post(reverse("courses:training", args=[training.uuid]), {"how": "file", "shown": keys, "present": keys})
    assert set(training.attendances.values_list("how", flat=True)) == {"file"}
    wrong = desk.post(reverse("courses:training_import", args=[training.uuid]), {"file": io.BytesIO(b"xin chao")})
    assert wrong.status_code == 422


def test_the_code_on_the_wall(commune):
    """It changes every minute, the one before is taken, an older one is not; signing in on the way loses nothing."""
    _unit, team, officer = commune
    training = planned(commune)
    now = 1_800_000_030.0
    code, before, old = (door.code_now(training.uuid, now - back) for back in (0, 60, 120))
    assert door.find(code.lower(), [training], now) == door.find(before, [training], now) == training
    assert door.find(old, [training], now) is None and len({code, before, old}) == 3

    phone = Client()
    with pytest.raises(TrainingDoorClosed):
        operations.present_oneself(training=training, user=team[0])
    here = reverse("courses:present_code", args=[door.code_now(training.uuid)])
    assert phone.get(here).status_code == 422, "nobody has opened it"
    desk = client_of(officer)
    desk.post(reverse("courses:training_do", args=[training.uuid]), {"do": "open"})
    wall = desk.get(reverse("courses:training_wall", args=[training.uuid])).content.decode()
    code = door.code_now(training.uuid)
    assert f"{code[:3]} {code[3:]}" in wall and "<svg" in wall
    assert phone.get(here, follow=True).redirect_chain[-1][0].startswith("/vi/account/sign-in/")
    answer = phone.post(
        reverse("account_login"),
        {
            "as": "staff",
            "username": team[0].username,
            "password": make.PASSWORD,
            "next": reverse("courses:present_here"),
        },
    )
    assert answer["Location"] == reverse("courses:present_here")
    assert "Y Bhăm" in phone.get(reverse("courses:present_here")).content.decode()
    assert not training.attendances.exists(), "a picture that was scanned writes nothing"
    for _again in range(2):
        phone.post(reverse("courses:present_here"))
    row = training.attendances.get()
    assert (row.user, row.how, row.recorded_by) == (team[0], "code", None)

    pupil = make.make_pupil()
    with pytest.raises(NotStaff):
        operations.present_oneself(training=training, user=pupil, at=timezone.now())
    assert client_of(pupil).post(reverse("courses:present_here")).status_code == 302, "without the code nothing"


@pytest.mark.slow
def test_who_is_trained_and_until_when(commune):
    """The school year or twelve months; a course done online where it counts; the screen and the file the same."""
    unit, team, officer = commune
    training = planned(commune, held_on=date(2026, 3, 1))
    operations.record_trained(
        training=training, present=[team[0].pk], among=[one.pk for one in team], how="list", actor=officer
    )
    old = planned(commune, held_on=date(2025, 10, 1), title="Tập huấn 2025")
    operations.record_trained(training=old, present=[team[1].pk], among=[team[1].pk], how="list", actor=officer)
    place = StaffPlace(unit)
    found = standing(place, ["community_member"])
    assert (found.holding, found.people, found.counts) == (1, 3, {"never": 1, "expired": 1, "soon": 0, "valid": 1})

    course = make_course.course(1, title="Tổ công nghệ số cộng đồng")
    province = make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province())
    done = CourseProgress.objects.create(
        user=team[2], school_year="2025-2026", course_key=course.translation_key, started_at=timezone.now(),
        finished_at=timezone.make_aware(timezone.datetime(2025, 12, 10, 9)), lessons_started=1, lessons_done=1,
    )  # fmt: skip
    assert standing(place, ["community_member"]).counts["never"] == 1, "no rule says that it counts"
    operations.set_online_training(
        course_key=course.translation_key, kinds=["community_member"], months=12, actor=province
    )
    found = standing(place, ["community_member"])
    assert found.counts == {"never": 0, "expired": 1, "soon": 1, "valid": 1}
    lines = {
        one.user: (one.state, one.until) for one in person_lines(place, [], people_of(place, ["community_member"]))
    }
    assert lines[team[0]] == ("valid", date(2027, 3, 1)) and lines[team[1]] == ("expired", date(2026, 10, 1))
    assert lines[team[2]] == ("soon", date(2026, 12, 10)), done.finished_at

    desk = client_of(province)
    page = desk.get(reverse("courses:trained"), {"kind": "community_member"})
    assert page.context["standing"].holding == 2
    book = load_workbook(io.BytesIO(desk.get(reverse("courses:trained_xlsx"), {"kind": "community_member"}).content))
    people, places = ([list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book)
    assert [row[0] for row in people[5:]] == [one["line"].user.get_full_name() for one in page.context["lines"]]
    assert [row[3] for row in people[5:]] == [one["line"].word for one in page.context["lines"]]
    assert places[5:] == page.context["units"].rows == [["Xã Suối Trúc", 3, 2, 1]]
    assert "2 trên 3" in people[2][0] and "2/3" not in people[2][0]


def test_what_the_tables_refuse_and_what_time_forbids(commune):
    _unit, team, officer = commune
    ahead = planned(commune, held_on=TODAY + timedelta(days=3))
    with pytest.raises(HeldInTheFuture):
        operations.record_trained(training=ahead, present=[team[0].pk], among=[team[0].pk], how="list", actor=officer)
    with pytest.raises(HeldInTheFuture):
        operations.open_door(training=ahead, actor=officer)
    operations.call_off_training(training=ahead, actor=officer)
    with refused("training_of_a_unit_or_a_school"):
        Training.objects.filter(pk=ahead.pk).update(unit=None)
    with refused("training_counts_from_its_day"):
        Training.objects.filter(pk=ahead.pk).update(valid_until=TODAY)
    with refused("training_called_off_by_somebody"):
        Training.objects.filter(pk=ahead.pk).update(called_off_by=None)
    with refused("training_list_kept_by_somebody"):
        TrainingAttendance.objects.create(training=ahead, user=team[0], how="list")
    year = planned(commune, months=None)
    assert year.valid_until == date(2027, 5, 31)


def test_whose_trainings_they_are(commune, as_user, school_class, teacher, school_admin, pupil):
    unit, _team, officer = commune
    training = planned(commune)
    other = make.make_with_role("commune_officer", "Kẻ Khác", unit=make.make_unit())
    above = make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province())
    own = operations.plan_training(
        key=uuid4(), place=StaffPlace(school_class.school.unit, school_class.school), plan=plan(kinds=["teacher"]), actor=school_admin
    )  # fmt: skip
    page = reverse("courses:training", args=[training.uuid])
    answers = {
        one.username: as_user(one).get(page).status_code
        for one in (officer, other, above, school_admin, teacher, pupil)
    }
    assert answers == {officer.username: 200, other.username: 404, above.username: 200, "ql.truong": 404, "co.oi": 404,
                       pupil.username: 404}  # fmt: skip
    assert as_user(other).get(reverse("courses:trained"), {"unit": unit.code}).status_code == 404
    # The office above reads a school's training and leaves its list alone.
    page = reverse("courses:training", args=[own.uuid])
    assert as_user(above).get(page).status_code == 200 and as_user(above).post(page).status_code == 404
    assert as_user(school_admin).post(page).status_code == 302


@pytest.mark.slow
def test_the_lists_ask_no_more_of_the_database_with_more_rows(commune):
    unit, _team, officer = commune
    planned(commune)
    desk = client_of(officer)
    addresses = [
        reverse("courses:trainings"),
        reverse("courses:trained"),
        reverse("courses:training", args=[Training.objects.get().uuid]),
    ]

    def statements() -> list[int]:
        counts = []
        for address in addresses:
            desk.get(address)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert desk.get(address).status_code == 200
            counts.append(len(asked))
        return counts

    few = statements()
    for number in range(3):
        planned(commune, title=f"Lớp {number}")
        make.make_with_role("community_member", f"Thành Viên {number}", unit=unit)
    assert statements() == few
    assert Unit.objects.count() == 2


@pytest.mark.slow
def test_who_signed_without_an_account_is_a_number(commune):
    """Set again it takes the place of the first, nought takes it away; of two lists the longer one counts."""
    unit, team, officer = commune
    training, other = planned(commune), planned(commune, held_on=TODAY - timedelta(days=3))
    desk, page = client_of(officer), reverse("courses:training", args=[training.uuid])
    number = reverse("courses:training_number", args=[training.uuid])
    sent = {"where": str(unit.uuid), "office": "community_member"}
    assert "chưa có tài khoản" in desk.get(page).text
    assert desk.post(number, sent | {"number": "nhiều"}).status_code == 422
    assert desk.post(number, sent | {"where": str(uuid4()), "number": 3}).status_code == 422
    assert desk.post(number, sent | {"office": "teacher", "number": 3}).status_code == 422, "not one of its offices"
    for typed in (7, 7, 5):
        assert desk.post(number, sent | {"number": typed}).status_code == 302
    assert "<strong>5</strong>" in desk.get(page).text
    stranger = make.make_with_role("commune_officer", "Xã Khác", unit=make.make_unit("Xã Út"))
    assert client_of(stranger).post(number, sent | {"number": 1}).status_code == 404
    assert client_of(team[0]).post(number, sent | {"number": 1}).status_code == 404
    operations.count_without_account(training=other, place=unit, kind="community_member", number=4, actor=officer)
    unit.refresh_from_db()  # the other commune may have moved it in the tree
    place, year = StaffPlace(unit), (TODAY - timedelta(days=300), TODAY)
    assert without_account(place, *year, ["community_member"]) == 5
    assert without_account(place, *year, ["teacher"]) == 0
    assert without_account(StaffPlace(unit), TODAY - timedelta(days=9), TODAY - timedelta(days=1), []) == 4
    with pytest.raises(TrainingWasHeld):
        operations.call_off_training(training=training, actor=officer)
    assert desk.post(number, sent | {"number": 0}).status_code == 302
    assert without_account(place, *year, []) == 4
    done = AuditEvent.objects.filter(action="count_without_account", target_key=str(training.uuid))
    assert sorted(one["number"] for one in done.values_list("detail", flat=True)) == [0, 5, 7]
    ahead = planned(commune, held_on=TODAY + timedelta(days=3))
    with pytest.raises(HeldInTheFuture):
        operations.count_without_account(training=ahead, place=unit, kind="teacher", number=1, actor=officer)
    row = {"training": other, "recorded_by": officer, "number": 2}
    with refused("without_account_of_a_unit_or_a_school"):
        PresentWithoutAccount.objects.create(kind="teacher", **row)
    with refused("without_account_is_somebody"):
        PresentWithoutAccount.objects.create(kind="teacher", unit=unit, **row | {"number": 0})
