"""Who has seen the last reminder."""

from dataclasses import dataclass
from datetime import datetime

from courses.models import ClassAssignment
from courses.queries.status import Row, Status
from schools.models import Notification


@dataclass(frozen=True)
class Reminder:
    """The last reminder: to how many, and of those still not done who has seen it and who has not."""

    sent_at: datetime
    count: int
    seen: list[Row]
    unseen: list[Row]


def last_reminder(class_assignment: ClassAssignment, status: Status) -> Reminder | None:
    """One statement."""
    sent = list(
        Notification.objects.filter(kind="reminder", key__startswith=f"reminder:{class_assignment.uuid}:")
        .order_by("-created_at")
        .values_list("user_id", "key", "created_at", "read_at")
    )
    if not sent:
        return None
    last = [one for one in sent if one[1] == sent[0][1]]
    read = {user_id for user_id, _key, _at, read_at in last if read_at}
    reminded = {user_id for user_id, *_rest in last}
    waiting = [row for row in status.not_done() if row.user_id in reminded]
    return Reminder(
        sent_at=sent[0][2],
        count=len(last),
        seen=[row for row in waiting if row.user_id in read],
        unseen=[row for row in waiting if row.user_id not in read],
    )
