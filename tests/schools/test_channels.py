"""Messages that leave the site, against real servers that answer, refuse, break down or hang."""

import re
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from schools import channels
from schools.models import ChannelChoice, Delivery, Notification
from schools.operations import channels as operations
from schools.operations.channels import (
    choose_channel,
    confirm_channel,
    deliver,
    hand_on_deliveries,
    queue_deliveries,
    remove_channel,
    stop_channel,
    stop_token,
    tidy_address,
)
from schools.operations.notifications import notify
from schools.problems import AddressRefused, ChannelCodeRefused, ChannelNotForYou
from tests.factories.schools import make_class, make_pupil, make_teacher
from tests.stand_ins import Clock, Gateway, Mailbox, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings):
    with running(Gateway()) as found:
        settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_KEY = f"{found.url}/sms", "khoa-thu"
        settings.ZALO_OA_URL, settings.ZALO_OA_TOKEN = f"{found.url}/zalo", "the-thu"
        yield found


@pytest.fixture
def mailbox(settings):
    with running(Mailbox()) as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", found.port, False
        yield found


@pytest.fixture(autouse=True)
def by_day(monkeypatch):
    """Quiet hours have a test of their own; the others must not depend on the hour they run at."""
    monkeypatch.setattr("schools.operations.channels.QUIET_FROM", 24)
    monkeypatch.setattr("schools.operations.channels.QUIET_UNTIL", 0)


@pytest.fixture
def teacher():
    return make_teacher(make_class(), "Nguyễn Thị Ổi")


def turn_on(user, channel="sms", address="+84912345678") -> ChannelChoice:
    return ChannelChoice.objects.create(user=user, channel=channel, address=address, confirmed_at=timezone.now())


def tell(user, key="mot", kind="certificate", **context) -> Notification:
    notify(users=[user], key=key, kind=kind, context={"title": "Công dân số"} | context, url="/vi/learn/certificates/")
    return Notification.objects.get(user=user, key=key)


def sent(notification) -> Delivery:
    for pk in queue_deliveries(notification_ids=[notification.pk]):
        deliver(delivery_id=pk)
    return Delivery.objects.get(notification=notification)


# --- Off until turned on ----------------------------------------------------------------------------------------------


def test_nothing_leaves_while_nobody_set_a_channel_up(teacher, django_capture_on_commit_callbacks):
    turn_on(teacher)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        tell(teacher)
    assert channels.set_up() == []
    assert not callbacks
    assert not Delivery.objects.exists()


def test_nothing_leaves_for_who_did_not_turn_it_on(gateway, teacher, django_capture_on_commit_callbacks):
    ChannelChoice.objects.create(user=teacher, channel="sms", address="+84912345678")  # never confirmed
    with django_capture_on_commit_callbacks(execute=True):
        tell(teacher)
    assert not gateway.got
    assert not Delivery.objects.exists()


def test_a_message_goes_out_by_itself_once(gateway, teacher, django_capture_on_commit_callbacks):
    turn_on(teacher)
    for _again in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tell(teacher)
    ((path, body, headers),) = gateway.got
    assert path == "/sms"
    assert body["to"] == "+84912345678"
    assert body["text"].startswith("Có chứng nhận mới: “Công dân số”.")
    assert headers["Authorization"] == "Bearer khoa-thu"
    row = Delivery.objects.get()
    assert (row.state, row.tries, row.reference) == ("sent", 1, "tin-1")
    assert body["reference"] == f"{row.notification.uuid}-sms"
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(notification=row.notification, channel="sms")


def test_names_of_pupils_stay_inside(gateway, teacher):
    turn_on(teacher)
    message = tell(teacher, kind="password_request", name="Trần Thị Bưởi", **{"class": "10A1"})
    assert sent(message).state == "sent"
    text = gateway.got[0][1]["text"]
    assert "Bưởi" not in text
    assert text.startswith("Có tin nhắn mới")


def test_mail_is_in_the_persons_language_and_can_be_stopped_by_one_click(mailbox, teacher):
    teacher.language = "en"
    teacher.save()
    turn_on(teacher, "email", "co.oi@truong.example")
    assert sent(tell(teacher)).state == "sent"
    letter = message_from_bytes(mailbox.letters[0])
    text = letter.get_payload(decode=True).decode()
    assert letter["To"] == "co.oi@truong.example"
    assert "You have a new certificate" in text
    assert "/en/learn/certificates/" in text
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.search(r"<(.+)>", letter["List-Unsubscribe"].replace("\n", ""))[1]
    path = "/" + address.split("/", 3)[3]
    client = Client(enforce_csrf_checks=True)
    assert client.get(path).status_code == 200
    assert ChannelChoice.objects.get().is_on, "a mail scanner that opens links stops nothing"
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not ChannelChoice.objects.get().is_on
    sent_before = len(mailbox.letters)
    assert queue_deliveries(notification_ids=[tell(teacher, "hai").pk]) == []
    assert len(mailbox.letters) == sent_before


