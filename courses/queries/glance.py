"""The top of the teacher's first page: how much of what waits, and who is new in the classes."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from courses.queries.teaching import TeacherToday
from quizzes.queries.marking import answers_to_mark
from schools.models import Membership

# Somebody is new for a week; in the first weeks of a school year everybody would be.
NEW_FOR = timedelta(days=7)
SETTLING = timedelta(days=21)
MOST = 20


@dataclass(frozen=True)
class Glance:
    """What waits, each with how many: overdue and due today are assignments with pupils who are not done."""

    overdue: int
    due_today: int
    to_mark: int
    asking: int
    newcomers: list[Membership]

    @property
    def is_calm(self) -> bool:
        return not (self.overdue or self.due_today or self.to_mark or self.asking or self.newcomers)


def glance_of(user, today: TeacherToday) -> Glance:
    """Two statements more than `today_of`, whatever the number of classes, pupils and answers."""
    day = timezone.localdate()
    newcomers = (
        Membership.objects.current(day)
        .filter(school_class__in=today.classes, starts_on__gte=day - NEW_FOR, is_guest=False)
        .select_related("user__person", "school_class__school_year")
        .order_by("-starts_on", "name_sort", "pk")[: MOST * 5]
    )
    return Glance(
        overdue=len(today.chase),
        due_today=sum(1 for one in today.coming if one.is_today and one.not_done),
        to_mark=answers_to_mark(user).filter(fraction=None).count(),
        asking=len(today.passwords) + len(today.guests),
        newcomers=[one for one in newcomers if one.starts_on > one.school_class.school_year.starts_on + SETTLING][
            :MOST
        ],
    )
