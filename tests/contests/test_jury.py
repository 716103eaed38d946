"""The jury room: who may see which works, scoring, the meeting, the papers."""

import io
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from contests import operations, problems, snapshots
from contests.jury.rubrics import rubric
from contests.jury_demo import load_demo_jury
from contests.models import Category, Conflict, Contest, Copy, Ranking, Review, Ruling, Screening, Work, WorkFile
from contests.operations.states import name_of
from contests.queries.judging import board_of, boards_of, own_reviews
from schools.models import Role
from schools.operations.notifications import text_of
from schools.queries.desks import landing_of
from tests.factories import jury as make
from tests.factories.contests import secretary
from tests.factories.schools import PASSWORD, make_class, make_pupil, make_school, make_teacher, make_with_role

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "recompute_ranking.py"


def url(name: str, *args) -> str:
    return reverse(f"contests:{name}", args=args)


@pytest.fixture
def by():
    return secretary()


@pytest.fixture
def school(db):
    return make_class(make_school("Trường THPT Biển Xa", code="BIENXA"), "11A")


@pytest.mark.slow
def test_a_juror_sees_no_trace_of_works_of_their_school_their_class_and_their_kin(as_user, by, school):
    contest = make.contest(by)
    own, merged = make_class(make_school(), "10B"), make_class(make_school(), "10C")
    person = make_teacher(own, "Bùi Văn Khảo")
    # Who helps a team takes no seat; who has one and is named as a mentor afterwards sees no trace of that work.
    seat = make.juror(contest, by, user=person)
    works = {
        "stranger": make.work(contest, make_pupil(school), school.school),
        "school": make.work(contest, make_pupil(own), own.school),
        "left": make.work(contest, make_pupil(merged), merged.school),
        "mentor": make.work(contest, make_pupil(school), school.school, mentor=person),
        "moved": make.work(contest, make_pupil(own), school.school),
        "kin": make.work(contest, make_pupil(school), school.school),
    }
    # An office that ended two years ago still bars, one that ended four years ago does not.
    today = timezone.localdate()
    for of, years in ((merged.school, 2), (school.school, 4)):
        ended = today - timedelta(days=365 * years)
        Role.objects.create(
            user=person, kind="teacher", school=of, starts_on=ended - timedelta(days=400), ends_on=ended
        )
    other = make.juror(contest, by)
    Conflict.objects.create(juror=seat, work=works["kin"], kind="kin", told_by=by)
    shared = operations.share_out(contest=contest, by=by)
    assert shared.made == 1 + 6
    assert operations.share_out(contest=contest, by=by).made == 0
    assert [one.work for one in own_reviews(seat)] == [works["stranger"]]
    assert own_reviews(other).count() == 6
    # Even a row that should not be there shows nothing, in no list, count, address or paper.
    forced = Review.objects.create(work=works["school"], juror=seat, due_at=timezone.now())
    client = as_user(person)
    page = client.get(url("jury_works", contest.slug)).text
    assert works["stranger"].code in page
    assert all(one.code not in page for name, one in works.items() if name != "stranger")
    assert "0 bài đã nộp, 1 bài" in page
    assert "1 bài" in client.get(url("jury_home")).text
    for name, data in (
        ("score", None),
        ("save_score", {"key": "noi-dung", "points": "5"}),
        ("decline", {"reason": "x"}),
    ):
        address = url(name, contest.slug, forced.uuid)
        assert (client.get(address) if data is None else client.post(address, data)).status_code == 404
    sheet = client.get(url("sheet", contest.slug))
    if sheet.status_code == 200:
        text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(sheet.content)).pages)
        assert works["stranger"].code in text and works["school"].code not in text
    # A conflict told of later takes the work away, and nobody without the office has a jury at all.
    first = own_reviews(seat).get()
    client.post(url("decline", contest.slug, first.uuid), {"reason": "Em quen tác giả", "conflict": "known"})
    assert not own_reviews(seat).exists()
    assert Conflict.objects.filter(juror=seat, kind="known").exists()
    Role.objects.filter(user=person, kind="juror").update(
        starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1)
    )
    assert client.get(url("jury_works", contest.slug)).status_code == 404


