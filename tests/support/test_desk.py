"""The desk: anybody writes without an account, somebody answers in time, everybody reads what helps."""

import re
from copy import deepcopy
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.audit.models import AuditEvent
from cms.operations.editorial import prepare_editorial
from schools.models import Notification, Role
from support.assistant.answering import answer
from support.assistant.indexing import index_page
from support.limits import FOLLOWED
from support.models import AnswerPage, CannedAnswer, DeskRoute, Ticket, TicketBatch, Visit
from support.operations.desk import (
    answer_ticket,
    assign_ticket,
    chase_late,
    close_ticket,
    merge_ticket,
    point_to_portal,
    route,
    take_back,
    write_ticket,
)
from support.operations.privacy import FORGOTTEN, OWN
from support.operations.publishing import publish_answer
from support.problems import AlreadySettled, CannotMerge, CannotOwn, NothingAnswered, NotPublishable
from support.queries.desk import figures, guides_to_mend
from tests.factories import schools as make
from tests.factories.cms import GuidePageFactory, HomePageFactory, ProcedureFactory
from tests.factories.constraints import once, refused

pytestmark = pytest.mark.django_db
ASKED = "Xã em nhận hồ sơ tạm trú ngày thứ bảy không?"


@pytest.fixture(scope="module")
def people_made(shared_database):
    HomePageFactory()
    ward = make.make_unit("Phường Sông Trong")
    return {
        "ward": ward,
        "other_ward": make.make_unit("Xã Núi Xa"),
        "officer": make.make_with_role("commune_officer", "Trần Thị Xã", unit=ward, username="cb.xa"),
        "editor": make.make_with_role("editor", "Hồ Thị Biên", username="bien"),
        "reviewer": make.make_with_role("reviewer", "Tạ Thị Duyệt", username="duyet"),
        "province": make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province(), username="cb.tinh"),
    }


@pytest.fixture
def people(db, people_made):
    return deepcopy(people_made)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    client.get(reverse("support:home"))
    return client


def ticket(**values) -> Ticket:
    return write_ticket(**{"question": ASKED, "language": "vi"} | values)


def test_a_stranger_asks_and_reads_the_answer_with_a_code(people):
    client, key = Client(), str(uuid4())
    ProcedureFactory(code="tam-tru", name="Đăng ký tạm trú")
    form = client.get("/vi/support/write/")
    assert "csrftoken" not in form.cookies and form.status_code == 200
    sent = {"question": f"{ASKED} Gọi em 0912345678", "procedure": "tam-tru", "unit": people["ward"].code, "key": key}
    for _twice in range(2):
        assert client.post("/vi/support/write/", sent).url == "/vi/support/sent/"
    made = Ticket.objects.get()
    assert (made.question, made.procedure_code, made.unit) == (f"{ASKED} Gọi em •••", "tam-tru", people["ward"])
    assert len(made.code) == 10 and made.due_at > timezone.now() + timedelta(days=4)
    shown = client.get("/vi/support/sent/").content.decode()
    assert made.code in shown and "số điện thoại" in shown
    assert Client().get("/vi/support/sent/").status_code == 302, "the code is told to who asked only"

    stranger = Client()
    typed = f" {made.code[:5].lower()}-{made.code[5:]} "
    assert "Chưa có ai trả lời" in stranger.post("/vi/support/follow/", {"code": typed}).content.decode()
    answer_ticket(ticket=made, answer="Có, từ 7 giờ rưỡi.", actor=people["officer"])
    assert "Có, từ 7 giờ rưỡi." in stranger.post("/vi/support/follow/", {"code": made.code}).content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"question": ""},
        {"question": "hả"},
        {"question": "x y " * 2000},
        {"question": ASKED, "unit": "KHONGCO"},
        {"question": ASKED, "procedure": "khong-co"},
        {"question": ASKED, "key": "x"},
    ],
)
def test_a_form_that_is_wrong_comes_back_with_what_was_typed(people, sent):
    shown = Client().post("/vi/support/write/", {"key": str(uuid4())} | sent)
    assert shown.status_code == 422 and not Ticket.objects.exists()
    assert sent["question"][:20].strip() in shown.content.decode()


