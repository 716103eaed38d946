"""A file's way from a browser to an asset, on a real object store."""

import hashlib
import io
import json
from datetime import timedelta

import pytest
import requests
from django.contrib.auth.models import Permission
from django.utils import timezone
from PIL import Image as PillowImage

from media import checking, storage
from media.checking import check_announced, check_document, check_head, check_picture, readable_size
from media.models import Picture, Recording, Upload
from media.operations import check_forgotten_uploads, clean_abandoned_uploads
from media.problems import REASONS, FileRefused
from tests.factories.media import MP4_HEAD, UploaderFactory, clip, sound, zipped

pytestmark = [pytest.mark.django_db, pytest.mark.s3]


@pytest.fixture
def uploader(client):
    user = UploaderFactory()
    client.force_login(user)
    return user


def begin(client, **fields):
    body = {"purpose": "video", "file_name": "clip.mp4", "content_type": "video/mp4", "size": 10} | fields
    return client.post("/api/v1/uploads", json.dumps(body), content_type="application/json")


def send(client, upload, data: bytes):
    for number in range(1, upload["part_count"] + 1):
        part = client.get(f"/api/v1/uploads/{upload['id']}/parts/{number}").json()
        piece = data[(number - 1) * upload["part_size"] : number * upload["part_size"]]
        assert requests.put(part["url"], data=piece, timeout=20).status_code == 200


def upload_whole(client, data: bytes, django_capture_on_commit_callbacks, **fields):
    upload = begin(client, size=len(data), **fields).json()
    send(client, upload, data)
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(f"/api/v1/uploads/{upload['id']}/complete")
    assert done.status_code == 200, done.content
    return client.get(f"/api/v1/uploads/{upload['id']}").json()


def test_a_video_goes_to_the_store_in_parts_and_becomes_a_recording(
    client, uploader, django_capture_on_commit_callbacks
):
    data = clip(padding=storage.PART_SIZE + 1000)
    done = upload_whole(client, data, django_capture_on_commit_callbacks)
    assert done["state"] == "ready"
    recording = Recording.objects.get(pk=done["asset"])
    assert recording.size == len(data)
    assert (recording.width, recording.height, round(recording.duration)) == (64, 48, 2)
    answer = client.get(recording.play_url)
    assert answer.status_code == 302
    played = requests.get(answer["Location"], headers={"Range": "bytes=0-9"}, timeout=20)
    assert (played.status_code, played.content) == (206, data[:10])


def test_originals_are_private(client, uploader, django_capture_on_commit_callbacks):
    done = upload_whole(client, clip(), django_capture_on_commit_callbacks)
    link = Recording.objects.get(pk=done["asset"]).file.url
    assert requests.get(link, timeout=20).status_code == 200
    assert requests.get(link.split("?")[0], timeout=20).status_code == 403


def test_a_file_that_changed_on_the_way_is_refused_and_removed(client, uploader, django_capture_on_commit_callbacks):
    data = clip(padding=storage.PART_SIZE + 1000)
    sums = [
        hashlib.sha256(data[start : start + storage.PART_SIZE]).hexdigest()
        for start in range(0, len(data), storage.PART_SIZE)
    ]
    for wrong, state in ((None, "ready"), (0, "refused"), (len(sums) - 1, "refused")):
        told = [("0" * 64 if number == wrong else one) for number, one in enumerate(sums)]
        upload = begin(client, size=len(data)).json()
        for number, one in enumerate(told, start=1):
            client.get(f"/api/v1/uploads/{upload['id']}/parts/{number}?sha256={one}")
        send(client, upload, data)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(f"/api/v1/uploads/{upload['id']}/complete")
        held = Upload.objects.get(uuid=upload["id"])
        assert held.state == state
        assert storage.size(key=held.key) is None
    assert held.reason == "changed_on_the_way"
    assert Recording.objects.count() == 1


def test_completing_twice_makes_one_asset(client, uploader, django_capture_on_commit_callbacks):
    upload = begin(client, size=len(clip())).json()
    send(client, upload, clip())
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/api/v1/uploads/{upload['id']}/complete")
        again = client.post(f"/api/v1/uploads/{upload['id']}/complete")
    assert again.status_code == 200
    assert Recording.objects.count() == 1


