"""A team member writes down visits at a door without a line; they arrive once, and the officer reads them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from schools.models import Role
from support.models import Ticket, Visit
from support.operations.opinions import publish_change
from support.operations.visits import Told, keep_visit
from tests.factories import schools as make
from tests.factories.cms import HomePageFactory, ProcedureFactory
from tests.live import PHONE, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_notebook_works_without_a_line(live_site, open_page, sign_in, look):
    HomePageFactory()
    for code, name in (("tam-tru", "Đăng ký tạm trú"), ("can-cuoc", "Cấp đổi thẻ căn cước")):
        ProcedureFactory(code=code, name=name)
    ward = make.make_unit("Phường Sông Trong")
    member = make.make_with_role("community_member", "Lò Văn Tổ", unit=ward, username="to.mot")
    officer = make.make_with_role("commune_officer", "Trần Thị Xã", unit=ward, username="cb.xa")
    Role.objects.update(starts_on=timezone.localdate() - timedelta(days=30))
    phone = open_page(viewport=PHONE, has_touch=True)
    sign_in(phone, member)
    phone.goto("/vi/support/team/")
    look(phone, "team")
    phone.get_by_role("link", name="Ghi một lượt hỗ trợ").click()
    expect(phone.locator("[data-kept-words]")).to_contain_text("Đã có trên máy")
    look(phone, "notebook")
    kept = phone.evaluate("caches.match(location.pathname, {ignoreVary: true}).then(found => found.text())")
    assert str(member.uuid) not in kept and member.person.full_name not in kept

    # No line, and the page is opened anew: the form is there, for whoever was signed in last.
    phone.context.set_offline(True)
    phone.goto("/vi/support/team/write/")
    save = phone.get_by_role("button", name="Lưu lượt này")
    save.click()
    expect(phone.locator("[data-visit-error]")).to_contain_text("Hãy chọn dịch vụ và tuổi")
    phone.get_by_label("Đã hướng dẫn việc gì?").select_option("tam-tru")
    phone.get_by_text("60 tuổi trở lên").click()
    phone.get_by_label("Mấy người?").fill("2")
    phone.get_by_label("Vướng ở đâu?").select_option("data")
    phone.get_by_label("Ghi thêm vài lời").fill("Bà Nguyễn Thị Hoa, 0912345678, ngày sinh bị sai")
    phone.get_by_text("Cần được giải đáp").click()
    save.click()
    rows = phone.locator("[data-visits] .visit-row")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Đã lưu trên máy")
    expect(rows.first).to_contain_text("Hoa, •••, ngày sinh")
    assert not Visit.objects.exists()
    # Service and language stay for the next door; a second one, which is changed and a third that is taken back.
    phone.get_by_text("18 đến 39 tuổi").click()
    save.click()
    expect(rows).to_have_count(2)
    rows.first.get_by_role("button", name="Sửa").click()
    phone.get_by_label("Mấy người?").fill("3")
    save.click()
    expect(rows.first).to_contain_text("3 người")
    phone.reload()
    expect(rows).to_have_count(2)
    expect(phone.locator("[data-line-state]")).to_contain_text("2 lượt còn trên máy")
    look(phone, "notebook-offline")

    phone.context.set_offline(False)
    eventually(phone, lambda: Visit.objects.count() == 2)
    expect(phone.locator("[data-row-state][data-state=server]")).to_have_count(2)
    expect(rows.nth(1)).to_contain_text("Bà •••, •••, ngày sinh bị sai")
    first, second = Visit.objects.order_by("people")
    assert (first.people, first.member, first.unit, second.people) == (2, member, ward, 3)
    assert Ticket.objects.get() == first.ticket
    # The line comes and goes once more: nothing arrives twice. Then one is taken back.
    phone.context.set_offline(True)
    phone.context.set_offline(False)
    rows.first.get_by_role("button", name="Bỏ").click()
    eventually(phone, lambda: Visit.objects.counted().count() == 1)
    assert Visit.objects.count() == 2
    expect(rows).to_have_count(1)

    desk = open_page()
    sign_in(desk, officer)
    desk.goto("/vi/support/visits/?period=month")
    expect(desk.get_by_role("row", name="Phường Sông Trong")).to_contain_text("2")
    look(desk, "visits-by-commune")
    desk.get_by_role("link", name="Phường Sông Trong").click()
    expect(desk.get_by_text("Bà •••, •••, ngày sinh bị sai")).to_be_visible()
    look(desk, "visits-of-commune")
    for _one in range(2):
        told = Told(
            visit_id=uuid4(),
            seq=1,
            on=timezone.localdate(),
            procedure="khac",
            age_band="40_59",
            language="vi",
            people=6,
        )
        keep_visit(member=member, told=told)
    desk.reload()
    desk.get_by_label("Vì việc gì, ghi một câu?").fill("Đi từng ngõ, gõ từng nhà")
    desk.get_by_role("button", name="Đưa lên trang công khai").click()
    expect(desk.get_by_text("Đã lên trang công khai.")).to_be_visible()
    reviewer = make.make_with_role("reviewer", "Tạ Thị Duyệt", username="duyet")
    said = "Ảnh hợp đồng thuê nhà chụp bị mờ, nộp lên thì bị trả lại."
    publish_change(
        key=uuid4(), title="Thêm cách chụp giấy tờ", heard=said, changed="Có mục mới.", said_by=6, actor=reviewer
    )
    desk.goto("/vi/support/changes/")
    expect(desk.get_by_role("link", name="Thêm cách chụp giấy tờ")).to_be_visible()
    expect(desk.get_by_text("Đi từng ngõ, gõ từng nhà")).to_be_visible()
    look(desk, "changes")
    desk.goto("/vi/support/desk/changes/")
    look(desk, "tell-change")

    # Written without a line and left: what waits goes out from any page, and where the browser can with none open.
    def write_and_leave(people: str) -> None:
        phone.goto("/vi/support/team/write/")
        phone.context.set_offline(True)
        phone.get_by_label("Đã hướng dẫn việc gì?").select_option("can-cuoc")
        phone.locator("[data-visit-form]").get_by_text("18 đến 39 tuổi").click()
        phone.get_by_label("Mấy người?").fill(people)
        save.click()
        expect(phone.locator("[data-row-state][data-state=device]")).to_have_count(1)
        expect(phone.locator("[data-line-state]")).to_contain_text("1 lượt còn trên máy")
        phone.goto("about:blank")
        # The browser may send it by itself before the next page does; its worker is not held to the page's missing line.
        phone.context.set_offline(False)

    write_and_leave("31")
    phone.goto("/vi/support/team/")
    eventually(phone, lambda: Visit.objects.filter(people=31).count() == 1)
    eventually(phone, lambda: phone.evaluate("localStorage.getItem('visits-waiting')") is None)
    write_and_leave("32")
    worker = phone.context.new_cdp_session(phone)
    known: list[dict] = []
    worker.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"]))
    worker.send("ServiceWorker.enable")
    eventually(phone, lambda: bool(known))
    asked = {"origin": live_site, "registrationId": known[0]["registrationId"], "tag": "visits", "lastChance": False}
    worker.send("ServiceWorker.dispatchSyncEvent", asked)
    eventually(phone, lambda: Visit.objects.filter(people=32).count() == 1)

    # Signed out, the phone knows nobody: what is kept asks to sign in.
    phone.goto("/vi/support/team/visits/")
    look(phone, "own-visits")
    phone.locator("[data-sign-out]").evaluate("form => form.requestSubmit ? form.requestSubmit() : form.submit()")
    expect(phone.locator("[data-signed-out]")).to_be_visible()
    phone.context.set_offline(True)
    phone.goto("/vi/support/team/write/")
    expect(phone.locator("[data-nobody-here]")).to_be_visible()
    expect(phone.get_by_role("button", name="Lưu lượt này")).to_have_count(0)
