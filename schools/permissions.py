"""Who may do what to schools, classes and people. Every rule about access in this room is here."""

from collections.abc import Collection

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.utils import timezone

from schools.models import Delivery, Membership, Role, School, SchoolClass, SchoolIdentifier, Teaching, Unit, User

# Roles that must use a second factor (product.md §1).
TOTP_ROLES = {
    Role.Kind.SCHOOL_ADMIN,
    Role.Kind.EDITOR,
    Role.Kind.TRANSLATOR,
    Role.Kind.REVIEWER,
    Role.Kind.JUROR,
    Role.Kind.CONTEST_SECRETARY,
    Role.Kind.PROVINCE_OFFICER,
}


def current_roles(user: User) -> QuerySet[Role]:
    today = timezone.localdate()
    return Role.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), user_id=user.pk, starts_on__lte=today)


def has_role(user: User, *kinds: str) -> bool:
    return user.is_authenticated and current_roles(user).filter(kind__in=kinds).exists()


# Who gets the teacher's papers: lesson plans, tests with their key.
PAPER_ROLES = {
    Role.Kind.TEACHER,
    Role.Kind.SCHOOL_ADMIN,
    Role.Kind.PROVINCE_OFFICER,
    Role.Kind.EDITOR,
    Role.Kind.TRANSLATOR,
    Role.Kind.REVIEWER,
}


def teaches(user: User, kinds: Collection[str]) -> bool:
    """Whether somebody with the offices `kinds` is a teacher: by office, or by teaching a class without one."""
    return Role.Kind.TEACHER in kinds or Teaching.objects.current().filter(user=user).exists()


def takes_papers(user: User, kinds: Collection[str], *, is_teacher: bool) -> bool:
    """Whether the teacher's papers are for this person: by office, or because they teach. The one rule; no query."""
    return user.is_superuser or is_teacher or not PAPER_ROLES.isdisjoint(kinds)


def may_take_papers(user: User) -> bool:
    """`takes_papers`, asked of the database."""
    if not user.is_authenticated:
        return False
    kinds = list(current_roles(user).values_list("kind", flat=True))
    return takes_papers(user, kinds, is_teacher=teaches(user, kinds))


def needs_totp(user: User) -> bool:
    """Superusers, the roles that must, and whoever gets into the back end by whatever group."""
    return user.is_superuser or has_role(user, *TOTP_ROLES) or enters_back_end(user)


def enters_back_end(user: User) -> bool:
    """By a group or by a right of one's own: one statement, where `has_perm` would fetch every right there is."""
    return Permission.objects.filter(
        Q(group__user=user.pk) | Q(user=user.pk), content_type__app_label="wagtailadmin", codename="access_admin"
    ).exists()


def schools_administered(user: User) -> QuerySet[School]:
    """Schools whose people and classes `user` may change: as their administrator, or all of them as a superuser."""
    if not user.is_authenticated:
        return School.objects.none()
    if user.is_superuser:
        return School.objects.all()
    return School.objects.filter(pk__in=current_roles(user).filter(kind=Role.Kind.SCHOOL_ADMIN).values("school"))


def people_whose_data_kept_by(user: User) -> QuerySet[User]:
    """People whose data `user` hands over and erases when they ask: pupils of the schools administered or kept by the
    unit, and the staff looked after. Nobody's own, no superuser's, and nobody who is erased already.

    A pupil who has gone to another school is that school's; one who has left for good is still the last one's.
    """
    if not user.is_authenticated:
        return User.objects.none()
    schools = School.objects.filter(Q(pk__in=schools_administered(user)) | Q(pk__in=schools_kept(user)))
    pupils = SchoolIdentifier.objects.filter(school__in=schools)
    elsewhere = SchoolIdentifier.objects.filter(valid_to=None).exclude(school__in=schools)
    staff = Role.objects.values("user")
    mine = Q(pk__in=pupils.values("user")) & ~Q(pk__in=elsewhere.values("user")) & ~Q(pk__in=staff)
    allowed = mine | Q(pk__in=staff_in_care_of(user).values("pk"))
    return User.objects.filter(allowed, is_superuser=False, person__erased_at=None).exclude(pk=user.pk)


def deliveries_overseen(user: User) -> QuerySet[Delivery]:
    """Messages that left the site whose fate `user` follows: those to the staff of the schools administered; all of them
    for the officer of the whole province and a superuser."""
    if not user.is_authenticated:
        return Delivery.objects.none()
    if user.is_superuser or keeps_calendar(user):
        return Delivery.objects.all()
    staff = Role.objects.filter(school__in=schools_administered(user))
    return Delivery.objects.filter(notification__user__in=staff.values("user"))


def follows_deliveries(user: User) -> bool:
    """Whether `deliveries_overseen` is somebody's to read at all, also while nothing was sent."""
    return schools_administered(user).exists() or keeps_calendar(user)


# Who reads the figures of the places under their unit.
OFFICERS = (Role.Kind.PROVINCE_OFFICER, Role.Kind.COMMUNE_OFFICER)


def units_overseen(user: User) -> QuerySet[Unit]:
    """Units whose figures `user` may read: an officer's own and those under it, all of them for a superuser."""
    return _units_under(user, *OFFICERS)


def units_spoken_for(user: User) -> QuerySet[Unit]:
    """Units for whose loudspeakers `user` keeps the log: those of an officer or of a member of a community team."""
    return _units_under(user, *OFFICERS, Role.Kind.COMMUNITY_MEMBER)


def units_kept(user: User) -> QuerySet[Unit]:
    """Units whose places `user` keeps: those under a province officer's unit, itself included; all for a superuser."""
    return _units_under(user, Role.Kind.PROVINCE_OFFICER)


