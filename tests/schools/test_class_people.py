"""The people of a class: order, search, resets, guests, codes; and strangers get 404."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cms.audit.models import AuditEvent
from schools.models import JoinCode, JoinRequest, Membership
from schools.operations.accounts import request_password
from schools.operations.joining import open_join_code
from tests.factories.schools import PIN, make_class, make_pupil, make_teacher


@pytest.fixture
def url(school_class):
    return f"/vi/teach/classes/{school_class.uuid}/pupils/"


def names(response):
    return [row.user.person.full_name for row in response.context["page"]]


def test_the_list_is_in_vietnamese_order_and_searched_without_accents(as_user, teacher, school_class, url):
    for name in ("Lê Văn Ân", "Trần Thị An", "Đỗ Thị Ánh", "Nguyễn Văn Đạt", "Phạm Văn Dũng"):
        make_pupil(school_class, name)
    client = as_user(teacher)
    assert names(client.get(url)) == ["Trần Thị An", "Đỗ Thị Ánh", "Lê Văn Ân", "Phạm Văn Dũng", "Nguyễn Văn Đạt"]
    assert names(client.get(url, {"q": "dat"})) == ["Nguyễn Văn Đạt"]
    assert set(names(client.get(url, {"q": "an"}))) >= {"Trần Thị An", "Lê Văn Ân", "Đỗ Thị Ánh"}
    assert names(client.get(url, {"q": "ân"}))[0] == "Lê Văn Ân", "what was typed exactly comes first"
    assert names(client.get(url, {"q": "không có"})) == []


@pytest.mark.parametrize("pupils", [1, 3])
def test_the_number_of_queries_does_not_grow(as_user, teacher, school_class, url, pupils, django_assert_num_queries):
    for number in range(pupils):
        make_pupil(school_class, f"Em Thứ {number}")
    client = as_user(teacher)
    client.get(url)
    with django_assert_num_queries(13):
        # account; class; in care; administers; grades; names teachers; count; pupils; codes; cards; requests; guests; join codes. The head is remembered.
        client.get(url)


def test_one_tap_gives_a_pin_once_and_writes_it_in_the_log(as_user, teacher, pupil, school_class, url):
    request_password(user=pupil)
    client = as_user(teacher)
    assert len(client.get(url).context["requests"]) == 1
    response = client.post(f"{url}{pupil.uuid}/reset/")
    pin = response.context["pin"].replace(" ", "")
    assert pin in response.content.decode().replace(" ", "")
    assert response["Cache-Control"].count("no-store")
    pupil.refresh_from_db()
    assert pupil.check_password(pin)
    assert pupil.must_change_password
    assert client.get(url).context["requests"] == []
    event = AuditEvent.objects.get(action="reset_password")
    assert event.actor == teacher.uuid
    assert pin not in str(event.detail)


def test_what_is_not_yours_is_404(as_user, teacher, other_teacher, pupil, other_pupil, school_class, other_class, url):
    code = open_join_code(school_class=school_class, actor=teacher)
    stranger = as_user(other_teacher)
    base = f"/vi/teach/classes/{school_class.uuid}"
    for address in (url, f"{base}/codes/{code.uuid}/", f"/vi/schools/classes/{school_class.uuid}/cards/"):
        assert stranger.get(address).status_code == 404
        assert as_user(pupil).get(address).status_code == 404
        assert Client().get(address).url.startswith("/vi/account/sign-in/")
    for address in (f"{url}{pupil.uuid}/reset/", f"{base}/codes/", f"{base}/codes/{code.uuid}/close/"):
        assert stranger.post(address).status_code == 404
    mine = as_user(teacher)
    assert mine.post(f"{url}{other_pupil.uuid}/reset/").status_code == 404
    other = open_join_code(school_class=other_class, actor=other_teacher)
    assert mine.get(f"{base}/codes/{other.uuid}/").status_code == 404


def test_cards_say_who_is_ticked_and_tick_them(as_user, teacher, pupil, school_class):
    make_pupil(school_class, "Lê Văn Ân")
    url = f"/vi/schools/classes/{school_class.uuid}/cards/"
    for asked, ticked, said in (
        ({}, 2, "Đã chọn sẵn 2 học sinh"),
        ({"pupil": str(pupil.uuid)}, 1, f"Chỉ chọn sẵn một em: {pupil.get_full_name()}."),
        ({"pupil": "nobody"}, 2, "Đã chọn sẵn 2 học sinh"),
    ):
        text = as_user(teacher).get(url, asked).content.decode()
        assert text.count(" checked") == ticked
        assert said in text


def test_a_subject_teacher_sees_the_list_but_resets_nothing(as_user, school_class, pupil, url):
    client = as_user(make_teacher(school_class, "Thầy Bộ Môn", kind="subject"))
    page = client.get(url)
    assert names(page) == ["Trần Thị Bưởi"]
    assert "reset" not in page.content.decode()
    assert client.post(f"{url}{pupil.uuid}/reset/").status_code == 404


def test_a_guest_joins_waits_is_let_in_and_comes_back(as_user, teacher, school_class, url):
    client = as_user(teacher)
    opened = client.post(
        f"/vi/teach/classes/{school_class.uuid}/codes/", {"hours": 2, "max_uses": 2, "needs_approval": "on"}
    )
    shown = client.get(opened.url)
    code = JoinCode.objects.get()
    assert "<svg" in shown.content.decode()
    guest = Client()
    form = guest.get("/vi/account/join/", {"code": f"{code.code[:3]} {code.code[3:].lower()}"})
    assert form.context["join_code"] == code
    weak = guest.post("/vi/account/join/", {"code": code.code, "full_name": "Khách Mời", "pin": "111111"})
    assert weak.context["form"].errors["pin"]
    code.refresh_from_db()
    assert code.uses == 0
    assert (
        guest.post("/vi/account/join/", {"code": code.code, "full_name": "Khách  Mời", "pin": PIN}).status_code == 302
    )
    slip = guest.get("/vi/account/join/done/")
    pupil_code = slip.context["identifier"].code
    assert pupil_code in slip.content.decode()
    assert not Membership.objects.filter(is_guest=True).exists()
    waiting = JoinRequest.objects.get()
    assert len(client.get(url).context["guests"]) == 1
    for _ in range(2):
        client.post(f"/vi/teach/classes/{school_class.uuid}/guests/{waiting.uuid}/", {"accept": "1"})
    membership = Membership.objects.get(user=waiting.user)
    assert membership.is_guest
    assert (
        client.post(f"/vi/teach/classes/{school_class.uuid}/guests/{waiting.uuid}/", {"refuse": "1"}).status_code == 409
    )
    back = Client()
    body = {"school": "SONGTRONG", "username": pupil_code, "password": PIN}
    assert back.post("/vi/account/sign-in/", body).status_code == 302


def test_a_code_without_approval_ends_after_its_uses_and_when_closed(teacher, school_class):
    code = open_join_code(school_class=school_class, actor=teacher, max_uses=1, needs_approval=False)
    body = {"code": code.code, "full_name": "Khách Một", "pin": PIN}
    Client().post("/vi/account/join/", body)
    assert Membership.objects.get(is_guest=True).school_class == school_class
    refused = Client().post("/vi/account/join/", body | {"full_name": "Khách Hai"})
    assert refused.context["code_form"].errors
    assert Membership.objects.filter(is_guest=True).count() == 1
    second = open_join_code(school_class=school_class, actor=teacher)
    third = open_join_code(school_class=school_class, actor=teacher)
    second.refresh_from_db()
    assert second.closed_at, "one code of a class at a time"
    long_ago = timezone.now() - timedelta(days=2)
    JoinCode.objects.filter(pk=third.pk).update(created_at=long_ago, expires_at=long_ago + timedelta(hours=1))
    assert Client().get("/vi/account/join/", {"code": third.code}).context["code_form"].errors


@pytest.mark.parametrize("body", [{"hours": 5, "max_uses": 0}, {"hours": "x", "max_uses": "9999"}, {}])
def test_a_wrong_form_for_a_code_changes_nothing(as_user, teacher, school_class, body):
    response = as_user(teacher).post(f"/vi/teach/classes/{school_class.uuid}/codes/", body)
    assert response.context["form"].errors
    assert not JoinCode.objects.exists()


BAD_NAMES = ["<script>alert(1)</script>", '=HYPERLINK("http://x")', "=1+1", "123", "A" * 121]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_obeys_one_rule_at_every_door(as_user, school_admin, teacher, school_class, name):
    code = open_join_code(school_class=school_class, actor=teacher, needs_approval=False)
    joined = Client().post("/vi/account/join/", {"code": code.code, "full_name": name, "pin": PIN})
    assert joined.status_code == 422
    staff = as_user(school_admin).post("/vi/schools/SONGTRONG/staff/", {"full_name": name, "username": "thay.moi"})
    assert staff.status_code == 422
    assert staff.context["form"].errors["full_name"] == joined.context["form"].errors["full_name"]
    assert not JoinRequest.objects.exists()


@pytest.mark.parametrize("username", ["admin", "Root", "quantri"])
def test_a_school_cannot_take_a_name_of_the_site(as_user, school_admin, username):
    answer = as_user(school_admin).post(
        "/vi/schools/SONGTRONG/staff/", {"full_name": "Lê Thị Sen", "username": username}
    )
    assert answer.status_code == 422
    assert "username" in answer.context["form"].errors


def test_classes_stand_in_the_order_of_their_numbers(as_user, school_admin, school_class):
    for name in ("10B10", "10B2", "10B1"):
        make_class(school_class.school, name)
    page = as_user(school_admin).get("/vi/schools/SONGTRONG/")
    assert [item.name for item in page.context["classes"]] == ["10A1", "10B1", "10B2", "10B10"]
