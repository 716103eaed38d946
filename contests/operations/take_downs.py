"""Asking for a name or a work to be taken out of sight, and the secretary's answer."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Contest, Entry, Exhibit, TakeDown
from contests.operations.setting_up import log
from contests.problems import AlreadyDecided, NoSuchEntry, ReasonMissing
from contests.queries.showing import makers_of


def ask_to_take_down(
    *,
    contest: Contest,
    key: UUID,
    relation: str,
    reason: str,
    user=None,
    entry: Entry | None = None,
    exhibit: Exhibit | None = None,
) -> TakeDown:
    """Ask that a name or a work is no longer shown. The same `key` again is the same request.

    Of one's own name or work it is hidden at once; of anything else the secretary decides. Raises ReasonMissing, NoSuchEntry.
    """
    reason = reason.strip()[:1000]
    if not reason:
        raise ReasonMissing(_("Say in a few words why it should not be shown."))
    if (entry is None) == (exhibit is None):
        raise NoSuchEntry()
    if held := TakeDown.objects.filter(uuid=key, contest=contest).first():
        return held
    signed_in = user is not None and user.is_authenticated
    own = {entry.user_id} if entry else {one.user_id for one in makers_of(exhibit.work)} if exhibit else set()
    try:
        with transaction.atomic():
            return TakeDown.objects.create(
                uuid=key,
                contest=contest,
                entry=entry,
                exhibit=exhibit,
                relation=relation,
                reason=reason,
                is_own=signed_in and user.pk in own,
            )
    except IntegrityError:
        return TakeDown.objects.get(uuid=key, contest=contest)


@transaction.atomic
def decide_take_down(*, request: TakeDown, granted: bool, decision: str, by) -> TakeDown:
    """Take it out of sight, or leave it, in words that whoever asked reads. Raises ReasonMissing, AlreadyDecided."""
    decision = decision.strip()[:500]
    if not decision:
        raise ReasonMissing(_("Write the answer: whoever asked reads it."))
    held = TakeDown.objects.select_for_update(of=("self",)).select_related("contest").get(pk=request.pk)
    if held.state != TakeDown.State.WAITING:
        raise AlreadyDecided()
    held.state = TakeDown.State.GRANTED if granted else TakeDown.State.REFUSED
    held.decision, held.decided_by, held.decided_at = decision, by, timezone.now()
    held.save()
    log(by, "decide_take_down", held.contest, request=str(held.uuid), granted=granted)
    return held
