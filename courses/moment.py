"""Where a learner is at the moment something is recorded (product.md §2.6: history never moves)."""

import calendar
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone

from schools.models import Membership, SchoolYear

# A move to another class is felt here after this many seconds at the latest.
KEEP_SECONDS = 300


class Moment(NamedTuple):
    school_year: str
    class_key: UUID | None
    school_key: UUID | None
    unit_key: UUID | None


def school_year_on(day: date) -> str:
    """The code of the school year of a day, or of the calendar where none has been entered."""
    key = f"courses:year:{day}"
    code = cache.get(key)
    if code is None:
        year = SchoolYear.objects.current(day)
        first = day.year if day.month >= 8 else day.year - 1
        code = year.code if year else f"{first}-{first + 1}"
        cache.set(key, code, KEEP_SECONDS)
    return code


def moments_of(user_ids) -> dict[int, Moment]:
    """The moment of each user, in one query; of several classes the one joined last, own classes before guest ones."""
    found = {}
    rows = (
        Membership.objects.current()
        .filter(user__in=user_ids)
        .order_by("-is_guest", "starts_on", "pk")
        .values_list(
            "user_id",
            "school_class__school_year__code",
            "school_class__uuid",
            "school_class__school__uuid",
            "school_class__school__unit__uuid",
        )
    )
    for user_id, *place in rows:
        found[user_id] = Moment(*place)
    return found


def moment_of(user) -> Moment:
    """The moment of one user; kept for a few minutes, so that a save of progress costs no query for it."""
    key = f"courses:moment:{user.pk}"
    moment = cache.get(key)
    if moment is None:
        moment = moments_of([user.pk]).get(user.pk)
        moment = moment or Moment(school_year_on(timezone.localdate()), None, None, None)
        cache.set(key, moment, KEEP_SECONDS)
    return moment


def months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
