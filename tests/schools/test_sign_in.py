"""Signing in: codes, limits, cards, first use; nothing tells who exists."""

import pytest
from django.core.cache import cache
from django.test import Client

from schools import limits
from schools.models import SchoolIdentifier, User
from schools.operations.cards import issue_cards
from tests.factories.schools import PASSWORD, PIN, make_class, make_pupil, make_school

SIGN_IN = "/vi/account/sign-in/"


def post(client, school="SONGTRONG", username="0012345", password=PIN, **extra):
    return client.post(SIGN_IN, {"school": school, "username": username, "password": password, **extra})


def who(client):
    return client.get("/api/v1/session").json()["user"]


@pytest.mark.parametrize("typed", ["0012345", "12345", " 0012345 ", "0012345"])
def test_a_pupil_signs_in_with_or_without_leading_zeros(client, pupil, typed):
    response = post(client, username=typed)
    assert response.status_code == 302
    assert response.url == "/vi/learn/", "a pupil lands at their work"
    assert who(client)["name"] == "Trần Thị Bưởi"
    assert response.cookies["school"].value == "SONGTRONG"


def test_zeros_decide_when_two_pupils_differ_only_by_them(client, pupil, school_class):
    twin = make_pupil(school_class, "Trần Văn Chanh", code="12345")
    post(client, username="12345")
    assert who(client)["uuid"] == str(twin.uuid)
    assert post(Client(), username="012345").status_code == 422, "neither of the two: refused"


def test_a_former_code_opens_nothing(client, pupil):
    SchoolIdentifier.objects.filter(user=pupil).update(valid_from="2020-01-01", valid_to="2021-01-01")
    assert post(client).status_code == 422
    assert who(client) is None


def test_the_code_of_another_school_is_not_mine(client, pupil, other_pupil):
    assert post(client, school="NUIXA").status_code == 422
    assert who(client) is None


def test_staff_sign_in_by_username(client, teacher):
    assert client.post(SIGN_IN, {"as": "staff", "username": "co.oi", "password": PASSWORD}).status_code == 302
    assert who(client)["roles"] == ["teacher"]


@pytest.mark.parametrize("username", ["co.oi", "nobody.here"])
def test_staff_are_told_about_a_username_and_not_about_cards(client, teacher, username):
    refused = client.post(SIGN_IN, {"as": "staff", "username": username, "password": "wrong"})
    said = refused.content.decode()
    assert refused.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in said
    assert "dùng thẻ" not in said
    assert f'value="{username}"' in said, "what was typed is kept"


def test_wrong_password_and_unknown_code_read_the_same(client, pupil):
    wrong = post(client, password="000001").context["form"].non_field_errors()
    unknown = post(client, username="999").context["form"].non_field_errors()
    assert wrong == unknown
    assert "thẻ" in str(wrong)


def test_an_unknown_account_costs_one_hash_and_a_known_one_too(client, pupil, monkeypatch):
    from django.contrib.auth.hashers import get_hasher

    spent = []
    hasher = type(get_hasher())
    original = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *args: spent.append(1) or original(self, *args))
    post(client, username="nobody")
    assert len(spent) == 1
    spent.clear()
    post(client, password="wrong")
    assert len(spent) == 1
    spent.clear()
    post(client)
    who(client)
    assert len(spent) == 1


def test_ten_failures_close_the_account_for_a_while_and_say_how_long(client, pupil):
    for _ in range(limits.ACCOUNT.failures):
        assert post(client, password="000001").status_code == 422
    refused = post(client)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= limits.ACCOUNT.seconds
    assert "phút" in refused.content.decode()
    cache.clear()
    assert post(client).status_code == 302


def test_a_reset_by_the_teacher_ends_the_wait(client, pupil, teacher, django_capture_on_commit_callbacks):
    from schools.operations.accounts import reset_password

    for _ in range(limits.ACCOUNT.failures):
        post(client, password="000001")
    with django_capture_on_commit_callbacks(execute=True):
        pin = reset_password(user=pupil, actor=teacher)
    assert post(client, password=pin).status_code == 302


@pytest.mark.slow
def test_a_class_of_fifty_behind_one_address_signs_in_with_some_slips(school_class):
    pupils = [make_pupil(school_class, f"Em Số {n}", code=f"L{n:03d}") for n in range(50)]
    for number, pupil in enumerate(pupils):
        client = Client(REMOTE_ADDR="10.1.1.1")
        if number % 2:
            post(client, username=pupil.identifiers.get().code, password="000001")
        assert post(client, username=pupil.identifiers.get().code).status_code == 302


