from celery import shared_task

from media.operations import check_forgotten_uploads, check_upload, clean_abandoned_uploads
from media.problems import StorageUnavailable


@shared_task(autoretry_for=(StorageUnavailable,), retry_backoff=10, max_retries=20)
def check(upload_id: int) -> None:
    check_upload(upload_id=upload_id)


@shared_task
def clean_uploads() -> None:
    clean_abandoned_uploads()


@shared_task
def check_forgotten() -> None:
    check_forgotten_uploads()
