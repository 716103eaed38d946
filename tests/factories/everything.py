"""One object behind every address of the product, as the cast of tests/cast.py would find them."""

from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from django_h5p.tokens import sign_place
from wagtail_localize.models import Translation, TranslationSource

from cms.jobs.models import Job
from cms.models import SearchSynonym
from cms.operations.short_addresses import give_short_address
from cms.sharing.models import SharedMaterial, SharedPack
from cms.translating.models import GlossaryTerm, LanguageRole
from cms.vocabulary.models import Competence, ContentLanguage, PortalLink
from contests.models import Contest, Copy, Review
from contests.operations import (
    ask,
    ask_to_take_down,
    file_appeal,
    freeze_ranking,
    hang,
    invite_juror,
    make_copies,
    share_out,
)
from courses.operations.certificates import Earned, Subject, issue_certificates
from courses.operations.family import confirm_task, start_task
from courses.operations.polls import ask_class
from courses.operations.readings import Wanted, require_reading
from courses.operations.sessions import record_attendance
from courses.operations.trainings import Plan, open_door, plan_training
from courses.places import place_of
from courses.queries import catalogue
from courses.queries.staff import StaffPlace
from courses.work import CERTIFICATES_JOB
from media.h5p import IMPORT
from media.models import DocumentFile, Recording, Upload
from media.operations import begin_upload
from quizzes.models import Question, QuestionImport
from quizzes.operations import save_answers, start_attempt, submit_attempt
from quizzes.operations.corrections import REGRADE_JOB
from quizzes.operations.on_paper import print_sheets
from quizzes.queries.asking import typed_question
from reports.models import Figure
from reports.operations.rounds import open_round
from reports.work import ANNUAL_JOB, COVERAGE_JOB
from schools.models import Consent, ReportingYear, RollImport, RosterImport
from schools.operations import accounts, joining
from schools.operations.cards import issue_cards
from schools.operations.merging import merge_persons
from schools.operations.privacy import record_consent
from schools.operations.rollovers import Decisions, stage_roll_over
from schools.operations.rosters import stage_file
from schools.operations.teachings import appoint_teacher
from schools.operations.transfers import ask_transfer
from schools.work import CARDS_JOB, PROVINCE_JOB
from support.models import Asking, CannedAnswer, DeskRoute, Wording
from support.operations.desk import write_ticket
from support.operations.surveys import close_survey, make_survey, open_survey, publish_results
from support.surveys.presets import presets
from tests.factories import cms, contests, courses, h5p, jury, quizzes, stage, works
from tests.factories.media import MP4_HEAD
from tests.factories.schools import PIN, make_pupil, make_school, make_with_role, school_year
from tests.schools.workbooks import pupils as class_list


@dataclass
class Everything:
    """`cast` by name (a visitor is None), and the things `pupil`, `teacher`, `school_admin` and `editor` work with."""

    cast: dict[str, Any]
    things: SimpleNamespace


def build(cast: dict[str, Any], school_class) -> Everything:
    made = SimpleNamespace(school=school_class.school, school_class=school_class)
    made.pupil, made.teacher = cast["pupil"], cast["teacher"]
    made.other_school = make_school("Trường THPT Kế Bên", code="KEBEN")
    made.member = make_with_role("teacher", "Lâm Văn Đồng", school=made.school)
    _class(made, cast)
    _moves(made, cast)
    _reports(made, cast)
    _learning(made, cast)
    _of_staff(made, cast)
    _media(made, cast)
    _pages(made, cast)
    _contests(made, cast)
    return Everything(cast, made)


def _of_staff(made: SimpleNamespace, cast: dict[str, Any]) -> None:
    """A training of the school's teachers whose door is open, and a notice they must confirm."""
    place, admin = StaffPlace(made.school.unit, made.school), cast["school_admin"]
    plan = Plan(title="Tập huấn", venue="Hội trường", held_on=timezone.localdate(), kinds=["teacher"])
    made.training = open_door(training=plan_training(key=uuid4(), place=place, plan=plan, actor=admin), actor=admin)
    made.reading = require_reading(
        key=uuid4(),
        place=place,
        wanted=Wanted(kinds=["teacher"], due_on=timezone.localdate(), title="Thông báo", text="Thầy cô đọc kỹ."),
        actor=admin,
    )


