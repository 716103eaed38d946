"""What is shown of a contest when its results are out: gallery, honour roll, letters, and what is taken down again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contests import operations
from contests.models import Contest, Exhibit, Ranking, TakeDown
from contests.operations.states import name_of
from contests.picturing import picture_of
from contests.problems import CopyImpossible
from contests.queries.faq import faq_of
from courses.models import Certificate
from schools.models import Consent
from schools.operations.privacy import record_consent, withdraw_consent
from tests.factories import contests as make
from tests.factories import jury, works
from tests.factories.schools import make_class, make_pupil, make_school, make_with_role

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"contests:{name}", args=args)


def consent(user, purpose: str, *givers: str) -> list[Consent]:
    return [
        record_consent(user=user, purpose=purpose, giver=giver, text_version="1", evidence="phiếu", actor=user)
        for giver in givers
    ]


def test_a_question_is_a_line_with_its_answer_below():
    text = "Thi ở đâu?\nỞ trường.\n\n \nChưa có lời đáp?\n\nMất mạng thì sao?\r\nMở lại trang.\nBài còn nguyên."
    assert faq_of(text) == [("Thi ở đâu?", "Ở trường."), ("Mất mạng thì sao?", "Mở lại trang.\nBài còn nguyên.")]
    assert faq_of("") == []


def test_a_picture_is_painted_small_from_a_picture_and_from_a_page():
    content, width, height = picture_of(works.png(3000, 1500), "image/png")
    assert (content[:3], width, height) == (b"\xff\xd8\xff", 1200, 600)
    content, width, height = picture_of(works.pdf(50, 100), "application/pdf")
    assert (content[:3], width, height) == (b"\xff\xd8\xff", 600, 1200)
    for broken, kind in ((b"%PDF-1.7 nothing", "application/pdf"), (b"x", "image/png"), (b"x", "video/mp4")):
        with pytest.raises(CopyImpossible):
            picture_of(broken, kind)


@pytest.mark.slow
def test_a_work_hangs_only_with_every_consent_and_goes_when_one_is_withdrawn(as_user):
    by, of_class = make.secretary(), make_class(make_school("Trường THCS Đồi Mây", code="DOIMAY"), "8A")
    contest, pupil = jury.contest(by), make_pupil(of_class, "Lò Thị Mận")
    work = jury.work(contest, pupil, of_class.school, content=jury.poster())
    operations.make_copies(work.pk)
    desk, form = as_user(by), {"work": work.code, "caption": "Một cửa", "alt_text": "Trụ sở xã"}
    given = consent(pupil, "publish", "pupil")
    assert "Lò Thị Mận" in desk.get(url("hang", contest.slug)).text
    assert desk.post(url("hang", contest.slug), form).status_code == 409
    Contest.objects.filter(pk=contest.pk).update(state="published")
    assert desk.post(url("hang", contest.slug), form).status_code == 409  # a child: the parent is missing
    given += consent(pupil, "publish", "representative")
    assert desk.post(url("hang", contest.slug), form | {"alt_text": " "}).status_code == 422
    for _twice in range(2):
        assert desk.post(url("hang", contest.slug), form).status_code == 302
    exhibit = Exhibit.objects.get()
    assert (exhibit.width, exhibit.height) == (60, 40)
    with storages["private"].open(exhibit.picture_key) as stream:
        assert b"Buoi" not in stream.read()
    with pytest.raises(IntegrityError), transaction.atomic():
        Exhibit.objects.update(alt_text="")
    visitor = as_user()
    page = visitor.get(url("gallery", contest.slug)).text
    assert "Một cửa" in page
    assert 'alt="Trụ sở xã"' in page
    assert "L.T.M." in page
    assert "Lò Thị Mận" not in page
    picture = visitor.get(url("picture", contest.slug, exhibit.uuid))
    assert picture.status_code == 302
    assert visitor.get(url("exhibit", contest.slug, exhibit.uuid)).status_code == 200
    withdraw_consent(consent=given[0], actor=pupil)
    assert "Một cửa" not in visitor.get(url("gallery", contest.slug)).text
    for name in ("exhibit", "picture", "take_down_work"):
        assert visitor.get(url(name, contest.slug, exhibit.uuid)).status_code == 404
    consent(pupil, "publish", "pupil")
    assert visitor.get(url("exhibit", contest.slug, exhibit.uuid)).status_code == 200
    desk.post(url("hang", contest.slug), {"work": work.code, "down": "1"})
    assert visitor.get(url("exhibit", contest.slug, exhibit.uuid)).status_code == 404


@pytest.mark.slow
def test_who_asks_reads_the_answer_and_whose_it_is_sees_it_hidden_at_once(as_user):
    by, of_class = make.secretary(), make_class(make_school("Trường THCS Đồi Mây", code="DOIMAY"), "8A")
    contest, pupil = jury.contest(by), make_pupil(of_class, "Lò Thị Mận")
    work = jury.work(contest, pupil, of_class.school, content=jury.poster())
    operations.make_copies(work.pk)
    consent(pupil, "publish", "pupil", "representative")
    Contest.objects.filter(pk=contest.pk).update(state="published")
    work.contest.refresh_from_db()
    exhibit = operations.hang(work=work, caption="Một cửa", alt_text="Trụ sở xã", by=by)
    visitor, desk, ask = as_user(), as_user(by), url("take_down_work", contest.slug, exhibit.uuid)
    form = {"key": str(uuid4()), "relation": "owner", "reason": "Hình vẽ này là của tôi."}
    assert visitor.post(ask, form | {"reason": ""}).status_code == 422
    for _twice in range(2):
        answer = visitor.post(ask, form)
    made = TakeDown.objects.get()
    assert answer["Location"] == url("take_down_answer", contest.slug, made.uuid)
    # A stranger's word alone takes nothing away.
    assert "Một cửa" in visitor.get(url("gallery", contest.slug)).text
    assert "Hình vẽ này là của tôi." in desk.get(url("take_downs", contest.slug)).text
    assert "1 việc đang chờ" in desk.get(url("manage", contest.slug)).text
    decide = url("decide_take_down", contest.slug, made.uuid)
    assert as_user(pupil).post(decide, {"grant": "1", "decision": "x"}).status_code == 404
    desk.post(decide, {"refuse": "1", "decision": "Bài do các em tự vẽ."})
    assert "Bài do các em tự vẽ." in visitor.get(answer["Location"]).text
    as_user(pupil).post(ask, form | {"key": str(uuid4()), "relation": "self"})
    assert "Một cửa" not in visitor.get(url("gallery", contest.slug)).text
    assert TakeDown.objects.filter(is_own=True, state="waiting").count() == 1


def published(by, *pupils, **more) -> Contest:
    """A knowledge contest whose results are out and cannot be objected to any more."""
    prizes = [{"kind": "individual", "title": "Giải Nhất", "count": len(pupils), "value": "500.000 đồng"}]
    contest = make.opened(by=by, prizes=prizes, **more)
    for place, pupil in enumerate(pupils):
        make.entry(contest, pupil)
        make.take(contest, pupil, seconds=60 + place)
    make.close_rounds(contest)
    operations.move_contest(contest=contest, to="closed", by=by, signed_name=name_of(by))
    operations.freeze_ranking(contest=contest, by=by)
    Ranking.objects.filter(contest=contest).update(computed_at=timezone.now() - timedelta(days=20))
    operations.move_contest(contest=contest, to="published", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
    return contest


@pytest.mark.slow
def test_winners_stand_with_initials_and_their_school_is_told_their_names(pupil, school_class, school_admin, as_user):
    from pypdf import PdfReader

    by, other = make.secretary(), make_class(make_school("Trường THPT Xa", code="XA"), "11B")
    far = make_pupil(other, "Sùng A Páo")
    running = make.opened(by=by)
    assert "Chưa có người đoạt giải" in as_user().get(url("honour", running.slug)).text
    contest, school = published(by, pupil, far), school_class.school
    operations.issue_contest_certificates(contest=contest, by=by)
    visitor, admin, desk = as_user(), as_user(school_admin), as_user(by)
    roll = visitor.get(url("honour", contest.slug)).text
    assert "T.T.B." in roll
    assert "S.A.P." in roll
    assert "Trần Thị Bưởi" not in roll
    consent(pupil, "leaderboard", "pupil", "representative")
    assert "Trần Thị Bưởi" in visitor.get(url("honour", contest.slug)).text
    assert "Trường THPT Xa" in desk.get(url("letters", contest.slug)).text
    assert "Trần Thị Bưởi" in admin.get(url("school", contest.slug, school.uuid)).text
    import io

    letter = admin.get(url("letter", contest.slug, school.uuid))
    text = " ".join(PdfReader(io.BytesIO(letter.content)).pages[0].extract_text().split())
    serial = Certificate.objects.get(user=pupil).serial
    for there in ("Trần Thị Bưởi", "10A1", "Giải Nhất", serial, school.name):
        assert there in text
    assert "Páo" not in text
    assert admin.get(url("letter", contest.slug, other.school.uuid)).status_code == 404
    assert as_user(pupil).get(url("letter", contest.slug, school.uuid)).status_code == 404
    assert desk.get(url("letter", contest.slug, other.school.uuid)).content.startswith(b"%PDF")
    # The name is asked to go: nowhere public does it stand any more, not even in initials.
    entry = contest.entries.get(user=pupil)
    form = {"key": str(uuid4()), "relation": "self", "reason": "Em không muốn.", "code": entry.code.lower()}
    assert visitor.post(url("take_down", contest.slug), form | {"code": "KHONG"}).status_code == 422
    as_user(pupil).post(url("take_down", contest.slug), form)
    for name in ("honour", "standings", "contest"):
        page = visitor.get(url(name, contest.slug)).text
        assert "Trần Thị Bưởi" not in page, name
        assert "T.T.B." not in page, name
        assert entry.code in page, name
    told = visitor.get(f"/api/v1/contests/{contest.slug}/standings").json()["results"]
    assert {row["entrant"]: row["name"] for row in told}[entry.code] == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gallery", "hang", "take_downs", "honour", "letters"])
def test_queries_do_not_grow_with_rows(name, as_user):
    by, counts = make.secretary(), []
    of_class = make_class(make_school("Trường THCS Đồi Mây", code="DOIMAY"), "8A")
    contest, client = jury.contest(by, prizes=9), as_user(by)
    Contest.objects.filter(pk=contest.pk).update(state="published")
    contest.refresh_from_db()
    for added in (1, 2):
        for _work in range(added):
            pupil = make_pupil(of_class, password=None)
            work = jury.work(contest, pupil, of_class.school, content=jury.poster())
            consent(pupil, "publish", "pupil", "representative")
            operations.make_copies(work.pk)
            work.contest.state = "published"
            exhibit = operations.hang(work=work, caption="Một cửa", alt_text="Trụ sở xã", by=by)
            operations.ask_to_take_down(
                contest=contest, key=uuid4(), relation="other", reason="Xin gỡ", exhibit=exhibit
            )
        client.get(url(name, contest.slug))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(name, contest.slug)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1], [one["sql"][:150] for one in queries]


def test_the_faq_is_written_at_any_time_by_the_desk_alone(as_user, pupil):
    by = make.secretary()
    contest = make.opened(by=by)
    text = "Thi ở đâu?\nỞ trường."
    assert as_user(pupil).post(url("faq", contest.slug), {"faq": text}).status_code == 404
    assert as_user(make_with_role("editor", "Biên Tập")).get(url("faq", contest.slug)).status_code == 404
    as_user(by).post(url("faq", contest.slug), {"faq": text})
    page = as_user().get(url("contest", contest.slug)).text
    assert "<summary>Thi ở đâu?" in page
    assert "Ở trường." in page
