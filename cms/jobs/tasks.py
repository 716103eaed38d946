from celery import shared_task

from cms.jobs.operations import hand_on_lost_jobs, run_job


@shared_task(bind=True)
def run(self, job_id: int) -> None:
    # A message that comes a second time was in the hands of a worker that is no more.
    run_job(job_id=job_id, again=bool((self.request.delivery_info or {}).get("redelivered")))


@shared_task
def hand_on_lost() -> None:
    hand_on_lost_jobs()