def test_a_cut_upload_says_what_is_already_stored(client, uploader):
    data = MP4_HEAD + b"\0" * storage.PART_SIZE
    upload = begin(client, size=len(data)).json()
    part = client.get(f"/api/v1/uploads/{upload['id']}/parts/1").json()
    requests.put(part["url"], data=data[: storage.PART_SIZE], timeout=20)
    assert client.get(f"/api/v1/uploads/{upload['id']}").json()["stored_parts"] == [1]
    incomplete = client.post(f"/api/v1/uploads/{upload['id']}/complete")
    assert incomplete.status_code == 409
    assert incomplete.json()["missing"] == [2]


def test_a_picture_that_is_a_web_page_is_refused_and_removed(client, uploader, django_capture_on_commit_callbacks):
    page = b"<!doctype html><script>alert(1)</script>"
    done = upload_whole(client, page, django_capture_on_commit_callbacks, purpose="image", file_name="anh.png")
    assert done["state"] == "refused"
    assert "web page" in done["reason"] or "trang web" in done["reason"]
    assert storage.size(key=Upload.objects.get(uuid=done["id"]).key) is None
    assert not Picture.objects.exists()


@pytest.mark.slow
def test_a_refusal_is_told_in_the_language_of_who_reads_it(client, uploader, django_capture_on_commit_callbacks):
    from django.utils import translation

    held = io.BytesIO()
    PillowImage.new("1", (10_000, 7_000)).save(held, "PNG")
    with translation.override("en"):  # the worker's language is nobody's
        done = upload_whole(
            client, held.getvalue(), django_capture_on_commit_callbacks, purpose="image", file_name="a.png"
        )
    upload = Upload.objects.get(uuid=done["id"])
    assert (upload.state, upload.reason) == ("refused", "too_many_pixels")
    for language, words in (("vi", "quá lớn"), ("en", "too large")):
        told = client.get(f"/api/v1/uploads/{done['id']}", headers={"Accept-Language": language}).json()["reason"]
        assert "10000 × 7000" in told
        assert words in told


def test_a_picture_keeps_its_size(client, uploader, django_capture_on_commit_callbacks):
    held = io.BytesIO()
    PillowImage.new("RGB", (640, 400), "#0b6b74").save(held, "PNG")
    done = upload_whole(client, held.getvalue(), django_capture_on_commit_callbacks, purpose="image", file_name="a.png")
    picture = Picture.objects.get(pk=done["asset"])
    assert (picture.width, picture.height) == (640, 400)


def test_a_five_gigabyte_picture_is_refused_before_a_byte_is_sent(client, uploader):
    answer = begin(client, purpose="image", file_name="anh.png", size=5 * 1024**3)
    assert answer.status_code == 422
    assert "5 GB" in answer.json()["detail"]
    assert "20 MB" in answer.json()["detail"]
    assert not Upload.objects.exists()


def test_a_part_that_does_not_exist_is_refused(client, uploader):
    upload = begin(client, size=10).json()
    assert client.get(f"/api/v1/uploads/{upload['id']}/parts/2").status_code == 422


def test_an_upload_is_visible_to_its_owner_only(client, uploader):
    upload = begin(client).json()
    client.force_login(UploaderFactory())
    assert client.get(f"/api/v1/uploads/{upload['id']}").status_code == 404
    assert client.post(f"/api/v1/uploads/{upload['id']}/complete").status_code == 404


def test_what_was_begun_is_listed_for_its_owner(client, uploader):
    first = begin(client, file_name="mot.mp4").json()
    second = begin(client, file_name="hai.mp4").json()
    begin(client, purpose="audio", file_name="ba.mp3")
    client.delete(f"/api/v1/uploads/{first['id']}")
    third = begin(client, file_name="bon.mp4").json()
    listed = client.get("/api/v1/uploads?purpose=video").json()
    assert [one["id"] for one in listed] == [third["id"], second["id"]]
    client.force_login(UploaderFactory())
    assert client.get("/api/v1/uploads?purpose=video").json() == []
    assert client.get("/api/v1/uploads?purpose=anything").status_code == 422
    client.logout()
    assert client.get("/api/v1/uploads?purpose=video").status_code == 401