@pytest.mark.slow
def test_a_flood_of_invented_codes_locks_nobody_out(client, pupil, teacher):
    flooding = Client(REMOTE_ADDR="10.9.9.9")
    for number in range(limits.ADDRESS.failures + 20):
        assert post(flooding, username=f"X{number}", password="1").status_code == 422
    school = Client(REMOTE_ADDR="10.9.9.9")
    assert post(school, password="000001").status_code == 422, "a slip is only a slip"
    assert post(school).status_code == 302
    staff = Client(REMOTE_ADDR="10.9.9.9")
    assert staff.post(SIGN_IN, {"as": "staff", "username": "co.oi", "password": PASSWORD}).status_code == 302


@pytest.mark.slow
def test_past_the_limit_invented_codes_cost_no_hash_and_still_close_one_by_one(client, pupil, monkeypatch):
    from django.contrib.auth.hashers import get_hasher

    for _ in range(limits.ADDRESS.failures):
        limits.count((limits.ADDRESS, "127.0.0.1"))
    spent = []
    hasher = type(get_hasher())
    original = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *args: spent.append(1) or original(self, *args))
    for _ in range(limits.ACCOUNT.failures):
        assert post(client, username="nobody").status_code == 422
    assert not spent
    assert post(client, username="nobody").status_code == 429, "as an account that exists"
    assert post(client, password="wrong").status_code == 422
    assert len(spent) == 1


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/vi/learn/x/", "/vi/learn/x/"),
        ("https://evil.example/", "/vi/learn/"),
        ("//evil.example", "/vi/learn/"),
        ("", "/vi/learn/"),
        ("/vi/", "/vi/learn/"),
        ("/en/?utm_source=x", "/vi/learn/"),
    ],
)
def test_next_is_kept_but_only_inside_the_site(client, pupil, asked, goes):
    assert post(client, next=asked).url == goes


def test_a_shared_device_forgets_at_closing(client, pupil):
    response = post(client, shared="on")
    assert response.cookies["sessionid"]["max-age"] == ""
    other = post(Client(), username="12345")
    assert other.cookies["sessionid"]["max-age"] == 14 * 24 * 3600


def test_switching_user_keeps_the_school_and_nothing_else(client, pupil):
    post(client)
    response = client.post("/vi/account/sign-out/", {"switch": "1"}, follow=True)
    assert who(client) is None
    assert response.context["school"].code == "SONGTRONG"


def test_the_school_is_found_by_name_without_accents(client, pupil, other_pupil):
    response = client.get(SIGN_IN, {"q": "song trong", "next": "/vi/learn/"})
    assert [school.code for school in response.context["found"]] == ["SONGTRONG"]
    assert "?school=SONGTRONG&amp;next=/vi/learn/" in response.content.decode()
    assert client.get("/vi/account/schools/", {"q": "núi xa"}).context["found"][0].code == "NUIXA"
    assert client.get("/vi/account/schools/", {"q": "%_'"}).context["found"] == []


def test_a_link_of_the_school_is_remembered_on_the_device(client, pupil):
    client.get(SIGN_IN, {"school": "songtrong"})
    assert client.get(SIGN_IN).context["school"].code == "SONGTRONG"
    assert client.get(SIGN_IN, {"school": ""}).context["school"] is None


# --- Cards ---


def card_of(pupil, actor=None) -> str:
    return issue_cards(users=[pupil], actor=actor)[0].code


@pytest.mark.slow
def test_first_use_of_a_card_ends_with_an_own_pin(client, school_class, teacher):
    new = make_pupil(school_class, "Em Mới", password=None)
    code = card_of(new, teacher)
    response = client.get(f"/vi/account/card/{code}/?next=/vi/learn/")
    assert code not in response.url
    page = client.get(response.url)
    assert "Em Mới" in page.content.decode()
    assert who(client) is None, "nobody is signed in before the confirmation"
    assert client.post(response.url, {"yes": "1", "next": "/vi/learn/"}).url == "/vi/account/first-password/"
    assert client.get("/vi/account/").url == "/vi/account/first-password/", "nothing else opens before"
    assert client.get("/api/v1/classes/x").status_code in {403, 404}
    weak = client.post("/vi/account/first-password/", {"new": "123456", "again": "123456"})
    assert weak.status_code == 422
    assert client.post("/vi/account/first-password/", {"new": PIN, "again": PIN}).url == "/vi/learn/"
    assert client.get("/vi/account/").status_code == 200
    client.logout()
    assert post(client, username=new.identifiers.get().code).status_code == 302


def test_a_typed_card_opens_again_until_it_is_reprinted(client, pupil, teacher):
    code = card_of(pupil, teacher)
    typed = f"{code[:4].lower()} - {code[4:].lower()}"
    for _ in range(2):
        assert client.post("/vi/account/card/", {"code": typed}).status_code == 302
        assert client.post("/vi/account/card/confirm/", {"yes": "1"}).url == "/vi/learn/"
        assert who(client)["uuid"] == str(pupil.uuid)
        client.post("/vi/account/sign-out/")
    card_of(pupil, teacher)
    response = client.post("/vi/account/card/", {"code": typed})
    assert response.status_code == 422
    assert "đã được thay bằng thẻ mới hơn" in response.content.decode()
    wrong = client.post("/vi/account/card/", {"code": "ZZZZ 9999"})
    assert "gõ sai một chữ" in wrong.content.decode()
    assert "thay bằng" not in wrong.content.decode()


