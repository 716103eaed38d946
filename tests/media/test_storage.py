"""Files kept by the other rooms: what they hear when the store does not answer."""

import io
import os
import signal
import time

import pytest
from botocore.config import Config
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from PIL import Image as PillowImage
from wagtail.models import Page

from cms.embedded import ports
from cms.embedded.objectstore import ObjectStore
from media import storage
from media.models import Picture
from media.problems import StorageUnavailable
from media.storage import PrivateStorage
from schools.models import RosterImport
from tests.factories.cms import SectionPageFactory
from tests.factories.schools import make_staff, school_year
from tests.schools.workbooks import workbook

# Two tries of three seconds each, on a slow machine; it was more than a minute.
SOON = 25


@pytest.fixture
def stopped_store():
    return PrivateStorage(
        endpoint_url=f"http://127.0.0.1:{ports.take(1)[0]}",
        client_config=Config(signature_version="s3v4", connect_timeout=1, retries={"max_attempts": 0}),
    )


def test_a_stopped_store_is_said_in_plain_words(stopped_store):
    with pytest.raises(StorageUnavailable):
        stopped_store.save("a.txt", ContentFile(b"a"))
    with pytest.raises(StorageUnavailable):
        stopped_store.open("a.txt")
    with pytest.raises(StorageUnavailable):
        stopped_store.delete("a.txt")


@pytest.fixture
def hung_store(tmp_path, settings):
    """A real object store of this test that the settings name, stopped in the middle of its work."""
    own = ObjectStore(tmp_path / "s3", access_key="tests", secret_key=settings.S3_SECRET_ACCESS_KEY)
    own.launch()
    own.wait_ready()
    os.kill(own.child.pid, signal.SIGSTOP)
    settings.S3_ENDPOINT_URL = own.address
    storage.client.cache_clear()
    # Told anew, so that no storage made for another server is used, here or after.
    settings.STORAGES = dict(settings.STORAGES)
    yield own
    storage.client.cache_clear()
    own.child.kill()


def picture_file() -> SimpleUploadedFile:
    held = io.BytesIO()
    PillowImage.new("RGB", (40, 30), "#0b6b74").save(held, "PNG")
    return SimpleUploadedFile("anh.png", held.getvalue(), "image/png")


@pytest.mark.django_db
@pytest.mark.s3
@pytest.mark.slow
def test_a_hung_store_holds_no_request_for_long_and_loses_no_form(hung_store, client):
    client.force_login(make_staff("Quản Trị", username="quan.tri", is_superuser=True))

    def quickly(address, data, **extra):
        began = time.monotonic()
        answer = client.post(address, data, **extra)
        assert time.monotonic() - began < SOON, address
        return answer

    body = {"purpose": "image", "file_name": "a.png", "content_type": "image/png", "size": 10}
    answer = quickly("/api/v1/uploads", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")

    form = {"title": "Cổng dịch vụ công", "file": picture_file(), "collection": 1}
    page = quickly("/admin/images/add/", form)
    assert page.status_code == 200
    assert "chưa lưu được tệp" in page.content.decode()
    assert "Cổng dịch vụ công" in page.content.decode(), "what was typed is still there"
    assert not Picture.objects.exists()

    began = time.monotonic()
    with pytest.raises(StorageUnavailable):
        storages["private"].open("a.txt").read()
    assert time.monotonic() - began < SOON


@pytest.mark.django_db
@pytest.mark.s3
@pytest.mark.slow
def test_a_word_file_with_a_picture_is_said_to_wait(hung_store, client):
    client.force_login(make_staff("Quản Trị", username="quan.tri", is_superuser=True))
    parent = SectionPageFactory()
    before = Page.objects.count()
    word = Document()
    word.add_heading("Nộp hồ sơ tại nhà", 1)
    word.add_picture(picture_file())
    held = io.BytesIO()
    word.save(held)
    file = SimpleUploadedFile("bai.docx", held.getvalue())
    began = time.monotonic()
    answer = client.post(reverse("cms_page_from_word", args=[parent.pk]), {"file": file, "page_type": "cms.guidepage"})
    assert time.monotonic() - began < SOON
    assert answer.status_code in {422, 503}
    assert "chưa lưu được tệp" in answer.content.decode()
    assert "<form" in answer.content.decode()
    assert Page.objects.count() == before


@pytest.mark.django_db
@pytest.mark.s3
@pytest.mark.slow
def test_a_class_list_is_said_to_wait(hung_store, client, school_admin):
    client.force_login(school_admin)
    school_year()
    raw = workbook(["Mã học sinh", "Họ và tên", "Lớp"], ["HS01", "Trần Văn Ổi", "10A1"])
    form = {"year": "2026-2027", "who": "pupils", "file": SimpleUploadedFile("ds.xlsx", raw)}
    began = time.monotonic()
    answer = client.post("/vi/schools/SONGTRONG/roster/", form)
    assert time.monotonic() - began < SOON
    assert "chưa lưu được tệp" in answer.content.decode()
    assert not RosterImport.objects.exists()