def test_scripts_floods_and_guesses(people, monkeypatch):
    client = Client()
    bad = "<script>alert(1)</script> và ' OR 1=1 --"
    client.post("/vi/support/write/", {"question": bad, "key": str(uuid4())})
    code = Ticket.objects.get().code
    assert "<script>alert(1)" not in client.post("/vi/support/follow/", {"code": code}).content.decode()
    client.post("/vi/support/write/", {"question": ASKED, "key": str(uuid4()), "website": "http://spam"})
    assert Ticket.objects.count() == 1, "what a machine filled in"
    assert client.post("/vi/support/write/", {"question": "y" * 6_000_000, "key": str(uuid4())}).status_code == 413
    assert client.post("/vi/support/write/", {"question": "tạm trú \x00 ở đâu", "key": str(uuid4())}).status_code == 422
    answers = [
        client.post("/vi/support/follow/", {"code": f"AAAA{n:06}"}).status_code for n in range(FOLLOWED.failures + 1)
    ]
    assert set(answers[:-1]) == {422} and answers[-1] == 429
    late = client.post("/vi/support/follow/", {"code": code})
    assert late.status_code == 429 and int(late["Retry-After"]) > 60, "nor is a right one told any more"
    assert "phút rồi thử lại" in late.content.decode() and "giây" not in late.content.decode()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/vi/support/follow/", {"code": "x"}).status_code == 429, "a phone without cookies is no forger"


def test_a_question_finds_whom_it_is_for(people):
    ward, officer, province = people["ward"], people["officer"], people["province"]
    assert route() == (None, 5)
    DeskRoute.objects.create(owner=province, days=7)
    DeskRoute.objects.create(unit=ward, owner=officer, days=3)
    DeskRoute.objects.create(procedure_code="tam-tru", owner=people["editor"], days=2)
    assert route(unit=ward) == (officer, 3)
    assert route(procedure_code="tam-tru", unit=ward) == (people["editor"], 2)
    assert route(unit=people["other_ward"]) == (province, 7)
    with refused(once("desk_route_everywhere_once", "support_deskroute.procedure_code")):
        DeskRoute.objects.create(procedure_code="tam-tru")


def test_an_owner_who_left_holds_nothing_up_and_late_ones_are_told_above_once(people):
    officer, province, ward = people["officer"], people["province"], people["ward"]
    DeskRoute.objects.create(unit=ward, owner=officer)
    made = ticket(unit=ward)
    assert made.owner == officer
    yesterday = timezone.localdate() - timedelta(days=1)
    Role.objects.filter(user=officer).update(starts_on=yesterday, ends_on=yesterday)
    DeskRoute.objects.create(owner=province)
    assert chase_late() == {"passed_on": 1, "escalated": 0}
    made.refresh_from_db()
    assert made.owner == province
    later = timezone.now() + timedelta(days=9)
    assert chase_late(later) == {"passed_on": 0, "escalated": 1} and chase_late(later)["escalated"] == 0
    told = Notification.objects.get(kind="ticket_late")
    assert (told.user, told.context) == (province, {"code": made.code})
    with pytest.raises(CannotOwn):
        assign_ticket(ticket=made, owner=officer, actor=province)


def test_one_question_is_settled_once(people):
    officer, editor = people["officer"], people["editor"]
    made, same, real = ticket(unit=people["ward"]), ticket(), ticket()
    with pytest.raises(NothingAnswered):
        answer_ticket(ticket=made, answer="  ", actor=officer)
    with pytest.raises(CannotMerge):
        merge_ticket(ticket=same, code=same.code, actor=editor)
    with pytest.raises(CannotMerge):  # the officer of one ward does not see what belongs to nobody's
        merge_ticket(ticket=made, code=same.code, actor=officer)
    merge_ticket(ticket=same, code=made.code, actor=editor)
    answer_ticket(ticket=made, answer="Có.", actor=officer)
    with pytest.raises(AlreadySettled):
        point_to_portal(ticket=made, actor=editor)
    assert "Có." in Client().post("/vi/support/follow/", {"code": same.code}).content.decode()
    point_to_portal(ticket=real, actor=editor)
    assert "Chỉ cơ quan giải quyết" in Client().post("/vi/support/follow/", {"code": real.code}).content.decode()
    acts = set(AuditEvent.objects.filter(target_kind="ticket").values_list("action", flat=True))
    assert acts == {"merge_ticket", "answer_ticket", "point_to_portal"}


