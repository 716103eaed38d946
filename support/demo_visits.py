"""The demo's visit log: a month and a half of a team, door to door, with two difficulties that went to the desk."""

from datetime import date, datetime, time, timedelta
from uuid import uuid5

from django.db import transaction
from django.utils import timezone

from cms.models import GuidePage
from cms.vocabulary.models import Procedure
from schools.models import Role, User
from support.demo import NAMESPACE, _holder
from support.models import ChangePage, Ticket, Visit
from support.operations.desk import answer_ticket
from support.operations.opinions import give_honour, publish_change
from support.operations.visits import Told, keep_visit
from support.queries.visits import language_codes, period_of

# Who (0 the team, 1 the officer), days ago, procedure, age, language, people, difficulty, remark, for the desk.
VISITS: list[tuple[int, int, str, str, str, int, str, str, bool]] = [
    (0, 40, "vneid-muc-2", "60_up", "vi", 2, "account", "Hai ông bà chưa lên được mức 2, hẹn đưa ra Công an xã.", False),
    (0, 40, "the-bhyt-dien-tu", "60_up", "vi", 1, "", "", False),
    (0, 38, "dang-ky-tam-tru", "18_39", "vi", 3, "papers", "Ảnh hợp đồng thuê nhà chụp bị mờ.", False),
    (1, 35, "dang-ky-tam-tru", "18_39", "vi", 2, "", "", False),
    (0, 33, "tro-cap-huu-tri-xa-hoi", "60_up", "ede", 1, "reading", "Nghe được tiếng Việt nhưng khó đọc chữ trên màn hình.", False),
    (0, 30, "cap-doi-the-can-cuoc", "60_up", "vi", 1, "device", "Không có điện thoại thông minh, con cháu đi làm xa.", True),
    (0, 26, "the-bhyt-dien-tu", "40_59", "vi", 4, "", "", False),
    (0, 26, "khac", "40_59", "vi", 1, "fear", "Sợ bấm nhầm thì mất tiền.", False),
    (1, 22, "chung-thuc-ban-sao-dien-tu", "18_39", "vi", 1, "portal", "Nộp đến bước cuối thì cổng báo lỗi.", False),
    (0, 19, "dang-ky-tam-tru", "18_39", "vi", 2, "data", "Ngày sinh trên dữ liệu dân cư khác giấy khai sinh.", True),
    (0, 15, "vneid-muc-2", "40_59", "mnong", 3, "reading", "", False),
    (0, 12, "the-bhyt-dien-tu", "60_up", "vi", 2, "password", "", False),
    (1, 9, "tuyen-sinh-dau-cap-lop-10", "40_59", "vi", 6, "", "", False),
    (0, 6, "dang-ky-tam-tru", "18_39", "vi", 1, "", "", False),
    (0, 3, "vneid-muc-2", "60_up", "vi", 1, "sim", "SIM đứng tên con trai.", False),
    (0, 1, "the-bhyt-dien-tu", "60_up", "vi", 2, "", "", False),
]  # fmt: skip
ANSWER = (
    "Tổ đưa bà con tới Công an xã mang theo giấy khai sinh gốc để sửa dữ liệu trước, rồi mới nộp hồ sơ tạm trú. "
    "Chúng tôi sẽ viết thêm trường hợp này vào hướng dẫn."
)


@transaction.atomic
def load_demo_visits(counts: dict[str, int]) -> None:
    """Make what is missing, by the operation that phones call; counts what was made and kept."""
    team = [one for one in map(_holder, ("community_member", "commune_officer")) if one is not None]
    if len(team) < 2:
        return
    # The demo's offices begin on the day it is made; the team was at work before.
    Role.objects.filter(user__in=team, kind__in=["community_member", "commune_officer"]).update(
        starts_on=date(2026, 9, 1)
    )
    known = set(Procedure.objects.values_list("code", flat=True))
    for number, visit in enumerate(VISITS):
        _keep(counts, team, known, number, visit)
    _tell(counts, team[1])


def _keep(counts: dict[str, int], team: list[User], known: set[str], number: int, visit: tuple) -> None:
    who, days, procedure, age, language, people, difficulty, note, asks = visit
    visit_id = uuid5(NAMESPACE, f"visit:{number}")
    if Visit.objects.filter(visit_id=visit_id).exists():
        counts["kept"] += 1
        return
    day = timezone.localdate() - timedelta(days=days)
    told = Told(
        visit_id=visit_id,
        seq=1,
        on=day,
        procedure=procedure if procedure in known else "khac",
        age_band=age,
        language=language if language in language_codes() else "vi",
        people=people,
        difficulty=difficulty,
        note=note,
        asks=asks,
    )
    made = keep_visit(member=team[who], told=told, now=timezone.make_aware(datetime.combine(day, time(17, 30))))
    counts["created"] += 1
    if made.ticket is not None and made.ticket.state == Ticket.State.NEW and difficulty == "data":
        answer_ticket(ticket=made.ticket, answer=ANSWER, actor=made.ticket.owner or team[1])


def _tell(counts: dict[str, int], officer: User) -> None:
    """One change that came of it, and thanks to the team."""
    reviewer, unit = _holder("reviewer"), officer.roles.filter(unit__isnull=False).first()
    key = uuid5(NAMESPACE, "change:tam-tru")
    if reviewer is None or unit is None or ChangePage.objects.filter(translation_key=key).exists():
        counts["kept"] += 1
        return
    guide = GuidePage.objects.filter(slug="dang-ky-tam-tru", locale__language_code="vi").first()
    publish_change(
        key=key,
        title="Hướng dẫn đăng ký tạm trú nói rõ việc chụp ảnh hợp đồng thuê nhà",
        heard="Ảnh hợp đồng thuê nhà chụp bằng điện thoại bị mờ, nộp lên rồi bị trả lại, không biết chụp thế nào cho được.",
        changed="Hướng dẫn có thêm mục chụp giấy tờ: đặt nơi đủ sáng, chụp thẳng từ trên xuống, xem lại chữ trước khi gửi.",
        heard_from=ChangePage.Source.VISIT,
        said_by=6,
        guide_key=guide.translation_key if guide else None,
        actor=reviewer,
    )
    give_honour(
        unit=unit.unit,
        period=period_of("90"),
        words="Đi từng ngõ, gõ từng nhà, hướng dẫn bà con lớn tuổi tự mở thẻ bảo hiểm y tế trên điện thoại.",
        actor=officer,
    )
    counts["created"] += 1
