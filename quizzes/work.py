"""Long work of this room, run by `cms.jobs`."""

from dataclasses import asdict
from uuid import UUID

from cms.jobs.operations import Progress
from quizzes.operations.corrections import regrade
from quizzes.permissions import Sight
from quizzes.queries.figures import Which, figures_of, keep


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


def run_figures(progress: Progress) -> None:
    """Compute the figures of a quiz that many took, and keep them for whoever mends quizzes."""
    asked = progress.job.params
    figures = figures_of(
        quiz_key=UUID(asked["quiz"]),
        sight=Sight(None, with_contests=True, year=asked.get("year", "")),
        which=Which(asked["attempts"]),
        language=asked["language"],
        step=lambda done, total, what: progress.say(done=done, total=total, doing=what),
    )
    if figures is not None:
        keep(figures, asked["language"])
        progress.job.result = {"attempts": figures.attempts}
