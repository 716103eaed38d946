"""«Ý kiến và thay đổi»: what people said, what was changed, and thanks to those who listened."""

from copy import deepcopy
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.operations.editorial import prepare_editorial
from schools.models import Consent, Role
from support.models import ChangePage, Honour
from support.operations.desk import answer_ticket, write_ticket
from support.operations.opinions import give_honour, publish_change
from support.operations.visits import Told, keep_visit
from support.problems import NothingChanged, NotPublishable, TooFewToHonour
from support.queries.visits import period_of
from tests.factories import schools as make
from tests.factories.cms import GuidePageFactory, HomePageFactory, ProcedureFactory
from tests.factories.constraints import once, refused

pytestmark = pytest.mark.django_db
CHANGES = "/vi/support/changes/"


@pytest.fixture(scope="module")
def place_made(shared_database):
    HomePageFactory()
    prepare_editorial()
    ProcedureFactory(code="tam-tru", name="Đăng ký tạm trú")
    ward = make.make_unit("Phường Sông Trong")
    found = {
        "ward": ward,
        "member": make.make_with_role("community_member", "Lò Văn Tổ", unit=ward, username="to.mot"),
        "officer": make.make_with_role("commune_officer", "Trần Thị Xã", unit=ward, username="cb.xa"),
        "stranger": make.make_with_role(
            "commune_officer", "Đỗ Xa", unit=make.make_unit("Xã Núi Xa"), username="cb.nui"
        ),
        "reviewer": make.make_with_role("reviewer", "Tạ Thị Duyệt", username="duyet"),
    }
    Role.objects.update(starts_on=timezone.localdate() - timedelta(days=400))
    return found


@pytest.fixture
def place(db, place_made):
    return deepcopy(place_made)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def guided(place, people: int) -> None:
    today = timezone.localdate()
    told = Told(visit_id=uuid4(), seq=1, on=today, procedure="tam-tru", age_band="60_up", language="vi", people=people)
    keep_visit(member=place["member"], told=told)


CHANGE = {
    "title": "Hướng dẫn nói rõ khi chủ nhà ở xa",
    "heard": "Chủ nhà ở tỉnh khác thì ký thế nào?",
    "changed": "Có thêm mục này.",
}


def test_what_is_changed_because_of_questions_is_told_once_and_after_a_reviewer(place):
    empty = Client().get(CHANGES).content.decode()
    assert "Chưa có thay đổi nào để kể" in empty and 'rel="next"' not in empty
    guide = GuidePageFactory(title="Đăng ký tạm trú")
    for _one in range(2):
        ticket = write_ticket(question="Chủ nhà ở tỉnh khác thì ký thế nào?", language="vi", unit=place["ward"])
        answer_ticket(ticket=ticket, answer="Ra Công an xã.", actor=place["officer"], guide_key=guide.translation_key)
    officer = signed_in(place["officer"])
    form = officer.get(reverse("support:tell_change"), {"guide": str(guide.translation_key)}).context["form"]
    assert form.initial["said_by"] == 2 and form.initial["heard"].startswith("Chủ nhà")
    sent = {**form.initial, **CHANGE, "heard_from": "desk", "redacted": "on"}
    assert officer.post(reverse("support:tell_change"), {**sent, "redacted": ""}).status_code == 422
    assert officer.post(reverse("support:tell_change"), {**sent, "heard": "Bà Nguyễn Thị Hoa hỏi"}).status_code == 422
    for _twice in range(2):
        assert officer.post(reverse("support:tell_change"), sent).status_code == 302
    page = ChangePage.objects.get()
    assert not page.live and page.workflow_in_progress, "a reviewer looks at it first"
    assert CHANGE["title"] not in Client().get(CHANGES).content.decode()
    page.get_latest_revision().publish()
    shown = Client().get(CHANGES).content.decode()
    assert CHANGE["title"] in shown and guide.title in shown and guide.url in shown
    assert "2 người cùng ý" not in shown, "under five are not told"
    assert CHANGE["heard"] in Client().get(page.get_url()).content.decode()
    assert CHANGE["title"] in Client().get("/vi/feeds/all.atom").content.decode()
    assert AuditEvent.objects.filter(action="publish_change").count() == 1
    more = publish_change(key=uuid4(), actor=place["reviewer"], said_by=7, **CHANGE)
    assert more.live and "7 người cùng ý" in Client().get(CHANGES).content.decode()
    with pytest.raises(NothingChanged):
        publish_change(key=uuid4(), actor=place["reviewer"], **{**CHANGE, "changed": " "})
    with pytest.raises(NotPublishable):
        publish_change(key=uuid4(), actor=place["reviewer"], **{**CHANGE, "changed": "Gọi 0912345678"})
    with refused("change_said_by_somebody"):
        ChangePage.objects.update(said_by=0)
    # As many statements for three changes as for one.
    numbers = []
    for _round in range(2):
        Client().get(CHANGES)
        with CaptureQueriesContext(connection) as asked:
            Client().get(CHANGES)
        numbers.append(len(asked))
        publish_change(key=uuid4(), actor=place["reviewer"], guide_key=guide.translation_key, **CHANGE)
    assert numbers[0] == numbers[1]
    assert signed_in(place["member"]).get(reverse("support:tell_change")).status_code == 404
    assert officer.get(reverse("support:tell_change"), {"guide": "x"}).status_code == 404