@pytest.mark.slow
def test_lists_ask_the_same_whatever_their_length(as_user, by, school):
    contest = make.contest(by)
    person = make_with_role("juror")
    make.work(contest, make_pupil(school), school.school)
    make.juror(contest, by, user=person)
    operations.share_out(contest=contest, by=by)
    client, desk = as_user(person), as_user(by)
    pages = [(client, url("jury_works", contest.slug)), (desk, url("jury_room", contest.slug))]
    pages.append((desk, url("screening", contest.slug) + "?state=in"))
    asked = []
    for _time in range(2):
        for who, address in pages:
            who.get(address)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert who.get(address).status_code == 200
            asked.append(len(queries))
        for _more in range(2):
            make.work(contest, make_pupil(school), school.school)
        operations.share_out(contest=contest, by=by)
    assert asked[:3] == asked[3:]


def test_a_number_taken_out_again_is_gone_and_counts_as_missing(as_user, by, school):
    contest = make.contest(by)
    make.work(contest, make_pupil(school), school.school)
    person = make_with_role("juror", "Lê Văn Một")
    make.juror(contest, by, user=person)
    operations.share_out(contest=contest, by=by)
    mine, client = make.scored(Review.objects.get(), 7), as_user(person)
    page, save = url("score", contest.slug, mine.uuid), url("save_score", contest.slug, mine.uuid)
    assert client.post(save, {"key": "noi-dung", "points": " "}).json()["left"] == 1
    assert client.post(save, {"key": "noi-dung", "points": ""}).json()["left"] == 1
    # The form without a script does the same; what it does not send stays.
    client.post(page, {"points-my-thuat": "", "comment": ""})
    assert set(mine.scores.values_list("criterion__key", flat=True)) == {"sang-tao", "lan-toa"}
    assert "Còn thiếu điểm: 2" in client.get(page).text
    assert "Đã cho 2 trên 4 điểm" in client.get(url("jury_works", contest.slug)).text
    assert client.post(page, {"submit": "yes", "points-noi-dung": "8"}).status_code == 422
    assert client.post(page, {"submit": "yes", "points-my-thuat": "8"}).status_code == 302
    assert client.post(save, {"key": "noi-dung", "points": ""}).status_code == 409
    assert mine.scores.count() == 4


