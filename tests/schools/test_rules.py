"""Rules the database keeps, whatever code writes."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cms.jobs.models import Job
from reports.models import Programme
from schools.models import Consent, JoinCode, JoinRequest, RosterImport, School, SignInCard, Teaching, User
from schools.operations.joining import decide_join_request, join_class, open_join_code
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)


def refused(write) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def test_a_school_code_and_a_username_are_one_in_any_case(school_class, teacher):
    school = school_class.school
    assert refused(lambda: make.make_school(code=school.code.lower()))
    assert refused(lambda: User.objects.create(username=teacher.username.upper()))
    assert School.objects.count() == 1


def test_a_class_has_one_homeroom_teacher_at_a_time(school_class, teacher):
    other = make.make_staff()
    assert refused(lambda: Teaching.objects.create(user=other, school_class=school_class, kind="homeroom"))
    assert not refused(lambda: Teaching.objects.create(user=other, school_class=school_class, kind="co_teacher"))
    Teaching.objects.filter(user=teacher).update(ends_on=date(2026, 10, 1))
    assert not refused(lambda: Teaching.objects.create(user=other, school_class=school_class, kind="homeroom"))


def test_cards_and_codes_end_after_they_begin(pupil, teacher, school_class):
    code = open_join_code(school_class=school_class, actor=teacher)
    assert refused(lambda: JoinCode.objects.filter(pk=code.pk).update(expires_at=code.created_at))
    assert refused(lambda: SignInCard.objects.create(user=pupil, code_hash="x", expires_at=timezone.now() - HOUR))
    assert not refused(lambda: SignInCard.objects.create(user=pupil, code_hash="x", expires_at=timezone.now() + HOUR))


@pytest.mark.parametrize("needs_approval", [True, False])
def test_somebody_answers_for_every_guest(teacher, school_class, needs_approval):
    code = open_join_code(school_class=school_class, actor=teacher, needs_approval=needs_approval)
    request = join_class(join_code=code, full_name="Khách Một", pin=make.PIN)
    if needs_approval:
        assert (request.state, request.decided_by) == ("waiting", None)
        request = decide_join_request(request=request, accept=True, actor=teacher)
    assert (request.state, request.decided_by) == ("accepted", teacher)
    row = JoinRequest.objects.filter(pk=request.pk)
    for wrong in ({"decided_by": None}, {"decided_at": None}, {"state": "waiting"}):
        assert refused(lambda wrong=wrong: row.update(**wrong))


@pytest.mark.parametrize(
    ("times", "is_refused"),
    [
        ({}, False),
        ({"committed_at": NOW}, True),
        ({"state": "committed"}, True),
        ({"state": "committed", "committed_at": NOW}, False),
        ({"state": "committed", "committed_at": NOW, "undone_at": NOW}, True),
        ({"state": "undone", "committed_at": NOW}, True),
        ({"state": "undone", "committed_at": NOW, "undone_at": NOW - HOUR}, True),
        ({"state": "undone", "committed_at": NOW, "undone_at": NOW}, False),
    ],
)
def test_an_import_has_the_times_of_its_state(school_class, times, is_refused):
    place = {"school": school_class.school, "school_year": school_class.school_year}
    assert refused(lambda: RosterImport.objects.create(**place, **times)) is is_refused


@pytest.mark.parametrize(
    ("times", "is_refused"),
    [
        ({}, False),
        ({"started_at": NOW}, True),
        ({"state": "running"}, True),
        ({"state": "running", "started_at": NOW}, False),
        ({"state": "running", "started_at": NOW, "finished_at": NOW}, True),
        ({"state": "done", "started_at": NOW}, True),
        ({"state": "done", "started_at": NOW, "finished_at": NOW - HOUR}, True),
        ({"state": "failed", "started_at": NOW, "finished_at": NOW}, False),
    ],
)
def test_a_job_has_the_times_of_its_state(times, is_refused):
    assert refused(lambda: Job.objects.create(kind="try", **times)) is is_refused


def test_a_programme_and_a_consent_end_after_they_begin(pupil):
    start = date(2026, 1, 1)
    day = timedelta(days=1)
    assert refused(lambda: Programme.objects.create(code="a", title="A", valid_from=start, valid_to=start - day))
    assert not refused(lambda: Programme.objects.create(code="a", title="A", valid_from=start, valid_to=start))
    consent = {"user": pupil, "purpose": "publish", "giver": "pupil", "text_version": "1", "evidence": "Phiếu"}
    assert refused(lambda: Consent.objects.create(**consent, given_at=NOW, withdrawn_at=NOW - HOUR))
    assert not refused(lambda: Consent.objects.create(**consent, given_at=NOW, withdrawn_at=NOW))
