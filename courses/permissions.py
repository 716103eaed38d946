"""Who may do what in this room. Rights in a class are those of schools.permissions."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from courses.models import ClassAssignment
from courses.queries.status import class_assignments
from schools.models import Role, SchoolClass, SchoolYear
from schools.permissions import classes_with_right, has_role


def may_teach(user) -> bool:
    """Whether the teacher's pages are for this person: they teach, or administer a school."""
    return has_role(user, Role.Kind.TEACHER, Role.Kind.SCHOOL_ADMIN) or SchoolClass.objects.visible_to(user).exists()


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
