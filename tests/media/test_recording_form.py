"""An editor gives a video its captions as files, and types no length or size by hand."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from media.captions import parse
from media.models import Recording
from tests.factories.schools import make_staff

pytestmark = pytest.mark.django_db
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nĐọc tên ngay trước dấu gạch chéo\n"


@pytest.fixture
def recording():
    return Recording.objects.create(
        title="Đọc tên trang", file="recordings/a.mp4", type="video", duration=31.5, captions={"en": VTT}
    )


@pytest.fixture
def editor_client(client):
    client.force_login(make_staff("Quản Trị", username="quan.tri", is_superuser=True))
    return client


def edit(client, recording, **fields):
    body = {"title": recording.title, "collection": recording.collection_id, "tags": ""} | fields
    return client.post(f"/admin/media/edit/{recording.pk}/", body)


def test_the_form_takes_captions_as_files_and_shows_no_json(editor_client, recording):
    page = editor_client.get(f"/admin/media/edit/{recording.pk}/").content.decode()
    assert 'name="captions_vi"' in page
    assert 'name="captions"' not in page
    assert 'name="duration"' not in page
    file = SimpleUploadedFile("vi.vtt", VTT.encode("utf-8-sig"))
    assert edit(editor_client, recording, captions_vi=file, transcript_vi="Lời").status_code == 302
    recording.refresh_from_db()
    assert parse(recording.captions["vi"]) == parse(VTT)
    assert recording.captions["en"] == VTT
    assert recording.transcripts == {"vi": "Lời"}
    assert recording.duration == 31.5
    edit(editor_client, recording, no_captions_en="on")
    recording.refresh_from_db()
    assert set(recording.captions) == {"vi"}
    assert recording.transcripts == {}


@pytest.mark.parametrize("data", [b"", b"<html>", "WEBVTT".encode("utf-16"), b"WEBVTT\n\n", b"\xff\xfe"])
def test_what_is_no_caption_file_changes_nothing(editor_client, recording, data):
    answer = edit(editor_client, recording, captions_vi=SimpleUploadedFile("vi.vtt", data))
    recording.refresh_from_db()
    assert recording.captions == {"en": VTT}
    if data:
        assert "captions_vi" in answer.context["form"].errors


def test_captions_that_overlap_or_run_past_the_end_are_refused_row_by_row(editor_client, recording):
    rows = "1\n00:00:01,000 --> 00:00:05,000\nMột\n\n2\n00:00:04,000 --> 00:00:06,000\nHai\n\n3\n00:01:00,000 --> 00:01:02,000\nBa\n"
    answer = edit(editor_client, recording, captions_vi=SimpleUploadedFile("vi.srt", rows.encode()))
    told = answer.context["form"].errors["captions_vi"]
    assert len(told) == 3
    assert "2" in told[0] and "0:05.000" in told[0]
    assert "3" in told[1] and "0:31.500" in told[1]
    recording.refresh_from_db()
    assert set(recording.captions) == {"en"}
    mended = rows.replace("00:00:04", "00:00:05").replace("00:01:0", "00:00:1")
    assert edit(editor_client, recording, captions_vi=SimpleUploadedFile("vi.srt", mended.encode())).status_code == 302
    recording.refresh_from_db()
    assert [cue.text for cue in parse(recording.captions["vi"])] == ["Một", "Hai", "Ba"]
