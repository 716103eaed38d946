"""From an editor's first draft to a reader's search and a second language, in the back end as editors meet it."""

import io
import re

import pytest
from docx import Document
from playwright.sync_api import expect
from wagtail.models import Locale

from cms.models import GuidePage
from cms.translating.models import LanguageRole
from cms.vocabulary.models import ContentLanguage
from media.models import Picture
from tests.factories.cms import EditorFactory, GuidePageFactory, HomePageFactory, SectionPageFactory, picture_bytes
from tests.live import PHONE, eventually, resize

pytestmark = pytest.mark.browser


@pytest.fixture
def section(live_site):
    """«Hướng dẫn» in Vietnamese, below a home that exists in English too."""
    home = HomePageFactory()
    english = HomePageFactory("en")
    section = SectionPageFactory(home, title="Hướng dẫn", slug="huong-dan")
    twin = section.copy_for_translation(english.locale)
    twin.title = "Guides"
    twin.save_revision().publish()
    return section


@pytest.fixture
def desk(open_page, sign_in):
    """`desk(user)` → a page of the back end with the user's session."""

    def opened(user):
        page = open_page(viewport={"width": 1280, "height": 1000})
        # Wagtail's own scripts are held to Wagtail's policy, not ours.
        page.forgiven = True
        sign_in(page, user)
        return page

    return opened


def word_file(tmp_path):
    document = Document()
    document.add_heading("Cấp hộ chiếu lần đầu", level=1)
    document.add_heading("Hồ sơ", level=2)
    document.add_paragraph("Căn cước còn hạn", style="List Bullet")
    document.add_picture(io.BytesIO(picture_bytes(640, 400)))
    path = tmp_path / "ho-chieu.docx"
    document.save(path)
    return path


