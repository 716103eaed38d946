"""Who teaches a class, now, soon and until lately; and whom it could be given to."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from schools.models import Role, School, SchoolClass, Teaching, User

# A co-teacher or substitute is of the school's staff, whatever the office.
STAFF = [Role.Kind.TEACHER, Role.Kind.SCHOOL_ADMIN]
ORDER = [Teaching.Kind.HOMEROOM, Teaching.Kind.CO_TEACHER, Teaching.Kind.SUBSTITUTE, Teaching.Kind.SUBJECT]


@dataclass(frozen=True)
class ClassTeachers:
    """`now` and `coming` in the order of their kinds, `formerly` the latest first."""

    now: list[Teaching]
    coming: list[Teaching]
    formerly: list[Teaching]


def class_teachers(school_class: SchoolClass, today: date | None = None) -> ClassTeachers:
    """Everybody who teaches, will teach or has taught the class, in one statement."""
    today = today or timezone.localdate()
    rank = Case(
        *(When(kind=kind, then=Value(number)) for number, kind in enumerate(ORDER)), output_field=IntegerField()
    )
    rows = list(
        Teaching.objects.filter(school_class=school_class)
        .select_related("user__person")
        .annotate(rank=rank)
        .order_by("rank", "user__person__name_sort", "pk")
    )
    over = [row for row in rows if row.ends_on and row.ends_on < today]
    return ClassTeachers(
        now=[row for row in rows if row.starts_on <= today and row not in over],
        coming=[row for row in rows if row.starts_on > today],
        formerly=sorted(over, key=lambda row: row.ends_on or today, reverse=True),
    )


def staff_to_choose(school: School) -> QuerySet[User]:
    """The school's staff of today, in Vietnamese name order."""
    today = timezone.localdate()
    held = Role.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), school=school, kind__in=STAFF, starts_on__lte=today
    )
    return (
        User.objects.filter(pk__in=held.values("user"), is_active=True)
        .select_related("person")
        .order_by("person__name_sort", "pk")
    )
