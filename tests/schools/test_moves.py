"""One person with two accounts, guests matched with the roll, and pupils who go to another school."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from courses.models import Attendance, LessonEvent, LessonProgress
from courses.operations.lessons import record_events
from courses.operations.rebuilding import rebuild_everything
from courses.operations.sessions import record_attendance
from courses.places import place_of
from courses.queries import catalogue
from quizzes.models import Attempt
from quizzes.operations import start_attempt, submit_attempt
from schools.models import Membership, PersonMerge, School, SchoolIdentifier, Transfer
from schools.operations import merging, transfers
from schools.operations.cards import issue_cards
from schools.operations.joining import join_class, open_join_code
from schools.operations.places import SchoolClosed
from schools.queries.people import find_pupil
from tests.factories import courses, quizzes
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)


def finish(pupil, page) -> None:
    record_events(user=pupil, place=courses.place(page), events=[courses.event("opened"), courses.event("finished")])


def progress(user) -> set:
    return set(LessonProgress.objects.filter(user=user).values_list("lesson_key", "state"))


def is_true() -> bool:
    """Stored progress is what the records say."""
    return not any(step.differences for step in rebuild_everything(check=True))


@pytest.fixture
def lessons():
    return courses.lessons_of(courses.course(3))


@pytest.fixture
def twin(school_class):
    """The same pupil a second time, in another class of the school."""
    return make.make_pupil(make.make_class(school_class.school, "10A2"), "Trần Thị Bưởi", code="0099999")


# Two accounts become one


@pytest.mark.slow
def test_results_follow_and_nothing_is_lost(pupil, twin, lessons):
    finish(pupil, lessons[0])
    finish(twin, lessons[0])
    finish(twin, lessons[1])
    events = LessonEvent.objects.count()
    merge = merging.merge_persons(kept=pupil, other=twin, actor=None)
    keys = {(page.translation_key, "finished") for page in lessons[:2]}
    assert progress(pupil) == keys and not progress(twin)
    assert LessonEvent.objects.count() == events == LessonEvent.objects.filter(user=pupil).count()
    assert is_true()
    twin.refresh_from_db()
    assert not twin.is_active
    assert merge.summary["moved"]


@pytest.mark.slow
def test_results_keep_the_class_of_their_moment(pupil, twin, lessons, school_class):
    finish(twin, lessons[1])
    place = LessonProgress.objects.get(user=twin).class_key
    merging.merge_persons(kept=pupil, other=twin, actor=None)
    assert LessonProgress.objects.get(user=pupil).class_key == place != school_class.uuid


@pytest.mark.slow
def test_undo_gives_each_account_its_own_back(pupil, twin, lessons):
    for user, page in ((pupil, lessons[0]), (twin, lessons[0]), (twin, lessons[1])):
        finish(user, page)
    issue_cards(users=[twin], actor=None)
    before = (progress(pupil), progress(twin), sorted(Membership.objects.values_list("user", "ends_on", "state")))
    places = set(LessonProgress.objects.values_list("user", "lesson_key", "class_key"))
    merge = merging.merge_persons(kept=pupil, other=twin, actor=None)
    assert find_pupil(school_code="SONGTRONG", code="0099999") is None
    merging.undo_merge(merge=merge, actor=None)
    after = (progress(pupil), progress(twin), sorted(Membership.objects.values_list("user", "ends_on", "state")))
    assert after == before
    assert set(LessonProgress.objects.values_list("user", "lesson_key", "class_key")) == places
    assert find_pupil(school_code="SONGTRONG", code="0099999") == twin
    assert twin.cards.get().voided_at is None
    assert is_true()
    assert merging.undo_merge(merge=merge, actor=None).state == "undone"


@pytest.mark.slow
def test_what_was_done_since_stays_with_the_one_that_was_kept(pupil, twin, lessons):
    finish(twin, lessons[0])
    merge = merging.merge_persons(kept=pupil, other=twin, actor=None)
    finish(pupil, lessons[2])
    merging.undo_merge(merge=merge, actor=None)
    assert progress(pupil) == {(lessons[2].translation_key, "finished")}
    assert progress(twin) == {(lessons[0].translation_key, "finished")}


def test_attempts_are_numbered_on(pupil, twin):
    quiz = quizzes.quiz()
    opening = quizzes.opening(quiz, attempts=5)
    for number, user in enumerate((pupil, twin, twin)):
        attempt, _new = start_attempt(
            opening=opening, quiz_key=quiz.translation_key, user=user, idempotency_key=f"bai-{number}"
        )
        submit_attempt(attempt_uuid=attempt.uuid, user=user)
    merge = merging.merge_persons(kept=pupil, other=twin, actor=None)
    assert sorted(Attempt.objects.filter(user=pupil).values_list("number", flat=True)) == [1, 2, 3]
    merging.undo_merge(merge=merge, actor=None)
    assert sorted(Attempt.objects.filter(user=twin).values_list("number", flat=True)) == [1, 2]


@pytest.mark.slow
def test_who_was_ticked_twice_was_there_once(pupil, twin, teacher, school_class, lessons):
    Membership.objects.filter(user=twin).update(school_class=school_class)
    record_attendance(
        school_class=school_class,
        place=place_of(catalogue.lesson(lessons[0].translation_key, "vi")),
        held_on=TODAY,
        present=[pupil.pk, twin.pk],
        actor=teacher,
    )
    merge = merging.merge_persons(kept=pupil, other=twin, actor=None)
    assert Attendance.objects.filter(withdrawn_at=None).get().user == pupil
    assert not progress(twin) and is_true()
    merging.undo_merge(merge=merge, actor=None)
    assert Attendance.objects.filter(withdrawn_at=None).count() == 2 and is_true()


def test_a_class_at_the_same_time_is_ended_and_a_past_one_goes_along(pupil, twin):
    Membership.objects.create(
        user=twin,
        school_class=make.make_class(name="9A1", year=make.school_year("2025-2026")),
        state="left",
        starts_on=date(2025, 9, 1),
        ends_on=date(2026, 5, 31),
    )
    merging.merge_persons(kept=pupil, other=twin, actor=None)
    assert set(Membership.objects.filter(user=pupil).values_list("school_class__name", "state")) == {
        ("10A1", "active"),
        ("9A1", "left"),
    }
    assert not Membership.objects.current().filter(user=twin).exists()


@pytest.mark.parametrize("case", ["itself", "staff", "birthday", "closed"])
def test_what_cannot_be_one_person_is_refused(pupil, twin, teacher, case):
    other = twin
    if case == "itself":
        other = pupil
    elif case == "staff":
        other = teacher
    elif case == "birthday":
        for user, day in ((pupil, 1), (twin, 2)):
            user.person.birth_date = date(2010, 1, day)
            user.person.save()
    else:
        type(twin).objects.filter(pk=twin.pk).update(is_active=False)
    with pytest.raises(merging.MergeRefused):
        merging.merge_persons(kept=pupil, other=other, actor=None)
    assert not PersonMerge.objects.exists()


def test_twice_is_once_and_seven_days_are_the_end(pupil, twin):
    merge = merging.merge_persons(kept=pupil, other=twin, actor=None)
    assert merging.merge_persons(kept=pupil, other=twin, actor=None) == merge
    PersonMerge.objects.update(merged_at=timezone.now() - timedelta(days=8))
    with pytest.raises(merging.MergeRefused):
        merging.undo_merge(merge=merge, actor=None)
    assert merging.forget_old_merges() == 1 and merging.forget_old_merges() == 0


# Guests


@pytest.fixture
def guest(school_class, teacher, pupil):
    code = open_join_code(school_class=school_class, actor=teacher, needs_approval=False)
    return join_class(join_code=code, full_name="Trần Thị Bưởi", pin=make.PIN).user


def test_a_guest_is_matched_with_the_roll_with_all_results(guest, school_class, lessons):
    """The pupil came by a card only; the PIN the guest chose opens the pupil's account from now on."""
    finish(guest, lessons[0])
    on_roll = make.make_pupil(school_class, "Trần Thị Bưởi", code="0055555", password=None)
    merging.merge_persons(kept=on_roll, other=guest, actor=None)
    assert progress(on_roll) == {(lessons[0].translation_key, "finished")}
    assert not Membership.objects.current().filter(school_class=school_class, is_guest=True).exists()
    assert SchoolIdentifier.objects.get(user=on_roll, valid_to=None).code == "0055555"
    assert find_pupil(school_code="SONGTRONG", code="0055555").check_password(make.PIN)