def test_an_answer_becomes_everybodys_and_the_assistants(people, django_capture_on_commit_callbacks):
    officer, editor, reviewer = people["officer"], people["editor"], people["reviewer"]
    guide = GuidePageFactory(title="Đăng ký tạm trú", slug="tam-tru")
    made = ticket(unit=people["ward"])
    texts = {"title": "Thứ bảy có nhận hồ sơ tạm trú không?", "question": ASKED, "answer": "Có.\nTừ 7 giờ rưỡi."}
    with pytest.raises(NotPublishable):
        publish_answer(ticket=made, actor=editor, **texts)
    answer_ticket(ticket=made, answer="Có. Gọi 0912345678.", actor=officer, guide_key=guide.translation_key)
    with pytest.raises(NotPublishable):
        publish_answer(ticket=made, actor=editor, **texts | {"answer": "Gọi 0912345678"})
    with django_capture_on_commit_callbacks(execute=True):
        draft = publish_answer(ticket=made, actor=officer, **texts)
    assert not draft.live and not answer("thứ bảy có nhận hồ sơ tạm trú không", "vi").known
    assert publish_answer(ticket=made, actor=officer, **texts) == draft, "once a question"
    with django_capture_on_commit_callbacks(execute=True):
        draft.get_latest_revision().publish(user=reviewer)
    found = answer("thu bay co nhan ho so tam tru khong", "vi")
    assert found.known and found.passages[0].title == texts["title"]
    second = ticket()
    answer_ticket(ticket=second, answer="Có.", actor=editor)
    assert publish_answer(ticket=second, actor=reviewer, **texts).live
    page = AnswerPage.objects.get(pk=draft.pk)
    assert page.guide_key == guide.translation_key
    shown = Client().get(page.url).content.decode()
    assert ASKED in shown and "Từ 7 giờ rưỡi." in shown
    assert texts["title"] in Client().get("/vi/support/").content.decode()
    assert texts["title"] in Client().get("/vi/search/?q=thu bay tam tru").content.decode().replace(
        "<mark>", ""
    ).replace("</mark>", "")
    # The guide's owner sees where people stumble, until the guide says it.
    listed = guides_to_mend(editor)
    assert [(one["page"], one["count"], one["questions"]) for one in listed] == [(guide, 1, [ASKED])]
    client = signed_in(editor)
    assert ASKED in client.get("/vi/support/desk/guides/").content.decode()
    client.post("/vi/support/desk/guides/", {"guide": str(guide.translation_key)})
    assert not guides_to_mend(editor)


def test_the_desk_by_form(people):
    officer, editor, ward = people["officer"], people["editor"], people["ward"]
    ours, others = ticket(unit=ward), ticket(unit=people["other_ward"])
    CannedAnswer.objects.create(title="Giờ làm việc", text="Thứ hai đến thứ bảy.")
    client = signed_in(officer)
    shown = client.get("/vi/support/desk/").content.decode()
    assert ours.code in shown and others.code not in shown
    assert client.get(f"/vi/support/desk/{others.uuid}/").status_code == 404
    assert client.post(f"/vi/support/desk/{others.uuid}/settle/", {"as": "closed"}).status_code == 404
    page = f"/vi/support/desk/{ours.uuid}/"
    assert "Thứ hai đến thứ bảy." in client.get(page).content.decode()
    assert client.post(f"{page}assign/", {"owner": str(editor.uuid)}).status_code == 302
    assert Notification.objects.get(kind="ticket_assigned").user == editor
    assert client.post(page, {"answer": ""}).status_code == 422
    assert client.post(page, {"answer": "Có.", "guide": ""}).url == page
    wrong = client.post(
        f"{page}publish/", {"title": "Giờ", "question": ASKED, "answer": "Gọi 0912345678", "redacted": "on"}
    )
    assert wrong.status_code == 422 and "điều riêng tư" in wrong.content.decode()
    for said, reason, status in (
        ("", "", 404),
        ("closed", "", 422),
        ("closed", "withdrawn", 422),
        ("closed", "abuse", 302),
    ):
        away = ticket(unit=ward)
        answer = client.post(f"/vi/support/desk/{away.uuid}/settle/", {"as": said, "reason": reason})
        away.refresh_from_db()
        assert (answer.status_code, away.state == "closed") == (status, status == 302)
    assert answer.url == "/vi/support/desk/", "one goes on to the next"
    guide = GuidePageFactory(title="Đăng ký tạm trú")
    named = {"as": "guide", "guide": str(guide.translation_key)}
    assert client.post(f"{page}settle/", named).url == page, "thought of after the answer"
    assert client.get("/vi/support/desk/guides/").context["page"].object_list[0]["questions"] == [ASKED]
    assert client.post(f"{page}settle/", {**named, "guide": str(uuid4())}).status_code == 404
    client.post("/vi/support/desk/guides/", {"guide": named["guide"]})
    client.post(f"{page}settle/", {"as": "guide", "guide": ""})
    ours.refresh_from_db()
    assert ours.guide_key == guide.translation_key, "a mended one stays named"
    prepare_editorial()
    client.post(f"{page}publish/", {"title": "Giờ", "question": ASKED, "answer": "Có.", "redacted": "on"})
    made = AnswerPage.objects.get()
    assert not made.live and made.workflow_in_progress
    for who, status in ((None, 302), (make.make_staff(), 404)):
        client = Client() if who is None else signed_in(who)
        assert client.get("/vi/support/desk/").status_code == status
        assert client.get(page).status_code == status


