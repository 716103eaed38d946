"""More time for everybody, with a notice everybody reads."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Contest, Extension, Round, Stage
from contests.operations.setting_up import log
from contests.problems import NotOpen, OnlyForward, ReasonMissing, RulesRefused

MOST_HOURS = 24 * 14


@transaction.atomic
def extend_deadline(*, round: Round, closed_at: datetime, hours: int, notice: str, by) -> Extension:
    """Move the end of a round for works by so many hours. `closed_at` is the end that was seen: pressed twice it moves once.

    Raises NotOpen, ReasonMissing (no notice), RulesRefused (hours), OnlyForward (somebody else moved it meanwhile).
    """
    round = Round.objects.select_for_update(of=("self",)).select_related("stage__contest").get(pk=round.pk)
    contest = round.stage.contest
    made = round.extensions.filter(closed_at=closed_at).first()
    if made is not None:
        return made
    if contest.state != Contest.State.OPEN or round.stage.kind != Stage.Kind.SUBMISSION:
        raise NotOpen()
    if not 1 <= hours <= MOST_HOURS:
        raise RulesRefused(_("A deadline is extended by 1 to %(most)s hours at once.") % {"most": MOST_HOURS})
    if not notice.strip():
        raise ReasonMissing(_("Write the notice: everybody reads it on the page of the contest."))
    if round.closes_at != closed_at:
        raise OnlyForward(_("The deadline was moved meanwhile. Reload the page."))
    # Of a deadline that has just passed the hours count from now on.
    until = max(round.closes_at, timezone.now()) + timedelta(hours=hours)
    made = Extension.objects.create(
        round=round, closed_at=closed_at, closes_at=until, notice=notice.strip()[:500], by=by
    )
    round.closes_at = until
    round.save(update_fields=["closes_at"])
    log(by, "extend_deadline", contest, round=round.number, hours=hours, until=until.isoformat())
    return made
