"""The demo's finished poster contest, with its gallery, and one whose school round waits for schools to choose. Made by the
operations people call, but for the clock, which is turned back."""

import random
import tempfile
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from contests import operations
from contests.demo_works import POSTERS, RULES, SLOTS, submit_poster
from contests.jury.rubrics import rubric
from contests.jury_demo import OTHERS, OWN, TENDS, _score, _seat
from contests.models import Category, Contest, Ranking, Review, Round, Work, WorkFile
from contests.operations.entries import asks_guardian
from contests.operations.states import name_of
from contests.picturing import picture_of
from contests.queries.contests import rules_in_force
from contests.queries.judging import boards_of
from contests.queries.people import standing_on
from contests.queries.showing import makers_of
from contests.rules import Rules
from media import ffmpeg, storage
from schools.models import Consent, Unit, User
from schools.operations.privacy import record_consent

SLUG, CHOOSING = "ap-phich-nam-truoc", "vong-truong-den-chung-ket"
WORDS = (
    ("Một cửa ở ngay xã mình: có người hướng dẫn, không phải đi xa.", "Trụ sở xã có bảng Một cửa, hai người đang chỉ nhau cách nộp hồ sơ. Chữ lớn: Một cửa ở ngay xã mình."),
    ("Ngồi nhà cũng nộp được hồ sơ.", "Ngôi nhà nhỏ có cây dừa, trong nhà có người cầm điện thoại. Chữ lớn: Nộp hồ sơ từ nhà, không phải đi xa."),
    ("Mã OTP là chìa khoá nhà mình.", "Màn hình đăng nhập có ô nhập mã và ổ khoá. Chữ lớn: Mã OTP: không đưa cho ai."),
)  # fmt: skip
FILMS = {
    "slug": "phim",
    "title": "Phim ngắn",
    "team_max": 3,
    "slots": [
        {
            "key": "phim",
            "kind": "video",
            "title": "Phim",
            "max_megabytes": 200,
            "min_pixels": 360,
            "min_seconds": 5,
            "max_seconds": 300,
        }
    ],
}
FILM_SHOWS = "Ba áp phích hiện lần lượt: trụ sở xã, ngôi nhà có cây dừa, màn hình đăng nhập có ổ khoá."
CAPTIONS = """WEBVTT

00:00:00.300 --> 00:00:02.800
Một cửa ở ngay xã mình.

00:00:03.200 --> 00:00:05.800
Nộp hồ sơ từ nhà, không phải đi xa.

00:00:06.200 --> 00:00:08.800
Mã OTP: không đưa cho ai.
"""
PRIZES = [
    {"kind": "individual", "title": "Giải Nhất", "count": 1, "value": "Bộ màu vẽ"},
    {"kind": "individual", "title": "Giải Nhì", "count": 1, "value": "Sách về quê hương"},
]


