"""Films in the gallery: light copies made by the worker, captions of what is said, and nothing before both are there."""

from uuid import uuid4

import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from contests import operations
from contests.models import Contest, Copy, Exhibit, WorkFile
from contests.problems import ReasonMissing
from schools.operations.privacy import withdraw_consent
from tests.contests.test_showing import consent
from tests.factories import contests as make
from tests.factories import jury, works
from tests.factories.media import filmed
from tests.factories.schools import make_class, make_pupil, make_school

pytestmark = [pytest.mark.django_db, pytest.mark.s3]
SAID = (
    "1\n00:00:01,000 --> 00:00:02,500\nChào bà con!\n\n2\n00:00:03,000 --> 00:00:05,000\nMã OTP <không> đưa cho ai.\n"
)


def url(name: str, *args) -> str:
    return reverse(f"contests:{name}", args=args)


@pytest.mark.slow
def test_a_film_hangs_light_with_its_captions_and_its_picture(as_user, django_capture_on_commit_callbacks):
    by, of_class = make.secretary(), make_class(make_school("Trường THCS Đồi Mây", code="DOIMAY"), "8A")
    contest, pupil = jury.contest(by), make_pupil(of_class, "Lò Thị Mận")
    work = jury.work(contest, pupil, of_class.school, content=filmed(), kind="video/mp4")
    WorkFile.objects.update(probe={"seconds": 6.0})
    assert operations.make_copies(work.pk) == 1
    given = consent(pupil, "publish", "pupil", "representative")
    Contest.objects.filter(pk=contest.pk).update(state="published")
    work.contest.refresh_from_db()
    desk, visitor = as_user(by), as_user()
    form = {"work": work.code, "caption": "Bà nội nộp hồ sơ", "alt_text": "Hai bà cháu bên điện thoại", "spoken": "vi"}
    hang = url("hang", contest.slug)
    assert desk.post(hang, form).status_code == 422, "neither captions nor the word that nothing is said"
    with pytest.raises(ReasonMissing):
        operations.hang(work=work, caption="Phim", alt_text="Phim", by=by)
    late = "00:00.000 --> 00:01.000\nA\n\n01:00.000 --> 01:02.000\nB"
    refused = desk.post(hang, form | {"captions": late})
    assert refused.status_code == 422 and "2" in str(
        next(row["form"] for row in refused.context["page"] if row["form"].errors).errors["captions"]
    )
    assert not Exhibit.objects.exists()

    # Handed to the worker once it is written; before that nobody finds it.
    with django_capture_on_commit_callbacks() as asked:
        file = SimpleUploadedFile("phu-de.srt", SAID.encode())
        assert desk.post(hang, form | {"captions_file": file}).status_code == 302
    exhibit = Exhibit.objects.get()
    assert (exhibit.state, exhibit.is_film, len(asked)) == ("making", True, 1)
    assert exhibit.captions.startswith("WEBVTT") and "&lt;không&gt;" in exhibit.captions
    assert visitor.get(url("exhibit", contest.slug, exhibit.uuid)).status_code == 404
    assert operations.make_film(exhibit.pk) and not operations.make_film(exhibit.pk)
    exhibit.refresh_from_db()
    assert (exhibit.width, exhibit.height, exhibit.film["seconds"]) == (640, 360, 6.0)
    assert [one["label"] for one in exhibit.film["copies"]] == ["144p", "360p"]
    with pytest.raises(IntegrityError, match="film_has_captions"), transaction.atomic():
        Exhibit.objects.update(captions="")

    page = visitor.get(url("exhibit", contest.slug, exhibit.uuid)).text
    assert page.index("144p") < page.index("360p"), "the lightest first"
    for there in ('kind="captions"', "Chào bà con!", "Mã OTP &lt;không&gt; đưa cho ai.", "Hai bà cháu bên điện thoại"):
        assert there in page
    assert "Lò Thị Mận" not in page
    assert "Bà nội nộp hồ sơ" in visitor.get(url("gallery", contest.slug)).text
    said = visitor.get(url("captions", contest.slug, exhibit.uuid))
    assert (said["Content-Type"], said.content[:6]) == ("text/vtt; charset=utf-8", b"WEBVTT")
    led = visitor.get(url("film", contest.slug, exhibit.uuid, "144p"))
    light = requests.get(led["Location"], headers={"Range": "bytes=0-99999"}, timeout=20)
    assert light.status_code in {200, 206} and light.content[4:8] == b"ftyp"
    assert b"+10.9574" not in light.content, "where it was filmed goes with the metadata"
    assert visitor.get(url("film", contest.slug, exhibit.uuid, "9999p")).status_code == 404

    # Words are put right without making it again; another moment for its picture is made anew.
    again = form | {"captions": exhibit.captions, "caption": "Bà nội tự nộp hồ sơ"}
    desk.post(hang, again)
    exhibit.refresh_from_db()
    assert (exhibit.state, exhibit.caption) == ("shown", "Bà nội tự nộp hồ sơ")
    desk.post(hang, again | {"poster_at": "4"})
    exhibit.refresh_from_db()
    assert exhibit.state == "making" and operations.make_film(exhibit.pk)

    # Asked to go, or a consent withdrawn: neither the page nor the file nor its words are given any more.
    form = {"key": str(uuid4()), "relation": "self", "reason": "Em không muốn nữa."}
    assert as_user(pupil).post(url("take_down_work", contest.slug, exhibit.uuid), form).status_code == 302
    withdraw_consent(consent=given[0], actor=pupil)
    for name, more in (("exhibit", ()), ("film", ("144p",)), ("captions", ())):
        assert visitor.get(url(name, contest.slug, exhibit.uuid, *more)).status_code == 404


