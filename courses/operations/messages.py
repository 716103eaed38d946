"""Messages about work that is done ask for nothing any more."""

from collections.abc import Iterable
from uuid import UUID

from courses.models import ClassAssignment
from schools.models import Membership
from schools.operations.notifications import settle

# What the keys of messages about an assignment begin with; its uuid follows.
ABOUT_WORK = ("assigned", "reminder", "extended")


def settle_work(*, target_key: UUID, user_ids: Iterable[int]) -> int:
    """Mark what was said to `user_ids` about the lesson or course `target_key` read: they have done it.

    Two statements, however many people. Returns how many messages changed.
    """
    ids = list(user_ids)
    classes = Membership.objects.current().filter(user__in=ids).values("school_class")
    given = ClassAssignment.objects.filter(target_key=target_key, school_class__in=classes)
    keys = [f"{about}:{uuid}" for uuid in given.values_list("uuid", flat=True) for about in ABOUT_WORK]
    return settle(users=ids, keys=keys)
