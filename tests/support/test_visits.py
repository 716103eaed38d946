"""The visit log: written on a phone without a line, counted once, read by those who oversee the place."""

import io
import json
from copy import deepcopy
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cms.audit.models import AuditEvent
from reports.queries.counting import visits_of
from reports.queries.scopes import Scope
from schools.models import ReportingYear, Role
from support.models import Ticket, Visit
from support.naming import without_people
from support.operations.desk import answer_ticket
from support.operations.privacy import OWN
from support.operations.visits import Told, keep_visit, keep_visits
from support.problems import NoVisitLog, VisitRefused
from support.queries import visits as queries
from tests.factories import schools as make
from tests.factories.cms import ProcedureFactory
from tests.factories.constraints import refused

pytestmark = pytest.mark.django_db
URL = "/api/v1/visits"


@pytest.fixture(scope="module")
def place_made(shared_database):
    ward, other = make.make_unit("Phường Sông Trong"), make.make_unit("Xã Núi Xa")
    for code, name in (("tam-tru", "Đăng ký tạm trú"), ("can-cuoc", "Cấp thẻ căn cước")):
        ProcedureFactory(code=code, name=name)
    found = {
        "ward": ward,
        "other": other,
        "member": make.make_with_role("community_member", "Lò Văn Tổ", unit=ward, username="to.mot"),
        "mate": make.make_with_role("community_member", "Hà Thị Đội", unit=ward, username="to.hai"),
        "far": make.make_with_role("community_member", "Y Bhăm", unit=other, username="to.xa"),
        "officer": make.make_with_role("commune_officer", "Trần Thị Xã", unit=ward, username="cb.xa"),
        "province": make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province(), username="cb.tinh"),
        "teacher": make.make_with_role("editor", "Hồ Thị Biên", username="bien"),
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


def told(**values) -> Told:
    today = timezone.localdate()
    base = {"visit_id": uuid4(), "seq": 1, "on": today, "procedure": "tam-tru", "age_band": "60_up", "language": "vi"}
    return Told(**base | values)


def sent(client: Client, *visits: dict, member=None):
    body = {"visits": [{**one, "id": str(one["id"]), "on": str(one["on"])} for one in visits]}
    if member:
        body["member"] = str(member.uuid)
    return client.put(URL, json.dumps(body), content_type="application/json")


def entry(**values) -> dict:
    base = {"id": uuid4(), "seq": 1, "on": timezone.localdate(), "procedure": "tam-tru", "age_band": "60_up"}
    return base | {"language": "vi"} | values


@pytest.mark.parametrize(
    ("written", "kept", "kinds"),
    [
        ("Bà Nguyễn Thị Hoa không nhớ mật khẩu", "Bà ••• không nhớ mật khẩu", ("name",)),
        ("anh Tùng nhờ cài VNeID", "anh ••• nhờ cài VNeID", ("name",)),
        ("nhà Trần Văn Bảy ở cuối thôn", "nhà ••• ở cuối thôn", ("name",)),
        ("Số 0912 345 678 đứng tên con", "Số ••• đứng tên con", ("phone",)),
        ("căn cước 012345678901 sai ngày sinh", "căn cước ••• sai ngày sinh", ("identity",)),
        ("nộp 1.234.567.890 đồng không được", "nộp ••• đồng không được", ("number",)),
        ("Hỏi anh Công an xã, cổng báo lỗi 502", "Hỏi anh Công an xã, cổng báo lỗi 502", ()),
        ("Người quê Hà Nội, tạm trú từ 20/11/2026", "Người quê Hà Nội, tạm trú từ 20/11/2026", ()),
        ("Bà con sợ bị lừa khi mở Zalo", "Bà con sợ bị lừa khi mở Zalo", ()),
    ],
)
def test_a_remark_keeps_the_difficulty_and_nobody(written, kept, kinds):
    masked = without_people(written)
    assert masked.text == kept
    assert masked.kinds == kinds


