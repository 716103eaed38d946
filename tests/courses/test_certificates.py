"""Certificates: earned by a rule, given once, true on paper, checkable by anybody, withdrawn for a reason."""

import re
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from fontTools.ttLib import TTFont
from PIL import Image
from pypdf import PdfReader

from cms.audit.models import AuditEvent
from cms.jobs.models import Job
from courses.models import Certificate, LessonProgress
from courses.models.certificates import new_serial
from courses.operations.certificates import (
    Earned,
    Subject,
    issue_certificates,
    issue_course_certificates,
    issue_what_is_due,
    revoke_certificate,
)
from courses.operations.lessons import record_events
from courses.operations.sessions import record_attendance
from courses.printing import certificate_pdf
from courses.problems import CertificateWithdrawn, NoCertificateRule, ReasonMissing
from courses.queries import catalogue
from courses.queries.certificates import class_certificates, stands
from courses.work import forget_certificate_files
from quizzes.kinds import kind_of
from quizzes.operations import save_answers, start_attempt, submit_attempt
from quizzes.papers import paper
from schools.models import Consent, Notification, Person
from schools.queries.consents import name_in_public
from tests.factories import courses as make
from tests.factories.schools import make_school, make_with_role, province

pytestmark = pytest.mark.django_db
YEAR = "2026-2027"

# What registers of the province hold: every Vietnamese vowel and tone, and names of Ê Đê, Gia Rai, Mạ, Hoa and Mông people.
NAMES = [
    "Nguyễn Thị Ánh Nguyệt",
    "Đặng Hữu Phước",
    "Lê Quỳnh Hương Giang",
    "Phạm Ỷ Lan",
    "Vũ Đỗ Ngữ Điệp",
    "Trần Thuỵ Ẩn",
    "H'Hen Niê",
    "Y Blŏ Êban",
    "K'Brĕoh",
    "Rơ Châm H’Phĭk",
    "Siu Ƀăm",
    "Giàng A Pháo",
]
VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def finish(course, *people) -> None:
    for lesson in make.lessons_of(course):
        for user in people:
            record_events(user=user, place=make.place(lesson), events=[make.event("opened"), make.event("finished")])


def mark(course, user, *percents) -> None:
    """What the projection of quiz attempts leaves behind."""
    for lesson, percent in zip(make.lessons_of(course), percents, strict=False):
        LessonProgress.objects.filter(user=user, lesson_key=lesson.translation_key).update(
            quiz_best=percent, quiz_attempts=1, quiz_at=timezone.now()
        )


def facts(course):
    return catalogue.course(course.translation_key, "vi")


@pytest.fixture(scope="module")
def course_made(shared_database):
    return make.course(2, title="Công dân số", certificate_finished=True)


@pytest.fixture
def course(db, course_made):
    return deepcopy(course_made)


@pytest.fixture(scope="module")
def classroom_made(shared_database):
    return make.classroom(3)


@pytest.fixture
def classroom(db, classroom_made):
    return deepcopy(classroom_made)


@pytest.fixture
def one(course, classroom, django_capture_on_commit_callbacks):
    """The certificate of the first pupil, given by the signal."""
    with django_capture_on_commit_callbacks(execute=True):
        finish(course, classroom[2][0])
    return Certificate.objects.get()


# --- The rule ---------------------------------------------------------------------------------------------------------


def test_finishing_the_course_gives_the_certificate_by_itself_and_once(
    one, course, classroom, django_capture_on_commit_callbacks
):
    school_class, _teacher, (an, *_others) = classroom
    assert (one.user, one.kind, one.subject_key) == (an, "course", str(course.translation_key))
    assert (one.title, one.school_year, one.class_name) == ("Công dân số", YEAR, school_class.name)
    assert (one.school_key, one.unit_key) == (school_class.school.uuid, school_class.school.unit.uuid)
    assert Notification.objects.get(user=an, kind="certificate").url == reverse("courses:certificates")
    with django_capture_on_commit_callbacks(execute=True):
        finish(course, an)
    assert not issue_course_certificates(course_key=course.translation_key, user_ids=[an.pk], school_year=YEAR)
    assert Certificate.objects.count() == 1
    assert AuditEvent.objects.filter(action="issue_certificates").count() == 1


