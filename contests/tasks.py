from celery import shared_task

from contests import operations


@shared_task
def refresh_standings() -> int:
    return operations.refresh_standings()


@shared_task
def forget_identity_keys() -> int:
    return operations.forget_identity_keys()


@shared_task
def make_copies(work_id: int) -> int:
    from contests.operations.screening import make_copies as make

    return make(work_id)


@shared_task
def make_film(exhibit_id: int) -> bool:
    from contests.operations.films import make_film as make

    return make(exhibit_id)


@shared_task
def pass_on_late_reviews() -> int:
    return operations.pass_on_late_reviews()
