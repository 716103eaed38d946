"""Who may do what at the desk. Every rule about access in this room is here."""

from datetime import date

from django.db.models import Q, QuerySet

from schools.models import Role, Unit, User
from schools.permissions import current_roles, has_role, keeps_calendar, units_overseen

# They write the guides, so every question is news to them.
EDITORIAL = (Role.Kind.EDITOR, Role.Kind.REVIEWER)
ANSWERING = (Role.Kind.PROVINCE_OFFICER, Role.Kind.COMMUNE_OFFICER, *EDITORIAL)
NOBODY = Q(pk__in=[])


def works_at_desk(user: User) -> bool:
    return user.is_authenticated and (user.is_superuser or has_role(user, *ANSWERING))


def tickets_of(user: User) -> Q:
    """Tickets `user` may read and answer: one's own; those of the units overseen; all of them for the editorial staff and
    the officer of the whole province, whose are also those of no unit."""
    if not user.is_authenticated:
        return NOBODY
    if user.is_superuser or has_role(user, *EDITORIAL) or keeps_calendar(user):
        return Q()
    kinds = set(current_roles(user).values_list("kind", flat=True))
    if kinds.isdisjoint(ANSWERING):
        return NOBODY
    return Q(owner=user) | Q(unit__in=units_overseen(user).values("pk"))


def may_publish(user: User) -> bool:
    """Whether what `user` releases is public at once; what anybody else makes waits for a reviewer, as all pages do."""
    return user.is_authenticated and (user.is_superuser or has_role(user, Role.Kind.REVIEWER))


def may_teach(user: User) -> bool:
    """Whether `user` says how people ask for a page: those who write the pages, as in the back end."""
    return user.is_authenticated and (user.is_superuser or has_role(user, *EDITORIAL))


def may_own(user: User) -> bool:
    """Whether a ticket may be given to `user`: somebody who still works here and answers."""
    return user.is_active and works_at_desk(user)


def runs_surveys(user: User) -> bool:
    """Whether `user` builds surveys and reads their results: whoever works at the desk."""
    return works_at_desk(user)


def surveys_everywhere(user: User) -> bool:
    """Whether all surveys are this person's to run, those of the whole province too."""
    return user.is_authenticated and (user.is_superuser or has_role(user, *EDITORIAL) or keeps_calendar(user))


def surveys_of(user: User) -> Q:
    """Surveys `user` may build and read: those of the units overseen; all of them for the editorial staff and the officer
    of the whole province, whose are also those of no unit."""
    if surveys_everywhere(user):
        return Q()
    if not user.is_authenticated or not works_at_desk(user):
        return NOBODY
    return Q(unit__in=units_overseen(user).values("pk"))


# Who guides people and writes it down: community teams, and the officers of the commune beside them.
GUIDING = (Role.Kind.COMMUNITY_MEMBER, Role.Kind.COMMUNE_OFFICER)


def keeps_visits(user: User) -> bool:
    """Whether `user` has a visit log of their own."""
    return user.is_authenticated and current_roles(user).filter(kind__in=GUIDING, unit__isnull=False).exists()


def reads_visits(user: User) -> bool:
    """Whether `user` reads the visits of a place: who oversees it."""
    return user.is_authenticated and units_overseen(user).exists()


def units_guided(user: User, day: date) -> QuerySet[Unit]:
    """Units in which `user` held an office on `day` by which people are guided: a visit that arrives late, after the office
    has ended, still belongs to it."""
    held = Role.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day), user=user.pk, kind__in=GUIDING, starts_on__lte=day, unit__isnull=False
    )
    return Unit.objects.filter(pk__in=held.values("unit")).order_by("path")


def visits_of(user: User) -> Q:
    """Visits `user` may read: their own, and those of the units they oversee."""
    if not user.is_authenticated:
        return NOBODY
    return Q(member=user.pk) | Q(unit__in=units_overseen(user).values("pk"))
