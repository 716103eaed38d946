"""Starting and running jobs. A room registers what a kind of job does; the task only looks it up by id."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from cms.jobs.models import Job
from cms.problems import Problem

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
    """Store a job and hand it to a worker once the transaction is committed."""
    from cms.jobs.tasks import run

    job = Job.objects.create(kind=kind, owner=owner, params=params)
    transaction.on_commit(lambda: run.delay(job.pk))
    return job


def run_job(*, job_id: int) -> Job:
    """Do the work of a job that is waiting, or was running when its worker was killed. A finished job is left alone."""
    job = Job.objects.get(pk=job_id)
    if job.state in {Job.State.DONE, Job.State.FAILED}:
        return job
    job.state, job.started_at = Job.State.RUNNING, timezone.now()
    job.save(update_fields=["state", "started_at"])
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
