"""Pupils who may have two accounts, guests who may be on the roll, and pupils on their way to another school."""

from collections import defaultdict

from django.db.models import Count, Q, QuerySet

from cms.text.folding import fold
from schools.models import Membership, Person, PersonMerge, School, SchoolIdentifier, Transfer, User

MOST = 100


def pupils_of(schools: QuerySet[School]) -> QuerySet[User]:
    """Active pupils with a code that holds at one of the schools, whatever their class."""
    here = SchoolIdentifier.objects.filter(school__in=schools, valid_to=None).values("user")
    return User.objects.filter(pk__in=here, is_active=True, is_staff=False)


def described(users: QuerySet[User]) -> QuerySet[User]:
    """With what a clerk compares: person, codes with their schools, classes. Three statements."""
    return users.select_related("person").prefetch_related(
        "identifiers__school", "memberships__school_class__school", "memberships__school_class__school_year"
    )


def duplicates(schools: QuerySet[School], text: str = "") -> list[list[User]]:
    """Groups of pupils with the same name and date of birth; of a whole province only among those found by name."""
    people = Person.objects.filter(user__in=pupils_of(schools), birth_date__isnull=False)
    for word in fold(text).split():
        people = people.filter(name_folded__contains=word)
    twice = (
        people.order_by()
        .values("name_folded", "birth_date")
        .annotate(number=Count("pk"))
        .filter(number__gt=1)
        .order_by("name_folded")[:MOST]
    )
    same = Q(pk__in=[])
    for row in twice:
        same |= Q(person__name_folded=row["name_folded"], person__birth_date=row["birth_date"])
    groups: dict[tuple, list[User]] = defaultdict(list)
    for user in described(pupils_of(schools).filter(same)).order_by("person__name_sort", "pk"):
        groups[user.person.name_folded, user.person.birth_date].append(user)
    return list(groups.values())


def guests(school: School) -> list[dict]:
    """Guests in the school's classes with the pupils of the roll who have the same name: {guest, matches}."""
    inside = Membership.objects.filter(school_class__school=school, is_guest=True, ends_on=None)
    found = list(
        described(User.objects.filter(pk__in=inside.values("user"), is_active=True)).order_by("person__name_sort")[
            :MOST
        ]
    )
    on_roll = Membership.objects.filter(school_class__school=school, is_guest=False, ends_on=None).values("user")
    names = {user.person.name_folded for user in found}
    matches: dict[str, list[User]] = defaultdict(list)
    pupils = User.objects.filter(pk__in=on_roll, is_active=True, person__name_folded__in=names)
    for user in described(pupils).order_by("person__name_sort", "pk"):
        matches[user.person.name_folded].append(user)
    return [
        {"guest": user, "matches": [one for one in matches[user.person.name_folded] if one.pk != user.pk]}
        for user in found
    ]


def recent_merges(schools: QuerySet[School]) -> QuerySet[PersonMerge]:
    here = SchoolIdentifier.objects.filter(school__in=schools, valid_to=None).values("user")
    return PersonMerge.objects.filter(kept__in=here).select_related("kept__person", "other__person", "actor__person")


def transfers(school: School) -> QuerySet[Transfer]:
    """To and from a school, the latest first."""
    return (
        Transfer.objects.filter(Q(to_school=school) | Q(from_class__school=school))
        .select_related(
            "user__person", "from_class__school", "to_school", "to_class", "asked_by__person", "decided_by__person"
        )
        .order_by("-asked_at", "-pk")
    )
