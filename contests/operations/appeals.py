"""Appeals: an entrant objects to a frozen ranking, an officer decides; a change of results is a new ranking."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from contests.models import Appeal, Contest, Entry, Ranking
from contests.operations.setting_up import log
from contests.problems import AlreadyDecided, AppealsClosed, ReasonMissing
from contests.rules import Rules
from schools.operations.notifications import notify

DECIDED = "contest_appeal"
SATURDAY = 5


def appeals_end(ranking: Ranking) -> datetime:
    """Until when the rules let an entrant object: so many working days after the ranking was frozen."""
    left, day = Rules.of(ranking.rules).appeal_days, timezone.localtime(ranking.computed_at)
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day.replace(hour=23, minute=59, second=59, microsecond=0)


@transaction.atomic
def file_appeal(*, entry: Entry, ranking: Ranking, text: str) -> Appeal:
    """Object to a ranking. Sent twice it is one appeal. Raises ReasonMissing, AppealsClosed."""
    if not text.strip():
        raise ReasonMissing()
    held = Appeal.objects.filter(entry=entry, ranking=ranking).first()
    if held is not None:
        return held
    if ranking.kind != Ranking.Kind.FROZEN or timezone.now() > appeals_end(ranking):
        raise AppealsClosed()
    if ranking.contest.state == Contest.State.ARCHIVED:
        raise AppealsClosed()
    return Appeal.objects.create(entry=entry, ranking=ranking, text=text.strip()[:2000])


@transaction.atomic
def decide_appeal(*, appeal: Appeal, upheld: bool, decision: str, by) -> Appeal:
    """Uphold or reject an appeal, with reasons; who objected is told. Logged. Raises ReasonMissing, AlreadyDecided.

    Upholding changes no result: whoever decides mends the cause (a question, an entry, an outage) and freezes anew.
    """
    if not decision.strip():
        raise ReasonMissing()
    appeal = Appeal.objects.select_for_update().select_related("entry__contest").get(pk=appeal.pk)
    if appeal.state != Appeal.State.WAITING:
        raise AlreadyDecided()
    appeal.state = Appeal.State.UPHELD if upheld else Appeal.State.REJECTED
    appeal.decision, appeal.decided_by, appeal.decided_at = decision.strip()[:500], by, timezone.now()
    appeal.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    contest = appeal.entry.contest
    notify(
        users={appeal.entry.user_id},
        key=f"contest-appeal:{appeal.uuid}",
        kind=DECIDED,
        context={"title": contest.title},
        url=reverse("contests:contest", args=[contest.slug]),
    )
    log(by, "decide_appeal", contest, entry=appeal.entry.code, upheld=upheld)
    return appeal