@pytest.mark.slow
def test_attendance_in_class_earns_it_like_learning_online(course, classroom, django_capture_on_commit_callbacks):
    school_class, teacher, people = classroom
    with django_capture_on_commit_callbacks(execute=True):
        for lesson in make.lessons_of(course):
            record_attendance(
                school_class=school_class,
                place=make.place(lesson),
                held_on=timezone.localdate(),
                present=[people[1].pk, people[2].pk],
                actor=teacher,
            )
    assert set(Certificate.objects.values_list("user", flat=True)) == {people[1].pk, people[2].pk}


@pytest.mark.slow
def test_a_mark_is_the_mean_over_all_quizzes_and_one_not_taken_counts_as_nothing(classroom):
    course = make.course(2, quizzes=[make.quiz(1), make.quiz(1)], certificate_finished=True, certificate_mark=60)
    _class, _teacher, (an, binh, cuong) = classroom
    finish(course, an, binh, cuong)
    mark(course, an, 100, 20)
    mark(course, binh, 100, 19)
    mark(course, cuong, 100)
    found = stands(facts(course), [an.pk, binh.pk, cuong.pk], YEAR)
    assert {user_id: (stand.mark, stand.met) for user_id, stand in found.items()} == {
        an.pk: (Decimal(60), True),
        binh.pk: (Decimal("59.50"), False),
        cuong.pk: (Decimal(50), False),
    }


def test_a_mark_alone_asks_for_no_finished_lesson(classroom):
    course = make.course(2, quizzes=[make.quiz(1)], certificate_mark=50)
    an = classroom[2][0]
    record_events(user=an, place=make.place(make.lessons_of(course)[0]), events=[make.event()])
    mark(course, an, 50)
    assert stands(facts(course), [an.pk], YEAR)[an.pk].met


def test_a_mark_without_any_quiz_is_never_reached(classroom):
    course = make.course(1, certificate_finished=True, certificate_mark=50)
    finish(course, classroom[2][0])
    assert not stands(facts(course), [classroom[2][0].pk], YEAR)[classroom[2][0].pk].met


def test_a_course_without_a_rule_gives_none(classroom, django_capture_on_commit_callbacks):
    course = make.course(1)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        finish(course, classroom[2][0])
    assert not Certificate.objects.exists()
    with pytest.raises(NoCertificateRule):
        issue_course_certificates(course_key=course.translation_key, user_ids=[classroom[2][0].pk], school_year=YEAR)
    assert not any("issue_earned" in repr(one) for one in callbacks)


def test_a_better_quiz_after_the_last_lesson_gives_it(classroom, django_capture_on_commit_callbacks):
    quiz = make.quiz(1)
    course = make.course(1, quizzes=[quiz], certificate_finished=True, certificate_mark=100)
    an, (lesson,) = classroom[2][0], make.lessons_of(course)
    make.assignment(lesson, classroom[0], classroom[1])
    with django_capture_on_commit_callbacks(execute=True):
        finish(course, an)
    assert not Certificate.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        attempt, _new = start_attempt(user=an, quiz_key=quiz.quiz_key, idempotency_key="mot")
        question = paper(attempt.paper_id).document["questions"][0]
        save_answers(
            user=an,
            attempt_uuid=attempt.uuid,
            saves=[(question["id"], 1, kind_of(question).right(question), None)],
            sent_at=None,
        )
        submit_attempt(user=an, attempt_uuid=attempt.uuid)
    assert Certificate.objects.get().mark == 100


def test_what_the_broker_lost_is_found_at_night(course, classroom):
    finish(course, classroom[2][0], classroom[2][1])  # the test commits nothing, so no task has run
    assert not Certificate.objects.exists()
    assert issue_what_is_due() == 2
    assert issue_what_is_due() == 0


def test_a_course_for_a_year_says_until_when(classroom):
    course = make.course(1, certificate_finished=True, certificate_months=12)
    finish(course, classroom[2][0])
    (made,) = issue_course_certificates(
        course_key=course.translation_key, user_ids=[classroom[2][0].pk], school_year=YEAR
    )
    today = timezone.localdate()
    assert made.valid_until == date(today.year + 1, today.month, today.day)
    assert not made.has_expired()
    assert made.has_expired(made.valid_until + timedelta(days=1))


