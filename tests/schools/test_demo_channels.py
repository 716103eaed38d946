"""The demo's letters: sent for true where letters are set up, none elsewhere, and nothing twice."""

import pytest
from django.core import mail

from schools.demo_channels import load_demo_channels
from schools.models import ChannelChoice, Delivery
from schools.operations.notifications import notify
from tests.factories.schools import make_class, make_teacher

pytestmark = pytest.mark.django_db


def test_what_waits_goes_out_once_and_one_mailbox_does_not_exist(settings):
    school_class = make_class(name="10A1")
    people = [
        make_teacher(school_class, "Phạm Thị Sen", username="co.sen"),
        make_teacher(school_class, "Lê Văn Bách", username="thay.bach", kind="subject"),
    ]
    notify(users=people, key="thử", kind="training", context={"title": "Lớp", "on": "1/9", "venue": "Hội trường"})
    counts = {"created": 0, "kept": 0}
    load_demo_channels(counts)
    assert not ChannelChoice.objects.exists()
    settings.EMAIL_HOST = "localhost"
    load_demo_channels(counts)
    assert counts == {"created": 2, "kept": 0}
    states = dict(Delivery.objects.values_list("notification__user__username", "state"))
    assert states == {"co.sen": "sent", "thay.bach": "failed"}
    assert [letter.to for letter in mail.outbox] == [["co.sen@bendua.example"]]
    load_demo_channels(counts)
    assert counts == {"created": 2, "kept": 2} and len(mail.outbox) == 1