def _class(made: SimpleNamespace, cast: dict[str, Any]) -> None:
    made.join_code = joining.open_join_code(school_class=made.school_class, actor=cast["teacher"], needs_approval=True)
    made.guest = joining.join_class(join_code=made.join_code, full_name="Khách Chờ Duyệt", pin=PIN)
    accounts.request_password(user=cast["pupil"])
    made.card = issue_cards(users=[cast["pupil"]], actor=None)[0].code
    admin = cast["school_admin"]
    made.until = (timezone.localdate() + timedelta(days=7)).isoformat()
    appoint_teacher(
        school_class=made.school_class,
        user=made.member,
        kind="substitute",
        rights=["assign"],
        ends_on=timezone.localdate() + timedelta(days=7),
        actor=admin,
    )
    made.list = class_list(("0999", "Lê Thị Mới", "05/09/2010", "Nữ", "10A1"))
    made.roster = stage_file(
        school=made.school, school_year=school_year(), raw=made.list, file_name="danh-sach.xlsx", actor=admin
    )
    made.roll_import = RollImport.objects.create(
        school_year=school_year(),
        file_name="si-so.xlsx",
        rows=[[made.school.pk, "thpt", 10, 40]],
        rejected=[{"row": 3, "sheet": "A", "shown": "KHONG", "reason": "?", "cells": [["code", "KHONG"]]}],
    )
    done = {"state": RosterImport.State.COMMITTED, "committed_at": timezone.now(), "error_file_key": "thu/loi.xlsx"}
    made.committed = RosterImport.objects.create(
        school=made.school,
        school_year=school_year(),
        file_name="cu.xlsx",
        actor=admin,
        **done,
    )
    years = {"from_year": school_year(), "to_year": school_year("2027-2028")}
    made.roll_over = stage_roll_over(school=made.school, decisions=Decisions(), actor=admin, **years)
    made.rolled = RosterImport.objects.create(
        kind=RosterImport.Kind.ROLL_OVER,
        school=made.school,
        from_year=years["from_year"],
        school_year=years["to_year"],
        actor=admin,
        **done,
    )
    made.province_job = Job.objects.create(
        kind=PROVINCE_JOB,
        owner=cast["province_officer"],
        params={"file": "", "name": "toan-tinh.xlsx", "year": "2026-2027", "complete": False, "dry_run": True},
        state=Job.State.DONE,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        result={"created": 1, "schools": []},
        error_file="thu/loi-toan-tinh.xlsx",
    )
    made.job = Job.objects.create(
        kind=CARDS_JOB,
        owner=admin,
        params={"school": made.school.pk, "only_without": False},
        state=Job.State.DONE,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        result={"cards": 1},
        result_file=storages["private"].save("thu/the.pdf", ContentFile(b"%PDF-")),
    )


def _moves(made: SimpleNamespace, cast: dict[str, Any]) -> None:
    """A second account of the pupil, one that was merged already, and a classmate on the way to another school."""
    made.twin = make_pupil(made.school_class, "Trần Thị Bưởi", code="0012346")
    gone, kept = (make_pupil(made.school_class, "Lý Thị Đôi", code=code) for code in ("0012347", "0012348"))
    made.merge = merge_persons(kept=kept, other=gone, actor=cast["school_admin"], school=made.school)
    made.transfer = ask_transfer(
        user=kept,
        school=made.school,
        to_school=made.other_school,
        giver="representative",
        evidence="Đơn 3",
        reason="",
        actor=cast["school_admin"],
    )


def _reports(made: SimpleNamespace, cast: dict[str, Any]) -> None:
    """A round of the year 2025 with the school's form and one figure in it, and the report that was made of it."""
    year = ReportingYear.objects.create(code="2025", starts_on=date(2024, 12, 1), ends_on=date(2025, 11, 30))
    school_year("2024-2025")
    officer = cast["province_officer"]
    made.round = open_round(reporting_year=year, due_on=date(2025, 11, 20), actor=officer)
    made.report = made.round.reports.get(school=made.school)
    made.sent = made.round.reports.get(unit=made.school.unit)
    key = storages["private"].save("thu/minh-chung.pdf", ContentFile(b"%PDF-"))
    Figure.objects.create(
        report=made.report, indicator=made.round.indicators.get(code="B1"), reporting_year=year, school=made.school,
        numerator=1, denominator=2, evidence_key=key, evidence_name="a.pdf", taken_at=timezone.now(), entered_by=officer,
    )  # fmt: skip
    made.annual_job = Job.objects.create(
        kind=ANNUAL_JOB,
        owner=officer,
        params={"year": "2025", "format": "docx"},
        state=Job.State.DONE,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        result_file=key,
    )
    made.coverage_job = Job.objects.create(
        kind=COVERAGE_JOB,
        owner=officer,
        params={"unit": made.school.unit.get_root().code, "year": "2026-2027", "format": "docx", "language": "vi"},
        state=Job.State.DONE,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        result_file=key,
    )