def _units_under(user: User, *kinds: str) -> QuerySet[Unit]:
    if not user.is_authenticated:
        return Unit.objects.none()
    if user.is_superuser:
        return Unit.objects.all()
    under = Q(pk__in=[])
    for path in current_roles(user).filter(kind__in=kinds, unit__isnull=False).values_list("unit__path", flat=True):
        under |= Q(path__startswith=path)
    return Unit.objects.filter(under)


def schools_overseen(user: User) -> QuerySet[School]:
    """Schools whose figures `user` may read: in the units overseen, and the one administered."""
    if not user.is_authenticated:
        return School.objects.none()
    return School.objects.filter(
        Q(unit__in=units_overseen(user).values("pk")) | Q(pk__in=schools_administered(user).values("pk"))
    )


def schools_kept(user: User) -> QuerySet[School]:
    """Schools whose place, name and end `user` keeps: those in `units_kept`."""
    return School.objects.filter(unit__in=units_kept(user))


def keeps_calendar(user: User) -> bool:
    """Whether the years of the whole province are this person's to enter."""
    return units_kept(user).filter(depth=1).exists()


def may_enter_rolls(user: User) -> bool:
    """Whether `user` enters and freezes the official roll: the officer of the whole province, or a superuser."""
    return user.is_superuser or keeps_calendar(user)


def classes_with_right(user: User, right: str) -> QuerySet[SchoolClass]:
    """Classes in which `user` holds `right`: `assign`, `grade` or `edit_roster`."""
    if not user.is_authenticated:
        return SchoolClass.objects.none()
    taught = Teaching.objects.current().filter(user=user, **{f"can_{right}": True}).values("school_class")
    return SchoolClass.objects.filter(Q(pk__in=taught) | Q(school__in=schools_administered(user)))


RIGHTS = ("assign", "grade", "edit_roster")


def rights_in(user: User, school_class: SchoolClass) -> set[str]:
    """Which of the three rights `user` holds in a class today."""
    return {right for right in RIGHTS if classes_with_right(user, right).filter(pk=school_class.pk).exists()}


def classes_staffed_by(user: User) -> QuerySet[SchoolClass]:
    """Classes whose co-teachers and substitutes `user` names: those of their own homeroom, and of a school they administer."""
    if not user.is_authenticated:
        return SchoolClass.objects.none()
    homeroom = Teaching.objects.current().filter(user=user, kind=Teaching.Kind.HOMEROOM).values("school_class")
    return SchoolClass.objects.filter(Q(pk__in=homeroom) | Q(school__in=schools_administered(user)))


def pupils_in_care_of(user: User) -> QuerySet[User]:
    """Pupils whose password `user` may reset: of classes whose roster they may edit or whose homeroom they have."""
    if not user.is_authenticated:
        return User.objects.none()
    current = Membership.objects.current().filter(school_class__in=classes_in_care_of(user))
    return User.objects.filter(pk__in=current.values("user"))


def classes_in_care_of(user: User) -> QuerySet[SchoolClass]:
    """Classes whose people `user` looks after: resets passwords, prints cards, lets guests in."""
    if not user.is_authenticated:
        return SchoolClass.objects.none()
    homeroom = Teaching.objects.current().filter(user=user, kind=Teaching.Kind.HOMEROOM).values("school_class")
    return SchoolClass.objects.filter(
        Q(pk__in=homeroom) | Q(pk__in=classes_with_right(user, "edit_roster").values("pk"))
    )


def staff_in_care_of(user: User) -> QuerySet[User]:
    """Staff whose second factor and password `user` may reset, because every office they hold lies below one of `user`.

    Below a school administrator are the others of the school's staff; below a province officer whoever works in the
    units and schools under the officer's unit, and under the whole province also the editorial staff, who have no place.
    Equals are not below each other, pupils are looked after in their class, a superuser is everybody's last resort.
    """
    if not user.is_authenticated:
        return User.objects.none()
    others = User.objects.exclude(pk=user.pk)
    if user.is_superuser:
        pupils = SchoolIdentifier.objects.exclude(user__in=Role.objects.values("user"))
        return others.exclude(pk__in=pupils.values("user"))
    below = _offices_below(user)
    if below is None:
        return User.objects.none()
    today = timezone.localdate()
    # An office that begins tomorrow must not be opened today.
    held = Role.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    inside = held.filter(below)
    return others.filter(is_superuser=False, pk__in=inside.filter(starts_on__lte=today).values("user")).exclude(
        pk__in=held.exclude(pk__in=inside.values("pk")).values("user")
    )


def _offices_below(user: User) -> Q | None:
    """Which roles lie below those of `user`; None when none can."""
    below = None
    for role in current_roles(user).filter(kind__in=[Role.Kind.SCHOOL_ADMIN, Role.Kind.PROVINCE_OFFICER]):
        if role.kind == Role.Kind.SCHOOL_ADMIN:
            mine = Q(school=role.school_id) & ~Q(kind=Role.Kind.SCHOOL_ADMIN)
        elif role.unit is None:
            continue  # an officer of no unit is above nobody
        else:
            mine = _offices_under(role.unit)
        below = mine if below is None else below | mine
    return below


def _offices_under(unit: Unit) -> Q:
    at_schools = Q(school__unit__path__startswith=unit.path)
    in_units = Q(school=None, unit__path__startswith=unit.path, unit__depth__gt=unit.depth)
    beside = Q(school=None, unit=unit)
    if unit.is_root():
        beside |= Q(school=None, unit=None)
    return at_schools | in_units | (beside & ~Q(kind=Role.Kind.PROVINCE_OFFICER))
