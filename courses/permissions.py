"""Who may do what in this room. Rights in a class are those of schools.permissions."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from courses.models import Certificate, ClassAssignment, LessonPage, RequiredReading, Training
from courses.queries import catalogue
from courses.queries.staff import StaffPlace, places_of
from courses.queries.status import class_assignments
from schools.models import Role, SchoolClass, SchoolYear, Unit
from schools.permissions import (
    classes_with_right,
    current_roles,
    has_role,
    keeps_calendar,
    schools_administered,
    units_overseen,
)


def may_teach(user) -> bool:
    """Whether the teacher's pages are for this person: they teach, or administer a school."""
    return has_role(user, Role.Kind.TEACHER, Role.Kind.SCHOOL_ADMIN) or SchoolClass.objects.visible_to(user).exists()


def may_play_h5p(*, user, content, context_kind: str, context_key: str) -> bool:
    """`H5P_MAY_PLAY`: an exercise of a lesson is for whoever may read the lesson; editors also see drafts."""
    if context_kind != LessonPage.content_format or user.has_perm("wagtailadmin.access_admin"):
        return True
    try:
        lesson_key = UUID(context_key.partition(":")[0])
    except ValueError:
        return False
    return catalogue.lesson(lesson_key, catalogue.main_language()) is not None


def assignable_classes(user) -> QuerySet[SchoolClass]:
    """Classes of the present school year in which `user` may assign, in class order."""
    year = SchoolYear.objects.current(timezone.localdate())
    return (
        classes_with_right(user, "assign")
        .filter(school_year=year)
        .select_related("school", "school_year")
        .order_by("school__name_folded", "grade", "name_folded")
    )


def class_assignment_for(user, uuid: UUID, *, to_change: bool = False) -> ClassAssignment:
    """The assignment to a class if `user` may follow it, or with `to_change` change it; else 404."""
    found = class_assignments(user).filter(uuid=uuid).first()
    if found is None or (to_change and not found.may_assign):
        raise Http404
    return found


def certificates_in_care_of(user) -> QuerySet[Certificate]:
    """Certificates `user` answers for and may withdraw: those earned at a school they administer, or, as an officer of
    the province, anywhere under their unit. What was earned outside any school is the whole province's."""
    if not user.is_authenticated:
        return Certificate.objects.none()
    if user.is_superuser:
        return Certificate.objects.all()
    allowed = Q(school_key__in=schools_administered(user).values("uuid"))
    for role in current_roles(user).filter(kind=Role.Kind.PROVINCE_OFFICER, unit__isnull=False).select_related("unit"):
        if role.unit.is_root():
            return Certificate.objects.all()
        allowed |= Q(unit_key__in=Unit.objects.filter(path__startswith=role.unit.path).values("uuid"))
    return Certificate.objects.filter(allowed)


def staff_places(user) -> list[StaffPlace]:
    """Places whose trainings and readings are this person's to hold and ask: the units of an officer, the schools of an
    administrator. Empty for everybody else."""
    return places_of(user) if user.is_authenticated else []


def trainings_held_by(user) -> QuerySet[Training]:
    """Trainings `user` keeps the list of: of units they oversee, and of schools they administer; an office above reads."""
    return _kept_by(user, Training.objects.all())


def readings_asked_by(user) -> QuerySet[RequiredReading]:
    """Readings `user` may change: as for trainings; an editor those they have asked for themselves."""
    own = (
        RequiredReading.objects.filter(created_by=user.pk) if asks_everywhere(user) else RequiredReading.objects.none()
    )
    return _kept_by(user, RequiredReading.objects.all()) | own


def _kept_by(user, rows: QuerySet) -> QuerySet:
    if not user.is_authenticated:
        return rows.none()
    return rows.filter(
        Q(unit__in=units_overseen(user).values("pk")) | Q(school__in=schools_administered(user).values("pk"))
    )


def asks_everywhere(user) -> bool:
    """Editors may ask the staff of the whole province to read what they have published."""
    return has_role(user, Role.Kind.EDITOR)


def may_ask_to_read(user) -> bool:
    """Whether somebody has staff whom they may ask to read and confirm."""
    return user.is_authenticated and (asks_everywhere(user) or bool(staff_places(user)))


def sets_online_trainings(user) -> bool:
    """Which courses count as a training is for the officer of the whole province to say."""
    return user.is_authenticated and keeps_calendar(user)
