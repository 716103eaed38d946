"""A pupil helps a relative: the code, the three questions, what looks odd, the teacher's word, the figures."""

import re
from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.audit.models import AuditEvent
from courses.models import FamilyAnswer, FamilyTask
from courses.operations.family import (
    accept_tasks,
    ask_again,
    confirm_task,
    device_hash,
    network_hash,
    start_task,
)
from courses.problems import (
    FamilyCodeExpired,
    FamilyCodeUsed,
    FamilyTaskNotConfirmed,
    NoSuchFamilyCode,
    ReasonMissing,
    TooManyConfirmations,
    TooManyFamilyTasks,
)
from courses.queries.family import class_tasks, people_helped, service_words
from schools.models import Notification
from tests.factories import courses as make

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(scope="module")
def classroom_made(shared_database):
    return make.classroom(3)


@pytest.fixture
def classroom(db, classroom_made):
    return deepcopy(classroom_made)


@pytest.fixture(scope="module")
def block_made(shared_database):
    value = {
        "title": "Bà bấm, em chỉ",
        "text": "",
        "steps": [{"type": "item", "value": "Mở trình duyệt", "id": str(uuid4())}],
    }
    return {"type": "family_task", "id": str(uuid4()), "value": value}


@pytest.fixture
def block(db, block_made):
    return deepcopy(block_made)


@pytest.fixture(scope="module")
def lesson_made(shared_database, block_made):
    made = make.lesson(make.course(0), "Bài 5", body=[make.text_block(), block_made])
    cache.clear()
    return made


@pytest.fixture
def lesson(db, lesson_made):
    return deepcopy(lesson_made)


def begin(user, lesson, block, service="find") -> FamilyTask:
    task = start_task(
        user=user,
        lesson_key=lesson.translation_key,
        block=block["id"],
        service=service,
        service_title="Tìm một thủ tục",
    )
    FamilyTask.objects.filter(pk=task.pk).update(started_at=timezone.now() - timedelta(minutes=30))
    task.refresh_from_db()
    return task


def says(task, *, phone="một", network="203.0.113.7", **answers) -> FamilyAnswer:
    given = {"doing": "self", "age_band": "60_up", "next_time": "helped", "language": "vi"} | answers
    return confirm_task(code=task.code, device=device_hash(phone), network=network_hash(network, TODAY()), **given)


@pytest.fixture
def task(classroom, lesson, block):
    return begin(classroom[2][0], lesson, block)


# --- Beginning --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_lesson_leads_to_the_code(classroom, lesson, block):
    school_class, _teacher, (an, *_others) = classroom
    client = signed_in(an)
    page = BeautifulSoup(client.get(lesson.url).content, "html.parser")
    address = page.select_one(".family-task a.button")["href"]
    assert address == reverse("courses:family_start", args=[lesson.translation_key, block["id"]])
    text = client.get(address).content.decode()
    assert "Bà bấm, em chỉ" in text
    assert "Nhận ra đường dẫn giả" in text
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"service": "vay-tien"}).status_code == 422
    answer = client.post(address, {"service": "fake-link"})
    made = FamilyTask.objects.get()
    assert answer["Location"] == reverse("courses:family_task", args=[made.uuid])
    assert (made.class_key, made.unit_key) == (school_class.uuid, school_class.school.unit.uuid)
    client.post(address, {"service": "fake-link"})
    assert FamilyTask.objects.count() == 1, "a second press is the first one"
    shown = client.get(answer["Location"]).content.decode()
    assert f"/f/{made.code}" in shown
    assert "<svg" in shown


def test_a_block_that_is_no_family_task_is_not_there(classroom, lesson):
    client = signed_in(classroom[2][0])
    for other in (lesson.block_ids[0], "nothing", str(uuid4())):
        assert client.get(reverse("courses:family_start", args=[lesson.translation_key, other])).status_code == 404
    assert client.get(reverse("courses:family_start", args=[uuid4(), lesson.block_ids[1]])).status_code == 404


def test_a_pupil_has_ten_under_way_at_most(classroom, lesson, block):
    for number in range(10):
        begin(classroom[2][0], lesson, block, service=f"thu-tuc-{number}")
    with pytest.raises(TooManyFamilyTasks):
        begin(classroom[2][0], lesson, block, service="thu-tuc-11")
    begin(classroom[2][0], lesson, block, service="thu-tuc-3")  # known: no new one
    FamilyTask.objects.filter(service="thu-tuc-1").update(expires_at=timezone.now() - timedelta(days=1))
    begin(classroom[2][0], lesson, block, service="thu-tuc-11")


