"""A recording on its way through the real page: in parts to the store, through a cut line, and played back by ranges."""

import pytest
import requests
from playwright.sync_api import expect

from courses.starter import make_clip
from media import storage
from media.models import Picture, Recording, Upload
from tests.factories.cms import EditorFactory, HomePageFactory, SectionPageFactory, VideoPageFactory, picture_bytes
from tests.live import eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """The starter's clip, made longer than one part by a box every player skips."""
    path = make_clip.build(tmp_path_factory.mktemp("clip") / "doc-ten-mien.mp4")
    room = storage.PART_SIZE + 100_000
    with path.open("ab") as file:
        file.write(room.to_bytes(4, "big") + b"free" + b"\0" * (room - 8))
    return path


def ready(page) -> Recording:
    page.wait_for_url("**/admin/media/edit/*/", timeout=60_000)
    return Recording.objects.get()


def test_a_video_is_sent_in_parts_through_a_cut_line_and_played(desktop, sign_in, clip):
    page, sent, cut = desktop, [], []
    sign_in(page, EditorFactory())
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)

    def line(route):
        if route.request.method == "PUT" and len(cut) < 1:
            cut.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/*partNumber=2*", line)
    page.goto("/admin/media/video/add/")
    page.locator("[data-upload-file]").set_input_files(clip)
    recording = ready(page)
    assert cut, "the line was never cut"
    assert sum("partNumber=1" in url for url in sent) == 1, "what the store has is not sent again"
    assert sum("partNumber=2" in url for url in sent) == 2
    assert recording.size == clip.stat().st_size
    assert Upload.objects.get().state == "ready"

    video = VideoPageFactory(SectionPageFactory(HomePageFactory(), kind="videos"), recording=recording)
    page.goto(video.url)
    expect(page.locator("video")).to_be_visible()
    # Whether or not this Chromium knows H.264: the file is there for its player, piece by piece.
    link = page.evaluate("document.querySelector('video source, video[src]').src")
    begun = requests.get(link, headers={"Range": "bytes=0-1023"}, timeout=20)
    assert (begun.status_code, begun.content) == (206, clip.read_bytes()[:1024])
    skipped = requests.get(link, headers={"Range": "bytes=500000-500099"}, timeout=20)
    assert (skipped.status_code, skipped.content) == (206, clip.read_bytes()[500000:500100])
    assert skipped.headers["Content-Range"] == f"bytes 500000-500099/{recording.size}"


def test_a_file_chosen_before_the_script_is_there_is_sent(desktop, sign_in, clip):
    page, held = desktop, []
    sign_in(page, EditorFactory())
    # Once: the page that comes afterwards asks for it too.
    page.route("**/media/upload.js", lambda route: held.append(route), times=1)
    page.goto("/admin/media/video/add/", wait_until="commit")
    page.locator("[data-upload-file]").set_input_files(clip)
    assert not Upload.objects.exists()
    held[0].continue_()
    assert ready(page).size == clip.stat().st_size


def test_a_false_video_is_refused_without_a_full_bar(desktop, sign_in, tmp_path):
    page, false = desktop, tmp_path / "bai-giang.mp4"
    false.write_bytes(b"<html>" * 200)
    sign_in(page, EditorFactory())
    page.goto("/admin/media/video/add/")
    page.locator("[data-upload-file]").set_input_files(false)
    told = page.locator("[data-upload-status].error-message")
    expect(told).to_contain_text("thật ra là một trang web", timeout=30_000)
    expect(page.locator("progress")).to_be_hidden()


def test_after_a_reload_the_page_names_what_was_begun_and_goes_on(desktop, sign_in, clip):
    page, sent = desktop, []
    sign_in(page, EditorFactory())
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    page.route("**/*partNumber=2*", lambda route: route.abort())
    page.goto("/admin/media/video/add/")
    page.locator("[data-upload-file]").set_input_files(clip)
    expect(page.locator("[data-upload-status]")).to_contain_text("Mất mạng")
    page.get_by_role("button", name="Tạm dừng").click()
    expect(page.locator("[data-upload-status]")).to_contain_text("Tạm dừng ở")
    page.reload()
    expect(page.locator("[data-unfinished] li")).to_contain_text(clip.name)
    page.unroute("**/*partNumber=2*")
    page.locator("[data-upload-file]").set_input_files(clip)
    assert ready(page).size == clip.stat().st_size
    assert Upload.objects.count() == 1
    assert sum("partNumber=1" in url for url in sent) == 1, "what the store has is not sent again"


def test_a_page_closed_while_the_file_is_checked_and_opened_again_makes_one_asset(desktop, sign_in, clip, tmp_path):
    page, sent = desktop, []
    sign_in(page, EditorFactory())
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    page.goto("/admin/media/video/add/")
    # The page is gone before it hears that all is well.
    page.route("**/complete", lambda route: (route.fetch(), route.abort()))
    page.locator("[data-upload-file]").set_input_files(clip)
    eventually(page, lambda: Upload.objects.exclude(state="open").exists())
    page.goto("/admin/")
    page.unroute("**/complete")
    page.goto("/admin/media/video/add/")
    before = len(sent)
    page.locator("[data-upload-file]").set_input_files(clip)
    assert ready(page).size == clip.stat().st_size
    assert (Upload.objects.count(), Recording.objects.count(), len(sent)) == (1, 1, before)
    # Another file of the same name and size is another one.
    changed = tmp_path / clip.name
    changed.write_bytes(clip.read_bytes()[:-1] + b"1")
    page.goto("/admin/media/video/add/")
    page.locator("[data-upload-file]").set_input_files(changed)
    eventually(page, lambda: Recording.objects.count() == 2)


def test_a_picture_is_sent_where_it_is_chosen(desktop, sign_in, tmp_path):
    page, picture = desktop, tmp_path / "so-ho-chieu.png"
    picture.write_bytes(picture_bytes())
    section = SectionPageFactory(HomePageFactory(), kind="guides")
    sign_in(page, EditorFactory())
    page.goto(f"/admin/pages/add/cms/guidepage/{section.pk}/")
    page.get_by_role("button", name="Chọn một hình ảnh").first.click()
    chooser = page.locator(".modal-content")
    chooser.get_by_role("tab").nth(1).click()
    chooser.locator("[data-upload-file]").set_input_files(picture)
    expect(chooser).to_have_count(0)
    expect(page.locator("input[name=cover]")).to_have_value(str(Picture.objects.get().pk))
