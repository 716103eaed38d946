"""The demo's poster contests: one open with three works, one closed with six for the jury, and a contest of communicators
that is still being set up. The posters are printed from the site's own drawings.
"""

import tempfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.contrib.staticfiles import finders
from django.utils import timezone

from cms.pdf import NoPdf, laid_out
from contests import operations
from contests.jury.rubrics import rubric
from contests.models import Category, Contest, Entry, Round, TeamMember, Work
from contests.operations import Agreed, Declared
from contests.operations.states import name_of
from contests.presets import rule_set
from schools.models import Unit, User

SLUG, CLOSED_SLUG = "ap-phich-dich-vu-cong", "ap-phich-an-toan-tren-mang"
DRAFT_SLUG = "tuyen-truyen-vien-gioi"
# What is drawn, the title and the team's name.
POSTERS = (
    ("commune", "Một cửa ở ngay xã mình", "Đội Cây Dừa"),
    ("home", "Nộp hồ sơ từ nhà, không phải đi xa", "Đội Mái Nhà"),
    ("sign-in", "Mã OTP: không đưa cho ai", "Đội Chìa Khoá"),
)
CLOSED_POSTERS = (
    ("sign-in", "Mật khẩu như bàn chải: không dùng chung", "Đội Ổ Khoá"),
    ("not-found", "Đường dẫn lạ: dừng lại, hỏi người lớn", "Đội Biển Báo"),
    ("home", "Giúp bà nộp hồ sơ, không giữ mã của bà", "Đội Bếp Lửa"),
    ("commune", "Cán bộ không hỏi mã OTP qua điện thoại", "Đội Cầu Tre"),
    ("offline", "Wi-Fi công cộng: đừng mở ngân hàng", "Đội Sóng Biển"),
    ("class", "Cả lớp cùng nhận ra tin giả", "Đội Phấn Trắng"),
)
SLOTS = [
    {
        "key": "ap-phich",
        "kind": "poster",
        "title": "Áp phích",
        "help": "Một trang, khổ A2, dọc hoặc ngang. Không ghi tên người, lớp, trường trên áp phích.",
        "max_megabytes": 50,
        "print_short_mm": 420,
        "print_long_mm": 594,
        "min_dpi": 150,
    },
    {"key": "loi-binh", "kind": "text", "title": "Lời bình", "help": "Áp phích muốn nói điều gì?", "max_words": 200},
    {"key": "lien-ket", "kind": "link", "title": "Liên kết", "is_required": False},
]
# Whoever has no account of a school: neighbours, a group of the commune.
OF_CITIZENS = {
    "slug": "nguoi-dan",
    "title": "Áp phích của người dân",
    "team_max": 3,
    "same_school": False,
    "open_track": True,
    "mentor": "none",
    "eligibility": {"levels": ["citizen", "official"]},
    "slots": SLOTS,
    "rubric": rubric("ap-phich"),
}
RULES = """Điều 1. Học sinh THCS và THPT trong tỉnh dự thi theo đội từ 1 đến 3 bạn cùng trường.
Điều 2. Áp phích khổ A2, nói về dịch vụ công trực tuyến hoặc an toàn khi làm thủ tục.
Điều 3. Tác phẩm do các em tự làm; có dùng AI thì ghi rõ dùng vào việc gì.
Điều 4. Được sửa và nộp lại đến hết hạn; bản nộp cuối được chấm."""


def make_posters(by: User, pupils: list[User]) -> Contest:
    """The open contest, its works, and an answered question. Where Pango is missing the works stay without their posters."""
    now = timezone.now()
    contest = _opened(
        SLUG,
        by,
        title="Áp phích: dịch vụ công của em",
        summary="Vẽ một áp phích để cả xã cùng làm dịch vụ công trực tuyến.",
        opens_at=now - timedelta(days=3),
        closes_at=now + timedelta(days=25),
        also=[OF_CITIZENS],
        text=RULES
        + "\nĐiều 5. Bà con dự thi ở bảng riêng, một mình hoặc theo nhóm đến 3 người, không cần tài khoản của trường.",
    )
    _team_of_citizens(contest)
    for pupil, (drawing, title, team) in zip(pupils, POSTERS, strict=False):
        submit_poster(contest, pupil, drawing, title, team)
    if pupils:
        asked = operations.ask(contest=contest, user=pupils[0], text="Em vẽ tay rồi chụp lại có được không ạ?")
        operations.answer_enquiry(
            enquiry=asked,
            answer="Được. Em chụp hoặc quét sao cho ảnh có ít nhất 2480 × 3508 điểm.",
            public_text="Vẽ tay rồi chụp lại có được không?",
            publish=True,
            by=by,
        )
    return contest