@pytest.mark.slow
def test_guests_are_matched_on_screen(as_user, school_admin, guest, pupil):
    client = as_user(school_admin)
    page = client.get("/vi/schools/SONGTRONG/doubles/").content.decode()
    url = f"/vi/schools/SONGTRONG/doubles/{pupil.uuid}/{guest.uuid}/"
    assert url in page
    assert client.get(url).status_code == 200
    assert not PersonMerge.objects.exists()
    assert client.post(url).status_code == 302
    merge = PersonMerge.objects.get()
    assert (merge.kept, merge.other, merge.actor) == (pupil, guest, school_admin)
    assert client.post(f"/vi/schools/SONGTRONG/doubles/{merge.uuid}/undo/").status_code == 302
    merge.refresh_from_db()
    assert merge.state == "undone"


def test_pupils_of_two_schools_are_merged_by_the_province_only(
    as_user, school_admin, province_officer, pupil, other_class
):
    twin = make.make_pupil(other_class, "Trần Thị Bưởi", code="0012345", birth_date=date(2010, 1, 1))
    pupil.person.birth_date = date(2010, 1, 1)
    pupil.person.save()
    assert as_user(school_admin).post(f"/vi/schools/SONGTRONG/doubles/{pupil.uuid}/{twin.uuid}/").status_code == 404
    client = as_user(province_officer)
    url = f"/vi/schools/-/doubles/{pupil.uuid}/{twin.uuid}/"
    assert url in client.get("/vi/schools/-/doubles/?q=buoi").content.decode()
    assert client.post(url).status_code == 302
    assert PersonMerge.objects.get().kept == pupil


