"""A background job is done once, and is done in the end, whatever message or worker was lost."""

from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from cms.jobs import operations, tasks
from cms.jobs.models import Job
from cms.problems import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch) -> list[int]:
    """The ids of the jobs whose work was done, in order."""
    found: list[int] = []
    monkeypatch.setitem(operations._work, "count", lambda progress: found.append(progress.job.pk))
    return found


def job(state: str = "waiting", age: timedelta = timedelta(), **fields) -> Job:
    made = Job.objects.create(kind="count", state=state, **fields)
    Job.objects.filter(pk=made.pk).update(created_at=timezone.now() - age)
    return made


def test_a_job_is_done_once_however_many_messages_tell_of_it(done):
    one = job()
    for _message in range(3):
        tasks.run(one.pk)
    assert done == [one.pk]
    one.refresh_from_db()
    assert one.state == "done" and one.percent == 100


def test_a_job_another_worker_is_at_is_left_alone_unless_that_worker_died(done):
    one = job("running", started_at=timezone.now())
    operations.run_job(job_id=one.pk)
    assert done == []
    operations.run_job(job_id=one.pk, again=True)
    assert done == [one.pk]


def test_jobs_nobody_does_are_handed_on_again(done):
    forgotten = job(age=timedelta(minutes=6))
    dead = job("running", started_at=timezone.now() - operations.WORKER_DEAD - timedelta(minutes=1))
    job(age=timedelta(minutes=1))
    job("running", started_at=timezone.now() - timedelta(minutes=30))
    assert operations.hand_on_lost_jobs() == 2
    assert sorted(done) == sorted([forgotten.pk, dead.pk])
    assert operations.hand_on_lost_jobs() == 0


def test_a_silent_broker_does_not_undo_what_started_the_job(done, monkeypatch, django_capture_on_commit_callbacks):
    def silent(*args, **kwargs):
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.run, "apply_async", silent)
    with django_capture_on_commit_callbacks(execute=True):
        one = operations.start_job(kind="count", owner=None, params={})
    assert Job.objects.get(pk=one.pk).state == "waiting"
    assert done == []


def test_work_that_is_refused_says_why_and_work_that_breaks_says_so_in_the_log(monkeypatch):
    def refuse(progress):
        raise Problem("Not enough rows.")

    monkeypatch.setitem(operations._work, "count", refuse)
    refused = operations.run_job(job_id=job().pk)
    assert (refused.state, refused.error) == ("failed", "Not enough rows.")

    def fail(progress):
        raise ZeroDivisionError

    monkeypatch.setitem(operations._work, "count", fail)
    broken = job()
    with pytest.raises(ZeroDivisionError):
        operations.run_job(job_id=broken.pk)
    broken.refresh_from_db()
    assert (broken.state, broken.error) == ("failed", "unexpected")
