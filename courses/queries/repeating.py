"""What a teacher gave before and may give again: to another class, next term, next year. Content is never copied."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from courses.models import ClassAssignment
from courses.queries import catalogue
from courses.queries.catalogue import Target
from schools.models import SchoolClass

# A class has a few dozen assignments in a year; more than this is not one act.
MOST = 60


@dataclass(frozen=True)
class Past:
    """One thing given to a class before. `target` is None when it is not published any more."""

    row: ClassAssignment
    target: Target | None
    title: str


def repeatable(user):
    """Assignments that `user` may give again: what they may follow, and whatever they gave themselves, to any class."""
    followed = ClassAssignment.objects.visible_to(user).values("pk")
    return ClassAssignment.objects.in_force().filter(Q(pk__in=followed) | Q(assignment__created_by=user))


def classes_to_repeat(user) -> list[SchoolClass]:
    """The classes such assignments were given to, this year's first, each with `given`: how many. One statement."""
    return list(
        SchoolClass.objects.filter(class_assignments__in=repeatable(user).values("pk"))
        .select_related("school", "school_year")
        .annotate(given=Count("class_assignments", filter=Q(class_assignments__in=repeatable(user).values("pk"))))
        .order_by("-school_year__starts_on", "grade", "name_sort", "pk")[:100]
    )


def given_before(user, school_class: SchoolClass, language: str) -> list[Past]:
    """What was given to the class, in the order in which it was due; the latest of a lesson given twice."""
    rows = list(
        repeatable(user).filter(school_class=school_class).select_related("assignment").order_by("due_at", "pk")[:MOST]
    )
    found = []
    for row in {row.target_key: row for row in rows}.values():
        target = catalogue.target(row.target_key, language)
        found.append(Past(row, target, target.title if target else row.assignment.title_at_the_time))
    return sorted(found, key=lambda past: (past.row.due_at, past.row.pk))


def new_dates(past: list[Past], first_due: datetime) -> dict[UUID, datetime]:
    """{target key: due date}: the first one is due at `first_due`, the others as many days later as they were then.

    Counted in local days, so that 23:59 stays 23:59.
    """
    if not past:
        return {}
    begin = timezone.localtime(past[0].row.due_at)
    found = {}
    for one in past:
        due = timezone.localtime(one.row.due_at)
        moved = timezone.localtime(first_due).date() + (due.date() - begin.date())
        clock = timezone.localtime(first_due).time() if one is past[0] else due.time()
        found[one.row.target_key] = timezone.make_aware(datetime.combine(moved, clock.replace(tzinfo=None)))
    return found


def opening_for(past: Past, due_at: datetime, now: datetime) -> datetime | None:
    """When pupils see it: as long before its due date as then; None for at once."""
    before: timedelta = past.row.due_at - past.row.assignment.opens_at
    opens_at = due_at - max(before, timedelta(hours=1))
    return opens_at if opens_at > now else None
