"""Who looks after contests, and who sees whose entries. Every rule about access in this room is here."""

from django.db.models import Q, QuerySet

from contests.models import Contest
from schools.models import Role, SchoolClass, Unit
from schools.permissions import current_roles

OFFICES = [Role.Kind.CONTEST_SECRETARY, Role.Kind.PROVINCE_OFFICER]
# Who prepares or judges does not compete, unless the rules of a category say otherwise.
BARRED_BY_DEFAULT = [
    Role.Kind.CONTEST_SECRETARY,
    Role.Kind.PROVINCE_OFFICER,
    Role.Kind.JUROR,
    Role.Kind.EDITOR,
    Role.Kind.REVIEWER,
]


def _paths(user) -> list[str]:
    """Paths of the units whose contests `user` looks after; a secretary of no unit works for the whole province."""
    offices = current_roles(user).filter(kind__in=OFFICES).values_list("kind", "unit__path")
    return [path or "" for kind, path in offices if path or kind == Role.Kind.CONTEST_SECRETARY]


def managed_units(user, field: str) -> Q:
    """The condition on `field`, a unit's path, under which somebody looks after a contest."""
    allowed = Q(pk__in=[])
    for path in _paths(user):
        allowed |= Q(**{f"{field}__startswith": path})
    return allowed


def may_manage_contests(user) -> bool:
    """Whether `user` sets up contests."""
    return user.is_authenticated and (user.is_superuser or bool(_paths(user)))


def may_manage(user, contest: Contest) -> bool:
    return Contest.objects.managed_by(user).filter(pk=contest.pk).exists()


def units_to_organise(user) -> QuerySet[Unit]:
    """Units in whose name `user` may set up a contest."""
    if user.is_superuser:
        return Unit.objects.all()
    return Unit.objects.filter(managed_units(user, "path")) if user.is_authenticated else Unit.objects.none()


def classes_to_follow(user) -> QuerySet[SchoolClass]:
    """Classes of which `user` sees who has entered: taught now, or of a school administered."""
    return SchoolClass.objects.visible_to(user) if user.is_authenticated else SchoolClass.objects.none()
