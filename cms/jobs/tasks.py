from celery import shared_task

from cms.jobs.operations import run_job


@shared_task
def run(job_id: int) -> None:
    run_job(job_id=job_id)
