"""Starting and running jobs. A room registers what a kind of job does; the task only looks it up by id."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cms.jobs.models import Job
from cms.problems import Problem

# After so long, a waiting job's message is taken for lost; after the time limit of a task, a running one is dead.
MESSAGE_LOST = timedelta(minutes=5)
WORKER_DEAD = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT) + MESSAGE_LOST

_work: dict[str, Callable[["Progress"], None]] = {}


class Progress:
    """What running work is given: its job, and a way to say how far it is."""

    def __init__(self, job: Job):
        self.job = job

    def say(self, *, done: int, total: int, doing: str = "") -> None:
        self.job.done, self.job.total, self.job.doing = min(done, total), total, doing[:200]
        Job.objects.filter(pk=self.job.pk).update(done=self.job.done, total=total, doing=self.job.doing)


def register_work(kind: str, work: Callable[[Progress], None]) -> None:
    """Called in a room's `AppConfig.ready()`. `work` may set `job.result`, `job.result_file`, `job.error_file`."""
    _work[kind] = work


@transaction.atomic
def start_job(*, kind: str, owner, params: dict) -> Job:
    """Store a job and hand it to a worker once the transaction is committed.

    While no broker answers the job waits: `hand_on_lost_jobs` finds it.
    """
    job = Job.objects.create(kind=kind, owner=owner, params=params)
    transaction.on_commit(lambda: _hand_on(job.pk), robust=True)
    return job


def _hand_on(job_id: int) -> None:
    from cms.jobs.tasks import run

    run.delay(job_id)


def hand_on_lost_jobs() -> int:
    """Hand the jobs on again that nobody does, because the message or the worker was lost; returns how many.

    A message too many does no harm: a job that somebody has begun is not begun a second time.
    """
    now = timezone.now()
    lost = Job.objects.filter(
        Q(state=Job.State.WAITING, created_at__lt=now - MESSAGE_LOST)
        | Q(state=Job.State.RUNNING, started_at__lt=now - WORKER_DEAD)
    )
    found = list(lost.values_list("pk", flat=True))
    for job_id in found:
        _hand_on(job_id)
    return len(found)


def run_job(*, job_id: int, again: bool = False) -> Job:
    """Do the work of a job that is waiting, or that runs no more: `again` says its worker was killed.

    A job that has ended, or that another worker is at, is left alone.
    """
    now = timezone.now()
    mine = Q(state=Job.State.WAITING) | Q(state=Job.State.RUNNING, started_at__lt=now - WORKER_DEAD)
    if again:
        mine |= Q(state=Job.State.RUNNING)
    claimed = Job.objects.filter(mine, pk=job_id).update(state=Job.State.RUNNING, started_at=now)
    job = Job.objects.get(pk=job_id)
    if not claimed:
        return job
    try:
        _work[job.kind](Progress(job))
        _end(job, Job.State.DONE)
    except Problem as problem:
        _end(job, Job.State.FAILED, error=str(problem))
    except Exception:
        _end(job, Job.State.FAILED, error="unexpected")
        raise
    return job


def _end(job: Job, state: Job.State, error: str = "") -> None:
    job.state, job.error, job.finished_at = state, error[:500], timezone.now()
    job.save()
