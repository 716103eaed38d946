from celery import shared_task

from contests import operations


@shared_task
def refresh_standings() -> int:
    return operations.refresh_standings()


@shared_task
def forget_identity_keys() -> int:
    return operations.forget_identity_keys()