@pytest.mark.slow
def test_points_are_saved_one_by_one_handed_in_and_hidden_until_the_meeting(as_user, by, school):
    contest = make.contest(by)
    entry = make.work(contest, make_pupil(school), school.school)
    people = [make_with_role("juror", name) for name in ("Lê Văn Một", "Trần Thị Hai")]
    for one in people:
        make.juror(contest, by, user=one)
    operations.share_out(contest=contest, by=by)
    mine, theirs = Review.objects.order_by("juror__pk")
    client = as_user(people[0])
    page = url("score", contest.slug, mine.uuid)
    save = url("save_score", contest.slug, mine.uuid)
    answer = client.post(save, {"key": "noi-dung", "points": "7,5"})
    assert answer.json()["left"] == 3
    for wrong in ("11", "-1", "7,3", "bảy"):
        assert client.post(save, {"key": "noi-dung", "points": wrong}).status_code == 422
    # A request without a number is no emptied field.
    assert client.post(save, {"key": "noi-dung"}).status_code == 422
    assert 'value="7,5"' in client.get(page).text
    # Without a script the whole form goes at once; handing in needs every criterion.
    assert client.post(page, {"points-sang-tao": "8", "submit": "yes", "comment": "Tốt"}).status_code == 422
    client.post(page, {"points-my-thuat": "6", "points-lan-toa": "5"})
    assert client.post(page, {"submit": "yes", "comment": "Tốt"}).status_code == 302
    assert client.post(save, {"key": "noi-dung", "points": "1"}).status_code == 409
    assert client.get(url("score", contest.slug, theirs.uuid)).status_code == 404
    make.scored(theirs, 2)
    with pytest.raises(problems.StillJudging):
        operations.rule(work=entry, reason="Giữ nguyên", by=by)
    operations.submit_review(review=theirs)
    assert "Trần Thị Hai" not in client.get(page).text
    board = board_of(contest.categories.get())
    # 40 % of 7.5, 30 % of 8, 20 % of 6, 10 % of 5; the other 20; the median lies between.
    assert [str(one.total) for one in board.works[0].given] == ["71.00", "20.00"]
    assert (str(board.works[0].result), str(board.works[0].spread)) == ("45.50", "51.00")
    assert board.undecided
    # The meeting adds rows; what was given stays.
    desk, moderate = as_user(by), url("moderate", contest.slug, entry.uuid)
    typed = desk.post(moderate, {"review": "", "criterion": "noi-dung", "points": "9,5", "reason": " "}).text
    assert 'value="9,5"' in typed
    decision = {"review": theirs.pk, "criterion": "noi-dung", "points": "7", "reason": ""}
    assert desk.post(moderate, decision).status_code == 422
    assert desk.post(moderate, decision | {"reason": "Chấm nhầm thang"}).status_code == 302
    assert desk.post(moderate, decision | {"points": "6", "reason": "Thống nhất lại"}).status_code == 302
    assert theirs.scores.get(criterion__key="noi-dung").points == 2
    assert Ruling.objects.count() == 2
    board = board_of(contest.categories.get())
    assert str(board.works[0].given[1].total) == "36.00"
    assert not board.undecided
    assert "Chấm nhầm thang" in desk.get(moderate).text
    contest.state = "moderated"
    contest.save()
    assert "Trần Thị Hai" in client.get(page).text
    # The minutes tell who met, the results, the reasons; as Word and as PDF.
    form = {
        "held_at": "2026-11-20T08:30",
        "place": "Phòng họp 2",
        "chair": "Bà Chủ",
        "clerk": "Ông Thư",
        "conclusions": "Thống nhất.",
    }
    assert desk.post(url("minutes", contest.slug), form).status_code == 302
    document = Document(io.BytesIO(desk.get(url("minutes_word", contest.slug)).content))
    words = [one.text for one in document.paragraphs] + [
        cell.text for table in document.tables for cell in table._cells
    ]
    text = "\n".join(words)
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "BIÊN BẢN",
        entry.code,
        "Chấm nhầm thang",
        "Bà Chủ",
        "08 giờ 30",
        "Lê Văn Một",
    ):
        assert part in text, part
    pdf = desk.get(url("minutes_pdf", contest.slug))
    if pdf.status_code == 200:
        text = PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
        assert entry.code in text and "BIÊN BẢN" in text
    for stranger in (None, people[0], make_pupil(school)):
        assert as_user(stranger).get(moderate).status_code in {302, 404}