def test_a_phone_sends_again_in_any_order_and_each_visit_is_there_once(place):
    client = signed_in(place["member"])
    first, second = entry(people=3), entry(procedure="can-cuoc", difficulty="data", note="Ngày sinh của ông Tư sai")
    later = {**first, "seq": 3, "people": 4}
    for batch in ([later, second], [first, {**first, "seq": 2, "people": 9}], [second, second], [later]):
        answer = sent(client, *batch, member=place["member"])
        assert answer.status_code == 200 and not answer.json()["refused"]
    assert Visit.objects.count() == 2
    kept = Visit.objects.get(visit_id=first["id"])
    assert (kept.people, kept.seq, kept.unit, kept.member) == (4, 3, place["ward"], place["member"])
    there = {one["id"]: one for one in answer.json()["visits"]}
    assert there[str(first["id"])]["people"] == 4, "an older change is answered with what counts"
    assert Visit.objects.get(visit_id=second["id"]).note == "Ngày sinh của ông ••• sai"

    # Taken back before the first message arrived: what comes late does not bring it back.
    gone = entry()
    assert sent(client, {**gone, "seq": 2, "undone": True}).json()["visits"][0]["undone"]
    assert sent(client, gone).json()["visits"][0]["undone"]
    assert Visit.objects.counted().count() == 2
    assert [one["id"] for one in client.get(URL).json()["visits"]] == [str(second["id"]), str(first["id"])]


def test_a_visit_that_cannot_be_taken_holds_up_no_other(place):
    client, today = signed_in(place["member"]), timezone.localdate()
    others = keep_visit(member=place["mate"], told=told())
    bad = {
        "too_early": entry(on=today + timedelta(days=1)),
        "too_old": entry(on=today - timedelta(days=120)),
        "unknown_procedure": entry(procedure="khong-co"),
        "unknown_language": entry(language="xx"),
        "not_yours": entry(id=others.visit_id, seq=9),
    }
    answer = sent(client, *bad.values(), entry())
    assert answer.status_code == 200 and len(answer.json()["visits"]) == 1
    assert {one["reason"]: one["id"] for one in answer.json()["refused"]} == {
        reason: str(one["id"]) for reason, one in bad.items()
    }
    assert all(one["detail"] for one in answer.json()["refused"])
    assert sent(client, entry(age_band="old")).status_code == 422
    # Signed in as somebody else on a shared phone, or of no team, or nobody.
    assert sent(client, entry(), member=place["mate"]).status_code == 409
    assert sent(signed_in(place["teacher"]), entry()).status_code == 404
    assert signed_in(place["teacher"]).get(URL).status_code == 404
    assert sent(Client(), entry()).status_code == 401
    # An office that has ended still takes what was done while it was held.
    place["far"].roles.update(ends_on=today - timedelta(days=2))
    with pytest.raises(NoVisitLog):
        keep_visits(member=place["far"], told=[told()])
    assert keep_visit(member=place["far"], told=told(on=today - timedelta(days=3))).unit == place["other"]
    with pytest.raises(VisitRefused) as refusal:
        keep_visit(member=place["far"], told=told())
    assert refusal.value.reason == "no_office"


def test_seven_days_to_mend_and_every_correction_is_in_the_log(place):
    member, one = place["member"], told(people=2)
    begun = timezone.now() - timedelta(days=6)
    one = told(people=2, on=timezone.localdate(begun))
    visit = keep_visit(member=member, told=one, now=begun)
    page = signed_in(member)
    address = reverse("support:visit", args=[visit.visit_id])
    assert signed_in(place["mate"]).get(address).status_code == 404
    form = page.get(address).context["form"]
    assert form.initial["seq"] == 2 and form.initial["people"] == 2
    values = {name: value for name, value in form.initial.items() if name != "asks"} | {"people": 5}
    assert page.post(address, values).url == reverse("support:own_visits")
    visit.refresh_from_db()
    assert (visit.people, visit.seq) == (5, 2) and visit.changed_at
    event = AuditEvent.objects.get(action="correct_visit")
    assert event.detail == {"changes": ["people: 2 → 5"]} and event.target_key == str(visit.visit_id)
    # The same change again is no second one.
    assert page.post(address, values).status_code == 302
    assert AuditEvent.objects.filter(action="correct_visit").count() == 1
    assert page.post(address, {"undo": "1"}).status_code == 302
    visit.refresh_from_db()
    assert visit.withdrawn_at and AuditEvent.objects.filter(action="undo_visit").count() == 1
    assert page.get(address).status_code == 404, "what was taken back is on no list"
    old = keep_visit(member=member, told=one.__class__(**{**vars(one), "visit_id": uuid4()}), now=begun)
    with pytest.raises(VisitRefused) as refusal:
        change = Told(**{**vars(one), "visit_id": old.visit_id, "seq": 2, "people": 3})
        keep_visit(member=member, told=change, now=begun + timedelta(days=8))
    assert refusal.value.reason == "settled"


