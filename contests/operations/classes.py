"""What a teacher does for a class: register pupils, and remind those who have not taken part."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from contests.eligibility import Eligibility, judge
from contests.models import Contest, Entry
from contests.operations.entries import _make, _open_for_entries, _open_for_newcomers
from contests.operations.setting_up import log
from contests.queries.contests import categories_of, clock_of
from contests.queries.people import standing_on
from schools.models import Membership, SchoolClass, User
from schools.operations.notifications import notify

REMINDER = "contest_reminder"


@dataclass(frozen=True)
class Registered:
    """Who is entered now, and who may not, with the reasons."""

    entered: list[Entry]
    refused: list[tuple[User, list[str]]]


def _pupils(school_class: SchoolClass) -> list[User]:
    members = Membership.objects.current().filter(school_class=school_class, is_guest=False)
    return [one.user for one in members.select_related("user__person").order_by("name_sort", "pk")]


@transaction.atomic
def register_class(*, contest: Contest, school_class: SchoolClass, user_ids: Iterable[int], by) -> Registered:
    """Enter pupils of a class, each in the first category that takes them; who is entered already stays so. Logged.

    A teacher agrees to nothing in a pupil's name: rules, pledge and a parent's consent are asked of the pupil before the
    first attempt (`RulesNotAccepted`). Raises NotOpen.
    """
    _open_for_newcomers(contest)
    wanted, categories = set(user_ids), list(categories_of(contest))
    held = set(Entry.objects.filter(contest=contest, user__in=wanted).values_list("user_id", flat=True))
    entered, refused = [], []
    for pupil in _pupils(school_class):
        if pupil.pk not in wanted or pupil.pk in held:
            continue
        standing, place = standing_on(pupil, contest.reference_date)
        judged = [
            (one, judge(Eligibility.read(one.eligibility), standing, contest.reference_date)) for one in categories
        ]
        category = next((one for one, reasons in judged if not reasons), None)
        if category is None:
            refused.append((pupil, judged[0][1] if judged else []))
        else:
            entered.append(_make(contest, category, pupil, standing, place))
    log(by, "register_class", contest, school_class=school_class.name, entered=len(entered))
    return Registered(entered, refused)


@transaction.atomic
def remind_class(*, contest: Contest, school_class: SchoolClass, by) -> int:
    """Remind the pupils of a class who have not taken part yet. Once a day, however often it is pressed; returns how many.

    Raises NotOpen.
    """
    _open_for_entries(contest)
    took = Entry.objects.filter(contest=contest, attempts__isnull=False).values("user")
    waiting = Membership.objects.current().filter(school_class=school_class, is_guest=False).exclude(user__in=took)
    until = clock_of(contest).until
    sent = notify(
        users=set(waiting.values_list("user_id", flat=True)),
        key=f"contest-reminder:{contest.pk}:{school_class.uuid}:{timezone.localdate():%y%m%d}",
        kind=REMINDER,
        context={
            "title": contest.title,
            "until": timezone.localtime(until).strftime("%H:%M %d/%m/%Y") if until else "",
        },
        url=reverse("contests:contest", args=[contest.slug]),
    )
    if sent:
        log(by, "remind_class", contest, school_class=school_class.name, pupils=sent)
    return sent