def make_shown_posters(by: User, pupils: list[User]) -> Contest:
    """From the draft to the gallery. Where Pango is missing there are works, prizes and letters, and no pictures."""
    now = timezone.now()
    document = {
        "title": "Áp phích: an toàn khi làm thủ tục trên mạng",
        "kind": Contest.Kind.WORKS,
        "summary": "Áp phích của các em treo ở xã, ở trường; ai cũng xem được tại đây.",
        "who": "Học sinh THCS, THPT trong tỉnh; đội từ 1 đến 3 bạn cùng trường.",
        "text": RULES,
        "order": [["score", "desc"], ["draw", "asc"]],
        "rules": {"guardian_under": 16, "appeal_days": 5},
        "reference_date": now.date() - timedelta(days=40),
        "rounds": [{"level": "province", "opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=1)}],
        "categories": [{"slug": "ap-phich", "title": "Áp phích", "team_max": 3, "slots": SLOTS}, FILMS],
        "prizes": PRIZES,
    }
    contest = operations.set_up_contest(document=document, organiser=Unit.objects.get(depth=1), by=by, slug=SLUG)
    operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
    for pupil, (drawing, title, team) in zip(pupils, POSTERS, strict=False):
        submit_poster(contest, pupil, drawing, title, team)
    _submit_film(contest, pupils[2:3])
    began = now - timedelta(days=40)
    Round.objects.filter(stage__contest=contest).update(opens_at=began, closes_at=began + timedelta(days=20))
    Work.objects.filter(contest=contest).update(submitted_at=began + timedelta(days=12))
    operations.move_contest(contest=contest, to="closed", by=by, signed_name=name_of(by))
    if Work.objects.in_the_running().filter(contest=contest).exists():
        _judge_to_the_end(contest, by)
        operations.freeze_ranking(contest=contest, by=by)
        Ranking.objects.filter(contest=contest).update(computed_at=began + timedelta(days=25))
        operations.move_contest(contest=contest, to="published", by=by, signed_name=name_of(by))
        contest.refresh_from_db()
        operations.issue_contest_certificates(contest=contest, by=by)
        _hang(contest, by)
    return contest


def _judge_to_the_end(contest: Contest, by: User) -> None:
    chance = random.Random(SLUG)  # noqa: S311 (no secret)
    for category in Category.objects.filter(contest=contest):
        name = "video" if category.slug == FILMS["slug"] else "ap-phich"
        operations.set_rubric(category=category, criteria=rubric(name), by=by)
    for work in Work.objects.in_the_running().filter(contest=contest):
        operations.screen_work(work=work, verdict=Work.Screened.IN, by=by)
        operations.make_copies(work.pk)
    operations.move_contest(contest=contest, to="judging", by=by, signed_name=name_of(by))
    seats = [_seat(contest, User.objects.get(username=name), by) for name in (OWN, *OTHERS)]
    operations.share_out(contest=contest, by=by)
    for seat, tends in zip(seats, TENDS, strict=True):
        for review in Review.objects.of_juror(seat).select_related("work").order_by("pk"):
            _score(review, tends, chance)
    for board in boards_of(contest):
        for one in board.undecided:
            operations.rule(work=one.work, reason="Ban giám khảo thống nhất giữ nguyên kết quả.", by=by)
    operations.write_minutes(
        contest=contest,
        by=by,
        held_at=timezone.now() - timedelta(days=16),
        place="Phòng họp số 2, Sở Giáo dục và Đào tạo",
        chair=name_of(User.objects.get(username=OWN)),
        clerk=name_of(by),
    )
    operations.move_contest(contest=contest, to="moderated", by=by, signed_name=name_of(by))
    contest.refresh_from_db()


def _hang(contest: Contest, by: User) -> None:
    """Two works with every consent hang; of the third a parent's is still missing, as it happens."""
    works = list(
        Work.objects.in_the_running().filter(contest=contest).select_related("contest", "category").order_by("pk")
    )
    for place, (work, (caption, alt_text)) in enumerate(zip(works, WORDS, strict=False)):
        for maker in makers_of(work):
            for giver in ("pupil", "representative") if place < 2 else ("pupil",):
                _consents(maker.user, giver, by)
        if place < 2:
            operations.hang(work=work, caption=caption, alt_text=alt_text, by=by)
    for work in (one for one in works if one.category.slug == FILMS["slug"]):
        for maker in makers_of(work):
            for giver in ("pupil", "representative"):
                _consents(maker.user, giver, by)
        film = operations.FilmWords(captions=CAPTIONS, poster_at=4)
        exhibit = operations.hang(
            work=work, caption="Ba điều nhớ khi làm thủ tục trên mạng.", alt_text=FILM_SHOWS, by=by, film=film
        )
        operations.make_film(exhibit.pk)


def _consents(user: User, giver: str, by: User) -> None:
    record_consent(
        user=user,
        purpose=Consent.Purpose.PUBLISH,
        giver=giver,
        text_version="1",
        evidence="Phiếu đồng ý (dữ liệu minh hoạ)",
        actor=by,
    )


def _submit_film(contest: Contest, pupils: list[User]) -> None:
    """A silent film of the posters that were handed in, three seconds each; none where there is nothing to make it with."""
    from contests.operations.work_files import keep_file

    posters = WorkFile.objects.filter(version__work__contest=contest, state=WorkFile.State.ACCEPTED).order_by("pk")
    stills = [picture_of(storage.read(key=one.key), one.content_type)[0] for one in posters]
    if not stills or not pupils:
        return
    agreed = operations.Agreed(rules=True, pledge=True, guardian="Phụ huynh của em", used_ai=False)
    category = Category.objects.get(contest=contest, slug=FILMS["slug"])
    work = operations.make_team(
        contest=contest, category=category, user=pupils[0], agreed=agreed, title="Ba điều nhớ", name="Đội Thước Phim"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, still in enumerate(stills):
            (folder / f"{number}.jpg").write_bytes(still)
        path = folder / "phim.mp4"
        fitted = "scale=640:480:force_original_aspect_ratio=decrease,pad=640:480:(ow-iw)/2:(oh-ih)/2:white"
        try:
            ffmpeg.run(
                [
                    *("-framerate", "1/3", "-i", str(folder / "%d.jpg"), "-vf", f"{fitted},format=yuv420p"),
                    *("-r", "10", "-c:v", "libx264", "-preset", "ultrafast", str(path)),
                ]
            )
        except FileNotFoundError:
            return
        keep_file(
            version=work.versions.get(submitted_at=None),
            slot=category.slots.get(key="phim"),
            path=path,
            file_name="phim.mp4",
        )
    leader = work.team.members.get()
    operations.submit_work(work=work, member=leader, declared=operations.Declared(pledge=True, used_ai=False))


def make_choosing(by: User, pupils: list[User], quiz, take) -> Contest:
    """A school round that closed yesterday: schools choose until the final opens. `take` lets a pupil answer."""
    now, chance = timezone.now(), random.Random(CHOOSING)  # noqa: S311 (no secret)
    document = {
        "title": "Từ vòng trường đến chung kết",
        "summary": "Mỗi trường tự chọn ba em vào chung kết cấp tỉnh.",
        "who": "Học sinh THCS, THPT trong tỉnh.",
        "text": "Điều 1. Vòng trường thi trên trang. Điều 2. Nhà trường chọn ba em vào chung kết.",
        "order": [["score", "desc"], ["duration_ms", "asc"]],
        "rules": {"per_round": 1, "guardian_under": 16},
        "reference_date": now.date(),
        "rounds": [
            {
                "level": "school",
                "title": "Vòng trường",
                "opens_at": now - timedelta(days=1),
                "closes_at": now + timedelta(days=1),
                "quota_per_unit": 3,
                "way_on": Round.Way.UNIT,
                "promotes": True,
            },
            {
                "level": "province",
                "title": "Chung kết",
                "opens_at": now + timedelta(days=6),
                "closes_at": now + timedelta(days=7),
            },
        ],
    }
    contest = operations.set_up_contest(document=document, organiser=Unit.objects.get(depth=1), by=by, slug=CHOOSING)
    for round in Round.objects.filter(stage__contest=contest):
        for category in Category.objects.filter(contest=contest):
            operations.choose_quiz(round=round, category=category, quiz_key=quiz, by=by)
    operations.write_faq(contest=contest, text=FAQ, by=by)
    operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
    rules, category = Rules.of(rules_in_force(contest)), Category.objects.get(contest=contest)
    for user in pupils:
        standing, _place = standing_on(user, contest.reference_date)
        guardian = "Phụ huynh của em" if asks_guardian(rules, standing) else ""
        agreed = operations.Agreed(rules=True, pledge=True, guardian=guardian)
        operations.enter_contest(contest=contest, category=category, user=user, agreed=agreed)
        take(contest, user, now - timedelta(hours=chance.randrange(26, 60)), chance)
    Round.objects.filter(stage__contest=contest, number=1).update(
        opens_at=now - timedelta(days=8), closes_at=now - timedelta(days=1)
    )
    return contest


FAQ = """Em không có điện thoại thì thi ở đâu?
Em thi ở phòng máy của trường, hoặc mượn máy của người nhà. Một máy nhiều em dùng lần lượt cũng được.

Đang làm bài mà mất mạng thì sao?
Em mở lại trang, bài làm còn nguyên. Nếu cả vùng mất điện, ban tổ chức cộng lại giờ cho mọi người.

Ai chọn em vào chung kết?
Nhà trường chọn ba em, sau khi vòng trường đóng. Em được chọn sẽ nhận tin trong trang này."""