@pytest.mark.slow
def test_a_film_that_cannot_be_read_is_marked_and_a_picture_needs_no_captions(as_user):
    by, of_class = make.secretary(), make_class()
    contest = jury.contest(by)
    work = jury.work(
        contest, make_pupil(of_class), of_class.school, content=filmed(seconds=1, with_sound=False), kind="video/mp4"
    )
    operations.make_copies(work.pk)
    consent(work.team.members.get().user, "publish", "pupil", "representative")
    Contest.objects.filter(pk=contest.pk).update(state="published")
    work.contest.refresh_from_db()
    silent = operations.FilmWords(is_wordless=True)
    exhibit = operations.hang(work=work, caption="Phim", alt_text="Một con đường", by=by, film=silent)
    assert operations.make_film(exhibit.pk)
    copy = Copy.objects.get()
    Copy.objects.update(key=storages["private"].save("contests/tests/hong.mp4", ContentFile(b"x" * 99)))
    Exhibit.objects.update(state="making", film={})
    assert not operations.make_film(exhibit.pk)
    exhibit.refresh_from_db()
    assert exhibit.state == "failed"
    Copy.objects.filter(pk=copy.pk).update(key=copy.key)
    again = operations.hang(work=work, caption="Phim", alt_text="Một con đường", by=by, film=silent)
    assert again.state == "making" and operations.make_film(exhibit.pk)
    assert "Phim" in as_user().get(url("gallery", contest.slug)).text


@pytest.mark.slow
def test_further_pictures_of_a_work_hang_with_words_of_their_own_and_not_without(as_user):
    by, of_class = make.secretary(), make_class()
    contest, pupil = jury.contest(by), make_pupil(of_class)
    work = jury.work(contest, pupil, of_class.school, content=jury.poster())
    first = WorkFile.objects.get()
    for position in (2, 3):
        WorkFile.objects.create(
            version=first.version,
            slot=first.slot,
            position=position,
            file_name=f"ảnh {position}.jpg",
            size=first.size,
            state="accepted",
            key=first.key,
            content_type=first.content_type,
            sha256=first.sha256,
            checked_at=first.checked_at,
        )
    assert operations.make_copies(work.pk) == 3
    consent(pupil, "publish", "pupil", "representative")
    Contest.objects.filter(pk=contest.pk).update(state="published")
    desk, visitor, hang = as_user(by), as_user(), url("hang", contest.slug)
    (row,) = desk.get(hang).context["page"]
    assert [name for _copy, name in row["others"]] == ["ảnh 2.jpg", "ảnh 3.jpg"]
    form = {"work": work.code, "caption": "Mô hình một cửa", "alt_text": "Nhìn từ trước"}
    for _twice in range(2):
        desk.post(hang, form | {f"alt_{row['others'][1][0].hex}": "Nhìn từ trên"})
    exhibit = Exhibit.objects.get()
    assert [one["alt"] for one in exhibit.more] == ["Nhìn từ trên"]
    page = visitor.get(url("exhibit", contest.slug, exhibit.uuid)).text
    assert 'alt="Nhìn từ trên"' in page and page.count('class="exhibit section"') == 2
    assert visitor.get(url("further_picture", contest.slug, exhibit.uuid, 1)).status_code == 302
    assert visitor.get(url("further_picture", contest.slug, exhibit.uuid, 2)).status_code == 404
    desk.post(hang, form)
    exhibit.refresh_from_db()
    assert exhibit.more == []


@pytest.mark.slow
def test_a_jury_sees_the_page_of_a_pdf_beside_the_file(as_user):
    by, of_class = make.secretary(), make_class()
    contest = jury.contest(by)
    jury.work(contest, make_pupil(of_class), of_class.school, content=works.pdf(), kind="application/pdf")
    seat = jury.juror(contest, by)
    operations.share_out(contest=contest, by=by)
    review, client = seat.reviews.get(), as_user(seat.user)
    address = url("score", contest.slug, review.uuid)
    operations.make_copies(review.work_id)
    copy = Copy.objects.get()
    file = url("jury_file", contest.slug, review.uuid, copy.uuid)
    assert f'src="{file}?page=1"' in client.get(address).text
    painted = requests.get(client.get(f"{file}?page=1")["Location"], timeout=20).content
    assert painted[:3] == b"\xff\xd8\xff"
    assert requests.get(client.get(file)["Location"], timeout=20).content[:4] == b"%PDF"
