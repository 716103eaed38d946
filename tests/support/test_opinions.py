"""«Ý kiến và thay đổi»: what people said, what was changed, and thanks to those who listened."""

from copy import deepcopy
from dataclasses import replace
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
from schools.models import Consent, Notification, Role
from schools.operations.notifications import text_of
from support.models import ChangePage, Honour, Survey, Ticket
from support.operations.desk import answer_ticket, mend_guide, write_ticket
from support.operations.opinions import give_honour, publish_change
from support.operations.surveys import close_over, close_survey, publish_results
from support.operations.visits import Told, keep_visit
from support.problems import NothingChanged, NotPublishable, ResultsNotPublic, TooFewToHonour
from support.queries.survey_figures import figures, shown_mean
from support.queries.to_tell import offers
from support.queries.visits import period_of
from tests.factories import schools as make
from tests.factories import surveys
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


def asked_of_all(place, **values):
    """A survey of nine people who run through it, closed; its results are public."""
    survey = surveys.open_preset(made_by=place["reviewer"], **values)
    for number in range(9):
        surveys.answer(survey, {"da-lam": "tu-lam", "hai-long-chung": 2 if number < 6 else 5})
    return publish_results(survey=close_survey(survey=survey, actor=None), actor=None, public=True)


def test_a_closed_survey_is_offered_and_its_figure_told_with_what_changes(place):
    survey, desk = asked_of_all(place), signed_in(place["reviewer"])
    note = Notification.objects.get(user=place["reviewer"], kind="survey_closed")
    assert survey.title in text_of(note) and "Khảo sát đã đóng" in text_of(note)
    assert survey.title in desk.get(reverse("support:heard")).content.decode()
    found = desk.get(reverse("support:survey_found", args=[survey.uuid])).content.decode()
    asked = f"?survey={survey.uuid}&amp;question=hai-long-chung"
    assert reverse("support:tell_change") + asked in found
    form = desk.get(
        reverse("support:tell_change"),
        {"survey": survey.uuid, "question": "hai-long-chung"},
        headers={"Accept-Language": "en"},
    ).context["form"]
    heard = form.initial["heard"]
    (figure,) = [one for one in figures(survey).questions if one.question.key == "hai-long-chung"]
    assert "9 người trả lời" in heard and shown_mean(figure.mean) in heard and survey.title in heard
    assert figure.satisfied is None and "chọn 4 hoặc 5" not in heard, "three of the other mind are not told"
    sent = {**form.initial, **CHANGE, "heard": heard, "heard_from": "desk", "redacted": "on"}
    assert desk.post(reverse("support:tell_change"), sent).status_code == 302
    page = ChangePage.objects.get()
    assert (page.live, page.heard_from, page.said_by, page.survey_key) == (True, "survey", 9, survey.uuid)
    link = f"{reverse('support:survey_results', args=[survey.slug])}#q-hai-long-chung"
    listed = Client().get(CHANGES).content.decode()
    assert link in listed and "9 người trả lời" in listed and "9 người cùng ý" not in listed
    assert link in Client().get(page.get_url()).content.decode()
    assert page.title in Client().get(reverse("support:survey_results", args=[survey.slug])).content.decode()
    assert page.title in desk.get(reverse("support:survey_manage", args=[survey.uuid])).content.decode()
    assert survey.title not in desk.get(reverse("support:heard")).content.decode(), "told"
    note.refresh_from_db()
    assert note.read_at is not None
    # Taken back, the results are linked no longer, and nothing more is told of them.
    publish_results(survey=survey, actor=None, public=False)
    assert link not in Client().get(CHANGES).content.decode()
    asking = {"survey": survey.uuid, "question": "hai-long-chung"}
    assert desk.get(reverse("support:tell_change"), asking).status_code == 404
    with pytest.raises(ResultsNotPublic):
        publish_change(key=uuid4(), actor=place["reviewer"], survey=Survey.objects.get(), heard_from="survey", **CHANGE)
    with refused("change_heard_by_its_survey"):
        ChangePage.objects.update(survey_key=None)
    with refused("change_of_a_difficulty_heard_by_teams"):
        ChangePage.objects.update(difficulty="password")