def test_a_code_that_ran_out_is_made_anew(task, lesson, block):
    FamilyTask.objects.filter(pk=task.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(FamilyCodeExpired):
        says(task)
    renewed = begin(task.user, lesson, block)
    assert renewed.pk == task.pk
    assert renewed.code != task.code
    assert says(renewed)


@pytest.mark.slow
def test_nobody_sees_anothers(task, classroom):
    address = reverse("courses:family_task", args=[task.uuid])
    assert signed_in(task.user).get(address).status_code == 200
    assert signed_in(classroom[2][1]).get(address).status_code == 404
    assert signed_in(classroom[1]).get(address).status_code == 404
    assert Client().get(address).status_code == 302


# --- The relative -----------------------------------------------------------------------------------------------------


def ask(code: str, client: Client | None = None, **query):
    answer = (client or Client()).get(reverse("family_confirm", args=[code]), {"language": "vi"} | query)
    return answer, re.sub(r"\s+", " ", answer.content.decode())


GIVEN = {"doing": "self", "age_band": "60_up", "next_time": "alone"}


def test_three_questions_no_name_no_account(task):
    answer, text = ask(task.code)
    assert answer.status_code == 200
    page = BeautifulSoup(text, "html.parser")
    form = page.select_one("main form")
    assert {field["name"] for field in form.select("input")} == {"doing", "age_band", "next_time"}
    assert len(form.select("fieldset")) == 3
    assert not form.select("input[type=text], input[type=tel], textarea")
    assert task.user.get_full_name() not in text
    assert "Không hỏi tên" in text
    done = Client().post(reverse("family_confirm", args=[task.code]) + "?language=vi", GIVEN)
    assert done.status_code == 200
    assert "Cảm ơn bà con!" in done.content.decode()
    task.refresh_from_db()
    assert task.state == "confirmed"
    (kept,) = FamilyAnswer.objects.values()
    assert "127.0.0.1" not in str(kept)
    assert done.cookies["nguoi_than"].value not in str(kept)


def test_a_phone_that_keeps_no_cookies_and_sends_no_token_may_confirm(task):
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("family_confirm", args=[task.code]), GIVEN).status_code == 200


def test_an_answer_left_out_is_asked_for_and_the_others_stay(task):
    answer = Client().post(reverse("family_confirm", args=[task.code]) + "?language=vi", {"doing": "together"})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.select_one("input[name=doing][value=together]").has_attr("checked")
    assert "Xin chọn một ô." in answer.content.decode()
    assert not FamilyAnswer.objects.exists()


@pytest.mark.slow
def test_a_post_repeated_on_a_bad_line_is_the_same_one(task):
    client = Client()
    for _press in range(3):
        answer = client.post(reverse("family_confirm", args=[task.code]) + "?language=vi", GIVEN)
        assert answer.status_code == 200
        assert "Cảm ơn bà con!" in answer.content.decode()
    assert FamilyAnswer.objects.count() == 1


def test_a_code_is_good_once(task):
    says(task, phone="một")
    with pytest.raises(FamilyCodeUsed):
        says(task, phone="hai")
    _answer, text = ask(task.code)
    assert "Đã xác nhận rồi" in text
    with pytest.raises(NoSuchFamilyCode):
        confirm_task(code="KHONGCO2", device="x", network="x", language="vi", **GIVEN)


def test_the_database_takes_one_answer_only(task):
    first = says(task)
    copy = {f.attname: getattr(first, f.attname) for f in first._meta.concrete_fields if not f.primary_key}
    with pytest.raises(IntegrityError), transaction.atomic():
        FamilyAnswer.objects.create(**copy)


def test_the_code_may_be_typed(task):
    typed = f" {task.code[:4].lower()}-{task.code[4:].lower()} "
    answer = Client().get(reverse("family_code"), {"code": typed, "language": "vi"})
    assert answer["Location"] == f"/f/{task.code}?language=vi"
    wrong, text = ask("AAAABBBB")
    assert wrong.status_code == 404
    assert "Không có mã này" in text


@pytest.mark.slow
def test_codes_cannot_be_tried_out(task):
    client = Client()
    for number in range(30):
        assert ask(f"AAAA{number:04d}", client)[0].status_code == 404
    assert ask(task.code, client)[0].status_code == 429
    assert Client().post(reverse("family_confirm", args=[task.code]), GIVEN).status_code == 429


@pytest.mark.slow
def test_every_site_language_and_an_open_slot_falls_back_visibly(task):
    _answer, english = ask(task.code, language="en")
    assert "Has a pupil shown you this?" in english
    with override_settings(LANGUAGES=[("vi", "Tiếng Việt"), ("en", "English"), ("km", "ភាសាខ្មែរ")]):
        answer, text = ask(task.code, language="km")
    assert answer.status_code == 200
    page = BeautifulSoup(text, "html.parser")
    assert page.select_one("main [lang=vi] form"), "what falls back says its language"
    assert "Trang này chưa có bằng ភាសាខ្មែរ" in text
    assert "Ai cầm điện thoại và bấm?" in text
    done = Client().post(reverse("family_confirm", args=[task.code]) + "?language=en", GIVEN)
    assert "Thank you!" in done.content.decode()
    assert FamilyAnswer.objects.get().language == "en"


