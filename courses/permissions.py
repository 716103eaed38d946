"""Who may do what in this room. Rights in a class are those of schools.permissions."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from courses.models import Certificate, ClassAssignment, LessonPage
from courses.queries import catalogue
from courses.queries.status import class_assignments
from schools.models import Role, SchoolClass, SchoolYear, Unit
from schools.permissions import classes_with_right, current_roles, has_role, schools_administered


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