def test_an_expired_card_and_a_card_of_a_closed_account_are_refused(client, pupil, teacher):
    code = card_of(pupil, teacher)
    User.objects.filter(pk=pupil.pk).update(is_active=False)
    assert client.get(f"/vi/account/card/{code}/").status_code == 422
    User.objects.filter(pk=pupil.pk).update(is_active=True)
    pupil.cards.update(issued_at="2025-09-01T00:00Z", expires_at="2026-01-01T00:00Z")
    assert client.get(f"/vi/account/card/{code}/").status_code == 422
    assert who(client) is None


def test_no_on_the_card_page_signs_nobody_in(client, pupil, teacher):
    client.get(f"/vi/account/card/{card_of(pupil, teacher)}/")
    assert client.post("/vi/account/card/confirm/", {"no": "1"}).url == "/vi/account/card/"
    assert client.get("/vi/account/card/confirm/").url == "/vi/account/card/"


@pytest.mark.slow
def test_guessing_cards_is_stopped_but_typing_passwords_is_not(client, pupil):
    for _ in range(limits.CODES.failures):
        client.post("/vi/account/card/", {"code": "ABCD2345"})
    refused = client.post("/vi/account/card/", {"code": "ABCD2345"})
    assert refused.status_code == 429
    assert "mạng" in refused.content.decode(), "it says that the network is meant, not this person"
    assert post(client).status_code == 302


def test_a_card_is_stored_as_a_keyed_hash_only(pupil, settings):
    code = card_of(pupil)
    stored = pupil.cards.get()
    assert code not in str(stored.__dict__)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
    from schools.operations.cards import find_card

    assert find_card(code=code, address="1").pk == stored.pk, "a new SECRET_KEY keeps printed cards"


# --- Forgotten, first password ---


def test_a_forgotten_password_reaches_the_homeroom_teacher_once(client, pupil, teacher, other_teacher):
    for username in ("0012345", "12345", "unknown"):
        response = client.post("/vi/account/forgotten/", {"school": "SONGTRONG", "username": username})
        assert response.context["sent"]
    assert pupil.password_requests.count() == 1
    assert teacher.notifications.count() == 1
    assert other_teacher.notifications.count() == 0


def test_a_one_time_pin_must_be_changed_first(client, pupil, teacher):
    from schools.operations.accounts import reset_password

    pin = reset_password(user=pupil, actor=teacher)
    post(client, password=pin)
    assert client.get("/vi/account/").url == "/vi/account/first-password/"
    assert client.get("/admin/").url == "/vi/account/first-password/"
    blocked = client.get("/api/v1/courses")
    assert blocked.status_code == 403
    assert blocked.json()["code"] == "password_step"
    client.post("/vi/account/first-password/", {"new": PIN, "again": PIN})
    assert client.get("/vi/account/").status_code == 200


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(client, pupil):
    other = Client()
    post(client)
    post(other)
    bad = client.post("/vi/account/password/", {"current": "nope", "new": "582046", "again": "582046"})
    assert bad.status_code == 422
    assert client.post("/vi/account/password/", {"current": PIN, "new": "582046", "again": "582046"}).status_code == 302
    assert who(client)
    assert who(other) is None


def test_sign_in_of_a_pupil_of_two_schools(client, pupil):
    second = make_class(make_school("Trường Hai", code="HAI"))
    SchoolIdentifier.objects.create(user=pupil, school=second.school, code="B1")
    assert post(client, school="hai", username="b1").status_code == 302


def test_a_link_with_a_school_that_does_not_exist_says_so(client, school_class):
    for address in (SIGN_IN, "/vi/account/forgotten/"):
        answer = client.get(address, {"school": "KHONGCO"})
        assert answer.context["wrong_school"] == "KHONGCO"
        assert "KHONGCO" in answer.content.decode()
    assert client.get(SIGN_IN, {"school": ""}).context["wrong_school"] == ""
    assert client.get(SIGN_IN, {"school": "songtrong"}).context["wrong_school"] == ""


@pytest.mark.parametrize(
    ("typed", "kept"), [("lê thị khách", "Lê Thị Khách"), ("H'Hen Niê", "H'Hen Niê"), ("Y moan Êban", "Y moan Êban")]
)
def test_a_guest_who_types_no_capitals_gets_them(typed, kept):
    from schools.forms import GuestForm

    form = GuestForm({"full_name": typed, "pin": "482915"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["full_name"] == kept
