"""The demo's help points, its campaign, good model and honours: all of a province that does not exist."""

from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils import timezone

from cms.models import CampaignPage, GoodModelPage, Honour, SectionPage
from cms.text.folding import fold
from cms.vocabulary.hours import read_hours
from cms.vocabulary.models import ContentLanguage, HelpPoint
from cms.vocabulary.operations import set_hours
from schools.models import School, SchoolIdentifier, Unit

OFFICE = "T2–T6 7:30–11:30, 13:30–17:00"
# Unit, kind, name, address, how to find it, telephone (of no exchange there is), hours, languages, access, days since the check.
POINTS = [
    ("BD01", "one_stop", "Bộ phận một cửa phường Bến Dừa (mẫu)", "Số 1 đường Hàng Dừa, khu phố 2", "Đối diện bến đò, cổng màu xanh", "0900 000 001", OFFICE, ["km"], ["step_free", "seats", "toilet"], 20),
    ("BD01", "post", "Bưu điện Bến Dừa (mẫu)", "Số 14 đường Chợ Cũ", "Bên hông chợ", "0900 000 002", "T2–T7 7:00–18:00", [], ["ground_floor"], 20),
    ("BD01", "team", "Tổ công nghệ số cộng đồng khu phố 3 (mẫu)", "Nhà văn hóa khu phố 3", "", "", "T3, T5 18:00–20:30; CN 8:00–11:00", [], ["home"], 12),
    ("DM02", "one_stop", "Bộ phận một cửa xã Đồi Mây (mẫu)", "Trụ sở xã, ấp Đồi Giữa", "Cạnh trạm y tế", "0900 000 003", OFFICE, ["crw"], ["step_free"], 300),
    ("DM02", "team", "Tổ công nghệ số cộng đồng ấp Suối Nhỏ (mẫu)", "Nhà sinh hoạt ấp Suối Nhỏ", "Sau trường mẫu giáo", "", "T7 14:00–17:00", ["crw"], ["home"], 40),
]  # fmt: skip
# Half a year: what was checked before that is amber.
CHECKED_FOR = timedelta(days=180)
NAMESPACE = uuid5(NAMESPACE_URL, "hoc-dich-vu-cong/demo/movement")


@transaction.atomic
def load_demo_movement() -> dict[str, int]:
    """Make what is missing; a second run changes nothing. Returns {"created", "kept"}."""
    made = [*_points(), _campaign(), *_story_and_honours()]
    done = [one for one in made if one is not None]
    return {"created": sum(done), "kept": len(done) - sum(done)}


def _points() -> list[bool]:
    units = {unit.code: unit for unit in Unit.objects.filter(code__in={row[0] for row in POINTS})}
    today, made = timezone.localdate(), []
    for code, kind, name, address, directions, phone, hours, languages, access, days in POINTS:
        if code not in units:
            continue
        checked = today - timedelta(days=days)
        point, new = HelpPoint.objects.get_or_create(
            unit=units[code],
            kind=kind,
            name_folded=fold(name),
            defaults={
                "name": name,
                "address": address,
                "directions": directions,
                "phone": phone,
                "access": access,
                "checked_on": checked,
                "review_by": checked + CHECKED_FOR,
            },
        )
        if new:
            point.languages.set(ContentLanguage.objects.filter(tag__in=languages))
            set_hours(point=point, stretches=read_hours(hours))
            # Whoever heard of the point when it was made hears of its hours too.
            point.save()
        made.append(new)
    return made


def _section() -> SectionPage | None:
    return SectionPage.objects.filter(starter_key="section/movement", locale__language_code="vi").first()