def test_zalo_says_its_refusals_with_status_200(gateway, teacher):
    turn_on(teacher, "zalo", "1234567890")
    assert sent(tell(teacher)).reference == "z-1"
    path, body, headers = gateway.got[0]
    assert (path, body["recipient"]) == ("/zalo", {"user_id": "1234567890"})
    assert headers["access_token"] == "the-thu"
    gateway.mood = "zalo-refuse"
    row = sent(tell(teacher, "hai"))
    assert (row.state, row.error) == ("failed", "Zalo -213: user has not followed the OA")


# --- What does not work -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mood", ["hang", "trickle"])
def test_a_channel_that_hangs_is_given_up_in_seconds(gateway, teacher, monkeypatch, mood):
    monkeypatch.setattr(channels, "SECONDS", 0.5)
    turn_on(teacher)
    gateway.mood = mood
    with Clock() as clock:
        row = sent(tell(teacher))
    assert clock.seconds < 3
    assert (row.state, row.tries) == ("waiting", 1)
    assert row.next_at > timezone.now()
    gateway.mood = "fine"
    Delivery.objects.update(next_at=timezone.now())
    (due,) = hand_on_deliveries()
    assert deliver(delivery_id=due).state == "sent"


def test_a_mail_server_that_hangs_too(mailbox, teacher, settings):
    settings.EMAIL_TIMEOUT = 0.5
    turn_on(teacher, "email", "co.oi@truong.example")
    mailbox.mood = "hang"
    with Clock() as clock:
        row = sent(tell(teacher))
    assert clock.seconds < 3
    assert row.state == "waiting"


def test_notify_itself_never_waits_for_a_channel(gateway, teacher):
    turn_on(teacher)
    gateway.mood = "hang"
    with Clock() as clock:
        message = tell(teacher)
    assert clock.seconds < 0.5
    assert message.pk
    assert not gateway.got


def test_a_channel_that_fails_again_and_again_rests(gateway, teacher):
    turn_on(teacher)
    gateway.mood = "broken"
    for number in range(channels.FAILURES_TO_REST):
        sent(tell(teacher, f"tin {number}"))
    assert channels.is_resting("sms")
    asked = len(gateway.got)
    waiting = tell(teacher, "sau cùng")
    queue_deliveries(notification_ids=[waiting.pk])
    assert hand_on_deliveries() == [], "nobody waits for it meanwhile"
    assert len(gateway.got) == asked


def test_retries_end(gateway, teacher, monkeypatch):
    monkeypatch.setattr(channels, "FAILURES_TO_REST", 99)
    turn_on(teacher)
    gateway.mood = "broken"
    row = sent(tell(teacher))
    for _try in range(9):
        Delivery.objects.filter(state="waiting").update(next_at=timezone.now())
        deliver(delivery_id=row.pk)
    row.refresh_from_db()
    assert (row.state, row.tries, row.error) == ("failed", 5, "HTTP 500")
    assert len(gateway.got) == 5


@pytest.mark.parametrize(("channel", "address"), [("sms", "+84912345678"), ("email", "khong-co@truong.example")])
def test_what_will_never_work_is_tried_once(gateway, mailbox, teacher, channel, address):
    turn_on(teacher, channel, address)
    gateway.mood = mailbox.mood = "refuse"
    row = sent(tell(teacher))
    assert (row.state, row.tries) == ("failed", 1)
    assert not channels.is_resting(channel), "a wrong number is not the channel's fault"


def test_a_message_read_meanwhile_is_not_sent(gateway, teacher):
    turn_on(teacher)
    message = tell(teacher)
    (due,) = queue_deliveries(notification_ids=[message.pk])
    Notification.objects.update(read_at=timezone.now())
    assert deliver(delivery_id=due).state == "dropped"
    assert not gateway.got
    assert deliver(delivery_id=due) is None


def test_a_phone_does_not_ring_at_night(gateway, mailbox, teacher, monkeypatch):
    turn_on(teacher)
    turn_on(teacher, "email", "co.oi@truong.example")
    next_hour = (timezone.localtime().hour + 1) % 24
    monkeypatch.setattr("schools.operations.channels.QUIET_FROM", next_hour)
    monkeypatch.setattr("schools.operations.channels.QUIET_UNTIL", next_hour)  # the night ends in less than an hour
    (due,) = queue_deliveries(notification_ids=[tell(teacher).pk])
    assert Delivery.objects.get(pk=due).channel == "email"
    assert Delivery.objects.get(channel="sms").next_at > timezone.now()


@pytest.mark.parametrize(("hour", "morning"), [(20, None), (21, 1), (23, 1), (3, 0), (7, None)])
def test_the_quiet_hours(monkeypatch, hour, morning):
    monkeypatch.setattr(operations, "QUIET_FROM", 21)
    monkeypatch.setattr(operations, "QUIET_UNTIL", 7)
    now = timezone.localtime().replace(hour=hour, minute=30)
    found = operations._not_before("sms", now)
    if morning is None:
        assert found == now
    else:
        assert timezone.localtime(found).hour == 7
        assert timezone.localtime(found).date() == now.date() + timedelta(days=morning)
    assert operations._not_before("email", now) == now


