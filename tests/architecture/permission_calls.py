"""How each address of docs/permissions.md is asked: its arguments and what is sent, from tests/factories/everything.py."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cms.feeds.gathering import in_full
from courses.door import code_now
from schools.operations.channels import stop_token


@dataclass(frozen=True)
class Call:
    """`args` and `data` may be functions of the things; `json` sends `data` as an API does."""

    args: Callable[[SimpleNamespace], tuple] = lambda _: ()
    data: Callable[[SimpleNamespace], Any] = lambda _: {}
    json: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, client, method: str, path: str, things: SimpleNamespace):
        data = self.data(things)
        if self.json:
            return client.generic(method, path, json.dumps(data), content_type="application/json", headers=self.headers)
        return getattr(client, method.lower())(path, data, headers=self.headers)


def api(args: Callable = lambda _: (), data: Callable = lambda _: {}, **headers: str) -> Call:
    return Call(args, data, json=True, headers={name.replace("_", "-"): value for name, value in headers.items()})


def of_class(*more: Callable[[SimpleNamespace], Any]) -> Callable[[SimpleNamespace], tuple]:
    return lambda things: (things.school_class.uuid, *(one(things) for one in more))


def of_school(*more: Callable[[SimpleNamespace], Any]) -> Callable[[SimpleNamespace], tuple]:
    return lambda things: (things.school.code, *(one(things) for one in more))


def one(name: str, attribute: str = "pk") -> Callable[[SimpleNamespace], tuple]:
    return lambda things: (getattr(getattr(things, name), attribute),)


def _due(_things=None) -> dict:
    when = timezone.localtime() + timedelta(days=9)
    return {"due_at": when.strftime("%Y-%m-%dT%H:%M"), "reason": "Ốm", "extra_attempts": "0"}


def _give(things) -> dict:
    return {"classes": [str(things.school_class.uuid)], "key": str(uuid4()), "due": "sunday"}


def _co_teacher(things) -> dict:
    return {"teacher": str(things.member.uuid), "kind": "co_teacher", "rights": ["assign"]}


def _substitute(things) -> tuple:
    return (things.school_class.uuid, things.member.uuid, "substitute")


def _a_file(things) -> dict:
    return {"file": SimpleUploadedFile("danh-sach.xlsx", things.list), "year": "2026-2027", "who": "pupils"}


def _on_the_way(things) -> dict:
    return {"code": "0012345", "to_school": things.other_school.code, "giver": "pupil", "evidence": "Đơn 1"}


def _a_year(_things) -> dict:
    return {
        "which": "school",
        "school-code": "2027-2028",
        "school-starts_on": "2027-09-05",
        "school-ends_on": "2028-05-31",
    }


def _a_merger(things) -> dict:
    return {"successors": things.other_school.code, "on": "2026-11-01", "decision": "1/QĐ", "sure": "1"}


def _a_training(things) -> dict:
    place = f"school={things.school.code}"
    return {
        "title": "Lớp khác", "place": place, "venue": "Hội trường", "held_on": "2026-11-26", "kinds": ["teacher"],
        "validity": "months", "key": str(uuid4()),
    }  # fmt: skip


def _page(name: str) -> Callable[[SimpleNamespace], tuple]:
    """The address below the language, as the pattern of pages takes it."""
    return lambda things: (getattr(things, name).get_url_parts()[2].split("/", 2)[2],)


_as_a_place = lambda things: ("schools", things.school.code)  # noqa: E731
_roll_over = of_school(lambda things: things.roll_over.uuid)
_rolled = of_school(lambda things: things.rolled.uuid)
_years = lambda _: {"from_year": "2026-2027", "to_year": "2027-2028", "teachers_follow": "on"}  # noqa: E731
_pair = of_school(lambda things: things.pupil.uuid, lambda things: things.twin.uuid)
_given = one("given", "uuid")
_member = one("member", "uuid")
_of_pupil = lambda things: (things.given.uuid, things.pupil.uuid)  # noqa: E731
_roster = of_school(lambda things: things.roster.uuid)
_committed = of_school(lambda things: things.committed.uuid)
_job = of_school(lambda things: things.job.uuid)
_quiz = one("class_quiz", "quiz_key")
_attempt = one("attempt", "uuid")
_pile = lambda things: (things.text_quiz.quiz_key, things.text_question.translation_key)  # noqa: E731
_question = lambda things: (things.class_quiz.quiz_key, things.asked)  # noqa: E731
_on_paper = lambda things: (things.school_class.uuid, things.class_quiz.quiz_key)  # noqa: E731
_import = one("question_import", "uuid")
_course = one("course", "translation_key")
_lesson = one("lesson", "translation_key")
_of_course = of_class(lambda things: things.course.translation_key)
_certificates_job = of_class(lambda things: things.course.translation_key, lambda things: things.certificates_job.uuid)
_home = lambda things: (things.home_lesson.translation_key, things.home_block)  # noqa: E731
_province = lambda things: (things.school.unit.get_root().code,)  # noqa: E731
_training = one("training", "uuid")
_reading = one("reading", "uuid")
_A_PRESS = "6f6b2a0e-6a5c-4a53-9a8e-0d1b7a3c2f10"
_KEY = "mot-khoa-cua-bai-thu"

_contest = one("contest", "slug")
_past = one("past_contest", "slug")
_judged = one("judged", "slug")
_token = lambda things: (things.jury_token,)  # noqa: E731
_shown = one("shown", "slug")


def _exhibit(things):
    return things.shown.slug, things.exhibit.uuid


def _request(things):
    return things.shown.slug, things.take_down.uuid


def _asked(_things) -> dict:
    return {"key": str(uuid4()), "relation": "other", "reason": "Xin gỡ"}


def _of_my_class(things):
    return things.choosing.slug, things.school_class.uuid, 1


def _of_my_school(things):
    return things.choosing.slug, things.school_class.school.uuid, 2


def _judged_work(things):
    return things.judged.slug, things.judged_work.uuid


def _evening(things):
    return things.evening.stage.contest.slug, things.evening.number


def _turn(things):
    return *_evening(things), things.turn.uuid


def _review(things):
    return things.judged.slug, things.review.uuid


_works = one("works_contest", "slug")
_work = lambda things: (things.works_contest.slug, things.work.uuid)  # noqa: E731
_slip = lambda things: (things.works_contest.slug, things.work_file.version.receipt_code)  # noqa: E731

CALLS: dict[str, Call] = {
    # Sign-in and the own account
    "GET schools:card_code": Call(lambda things: (things.card,)),
    "GET schools:school_search": Call(data=lambda _: {"q": "song"}),
    "POST schools:set_language": Call(data=lambda _: {"language": "en"}),
    "POST schools:read_notifications": Call(data=lambda _: {"all": "1"}),
    "POST schools:join": Call(data=lambda things: {"code": things.join_code.code}),
    "POST schools:privacy": Call(data=lambda _: {"export": "1"}),
    "GET schools:person_data": Call(one("pupil", "uuid")),
    "POST schools:person_data": Call(
        one("pupil", "uuid"), lambda _: {"do": "sure", "sure": "on", "reason": "Mẹ em xin"}
    ),
    "GET schools:privacy_of_pupil": Call(of_school(lambda things: things.pupil.uuid)),
    "POST schools:privacy_of_pupil": Call(
        of_school(lambda things: things.pupil.uuid), lambda _: {"do": "erase", "reason": "Mẹ em xin", "sure": "on"}
    ),
    "GET schools:stop_channel": Call(lambda things: (stop_token(things.teacher.pk, "email"),)),
    "POST schools:stop_channel": Call(lambda things: (stop_token(things.teacher.pk, "email"),)),
    # A class's people
    "GET schools:class_pupils": Call(of_class()),
    "POST schools:reset_pupil_password": Call(of_class(lambda things: things.pupil.uuid)),
    "POST schools:decide_guest": Call(of_class(lambda things: things.guest.uuid), lambda _: {"accept": "1"}),
    "POST schools:open_join_code": Call(of_class(), lambda _: {"hours": "24", "max_uses": "50"}),
    "GET schools:join_code": Call(of_class(lambda things: things.join_code.uuid)),
    "POST schools:close_join_code": Call(of_class(lambda things: things.join_code.uuid)),
    "GET schools:class_letter": Call(of_class(lambda _: "phieu-dong-y")),
    "GET schools:class_cards": Call(of_class()),
    "POST schools:class_cards": Call(of_class(), lambda things: {"pupil": [str(things.pupil.uuid)], "page": "1"}),
    "GET schools:class_teachers": Call(of_class()),
    "POST schools:class_teachers": Call(of_class(), _co_teacher),
    "GET schools:change_teaching": Call(_substitute),
    "POST schools:change_teaching": Call(_substitute, lambda things: {"rights": [], "ends_on": things.until}),
    "POST schools:end_teaching": Call(_substitute),
    # A school
    "GET schools:member": Call(_member),
    "POST schools:reset_second_factor": Call(_member),
    "POST schools:reset_staff_password": Call(_member),
    "GET schools:home": Call(of_school()),
    "GET schools:staff": Call(of_school()),
    "POST schools:staff": Call(of_school(), lambda _: {"full_name": "Lê Thị Mới", "username": "co.moi"}),
    "GET schools:roster": Call(of_school()),
    "POST schools:roster": Call(of_school(), _a_file),
    "GET reports:unit": Call(lambda things: (things.school.unit.code,)),
    "GET reports:unit_file": Call(lambda things: (things.school.unit.code, "csv")),
    "POST reports:coverage_make": Call(_province, lambda _: {"format": "docx", "year": "2026-2027"}),
    "GET reports:coverage_job": Call(lambda things: (*_province(things), things.coverage_job.uuid)),
    "GET reports:coverage_job_file": Call(lambda things: (*_province(things), things.coverage_job.uuid)),
    "GET reports:school": Call(of_school()),
    "GET reports:school_file": Call(of_school(lambda _: "csv")),
    "GET reports:roll_preview": Call(one("roll_import", "uuid")),
    "GET reports:roll_refused": Call(one("roll_import", "uuid")),
    "POST reports:roll_apply": Call(one("roll_import", "uuid")),
    "GET reports:report": Call(one("report", "uuid")),
    "POST reports:report": Call(one("report", "uuid"), lambda _: {"results": "Đã dạy."}),
    "POST reports:report_return": Call(one("report", "uuid")),
    "GET reports:figure": Call(lambda things: (things.report.uuid, "B1")),
    "POST reports:figure": Call(lambda things: (things.report.uuid, "B1")),
    "GET reports:evidence": Call(lambda things: (things.report.uuid, "B1")),
    "GET reports:round": Call(lambda _: ("2025",)),
    "POST reports:sign_off": Call(lambda _: ("2025",)),
    "GET reports:annual": Call(lambda _: ("2025",)),
    "POST reports:annual_make": Call(lambda _: ("2025",), lambda _: {"format": "xlsx"}),
    "GET reports:annual_job": Call(lambda things: ("2025", things.annual_job.uuid)),
    "GET reports:annual_file": Call(lambda things: ("2025", things.annual_job.uuid)),
    "GET reports:report_file": Call(lambda things: (things.report.uuid, "xlsx")),
    "GET reports:indicator": Call(lambda _: ("A1",)),
    "POST reports:indicator": Call(lambda _: ("A1",)),
    "GET schools:roster_template": Call(of_school()),
    "GET schools:roster_export": Call(of_school()),
    "GET schools:roster_preview": Call(_roster),
    "POST schools:roster_preview": Call(_roster, lambda _: {"complete": "on"}),
    "POST schools:roster_commit": Call(_roster),
    "GET schools:roster_result": Call(_committed),
    "GET schools:roster_refused": Call(_committed),
    "POST schools:roster_undo": Call(_committed),
    "POST schools:print_school_cards": Call(of_school()),
    # The year turns
    "GET schools:roll_over": Call(of_school()),
    "POST schools:roll_over": Call(of_school(), _years),
    "GET schools:roll_over_preview": Call(_roll_over),
    "POST schools:roll_over_preview": Call(_roll_over, lambda _: {"teachers_follow": "on"}),
    "POST schools:roll_over_commit": Call(_roll_over),
    "GET schools:roll_over_result": Call(_rolled),
    "POST schools:roll_over_undo": Call(_rolled),
    "POST schools:roll_over_all": Call(data=_years),
    # Double accounts and transfers
    "GET schools:doubles": Call(of_school()),
    "GET schools:merge": Call(_pair),
    "POST schools:merge": Call(_pair),
    "POST schools:undo_merge": Call(of_school(lambda things: things.merge.uuid)),
    "GET schools:transfers": Call(of_school()),
    "POST schools:transfers": Call(of_school(), _on_the_way),
    "GET schools:transfer": Call(of_school(lambda things: things.transfer.uuid)),
    "POST schools:transfer": Call(of_school(lambda things: things.transfer.uuid), lambda _: {"withdraw": "1"}),
    # A list of many schools
    "POST schools:province_roster": Call(data=_a_file),
    "GET schools:province_roster_job": Call(one("province_job", "uuid")),
    "POST schools:province_roster_job": Call(one("province_job", "uuid")),
    "GET schools:province_roster_refused": Call(one("province_job", "uuid")),
    # Places and calendars
    "GET schools:places_of_kind": Call(lambda _: ("units",)),
    "POST schools:calendars": Call(data=_a_year),
    "GET schools:place": Call(_as_a_place),
    "POST schools:place": Call(_as_a_place, lambda _: {"name": "Tên Mới", "on": "2026-11-01", "decision": "1/QĐ"}),
    "GET schools:close_place": Call(_as_a_place),
    "POST schools:close_place": Call(_as_a_place, _a_merger),
    "GET schools:cards_job": Call(_job),
    "GET schools:cards_file": Call(_job),
    # Learning and teaching
    "GET courses:open": Call(lambda things: ("lesson", things.lesson.translation_key)),
    "POST courses:finish_lesson": Call(_lesson),
    "GET courses:slides": Call(_lesson),
    "GET courses:worksheet": Call(_lesson),
    "GET courses:plan": Call(_lesson),
    "GET courses:lesson_papers": Call(_lesson),
    "GET courses:give": Call(_lesson),
    "POST courses:give": Call(_course, _give),
    "GET courses:status": Call(_given),
    "GET courses:status_xlsx": Call(_given),
    "POST courses:remind": Call(_given),
    "GET courses:message": Call(_given),
    "GET courses:change_due": Call(_given),
    "POST courses:change_due": Call(_given, _due),
    "POST courses:withdraw": Call(_given),
    "POST courses:restore": Call(_given),
    "GET courses:pupil": Call(_of_pupil),
    "GET courses:extend": Call(_of_pupil),
    "POST courses:extend": Call(_of_pupil, _due),
    "GET courses:attendance": Call(of_class(lambda things: things.lesson.translation_key)),
    "GET courses:again": Call(of_class()),
    "GET courses:gradebook": Call(of_class()),
    "GET courses:gradebook_xlsx": Call(of_class()),
    "GET courses:parent_letters": Call(of_class()),
    "POST courses:undo_attendance": Call(
        one("session", "uuid"), lambda things: {"at": things.session.saved_at.isoformat()}
    ),
    "POST courses:attendance": Call(
        of_class(lambda things: things.lesson.translation_key),
        lambda things: {"held_on": timezone.localdate().isoformat(), "present": [str(things.pupil.uuid)]},
    ),
    "POST courses:training_new": Call(data=_a_training),
    "GET courses:training": Call(_training),
    "POST courses:training": Call(_training, lambda things: {"shown": [str(things.teacher.uuid)]}),
    "GET courses:training_edit": Call(_training),
    "POST courses:training_do": Call(_training, lambda _: {"do": "close"}),
    "POST courses:training_number": Call(
        _training, lambda things: {"where": things.training.school.uuid, "office": "teacher", "number": 2}
    ),
    "POST courses:training_import": Call(_training),
    "GET courses:training_wall": Call(_training),
    "GET courses:training_sheet": Call(_training),
    "GET courses:training_xlsx": Call(_training),
    "POST courses:present": Call(data=lambda _: {"code": "?"}),
    "GET courses:present_code": Call(lambda things: (code_now(things.training.uuid),)),
    "GET courses:reading": Call(_reading),
    "POST courses:reading": Call(_reading),
    "GET courses:reading_status": Call(_reading),
    "POST courses:reading_do": Call(_reading, lambda _: {"do": "remind"}),
    "GET courses:reading_xlsx": Call(_reading),
    "GET courses:certificate_pdf": Call(one("certificate", "serial")),
    "GET courses:certificate_picture": Call(one("certificate", "serial")),
    "GET courses:class_certificates": Call(of_class()),
    "GET courses:class_course_certificates": Call(_of_course),
    "POST courses:class_course_certificates": Call(_of_course),
    "POST courses:print_certificates": Call(_of_course),
    "GET courses:certificates_job": Call(_certificates_job),
    "GET courses:certificates_file": Call(_certificates_job),
    "GET courses:revoke_certificate": Call(one("certificate", "serial")),
    "POST courses:revoke_certificate": Call(
        one("certificate", "serial"), lambda _: {"reason": "mistake", "note": "Cấp nhầm"}
    ),
    "GET courses:family_task": Call(one("family_task", "uuid")),
    "GET courses:family_start": Call(_home),
    "POST courses:family_start": Call(_home, lambda _: {"service": "fake-link"}),
    "GET courses:class_family": Call(of_class()),
    "POST courses:class_family": Call(of_class()),
    "GET courses:family_again": Call(of_class(lambda things: things.family_confirmed.uuid)),
    "POST courses:family_again": Call(
        of_class(lambda things: things.family_confirmed.uuid), lambda _: {"note": "Em làm lại nhé."}
    ),
    "GET family_confirm": Call(one("family_task", "code")),
    "POST courses:ask_own": Call(
        data=lambda _: {"key": _A_PRESS, "stem": "Đúng hay sai?", "option_A": "đúng", "option_B": "sai"}
    ),
    "GET courses:ask_lesson": Call(_lesson),
    "POST courses:ask_lesson": Call(
        _lesson,
        lambda things: {
            "key": _A_PRESS,
            "question": str(things.quiz.quiz_questions.first().question.translation_key),
        },
    ),
    "GET courses:poll": Call(one("poll", "uuid")),
    "POST courses:poll": Call(one("poll", "uuid"), lambda _: {"do": "close"}),
    "GET courses:poll_count": Call(one("poll", "uuid")),
    "GET poll_answer": Call(one("poll", "code")),
    "POST poll_answer": Call(one("poll", "code"), lambda things: {"q": "a"}),
    "POST family_confirm": Call(
        one("family_task", "code"), lambda _: {"doing": "self", "age_band": "60_up", "next_time": "alone"}
    ),
    "GET verify": Call(one("certificate", "serial")),
    # Quizzes
    "GET quiz": Call(_quiz),
    "POST quiz": Call(_quiz, lambda _: {"idempotency_key": _KEY}),
    "GET quiz_attempt": Call(_attempt),
    "POST quiz_attempt": Call(_attempt),
    "GET quiz_result": Call(one("handed_in", "uuid")),
    "GET receipt": Call(one("handed_in", "receipt_code")),
    "GET receipt_pdf": Call(one("handed_in", "receipt_code")),
    "GET quiz_pile": Call(_pile),
    "GET quiz_mark": Call(lambda things: (*_pile(things), things.text_handed_in.uuid)),
    "GET quiz_rescue": Call(lambda things: (things.class_quiz.quiz_key, things.school_class.uuid)),
    "GET quiz_paper": Call(_quiz),
    "GET quiz_on_paper": Call(_on_paper),
    "POST quiz_on_paper": Call(_on_paper),
    "POST quiz_make_sheets": Call(_on_paper),
    "GET quiz_sheets": Call(_on_paper),
    "GET quiz_sheet": Call(one("sheet", "uuid")),
    "GET quiz_figures": Call(_quiz),
    "POST quiz_figures": Call(_quiz),
    "GET quiz_figures_xlsx": Call(_quiz),
    "GET quiz_class_figures": Call(of_class()),
    "GET quiz_corrections": Call(_quiz),
    "POST quiz_key": Call(_quiz),
    "POST quiz_cancel": Call(_question, lambda _: {"reason": "Đề in sai"}),
    "GET quiz_regrade": Call(lambda things: (things.class_quiz.quiz_key, things.regrade.uuid)),
    # Pages and files
    "GET wagtail_serve (published)": Call(_page("guide")),
    **{f"GET feed_{form}": Call(lambda _things: ("all",)) for form in ("rss", "atom", "json")},
    **{
        f"GET {name}": Call(lambda things: (things.shared.code,))
        for name in ("embed", "short_link", "share", "poster_svg", "poster_pdf", "share_card", "share_pack")
    },
    "GET oembed": Call(data=lambda things: {"url": in_full(things.shared.url)}),
    "GET wagtail_serve (lesson)": Call(_page("lesson")),
    "GET wagtail_serve (draft)": Call(_page("draft")),
    "GET wagtail_serve (handbook)": Call(_page("handbook")),
    "GET campaign_calendar": Call(one("campaign", "translation_key")),
    "GET short_address": Call(one("short_address", "code")),
    "GET short_address_qr": Call(one("short_address", "code")),
    "GET wagtailcore_authenticate_with_password": Call(lambda things: (1, things.guide.pk)),
    "GET wagtaildocs_serve": Call(lambda things: (things.document.pk, things.document.filename)),
    "GET wagtaildocs_authenticate_with_password": Call(lambda _: (1,)),
    "GET media:recording": Call(one("recording", "uuid")),
    "GET media:poster": Call(one("recording", "uuid")),
    "GET media:captions": Call(lambda things: (things.recording.uuid, "vi")),
    # The API
    "POST api:sign_in": api(data=lambda _: {"username": uuid4().hex, "password": "sai"}),
    "DELETE api:sign_out": api(),
    "POST api:begin": api(
        data=lambda _: {"purpose": "image", "file_name": "a.png", "content_type": "image/png", "size": 10}
    ),
    "GET api:unfinished": Call(data=lambda _: {"purpose": "video"}),
    "GET api:status (of an upload)": Call(one("upload", "uuid")),
    "DELETE api:abort": api(one("upload", "uuid")),
    "GET api:part": Call(lambda things: (things.upload.uuid, 1)),
    "POST api:complete": api(one("upload", "uuid")),
    "POST api:start_attempt": api(_quiz, idempotency_key=_KEY),
    "PUT api:save_answers": api(_attempt, lambda _: {"saves": [], "sent_at": timezone.now().isoformat()}),
    "POST api:check_answer": api(_attempt, lambda things: {"question": str(things.asked)}),
    "POST api:submit": api(_attempt, idempotency_key=_KEY),
    "GET api:attempt": Call(_attempt),
    "GET api:course": Call(_course),
    "GET api:offline": Call(lambda things: (things.guide.translation_key,)),
    "PUT api:progress": api(
        _lesson,
        lambda _: {"events": [{"id": str(uuid4()), "kind": "opened", "at": timezone.now().isoformat()}]},
    ),
    "GET api:status (of a class)": Call(of_class(lambda things: things.given.assignment.uuid)),
    "GET h5p:attempts": Call(one("h5p", "uuid")),
    "POST h5p:attempts": api(one("h5p", "uuid"), lambda things: {"place": things.h5p_place}),
    "POST h5p:statements": api(lambda _: (uuid4(),)),
    "GET h5p:state": Call(lambda _: (uuid4(),)),
    "PUT h5p:state": api(lambda _: (uuid4(),)),
    # The editors' back end: the project's own pages
    "POST cms_confirm_page": Call(one("guide")),
    "GET cms_handbook_files": Call(one("handbook")),
    "POST cms_make_handbook_files": Call(one("handbook")),
    "GET cms_publish_urgently": Call(one("draft")),
    "POST cms_publish_urgently": Call(one("draft"), lambda _: {"reason": "Địa chỉ đã đổi"}),
    "GET cms_sign_review": Call(one("guide")),
    "POST cms_sign_review": Call(one("guide")),
    "GET cms_page_from_word": Call(one("section")),
    "POST cms_page_from_word": Call(one("section")),
    **{
        f"{method} {name}": Call(lambda _: ("hmn",))
        for name in ("cms_interface", "cms_language_signing")
        for method in ("GET", "POST")
    },
    "POST cms_interface_take_in": Call(lambda _: ("hmn",)),
    "GET cms_translate": Call(one("translation")),
    "POST cms_translate": Call(one("translation")),
    "GET cms_translate_download": Call(lambda things: (things.translation.pk, "po")),
    "POST cms_translate_upload": Call(one("translation")),
    "POST cms_translation_start": Call(lambda things: (things.guide.pk, "hmn")),
    "POST cms_native_sign": Call(one("guide")),
    "GET media_conversion": Call(one("recording")),
    "POST media_conversion_again": Call(one("recording")),
    "POST media_poster_choice": Call(one("recording")),
    "GET media_captions": Call(lambda things: (things.recording.pk, "vi")),
    "POST media_captions": Call(lambda things: (things.recording.pk, "vi"), lambda _: {"start": "?", "text": "Lời"}),
    "GET media_chapters": Call(lambda things: (things.recording.pk, "vi")),
    "POST media_chapters": Call(lambda things: (things.recording.pk, "vi"), lambda _: {"start": "?", "text": "Tên"}),
    "POST media_h5p_begin": Call(data=lambda things: {"upload": str(things.h5p_upload.uuid)}),
    "GET media_h5p_job": Call(one("h5p_job", "uuid")),
    "GET media_h5p_content": Call(one("h5p")),
    "GET media_h5p_upload_version": Call(one("h5p")),
    "POST media_h5p_delete": Call(one("h5p")),
    "GET media_h5p_download": Call(lambda things: (things.h5p.pk, 1)),
    "GET quizzes_exchange": Call(one("bank")),
    "GET quizzes_export": Call(lambda things: (things.bank.pk, "gift")),
    "GET quizzes_export_selection": Call(lambda things: ("gift",)),
    "GET quizzes_export_quiz": Call(lambda things: (things.class_quiz.quiz_key, "gift")),
    "GET quizzes_import": Call(_import),
    "GET quizzes_import_progress": Call(_import),
    "POST quizzes_import_commit": Call(_import),
    "POST quizzes_import_give_up": Call(_import),
    "POST quizzes_import_undo": Call(_import),
    "GET quizzes_import_picture": Call(lambda things: (things.question_import.uuid, "none")),
    # Snippets, pages and records in the back end
    **{
        f"GET {space}:{name}": Call(one(thing))
        for space, thing in {
            "wagtailsnippets_cms_searchsynonym": "synonym",
            "wagtailsnippets_support_wording": "wording",
            "wagtailsnippets_support_asking": "asking",
            "wagtailsnippets_support_deskroute": "desk_route",
            "wagtailsnippets_support_cannedanswer": "canned",
            "wagtailsnippets_quizzes_quiz": "quiz",
            "wagtailsnippets_quizzes_question": "question",
            "wagtailsnippets_quizzes_questionbank": "bank",
            "wagtailsnippets_vocabulary_procedure": "procedure",
            "wagtailsnippets_vocabulary_topic": "topic",
            "wagtailsnippets_vocabulary_audience": "audience",
            "wagtailsnippets_vocabulary_competence": "competence",
            "wagtailsnippets_vocabulary_contentlanguage": "content_language",
            "wagtailsnippets_vocabulary_portallink": "portal_link",
            "wagtailsnippets_translating_glossaryterm": "glossary_term",
            "wagtailsnippets_translating_languagerole": "language_role",
            "school": "school",
            "schoolyear": "school_year",
            "reportingyear": "reporting_year",
            "unit": "unit",
            "wagtailusers_users": "teacher",
        }.items()
        for name in ("edit", "delete")
    },
    "GET wagtailadmin_pages:edit": Call(one("guide")),
    "GET wagtailadmin_pages:delete": Call(one("draft")),
    "GET wagtailadmin_pages:unpublish": Call(one("guide")),
    "GET wagtailadmin_pages:add_subpage": Call(one("section")),
    "GET wagtailadmin_pages:view_draft": Call(one("draft")),
    "GET wagtailimages:edit": Call(one("picture")),
    "GET wagtaildocs:edit": Call(one("document")),
    "GET wagtailmedia:edit": Call(one("recording")),
    # The assistant and the desk
    "POST support:ask": Call(data=lambda _: {"question": "Làm tạm trú ở đâu?"}),
    "POST support:useful": Call(data=lambda _: {"answer": "", "helpful": "yes"}),
    "POST support:write": Call(data=lambda _: {"question": "Làm tạm trú ở đâu?", "key": str(uuid4())}),
    "POST support:follow": Call(data=lambda things: {"code": things.ticket.code}),
    "GET support:ticket": Call(one("ticket", "uuid")),
    "POST support:ticket": Call(one("ticket", "uuid"), lambda _: {"answer": "Ở công an xã."}),
    "GET support:many": Call(),
    "POST support:many": Call(),
    "POST support:take_back_batch": Call(lambda _: (uuid4(),)),
    "POST support:assign": Call(one("ticket", "uuid")),
    "POST support:merge": Call(one("ticket", "uuid")),
    "POST support:settle": Call(one("ticket", "uuid"), lambda _: {"as": "portal"}),
    "POST support:publish": Call(one("ticket", "uuid")),
    "GET support:survey": Call(one("survey", "slug")),
    "POST support:survey": Call(
        one("survey", "slug"), lambda _: {"key": str(uuid4()), "q-da-lam": "tu-lam", "q-hai-long-chung": "5"}
    ),
    "GET support:survey_thanks": Call(one("survey", "slug")),
    "POST support:survey_another": Call(one("survey", "slug")),
    "GET support:survey_results": Call(one("told_survey", "slug")),
    "GET support:rate": Call(_lesson),
    "GET survey_short": Call(one("survey", "code")),
    "POST support:survey_begin": Call(data=lambda _: {"preset": "nhu-cau"}),
    **{
        f"GET support:survey_{name}": Call(one("survey", "uuid"))
        for name in ("manage", "settings", "preview", "found", "sheet", "words", "poster")
    },
    "POST support:survey_settings": Call(
        one("survey", "uuid"), lambda _: {"title": "Hài lòng", "purpose": "satisfaction"}
    ),
    "GET support:survey_question": Call(lambda things: (things.survey.uuid, "hai-long-chung")),
    "POST support:survey_question": Call(
        lambda things: (things.survey.uuid, "hai-long-chung"), lambda _: {"text": "Hài lòng chứ?", "top": "5"}
    ),
    "POST support:survey_do": Call(one("survey", "uuid"), lambda _: {"do": "close"}),
    "POST support:survey_words": Call(one("survey", "uuid"), lambda _: {"state": "shown"}),
    "GET api:survey": Call(one("survey", "slug")),
    "POST api:answer_survey": api(
        one("survey", "slug"),
        lambda _: {"key": str(uuid4()), "version": 1, "values": {"da-lam": "tu-lam", "hai-long-chung": 5}},
    ),
    "GET api:survey_results": Call(one("told_survey", "slug")),
    "POST support:guides": Call(data=lambda _: {"guide": str(uuid4())}),
    "GET support:visit": Call(lambda _: (uuid4(),)),
    "POST support:visit": Call(lambda _: (uuid4(),)),
    "GET support:visit_commune": Call(lambda things: (things.school.unit.code,)),
    "POST support:honour": Call(lambda things: (things.school.unit.code,)),
    "PUT api:keep_visits_of": api(data=lambda _: {"visits": []}),
    "POST api:ask": api(data=lambda _: {"question": "Làm tạm trú ở đâu?"}),
    # Contests
    "GET contests:set_up": Call(lambda _: ("tuan",)),
    "POST contests:set_up": Call(lambda _: ("tuan",)),
    "GET contests:manage": Call(_contest),
    "POST contests:choose_quizzes": Call(_contest),
    "GET contests:step": Call(lambda things: (things.contest.slug, "rules")),
    "POST contests:step": Call(lambda things: (things.contest.slug, "rules")),
    "GET contests:outages": Call(_contest),
    "POST contests:outages": Call(_contest),
    "GET contests:questions": Call(_contest),
    "POST contests:questions": Call(_contest),
    "POST contests:move": Call(_contest, lambda _: {"to": "closed", "signed_name": "Ai đó"}),
    "POST contests:try_out": Call(_contest),
    "POST contests:freeze": Call(_past, lambda _: {"reason": "Huỷ một câu"}),
    "GET contests:entries": Call(_contest),
    "POST contests:decide_entry": Call(
        lambda things: (things.contest.slug, things.entry.uuid), lambda _: {"reason": "Thi hộ"}
    ),
    "GET contests:appeals": Call(_past),
    "POST contests:decide_appeal": Call(
        lambda things: (things.past_contest.slug, things.appeal.uuid), lambda _: {"uphold": "1", "decision": "Đúng"}
    ),
    "GET contests:screening": Call(_judged),
    "POST contests:screen": Call(_judged_work, lambda _: {"verdict": "in"}),
    "GET contests:handed_in": Call(lambda things: (things.judged.slug, things.copy.file.uuid)),
    "GET contests:jury_room": Call(_judged),
    "POST contests:invite_juror": Call(_judged, lambda _: {"name": "Cô Giám Khảo"}),
    "POST contests:jury_act": Call(_judged, lambda _: {"do": "share"}),
    "GET contests:moderate": Call(_judged_work),
    "POST contests:moderate": Call(_judged_work, lambda _: {"reason": "Giữ nguyên"}),
    "GET contests:minutes": Call(_judged),
    "POST contests:minutes": Call(_judged, lambda _: {"place": "Phòng họp"}),
    "GET contests:minutes_word": Call(_judged),
    "GET contests:minutes_pdf": Call(_judged),
    "GET contests:jury_home": Call(),
    "GET contests:join_jury": Call(_token),
    "POST contests:join_jury": Call(_token),
    "GET contests:parts": Call(lambda things: (things.evening.stage.contest.slug,)),
    "POST contests:parts": Call(
        lambda things: (things.evening.stage.contest.slug,), lambda _: {"part-TOTAL_FORMS": 1, "part-INITIAL_FORMS": 0}
    ),
    "GET contests:stage_desk": Call(_evening),
    "GET contests:stage_state": Call(_evening),
    "GET contests:stage_papers": Call(_evening),
    "GET contests:stage_turn": Call(_turn),
    "POST contests:stage_act": Call(_evening, lambda _: {"do": "draw"}),
    "POST contests:stage_team": Call(_evening, lambda _: {"codes": "x"}),
    "POST contests:stage_invite": Call(_evening, lambda _: {"name": "Cô Bấm Giờ", "task": "timekeeper"}),
    "POST contests:stage_turn": Call(_turn, lambda _: {"do": "absent"}),
    "GET contests:stage": Call(_evening),
    "POST contests:decline_turn": Call(_turn, lambda _: {"reason": "Quen biết"}),
    "GET contests:board": Call(_evening),
    "GET contests:board_state": Call(_evening),
    "GET contests:jury_works": Call(_judged),
    "GET contests:sheet": Call(_judged),
    "GET contests:score": Call(_review),
    "POST contests:score": Call(_review, lambda _: {"points-noi-dung": "7"}),
    "POST contests:save_score": Call(_review, lambda _: {"key": "noi-dung", "points": "7"}),
    "POST contests:decline": Call(_review, lambda _: {"reason": "Ốm"}),
    "GET contests:jury_file": Call(lambda things: (*_review(things), things.copy.uuid)),
    "GET contests:contest": Call(_contest),
    "GET contests:enter": Call(_contest),
    "POST contests:enter": Call(_contest, lambda things: {"category": things.entry.category_id, "rules": "on"}),
    "GET contests:accept": Call(_contest),
    "POST contests:accept": Call(_contest, lambda _: {"rules": "on"}),
    "POST contests:withdraw": Call(_contest),
    "POST contests:start": Call(lambda things: (things.contest.slug, 1)),
    "POST contests:appeal": Call(_past, lambda _: {"text": "Sai điểm"}),
    "GET contests:standings": Call(_past),
    "GET contests:file": Call(lambda things: (things.past_contest.slug, things.ranking.uuid, "ranking.csv")),
    "POST contests:certify": Call(_past),
    "POST contests:register": Call(
        lambda things: (things.contest.slug, things.school_class.uuid), lambda _: {"remind": "1"}
    ),
    "GET contests:school": Call(lambda things: (things.contest.slug, things.school_class.school.uuid)),
    "GET contests:statistics": Call(_contest),
    "GET contests:share": Call(_contest),
    "GET contests:poster": Call(lambda things: (things.contest.slug, "qr.svg")),
    "GET contests:class": Call(lambda things: (things.contest.slug, things.school_class.uuid)),
    "GET contests:extend": Call(_works),
    "POST contests:extend": Call(_works),
    "GET contests:enquiries": Call(_works),
    "POST contests:answer_enquiry": Call(
        lambda things: (things.works_contest.slug, things.enquiry.uuid), lambda _: {"answer": "Khổ A2"}
    ),
    "POST contests:ask": Call(_works, lambda _: {"text": "Hạn nộp khi nào ạ?"}),
    "GET contests:new_work": Call(_works),
    "POST contests:new_work": Call(_works),
    "GET contests:find_team": Call(_works),
    "POST contests:find_team": Call(_works, lambda _: {"code": "3456789ABC"}),
    "GET contests:invited": Call(lambda things: (things.works_contest.slug, "3456789ABC")),
    "POST contests:invited": Call(lambda things: (things.works_contest.slug, "3456789ABC")),
    "GET contests:work": Call(_work),
    "POST contests:change_work": Call(_work, lambda _: {"do": "write", "text-loi-binh": "Một cửa"}),
    "GET contests:join_team": Call(_work),
    "POST contests:join_team": Call(_work),
    "POST contests:hand_in": Call(_work),
    "GET contests:work_file": Call(lambda things: (things.works_contest.slug, things.work_file.uuid)),
    "GET contests:work_receipt": Call(_slip),
    "GET contests:work_receipt_pdf": Call(_slip),
    "POST api:begin_work_file": api(_work, lambda _: {"slot": "loi-binh", "file_name": "x.png", "size": 9}),
    "GET api:work_file_state": Call(lambda things: (*_work(things), things.work_file.uuid)),
    "POST api:start_round_attempt": api(lambda things: (things.contest.slug, 1), idempotency_key=_KEY),
    "GET api:stage_lines": Call(_evening),
    "PUT api:save_stage_lines": api(_evening, lambda _: {"saves": []}),
    "GET api:standings": Call(_past),
    "GET contests:hang": Call(_shown),
    "POST contests:hang": Call(_shown, lambda things: {"work": things.exhibit.work.code, "down": "1"}),
    "GET contests:take_downs": Call(_shown),
    "POST contests:decide_take_down": Call(_request, lambda _: {"grant": "1", "decision": "Đã gỡ"}),
    "GET contests:faq": Call(_contest),
    "POST contests:faq": Call(_contest, lambda _: {"faq": "Ở đâu?\nỞ trường."}),
    "GET contests:letters": Call(_shown),
    "GET contests:letter": Call(lambda things: (things.shown.slug, things.school_class.school.uuid)),
    "GET contests:choose_of_school": Call(_of_my_school),
    "POST contests:choose_of_school": Call(_of_my_school),
    "GET contests:choose_of_class": Call(_of_my_class),
    "POST contests:choose_of_class": Call(_of_my_class),
    "GET contests:gallery": Call(_shown),
    "GET contests:exhibit": Call(_exhibit),
    "GET contests:picture": Call(_exhibit),
    "GET contests:further_picture": Call(lambda things: (*_exhibit(things), 1)),
    "GET contests:film": Call(lambda things: (*_exhibit(things), "144p")),
    "GET contests:captions": Call(_exhibit),
    "GET contests:take_down_work": Call(_exhibit),
    "POST contests:take_down_work": Call(_exhibit, _asked),
    "GET contests:honour": Call(_shown),
    "GET contests:take_down": Call(_shown),
    "POST contests:take_down": Call(_shown, _asked),
    "GET contests:take_down_answer": Call(_request),
}
