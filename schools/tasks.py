from celery import shared_task

from schools.work import forget_card_files


@shared_task
def forget_cards() -> int:
    return forget_card_files()