def test_the_certificate_speaks_its_persons_language(course, classroom):
    make.english(course)
    an, binh, _cuong = classroom[2]
    an.language = "en"
    an.save()
    finish(course, an, binh)
    issue_course_certificates(course_key=course.translation_key, user_ids=[an.pk, binh.pk], school_year=YEAR)
    assert Certificate.objects.get(user=an).title == "Digital citizens"
    assert Certificate.objects.get(user=binh).title == "Công dân số"


def test_any_award_is_given_by_the_same_operation(classroom):
    """As a contest will."""
    an, binh, _cuong = classroom[2]
    subject = Subject(kind="contest", key="tim-hieu-dich-vu-cong", school_year=YEAR, titles={"vi": "Tìm hiểu DVC"})
    earned = [Earned(an.pk, timezone.now(), award="Giải Nhất"), Earned(binh.pk, timezone.now(), award="Giải Nhì")]
    assert len(issue_certificates(subject=subject, earned=earned)) == 2
    assert not issue_certificates(subject=subject, earned=earned)
    assert Certificate.objects.get(user=an).award == "Giải Nhất"


def test_the_statements_do_not_grow_with_the_people(course):
    counts = {}
    for pupils in (1, 3):
        school_class, _teacher, people = make.classroom(pupils, name=f"11A{pupils}")
        finish(course, *people)
        for language in ("vi", "en"):
            catalogue.course(course.translation_key, language)
        with CaptureQueriesContext(connection) as queries:
            issue_course_certificates(
                course_key=course.translation_key, user_ids=[one.pk for one in people], school_year=YEAR
            )
        counts[pupils] = len(queries)
        with CaptureQueriesContext(connection) as queries:
            class_certificates(school_class, facts(course))
        counts[f"list of {pupils}"] = len(queries)
    assert counts[1] == counts[3]
    # The roster, progress in the course, certificates: no quiz in it, so no marks.
    assert counts["list of 1"] == counts["list of 3"] == 3


# --- Rules of the database --------------------------------------------------------------------------------------------


def test_two_in_force_of_the_same_are_impossible(one):
    copy = {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields if not field.primary_key}
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(**copy | {"serial": "KHAC2345KHAC"})


@pytest.mark.parametrize(
    "wrong",
    [{"revoked_at": timezone.now()}, {"revoked_for": "mistake"}, {"revoked_note": "vì thế"}, {"mark": 101}],
)
def test_half_a_withdrawal_and_an_impossible_mark_are_refused(one, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=one.pk).update(**wrong)


# --- Withdrawing ------------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(classroom):
    return make_with_role("school_admin", "Đặng Văn Trường", school=classroom[0].school)


def test_withdrawn_for_good_and_never_again_by_itself(one, course, clerk):
    revoke_certificate(certificate=one, reason="dishonest", note="Bạn khác làm hộ.", actor=clerk)
    revoke_certificate(certificate=one, reason="other", note="lần hai", actor=clerk)
    one.refresh_from_db()
    assert (one.revoked_for, one.revoked_note, one.revoked_by) == ("dishonest", "Bạn khác làm hộ.", clerk)
    assert AuditEvent.objects.filter(action="revoke_certificate", target_key=one.serial).count() == 1
    assert Notification.objects.filter(user=one.user, kind="certificate_withdrawn").count() == 1
    assert not issue_course_certificates(course_key=course.translation_key, user_ids=[one.user_id], school_year=YEAR)
    assert issue_what_is_due() == 0
    with pytest.raises(CertificateWithdrawn):
        certificate_pdf(one)


def test_an_officer_may_give_a_right_one_for_a_wrong_one(one, clerk):
    revoke_certificate(certificate=one, reason="mistake", note="Sai năm học.", actor=clerk)
    subject = Subject(kind=one.kind, key=one.subject_key, school_year=one.school_year, titles={"vi": one.title})
    (new,) = issue_certificates(subject=subject, earned=[Earned(one.user_id, one.earned_at)], actor=clerk, again=True)
    assert new.serial != one.serial
    assert Certificate.objects.in_force().get() == new


@pytest.mark.parametrize(("reason", "note"), [("mistake", "  "), ("vì ghét", "lý do"), ("", "lý do")])
def test_nothing_is_withdrawn_without_a_reason(one, clerk, reason, note):
    with pytest.raises(ReasonMissing):
        revoke_certificate(certificate=one, reason=reason, note=note, actor=clerk)


