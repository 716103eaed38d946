from celery import shared_task

from schools.channels import NotDelivered
from schools.models import ChannelChoice, Notification
from schools.operations.accounts import settle_roles as settle
from schools.operations.channels import deliver, hand_on_deliveries, queue_deliveries, send_channel_code
from schools.operations.merging import forget_old_merges
from schools.operations.privacy import forget_by_time
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


# A channel that hangs is given up by its own clock after seconds; this is for what no clock foresaw.
SOFT, HARD = 30, 60


@shared_task
def send_out(key: str, user_ids: list[int]) -> int:
    """After `notify`: the message also leaves by the channels its people have turned on."""
    found = Notification.objects.filter(key=key, user__in=user_ids).values_list("pk", flat=True)
    due = queue_deliveries(notification_ids=found)
    for pk in due:
        send_one.delay(pk)
    return len(due)


@shared_task(soft_time_limit=SOFT, time_limit=HARD)
def send_one(delivery_id: int) -> None:
    deliver(delivery_id=delivery_id)


@shared_task(soft_time_limit=SOFT, time_limit=HARD, bind=True, max_retries=2, default_retry_delay=60)
def send_code(self, choice_id: int, code: str) -> None:
    choice = ChannelChoice.objects.select_related("user").filter(pk=choice_id).first()
    if choice is None:
        return
    try:
        send_channel_code(choice=choice, code=code)
    except NotDelivered as problem:
        if problem.final or self.request.is_eager:
            return
        raise self.retry(exc=problem) from problem


@shared_task
def send_what_waits() -> int:
    """Every minute: deliveries that were put off or whose message to a worker was lost."""
    due = hand_on_deliveries()
    for pk in due:
        send_one.delay(pk)
    return len(due)


@shared_task
def forget_old_data() -> dict[str, int]:
    """Every night: what docs/data-map.md says is not kept longer."""
    return forget_by_time()