def test_what_was_said_of_a_question_is_taken_back(people):
    officer, ward = people["officer"], people["ward"]
    first, second, third = ticket(unit=ward), ticket(unit=ward, question="Em cũng hỏi như vậy ạ"), ticket(unit=ward)
    client, stranger = signed_in(officer), Client()

    def read(one) -> str:
        return stranger.post("/vi/support/follow/", {"code": one.code}).content.decode()

    merge_ticket(ticket=second, code=first.code, actor=officer)
    merge_ticket(ticket=first, code=third.code, actor=officer)
    answer_ticket(ticket=third, answer="Có, sáng thứ bảy.", actor=officer, guide_key=uuid4())
    shown = read(second)
    assert "Có, sáng thứ bảy." in shown and second.code in shown and "Em cũng hỏi như vậy" in shown
    assert first.code not in shown and third.code not in shown, "nobody reads what another asked"
    page = f"/vi/support/desk/{third.uuid}/"
    assert first.code in client.get(page).content.decode()
    assert client.post(f"{page}settle/", {"as": "back"}).url == page
    third.refresh_from_db()
    assert (third.state, third.guide_key, third.answered_at) == ("new", None, None)
    assert client.get(page).context["form"].initial["answer"] == "Có, sáng thứ bảy.", "to be mended"
    assert "Có, sáng thứ bảy." not in read(second) and "đã rút lại" in read(second)
    answer_ticket(ticket=third, answer="Có, sáng chủ nhật.", actor=officer)
    client.post(f"/vi/support/desk/{first.uuid}/settle/", {"as": "back"})
    first.refresh_from_db()
    assert (first.state, first.merged_into) == ("new", None)
    assert "sáng chủ nhật" not in read(second), "joined with the first, which waits again"
    close_ticket(ticket=first, reason="unclear", actor=officer)
    with pytest.raises(CannotMerge):
        merge_ticket(ticket=ticket(unit=ward), code=first.code, actor=officer)
    Ticket.objects.filter(pk=third.pk).update(page_key=uuid4())
    with pytest.raises(AlreadySettled):
        take_back(ticket=third, actor=officer)
    with refused("put_away_for_a_reason"):
        Ticket.objects.filter(pk=first.pk).update(reason="")


def test_who_comes_second_is_told_and_keeps_their_words(people):
    made = ticket(unit=people["ward"])
    answer_ticket(ticket=made, answer="Có, sáng thứ bảy.", actor=people["officer"])
    shown = signed_in(people["editor"]).post(f"/vi/support/desk/{made.uuid}/", {"answer": "Không đâu ạ."})
    assert shown.status_code == 422
    for text in ("Có, sáng thứ bảy.", "Không đâu ạ.", "Người khác đã giải quyết"):
        assert text in shown.content.decode()


