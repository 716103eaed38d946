"""The editors' admin speaks Vietnamese where Wagtail itself does not."""

import re

import polib
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from cms import catalogues
from tests.factories.cms import GuidePageFactory, PictureFactory, SectionPageFactory
from tests.factories.schools import make_staff

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
OWN = settings.LOCALE_PATHS[0] / "vi" / "LC_MESSAGES"
# What the screens said in English before.
ENGLISH = (
    "Skip to main content",
    "Site summary",
    "Search all pages",
    "Exploring",
    "Save draft",
    "More actions",
    "Request changes",
    "Translate this page",
    "Toggle section",
    "created in",
    "minutes</",
    "The page title as you",
    "Usage count",
    "Supported formats",
    "editor guide",
    "Available in",
    "releases.wagtail.org",
)


@pytest.mark.parametrize("name", ["django.po", "djangojs.po"])
def test_every_entry_is_translated_with_its_placeholders(name):
    for entry in polib.pofile(str(OWN / name)):
        texts = [entry.msgstr] if not entry.msgid_plural else list(entry.msgstr_plural.values())
        wanted = set(PLACEHOLDER.findall(f"{entry.msgid} {entry.msgid_plural}"))
        for text in texts:
            assert text, entry.msgid
            assert set(PLACEHOLDER.findall(text)) <= wanted, entry.msgid


def test_it_takes_no_word_from_our_own_rooms():
    """This catalogue stands above all others: a string of ours in it would be overruled."""
    ours = {
        entry.msgid
        for room in catalogues.rooms().values()
        if catalogues.catalogue_path(room, "vi").exists()
        for entry in polib.pofile(str(catalogues.catalogue_path(room, "vi")))
        if not entry.obsolete and not entry.msgctxt
    }
    assert not ours & {entry.msgid for entry in polib.pofile(str(OWN / "django.po"))}


def test_a_fault_of_the_upstream_catalogue_is_mended():
    with translation.override("vi"):
        text = translation.gettext("%(label)s and Publish") % {"label": "Phê chuẩn"}
    assert text == "Phê chuẩn và Xuất bản"


@pytest.fixture
def admin(client, db):
    """The browser of somebody who may do everything in the admin and reads Vietnamese."""
    user = make_staff("Hồ Thị Biên", username="bien.tap", is_superuser=True)
    user.language = "vi"
    user.save()
    client.force_login(user)
    return client


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.any_database
def test_an_editor_meets_no_english_on_the_usual_screens(admin):
    section = SectionPageFactory()
    page = GuidePageFactory(section)
    picture = PictureFactory()
    screens = (
        "/admin/",
        f"/admin/pages/{section.pk}/",
        f"/admin/pages/{page.pk}/edit/",
        "/admin/images/",
        f"/admin/images/{picture.pk}/",
        "/admin/images/add/",
    )
    for address in screens:
        answer = admin.get(address, headers={"Accept-Language": "vi"})
        assert answer.status_code == 200, address
        # Scripts carry both languages; people read what is outside of them.
        seen = re.sub(r"<script.*?</script>", "", answer.content.decode(), flags=re.DOTALL)
        assert not [text for text in ENGLISH if text in seen], address


@pytest.mark.django_db
@pytest.mark.any_database
def test_a_false_picture_is_refused_in_words_an_editor_understands(admin):
    false = SimpleUploadedFile("ho-chieu.png", b"<html><body>x</body></html>", content_type="image/png")
    answer = admin.post("/admin/images/add/", {"title": "Hộ chiếu", "file": false}, headers={"Accept-Language": "vi"})
    seen = answer.content.decode()
    assert "Ruột tệp không phải ảnh .png" in seen
    assert "Not a valid" not in seen