def test_an_invitation_is_taken_once_and_not_by_who_competes(as_user, by, school):
    contest = make.contest(by)
    pupil, person, other = make_pupil(school), make_teacher(school), make_teacher(make_class(school.school, "11B"))
    make.work(contest, pupil, school.school)
    answer = as_user(by).post(url("invite_juror", contest.slug), {"name": "Cô Giám Khảo"})
    link = re.search(r"https?://[^<]+/jury/join/[^<]+", answer.text)[0]
    path = "/" + link.split("/", 3)[3]
    assert link not in as_user(by).get(url("jury_room", contest.slug)).text
    assert as_user(pupil).post(path).status_code == 403
    assert as_user(person).post(path).status_code == 302
    assert Role.objects.filter(user=person, kind="juror").count() == 1
    assert as_user(other).post(path).status_code == 404
    # Who sits there already is led to the work by the same link; a stranger reads what the sign-in is for.
    person.refresh_from_db()
    assert as_user(person).get(path)["Location"] == url("jury_home")
    answer = as_user().get(path, follow=True)
    assert f"ban giám khảo “{contest.title}”" in answer.text and "as=staff" in answer.redirect_chain[-1][0]
    seat, token = operations.invite_juror(contest=contest, name="Muộn", by=by)
    type(seat).objects.filter(pk=seat.pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert as_user(other).get(url("join_jury", token)).status_code == 404


def test_a_lost_link_is_made_anew_and_an_invitation_called_off(as_user, by, school):
    contest, person = make.contest(by), make_teacher(school)
    desk, act = as_user(by), url("jury_act", contest.slug)
    seat, lost = operations.invite_juror(contest=contest, name="Cô Giám Khảo", by=by)
    answer = desk.post(act, {"do": "link", "juror": seat.pk})
    path = "/" + re.search(r"https?://[^<]+/jury/join/[^<]+", answer.text)[0].split("/", 3)[3]
    assert as_user(person).get(url("join_jury", lost)).status_code == 404
    assert as_user(person).get(path).status_code == 200
    desk.post(act, {"do": "unseat", "juror": seat.pk})
    assert as_user(person).get(path).status_code == 404
    assert "Đã huỷ lời mời Cô Giám Khảo." in desk.get(url("jury_room", contest.slug)).text
    assert "Cô Giám Khảo" not in desk.get(url("jury_room", contest.slug)).text
    taken = make.juror(contest, by, user=person)
    for what in ("link", "unseat"):
        desk.post(act, {"do": what, "juror": taken.pk})
    taken.refresh_from_db()
    assert taken.left_at is None and as_user(person).get(url("jury_home")).status_code == 200


def test_who_holds_the_office_finds_the_jury_and_the_desk_among_their_own(as_user, by):
    judge = make_with_role("juror")
    page = as_user(judge).get(reverse("contests:list")).text
    assert url("jury_home") in page
    # No seat yet is no page that does not exist.
    assert "Hiện chưa có ban giám khảo nào" in as_user(judge).get(url("jury_home")).text
    assert url("desk") in as_user(by).get(reverse("courses:today")).text
    # One place of the menu stands for the page, though contests lie above the desk.
    menu = as_user(by).get(url("desk")).text.split('class="site-nav')[1].split("</nav>")[0]
    assert menu.count("aria-current") == 1
    assert landing_of(by) == url("desk") and landing_of(judge) == url("jury_home")


@pytest.mark.slow
def test_screening_decides_with_a_reason_and_makes_copies_that_name_nobody(
    as_user, by, school, django_capture_on_commit_callbacks
):
    contest = make.contest(by)
    entry = make.work(contest, make_pupil(school), school.school, screening="waiting", content=make.poster())
    desk, address = as_user(by), url("screen", contest.slug, entry.uuid)
    page = desk.get(url("screening", contest.slug)).text
    original = url("handed_in", contest.slug, WorkFile.objects.get().uuid)
    assert "Tran Thi Buoi 10A1.jpg" in page and original in page
    assert desk.get(original).status_code == 302
    desk.post(address, {"verdict": "refused"})
    # What was typed stays, whatever is still missing.
    answer = desk.post(address, {"verdict": "returned", "reasons": ["names"], "more": "Góc trái."})
    assert answer.status_code == 409 and "Hãy ghi hạn sửa bài" in answer.text
    assert 'value="Góc trái."' in answer.text and 'value="names" checked' in answer.text
    assert not Screening.objects.exists()
    day = timezone.localdate() + timedelta(days=3)
    desk.post(address, {"verdict": "returned", "reasons": ["names"], "more": "Góc trái.", "fix_until": day.isoformat()})
    entry.refresh_from_db()
    assert (entry.screening, entry.fix_until is not None) == ("returned", True)
    assert "Góc trái." in entry.screening_reason
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(address, {"verdict": "in"})
        desk.post(address, {"verdict": "in"})
    assert [one.verdict for one in Screening.objects.all()] == ["returned", "in"]
    copy = Copy.objects.get()
    assert copy.state == "ready" and "Tran" not in copy.key
    with storages["private"].open(copy.key) as stream:
        assert b"Tran Thi Buoi" not in stream.read()
    person, stranger = make_with_role("juror"), make_with_role("juror")
    make.juror(contest, by, user=person)
    operations.share_out(contest=contest, by=by)
    make.juror(contest, by, user=stranger)
    review = Review.objects.get()
    where = url("jury_file", contest.slug, review.uuid, copy.uuid)
    answer = as_user(person).get(where)
    assert answer.status_code == 302 and "buoi" not in answer["Location"].lower()
    assert as_user(stranger).get(where).status_code == 404
    assert "Tran Thi Buoi" not in as_user(person).get(url("score", contest.slug, review.uuid)).text


def test_a_reserve_juror_steps_in_for_who_declines_or_is_late(by, school):
    contest = make.contest(by, jurors=1)
    first, second = (make.work(contest, make_pupil(school), school.school) for _ in range(2))
    seat = make.juror(contest, by)
    reserve = make.juror(contest, by, is_reserve=True)
    operations.share_out(contest=contest, by=by)
    assert not reserve.reviews.exists()
    with pytest.raises(problems.ReasonMissing):
        operations.decline_review(review=seat.reviews.get(work=first), reason=" ", by=seat.user)
    made = operations.decline_review(review=seat.reviews.get(work=first), reason="Ốm", by=seat.user)
    assert made.juror == reserve
    late = seat.reviews.get(work=second)
    Review.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=47))
    assert operations.pass_on_late_reviews() == 0
    Review.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(hours=49))
    assert operations.pass_on_late_reviews() == 1
    assert reserve.reviews.standing().count() == 2
    assert operations.share_out(contest=contest, by=by).made == 0
    with pytest.raises(problems.NoReserve):
        operations.replace_juror(review=reserve.reviews.get(work=first), by=by)
    assert Work.objects.visible_to_juror(seat).count() == 0