def test_a_difficulty_goes_to_the_desk_once_and_its_answer_comes_back(place):
    visit_id, member = uuid4(), place["member"]
    ask = told(visit_id=visit_id, difficulty="data", note="Gọi 0912345678, ngày sinh bị sai", asks=True)
    keep_visit(member=member, told=ask)
    visit = keep_visit(member=member, told=Told(**{**vars(ask), "seq": 2}))
    ticket = Ticket.objects.get()
    assert visit.ticket == ticket and ticket.unit == place["ward"] and ticket.procedure_code == "tam-tru"
    assert ticket.source == Ticket.Source.COLLABORATOR and "0912" not in ticket.question
    assert "Đăng ký tạm trú" in ticket.question and "ngày sinh bị sai" in ticket.question
    answer_ticket(ticket=ticket, answer="Ra Công an xã sửa trước.", actor=place["officer"])
    home = signed_in(member).get(reverse("support:team"))
    assert "Ra Công an xã sửa trước." in home.content.decode()
    assert "Ra Công an xã sửa trước." in signed_in(member).get(reverse("support:own_visits")).content.decode()
    # Taken back while nobody has answered: the question is put away too.
    other = told(asks=True)
    keep_visit(member=member, told=other)
    keep_visit(member=member, told=Told(**{**vars(other), "seq": 2, "undone": True}))
    assert Ticket.objects.get(source="collaborator", state="closed").visit.withdrawn_at


def test_the_table_refuses_what_is_no_visit(place):
    visit = keep_visit(member=place["member"], told=told())
    for values, name in (
        ({"people": 0}, "visit_of_some_people"),
        ({"people": 51}, "visit_of_some_people"),
        ({"age_band": "60+"}, "visit_age_band"),
        ({"difficulty": "anything"}, "visit_difficulty"),
        ({"note": "gọi 0912.345.678"}, "visit_note_without_numbers"),
        ({"withdrawn_at": visit.received_at - timedelta(days=1)}, "visit_undone_later"),
    ):
        with refused(name):
            Visit.objects.filter(pk=visit.pk).update(**values)
    Visit.objects.filter(pk=visit.pk).update(note="ngày 20.11.2026 nộp 1.000.000 đồng")


def test_without_a_script_the_form_saves_too(place):
    page = signed_in(place["member"])
    form = page.get(reverse("support:notebook")).context["form"]
    sent_values = {
        **form.initial,
        "procedure": "can-cuoc",
        "age_band": "18_39",
        "people": "2",
        "language": "vi",
        "seq": "1",
    }
    empty = page.post(reverse("support:notebook"), {**sent_values, "procedure": "", "age_band": ""})
    assert empty.status_code == 422 and not Visit.objects.exists()
    for _twice in range(2):
        assert page.post(reverse("support:notebook"), sent_values).status_code == 302
    assert Visit.objects.get().people == 2
    assert page.get(reverse("support:notebook")).context["form"].initial["procedure"] == "can-cuoc"
    # What stays on a device is drawn for nobody: no name, no token.
    nobody = Client().get(reverse("support:notebook"))
    assert nobody.status_code == 200 and "csrftoken" not in nobody.cookies
    assert Client().post(reverse("support:notebook"), sent_values).status_code == 302
    assert Visit.objects.count() == 1
    assert signed_in(place["teacher"]).get(reverse("support:notebook")).status_code == 404


@pytest.fixture
def written(place):
    today = timezone.localdate()
    for who, unit_people, more in (
        ("member", 3, {}),
        ("member", 2, {"procedure": "can-cuoc", "difficulty": "data", "asks": True}),
        ("mate", 4, {"age_band": "18_39"}),
        ("far", 2, {"difficulty": "portal"}),
        ("far", 7, {"on": today - timedelta(days=80), "procedure": "khac"}),
    ):
        keep_visit(member=place[who], told=told(people=unit_people, **more))
    keep_visit(member=place["mate"], told=told(people=9, undone=True))
    ReportingYear.objects.get_or_create(
        code="2026", defaults={"starts_on": date(2025, 12, 1), "ends_on": today + timedelta(days=5)}
    )
    return place


