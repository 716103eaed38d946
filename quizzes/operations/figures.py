"""Having the figures of a quiz computed that too many people took for a page to wait."""

from uuid import UUID

from django.db import transaction

from cms.jobs.models import Job
from cms.jobs.operations import start_job

FIGURES_JOB = "quizzes.figures"


def figures_job(*, quiz_key: UUID, attempts: str, language: str, year: str = "") -> Job | None:
    """The latest job for these figures, whatever became of it."""
    asked = Job.objects.filter(kind=FIGURES_JOB, params=_params(quiz_key, attempts, language, year))
    return asked.order_by("-created_at").first()


def is_at_work(job: Job | None) -> bool:
    return job is not None and job.state in {Job.State.WAITING, Job.State.RUNNING}


@transaction.atomic
def compute_figures(*, quiz_key: UUID, attempts: str, language: str, year: str = "", actor) -> Job:
    """Start a job for the figures of everybody who took the quiz; one that is at work already is given back."""
    found = figures_job(quiz_key=quiz_key, attempts=attempts, language=language, year=year)
    if found is not None and is_at_work(found):
        return found
    return start_job(kind=FIGURES_JOB, owner=actor, params=_params(quiz_key, attempts, language, year))


def _params(quiz_key: UUID, attempts: str, language: str, year: str) -> dict[str, str]:
    return {"quiz": str(quiz_key), "attempts": attempts, "language": language, "year": year}