def make_closed_posters(by: User, pupils: list[User]) -> Contest:
    """The contest that closed nine days ago, for the jury to go on with (`contests.jury_demo`)."""
    now = timezone.now()
    contest = _opened(
        CLOSED_SLUG,
        by,
        title="Áp phích: an toàn trên mạng",
        summary="Vẽ một áp phích nhắc cả nhà giữ thông tin cá nhân khi làm thủ tục trên mạng.",
        opens_at=now - timedelta(days=30),
        closes_at=now + timedelta(hours=1),
    )
    for pupil, (drawing, title, team) in zip(pupils, CLOSED_POSTERS, strict=False):
        submit_poster(contest, pupil, drawing, title, team)
    # A contest is believable only if its works came before it closed.
    closed = now - timedelta(days=9)
    Round.objects.filter(stage__contest=contest).update(closes_at=closed)
    Entry.objects.filter(contest=contest).update(entered_at=closed - timedelta(days=10))
    for hours, work in enumerate(Work.objects.filter(contest=contest).order_by("pk"), 2):
        at = closed - timedelta(hours=hours * 7)
        Work.objects.filter(pk=work.pk).update(created_at=at - timedelta(days=3))
        Work.objects.filter(pk=work.pk, submitted_at__isnull=False).update(submitted_at=at)
        work.versions.filter(submitted_at__isnull=False).update(begun_at=at - timedelta(days=1), submitted_at=at)
    operations.move_contest(contest=contest, to="closed", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
    return contest


def make_draft_of_communicators(by: User) -> Contest:
    """A contest as its preset leaves it: the wizard goes on from here."""
    document = rule_set("tuyen-truyen-vien").begun(timezone.now() + timedelta(days=10))
    return operations.set_up_contest(document=document, organiser=Unit.objects.get(depth=1), by=by, slug=DRAFT_SLUG)


def _team_of_citizens(contest: Contest) -> None:
    """Two people without an account, and a place they hold for a third."""
    category = Category.objects.get(contest=contest, slug=OF_CITIZENS["slug"])
    commune = Unit.objects.filter(kind=Unit.Kind.COMMUNE).order_by("pk").first() or contest.organiser
    agreed = Agreed(rules=True, pledge=True, used_ai=False)
    known = {"unit": commune, "birth_date": date(1985, 3, 8)}
    work, leader = operations.make_open_team(
        contest=contest,
        category=category,
        agreed=agreed,
        title="Chợ phiên không tiền mặt",
        name="Tổ công nghệ số ấp 5",
        full_name="Nguyễn Thị Bông",
        **known,
    )
    for name in ("Lê Văn Chợ", ""):
        held = operations.make_invitation(work=work, by=leader.user, key=uuid4())
        if name:
            operations.join_openly(invitation=held, agreed=agreed, full_name=name, **known)


def _opened(
    slug: str,
    by: User,
    *,
    title: str,
    summary: str,
    opens_at: datetime,
    closes_at: datetime,
    also: Sequence[dict] = (),
    text: str = "",
) -> Contest:
    document = {
        "title": title,
        "kind": Contest.Kind.WORKS,
        "summary": summary,
        "who": "Học sinh THCS, THPT trong tỉnh; đội từ 1 đến 3 bạn cùng trường.",
        "text": text or RULES,
        "order": [["score", "desc"], ["criterion", "desc"], ["submitted_at", "asc"]],
        "rules": {
            "guardian_under": 16,
            "ai_declaration": True,
            "pledge": "Tác phẩm do chúng em tự làm; phần lấy của người khác đều ghi rõ nguồn.",
        },
        "reference_date": timezone.localdate(),
        "rounds": [{"level": "province", "opens_at": opens_at, "closes_at": closes_at}],
        "categories": [
            {"slug": "ap-phich", "title": "Áp phích", "team_max": 3, "slots": SLOTS, "rubric": rubric("ap-phich")},
            *also,
        ],
        "prizes": [
            {"title": "Giải nhất", "count": 1, "value": "2.000.000 đồng"},
            {"title": "Giải nhì", "count": 2, "value": "1.000.000 đồng"},
        ],
    }
    contest = operations.set_up_contest(document=document, organiser=Unit.objects.get(depth=1), by=by, slug=slug)
    operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
    return contest


def submit_poster(contest: Contest, pupil: User, drawing: str, title: str, team: str) -> Work:
    """A team of one with a work that is handed in; only begun where there is nothing to print with."""
    agreed = Agreed(rules=True, pledge=True, guardian="Phụ huynh của em", used_ai=False)
    category = Category.objects.get(contest=contest, slug="ap-phich")
    work = operations.make_team(contest=contest, category=category, user=pupil, agreed=agreed, title=title, name=team)
    operations.write_texts(work=work, texts={"loi-binh": f"{title}: chúng em muốn nhắc mọi người điều này."})
    if not _poster(work, drawing, title):
        return work
    leader = work.team.members.get(role=TeamMember.Role.LEADER)
    operations.submit_work(work=work, member=leader, declared=Declared(pledge=True, used_ai=False))
    return work


def _poster(work: Work, drawing: str, title: str) -> bool:
    """The drawing and the title on an A2 page, in the slot; False where there is nothing to print with."""
    from contests.operations.work_files import keep_file

    picture = finders.find(f"illustrations/{drawing}.svg")
    page = (
        "<style>@page{size:420mm 594mm;margin:40mm}body{text-align:center;font:700 84pt 'Be Vietnam Pro',sans-serif}"
        "h1{margin:0;font-size:84pt}img{max-width:100%;height:280mm;margin-top:20mm}</style>"
        f'<h1>{title}</h1><img src="file://{picture}">'
    )
    try:
        document = laid_out(page)
    except NoPdf:
        return False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ap-phich.pdf"
        document.write_pdf(path)
        keep_file(
            version=work.versions.get(submitted_at=None),
            slot=work.category.slots.get(key="ap-phich"),
            path=path,
            file_name="ap-phich.pdf",
        )
    return True