# Transfers


@pytest.fixture
def asked(pupil, school_class, other_class, school_admin):
    return transfers.ask_transfer(
        user=pupil,
        school=school_class.school,
        to_school=other_class.school,
        giver="representative",
        evidence="Đơn 12 ngày 20/11/2026",
        reason="",
        actor=school_admin,
    )


@pytest.fixture
def other_admin(other_class):
    return make.make_with_role("school_admin", "Cao Thị Xa", school=other_class.school, username="ql.xa")


@pytest.mark.slow
def test_a_pupil_goes_over_with_account_and_results(
    asked, pupil, school_class, other_class, other_admin, school_admin, lessons
):
    finish(pupil, lessons[0])
    transfers.accept_transfer(transfer=asked, to_class=other_class, actor=other_admin)
    transfers.accept_transfer(transfer=asked, to_class=other_class, actor=other_admin)
    rows = Membership.objects.filter(user=pupil).order_by("starts_on").values_list("school_class", "ends_on")
    assert list(rows) == [(school_class.pk, TODAY - DAY), (other_class.pk, None)]
    assert find_pupil(school_code="NUIXA", code="0012345") == pupil
    assert find_pupil(school_code="SONGTRONG", code="0012345") is None
    assert LessonProgress.objects.get(user=pupil).class_key == school_class.uuid
    cache.clear()
    finish(pupil, lessons[1])
    after = LessonProgress.objects.get(user=pupil, lesson_key=lessons[1].translation_key)
    assert after.class_key == other_class.uuid
    asked.refresh_from_db()
    trail = (asked.state, asked.giver, asked.evidence, asked.asked_by, asked.decided_by, asked.on)
    assert trail == ("accepted", "representative", "Đơn 12 ngày 20/11/2026", school_admin, other_admin, TODAY)


def test_a_code_that_is_taken_has_to_be_another(asked, other_class, other_admin, pupil):
    make.make_pupil(other_class, "Trùng Mã", code="0012345")
    with pytest.raises(transfers.TransferRefused):
        transfers.accept_transfer(transfer=asked, to_class=other_class, actor=other_admin)
    assert Membership.objects.get(user=pupil).ends_on is None
    transfers.accept_transfer(transfer=asked, to_class=other_class, actor=other_admin, code="M-1")
    assert find_pupil(school_code="NUIXA", code="m-1") == pupil


