"""The log of what left the site, sending again what failed, and one message a day."""

import re
from datetime import datetime, timedelta
from email import message_from_bytes

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.audit.models import AuditEvent
from schools import channels
from schools.models import ChannelChoice, Delivery, Notification
from schools.operations.channels import (
    _first_try,
    change_rhythm,
    deliver,
    hand_on_deliveries,
    queue_deliveries,
    stop_channel,
)
from schools.operations.notifications import notify
from tests.factories.schools import make_class, make_teacher, make_with_role, province
from tests.stand_ins import Gateway, Mailbox, running

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_day(monkeypatch):
    monkeypatch.setattr("schools.operations.channels.QUIET_FROM", 24)
    monkeypatch.setattr("schools.operations.channels.QUIET_UNTIL", 0)


@pytest.fixture
def gateway(settings):
    with running(Gateway()) as found:
        settings.SMS_GATEWAY_URL = f"{found.url}/sms"
        yield found


def turn_on(user, channel="sms", address="+84912345678", **fields) -> ChannelChoice:
    return ChannelChoice.objects.create(
        user=user, channel=channel, address=address, confirmed_at=timezone.now(), **fields
    )


def tell(user, key="mot", kind="certificate", **context) -> Notification:
    notify(users=[user], key=key, kind=kind, context={"title": "Công dân số"} | context, url="/vi/learn/certificates/")
    return Notification.objects.get(user=user, key=key)


def send(*messages: Notification) -> None:
    for pk in queue_deliveries(notification_ids=[one.pk for one in messages]):
        deliver(delivery_id=pk)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def main_of(response) -> str:
    return response.content.decode().split("<main")[1].split("</main>")[0]


@pytest.mark.slow
def test_failures_are_found_named_and_sent_again(gateway):
    school_class = make_class()
    teacher, other = make_teacher(school_class, "Nguyễn Thị Ổi"), make_teacher(make_class(name="11B"), "Lê Văn Xa")
    clerk = make_with_role("school_admin", "Trần Văn Quản", school=school_class.school)
    officer = make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=province())
    commune = make_with_role("province_officer", "Xã Thị Viên", unit=school_class.school.unit)
    for person in (teacher, other):
        turn_on(person)
    page = reverse("schools:deliveries")
    assert "Chưa gửi tin nào" in main_of(signed_in(clerk).get(page))
    gateway.mood = "refuse"
    send(tell(teacher), tell(teacher, "hai"), tell(other))
    gateway.mood = "fine"
    send(tell(teacher, "ba"))
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["failed", "failed", "failed", "sent"]
    desk = signed_in(clerk)
    text = main_of(desk.get(page))
    assert "Nguyễn Thị Ổi" in text and "Lê Văn Xa" not in text
    assert "+84912345678" not in text, "the address is the person's own"
    assert "Cổng gửi tin không nhận số này (HTTP 400)." in text
    everything = signed_in(officer)
    assert "Lê Văn Xa" in main_of(everything.get(page))
    by_school = main_of(everything.get(page, {"school": school_class.school.code}))
    assert "Nguyễn Thị Ổi" in by_school and "Lê Văn Xa" not in by_school
    assert "Nguyễn Thị Ổi" not in main_of(everything.get(page, {"state": "waiting"}))
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert "Không có dòng nào khớp." in main_of(everything.get(page, {"day": tomorrow}))
    assert everything.get(page, {"day": "hôm qua", "state": "x", "channel": "y", "page": "z"}).status_code == 200
    for person in (teacher, commune):
        assert signed_in(person).get(page).status_code == 404
    # One, of one's own school only, then the rest.
    row = Delivery.objects.filter(notification__user=teacher, state="failed").first()
    strange = Delivery.objects.get(notification__user=other)
    desk.post(page, {"delivery": f"{strange.notification.uuid}/sms"})
    strange.refresh_from_db()
    assert strange.state == "failed"
    desk.post(page, {"delivery": f"{row.notification.uuid}/sms"})
    row.refresh_from_db()
    assert (row.state, row.tries, row.error) == ("waiting", 0, "")
    assert desk.post(page, {"delivery": "khong phai"}).status_code == 404
    stop_channel(user_id=other.pk, channel="sms")
    again = everything.post(page, {"state": "failed"}, follow=True)
    assert "1 tin được gửi lại." in again.content.decode()
    strange.refresh_from_db()
    assert strange.state == "failed", "who has turned the channel off gets nothing"
    for due in hand_on_deliveries():
        deliver(delivery_id=due)
    assert Delivery.objects.filter(notification__user=teacher, state="sent").count() == 3
    assert list(AuditEvent.objects.filter(action="send_again").values_list("detail", flat=True)) == [{"count": 1}] * 2


