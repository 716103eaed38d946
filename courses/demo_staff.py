"""The demo's trainings and readings: a class of the community team that was held, one today, a course that counts, a notice."""

from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from courses.models import OnlineTraining, RequiredReading, Training
from courses.operations.readings import Wanted, confirm_reading, require_reading
from courses.operations.trainings import (
    Plan,
    give_training_certificates,
    invite_to_training,
    plan_training,
    record_trained,
    set_online_training,
)
from courses.queries.catalogue import CourseFacts
from courses.queries.staff import StaffPlace
from schools.demo import DOI_MAY
from schools.models import Role, School, Unit, User

NAMESPACE = uuid5(NAMESPACE_URL, "hoc-dich-vu-cong/demo/staff")


def load_demo_staff(counts: dict[str, int], community_course: CourseFacts | None) -> None:
    """Make what is missing; a second run changes nothing."""
    unit, school = Unit.objects.filter(code="DM02").first(), School.objects.filter(code=DOI_MAY).first()
    names = ("canboxa", "tocongnghe", "canbotinh", "hieuvu", "co.duong")
    people = {one.username: one for one in User.objects.filter(username__in=names)}
    if unit is None or school is None or len(people) < len(names):
        return
    _held(counts, unit, people)
    today = uuid5(NAMESPACE, "today")
    if _new(counts, Training.objects.filter(uuid=today).exists()):
        plan_training(
            key=today, place=StaffPlace(school.unit, school), actor=people["hieuvu"],
            plan=Plan(title="Bồi dưỡng giáo viên dạy Dịch vụ công trực tuyến", venue="Phòng họp nhà trường",
                      held_on=timezone.localdate(), kinds=[Role.Kind.TEACHER, Role.Kind.SCHOOL_ADMIN]),
        )  # fmt: skip
        invite_to_training(training=Training.objects.get(uuid=today), actor=people["hieuvu"])
    if community_course and _new(counts, OnlineTraining.objects.filter(course_key=community_course.key).exists()):
        set_online_training(
            course_key=community_course.key, kinds=[Role.Kind.COMMUNITY_MEMBER], months=12, actor=people["canbotinh"]
        )
    notice = uuid5(NAMESPACE, "notice")
    if _new(counts, RequiredReading.objects.filter(uuid=notice).exists()):
        reading = require_reading(
            key=notice, place=StaffPlace(school.unit, school), actor=people["hieuvu"],
            wanted=Wanted(
                kinds=[Role.Kind.TEACHER], due_on=timezone.localdate() + timedelta(days=7),
                title="Lưu ý khi hướng dẫn học sinh dùng VNeID",
                text="Không thu thẻ căn cước, không hỏi mật khẩu hay mã OTP của học sinh và gia đình.\n\n"
                     "Chỉ dùng hình minh hoạ có người và số giấy tờ tưởng tượng.",
            ),
        )  # fmt: skip
        confirm_reading(reading=reading, user=people["co.duong"])
    everywhere = uuid5(NAMESPACE, "everywhere")
    if _new(counts, RequiredReading.objects.filter(uuid=everywhere).exists()):
        reading = require_reading(
            key=everywhere, place=StaffPlace(unit.get_root()), actor=people["canbotinh"],
            wanted=Wanted(
                kinds=[Role.Kind.TEACHER, Role.Kind.COMMUNE_OFFICER], due_on=timezone.localdate() + timedelta(days=10),
                title="Kế hoạch phổ biến Dịch vụ công trực tuyến năm học 2026-2027",
                text="Mỗi lớp có ít nhất một tiết trong học kỳ I; trường gửi báo cáo trước ngày 27/11.\n\n"
                     "Chỉ dùng hình minh hoạ có người và số giấy tờ tưởng tượng.",
            ),
        )  # fmt: skip
        confirm_reading(reading=reading, user=people["canboxa"])


def _held(counts: dict[str, int], unit: Unit, people: dict[str, User]) -> None:
    key = uuid5(NAMESPACE, "held")
    if not _new(counts, Training.objects.filter(uuid=key).exists()):
        return
    training = plan_training(
        key=key, place=StaffPlace(unit), actor=people["canboxa"],
        plan=Plan(title="Tập huấn Tổ công nghệ số cộng đồng năm 2026", venue="Hội trường UBND",
                  held_on=date(2026, 9, 18), kinds=[Role.Kind.COMMUNITY_MEMBER, Role.Kind.COMMUNE_OFFICER]),
    )  # fmt: skip
    ids = [people["tocongnghe"].pk]
    record_trained(training=training, present=ids, among=ids, how="list", actor=people["canboxa"])
    give_training_certificates(training=training, actor=people["canboxa"])


def _new(counts: dict[str, int], is_there: bool) -> bool:
    counts["kept" if is_there else "created"] += 1
    return not is_there
