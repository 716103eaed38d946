"""A school or a class chooses who goes on to the next round, within its places."""

from collections.abc import Collection

from django.db import transaction
from django.urls import reverse

from contests.models import Contest, Promotion, Round, Work
from contests.operations.setting_up import log
from contests.problems import NotToChoose, TooManyChosen
from contests.queries.choosing import Group, candidates_in, is_time_to_choose
from schools.operations.notifications import notify

CHOSEN = "contest_chosen"


@transaction.atomic
def choose_for_next_round(*, contest: Contest, round: Round, group: Group, codes: Collection[str], by) -> int:
    """Send exactly these entries of the group to the next round; returns how many go. The same again changes nothing.

    Of works the team may hand in anew until the next round closes. Who has begun there stays, and counts. Codes of others
    are passed over. Raises NotToChoose, TooManyChosen.
    """
    # One after the other: two people of a school must not fill the same place twice.
    held = Round.objects.select_for_update(of=("self",)).select_related("promotes_to").get(pk=round.pk)
    if held.way_on != Round.Way.UNIT or held.level != group.level or not is_time_to_choose(contest, held):
        raise NotToChoose()
    wanted, found = set(codes), candidates_in(contest, held, group)
    going = [one for one in found if one.has_begun or one.code in wanted]
    if len(going) > (held.quota_per_unit or 0):
        raise TooManyChosen(places=held.quota_per_unit)
    staying = [one for one in found if one not in going]
    Promotion.objects.filter(round=held.promotes_to, entry__in=[one.entry for one in staying]).delete()
    for one in going:
        Promotion.objects.get_or_create(entry=one.entry, round=held.promotes_to, defaults={"chosen_by": by})
    _move([one.work for one in going if one.work], held.promotes_to)
    _move([one.work for one in staying if one.work], held)
    notify(
        users={one.entry.user_id for one in going},
        key=f"contest-chosen:{held.pk}",
        kind=CHOSEN,
        context={"title": contest.title, "number": held.promotes_to.number},
        url=reverse("contests:contest", args=[contest.slug]),
    )
    log(
        by,
        "choose_for_next_round",
        contest,
        round=held.number,
        unit=group.name,
        entries=sorted(one.code for one in going),
    )
    return len(going)


def _move(works: list[Work], to: Round) -> None:
    Work.objects.filter(pk__in=[one.pk for one in works]).exclude(round=to).update(round=to)