def test_who_may_withdraw(one, clerk, classroom):
    far_school = make_school("Trường THPT Núi Xa")
    people = {
        "pupil": one.user,
        "homeroom": classroom[1],
        "another school": make_with_role("school_admin", "Lạ Văn Mặt", school=far_school),
        "another commune": make_with_role("province_officer", "Xa Thị Xã", unit=far_school.unit),
        "clerk": clerk,
        "the commune": make_with_role("province_officer", "Gần Thị Xã", unit=classroom[0].school.unit),
        "the province": make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=province()),
    }
    address = reverse("courses:revoke_certificate", args=[one.serial])
    assert {name: signed_in(user).get(address).status_code for name, user in people.items()} == {
        "pupil": 404,
        "homeroom": 404,
        "another school": 404,
        "another commune": 404,
        "clerk": 200,
        "the commune": 200,
        "the province": 200,
    }


def test_the_form_wants_a_reason_and_words(one, clerk):
    address = reverse("courses:revoke_certificate", args=[one.serial])
    wrong = signed_in(clerk).post(address, {"reason": "mistake", "note": ""})
    assert wrong.status_code == 422
    assert "Ghi vài chữ" in wrong.content.decode()
    done = signed_in(clerk).post(address, {"reason": "mistake", "note": "Nhầm lớp."})
    assert done["Location"] == reverse("verify", args=[one.serial])
    assert "Nhầm lớp." in signed_in(clerk).get(address).content.decode()


# --- Checking ---------------------------------------------------------------------------------------------------------


def page(client: Client, serial: str, **query):
    answer = client.get(reverse("verify", args=[serial]), {"language": "vi"} | query)
    return answer, re.sub(r"\s+", " ", answer.content.decode())


def test_anybody_may_check_and_sees_initials(one):
    answer, text = page(Client(), one.serial)
    assert answer.status_code == 200
    assert "Chứng nhận này là thật" in text
    assert "N.V.A." in text
    assert one.user.get_full_name() not in text
    assert "Công dân số" in text
    assert f"{timezone.localdate():%d/%m/%Y}" in text
    assert one.class_name not in text.split("<main")[1].split("</main>")[0]
    assert answer["Cache-Control"].count("no-store") == 1
    _answer, english = page(Client(), one.serial, language="en")
    assert "This certificate is genuine" in english


def test_the_number_may_be_typed_as_it_is_printed(one):
    answer = Client().get(reverse("verify_form"), {"number": one.shown_serial.lower(), "language": "vi"})
    assert answer["Location"] == f"/verify/{one.serial}?language=vi"
    assert page(Client(), one.shown_serial.lower())[0].status_code == 200


def test_its_person_and_their_teacher_see_the_full_name(one, classroom, clerk):
    for user in (one.user, classroom[1], clerk):
        assert one.user.get_full_name() in page(signed_in(user), one.serial)[1]
    assert one.user.get_full_name() not in page(signed_in(classroom[2][1]), one.serial)[1]


def test_a_full_name_in_public_needs_everybodys_consent(one):
    now = timezone.now()
    born = Person.objects.filter(user=one.user)

    def consent(giver):
        return Consent.objects.create(
            user=one.user, purpose="certificate", giver=giver, text_version="1", evidence="phiếu giấy", given_at=now
        )

    born.update(birth_date=timezone.localdate().replace(day=1) - timedelta(days=365 * 13))
    own = consent("pupil")
    one.user.refresh_from_db()
    assert one.user.get_full_name() not in page(Client(), one.serial)[1], "a child of 13 needs the parent too"
    consent("representative")
    assert one.user.get_full_name() in page(Client(), one.serial)[1]
    Consent.objects.filter(pk=own.pk).update(withdrawn_at=now)
    assert one.user.get_full_name() not in page(Client(), one.serial)[1], "a withdrawal takes effect at once"
    born.update(birth_date=timezone.localdate() - timedelta(days=365 * 17))
    assert name_in_public(one.user, "certificate") == "N.V.A."
    Consent.objects.filter(pk=own.pk).update(withdrawn_at=None)
    assert name_in_public(one.user, "certificate") == one.user.get_full_name(), "from 16 the person alone decides"