def _learning(made: SimpleNamespace, cast: dict[str, Any]) -> None:
    made.quiz = courses.quiz(1)
    made.course = courses.course(1, quizzes=[made.quiz])
    made.lesson = courses.lessons_of(made.course)[0]
    made.given = courses.assignment(made.lesson, made.school_class, cast["teacher"])
    # A quiz of one class only: what an opening for everybody hides.
    made.class_quiz = quizzes.quiz(1, title="Bài của lớp", attempts=5)
    keys = {"kind": "classes", "keys": [str(made.school_class.uuid)]}
    quizzes.opening(made.class_quiz, audience=keys)
    made.question, made.bank = Question.objects.first(), quizzes.bank()
    made.handed_in, _new = start_attempt(
        user=cast["pupil"], quiz_key=made.class_quiz.quiz_key, idempotency_key="the first"
    )
    submit_attempt(user=cast["pupil"], attempt_uuid=made.handed_in.uuid)
    made.handed_in.refresh_from_db()
    made.attempt, _new = start_attempt(
        user=cast["pupil"], quiz_key=made.class_quiz.quiz_key, idempotency_key="the second"
    )
    made.asked = made.attempt.questions[0][0]
    made.sheet = print_sheets(opening=made.attempt.opening, school_class=made.school_class, actor=cast["teacher"])[0]
    made.text_question = quizzes.of_type("long")
    made.text_quiz = quizzes.quiz([made.text_question], title="Bài viết")
    quizzes.opening(made.text_quiz, audience=keys)
    made.text_handed_in, _new = start_attempt(
        user=cast["pupil"], quiz_key=made.text_quiz.quiz_key, idempotency_key="the text"
    )
    written = [(made.text_handed_in.questions[0][0], 1, "Em giúp bà tra cứu hồ sơ.", None)]
    save_answers(user=cast["pupil"], attempt_uuid=made.text_handed_in.uuid, saves=written, sent_at=None)
    submit_attempt(user=cast["pupil"], attempt_uuid=made.text_handed_in.uuid)
    made.regrade = Job.objects.create(
        owner=cast["editor"],
        kind=REGRADE_JOB,
        params={"quiz_key": str(made.class_quiz.quiz_key)},
        state=Job.State.WAITING,
    )
    made.question_import = QuestionImport.objects.create(
        bank=made.bank,
        actor=cast["editor"],
        state=QuestionImport.State.PREVIEW,
        file_name="cau-hoi.docx",
        file_digest="0" * 64,
    )
    subject = Subject(
        kind="course",
        key=str(made.course.translation_key),
        school_year=school_year().code,
        titles={"vi": made.course.title},
    )
    (made.certificate,) = issue_certificates(subject=subject, earned=[Earned(cast["pupil"].pk, timezone.now())])
    printed = {"class": str(made.school_class.uuid), "course": subject.key}
    made.certificates_job = Job.objects.create(
        kind=CERTIFICATES_JOB,
        owner=cast["teacher"],
        params=printed,
        state=Job.State.DONE,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        result={"certificates": 1},
        result_file=storages["private"].save("thu/chung-nhan.pdf", ContentFile(b"%PDF-")),
    )
    made.home_block = str(uuid4())
    task = {"title": "Bà bấm, em chỉ", "text": "", "steps": []}
    made.home_lesson = courses.lesson(
        made.course, "Bài có việc nhà", body=[{"type": "family_task", "id": made.home_block, "value": task}]
    )
    made.poll = ask_class(
        user=cast["teacher"],
        question=typed_question(
            key="q", stem="?", options=[("a", "a", True, ""), ("b", "b", False, "")], language="vi"
        ),
        language="vi",
        key=uuid4(),
    )
    made.family_task = start_task(
        user=cast["pupil"],
        lesson_key=made.home_lesson.translation_key,
        block=made.home_block,
        service="find",
        service_title="Tìm một thủ tục",
    )
    made.family_confirmed = start_task(
        user=cast["pupil"],
        lesson_key=made.home_lesson.translation_key,
        block=made.home_block,
        service="follow",
        service_title="Xem hồ sơ",
    )
    confirm_task(
        code=made.family_confirmed.code,
        doing="self",
        age_band="60_up",
        next_time="alone",
        language="vi",
        device="x",
        network="x",
    )
    made.session = record_attendance(
        school_class=made.school_class,
        place=place_of(catalogue.lesson(made.lesson.translation_key, "vi")),
        held_on=timezone.localdate(),
        present=[cast["pupil"].pk],
        actor=cast["teacher"],
    )


