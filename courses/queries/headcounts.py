"""People who signed the list of a training and have no account: only how many of them there were."""

from datetime import date

from django.db.models import Max, Q

from courses.models import PresentWithoutAccount, Training
from courses.queries.staff import StaffPlace
from schools.models import Role, School, Unit


def places_of_training(training: Training) -> list[Unit | School]:
    """Where somebody on its list may come from: the school; or the unit itself and the communes it is for."""
    if training.school:
        return [training.school]
    if training.unit is None:
        return []
    below = list(training.within.order_by("name_folded")) or list(training.unit.get_children().order_by("name_folded"))
    return [training.unit, *below]


def offices_of_training(training: Training) -> list[tuple[str, str]]:
    """(value, word) of the offices it is for; all of them where it names none."""
    return [(value, str(word)) for value, word in Role.Kind.choices if not training.kinds or value in training.kinds]


def without_account(place: StaffPlace, since: date, until: date, kinds: list[str]) -> int:
    """How many people without an account took part in trainings held on one of these days.

    Nobody knows whether two lists hold the same people, so that of each place and office only the longest list counts:
    nobody counts twice, and the figure is the least there were.
    """
    rows = PresentWithoutAccount.objects.filter(
        training__called_off_at=None, training__held_on__range=(since, until)
    ).order_by()
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if place.school:
        rows = rows.filter(school=place.school)
    elif place.unit and not place.unit.is_root():
        rows = rows.filter(
            Q(unit__path__startswith=place.unit.path) | Q(school__unit__path__startswith=place.unit.path)
        )
    return sum(row["most"] for row in rows.values("unit", "school", "kind").annotate(most=Max("number")))
