"""Consents, one person's data in their hands, its end, and the log."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.audit.operations import record
from courses.models import LessonProgress
from courses.operations.lessons import record_events
from quizzes.models import Attempt
from quizzes.operations import save_answers, start_attempt, submit_attempt
from schools.models import ChannelChoice, Consent, Membership, Notification, Person, SchoolIdentifier, SignInCard, User
from schools.operations.accounts import request_password
from schools.operations.cards import issue_cards
from schools.operations.notifications import notify
from schools.operations.privacy import erase_person, export_person, forget_by_time, record_consent, withdraw_consent
from schools.problems import EvidenceMissing
from schools.queries.consents import givers_needed, name_in_public, who_consented
from tests.factories import courses, quizzes
from tests.factories.schools import make_class, make_pupil, make_teacher, make_with_role, province

pytestmark = pytest.mark.django_db
NAME = "Trần Thị Bưởi Khế"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def school_class():
    return make_class(name="10A1")


@pytest.fixture
def pupil(school_class):
    return make_pupil(school_class, NAME, code="0012345", birth_date=timezone.localdate() - timedelta(days=365 * 13))


@pytest.fixture
def clerk(school_class):
    return make_with_role("school_admin", "Đặng Văn Trường", school=school_class.school)


def agree(user, giver="pupil", purpose="leaderboard", actor=None, **more) -> Consent:
    given = {"text_version": "2026-1", "evidence": "tủ hồ sơ 10A1", "actor": actor} | more
    return record_consent(user=user, purpose=purpose, giver=giver, **given)


# --- Consent ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "needed"),
    [(6, {"representative"}), (7, {"pupil", "representative"}), (15, {"pupil", "representative"}), (16, {"pupil"})],
)
def test_who_must_agree_by_age(years, needed):
    day = timezone.localdate().replace(month=6, day=15)
    assert givers_needed(day.replace(year=day.year - years), is_pupil=True, day=day) == needed
    almost = day.replace(year=day.year - years - 1) + timedelta(days=1)
    assert givers_needed(almost, is_pupil=True, day=day) == needed


def test_an_unknown_age_of_a_pupil_is_a_childs():
    assert givers_needed(None, is_pupil=True) == {"pupil", "representative"}
    assert givers_needed(None, is_pupil=False) == {"pupil"}


def test_consent_holds_by_purpose_and_ends_at_once(pupil, clerk):
    own = agree(pupil, actor=clerk)
    assert agree(pupil, actor=clerk).pk == own.pk, "the same again is the same"
    assert not who_consented([pupil.pk], "leaderboard")
    agree(pupil, "representative", actor=clerk)
    assert who_consented([pupil.pk], "leaderboard") == {pupil.pk}
    assert not who_consented([pupil.pk], "publish"), "a purpose is a purpose"
    assert name_in_public(pupil, "leaderboard") == NAME
    withdraw_consent(consent=own, actor=pupil)
    withdraw_consent(consent=own, actor=pupil)
    assert name_in_public(pupil, "leaderboard") == "T.T.B.K."
    assert AuditEvent.objects.filter(action="withdraw_consent").count() == 1
    assert NAME not in str(list(AuditEvent.objects.values()))
    assert agree(pupil, actor=clerk).pk != own.pk, "what was withdrawn stays withdrawn"


@pytest.mark.parametrize("lacking", [{"evidence": " "}, {"text_version": ""}])
def test_no_consent_without_evidence(pupil, clerk, lacking):
    with pytest.raises(EvidenceMissing):
        agree(pupil, actor=clerk, **lacking)


def test_many_people_cost_three_statements(school_class, clerk):
    people = [make_pupil(school_class, f"Lê Thị Số {number}") for number in range(5)]
    for one in people:
        agree(one, actor=clerk)
    with CaptureQueriesContext(connection) as queries:
        who_consented([one.pk for one in people], "leaderboard")
    assert len(queries) == 3  # consents, who is a pupil, birth dates


# --- In one's hands ---------------------------------------------------------------------------------------------------


@pytest.fixture
def full(pupil, school_class, clerk):
    """A pupil who has used everything: lessons, a written answer, a card, a consent, messages of and about them."""
    lesson = courses.lessons_of(courses.course(1))[0]
    record_events(user=pupil, place=courses.place(lesson), events=[courses.event("opened"), courses.event("finished")])
    question = quizzes.of_type("long")
    quiz = quizzes.quiz([question], title="Bài viết")
    quizzes.opening(quiz)
    attempt, _new = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="một")
    written = [(attempt.questions[0][0], 1, f"Em tên {NAME}, nhà ở xóm Đông.", None)]
    save_answers(user=pupil, attempt_uuid=attempt.uuid, saves=written, sent_at=None)
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    issue_cards(users=[pupil], actor=clerk)
    agree(pupil, actor=clerk)
    make_teacher(school_class, "Nguyễn Thị Ổi", can_edit_roster=True)
    request_password(user=pupil)
    notify(users=[pupil], key="x", kind="guest_accepted", context={"class": "10A1"})
    return pupil


def test_everything_comes_in_one_file(full):
    found = export_person(user=full, actor=full)
    text = json.dumps(found, ensure_ascii=False)
    assert found["schools"]["full_name"] == NAME
    assert found["schools"]["codes"][0]["code"] == "0012345"
    assert "xóm Đông" in text
    assert found["courses"]["lessons"][0]["finished"]
    assert "password" not in text.replace("password_request", "")
    answer = signed_in(full).post(reverse("schools:privacy"), {"export": "1"})
    assert answer["Content-Disposition"].startswith("attachment")
    assert json.loads(answer.content)["schools"]["full_name"] == NAME
    assert AuditEvent.objects.filter(action="export_person").count() == 2


def whole_database() -> str:
    """Every value of every table, as text."""
    from django.apps import apps

    rows = []
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            rows += list(model.objects.all().values_list() if hasattr(model, "objects") else [])
    return str(rows)


@pytest.mark.slow
def test_after_erasure_no_table_knows_the_name_and_the_results_stay(full, clerk):
    before = (LessonProgress.objects.count(), Attempt.objects.count())
    assert NAME in whole_database()
    assert "0012345" in whole_database()
    assert erase_person(user=full, reason="Mẹ em xin bằng đơn.", actor=clerk) > 0
    everything = whole_database()
    for trace in (NAME, "Bưởi Khế", "0012345", "xóm Đông", "tủ hồ sơ"):
        assert trace not in everything, trace
    assert Membership.objects.get(user=full).name_sort == ""
    assert (LessonProgress.objects.count(), Attempt.objects.count()) == before
    assert LessonProgress.objects.get(user=full).finished_at
    person = Person.objects.get(user=full)
    assert person.erased_at
    assert person.birth_date is None
    assert erase_person(user=full, reason="lần hai", actor=clerk) == 0
    assert AuditEvent.objects.filter(action="erase_person", target_key=str(full.uuid)).count() == 1


@pytest.mark.slow
def test_an_erased_account_opens_nothing(full, clerk):
    client = signed_in(full)
    assert client.get(reverse("schools:account")).status_code == 200
    erase_person(user=full, reason="Mẹ em xin.", actor=clerk)
    assert client.get(reverse("schools:account")).status_code == 302
    row = User.objects.get(pk=full.pk)
    assert not row.is_active
    assert not row.has_usable_password()
    assert not SignInCard.objects.filter(user=full).exists()
    assert not Consent.objects.filter(user=full, withdrawn_at=None).exists()


def test_somebody_elses_data_is_left_alone(full, school_class, clerk):
    other = make_pupil(school_class, "Lý Văn Cam", code="0077777")
    agree(other, actor=clerk)
    erase_person(user=full, reason="Mẹ em xin.", actor=clerk)
    other.refresh_from_db()
    assert other.get_full_name() == "Lý Văn Cam"
    assert other.is_active
    assert Consent.objects.get(user=other).withdrawn_at is None


# --- Screens ----------------------------------------------------------------------------------------------------------


def test_a_pupil_withdraws_what_is_theirs_to_withdraw(pupil, clerk):
    own, parents = agree(pupil, actor=clerk), agree(pupil, "representative", actor=clerk)
    client, page = signed_in(pupil), reverse("schools:privacy")
    text = client.get(page).content.decode()
    assert "Được phép" in text
    assert text.count("Rút lại đồng ý") == 1
    assert client.post(page, {"consent": parents.pk}).status_code == 404
    assert client.post(page, {"consent": "x"}).status_code == 404
    assert client.post(page, {"consent": own.pk}).status_code == 302
    own.refresh_from_db()
    assert own.withdrawn_at
    assert "Được phép" not in client.get(page).content.decode().replace("Không được phép", "")


@pytest.mark.slow
def test_the_school_enters_a_signed_form_and_erases(pupil, clerk, school_class):
    client = signed_in(clerk)
    page = reverse("schools:privacy_of_pupil", args=[school_class.school.code, pupil.uuid])
    assert page in client.get(reverse("schools:class_pupils", args=[school_class.uuid])).content.decode()
    assert client.post(page, {"do": "record", "purpose": "publish", "giver": "pupil"}).status_code == 422
    given = {"do": "record", "purpose": "publish", "giver": "pupil", "text_version": "1", "evidence": "kẹp số 3"}
    assert client.post(page, given).status_code == 302
    assert Consent.objects.get(user=pupil).recorded_by == clerk
    assert client.post(page, {"do": "erase", "reason": "Mẹ em xin"}).status_code == 422, "not without the tick"
    pupil.refresh_from_db()
    assert pupil.is_active
    assert client.post(page, {"do": "erase", "reason": "Mẹ em xin", "sure": "on"}).status_code == 302
    assert "đã được xóa" in client.get(page).content.decode()


def test_of_another_school_nobody_is_there(pupil, school_class):
    stranger = make_with_role("school_admin", "Lạ Văn Mặt", school=make_class(name="11B").school)
    own_school = stranger.roles.get().school
    for code in (school_class.school.code, own_school.code):
        page = reverse("schools:privacy_of_pupil", args=[code, pupil.uuid])
        assert signed_in(stranger).get(page).status_code == 404


def test_the_log_is_read_by_the_province_in_words_and_searched(clerk, pupil):
    officer = make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=province(), username="cb.tinh")
    record(actor=clerk, action="erase_person", target_kind="person", target_key=pupil.uuid, detail={"reason": "Đơn"})
    record(actor=officer, action="assign", target_kind="lesson", target_key="y", target_label="Bài về VNeID")
    record(actor=None, action="topic_changed", target_kind="topic", target_key="z", target_label="Cư trú")
    record(actor=None, action="gone_by_now", target_kind="thing", target_key="z", detail={"on": "2026-09-05"})
    page, reader = reverse("schools:audit_log"), signed_in(officer)

    def found(**asked) -> set[str]:
        text = reader.get(page, asked).text.split("<tbody")[-1]
        acts = {"Xoá dữ liệu của một người", "Giao bài cho lớp", "Sửa trong trang quản trị", "gone_by_now"}
        return {words for words in acts if words in text}

    assert len(found()) == 4
    text = reader.get(page).text
    assert f"người: {NAME}" in text and "Lý do: Đơn" in text and "05/09/2026" in text
    assert "erase_person" not in text.split("<tbody")[-1]
    assert found(q="VNeID") == found(q="giao bai") == found(act="assign") == {"Giao bài cho lớp"}
    assert found(act="area:schools") == {"Xoá dữ liệu của một người"}
    assert found(act="ending:changed") == {"Sửa trong trang quản trị"}
    assert found(who=pupil.person.full_name) == found(who=clerk.username) == {"Xoá dữ liệu của một người"}
    assert found(who="do thi tinh") == {"Giao bài cho lớp"}
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert "Không có dòng nào khớp." in reader.get(page, {"since": tomorrow}).text
    assert reader.get(page, {"since": "hôm qua", "until": "2026-99-99", "act": "area:none"}).status_code == 200
    assert signed_in(clerk).get(page).status_code == 404
    commune = make_with_role("province_officer", "Xã Thị Viên", unit=clerk.roles.get().school.unit)
    assert signed_in(commune).get(page).status_code == 404


@pytest.mark.parametrize("events", [1, 3])
def test_the_log_costs_the_same_for_one_and_three(events):
    officer = make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=province())
    for number in range(events):
        record(actor=officer, action="assign", target_kind="lesson", target_key=str(number))
    client = signed_in(officer)
    client.get(reverse("schools:audit_log"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("schools:audit_log"))
    assert len([one for one in queries if "audit_auditevent" in one["sql"]]) == 2  # how many, and the page of them


# --- By time ----------------------------------------------------------------------------------------------------------


def test_what_is_not_kept_longer_goes_and_the_rest_stays(pupil):
    now = timezone.now()
    for key, read_at in (("cũ", now - timedelta(days=366)), ("mới", now), ("chưa đọc", None)):
        Notification.objects.create(user=pupil, key=key, kind="reminder", read_at=read_at)
    staff = make_teacher(make_class(name="12C"))
    ChannelChoice.objects.create(user=staff, channel="sms", address="+84912345678", created_at=now - timedelta(days=8))
    ChannelChoice.objects.create(
        user=staff, channel="email", address="a@b.example", confirmed_at=now, created_at=now - timedelta(days=8)
    )
    done = forget_by_time(now)
    assert set(done) == {"cms", "contests", "courses", "quizzes", "schools", "support", "translating"}
    assert set(Notification.objects.values_list("key", flat=True)) == {"mới", "chưa đọc"}
    assert ChannelChoice.objects.get().channel == "email"
    assert forget_by_time(now)["schools"] == 0


# --- The data officer's desk ------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_person_is_found_shown_handed_over_and_erased_after_two_questions(pupil, clerk, school_class):
    other = make_class(name="11A1")
    stranger = make_pupil(other, "Trần Thị Bưởi Xa", code="0099999")
    moved = make_pupil(other, "Trần Văn Bưởi Chuyển", code="0088888")
    SchoolIdentifier.objects.create(
        user=moved,
        school=school_class.school,
        code="0088887",
        valid_from=timezone.localdate() - timedelta(days=400),
        valid_to=timezone.localdate() - timedelta(days=90),
    )
    officer = make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=province())
    teacher = make_teacher(school_class, "Bùi Văn Bưởi")
    desk, search = signed_in(clerk), reverse("schools:person_data_find")
    found = desk.get(search, {"q": "buoi"}).text
    assert NAME in found
    assert stranger.person.full_name not in found
    assert moved.person.full_name not in found, "who has gone to another school is that school's"
    everywhere = signed_in(officer).get(search, {"q": "bưởi"}).text
    assert stranger.person.full_name in everywhere
    assert reverse("schools:audit_log") in everywhere and reverse("schools:audit_log") not in found
    assert NAME in desk.get(search, {"q": "0012345"}).text
    page = reverse("schools:person_data", args=[pupil.uuid])
    for client in (signed_in(pupil), signed_in(teacher), Client()):
        assert client.get(page).status_code in {302, 404}
    for one in (stranger, moved, clerk):
        assert desk.get(reverse("schools:person_data", args=[one.uuid])).status_code == 404
    assert json.loads(desk.post(page, {"do": "export"}).content)["schools"]["full_name"] == NAME
    assert desk.post(page, {"do": "erase", "reason": "", "sure": "on"}).status_code == 422
    asked = desk.post(page, {"do": "erase", "reason": "Mẹ em xin bằng đơn", "sure": "on"})
    pupil.person.refresh_from_db()
    assert asked.status_code == 200 and "Mẹ em xin bằng đơn" in asked.text
    assert pupil.person.erased_at is None, "the first press only asks"
    assert desk.post(page, {"do": "sure", "reason": "Mẹ em xin bằng đơn", "sure": "on"}).status_code == 302
    pupil.person.refresh_from_db()
    assert pupil.person.erased_at and not pupil.person.full_name
    assert desk.get(page).status_code == 404
    actions = list(AuditEvent.objects.filter(target_key=str(pupil.uuid)).values_list("action", flat=True))
    assert sorted(actions) == ["erase_person", "export_person"]


def test_the_list_of_people_takes_the_same_queries_for_three(clerk, school_class):
    desk, counts = signed_in(clerk), []
    for number in (1, 2, 3):
        make_pupil(school_class, f"Lê Khế Số {number}", code=f"00500{number}")
        # Who looks, and the site's menu, come from the cache the second time.
        desk.get(reverse("schools:person_data_find"), {"q": "khế"})
        with CaptureQueriesContext(connection) as seen:
            desk.get(reverse("schools:person_data_find"), {"q": "khế"})
        counts.append(len(seen))
    assert counts[0] == counts[2], counts


def test_a_message_written_in_one_language_leads_to_the_page_in_the_other(pupil):
    notify(users=[pupil], key="k", kind="guest_accepted", context={"class": "10A1"}, url="/vi/learn/family/")
    client = signed_in(pupil)
    assert client.get("/en/account/").context["notes"][0]["url"] == "/en/learn/family/"
    note = Notification.objects.get()
    back = client.post("/en/account/notifications/read/", {"uuid": str(note.uuid)})
    assert back["Location"] == "/en/learn/family/"
    assert client.get("/vi/account/").context["notes"][0]["url"] == "/vi/learn/family/"