def test_a_file_sent_whole_is_found_again_while_it_is_checked_and_for_a_day(
    client, uploader, django_capture_on_commit_callbacks
):
    data, fields = clip(), {"file_name": "một cửa.mp4"}

    def found(**other) -> list:
        asked = {"purpose": "video", "size": len(data)} | fields | other
        return [(one["id"], one["state"]) for one in client.get("/api/v1/uploads", asked).json()]

    upload = begin(client, size=len(data), **fields).json()
    send(client, upload, data)
    with django_capture_on_commit_callbacks() as checks:
        client.post(f"/api/v1/uploads/{upload['id']}/complete")
    assert found() == [(upload["id"], "stored")]
    # Whole: there is nothing to send, and nothing among what can be cancelled.
    assert client.get(f"/api/v1/uploads/{upload['id']}").json()["stored_parts"] == [1]
    assert client.get("/api/v1/uploads?purpose=video").json() == []
    for check in checks:
        check()
    assert found() == [(upload["id"], "ready")]
    assert found(size=len(data) + 1) == found(file_name="hai.mp4") == found(purpose="audio") == []
    Upload.objects.update(completed_at=timezone.now() - timedelta(hours=25))
    assert found() == []
    Upload.objects.update(completed_at=timezone.now())
    Recording.objects.all().delete()
    assert found() == []


def test_a_drawing_comes_the_same_way_and_may_not_act(client, uploader, django_capture_on_commit_callbacks):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30">{}</svg>'
    plain, active, sizeless = (
        upload_whole(client, data.encode(), django_capture_on_commit_callbacks, purpose="image", file_name="ve.svg")
        for data in (
            drawing.format('<rect width="40" height="30"/>'),
            drawing.format("<script>alert(1)</script>"),
            '<svg xmlns="http://www.w3.org/2000/svg" width="x"/>',
        )
    )
    picture = Picture.objects.get(pk=plain["asset"])
    assert (picture.width, picture.height, picture.is_svg()) == (40, 30, True)
    assert [one["state"] for one in (active, sizeless)] == ["refused", "refused"]
    assert "script" in active["reason"]
    assert Picture.objects.count() == 1


def test_who_may_not_add_assets_may_not_upload(client):
    user = UploaderFactory()
    user.groups.clear()
    user.user_permissions.set(Permission.objects.none())
    client.force_login(user)
    assert begin(client).status_code == 404


def test_abandoned_uploads_are_cancelled_after_a_day(client, uploader):
    begin(client)
    assert clean_abandoned_uploads() == 0
    assert clean_abandoned_uploads(now=timezone.now() + timedelta(hours=25)) == 1
    assert Upload.objects.get().state == Upload.State.ABORTED


def test_when_the_store_is_down_uploading_says_so(client, uploader, settings):
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:9"
    storage.client.cache_clear()
    try:
        answer = begin(client)
    finally:
        settings.S3_ENDPOINT_URL = settings.S3_PUBLIC_URL
        storage.client.cache_clear()
    assert answer.status_code == 503
    assert answer.json()["code"] == "storage_unavailable"


@pytest.mark.parametrize(
    ("purpose", "name", "size"), [("image", "a.bmp", 10), ("image", "a.png", 0), ("document", "a.exe", 10)]
)
def test_what_need_not_be_sent_is_refused_by_name_and_size(purpose, name, size):
    with pytest.raises(FileRefused):
        check_announced(purpose=purpose, file_name=name, size=size)


