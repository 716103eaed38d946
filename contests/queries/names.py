"""How people are named in public tables: by initials, unless a name may be told."""

from collections.abc import Iterable

from schools.models import Consent, Person

# As many as one statement of SQLite takes.
_AT_ONCE = 900


def initials(full_name: str) -> str:
    """«Trần Thị Mây Hồng» → «T. T. M. H.»"""
    return " ".join(f"{word[0].upper()}." for word in full_name.split())


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """{account: name to show}: the full name where there is consent to a name on a leaderboard, else the initials."""
    wanted, names = list(user_ids), {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        told = set(
            Consent.objects.filter(user__in=part, purpose=Consent.Purpose.LEADERBOARD, withdrawn_at=None).values_list(
                "user_id", flat=True
            )
        )
        for user_id, name in Person.objects.filter(user__in=part).values_list("user_id", "full_name"):
            names[user_id] = name if user_id in told else initials(name)
    return names
