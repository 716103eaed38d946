"""The family task on a phone and on a desk, in both languages, and by a grandmother whose browser runs no script."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from courses.models import FamilyTask
from courses.operations.family import accept_tasks, ask_again, confirm_task, start_task
from schools.operations.signin import STEPS
from tests.factories import courses as make
from tests.live import PHONE

pytestmark = pytest.mark.browser


@pytest.fixture
def enter(live_site):
    def entered(page, user):
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session.pop(STEPS, None)
        session.save()
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
        return page

    return entered


@pytest.fixture
def stage(live_site):
    school_class, teacher, people = make.classroom(5)
    steps = [
        {"type": "item", "id": str(uuid4()), "value": words}
        for words in ("Bà mở trình duyệt và tự gõ địa chỉ.", "Cùng đọc tên trước dấu gạch chéo đầu tiên.")
    ]
    block = {
        "type": "family_task",
        "id": str(uuid4()),
        "value": {"title": "Bà bấm, em chỉ", "text": "<p>Người thân cầm máy và tự gõ.</p>", "steps": steps},
    }
    lesson = make.lesson(make.course(0), "Bài 5. Em giúp ông bà, cha mẹ", body=[block])
    cache.clear()
    tasks = []
    for user in people:
        task = start_task(
            user=user,
            lesson_key=lesson.translation_key,
            block=block["id"],
            service="find",
            service_title="Tìm một thủ tục",
        )
        FamilyTask.objects.filter(pk=task.pk).update(started_at=timezone.now() - timedelta(hours=1))
        tasks.append(task)
    given = {"doing": "self", "age_band": "60_up", "next_time": "helped", "language": "vi", "network": "x"}
    for number in (1, 2, 3):
        confirm_task(code=tasks[number].code, device=str(number), own_account=number == 2, **given)
    accept_tasks(tasks=[tasks[1]], actor=teacher)
    ask_again(task=tasks[3], note="Em để bà tự bấm nhé.", actor=teacher)
    confirm_task(code=tasks[4].code, device="5", **given)
    for task in tasks:
        task.refresh_from_db()
    return school_class, teacher, people, lesson, block, tasks


def test_every_screen_is_without_fault_and_fits(stage, open_page, enter, look):
    school_class, teacher, people, lesson, block, tasks = stage
    start = reverse("courses:family_start", args=[lesson.translation_key, block["id"]])
    screens = [
        ("lesson", people[0], lesson.url),
        ("start", people[0], start),
        ("task", people[0], reverse("courses:family_task", args=[tasks[0].uuid])),
        ("task-accepted", people[1], reverse("courses:family_task", args=[tasks[1].uuid])),
        ("task-again", people[3], reverse("courses:family_task", args=[tasks[3].uuid])),
        ("own", people[3], reverse("courses:family")),
        ("confirm", None, reverse("family_confirm", args=[tasks[0].code])),
        ("had", None, reverse("family_confirm", args=[tasks[1].code])),
        ("unknown", None, reverse("family_confirm", args=["AAAABBBB"])),
        ("code", None, reverse("family_code")),
        ("classes", teacher, reverse("courses:family_classes")),
        ("class", teacher, reverse("courses:class_family", args=[school_class.uuid])),
        ("again", teacher, reverse("courses:family_again", args=[school_class.uuid, tasks[2].uuid])),
    ]
    for name, user, address in screens:
        page = open_page()
        if user:
            enter(page, user)
        for language in ("vi",) if name == "lesson" else ("vi", "en"):
            there = address.replace("/vi/", f"/{language}/") + ("" if "/vi/" in address else f"?language={language}")
            page.goto(there)
            look(page, f"family-{name}", language)


def test_a_grandmother_without_scripts_confirms_and_the_teacher_accepts(stage, open_page, enter):
    school_class, teacher, _people, _lesson, _block, tasks = stage
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto(reverse("family_confirm", args=[tasks[0].code]) + "?language=vi")
    page.get_by_role("button", name="Xác nhận").click()
    expect(page.get_by_role("heading", name="Xem lại giúp những chỗ này")).to_be_visible()
    for words in ("Tôi tự bấm, có người chỉ", "Từ 60 tuổi trở lên", "Làm được nếu có người ngồi cạnh"):
        page.get_by_text(words, exact=True).click()
    page.get_by_role("button", name="Xác nhận").click()
    expect(page.get_by_role("heading", name="Cảm ơn bà con!")).to_be_visible()
    desk = enter(open_page(), teacher)
    desk.goto(reverse("courses:class_family", args=[school_class.uuid]))
    desk.get_by_role("button", name="không có gì phải xem lại").click()
    expect(desk.get_by_text("Đã nhận 2 việc.")).to_be_visible()


def test_the_questions_by_keyboard(stage, open_page):
    tasks = stage[-1]
    page = open_page()
    page.goto(reverse("family_confirm", args=[tasks[0].code]) + "?language=vi")
    for name in ("doing", "age_band", "next_time"):
        page.locator(f"input[name={name}]").first.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Xác nhận").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cảm ơn bà con!")).to_be_visible()
