"""Writing the rules anew: in a draft at once, after the opening as a version that everybody accepts again."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Contest, RulesVersion
from contests.operations.setting_up import log
from contests.operations.states import open_rounds
from contests.problems import OnlyForward, ReasonMissing
from contests.rules import Rules


@transaction.atomic
def change_rules(
    *, contest: Contest, by, text: str, terms: Mapping[str, Any], order, changes: str = "", again: bool = False
) -> RulesVersion:
    """Write the rules anew. A draft is overwritten; once the contest is open it becomes a new version, with what changed
    in words, which every entrant accepts before going on; `again`: also where text and terms are the same, because something
    that belongs to them has changed.

    Raises RulesRefused, ReasonMissing (open, and nobody says what changed), OnlyForward (results are published).
    """
    contest = Contest.objects.select_for_update().get(pk=contest.pk)
    if contest.state in {Contest.State.PUBLISHED, Contest.State.ARCHIVED}:
        raise OnlyForward(_("The results are published: the rules stay as they are."))
    rules = Rules.read(terms, order)
    pairs = [list(pair) for pair in rules.order]
    latest = RulesVersion.objects.filter(contest=contest).order_by("-number").first()
    if latest is not None and latest.published_at is None:
        latest.text, latest.terms, latest.order = text, dict(terms), pairs
        latest.save(update_fields=["text", "terms", "order"])
        log(by, "write_rules", contest, version=latest.number)
        return latest
    if not again and latest is not None and (latest.text, latest.terms, latest.order) == (text, dict(terms), pairs):
        return latest
    if not changes.strip():
        raise ReasonMissing(_("Say what changed: every entrant reads it before accepting the new version."))
    version = RulesVersion.objects.create(
        contest=contest,
        number=latest.number + 1 if latest else 1,
        text=text,
        terms=dict(terms),
        order=pairs,
        changes=changes.strip()[:500],
        published_at=timezone.now(),
        published_by=by,
    )
    if contest.state == Contest.State.OPEN:
        # More attempts, or fewer, count from now on.
        open_rounds(contest)
    log(by, "change_rules", contest, version=version.number, changes=version.changes)
    return version