def test_a_team_is_thanked_and_a_member_named_only_while_they_say_so(place):
    guided(place, 4)
    period, officer = period_of("90"), signed_in(place["officer"])
    with pytest.raises(TooFewToHonour):
        give_honour(unit=place["ward"], period=period, words="Nhiệt tình", actor=place["officer"])
    guided(place, 3)
    address = reverse("support:honour", args=[place["ward"].code])
    sent = {"period": "90", "words": "Đi từng ngõ, gõ từng nhà"}
    assert signed_in(place["stranger"]).post(address, sent).status_code == 404
    for _twice in range(2):
        officer.post(address, sent)
        officer.post(address, {**sent, "member": str(place["member"].uuid)})
    assert officer.post(address, {**sent, "member": str(place["officer"].uuid)}).status_code == 404
    officer.post(address, {"period": "month", "words": "Cảm ơn bà Nguyễn Thị Hoa"})
    assert list(Honour.objects.order_by("pk").values_list("member", "people")) == [(None, 7), (place["member"].pk, 7)]
    shown = Client().get(CHANGES).content.decode()
    assert "Phường Sông Trong" in shown and "Lò Văn Tổ" not in shown and "Một thành viên của tổ" in shown
    member = signed_in(place["member"])
    member.post(reverse("support:named"), {"named": "yes"})
    assert Consent.objects.get().evidence and "Lò Văn Tổ" in Client().get(CHANGES).content.decode()
    member.post(reverse("support:named"), {"named": "no"})
    assert "Lò Văn Tổ" not in Client().get(CHANGES).content.decode()
    honour = Honour.objects.get(member=None)
    for values, name in (
        ({"people": 4}, "honour_of_no_small_group"),
        ({"words": ""}, "honour_says_why"),
        ({"until": honour.since - timedelta(days=1)}, "honour_ends_after_it_starts"),
    ):
        with refused(name):
            Honour.objects.filter(pk=honour.pk).update(**values)
    with refused(once("honour_of_a_team_once", "support_honour.unit_id, support_honour.since, support_honour.until")):
        Honour.objects.create(
            unit=honour.unit, since=honour.since, until=honour.until, words="x", people=9, given_by=place["officer"]
        )
    officer.post(address, {"period": "90", "undo": str(honour.uuid)})
    assert Honour.objects.in_force().count() == 1
    officer.post(address, sent)
    assert Honour.objects.in_force().count() == 2, "what was taken back may be given again"
