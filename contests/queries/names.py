"""How people are named in public: by initials, unless a name may be told; not at all once they asked to be left out."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from cms.text.names import initials
from contests.models import Contest, TakeDown
from schools.models import Consent, Person
from schools.queries.consents import who_consented

# As many as one statement of SQLite takes.
_AT_ONCE = 900


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """{account: name to show}: the full name where everybody who must has consented to it (product.md §2.1), else the
    initials. Four statements for nine hundred people.
    """
    wanted, names = list(user_ids), {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        told = who_consented(part, Consent.Purpose.LEADERBOARD)
        for user_id, name in Person.objects.filter(user__in=part).values_list("user_id", "full_name"):
            names[user_id] = name if user_id in told else initials(name)
    return names


# What was granted, and what its owner asked for, is out of sight; a stranger's request waits for the secretary.
OUT_OF_SIGHT = Q(state=TakeDown.State.GRANTED) | Q(state=TakeDown.State.WAITING, is_own=True)


def unnamed_in(contest: Contest) -> set[str]:
    """Codes of the entries that stand in public tables without even initials. One query."""
    asked = TakeDown.objects.filter(OUT_OF_SIGHT, contest=contest, entry__isnull=False)
    return set(asked.values_list("entry__code", flat=True))


def hidden_exhibits(contest: Contest) -> set[UUID]:
    """Exhibits of the gallery that are out of sight because somebody asked. One query."""
    asked = TakeDown.objects.filter(OUT_OF_SIGHT, contest=contest, exhibit__isnull=False)
    return set(asked.values_list("exhibit__uuid", flat=True))