def test_what_few_answered_is_offered_to_nobody_and_nothing_may_change(place):
    survey, desk = surveys.open_preset(made_by=place["reviewer"]), signed_in(place["reviewer"])
    surveys.answer(survey)
    survey = close_survey(survey=survey, actor=None)
    assert (
        not Notification.objects.exists()
        and "Khảo sát đã đóng" not in desk.get(reverse("support:heard")).content.decode()
    )
    survey = publish_results(survey=survey, actor=None, public=True)
    asked = {"survey": survey.uuid, "question": "hai-long-chung"}
    for wrong in (asked, {**asked, "question": "nope"}, {**asked, "survey": uuid4()}, {**asked, "survey": "x"}):
        assert desk.get(reverse("support:tell_change"), wrong).status_code == 404
    told = asked_of_all(place)
    assert signed_in(place["officer"]).get(reverse("support:tell_change"), asked).status_code == 404, "not theirs"
    assert desk.post(reverse("support:survey_do", args=[told.uuid]), {"do": "nothing"}).status_code == 302
    assert told.title not in desk.get(reverse("support:heard")).content.decode()
    assert AuditEvent.objects.filter(action="change_nothing").count() == 1
    told.refresh_from_db()
    with refused("survey_followed_up_when_closed"):
        Survey.objects.filter(pk=told.pk).update(state="live", closed_at=None, results_public_at=None)


def test_a_survey_whose_last_day_is_over_closes_and_finds_somebody(place):
    """Its maker has left: the officer above hears of it."""
    above = make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province())
    gone = make.make_with_role("editor", "Hồ Đã Đi", username="da.di")
    now = timezone.now()
    survey = surveys.open_preset(made_by=gone, closes_at=now + timedelta(hours=1))
    for _one in range(5):
        surveys.answer(survey)
    today = timezone.localdate()
    gone.roles.update(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
    assert close_over(now) == 0
    assert [close_over(now + timedelta(hours=2)) for _twice in range(2)] == [1, 0]
    survey.refresh_from_db()
    assert survey.closed_at == survey.closes_at
    assert [one.user for one in Notification.objects.filter(kind="survey_closed")] == [above]


def test_a_mended_guide_and_a_difficulty_of_many_are_offered_until_they_are_told(place):
    guide = GuidePageFactory(title="Đăng ký tạm trú")
    ticket = write_ticket(question="Chủ nhà ở tỉnh khác thì ký thế nào?", language="vi", unit=place["ward"])
    answer_ticket(ticket=ticket, answer="Ra Công an xã.", actor=place["officer"], guide_key=guide.translation_key)
    today = timezone.localdate()
    hard = Told(uuid4(), 1, today, "tam-tru", "60_up", "vi", people=4, difficulty="password")
    keep_visit(member=place["member"], told=hard)
    assert offers(place["officer"]) == [], "not mended yet, and four people are not told"
    keep_visit(member=place["member"], told=replace(hard, visit_id=uuid4(), people=3))
    mend_guide(guide_key=guide.translation_key, tickets=Ticket.objects.all(), actor=place["officer"])
    assert sorted(one.kind for one in offers(place["officer"])) == ["guide", "visit"]
    assert offers(place["stranger"]) == [], "of another commune"
    officer = signed_in(place["officer"])
    for one in offers(place["officer"]):
        form = officer.get(one.url).context["form"]
        sent = {**form.initial, **CHANGE, "heard_from": form.initial.get("heard_from", "desk"), "redacted": "on"}
        assert officer.post(reverse("support:tell_change"), sent).status_code == 302
    assert offers(place["officer"]) == []
    page = ChangePage.objects.get(difficulty="password")
    assert (page.heard_from, page.said_by, page.procedure_code) == ("visit", 7, "tam-tru")
    wrong = {"difficulty": "password", "service": "can-cuoc"}
    assert officer.get(reverse("support:tell_change"), wrong).status_code == 404
    assert officer.get(reverse("support:tell_change"), {"difficulty": "magic"}).status_code == 404
    assert signed_in(place["member"]).get(reverse("support:heard")).status_code == 404


def test_what_lies_ahead_is_told_as_such(place):
    ahead = timezone.localdate() + timedelta(days=9)
    page = publish_change(key=uuid4(), actor=place["reviewer"], changed_on=ahead, **CHANGE)
    assert "Sắp tới:" in Client().get(CHANGES).content.decode()
    assert "Điều sẽ thay đổi" in Client().get(page.get_url()).content.decode()


def test_offers_ask_as_much_for_three_as_for_one(place):
    numbers = []
    for number in range(2):
        for _more in range(1 + number):
            guide = GuidePageFactory(title=f"Hướng dẫn {number}")
            ticket = write_ticket(question="Chủ nhà ở xa thì ký thế nào?", language="vi")
            answer_ticket(ticket=ticket, answer="Ra xã.", actor=place["reviewer"], guide_key=guide.translation_key)
            mend_guide(guide_key=guide.translation_key, tickets=Ticket.objects.all(), actor=place["reviewer"])
            asked_of_all(place)
        with CaptureQueriesContext(connection) as asked:
            found = offers(place["reviewer"])
        numbers.append((len(asked), len(found)))
    assert numbers[0][0] == numbers[1][0] and [count for _asked, count in numbers] == [2, 6]


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
