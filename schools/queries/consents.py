"""Whether a consent holds. Who has to give it depends on the age (Law 91/2025, product.md §2.1): below 7 the parent or
guardian, from 7 to 15 the child and the parent or guardian, from 16 the person."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from cms.text.names import initials
from schools.models import Consent, Person, SchoolIdentifier, User

ASKED_FROM = 7
CHILD_UNTIL = 16


def age_on(birth_date: date, day: date) -> int:
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def givers_needed(birth_date: date | None, *, is_pupil: bool, day: date | None = None) -> set[str]:
    """Whose consent is needed. A pupil whose birth date is not known is taken for a child; an adult on the staff is not."""
    if birth_date is None:
        return {Consent.Giver.PUPIL, Consent.Giver.REPRESENTATIVE} if is_pupil else {Consent.Giver.PUPIL}
    age = age_on(birth_date, day or timezone.localdate())
    if age >= CHILD_UNTIL:
        return {Consent.Giver.PUPIL}
    if age >= ASKED_FROM:
        return {Consent.Giver.PUPIL, Consent.Giver.REPRESENTATIVE}
    return {Consent.Giver.REPRESENTATIVE}


def who_consented(user_ids: Iterable[int], purpose: str) -> set[int]:
    """Those of `user_ids` for whom everybody needed has consented to `purpose` and nobody has withdrawn. Three statements."""
    ids = list(user_ids)
    given = defaultdict(set)
    rows = Consent.objects.filter(user__in=ids, purpose=purpose, withdrawn_at=None)
    for user_id, giver in rows.values_list("user_id", "giver"):
        given[user_id].add(giver)
    if not given:
        return set()
    pupils = set(SchoolIdentifier.objects.filter(user__in=given).values_list("user_id", flat=True))
    born = dict(Person.objects.filter(user__in=given).values_list("user_id", "birth_date"))
    return {
        user_id
        for user_id, givers in given.items()
        if givers >= givers_needed(born.get(user_id), is_pupil=user_id in pupils)
    }


def has_consented(user: User, purpose: str) -> bool:
    return user.pk in who_consented([user.pk], purpose)


def name_in_public(user: User, purpose: str) -> str:
    """The full name where consents allow it, else initials; empty for a person who was erased."""
    name = user.get_full_name()
    return name if name and has_consented(user, purpose) else initials(name) if name else ""


def names_in_public(user_ids: Iterable[int], purpose: str) -> dict[int, str]:
    """{account: name to show} of many at once, as `name_in_public` of one; those who were erased are left out."""
    ids = list(user_ids)
    told = who_consented(ids, purpose)
    people = Person.objects.filter(user__in=ids).exclude(full_name="").values_list("user_id", "full_name")
    return {user_id: name if user_id in told else initials(name) for user_id, name in people}