def test_a_withdrawn_one_says_so_plainly_and_why_without_the_note(one, clerk):
    revoke_certificate(certificate=one, reason="dishonest", note="Bạn Bình làm hộ.", actor=clerk)
    answer, text = page(Client(), one.serial)
    assert answer.status_code == 200
    assert "Chứng nhận này đã bị thu hồi" in text
    assert "là thật" not in text
    assert "Bạn Bình làm hộ." not in text
    assert "Bạn Bình làm hộ." in page(signed_in(clerk), one.serial)[1]
    assert "Bạn Bình làm hộ." not in page(signed_in(one.user), one.serial)[1]


def test_an_unknown_number_says_that_the_paper_is_not_ours(one):
    answer, text = page(Client(), "ABCDEFGHJKMN")
    assert answer.status_code == 404
    assert "Không có chứng nhận nào mang số này" in text
    assert page(Client(), "x" * 400)[0].status_code == 404


def test_an_erased_person_is_gone_from_their_certificate(one):
    Person.objects.filter(user=one.user).update(full_name="", name_sort="", name_folded="", birth_date=None, gender="")
    answer, text = page(Client(), one.serial)
    assert answer.status_code == 200
    assert "N.V.A." not in text
    assert "đã xóa dữ liệu" in text


@pytest.mark.slow
def test_numbers_cannot_be_tried_out(one):
    client = Client()
    for number in range(30):
        assert page(client, f"AAAA{number:08d}")[0].status_code == 404
    answer, text = page(client, "AAAABBBBCCCC")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Có quá nhiều số" in text
    cache.clear()
    assert page(client, one.serial)[0].status_code == 200


def test_serials_are_long_and_do_not_follow_each_other():
    made = {new_serial() for _number in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(r"[A-HJKMNP-Z2-9]{12}", serial) for serial in made)


# --- On paper ---------------------------------------------------------------------------------------------------------


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(pdf)).pages))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_right_on_paper(one, name):
    one.user.person.set_name(name)
    one.user.person.save()
    pdf = certificate_pdf(Certificate.objects.select_related("user__person").get(pk=one.pk))
    reader = PdfReader(BytesIO(pdf))
    (sheet,) = reader.pages
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (842, 595), "A4 lying across"
    assert one.user.person.full_name in text_of(pdf)
    assert one.shown_serial in text_of(pdf)
    used = {font["/BaseFont"].split("+")[1] for font in fonts_of(sheet)}
    assert all(font.startswith(("Be-Vietnam-Pro", "BeVietnamPro", "Noto-Sans", "NotoSans")) for font in used), used


def fonts_of(sheet):
    return [font.get_object() for font in sheet["/Resources"]["/Font"].values()]


def test_the_letters_of_the_certificate_hold_every_vietnamese_letter():
    for weight in (400, 600):
        letters = TTFont(finders.find(f"vendor/fonts/be-vietnam-pro-{weight}.ttf")).getBestCmap()
        missing = [one for one in VIETNAMESE + VIETNAMESE.upper() if ord(one) not in letters]
        assert not missing
        noto = TTFont(finders.find(f"vendor/fonts/noto-sans-{weight}.ttf")).getBestCmap()
        rest = {one for name in NAMES for one in name if ord(one) not in letters}
        assert all(ord(one) in noto for one in rest), rest


def test_the_longest_name_stays_on_its_one_sheet(one):
    one.user.person.set_name("Công Tằng Tôn Nữ Nguyễn Hoàng Thị Phương Thảo Nguyên Khánh Đoan")
    one.user.person.save()
    Certificate.objects.filter(pk=one.pk).update(title="Kỹ năng hướng dẫn người dân dùng dịch vụ công trực tuyến " * 3)
    pdf = certificate_pdf(Certificate.objects.get(pk=one.pk))
    assert len(PdfReader(BytesIO(pdf)).pages) == 1


@pytest.mark.slow
def test_own_and_foreign_certificates(one, classroom, clerk):
    address = reverse("courses:certificate_pdf", args=[one.serial])
    assert signed_in(one.user).get(address)["Content-Type"] == "application/pdf"
    assert signed_in(classroom[1]).get(address).status_code == 200
    assert signed_in(clerk).get(address).status_code == 200
    assert signed_in(classroom[2][1]).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    painted = reverse("courses:certificate_picture", args=[one.serial])
    with Image.open(BytesIO(signed_in(one.user).get(painted).content)) as picture:
        assert picture.format == "JPEG" and picture.width == 1600 > picture.height
    assert signed_in(classroom[2][1]).get(painted).status_code == 404
    own = signed_in(one.user).get(reverse("courses:certificates")).content.decode()
    assert one.shown_serial in own
    assert one.shown_serial not in signed_in(classroom[2][1]).get(reverse("courses:certificates")).content.decode()


