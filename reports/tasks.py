from celery import shared_task

from reports.operations.ledger import count_rosters, take_in_moves
from schools.models import SchoolYear


@shared_task
def take_in() -> int:
    return take_in_moves()


@shared_task
def count_all_rosters() -> int:
    year = SchoolYear.objects.current()
    return count_rosters(school_year=year) if year else 0
