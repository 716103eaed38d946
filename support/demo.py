"""The demo's desk: questions people ask, some answered, one published, one late, one that shows a guide to be wanting."""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils import timezone

from cms.models import GuidePage
from cms.starter import Run
from schools.models import Role, Unit, User
from support.loading import load_askings, read_askings
from support.models import CannedAnswer, DeskRoute, Ticket
from support.operations.desk import answer_ticket, point_to_portal, write_ticket
from support.operations.publishing import publish_answer

NAMESPACE = uuid5(NAMESPACE_URL, "hoc-dich-vu-cong/demo/desk")
# Question, procedure, commune, days ago, answer, guide that should have said it, to be published.
ASKED: list[tuple[str, str, str, int, str, str, bool]] = [
    (
        "Trung tâm phục vụ hành chính công của phường có làm việc sáng thứ bảy không, tôi đi làm cả tuần?",
        "",
        "BD01",
        9,
        "Phường Bến Dừa có làm sáng thứ bảy, từ 7 giờ 30 đến 11 giờ 30 (câu trả lời minh hoạ của một phường không có thật).",
        "",
        True,
    ),
    (
        "Phòng trọ của em có hai người, đăng ký tạm trú chung một tờ khai hay mỗi người một tờ?",
        "dang-ky-tam-tru",
        "BD01",
        8,
        "Bạn xem mục “Cần chuẩn bị gì” của hướng dẫn; trường hợp hai người chung phòng thì hỏi công an phường.",
        "dang-ky-tam-tru",
        False,
    ),
    (
        "Chủ nhà trọ ở tỉnh khác, không có mặt để ký thì tạm trú làm sao?",
        "dang-ky-tam-tru",
        "DM02",
        7,
        "Hướng dẫn chưa nói trường hợp chủ nhà ở xa. Công an xã trả lời từng trường hợp; chúng tôi sẽ viết thêm.",
        "dang-ky-tam-tru",
        False,
    ),
    (
        "Ông nội tôi không có điện thoại thông minh, thẻ bảo hiểm y tế trên VNeID thì dùng thế nào khi đi khám?",
        "the-bhyt-dien-tu",
        "ST03",
        6,
        "Đi khám ông đưa thẻ căn cước; xem hướng dẫn “Dùng thẻ bảo hiểm y tế điện tử”.",
        "",
        False,
    ),
    ("Hồ sơ của tôi nộp hai tuần rồi mà chưa thấy trả, đề nghị giải quyết ngay!", "", "BD01", 6, "portal", "", False),
    (
        "Xã em chưa thấy làm thẻ căn cước lưu động cho người già, khi nào có?",
        "cap-doi-the-can-cuoc",
        "DM02",
        9,
        "",
        "",
        False,
    ),
    ("Đăng ký lớp 10 mà hộ khẩu ở tỉnh khác thì nộp giấy gì?", "tuyen-sinh-dau-cap-lop-10", "BD01", 2, "", "", False),
    ("Em quên mã hồ sơ nghĩa vụ quân sự, tra lại ở đâu?", "dang-ky-nghia-vu-quan-su-lan-dau", "ST03", 1, "", "", False),
]
CANNED = {
    "Giờ làm việc": "Trung tâm Phục vụ hành chính công làm việc từ thứ hai đến thứ sáu và sáng thứ bảy.",
    "Hỏi nơi làm hồ sơ": "Ở đây không thấy được hồ sơ của bạn. Bạn gõ mã hồ sơ vào mục tra cứu trên Cổng Dịch vụ công quốc gia.",
}


def _holder(kind: str) -> User | None:
    role = Role.objects.filter(kind=kind, user__is_demo=True).select_related("user").order_by("pk").first()
    return role.user if role else None


@transaction.atomic
def load_demo_desk(counts: dict[str, int]) -> None:
    """Make what is missing, by the operations that clicks call; counts what was made and kept."""
    province, reviewer, officer = map(_holder, ("province_officer", "reviewer", "commune_officer"))
    if province is None or reviewer is None:
        return
    DeskRoute.objects.get_or_create(procedure_code="", unit=None, defaults={"owner": province, "days": 5})
    if officer is not None and (role := officer.roles.filter(kind="commune_officer").first()) and role.unit_id:
        DeskRoute.objects.get_or_create(procedure_code="", unit=role.unit, defaults={"owner": officer, "days": 3})
    for title, text in CANNED.items():
        CannedAnswer.objects.get_or_create(title=title, language="vi", defaults={"text": text})
    for question, procedure, unit, days, said, guide, is_public in ASKED:
        key = uuid5(NAMESPACE, question)
        if Ticket.objects.filter(key=key).exists():
            counts["kept"] += 1
            continue
        ticket = write_ticket(
            question=question,
            language="vi",
            source=Ticket.Source.FORM,
            procedure_code=procedure,
            unit=Unit.objects.filter(code=unit).first(),
            key=key,
        )
        received = timezone.now() - timedelta(days=days)
        span = ticket.due_at - ticket.received_at if ticket.due_at else timedelta(days=5)
        Ticket.objects.filter(pk=ticket.pk).update(received_at=received, due_at=received + span)
        counts["created"] += 1
        if said == "portal":
            point_to_portal(ticket=ticket, actor=province)
        elif said:
            page = GuidePage.objects.filter(slug=guide, locale__language_code="vi").first() if guide else None
            actor = ticket.owner or province
            answer_ticket(ticket=ticket, answer=said, actor=actor, guide_key=page.translation_key if page else None)
            Ticket.objects.filter(pk=ticket.pk).update(answered_at=received + timedelta(days=2))
        if is_public:
            publish_answer(ticket=ticket, title=question[:120], question=question, answer=said, actor=reviewer)


def load_demo_askings(counts: dict[str, int]) -> None:
    """How people ask for the communes of the demo and for what its desk has said."""
    run = Run()
    load_askings(run, read_askings(run, "demo_askings.yaml"))
    counts["created"] += run.created
    counts["kept"] += run.kept