def test_the_secretary_writes_a_conflict_down_and_reminds_by_message(as_user, by, school):
    contest = make.contest(by)
    entries = [make.work(contest, make_pupil(school), school.school) for _ in range(2)]
    seat = make.juror(contest, by)
    reserve = make.juror(contest, by, is_reserve=True)
    operations.share_out(contest=contest, by=by)
    given = seat.user.notifications.get(kind="jury_given")
    assert (given.url, contest.title in text_of(given)) == (url("jury_works", contest.slug), True)
    operations.submit_review(review=make.scored(seat.reviews.get(work=entries[0]), 8))
    desk, address = as_user(by), url("jury_act", contest.slug)
    for _twice in range(2):
        desk.post(address, {"do": "remind_all"})
    assert seat.user.notifications.filter(kind="jury_reminder").count() == 1
    assert not reserve.user.notifications.exists()
    told = {"do": "conflict", "juror": seat.pk, "work": entries[0].pk, "kind": "kin", "note": "Cháu ruột"}
    assert desk.post(address, told | {"kind": "whatever"}).status_code == 404
    for _twice in range(2):
        assert desk.post(address, told).status_code == 302
    assert Conflict.objects.get().told_by == by
    # What the relative gave no longer counts, and the reserve juror takes over.
    assert board_of(contest.categories.get()).works[0].given == []
    assert reserve.reviews.get().work == entries[0]
    assert reserve.user.notifications.filter(kind="jury_given").exists()
    assert entries[0].code not in as_user(seat.user).get(url("jury_works", contest.slug)).text
    assert "Cháu ruột" in desk.get(url("jury_room", contest.slug)).text
    operations.submit_review(review=make.scored(seat.reviews.get(work=entries[1]), 8))
    assert not seat.user.notifications.filter(read_at=None, kind__startswith="jury_").exists()
    contest.state = "moderated"
    contest.save()
    with pytest.raises(problems.OnlyForward):
        operations.declare_conflict(juror=reserve, work=entries[0], kind="kin", by=by)