def test_the_table_is_the_same_on_the_screen_in_the_file_and_in_the_report(written):
    province, officer = signed_in(written["province"]), signed_in(written["officer"])
    page = province.get(reverse("support:visits"), {"period": "y2026", "by": "difficulty"})
    rows = {unit.name: figures for unit, figures in page.context["table"].rows}
    assert (rows["Phường Sông Trong"].people, rows["Phường Sông Trong"].members) == (9, 2)
    assert rows["Phường Sông Trong"].by["data"] == 2 and rows["Xã Núi Xa"].people == 9
    assert page.context["table"].whole.people == 18 and page.context["table"].whole.asked == 1
    month = province.get(
        reverse("support:visits"), {"from": str(timezone.localdate()), "to": str(timezone.localdate())}
    )
    assert month.context["table"].whole.people == 11
    assert [unit.name for unit, _figures in officer.get(reverse("support:visits")).context["table"].rows] == [
        "Phường Sông Trong"
    ]
    file = province.get(reverse("support:visits_xlsx"), {"period": "y2026"})
    book = load_workbook(io.BytesIO(file.content))
    assert len(book.sheetnames) == 4
    cells = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    assert cells[-1][1:3] == [18, 5] and ["Phường Sông Trong", 9, 3] in [row[:3] for row in cells]

    year = ReportingYear.objects.get(code="2026")
    counted = visits_of(Scope(), year, None, {})
    assert (counted.numerator, counted.inputs["visits"]) == (18, 5)
    assert counted.inputs["people_by_difficulty"] == {"data": 2, "portal": 2}
    assert visits_of(Scope(written["ward"]), year, None, {}).numerator == 9
    assert visits_of(Scope(written["ward"], make.make_school(unit=written["ward"])), year, None, {}) is None

    drill = officer.get(reverse("support:visit_commune", args=[written["ward"].code]), {"period": "y2026"})
    assert [(one["name"], one["people"]) for one in drill.context["members"]] == [("Lò Văn Tổ", 5), ("Hà Thị Đội", 4)]
    narrowed = officer.get(
        reverse("support:visit_commune", args=[written["ward"].code]), {"period": "y2026", "difficulty": "data"}
    )
    assert [one.people for one in narrowed.context["page"].object_list] == [2]
    assert officer.get(reverse("support:visit_commune", args=[written["other"].code])).status_code == 404
    for who in ("member", "teacher"):
        for name in ("support:visits", "support:visits_xlsx"):
            assert signed_in(written[who]).get(reverse(name)).status_code == 404


def test_what_everybody_sees_tells_no_small_group(written):
    year = queries.period_of("y2026")
    assert [(row["unit"], row["people"]) for row in queries.public_figures(year)["rows"]] == [
        ("Phường Sông Trong", 9), ("Xã Núi Xa", 9),
    ]  # fmt: skip
    today = queries.period_of("", since=str(timezone.localdate()), until=str(timezone.localdate()))
    told_today = queries.public_figures(today)
    assert told_today["people"] == 11 and not told_today["rows"] and told_today["hidden"] == 2


def test_lists_ask_as_much_for_three_visits_as_for_one(place):
    member, officer = signed_in(place["member"]), signed_in(place["officer"])
    addresses = [
        (member, reverse("support:own_visits")),
        (member, reverse("support:team")),
        (member, URL),
        (officer, reverse("support:visits")),
        (officer, reverse("support:visit_commune", args=[place["ward"].code])),
    ]
    numbers = []
    for more in (1, 2):
        for _one in range(more):
            keep_visit(member=place["member"], told=told(difficulty="data", asks=True))
        counted = []
        for client, address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries_made:
                assert client.get(address).status_code == 200
            counted.append(len(queries_made))
        numbers.append(counted)
    assert numbers[0] == numbers[1]


def test_what_is_kept_of_a_member(place):
    keep_visit(member=place["member"], told=told(note="sợ bị lừa", difficulty="fear"))
    assert OWN.export(place["member"])["visits"][0]["note"] == "sợ bị lừa"
    long_ago = timezone.now() - timedelta(days=3 * 365)
    Visit.objects.update(received_at=long_ago)
    OWN.forget(timezone.now())
    assert Visit.objects.get().note == ""


def test_a_service_without_a_name_in_the_readers_language_has_its_vietnamese_one(place):
    ProcedureFactory("tam-tru", "en", name="Temporary residence")
    names = queries.service_names("en", own=False)
    assert names == {"can-cuoc": "Cấp thẻ căn cước", "tam-tru": "Temporary residence"}