def _campaign() -> bool | None:
    section = _section()
    if section is None:
        return None
    slug = "thang-cao-diem-mau"
    if CampaignPage.objects.child_of(section).filter(slug=slug).exists():
        return False
    today = timezone.localdate()

    def event(name: str, days: int, hour: int, place: str, who: str, organiser: str) -> dict:
        starts = timezone.make_aware(datetime.combine(today + timedelta(days=days), time(hour)))
        value = {
            "name": name,
            "starts": starts.isoformat(),
            "ends": (starts + timedelta(hours=2)).isoformat(),
            "place": place,
            "who": who,
            "organiser": organiser,
        }
        return {"type": "event", "id": str(uuid5(NAMESPACE, name)), "value": value}

    page = CampaignPage(
        title="Tháng cao điểm dịch vụ công ở Bến Dừa (mẫu)",
        slug=slug,
        summary="Mỗi nhà một người biết làm giấy tờ trên mạng. Dữ liệu mẫu, nơi chốn và con số đều không có thật.",
        locale=section.locale,
        live=False,
        starts_on=today - timedelta(days=6),
        main_day=today + timedelta(days=4),
        ends_on=today + timedelta(days=24),
        events=[
            event("Buổi đầu: ngồi cạnh chỉ tận tay (mẫu)", -3, 18, "Nhà văn hóa khu phố 3", "Bà con khu phố", "Tổ công nghệ số cộng đồng khu phố 3"),
            event("Ngày hội ở chợ Bến Dừa (mẫu)", 4, 7, "Sân chợ Bến Dừa", "Mọi người", "UBND phường Bến Dừa"),
            event("Học sinh chỉ ông bà (mẫu)", 10, 8, "Trường THPT Bến Dừa", "Học sinh và người nhà", "Đoàn trường"),
        ],
        targets=[
            {"type": "target", "id": str(uuid5(NAMESPACE, "homes")), "value": {"name": "Hộ có người tự nộp được hồ sơ", "goal": 400, "counted_in": "hộ", "reached": 168, "reached_on": today.isoformat(), "source": "Sổ của tổ công nghệ số (mẫu)", "figure": ""}},
            {"type": "target", "id": str(uuid5(NAMESPACE, "evenings")), "value": {"name": "Buổi hướng dẫn ở khu phố", "goal": 12, "counted_in": "buổi", "reached": None, "reached_on": None, "source": "", "figure": ""}},
        ],
    )  # fmt: skip
    section.add_child(instance=page)
    page.save_revision().publish()
    return True


def _story_and_honours() -> list[bool | None]:
    section = _section()
    if section is None:
        return [None]
    section.refresh_from_db()
    today = timezone.localdate()
    slug = "buoi-toi-o-nha-van-hoa-mau"
    story = GoodModelPage.objects.child_of(section).filter(slug=slug).first()
    made: list[bool | None] = [story is None]
    if story is None:
        story = GoodModelPage(
            title="Buổi tối ở nhà văn hóa (mẫu)",
            slug=slug,
            summary="Hai tối mỗi tuần, tổ công nghệ số ngồi cạnh bà con. Câu chuyện mẫu, không có thật.",
            locale=section.locale,
            live=False,
            who="Tổ công nghệ số cộng đồng khu phố 3 (mẫu)",
            unit=Unit.objects.filter(code="BD01").first(),
            since=today.replace(day=1) - timedelta(days=90),
            body=[("text", "<p>Tổ mượn nhà văn hóa hai tối mỗi tuần. Ai cần thì mang điện thoại đến; người trong tổ chỉ, bà con tự bấm.</p>")],
            results=[("result", {"figure": "168 hộ", "what": "Hộ có người tự nộp được hồ sơ", "source": "Sổ của tổ (mẫu)", "url": "", "as_of": today})],
            how_to_copy="<ol><li>Chọn hai tối cố định, báo trên loa trước một ngày.</li><li>Một người chỉ cho tối đa ba người, không cầm máy thay.</li><li>Ghi vào sổ: bao nhiêu người, việc gì còn vướng.</li></ol>",
        )  # fmt: skip
        section.add_child(instance=story)
        story.save_revision().publish()
    pupil = SchoolIdentifier.objects.filter(school__code="BENDUA", code="0026000101").first()
    rows = [
        {"whom": "group", "organisation": "Tổ công nghệ số cộng đồng khu phố 3 (mẫu)", "unit": story.unit, "reason": "Giúp bà con khu phố tự làm hồ sơ trên mạng", "story": story},
        {"whom": "group", "organisation": "", "school": School.objects.filter(code="BENDUA").first(), "reason": "Mọi lớp đều đã học bài về dịch vụ công"},
    ]  # fmt: skip
    if pupil is not None:
        rows.append(
            {
                "whom": "person",
                "person": pupil.user,
                "school": pupil.school,
                "reason": "Chỉ cho ba người thân trong nhà",
            }
        )
    for number, row in enumerate(rows):
        _honour, new = Honour.objects.get_or_create(
            uuid=uuid5(NAMESPACE, f"honour/{number}"),
            defaults=row
            | {"title": "Giấy khen (mẫu)", "given_by": "UBND phường Bến Dừa (mẫu)", "awarded_on": today - timedelta(days=20 + number), "decision": "Quyết định mẫu"},
        )  # fmt: skip
        made.append(new)
    return made
