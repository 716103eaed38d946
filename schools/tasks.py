from celery import shared_task

from schools.operations.accounts import settle_roles as settle
from schools.operations.merging import forget_old_merges
from schools.operations.rosters import forget_old_imports
from schools.work import forget_card_files, forget_province_lists


@shared_task
def forget_cards() -> int:
    return forget_card_files()


@shared_task
def forget_imports() -> int:
    return forget_old_imports() + forget_old_merges() + forget_province_lists()


@shared_task
def settle_roles() -> dict[str, int]:
    return settle()
