"""Long work of this room, run by `cms.jobs`."""

from dataclasses import asdict
from uuid import UUID

from cms.jobs.operations import Progress
from quizzes.operations.corrections import regrade


def run_regrade(progress: Progress) -> None:
    """Compute the results of a quiz anew. The job is the change: run again after a kill, it goes on with the same one."""
    job = progress.job
    counted = regrade(
        quiz_key=UUID(job.params["quiz"]),
        change_key=job.uuid,
        reason=job.params["reason"],
        key_id=job.params.get("paper"),
        dry=job.params.get("dry", False),
        step=lambda done, total, what: progress.say(done=done, total=total, doing=what),
    )
    job.result = asdict(counted)
