from celery import shared_task
from django.conf import settings

from media.operations import (
    check_forgotten_uploads,
    check_upload,
    clean_abandoned_uploads,
    convert,
    forget_conversion_files,
    take_up_conversions,
)
from media.problems import StorageUnavailable


@shared_task(autoretry_for=(StorageUnavailable,), retry_backoff=10, max_retries=20)
def check(upload_id: int) -> None:
    check_upload(upload_id=upload_id)


@shared_task
def clean_uploads() -> None:
    clean_abandoned_uploads()
    forget_conversion_files()


@shared_task
def check_forgotten() -> None:
    check_forgotten_uploads()


@shared_task(time_limit=settings.CONVERSION_MAX_SECONDS)
def make_copies(conversion_id: int) -> None:
    convert(conversion_id=conversion_id)


@shared_task
def take_up() -> None:
    take_up_conversions()
