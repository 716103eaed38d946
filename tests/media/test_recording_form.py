"""An editor gives a video its captions as files, and types no length or size by hand."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from media.captions import parse
from media.models import Recording
from tests.factories.schools import make_staff

pytestmark = pytest.mark.django_db
VTT = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nĐọc tên ngay trước dấu gạch chéo\n"


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


@pytest.mark.parametrize(
    "data", [b"", b"<html>", "WEBVTT".encode("utf-16"), b"%PDF-1.7 -->", b"WEBVTT\n\n", b"\xff\xfe"]
)
def test_what_is_no_caption_file_changes_nothing(editor_client, recording, data):
    answer = edit(editor_client, recording, captions_vi=SimpleUploadedFile("vi.vtt", data))
    recording.refresh_from_db()
    assert recording.captions == {"en": VTT}
    assert "captions_vi" in answer.context["form"].errors


def test_each_fault_of_a_file_is_said_by_its_row_and_leads_to_where_it_is_mended(editor_client, recording):
    rows = ["0:01 --> 0:03\nMột", "0:02.5 --> 0:04\nChồng lên", "0:09 --> 0:08\nNgược", "0:40 --> 0:41\nSau khi hết"]
    file = SimpleUploadedFile("vi.vtt", ("WEBVTT\n\n" + "\n\n".join(rows)).encode())
    told = list(edit(editor_client, recording, captions_vi=file).context["form"].errors["captions_vi"])
    assert [text[:6] for text in told[:3]] == ["Dòng 2", "Dòng 3", "Dòng 4"]
    assert "0:03.000" in told[0] and "0:31.500" in told[2]
    assert reverse("media_captions", args=[recording.pk, "vi"]) in told[3]
    # Old letters are shown before they are kept, which only the caption editor can do.
    old = SimpleUploadedFile("vi.srt", "1\n0:01,0 --> 0:02,0\n§¨ng ký dÞch vô c«ng".encode("latin-1"))
    told = list(edit(editor_client, recording, captions_vi=old).context["form"].errors["captions_vi"])
    assert "Đăng ký dịch vụ công" in told[0] and len(told) == 2
    recording.refresh_from_db()
    assert recording.captions == {"en": VTT}


def test_the_form_takes_what_the_caption_editor_takes(editor_client, recording):
    text = "1\r\n00:00:00,000 --> 00:00:02,000\r\nĐọc tên ngay trước dấu gạch chéo\r\n"
    assert (
        edit(editor_client, recording, captions_vi=SimpleUploadedFile("vi.srt", text.encode("utf-16"))).status_code
        == 302
    )
    recording.refresh_from_db()
    assert recording.captions == {"vi": VTT, "en": VTT}