def test_after_a_flood(people):
    officer, ward = people["officer"], people["ward"]
    spam = [ticket(unit=ward, question="MUA VÀNG giá rẻ") for _each in range(30)]
    late = [ticket(unit=ward, question=f"Cổng báo lỗi {n}") for n in range(6)]
    others = ticket(unit=people["other_ward"], question="mua vàng giá rẻ")
    client, stranger = signed_in(officer), Client()

    def read(one) -> str:
        return stranger.post("/vi/support/follow/", {"code": one.code}).content.decode()

    drawn = client.get("/vi/support/desk/?view=waiting&q=mua vang")
    assert drawn.context["page"].paginator.count == 30
    assert drawn.context["page"].object_list[0].alike == 29
    same = client.get(f"/vi/support/desk/?view=waiting&same={spam[3].uuid}")
    assert same.context["page"].paginator.count == 30
    everything = {"all": "1", "view": "waiting", "q": "mua vang", "until": drawn.context["until"]}
    after = ticket(unit=ward, question="mua vàng giá rẻ ở đâu thì tin được?")
    many = f"/vi/support/desk/many/?{urlencode(everything)}"
    assert client.get(many).context["count"] == 30, "neither what came later nor what belongs to others"
    assert client.post(many, {"as": "closed"}).status_code == 422
    assert client.post(many, {"as": "closed", "reason": "abuse"}).url == "/vi/support/desk/"
    assert Ticket.objects.filter(state="closed", reason="abuse").count() == 30
    others.refresh_from_db()
    after.refresh_from_db()
    assert (others.state, after.state) == ("new", "new")
    assert "không trả lời lời xúc phạm hay quảng cáo" in read(spam[0])
    assert figures()["whole"]["received"] == 8 and figures()["put_away"] == 30
    assert "Đã cất đi 30 tin gửi đến" in stranger.get("/vi/support/figures/").content.decode()
    assert client.post(many, {"as": "closed", "reason": "abuse"}).status_code == 302, "none waits any more"

    batch = TicketBatch.objects.get()
    assert "Đã cất 30 câu hỏi." in client.get("/vi/support/desk/").content.decode()
    assert client.get("/vi/support/desk/").context["batches"] == [batch]
    take_it_back = f"/vi/support/desk/many/{batch.uuid}/back/"
    elsewhere = make.make_with_role("commune_officer", "Lê Thị Khác", unit=people["other_ward"], username="cb.khac")
    assert signed_in(elsewhere).post(take_it_back).status_code == 404
    client.post(take_it_back)
    assert Ticket.objects.filter(state="new", reason="", batch=None).count() == 38
    assert not client.get("/vi/support/desk/").context["batches"]
    events = AuditEvent.objects.filter(target_kind="batch").order_by("pk")
    assert [(one.action, one.target_label[:2]) for one in events] == [("settle_many", "30"), ("take_back", "30")]

    ticked = "/vi/support/desk/many/?" + urlencode({"ticket": [one.uuid for one in [*late, others]]}, doseq=True)
    assert client.get(ticked).context["count"] == 6
    assert client.post(ticked, {"as": "answered", "answer": ""}).status_code == 422
    answer_ticket(ticket=late[0], answer="Em thử lại nhé.", actor=officer)
    client.post(ticked, {"as": "answered", "answer": "Cổng đang sửa, bạn thử lại sau 10 giờ."})
    assert "Em thử lại nhé." in read(late[0]), "what a colleague has said meanwhile stays"
    assert "thử lại sau 10 giờ" in read(late[5]) and Ticket.objects.get(pk=late[5].pk).owner == officer
    assert figures()["whole"]["answered"] == 6

    joined = "/vi/support/desk/many/?" + urlencode({"ticket": [one.uuid for one in spam[:5]]}, doseq=True)
    assert client.get(joined).context["forms"]["merged"].initial["code"] == spam[0].code
    assert client.post(joined, {"as": "merged", "code": others.code}).status_code == 422, "not theirs to see"
    client.post(joined, {"as": "merged", "code": spam[0].code})
    assert set(spam[0].merged.all()) == set(spam[1:5])
    assert client.post(joined, {"as": "portal"}).status_code == 302
    assert "Chỉ cơ quan giải quyết" in read(spam[4])
    for address in (
        "many/?all=1",
        "many/?all=1&view=closed&until=2026-11-27T00:00:00Z",
        "many/?all=1&view=late&until=x",
    ):
        assert client.get(f"/vi/support/desk/{address}").status_code == 404
    assert client.get("/vi/support/desk/many/?ticket=x").context["count"] == 0
    assert client.post(ticked, {"as": "new"}).status_code == 404
    with refused("waiting_in_no_batch"):
        Ticket.objects.filter(pk=after.pk).update(batch=batch)


