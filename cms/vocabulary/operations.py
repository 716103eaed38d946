"""Writes of the vocabulary that have a rule."""

from collections.abc import Iterable

from django.db import transaction

from cms.vocabulary.hours import Stretch
from cms.vocabulary.models import HelpPoint, OpeningHours


@transaction.atomic
def set_hours(*, point: HelpPoint, stretches: Iterable[Stretch]) -> bool:
    """Give `point` these opening hours in place of those it had. Returns whether anything changed."""
    wanted = sorted(set(stretches))
    HelpPoint.objects.select_for_update().get(pk=point.pk)
    if wanted == sorted(tuple(row) for row in point.opening.values_list("weekday", "opens", "closes")):
        return False
    point.opening.all().delete()
    OpeningHours.objects.bulk_create(OpeningHours(point=point, **stretch._asdict()) for stretch in wanted)
    return True