def test_the_page_works_without_a_script_and_weighs_little(task):
    answer, text = ask(task.code)
    page = BeautifulSoup(text, "html.parser")
    assert page.select_one("main form")["method"] == "post"
    assert not page.select("main script, main [hx-post], main [hidden]")
    assert len(answer.content) < 20_000


# --- What looks odd ---------------------------------------------------------------------------------------------------


def test_odd_ones_are_flagged_and_taken_all_the_same(classroom, lesson, block, task):
    FamilyTask.objects.filter(pk=task.pk).update(started_at=timezone.now())
    answer = says(task, doing="not", own_account=True)
    assert answer.flags == ["not_done", "own_account", "quick"]
    task.refresh_from_db()
    assert task.state == "confirmed", "people decide, not the machine"
    assert len(answer.flag_words()) == 3


def test_one_phone_for_many_and_one_network_for_a_class(classroom, lesson, block):
    school_class = classroom[0]
    tasks = [begin(make.pupil(school_class, f"Lê Văn Số {n}"), lesson, block) for n in range(13)]
    found = [says(one, phone="chung").flags for one in tasks[:5]]
    assert found == [[], [], [], ["device"], ["device"]]
    others = [says(one, phone=f"máy {n}").flags for n, one in enumerate(tasks[5:])]
    assert others == [[]] * 5 + [["network"]] * 3


@pytest.mark.slow
def test_a_phone_is_asked_to_come_back_tomorrow(classroom, lesson, block):
    tasks = [begin(make.pupil(classroom[0], f"Lê Văn Số {n}"), lesson, block) for n in range(13)]
    for one in tasks[:12]:
        says(one)
    with pytest.raises(TooManyConfirmations):
        says(tasks[12])
    FamilyAnswer.objects.update(confirmed_at=timezone.now() - timedelta(days=1, minutes=1))
    assert says(tasks[12])


def test_a_network_cannot_be_followed_from_day_to_day():
    assert network_hash("203.0.113.7", TODAY()) != network_hash("203.0.113.7", TODAY() + timedelta(days=1))


def test_the_pupils_own_session_is_noticed(task):
    signed_in(task.user).post(reverse("family_confirm", args=[task.code]), GIVEN)
    assert "own_account" in FamilyAnswer.objects.get().flags


# --- The teacher ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_all_with_nothing_to_look_at_in_one_press(classroom, lesson, block):
    school_class, teacher, people = classroom
    tasks = [begin(one, lesson, block) for one in people]
    says(tasks[0], phone="a")
    says(tasks[1], phone="b", own_account=True)
    address = reverse("courses:class_family", args=[school_class.uuid])
    client = signed_in(teacher)
    text = client.get(address).content.decode()
    assert "Nhận 1 việc không có gì phải xem lại" in text
    assert "Nhiều nhà dùng chung điện thoại" in text
    assert "Đã nhận 1 việc." in client.post(address, follow=True).content.decode()
    assert [one.state for one in FamilyTask.objects.order_by("pk")] == ["accepted", "confirmed", "waiting"]
    client.post(address, {"task": str(tasks[1].uuid)})
    assert FamilyTask.objects.filter(state="accepted", decided_by=teacher).count() == 2
    client.post(address, {"task": str(tasks[1].uuid)})
    client.post(address, {"task": str(tasks[2].uuid)})
    assert FamilyTask.objects.filter(state="accepted").count() == 2, "nothing is accepted that nobody confirmed"
    assert AuditEvent.objects.filter(action="accept_family_tasks").count() == 2
    assert Notification.objects.filter(kind="family_accepted").count() == 2


def test_what_was_not_done_cannot_be_accepted(task, classroom):
    says(task, doing="not")
    with pytest.raises(FamilyTaskNotConfirmed):
        accept_tasks(tasks=[task], actor=classroom[1])
    answer = signed_in(classroom[1]).post(
        reverse("courses:class_family", args=[classroom[0].uuid]), {"task": str(task.uuid)}, follow=True
    )
    assert "chưa ai chỉ việc này" in answer.content.decode()
    task.refresh_from_db()
    assert task.state == "confirmed"


