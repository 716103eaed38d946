"""The rubric of a category: written with the draft, announced with the rules, fixed by the first score."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contests.jury.rubrics import rubrics
from contests.models import Category, Contest, Criterion, RulesVersion, Score
from contests.operations.rules import change_rules
from contests.operations.setting_up import log, write_criteria
from contests.problems import RubricFixed
from contests.queries.contests import rules_in_force


@transaction.atomic
def set_rubric(*, category: Category, criteria: Sequence[Mapping[str, Any]], by, changes: str = "") -> list[Criterion]:
    """The criteria of a category, in their order: [{"key", "title", "weight", "top", "anchors"}]; without a key the one that
    stood here keeps its own, for tie-breaks name criteria by it. The same again changes nothing.

    A draft is overwritten. In a contest that is open a rubric that was announced becomes a new version of the rules, with
    what changed in words (`changes`), which every entrant accepts again. Logged with every criterion, before and after.

    Raises RulesRefused (weights that are not 100 together), ReasonMissing (open, and nobody says what changed), RubricFixed
    once works are no longer handed in under the rubric that was announced, or somebody has scored by it.
    """
    contest = Contest.objects.select_for_update().get(pk=category.contest_id)
    held = list(Criterion.objects.filter(category=category))
    before, wanted = [_plain(vars(one)) for one in held], [_plain(one) for one in criteria]
    if held and before == wanted:
        return held
    if Score.objects.filter(criterion__category=category).exists():
        raise RubricFixed()
    announced = bool(held) and contest.state != Contest.State.DRAFT
    if announced and contest.state != Contest.State.OPEN:
        raise RubricFixed(_("Works were handed in under this rubric: it stays as it was announced."))
    made = write_criteria(category, _with_keys(criteria, held))
    if announced:
        _announce(contest, category, by, changes)
    log(by, "set_rubric", contest, category=category.slug, criteria=len(made), before=before, after=wanted)
    return made


def _with_keys(criteria: Sequence[Mapping[str, Any]], held: Sequence[Criterion]) -> list[dict[str, Any]]:
    """Keys that are missing: of the criterion with this title, here or in a rubric of ours, else of the one in whose place a
    new title stands. Whatever is left is named after its title.
    """
    library = {each["title"]: each["key"] for one in rubrics() for each in one["criteria"] if "key" in each}
    known = library | {one.title: one.key for one in held}
    titles, found = {values["title"] for values in criteria}, []
    for place, values in enumerate(criteria):
        key = values.get("key") or known.get(values["title"])
        if not key and place < len(held) and held[place].title not in titles:
            key = held[place].key
        found.append({**values, "key": key or ""})
    return found


def _announce(contest: Contest, category: Category, by, changes: str) -> RulesVersion:
    version = rules_in_force(contest)
    words = changes.strip() and _("Rubric of “%(category)s”: %(changes)s") % {
        "category": category.title,
        "changes": changes.strip(),
    }
    return change_rules(
        contest=contest,
        by=by,
        text=version.text,
        terms=version.terms,
        order=version.order,
        changes=words,
        again=True,
    )


def _plain(values: Mapping[str, Any]) -> dict:
    """A criterion as it is compared and logged."""
    try:
        weight = f"{Decimal(str(values['weight'])).normalize():f}"
    except InvalidOperation:
        weight = str(values["weight"])
    return {
        "title": values["title"],
        "weight": weight,
        "top": values.get("top", 10),
        "anchors": [dict(one) for one in values.get("anchors", ())],
    }
