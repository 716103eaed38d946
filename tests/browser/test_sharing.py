"""Passing a material on: the screen for it, and a frame in another agency's site, in a real browser."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from cms.sharing.models import Agency, MaterialUse, SharedMaterial
from cms.sharing.operations import renew
from tests.factories.sharing import small_library

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def other_site():
    """`other_site(frame)` → the address of a site of somebody else's whose page shows `frame` in an iframe.

    On this machine: a browser does not let a page of the internet show one of the machine it runs on.
    """
    servers = []

    def served(frame: str) -> str:
        html = f'<!doctype html><title>Cổng</title><iframe src="{frame}" width="400" height="600"></iframe>'

        class Page(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(html.encode())

            def log_message(self, *_told):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield served
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_material_is_passed_on_and_shown_by_a_portal(live_site, open_page, look, other_site):
    library = small_library()
    renew()
    code = SharedMaterial.objects.get(page=library["full"]).code
    portal, stranger = (other_site(f"{live_site}/embed/{code}") for _site in range(2))
    Agency.objects.create(name="UBND thị xã", origins=[portal])

    page = open_page()
    page.goto(f"{live_site}{library['full'].url}")
    page.get_by_role("link", name="Chia sẻ").click()
    expect(page.get_by_role("heading", name="Chia sẻ", level=1)).to_be_visible()
    expect(page.locator("#zalo-message")).to_have_value(
        f"Đăng ký tạm trú & <khai báo>\nTừng bước, trên điện thoại.\nXem tại đây:\n{live_site}/s/{code}"
    )
    page.get_by_role("button", name="Sao chép tin nhắn cho Zalo").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-toasts]")).to_contain_text("Đã sao chép")
    look(page, "share")
    page.goto(f"{live_site}/vi/feeds/")
    look(page, "feeds")

    page.goto(f"{portal}/bai-viet")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Đăng ký tạm trú & <khai báo>")
    expect(frame.get_by_role("link", name="Mở trên Học Dịch vụ công")).to_have_attribute(
        "href", f"{live_site}{library['full'].url}"
    )
    page.goto(f"{stranger}/bai-viet")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Trang này chưa đăng ký")
    assert MaterialUse.objects.get().agency.name == "UBND thị xã"
    page.goto(f"{live_site}/embed/{code}")
    look(page, "embed")