def test_answered_is_answered(asked, other_class, other_admin, school_admin, pupil):
    transfers.refuse_transfer(transfer=asked, reason="Hết chỗ", actor=other_admin)
    for answer in (
        lambda: transfers.accept_transfer(transfer=asked, to_class=other_class, actor=other_admin),
        lambda: transfers.withdraw_transfer(transfer=asked, actor=school_admin),
    ):
        with pytest.raises(transfers.TransferRefused):
            answer()
    assert Membership.objects.get(user=pupil).ends_on is None


@pytest.mark.parametrize("case", ["itself", "no paper", "merged", "nobody's", "elsewhere"])
def test_what_may_not_be_asked(pupil, school_class, other_class, school_admin, other_pupil, case):
    asked = {
        "user": pupil,
        "school": school_class.school,
        "to_school": other_class.school,
        "giver": "pupil",
        "evidence": "Đơn 1",
        "reason": "",
        "actor": school_admin,
    }
    expected = transfers.TransferRefused
    if case == "itself":
        asked["to_school"] = school_class.school
    elif case == "no paper":
        asked["evidence"] = " "
    elif case == "merged":
        School.objects.filter(pk=other_class.school_id).update(valid_to=TODAY - DAY)
        asked["to_school"] = School.objects.get(pk=other_class.school_id)
        expected = SchoolClosed
    elif case == "nobody's":
        asked["user"] = other_pupil
    else:
        transfers.ask_transfer(**{**asked, "to_school": make.make_school()})
    with pytest.raises(expected):
        transfers.ask_transfer(**asked)
    assert Transfer.objects.count() == (case == "elsewhere")


@pytest.mark.slow
def test_a_transfer_on_screen(as_user, school_admin, other_admin, pupil, school_class, other_class):
    sender, taker = as_user(school_admin), as_user(other_admin)
    data = {"code": "12345", "to_school": "nuixa", "giver": "representative", "evidence": "Đơn 7", "reason": ""}
    assert sender.post("/vi/schools/SONGTRONG/transfers/", {**data, "evidence": ""}).status_code == 422
    assert sender.post("/vi/schools/SONGTRONG/transfers/", {**data, "to_school": "KHONG"}).status_code == 422
    assert sender.post("/vi/schools/SONGTRONG/transfers/", data).status_code == 302
    item = Transfer.objects.get()
    assert "Trần Thị Bưởi" in taker.get("/vi/schools/NUIXA/transfers/").content.decode()
    url = f"/vi/schools/NUIXA/transfers/{item.uuid}/"
    younger = make.make_class(other_class.school, "6A1", grade=6)
    offered = taker.get(url).text
    assert offered.index(str(other_class.uuid)) < offered.index(str(younger.uuid)), "the pupil's own grade first"
    # The school that asks cannot accept for the other one.
    accept = {"accept": "1", "to_class": str(other_class.uuid), "on": TODAY.isoformat(), "code": ""}
    assert sender.post(f"/vi/schools/SONGTRONG/transfers/{item.uuid}/", accept).status_code == 404
    assert taker.post(url, accept).status_code == 302
    assert Membership.objects.get(user=pupil, ends_on=None).school_class == other_class
    assert "Đơn 7" in taker.get(url).content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("path", ["doubles/", "transfers/"])
def test_lists_ask_no_more_for_three_than_for_one(
    as_user, school_admin, school_class, teacher, other_class, path, django_assert_max_num_queries
):
    client = as_user(school_admin)
    url = f"/vi/schools/SONGTRONG/{path}"

    def one_more(number: int) -> None:
        name = f"Lê Thị {['Lan', 'Mai', 'Cúc'][number]}"
        code = open_join_code(school_class=school_class, actor=teacher, needs_approval=False)
        join_class(join_code=code, full_name=name, pin=make.PIN)
        for place in range(2):
            someone = make.make_pupil(school_class, name, code=f"07{number}{place}", birth_date=date(2010, 1, 1))
        transfers.ask_transfer(
            user=someone,
            school=school_class.school,
            to_school=other_class.school,
            giver="pupil",
            evidence="Đơn",
            reason="",
            actor=school_admin,
        )

    def queries() -> int:
        client.get(url)
        with django_assert_max_num_queries(40) as found:
            assert client.get(url).status_code == 200
        return len(found)

    one_more(0)
    one = queries()
    one_more(1)
    one_more(2)
    assert queries() == one
