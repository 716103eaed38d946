"""The demo's poster contest: open, with three works of pupils, printed from the site's own drawings."""

import tempfile
from datetime import timedelta
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils import timezone

from cms.pdf import NoPdf, laid_out
from contests import operations
from contests.models import Category, Contest, TeamMember, Work
from contests.operations import Agreed, Declared
from contests.operations.states import name_of
from schools.models import Unit, User

SLUG = "ap-phich-dich-vu-cong"
# What is drawn, the title and the team's name.
POSTERS = (
    ("commune", "Một cửa ở ngay xã mình", "Đội Cây Dừa"),
    ("home", "Nộp hồ sơ từ nhà, không phải đi xa", "Đội Mái Nhà"),
    ("sign-in", "Mã OTP: không đưa cho ai", "Đội Chìa Khoá"),
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
RULES = """Điều 1. Học sinh THCS và THPT trong tỉnh dự thi theo đội từ 1 đến 3 bạn cùng trường.
Điều 2. Áp phích khổ A2, nói về dịch vụ công trực tuyến hoặc an toàn khi làm thủ tục.
Điều 3. Tác phẩm do các em tự làm; có dùng AI thì ghi rõ dùng vào việc gì.
Điều 4. Được sửa và nộp lại đến hết hạn; bản nộp cuối được chấm."""


def make_posters(by: User, pupils: list[User]) -> Contest:
    """The contest, its works, and an answered question. Where Pango is missing the works stay without their posters."""
    now = timezone.now()
    document = {
        "title": "Áp phích: dịch vụ công của em",
        "kind": Contest.Kind.WORKS,
        "summary": "Vẽ một áp phích để cả xã cùng làm dịch vụ công trực tuyến.",
        "who": "Học sinh THCS, THPT trong tỉnh; đội từ 1 đến 3 bạn cùng trường.",
        "text": RULES,
        "order": [["score", "desc"]],
        "rules": {
            "guardian_under": 16,
            "ai_declaration": True,
            "pledge": "Tác phẩm do chúng em tự làm; phần lấy của người khác đều ghi rõ nguồn.",
        },
        "reference_date": now.date(),
        "rounds": [{"level": "province", "opens_at": now - timedelta(days=3), "closes_at": now + timedelta(days=25)}],
        "categories": [{"slug": "ap-phich", "title": "Áp phích", "team_max": 3, "slots": SLOTS}],
    }
    contest = operations.set_up_contest(document=document, organiser=Unit.objects.get(depth=1), by=by, slug=SLUG)
    operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
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


def submit_poster(contest: Contest, pupil: User, drawing: str, title: str, team: str) -> Work:
    """A team of one with a work that is handed in; only begun where there is nothing to print with."""
    agreed = Agreed(rules=True, pledge=True, guardian="Phụ huynh của em", used_ai=False)
    category = Category.objects.get(contest=contest)
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
