"""Making accounts, choosing secrets, roles and their groups, messages, the school's desk."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

from cms.audit.models import AuditEvent
from schools.models import Person, Role, Unit
from schools.operations import accounts
from schools.operations.notifications import mark_read, notify, register_kind
from schools.passwords import is_simple_pin, random_pin
from schools.problems import WeakSecret
from schools.queries.notifications import unread_count
from tests.factories.schools import PASSWORD, make_class, make_pupil, make_staff, make_with_role, province


@pytest.mark.parametrize(
    "pin", ["000000", "777777", "123456", "987654", "121212", "123123", "112233", "140311", "110314", "012345"]
)
def test_easy_pins_are_refused(pin):
    assert is_simple_pin(pin, date(2011, 3, 14), ("0012345",))


@pytest.mark.parametrize("pin", ["402915", "258037", "900817"])
def test_other_pins_are_fine(pin):
    assert not is_simple_pin(pin, date(2011, 3, 14), ("0012345",))


def test_random_pins_are_never_easy():
    assert all(not is_simple_pin(random_pin()) for _ in range(200))


@pytest.mark.parametrize("secret", ["12345", "1234567", "password", "123456", "", "abc", "٤٠٢٩١٥"])
def test_pupils_weak_secrets(pupil, secret):
    with pytest.raises(WeakSecret):
        accounts.set_password(user=pupil, password=secret)


def test_staff_may_not_use_a_pin(teacher):
    with pytest.raises(WeakSecret):
        accounts.set_password(user=teacher, password="402915")
    accounts.set_password(user=teacher, password="mật khẩu dài của cô")
    assert teacher.check_password("mật khẩu dài của cô")


def test_usernames_are_unique_whatever_their_case(teacher):
    with pytest.raises(accounts.UsernameTaken):
        make_staff(username="CO.OI")


def test_editors_get_the_group_and_lose_it_with_their_last_such_role(db):
    user = make_with_role("editor")
    accounts.grant_role(user=user, kind="editor", unit=province())
    assert user.groups.get().name == "Editors"
    accounts.grant_role(user=user, kind="editor")
    assert Role.objects.filter(user=user).count() == 2, "the same role twice is one role"
    for role in Role.objects.filter(user=user):
        assert Group.objects.filter(user=user).exists()
        accounts.end_role(role=role)
    assert not user.groups.exists()
    assert AuditEvent.objects.filter(action="grant_role").count() == 2
    assert AuditEvent.objects.filter(action="end_role").count() == 2


def test_a_message_is_left_once_and_read_in_ones_language(as_user, pupil, teacher, django_assert_num_queries):
    register_kind("test_kind", "Xin chào %(name)s")
    with django_assert_num_queries(4):
        # savepoint; who has it; insert; release
        assert (
            notify(
                users=[pupil, teacher, pupil], key="k1", kind="test_kind", context={"name": "em"}, url="/vi/account/"
            )
            == 2
        )
    assert notify(users=[pupil, teacher], key="k1", kind="test_kind") == 0
    notify(users=[pupil], key="k2", kind="unknown")
    assert unread_count(pupil) == 2
    client = as_user(pupil)
    page = client.get("/vi/account/")
    assert "Xin chào em" in page.content.decode()
    note = pupil.notifications.get(key="k1")
    assert client.post("/vi/account/notifications/read/", {"uuid": str(note.uuid)}).url == "/vi/account/"
    assert unread_count(pupil) == 1
    theirs = teacher.notifications.get()
    assert client.post("/vi/account/notifications/read/", {"uuid": str(theirs.uuid)}).status_code == 404
    assert client.post("/vi/account/notifications/read/", {"uuid": "x"}).status_code == 404
    assert mark_read(user=pupil) == 1


def test_the_language_is_kept_with_the_account(as_user, pupil):
    client = as_user(pupil)
    assert client.post("/vi/account/language/", {"language": "en"}).url.endswith("/en/account/")
    pupil.refresh_from_db()
    assert pupil.language == "en"
    client.post("/vi/account/language/", {"language": "xx"})
    pupil.refresh_from_db()
    assert pupil.language == "en"


@pytest.mark.slow
def test_the_schools_desk(as_user, school_admin, teacher, pupil, other_teacher, django_assert_num_queries):
    client = as_user(school_admin)
    page = client.get("/vi/schools/SONGTRONG/")
    assert [(c.name, c.pupils, c.guests) for c in page.context["classes"]] == [("10A1", 1, 0)]
    assert page.context["classes"][0].homeroom[0].user == teacher
    assert client.get("/vi/schools/NUIXA/").status_code == 404
    assert client.get("/vi/schools/KHONGCO/").status_code == 404
    for stranger in (teacher, pupil, other_teacher):
        assert as_user(stranger).get("/vi/schools/SONGTRONG/").status_code == 404
        assert as_user(stranger).get("/vi/schools/SONGTRONG/staff/").status_code == 404


def test_the_administrator_adds_a_teacher_who_chooses_a_password(as_user, client, school_admin):
    desk = as_user(school_admin)
    bad = desk.post("/vi/schools/SONGTRONG/staff/", {"full_name": "Cô Mới", "username": "cô mới"})
    assert bad.context["form"].errors["username"]
    made = desk.post("/vi/schools/SONGTRONG/staff/", {"full_name": "Cô Mới", "username": "co.moi", "subject": "Tin"})
    password = made.context["password"]
    again = desk.post("/vi/schools/SONGTRONG/staff/", {"full_name": "Cô Mới", "username": "co.moi"})
    assert again.context["form"].errors["username"]
    client.post("/vi/account/sign-in/", {"as": "staff", "username": "co.moi", "password": password})
    assert client.get("/vi/account/").url == "/vi/account/first-password/"
    assert client.post("/vi/account/first-password/", {"new": PASSWORD, "again": PASSWORD}).status_code == 302
    assert "co.moi" in desk.get("/vi/schools/SONGTRONG/staff/").content.decode()


@pytest.mark.slow
def test_units_and_schools_in_the_back_end(as_user, db):
    admin = as_user(make_staff(is_superuser=True))
    root = province()
    body = {"code": "X99", "name": "Xã Mới", "kind": "commune", "parent": root.pk}
    assert admin.get("/admin/unit/new/").status_code == 200
    assert admin.post("/admin/unit/new/", body).status_code == 302
    made = Unit.objects.get(code="X99")
    assert made.get_parent() == root
    ward = root.add_child(code="P1", name="Phường Một", kind="ward")
    assert (
        admin.post(f"/admin/unit/edit/{made.pk}/", body | {"name": "Xã Mới Hơn", "parent": ward.pk}).status_code == 302
    )
    made.refresh_from_db()
    assert (made.get_parent(), made.name_folded) == (ward, "xa moi hon")
    assert admin.post("/admin/unit/new/", body | {"code": "X98", "parent": ""}).status_code == 200, "one province only"
    for address in (
        "/admin/unit/",
        "/admin/school/",
        "/admin/schoolyear/",
        "/admin/reportingyear/",
        "/admin/school/new/",
    ):
        assert admin.get(address).status_code == 200


@pytest.mark.django_db
def test_a_name_typed_in_one_case_is_stored_with_capitals_and_older_rows_are_mended():
    typed = make_pupil(make_class(), "TRẦN THỊ H'HEN").person
    assert typed.full_name == "Trần Thị H'Hen"
    kept = make_pupil(make_class(), "Nguyễn thị Hoa").person
    Person.objects.filter(pk=typed.pk).update(full_name="trần thị h'hen")
    migration = import_module("schools.migrations.0014_names_in_proper_case")
    migration.set_capitals(apps, None)
    typed.refresh_from_db()
    kept.refresh_from_db()
    assert (typed.full_name, kept.full_name) == ("Trần Thị H'Hen", "Nguyễn thị Hoa")
