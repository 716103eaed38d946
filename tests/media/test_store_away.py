"""The object store is stopped and started again while the site is in use: a real server, really stopped."""

import json

import pytest
import requests
from django.test import Client

from cms.embedded.objectstore import ObjectStore
from media import storage
from media.models import Recording, Upload
from tests.factories import courses as make
from tests.factories.media import UploaderFactory, clip

pytestmark = [pytest.mark.django_db, pytest.mark.s3, pytest.mark.slow]


@pytest.fixture
def own_store(tmp_path, settings):
    """A store of this test's own, so that it may be stopped; the site is pointed at it."""
    store = ObjectStore(tmp_path / "s3", access_key="away", secret_key="for-this-test-only")
    store.launch()
    settings.S3_ENDPOINT_URL = settings.S3_PUBLIC_URL = store.address
    settings.S3_BUCKET, settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = (
        "away",
        "away",
        "for-this-test-only",
    )
    storage.client.cache_clear()
    try:
        store.wait_ready()
        storage.prepare()
        yield store
    finally:
        storage.client.cache_clear()
        store.child.kill()


def ready(client) -> tuple[int, list[str]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["failing"]


def begin(client, size: int):
    body = {"purpose": "video", "file_name": "clip.mp4", "content_type": "video/mp4", "size": size}
    return client.post("/api/v1/uploads", json.dumps(body), content_type="application/json")


def send(client, upload: dict, data: bytes, number: int) -> None:
    part = client.get(f"/api/v1/uploads/{upload['id']}/parts/{number}")
    assert part.status_code == 200
    piece = data[(number - 1) * upload["part_size"] : number * upload["part_size"]]
    requests.put(part.json()["url"], data=piece, timeout=30).raise_for_status()


def test_the_site_lives_on_without_its_files_and_all_is_well_afterwards(own_store, django_capture_on_commit_callbacks):
    course = make.course(1)
    (lesson,) = make.lessons_of(course)
    pages = [course.get_parent().url, course.url, lesson.url, "/vi/account/sign-in/", "/api/v1/courses?language=vi"]
    visitor, uploader = Client(), Client(headers={"accept-language": "vi"})
    uploader.force_login(UploaderFactory())
    data = clip(padding=storage.PART_SIZE + 1000)
    upload = begin(uploader, len(data)).json()
    send(uploader, upload, data, 1)
    assert ready(visitor) == (200, [])

    own_store.child.stop(10)
    assert not own_store.child.is_alive()

    assert ready(visitor) == (503, ["object_store"])
    assert {page: visitor.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    for refused in (
        begin(uploader, len(data)),
        uploader.get(f"/api/v1/uploads/{upload['id']}"),
        uploader.post(f"/api/v1/uploads/{upload['id']}/complete"),
    ):
        assert refused.status_code == 503
        assert refused.json()["code"] == "storage_unavailable"
        assert "thử lại" in refused.json()["detail"], "it says what to do"
    assert Upload.objects.count() == 1, "what could not begin leaves nothing behind"
    assert Upload.objects.get().state == Upload.State.OPEN

    own_store.launch()
    own_store.wait_ready()

    assert ready(visitor) == (200, [])
    found = uploader.get(f"/api/v1/uploads/{upload['id']}").json()
    assert found["stored_parts"] == [1], "what had arrived is still there"
    send(uploader, upload, data, 2)
    with django_capture_on_commit_callbacks(execute=True):
        assert uploader.post(f"/api/v1/uploads/{upload['id']}/complete").status_code == 200
    done = uploader.get(f"/api/v1/uploads/{upload['id']}").json()
    assert done["state"] == "ready"
    assert Recording.objects.get(pk=done["asset"]).size == len(data)