def _media(made: SimpleNamespace, cast: dict[str, Any]) -> None:
    made.recording = Recording.objects.create(
        title="Đọc tên miền",
        type="video",
        duration=60,
        captions={"vi": "WEBVTT\n"},
        file=ContentFile(MP4_HEAD, name="doc.mp4"),
        thumbnail=ContentFile(b"picture", name="doc.jpg"),
    )
    made.upload = begin_upload(
        owner=cast["editor"], purpose="video", file_name="clip.mp4", content_type="video/mp4", size=len(MP4_HEAD)
    )
    made.h5p = h5p.content()
    made.h5p_place = sign_place(content=made.h5p.uuid)
    made.h5p_upload = begin_upload(
        owner=cast["editor"], purpose="h5p", file_name="bai.h5p", content_type="application/zip", size=100
    )
    Upload.objects.filter(pk=made.h5p_upload.pk).update(state=Upload.State.STORED, completed_at=timezone.now())
    made.h5p_job = Job.objects.create(kind=IMPORT, owner=cast["editor"], params={}, state=Job.State.WAITING)


def _pages(made: SimpleNamespace, cast: dict[str, Any]) -> None:
    made.picture = cms.PictureFactory()
    made.document = DocumentFile.objects.create(title="Tờ khai", file=ContentFile(b"%PDF-", name="to-khai.pdf"))
    made.procedure, made.topic, made.audience = cms.ProcedureFactory(), cms.TopicFactory(), cms.AudienceFactory()
    made.asking = Asking.objects.create(kind="place", key="*", language="vi", said="chỗ nào chỉ giúp")
    made.wording = Wording.objects.create(slug="kt3", said="kt3", meant="tạm trú")
    made.canned = CannedAnswer.objects.create(title="Giờ làm việc", text="Từ 7 giờ rưỡi.")
    made.desk_route = DeskRoute.objects.create(unit=made.school.unit)
    made.ticket = write_ticket(question="Làm tạm trú ở đâu?", language="vi", unit=made.school.unit)
    made.survey = open_survey(survey=make_survey(actor=None, preset=presets()["hai-long"]), actor=None)
    made.told_survey = open_survey(survey=make_survey(actor=None, preset=presets()["nhu-cau"]), actor=None)
    made.told_survey = close_survey(survey=made.told_survey, actor=None)
    made.told_survey = publish_results(survey=made.told_survey, actor=cast["editor"], public=True)
    open_survey(survey=make_survey(actor=None, preset=presets()["danh-gia-bai-hoc"]), actor=None)
    made.synonym = SearchSynonym.objects.create(slug="cccd", words="CCCD\ncăn cước")
    made.competence = Competence.objects.create(slug="m4", name="An toàn", locale=cms.LocaleFactory())
    made.content_language = ContentLanguage.objects.create(tag="hmn", autonym="Hmoob", name_vi="Mông", name_en="Hmong")
    made.glossary_term = GlossaryTerm.objects.create(term="thủ tục", language=made.content_language)
    made.language_role = LanguageRole.objects.create(
        user=cast["editor"], language=made.content_language, kind=LanguageRole.Kind.TRANSLATOR
    )
    made.portal_link = PortalLink.objects.create(
        key="cong", name_vi="Cổng", name_en="Portal", url="https://dichvucong.gov.vn/", checked_on=timezone.localdate()
    )
    year = timezone.localdate().year
    made.reporting_year = ReportingYear.objects.create(
        code=str(year), starts_on=date(year - 1, 12, 1), ends_on=date(year, 11, 30)
    )
    made.school_year, made.unit = school_year(), made.school.unit
    parent = cms.SectionPageFactory(cms.HomePageFactory())
    made.guide = cms.GuidePageFactory(parent)
    source, _new = TranslationSource.update_or_create_from_instance(made.guide)
    made.translation = Translation.objects.create(source=source, target_locale=cms.LocaleFactory("en"))
    made.shared = SharedMaterial.objects.get(page=made.guide)
    SharedPack.objects.create(material=made.shared, revision_id=made.shared.revision_id, name="packs/a.zip", size=1)
    made.handbook = cms.HandbookPageFactory(parent, count=1)
    made.campaign = cms.CampaignPageFactory()
    made.short_address = give_short_address(page_key=made.handbook.translation_key)
    made.draft = cms.GuidePageFactory(parent)
    made.draft.unpublish()
    made.draft.save_revision(user=cast["translator"])
    made.section = parent