@pytest.mark.slow
def test_a_channel_that_hangs_is_shown(gateway, settings, monkeypatch):
    monkeypatch.setattr(channels, "SECONDS", 0.1)
    monkeypatch.setattr(channels, "FAILURES_TO_REST", 2)
    officer, teacher = make_with_role("province_officer", unit=province()), make_teacher(make_class())
    desk, page = signed_in(officer), reverse("schools:deliveries")
    turn_on(teacher)
    gateway.mood = "hang"
    send(tell(teacher), tell(teacher, "hai"))
    Delivery.objects.update(next_at=timezone.now() - timedelta(hours=1))
    text = main_of(desk.get(page))
    assert "SMS hiện không gửi được" in text
    assert "Bên nhận không trả lời" in text
    cache.clear()
    assert "không tiến trình nào nhận" in main_of(desk.get(page)), "due for an hour, and nobody took them"
    settings.SMS_GATEWAY_URL = ""
    assert "SMS không còn được cài đặt" in main_of(desk.get(page))


def test_the_log_takes_the_same_queries_for_three(gateway):
    officer = make_with_role("province_officer", unit=province())
    desk, page = signed_in(officer), reverse("schools:deliveries")
    counts = []
    for number in range(3):
        teacher = make_teacher(make_class(name=f"10A{number}"))
        turn_on(teacher)
        send(tell(teacher))
        cache.clear()
        desk.get(page)
        with CaptureQueriesContext(connection) as queries:
            desk.get(page)
        counts.append(len(queries))
    assert counts[0] == counts[2], counts


@pytest.mark.slow
def test_one_message_a_day(gateway, settings):
    teacher = make_teacher(make_class(), "Nguyễn Thị Ổi")
    page = reverse("schools:channels")
    with running(Mailbox()) as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", mailbox.port, False
        turn_on(teacher, "email", "co.oi@truong.example")
        turn_on(teacher)
        for channel in ("email", "sms"):
            signed_in(teacher).post(page, {"channel": channel, "do": "rhythm", "rhythm": "daily"})
        assert main_of(signed_in(teacher).get(page)).count("Mỗi ngày một lần") == 2
        told = [tell(teacher, "mot"), tell(teacher, "hai", title="An toàn trên mạng")]
        named = tell(teacher, "ba", kind="password_request", name="Trần Thị Bưởi", **{"class": "10A1"})
        read = tell(teacher, "bon", title="Đã đọc rồi")
        send(*told, named, read)
        assert not gateway.got and not mailbox.letters, "nothing before the evening"
        Notification.objects.filter(pk=read.pk).update(read_at=timezone.now())
        Delivery.objects.update(next_at=timezone.now())
        due = hand_on_deliveries()
        assert len(due) == 8
        for pk in due:
            deliver(delivery_id=pk)
        assert hand_on_deliveries() == []
        (letter,) = mailbox.letters
        (_path, body, _headers) = gateway.got[0]
        assert len(gateway.got) == 1
    text = message_from_bytes(letter).get_payload(decode=True).decode()
    assert "Hôm nay có 3 tin mới." in text
    assert "An toàn trên mạng" in text and "Bưởi" not in text and "Đã đọc rồi" not in text
    assert body["text"].startswith("Hôm nay có 3 tin mới.")
    assert re.search(r"/channels/stop/", body["text"])
    states = list(Delivery.objects.filter(channel="sms").order_by("pk").values_list("state", "reference"))
    assert sorted(states) == [("dropped", ""), *[("sent", "tin-1")] * 3]


def test_a_digest_that_fails_stays_together_and_who_stops_gets_none(gateway):
    teacher = make_teacher(make_class())
    turn_on(teacher, daily=True)
    gateway.mood = "broken"
    send(tell(teacher), tell(teacher, "hai"))
    references = []
    for mood in ("broken", "fine"):
        gateway.mood = mood
        Delivery.objects.update(next_at=timezone.now())
        for pk in hand_on_deliveries():
            deliver(delivery_id=pk)
        references.append(gateway.got[-1][1]["reference"])
    assert len(gateway.got) == 2
    assert references[0] == references[1], "the other side can leave out what it had"
    assert set(Delivery.objects.values_list("state", "tries")) == {("sent", 2)}
    send(tell(teacher, "ba"))
    stop_channel(user_id=teacher.pk, channel="sms")
    Delivery.objects.filter(state="waiting").update(next_at=timezone.now())
    for pk in hand_on_deliveries():
        deliver(delivery_id=pk)
    assert Delivery.objects.get(notification__key="ba").state == "dropped"
    assert len(gateway.got) == 2


def test_what_waits_follows_the_choice(gateway):
    teacher = make_teacher(make_class())
    choice = turn_on(teacher, daily=True)
    send(tell(teacher))
    row = Delivery.objects.get()
    assert timezone.localtime(row.next_at).strftime("%H:%M") == "17:00"
    change_rhythm(user=teacher, channel="sms", daily=False)
    row.refresh_from_db()
    assert row.next_at <= timezone.now()
    choice.daily = True
    noon = timezone.make_aware(datetime(2026, 11, 26, 12, 0))
    assert _first_try(choice, noon) == noon + timedelta(hours=5)
    assert _first_try(choice, noon + timedelta(hours=5)) == noon + timedelta(hours=29)