def test_content_decides_not_the_name():
    with pytest.raises(FileRefused):
        check_head(purpose="video", head=b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    with pytest.raises(FileRefused):
        check_head(purpose="document", head=b"MZ" + b"\0" * 100)


def test_a_pixel_bomb_and_a_damaged_picture_are_refused():
    held = io.BytesIO()
    PillowImage.new("1", (9000, 9000)).save(held, "PNG")
    with pytest.raises(FileRefused):
        check_picture(held.getvalue())
    with pytest.raises(FileRefused):
        check_picture(held.getvalue()[:200])


def test_sizes_are_written_as_people_read_them():
    assert readable_size(1_887_437) == "1,8 MB"
    assert readable_size(40_960) == "40 KB"
    assert readable_size(5 * 1024**3) == "5 GB"
    assert readable_size(20 * 1024**2) == "20 MB"
    assert readable_size(int(1.5 * 1024**3)) == "1,5 GB"


@pytest.mark.parametrize(
    ("purpose", "name", "data", "reason"),
    [
        ("video", "nothing.mp4", MP4_HEAD, "damaged_video"),
        ("video", "cut.mp4", clip()[:-200], "damaged_video"),
        ("video", "other.mp4", clip(container="webm"), "other_content"),
        ("video", "sound.mp4", sound(), "other_content"),
        ("audio", "a.mp3", sound(), "other_content"),
        ("document", "x.pdf", zipped(**{"evil.exe": "MZ"}), "other_content"),
        ("document", "x.docx", zipped(**{"evil.exe": "MZ"}), "other_content"),
        ("document", "x.docx", zipped(**{"[Content_Types].xml": "", "xl__workbook.xml": ""}), "other_content"),
        ("document", "x.pdf", b"%PDF-1.7 and no end", "damaged_document"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_and_removed(
    client, uploader, django_capture_on_commit_callbacks, purpose, name, data, reason
):
    done = upload_whole(client, data, django_capture_on_commit_callbacks, purpose=purpose, file_name=name)
    assert (done["state"], done["asset"]) == ("refused", None)
    upload = Upload.objects.get(uuid=done["id"])
    assert upload.reason == reason
    assert done["reason"] == str(REASONS[reason])
    assert storage.size(key=upload.key) is None


@pytest.mark.parametrize(
    ("purpose", "name", "data"), [("video", "a.webm", clip(container="webm")), ("audio", "a.wav", sound())]
)
def test_other_recordings_that_play_are_taken(
    client, uploader, django_capture_on_commit_callbacks, purpose, name, data
):
    done = upload_whole(client, data, django_capture_on_commit_callbacks, purpose=purpose, file_name=name)
    assert done["state"] == "ready", done["reason"]
    assert Recording.objects.get(pk=done["asset"]).duration > 0.5


def test_real_documents_pass_and_macros_do_not():
    kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {"[Content_Types].xml": kinds, "word__document.xml": "<w/>"}
    check_document(io.BytesIO(zipped(**parts)), file_name="a.DOCX")
    check_document(io.BytesIO(b"%PDF-1.7\n...\n%%EOF\n"), file_name="a.pdf")
    with pytest.raises(FileRefused) as refusal:
        check_document(io.BytesIO(zipped(**parts, **{"word__vbaProject.bin": "x"})), file_name="a.docx")
    assert refusal.value.reason == "macros"


def test_a_picture_with_another_pictures_ending_is_kept_under_its_own(
    client, uploader, django_capture_on_commit_callbacks
):
    held = io.BytesIO()
    PillowImage.new("RGB", (64, 40), "#0b6b74").save(held, "WEBP")
    done = upload_whole(client, held.getvalue(), django_capture_on_commit_callbacks, purpose="image", file_name="a.jpg")
    assert Picture.objects.get(pk=done["asset"]).file.name.endswith(".webp")


def test_one_number_limits_the_pixels_of_every_door(settings):
    from wagtail.images.fields import WagtailImageField

    assert WagtailImageField().max_image_pixels == settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS == checking.MAX_PIXELS


def test_a_check_the_broker_lost_is_made_up_for(client, uploader):
    upload = begin(client, size=len(clip())).json()
    send(client, upload, clip())
    # Without the callbacks of the commit: the task was never handed on.
    assert client.post(f"/api/v1/uploads/{upload['id']}/complete").json()["state"] == "stored"
    assert check_forgotten_uploads() == 0, "it may only be waiting its turn"
    assert check_forgotten_uploads(now=timezone.now() + timedelta(minutes=20)) == 1
    assert client.get(f"/api/v1/uploads/{upload['id']}").json()["state"] == "ready"


def test_a_package_that_waits_for_its_editor_is_no_forgotten_upload(uploader):
    Upload.objects.create(
        owner=uploader,
        purpose=Upload.Purpose.H5P,
        file_name="bai.h5p",
        size=10,
        part_size=storage.PART_SIZE,
        key="quarantine/bai.h5p",
        state=Upload.State.STORED,
        completed_at=timezone.now() - timedelta(hours=1),
    )
    assert check_forgotten_uploads() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"content_type": "image/png\r\nX-Evil: 1"},
        {"file_name": "a\0.mp4"},
        {"file_name": "a\r\n.mp4"},
        {"size": -1},
    ],
)
def test_what_cannot_stand_in_a_header_or_a_database_is_refused(client, uploader, fields):
    answer = begin(client, **fields)
    assert answer.status_code == 422, answer.content
    assert "rỗng" not in answer.json()["detail"]
    assert not Upload.objects.exists()