# --- Choosing ---------------------------------------------------------------------------------------------------------


def test_an_address_is_proved_by_a_code(gateway, teacher, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        choose_channel(user=teacher, channel="sms", address="0912 345 678")
    ((_path, body, _headers),) = gateway.got
    code = re.search(r"\b\d{6}\b", body["text"])[0]
    assert body["to"] == "+84912345678"
    assert code not in str(ChannelChoice.objects.values())
    for wrong in ["000000", "111111"]:
        with pytest.raises(ChannelCodeRefused):
            confirm_channel(user=teacher, channel="sms", code=wrong if wrong != code else "222222")
    assert ChannelChoice.objects.get().code_tries == 2, "a refusal is counted"
    assert confirm_channel(user=teacher, channel="sms", code=f"{code[:3]} {code[3:]}").is_on
    remove_channel(user=teacher, channel="sms")
    assert not ChannelChoice.objects.exists()


def test_a_code_cannot_be_tried_out_and_runs_out(gateway, teacher, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        choose_channel(user=teacher, channel="sms", address="0912345678")
    code = re.search(r"\b\d{6}\b", gateway.got[0][1]["text"])[0]
    ChannelChoice.objects.update(code_expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(ChannelCodeRefused):
        confirm_channel(user=teacher, channel="sms", code=code)
    ChannelChoice.objects.update(code_expires_at=timezone.now() + timedelta(minutes=5), code_tries=5)
    with pytest.raises(ChannelCodeRefused):
        confirm_channel(user=teacher, channel="sms", code=code)


def test_of_a_pupil_no_address_is_kept(gateway, django_capture_on_commit_callbacks):
    pupil = make_pupil()
    with pytest.raises(ChannelNotForYou):
        choose_channel(user=pupil, channel="sms", address="0912345678")
    client = Client()
    client.force_login(pupil)
    assert client.get(reverse("schools:channels")).status_code == 404
    assert client.post(reverse("schools:channels"), {"channel": "sms", "address": "0912345678"}).status_code == 404
    assert not ChannelChoice.objects.exists()


@pytest.mark.parametrize(
    ("channel", "typed", "stored"),
    [
        ("sms", "+84 91-234.5678", "+84912345678"),
        ("sms", "84912345678", "+84912345678"),
        ("sms", "0212345678", None),
        ("sms", "091234567", None),
        ("email", " co.oi@truong.example ", "co.oi@truong.example"),
        ("email", "co.oi@", None),
        ("email", "a@b.example\nBcc: c@d.example", None),
        ("zalo", "1234 5678 90", "1234567890"),
        ("zalo", "co.oi", None),
    ],
)
def test_addresses(channel, typed, stored):
    if stored is None:
        with pytest.raises(AddressRefused):
            tidy_address(channel, typed)
    else:
        assert tidy_address(channel, typed) == stored


def test_the_page_from_off_to_on_to_forgotten(gateway, teacher, django_capture_on_commit_callbacks):
    client, page = Client(), reverse("schools:channels")
    client.force_login(teacher)
    text = client.get(page).content.decode()
    assert "SMS" in text
    assert "E-mail" not in text.split("<main")[1].split("</main>")[0]
    wrong = client.post(page, {"channel": "sms", "address": "12"})
    assert wrong.status_code == 422
    assert "bắt đầu bằng số 0" in wrong.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page, {"channel": "sms", "address": "0912345678"})
    code = re.search(r"\b\d{6}\b", gateway.got[0][1]["text"])[0]
    assert client.post(page, {"channel": "sms", "do": "code", "code": "12"}).status_code == 422
    assert client.post(page, {"channel": "sms", "do": "code", "code": code}).status_code == 302
    assert ChannelChoice.objects.get().is_on
    sent(tell(teacher))
    text = client.get(page).content.decode()
    assert "Đã gửi" in text
    for do, is_on in (("stop", False), ("resume", True)):
        client.post(page, {"channel": "sms", "do": do})
        assert ChannelChoice.objects.get().is_on is is_on
    client.post(page, {"channel": "sms", "do": "remove"})
    assert not ChannelChoice.objects.exists()
    assert client.post(page, {"channel": "email", "address": "a@b.example"}).status_code == 404, "not set up"


def test_a_link_that_was_changed_stops_nothing(teacher):
    turn_on(teacher)
    with override("vi"):
        good = reverse("schools:stop_channel", args=[stop_token(teacher.pk, "sms")])
    assert Client().post(good.replace("/stop/", "/stop/x")).status_code == 404
    assert ChannelChoice.objects.get().is_on
    assert stop_channel(user_id=teacher.pk, channel="email") is False