@pytest.mark.slow
def test_asked_again_with_a_word_and_a_new_code(task, classroom):
    says(task)
    address = reverse("courses:family_again", args=[classroom[0].uuid, task.uuid])
    client = signed_in(classroom[1])
    assert client.post(address, {"note": " "}).status_code == 422
    assert client.post(address, {"note": "Em để bà tự bấm nhé."}).status_code == 302
    old = task.code
    task.refresh_from_db()
    assert (task.state, task.note) == ("again", "Em để bà tự bấm nhé.")
    assert task.code != old
    assert FamilyAnswer.objects.get().set_aside_at
    assert "Em để bà tự bấm nhé." in signed_in(task.user).get(reverse("courses:family")).content.decode()
    assert Notification.objects.filter(user=task.user, kind="family_again").count() == 1
    assert ask(old)[0].status_code == 404, "the old code is nobody's"
    FamilyTask.objects.filter(pk=task.pk).update(started_at=timezone.now() - timedelta(hours=1))
    says(task, phone="hai")
    accept_tasks(tasks=[task], actor=classroom[1])
    assert people_helped().people == 1
    assert client.get(address).status_code == 404, "decided"
    with pytest.raises(ReasonMissing):
        ask_again(task=task, note="", actor=classroom[1])


def test_after_acceptance_another_relative_may_be_helped(task, classroom, lesson, block):
    says(task)
    assert begin(task.user, lesson, block).pk == task.pk
    accept_tasks(tasks=[task], actor=classroom[1])
    assert begin(task.user, lesson, block).pk != task.pk


@pytest.mark.slow
def test_who_may_decide(task, classroom):
    says(task)
    school_class, teacher, people = classroom
    foreign, other_teacher, _others = make.classroom(1, name="11B")
    address = reverse("courses:class_family", args=[school_class.uuid])
    for user in (people[1], other_teacher):
        assert signed_in(user).get(address).status_code == 404
        assert signed_in(user).post(address).status_code == 404
    # Through a class of one's own nobody reaches another class's task.
    through = reverse("courses:family_again", args=[foreign.uuid, task.uuid])
    assert signed_in(other_teacher).post(through, {"note": "x"}).status_code == 404
    teacher.teachings.update(can_grade=False)
    assert signed_in(teacher).get(address).status_code == 200
    assert signed_in(teacher).post(address).status_code == 404
    task.refresh_from_db()
    assert task.state == "confirmed"


@pytest.mark.parametrize("pupils", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(lesson, block, pupils):
    school_class, teacher, people = make.classroom(pupils)
    for one in people:
        says(begin(one, lesson, block), phone=str(one.pk))
    with CaptureQueriesContext(connection) as queries:
        assert len([task.answered[0] for task in class_tasks(school_class)]) == pupils
    assert len(queries) == 2  # tasks with their pupils, answers
    client = signed_in(teacher)
    client.get(reverse("courses:family_classes"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("courses:class_family", args=[school_class.uuid]))
    # The account and its session are kept; the class, the right, count, tasks, answers, two figures, who the viewer is.
    assert len(queries) <= 12


# --- Figures ----------------------------------------------------------------------------------------------------------


def test_people_are_counted_by_commune_service_and_age(classroom, lesson, block):
    school_class, teacher, people = classroom
    far, _other_teacher, strangers = make.classroom(1, name="11B")
    mine = [begin(people[0], lesson, block, "find"), begin(people[0], lesson, block, "follow")]
    others = [begin(people[1], lesson, block, "find"), begin(people[2], lesson, block, "find")]
    foreign = begin(strangers[0], lesson, block, "find")
    says(mine[0], phone="1", age_band="60_up")
    says(mine[1], phone="2", age_band="40_59", doing="together")
    says(others[0], phone="3", age_band="60_up")
    says(others[1], phone="4", age_band="60_up")
    says(foreign, phone="5", age_band="under_40")
    accept_tasks(tasks=[*mine, others[0], foreign], actor=teacher)
    here, there = school_class.school.unit.uuid, far.school.unit.uuid
    found = people_helped(school_year="2026-2027")
    assert {tuple(row) for row in found.rows} == {
        (here, "find", "60_up", 2),
        (here, "follow", "40_59", 1),
        (there, "find", "under_40", 1),
    }
    assert (found.people, found.pupils, found.self_done, found.waiting) == (4, 3, 3, 1)
    assert people_helped(unit_keys=[there]).people == 1
    assert people_helped(school_key=school_class.school.uuid).people == 3
    assert people_helped(school_year="2025-2026").people == 0
    assert people_helped(since=TODAY() + timedelta(days=1)).people == 0
    assert people_helped(since=TODAY(), until=TODAY()).people == 4


def test_the_service_speaks_the_readers_language(task):
    from django.utils.translation import override

    with override("en"):
        assert service_words(task) == "Find a service on the National Portal and read what it asks for"
    with override("vi"):
        assert service_words(task).startswith("Tìm một thủ tục")
    task.service = "mot-thu-tuc-da-bo"
    assert service_words(task) == "Tìm một thủ tục"