def _contests(made: SimpleNamespace, cast: dict[str, Any]) -> None:
    """One that is open, in which the pupil has entered, and one whose round is over, with a ranking and an appeal."""
    by = cast["province_officer"]
    made.contest = contests.opened(by=by)
    made.entry = contests.entry(made.contest, cast["pupil"])
    made.past_contest = contests.opened(by=by, title="Cuộc thi đã qua")
    entry = contests.entry(made.past_contest, cast["pupil"])
    contests.take(made.past_contest, cast["pupil"])
    contests.close_rounds(made.past_contest)
    made.ranking = freeze_ranking(contest=made.past_contest, by=by)
    made.appeal = file_appeal(entry=entry, ranking=made.ranking, text="Em bị mất mạng.")
    # One that is judged: the juror of the cast scores a work of a school they never belonged to.
    made.judged = jury.contest(by)
    made.judged_work = jury.work(made.judged, cast["pupil"], made.school, content=jury.poster())
    make_copies(made.judged_work.pk)
    made.copy = Copy.objects.get(file__version__work=made.judged_work)
    jury.juror(made.judged, by, user=cast["juror"])
    share_out(contest=made.judged, by=by)
    made.review = Review.objects.get(work=made.judged_work)
    _seat, made.jury_token = invite_juror(contest=made.judged, name="Ghế còn trống", by=by)
    # One on a stage: the juror of the cast has a sheet for a team of a school they never belonged to.
    made.evening, _judges, (made.turn,) = stage.evening(by, teams=1, judges=1)
    jury.juror(made.evening.stage.contest, by, user=cast["juror"])
    # One whose results are out, with a work in its gallery and somebody who wants it gone.
    made.shown = jury.contest(by)
    shown_work = jury.work(made.shown, cast["pupil"], made.school_class.school, content=jury.poster())
    make_copies(shown_work.pk)
    for giver in Consent.Giver:
        record_consent(
            user=cast["pupil"],
            purpose=Consent.Purpose.PUBLISH,
            giver=giver,
            text_version="1",
            evidence="phiếu",
            actor=by,
        )
    Contest.objects.filter(pk=made.shown.pk).update(state=Contest.State.PUBLISHED)
    made.shown.refresh_from_db()
    shown_work.contest = made.shown
    made.exhibit = hang(work=shown_work, caption="Một cửa", alt_text="Trụ sở xã", by=by)
    made.take_down = ask_to_take_down(
        contest=made.shown, key=uuid4(), relation="owner", reason="Hình của tôi", exhibit=made.exhibit
    )
    # One whose class and school choose who goes on.
    now, unit = timezone.now(), {"quota_per_unit": 2, "way_on": "unit", "promotes": True}
    spans = [(now - timedelta(hours=1) + timedelta(days=n), now + timedelta(days=n + 1)) for n in range(0, 9, 3)]
    levels = [{"level": "class"} | unit, {"level": "school"} | unit, {"level": "province"}]
    levels = [one | {"opens_at": span[0], "closes_at": span[1]} for one, span in zip(levels, spans, strict=True)]
    made.choosing = contests.opened(by=by, title="Từ lớp lên trường", rounds=levels)
    made.works_contest = works.poster_contest(by=by)
    made.work = works.begun(made.works_contest, cast["pupil"])
    made.work_file = works.handed_in(made.work)
    made.enquiry = ask(contest=made.works_contest, user=cast["pupil"], text="Khổ nào ạ?")