# --- A class ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def list_address(course, classroom):
    return reverse("courses:class_course_certificates", args=[classroom[0].uuid, course.translation_key])


def test_the_teacher_sees_the_class_and_gives_what_is_due(course, classroom, list_address):
    _class, teacher, (an, binh, _cuong) = classroom
    finish(course, an, binh)
    text = signed_in(teacher).get(list_address).content.decode()
    assert text.count("Đã đạt, chưa cấp") == 2
    assert "Cấp 2 chứng nhận" in text
    answer = signed_in(teacher).post(list_address, follow=True)
    assert "Đã cấp 2 chứng nhận." in answer.content.decode()
    assert Certificate.objects.count() == 2
    assert Certificate.objects.first().issued_by == teacher
    assert "Cấp 2" not in answer.content.decode()
    signed_in(teacher).post(list_address)
    assert Certificate.objects.count() == 2


def test_one_who_may_not_grade_only_looks(course, classroom, list_address):
    _school_class, teacher, people = classroom
    finish(course, people[0])
    teacher.teachings.update(can_grade=False)
    assert signed_in(teacher).get(list_address).status_code == 200
    assert signed_in(teacher).post(list_address).status_code == 404
    assert signed_in(people[0]).get(list_address).status_code == 404
    assert not Certificate.objects.exists()


def test_one_whose_records_no_longer_carry_it_is_shown_to_people(course, classroom, list_address):
    school_class, teacher, people = classroom
    finish(course, people[0])
    issue_course_certificates(course_key=course.translation_key, user_ids=[people[0].pk], school_year=YEAR)
    people[0].course_progress.update(finished_at=None)
    (row,) = [row for row in class_certificates(school_class, facts(course)) if row.certificate]
    assert row.doubtful
    assert row.certificate.revoked_at is None, "nobody loses one by itself"
    assert "thầy cô xem lại" in signed_in(teacher).get(list_address).content.decode()


@pytest.mark.slow
def test_a_class_is_printed_as_one_pdf_in_class_order(
    course, classroom, list_address, django_capture_on_commit_callbacks
):
    school_class, teacher, people = classroom
    finish(course, *people)
    issue_course_certificates(course_key=course.translation_key, user_ids=[one.pk for one in people], school_year=YEAR)
    client = signed_in(teacher)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("courses:print_certificates", args=[school_class.uuid, course.translation_key]))
    job = Job.objects.get()
    assert (job.state, job.result, job.doing) == ("done", {"certificates": 3}, "")
    assert "3 chứng nhận" in client.get(answer["Location"]).content.decode()
    with storages["private"].open(job.result_file) as file:
        sheets = PdfReader(BytesIO(file.read())).pages
    names = [one.get_full_name() for one in people]
    assert [name for sheet in sheets for name in names if name in sheet.extract_text()] == names
    file_address = reverse("courses:certificates_file", args=[school_class.uuid, course.translation_key, job.uuid])
    assert client.get(file_address).status_code == 302
    assert signed_in(people[0]).get(file_address).status_code == 404
    clerk = make_with_role("school_admin", "Đặng Văn Trường", school=school_class.school)
    assert signed_in(clerk).get(file_address).status_code == 404, "the file is for who had it made"
    assert forget_certificate_files(timezone.now() + timedelta(hours=25)) == 1
    assert client.get(file_address).status_code == 404


def test_printing_nobodys_says_so(course, classroom, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in(classroom[1]).post(
            reverse("courses:print_certificates", args=[classroom[0].uuid, course.translation_key])
        )
    assert "Trong lớp chưa ai có" in signed_in(classroom[1]).get(answer["Location"]).content.decode()


def test_the_class_page_names_its_courses(course, classroom):
    school_class, teacher, _people = classroom
    address = reverse("courses:class_certificates", args=[school_class.uuid])
    assert "Công dân số" not in signed_in(teacher).get(address).content.decode()
    make.assignment(make.lessons_of(course)[0], school_class, teacher)
    assert "Công dân số" in signed_in(teacher).get(address).content.decode()
    make.course(1, title="Không có chứng nhận")
    assert "Không có chứng nhận" not in signed_in(teacher).get(address).content.decode()
