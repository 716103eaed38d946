"""Choosing how messages reach one beside the site, on a phone and on a desk, in both languages."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from schools.models import ChannelChoice, Delivery, Notification
from schools.operations.channels import stop_token
from schools.operations.signin import STEPS
from tests.factories.schools import make_class, make_teacher

pytestmark = pytest.mark.browser


def test_every_screen_is_without_fault_and_fits(live_site, open_page, look, settings):
    teacher = make_teacher(make_class(), "Nguyễn Thị Ổi")
    now = timezone.now()
    ChannelChoice.objects.create(user=teacher, channel="email", address="co.oi@truong.example", confirmed_at=now)
    ChannelChoice.objects.create(
        user=teacher, channel="sms", address="+84912345678", code_hash="x", code_expires_at=now
    )
    message = Notification.objects.create(user=teacher, key="mot", kind="certificate", context={"title": "Công dân số"})
    Delivery.objects.create(notification=message, channel="email", state="sent", sent_at=now, tries=1)
    stop = reverse("schools:stop_channel", args=[stop_token(teacher.pk, "email")])
    page = open_page()
    enter(page, teacher, live_site)
    for name, address in (("channels", reverse("schools:channels")), ("stop", stop), ("none", None)):
        on = address is not None
        settings.EMAIL_HOST, settings.SMS_GATEWAY_URL, settings.ZALO_OA_URL = (
            ("x", "http://x", "http://x") if on else ("",) * 3
        )
        for language in ("vi", "en"):
            page.goto((address or reverse("schools:channels")).replace("/vi/", f"/{language}/"))
            look(page, f"channels-{name}", language)


def enter(page, user, live_site):
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session.pop(STEPS, None)
    session.save()
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
