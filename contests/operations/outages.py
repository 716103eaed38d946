"""Outages: the lost time is taken off, and whom it met is given more time or another attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from contests.models import Entry, Outage, Round
from contests.operations.setting_up import log
from contests.problems import NoSuchEntry, ReasonMissing
from quizzes.models import Opening
from quizzes.operations import grant_allowance


@dataclass(frozen=True)
class Given:
    """What those whom an outage met get besides the lost time being taken off; `until` may lie after the round's end."""

    gives: str = Outage.Gives.NOTHING
    extra_minutes: int = 0
    until: datetime | None = None


@transaction.atomic
def record_outage(
    *,
    round: Round,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by,
    school_key: UUID | None = None,
    entry_codes: Sequence[str] = (),
    given: Given | None = None,
    notice: str = "",
) -> Outage:
    """Take a stretch without line or power off the duration of attempts: of everybody, of a school, or of some entries.

    Counts in every ranking made from now on. `given` reaches running attempts at once. Recorded twice it is one outage,
    and everybody is given once. `notice` stands on the page of the contest. Logged. Raises ReasonMissing, NoSuchEntry.
    """
    if not reason.strip():
        raise ReasonMissing()
    given, contest = given or Given(), round.stage.contest
    codes = sorted({code.strip().upper() for code in entry_codes if code.strip()})
    met = Entry.objects.filter(contest=contest)
    if codes:
        met = met.filter(code__in=codes)
        if missing := set(codes) - set(met.values_list("code", flat=True)):
            raise NoSuchEntry(", ".join(sorted(missing)))
    elif school_key:
        met = met.filter(school_key=school_key)
    outage, made = Outage.objects.get_or_create(
        round=round,
        school_key=None if codes else school_key,
        entry_codes=codes,
        starts_at=starts_at,
        ends_at=ends_at,
        defaults={
            "reason": reason.strip()[:300],
            "recorded_by": by,
            "gives": given.gives,
            "extra_minutes": given.extra_minutes if given.gives == Outage.Gives.TIME else 0,
            "until": given.until if given.gives != Outage.Gives.NOTHING else None,
            "notice": notice.strip()[:500],
        },
    )
    if made:
        log(by, "record_outage", contest, round=round.number, reason=outage.reason, gives=outage.gives, entries=codes)
        if outage.gives != Outage.Gives.NOTHING:
            _give(outage, met, by, by_name=bool(codes), by_class=school_key is not None)
    return outage


def _give(outage: Outage, met, by, *, by_name: bool, by_class: bool) -> None:
    """Allowances of the round's quizzes: by class in a school, by commune for everybody, by name for the rest."""
    rows = list(met.values_list("user_id", "class_key", "unit_key"))
    whom: set[tuple[str, Any]] = set()
    for user, of_class, unit in rows:
        if by_name or of_class is None or unit is None:
            whom.add(("user", user))
        else:
            whom.add(("class_key", of_class) if by_class else ("unit_key", unit))
    users = met.model.objects.filter(user_id__in=[key for kind, key in whom if kind == "user"]).select_related("user")
    people = {one.user_id: one.user for one in users}
    openings = Opening.objects.filter(
        context_kind=Opening.Kind.CONTEST,
        context_key=str(outage.round.uuid),
        quiz_key__in=outage.round.quizzes.values("quiz_key"),
    )
    for opening in openings:
        for kind, key in sorted(whom, key=str):
            grant_allowance(
                opening=opening,
                reason=outage.reason,
                granted_by=by,
                user=people[key] if kind == "user" else None,
                class_key=key if kind == "class_key" else None,
                unit_key=key if kind == "unit_key" else None,
                extra_seconds=outage.extra_minutes * 60,
                extra_attempts=int(outage.gives == Outage.Gives.ATTEMPT),
                closes_at=outage.until,
                key=uuid5(outage.uuid, f"{opening.pk} {kind} {key}"),
            )