@pytest.mark.slow
def test_the_ranking_waits_for_the_meeting_and_is_frozen_like_any_other(by, school, client, tmp_path):
    contest = make.contest(by, prizes=1)
    version = contest.rules_versions.get()
    named = [["criterion:noi-dung", "desc"], ["criterion:sang-tao", "desc"]]
    version.order = [["score", "desc"], *named, ["submitted_at", "asc"]]
    version.save()
    works = [make.work(contest, make_pupil(school), school.school) for _ in range(3)]
    make.juror(contest, by)
    operations.share_out(contest=contest, by=by)

    def move(to):
        return operations.move_contest(contest=contest, to=to, by=by, signed_name=name_of(by))

    # The second and the third have the same result and as much for the content; the third has more for the idea.
    for work, points in zip(works, (5, [8, 8, 8, 8], [8, 10, 6, 6]), strict=True):
        review = make.scored(work.reviews.get(), points)
        if work is not works[2]:
            operations.submit_review(review=review)
    with pytest.raises(problems.NotReady, match="1"):
        move("moderated")
    operations.submit_review(review=works[2].reviews.get())
    board = board_of(contest.categories.get())
    assert {one.work for one in board.undecided} == set(works[1:])
    with pytest.raises(problems.NotReady, match=works[1].code):
        move("moderated")
    for work in works[1:]:
        operations.rule(work=work, reason="Xét tiêu chí sáng tạo", by=by)
    with pytest.raises(problems.NotReady, match="iên bản"):
        move("moderated")
    operations.write_minutes(
        contest=contest, by=by, held_at=timezone.now(), place="Phòng họp", chair="Bà Chủ", clerk="Ông Thư"
    )
    with pytest.raises(problems.StillJudging):
        operations.freeze_ranking(contest=contest, by=by)
    assert move("moderated").signed_name == name_of(by)
    contest.refresh_from_db()
    ranking = operations.freeze_ranking(contest=contest, by=by)
    rows = snapshots.page_of(ranking, 1)
    entries = [work.team.members.get(role="leader").entry for work in works]
    assert [(row["rank"], row["entrant"]) for row in rows] == [
        (1, entries[2].code),
        (2, entries[1].code),
        (3, entries[0].code),
    ]
    assert ranking.awards.get().entry == entries[2]
    table = snapshots.read_file(ranking, snapshots.TABLE)
    assert table.decode("utf-8-sig").splitlines()[0].endswith(",criterion:noi-dung,criterion:sang-tao")
    (tmp_path / "ranking.csv").write_bytes(table)
    (tmp_path / "rules.json").write_bytes(snapshots.read_file(ranking, snapshots.RULES))
    command = [sys.executable, str(SCRIPT), str(tmp_path / "ranking.csv"), str(tmp_path / "rules.json")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("OK: 3")
    page = client.get(url("contest", contest.slug)).context["page"]
    assert "Sáng tạo" in page.order[2] and len(page.order) == 4
    assert move("published")


def test_posters_and_films_stand_in_one_table_but_are_ranked_apart(by, school, client, tmp_path):
    contest = make.contest(by)
    posters = contest.categories.get()
    films = Category.objects.create(contest=contest, slug="phim", title="Phim ngắn")
    operations.set_rubric(category=films, criteria=rubric("ap-phich"), by=by)
    pupil = make_pupil(school)
    places = [posters, posters, posters, films, films]
    works = [
        make.work(contest, pupil if place == 1 else make_pupil(school), school.school, category=category)
        for place, category in enumerate(places)
    ]
    # The pupil of the second poster has made the first film too: a film of their own, by the same entry.
    own = works[1].team.members.get(role="leader").entry
    works[3].team.members.filter(role="leader").update(user=pupil, entry=own)
    make.juror(contest, by)
    operations.share_out(contest=contest, by=by)
    for work, points in zip(works, (5, 9, 7, 4, 8), strict=True):
        operations.submit_review(review=make.scored(work.reviews.get(), points))
    Contest.objects.filter(pk=contest.pk).update(state="moderated")
    contest.refresh_from_db()
    ranking = operations.freeze_ranking(contest=contest, by=by)
    leaders = [work.team.members.get(role="leader").entry.code for work in works]
    rows = [(row["category"], row["rank"], row["entrant"]) for row in snapshots.page_of(ranking, 1)]
    assert rows == [
        ("ap-phich", 1, leaders[1]),
        ("ap-phich", 2, leaders[2]),
        ("ap-phich", 3, leaders[0]),
        ("phim", 1, leaders[4]),
        ("phim", 2, own.code),
    ]
    # Each category has a table of its own without the column; all can be computed again.
    for one in Ranking.objects.filter(contest=contest):
        table = snapshots.read_file(one, snapshots.TABLE)
        assert table.decode("utf-8-sig").splitlines()[0].endswith(",category") is (one.category is None)
        (tmp_path / "ranking.csv").write_bytes(table)
        (tmp_path / "rules.json").write_bytes(snapshots.read_file(one, snapshots.RULES))
        command = [sys.executable, str(SCRIPT), str(tmp_path / "ranking.csv"), str(tmp_path / "rules.json")]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("OK: ")
    answer = client.get(url("standings", contest.slug))
    assert [(group["title"], len(group["rows"])) for group in answer.context["groups"]] == [
        ("Áp phích", 3),
        ("Phim ngắn", 2),
    ]
    assert "Mỗi bảng thi được chấm riêng" in answer.text
    one = client.get(url("standings", contest.slug), {"category": "phim"})
    assert [group["title"] for group in one.context["groups"]] == [""]


def test_the_demo_seats_a_jury_that_has_scored_half(by, school):
    contest = make.contest(by, jurors=None)
    contest.state = "closed"
    contest.save()
    for _number in range(4):
        make.work(contest, make_pupil(school), school.school, screening="waiting")
    for kind, name in (
        ("contest_secretary", "thuky"),
        ("juror", "giamkhao"),
        ("reviewer", "thamdinh"),
        ("editor", "bientap"),
    ):
        make_with_role(kind, f"Người {name}", username=name)
    assert load_demo_jury() == 1
    assert load_demo_jury() == 0
    (board,) = boards_of(contest)
    assert (board.waiting, len(board.works)) == (2, 4)
    assert board.alpha is not None
    assert own_reviews(contest.jurors.get(user__username="giamkhao")).filter(state="assigned").count() == 2


def test_who_takes_a_seat_is_led_to_sign_in_again_and_to_a_second_factor(client, by, school, settings):
    settings.REQUIRE_TOTP = True
    contest, person = make.contest(by), make_teacher(school, username="khao.giam")
    _seat, token = operations.invite_juror(contest=contest, name="Bùi Văn Khảo", by=by)
    join = url("join_jury", token)
    assert "as=staff" in client.get(join)["Location"]
    client.force_login(person)
    seated = client.post(join)
    assert "as=staff" in seated["Location"]
    assert "sáu chữ số trên điện thoại" in client.get(seated["Location"]).text
    assert client.get(url("jury_home")).status_code == 302
    form = {"as": "staff", "username": "khao.giam", "password": PASSWORD, "next": url("jury_home")}
    assert client.post(reverse("account_login"), form)["Location"] == url("jury_home")
    assert client.get(url("jury_home"))["Location"] == reverse("mfa_activate_totp")