def test_from_a_word_file_to_a_reader_in_two_languages(desk, section, desktop, phone, tmp_path):
    writer, reviewer = EditorFactory(), EditorFactory("Reviewers")
    english_table = {"autonym": "English", "name_vi": "Tiếng Anh", "name_en": "English", "fallbacks": ["vi"]}
    language, _new = ContentLanguage.objects.get_or_create(tag="en", defaults=english_table)
    LanguageRole.objects.create(user=writer, language=language, kind="translator")
    page = desk(writer)

    # A picture of her own
    page.goto("/admin/images/add/")
    picture = tmp_path / "so-ho-chieu.png"
    picture.write_bytes(picture_bytes())
    page.locator("input[name$=title]").fill("Sổ hộ chiếu")
    page.locator("input[type=file]").set_input_files(picture)
    page.locator("main form [type=submit]").last.click()
    page.wait_for_url("**/admin/images/")
    assert Picture.objects.count() == 1

    # A Word file becomes a draft
    page.goto(f"/admin/word/{section.pk}/")
    page.locator("input[type=file]").set_input_files(word_file(tmp_path))
    page.locator("select[name=page_type]").select_option("cms.guidepage")
    page.locator("main form [type=submit], form [type=submit]").last.click()
    page.wait_for_url("**/edit/")
    guide = GuidePage.objects.get(title="Cấp hộ chiếu lần đầu")
    assert not guide.live
    assert Picture.objects.count() == 2, "the picture of the Word file"

    # Submitted for review by the editor's own button
    with page.expect_navigation():
        page.locator("[name='action-submit']").first.evaluate("button => button.click()")
    guide.refresh_from_db()
    assert guide.current_workflow_state is not None

    # A reader does not find it yet, and the reviewer sees how it looks on a phone and on paper
    desktop.goto("/vi/search/?q=ho+chieu")
    expect(desktop.locator(".hit")).to_have_count(0)
    desk_of_reviewer = desk(reviewer)
    desk_of_reviewer.goto(f"/admin/pages/{guide.pk}/view_draft/")
    resize(desk_of_reviewer, PHONE)
    assert desk_of_reviewer.evaluate("document.documentElement.scrollWidth") <= 360
    desk_of_reviewer.emulate_media(media="print")
    expect(desk_of_reviewer.get_by_role("heading", name="Hồ sơ")).to_be_visible()
    expect(desk_of_reviewer.locator("header form[role=search]")).to_be_hidden()
    desk_of_reviewer.emulate_media(media="screen")
    resize(desk_of_reviewer, {"width": 1280, "height": 1000})
    desk_of_reviewer.goto(f"/admin/pages/{guide.pk}/edit/")
    desk_of_reviewer.locator("[data-workflow-action-name='approve']").first.evaluate("button => button.click()")
    eventually(desk_of_reviewer, lambda: GuidePage.objects.get(pk=guide.pk).live)
    guide.refresh_from_db()
    assert guide.is_reviewed

    desktop.goto("/vi/search/?q=ho+chieu")
    desktop.locator(".hit a").first.click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Cấp hộ chiếu lần đầu")

    # Into English, part by part; until somebody publishes it, English readers are shown the nearest page there is
    page.goto(f"/admin/localize/submit/page/{guide.pk}/")
    page.locator("input[name=locales]").first.check()
    page.locator("form [type=submit]").last.click()
    page.wait_for_url("**/languages/translate/*/")
    english = guide.get_translation(Locale.objects.get(language_code="en"))
    assert not english.live
    expect(desktop.locator("[data-language=en]")).to_have_attribute("href", re.compile("untranslated"))
    words = {"Cấp hộ chiếu lần đầu": "A first passport", "Hồ sơ": "Papers", "Căn cước còn hạn": "A valid identity card"}
    for row in page.locator(".lb-row").all():
        source = row.locator(".lb-source").inner_text()
        row.locator("textarea").fill(next((words[key] for key in words if key in source), "A picture"))
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Mọi đoạn đều đã dịch.")).to_be_visible()
    desk_of_reviewer.goto(f"/admin/pages/{english.pk}/edit/")
    with desk_of_reviewer.expect_navigation():
        desk_of_reviewer.locator("button[name=action][value=publish]").click()
    desk_of_reviewer.goto(f"/admin/review/{english.pk}/sign/")
    desk_of_reviewer.locator("main form [type=submit]").last.click()
    desk_of_reviewer.wait_for_load_state()
    english.refresh_from_db()
    assert english.live and english.is_reviewed

    # The reader changes the language and stays on the page, there and back
    desktop.reload()
    desktop.locator("[data-language=en]").first.click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("A first passport")
    expect(desktop.get_by_role("heading", name="Papers")).to_be_visible()
    desktop.locator("[data-language=vi]").first.click()
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Cấp hộ chiếu lần đầu")


def test_a_second_editor_publishes_urgently(desk, section, desktop):
    writer, second = EditorFactory(), EditorFactory()
    guide = GuidePageFactory(section, title="Đổi giấy phép lái xe")
    guide.title = "Đổi giấy phép lái xe (địa chỉ mới)"
    guide.save_revision(user=writer)
    page = desk(writer)
    page.goto(f"/admin/urgent/{guide.pk}/")
    page.locator("[name=reason]").fill("Cổng đổi địa chỉ tối nay")
    page.locator("form [type=submit]").last.click()
    page.locator(".error-message, .messages .error, .help-critical").first.wait_for()
    guide.refresh_from_db()
    assert guide.title == "Đổi giấy phép lái xe", "nobody publishes a draft of her own"
    page = desk(second)
    page.goto(f"/admin/urgent/{guide.pk}/")
    page.locator("[name=reason]").fill("Cổng đổi địa chỉ tối nay")
    page.locator("form [type=submit]").last.click()
    page.wait_for_url(re.compile(rf"/admin/pages/{section.pk}/"))
    desktop.goto(guide.url)
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Đổi giấy phép lái xe (địa chỉ mới)")
