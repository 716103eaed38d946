"""Captions: read from files as they come, checked row by row, kept as WebVTT; the editors' pages for them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from media.captions import Cue, Row, check_chapters, check_rows, clock, parse, read_clock, read_file, write
from media.models import Conversion, Recording
from media.problems import FileRefused
from tests.factories.schools import make_staff

SRT = """1
00:00:01,000 --> 00:00:02,500
Đọc tên <i>ngay trước</i>

2
00:00:02,500 --> 00:00:04,000
dấu gạch chéo & hỏi
hai dòng
"""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1:05", 65), ("1:05.25", 65.25), ("00:01:05,250", 65.25), ("1:02:05.000", 3725), ("65", None), ("1:75", None),
     ("abc", None), ("-1:00", None), ("0:00.5", 0.5)],
)  # fmt: skip
def test_times_as_people_write_them(text, seconds):
    assert read_clock(text) == seconds
    if seconds is not None:
        assert read_clock(clock(seconds)) == seconds


@pytest.mark.parametrize(
    "data", [SRT.encode(), SRT.encode("utf-8-sig"), SRT.encode("utf-16"), SRT.replace("\n", "\r\n").encode()]
)
def test_subrip_becomes_webvtt_and_stays_the_same(data):
    rows, repairs = read_file(data)
    assert repairs == []
    cues = check_rows(rows)
    assert not any(row.faults for row in rows)
    assert cues == [
        Cue(1.0, 2.5, "Đọc tên ngay trước"),
        Cue(2.5, 4.0, "dấu gạch chéo & hỏi\nhai dòng"),
    ]
    text = write(cues)
    assert text.startswith("WEBVTT\n")
    assert "gạch chéo &amp; hỏi" in text
    again, _repairs = read_file(text.encode())
    assert check_rows(again) == cues
    assert write(check_rows(again)) == text


def test_a_place_on_the_picture_survives_and_notes_are_left_out():
    text = "WEBVTT\n\nNOTE nothing\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.000 line:0\n<v Lan>Chào</v>\n"
    assert parse(text) == [Cue(1.0, 2.0, "Chào", "line:0")]
    assert "--> 00:00:02.000 line:0" in write(parse(text))


def test_each_fault_is_said_at_its_row():
    rows = [
        Row("0:01", "0:03", "Một"),
        Row("0:02.5", "0:04", "chồng lên"),
        Row("0:09", "0:08", "ngược"),
        Row("0:05", "0:06", "lùi"),
        Row("x", "0:07", ""),
        Row("", "", "  "),
        Row("9:00", "9:01", "sau khi hết"),
    ]
    check_rows(rows, seconds=60)
    faults = [len(row.faults) for row in rows]
    assert faults == [0, 1, 1, 1, 2, 0, 1]
    assert "0:03.000" in rows[1].faults[0]
    titles = [Row("0:00", "", "Mở"), Row("0:00", "", "Cùng lúc"), Row("2:00", "", "Muộn"), Row("0:30", "", "")]
    check_chapters(titles, seconds=60)
    assert [len(row.faults) for row in titles] == [0, 1, 1, 2]


@pytest.mark.parametrize("data", [b"", b"<html>", b"\xff\xfe", b"\xc3\x28 -->", b"1\n2\n3", b"\0" * 40])
def test_what_is_no_caption_file_is_refused(data):
    with pytest.raises(FileRefused):
        read_file(data)


OLD = {
    "tcvn3": "1\n00:00:01,000 --> 00:00:02,500\n§¨ng ký dÞch vô c«ng\n",
    "vni": "1\n00:00:01,000 --> 00:00:02,500\nÑaêng kyù dòch vuï coâng\n",
}


@pytest.mark.parametrize("code", ["latin-1", "utf-8", "utf-16"])
@pytest.mark.parametrize("encoding", OLD)
def test_old_letters_are_put_into_todays_and_shown(encoding, code):
    rows, repairs = read_file(OLD[encoding].encode(code))
    assert [(row.start, row.text) for row in rows] == [("00:00:01.000", "Đăng ký dịch vụ công")]
    assert [(one.before, one.after) for one in repairs] == [(OLD[encoding].splitlines()[2], rows[0].text)]


def test_letters_of_other_languages_are_no_old_ones():
    rows, repairs = read_file("0:01.0 --> 0:02.0\nÑu nao\n".encode(), language="jra")
    assert (rows[0].text, repairs) == ("Ñu nao", [])


@pytest.mark.django_db
def test_an_editor_types_imports_mends_and_saves(client):
    client.force_login(make_staff("Quản Trị", username="quan.tri", is_superuser=True))
    recording = Recording.objects.create(
        title="Phim",
        file="recordings/a.mp4",
        type="video",
        duration=60,
        captions={"en": "WEBVTT\n\n00:01.000 --> 00:02.000\nKept\n"},
    )
    page = reverse("media_captions", args=[recording.pk, "vi"])
    assert client.get(page).status_code == 200
    # A file fills the rows and saves nothing.
    read = client.post(page, {"file": SimpleUploadedFile("a.srt", SRT.encode())})
    assert read.status_code == 200
    assert "hai dòng" in read.content.decode()
    assert client.post(page, {"file": SimpleUploadedFile("a.srt", b"nothing")}).status_code == 422
    old = client.post(page, {"file": SimpleUploadedFile("a.srt", OLD["tcvn3"].encode("latin-1"))})
    assert "dÞch vô" in (shown := old.content.decode()) and "Đăng ký dịch vụ công" in shown
    recording.refresh_from_db()
    assert set(recording.captions) == {"en"}
    # What overlaps is not saved, and nothing typed is lost.
    typed = {
        "start": ["0:01", "0:02", ""],
        "end": ["0:03", "0:04", ""],
        "text": ["Một", "Hai", ""],
        "settings": ["line:0", "", ""],
    }
    refused = client.post(page, typed)
    assert refused.status_code == 422
    assert 'value="0:02"' in refused.content.decode()
    typed["start"][1] = "0:03"
    assert client.post(page, typed).status_code == 302
    recording.refresh_from_db()
    assert [cue.text for cue in parse(recording.captions["vi"])] == ["Một", "Hai"]
    assert "line:0" in recording.captions["vi"]
    assert set(recording.captions) == {"vi", "en"}
    # All rows deleted: no captions in this language.
    assert client.post(page, {"start": "", "end": "", "text": ""}).status_code == 302

    chapters = reverse("media_chapters", args=[recording.pk, "vi"])
    assert client.post(chapters, {"start": ["0:00", "0:40"], "text": ["Mở đầu", ""]}).status_code == 422
    assert client.post(chapters, {"start": ["0:00", "0:40"], "text": ["Mở đầu", "Đọc tên"]}).status_code == 302
    recording.refresh_from_db()
    assert set(recording.captions) == {"en"}
    assert recording.chapters == {"vi": [{"at": 0, "title": "Mở đầu"}, {"at": 40, "title": "Đọc tên"}]}

    # The page of the recording: how far its copies are, and what failed in plain words.
    edit = reverse("wagtailmedia:edit", args=[recording.pk])
    Conversion.objects.create(recording=recording, source="a", recipe=1, state="failed", reason="damaged_video")
    shown = client.get(edit).content.decode()
    assert "Video này bị hỏng" in shown
    assert page in shown
    assert client.post(reverse("media_conversion_again", args=[recording.pk])).status_code == 302
    assert "data-open" in client.get(reverse("media_conversion", args=[recording.pk])).content.decode()
    recording.copies = {
        "prefix": "public/copies/x/y",
        "posters": [{"name": "poster-0.jpg", "at": 1}, {"name": "poster-1.jpg", "at": 2}],
    }
    recording.save()
    client.post(reverse("media_poster_choice", args=[recording.pk]), {"poster": "0"})
    client.post(reverse("media_poster_choice", args=[recording.pk]), {"poster": "9"})
    recording.refresh_from_db()
    assert recording.poster_url.endswith("/public/copies/x/y/poster-0.jpg")
    for missing in ("xx", "zz"):
        assert client.get(reverse("media_captions", args=[recording.pk, missing])).status_code == 404
    # Not for everyone who may see the admin.
    client.force_login(make_staff("Người Khác", username="nguoi.khac"))
    assert client.get(page).status_code in {302, 403}
    assert client.post(page, typed).status_code in {302, 403}
    recording.refresh_from_db()
    assert set(recording.captions) == {"en"}