def test_many_ask_the_same_as_few(people):
    client = signed_in(people["editor"])

    def asked(method: str, url: str, values: dict | None = None) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert getattr(client, method)(url, values).status_code in (200, 302)
        return len(queries)

    def measured(word: str, size: int) -> list[int]:
        first, *_others = [ticket(question=f"Mua vàng {word} {n}") for n in range(size)]
        values = {"all": 1, "view": "waiting", "q": word, "until": timezone.now().isoformat()}
        url = f"/vi/support/desk/many/?{urlencode(values)}"
        found = [asked("get", url), asked("post", url, {"as": "merged", "code": first.code})]
        batch = TicketBatch.objects.latest("made_at")
        return [*found, asked("post", f"/vi/support/desk/many/{batch.uuid}/back/")]

    client.get("/vi/support/desk/")
    assert measured("ít", 12) == measured("nhiều", 40)


def test_lists_ask_the_same_however_long(people):
    client = signed_in(people["editor"])

    def asked(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return len(queries)

    guide = GuidePageFactory()

    def one_more() -> None:
        made = ticket(unit=people["ward"])
        answer_ticket(ticket=made, answer="Có.", actor=people["officer"], guide_key=guide.translation_key)
        ticket(unit=people["ward"], procedure_code="tam-tru")

    urls = ["/vi/support/desk/", "/vi/support/desk/?view=answered", "/vi/support/desk/guides/", "/vi/support/figures/"]
    one_more()
    before = [asked(url) for url in urls]
    one_more()
    one_more()
    assert [asked(url) for url in urls] == before


def test_public_figures_hide_what_is_small(people):
    assert figures()["whole"] is None
    for number in range(12):
        made = ticket(unit=people["ward"] if number < 7 else people["other_ward"] if number < 10 else None)
        if number < 5:
            answer_ticket(ticket=made, answer="Có.", actor=people["officer"])
    late = Ticket.objects.filter(state="answered").first()
    Ticket.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    found = figures()
    assert found["whole"] == {"received": 12, "answered": 5, "in_time": 4}
    assert [(row["unit"], row["received"], row["in_time"]) for row in found["rows"]] == [("Phường Sông Trong", 7, 4)]
    assert found["hidden"] == 2
    Ticket.objects.filter(unit=None).update(unit=people["ward"])
    assert (figures()["rows"], figures()["hidden"]) == ([], 2), "the other could be reckoned"
    shown = Client().get("/vi/support/figures/").content.decode()
    assert re.search(r"<dd>12</dd>", shown)


def test_what_is_kept_of_people(people):
    officer = people["officer"]
    DeskRoute.objects.create(owner=officer, unit=people["ward"])
    made = ticket(unit=people["ward"])
    Visit.objects.create(
        visit_id=uuid4(),
        member=officer,
        unit=people["ward"],
        on=timezone.localdate(),
        procedure_code="tam-tru",
        age_band="60_up",
        language="vi",
    )
    told = OWN.export(officer)
    assert told["questions_answered"][0]["code"] == made.code and len(told["visits"]) == 1
    answer_ticket(ticket=made, answer="Có.", actor=officer)
    assert OWN.erase(officer) == 2 and Ticket.objects.get().owner is None
    later = timezone.now() + timedelta(days=800)
    assert OWN.forget(later) == 1 and OWN.forget(later) == 0
    made.refresh_from_db()
    assert (made.question, made.answer) == (FORGOTTEN, FORGOTTEN)


def test_only_one_page_a_language_holds_the_answers(people):
    from support.operations.publishing import answers_section

    first = answers_section("vi")
    assert first == answers_section("vi") and answers_section("en") is None
    index_page(first.pk)
