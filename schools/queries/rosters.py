"""The roster of a school, as its screen shows it and its export writes it."""

from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from schools.models import Membership, RosterImport, School, SchoolIdentifier, SchoolYear

RosterLine = tuple[str, str, date | None, str, str]


def roster_rows(school: School, school_year: SchoolYear) -> list[RosterLine]:
    """(code, full name, date of birth, gender, class) of every pupil of the year, by class, then by name. Guests apart."""
    code = SchoolIdentifier.objects.filter(school=school, valid_to=None, user=OuterRef("user")).order_by("pk")
    return list(
        Membership.objects.filter(
            school_class__school=school, school_class__school_year=school_year, ends_on=None, is_guest=False
        )
        .annotate(code=Subquery(code.values("code")[:1]))
        .order_by("school_class__grade", "school_class__name_sort", "name_sort", "pk")
        .values_list(
            "code", "user__person__full_name", "user__person__birth_date", "user__person__gender", "school_class__name"
        )
    )


def recent_imports(school: School) -> QuerySet[RosterImport]:
    """Lists of a school that were brought in or taken back, the latest first."""
    return (
        RosterImport.objects.filter(school=school, kind=RosterImport.Kind.LIST)
        .exclude(state=RosterImport.State.PLANNED)
        .select_related("school_year", "actor__person")
        .order_by("-committed_at")
    )


def recent_roll_overs(school: School) -> QuerySet[RosterImport]:
    """Roll-overs of a school that were done or taken back, the latest first."""
    return (
        RosterImport.objects.filter(school=school, kind=RosterImport.Kind.ROLL_OVER)
        .exclude(state=RosterImport.State.PLANNED)
        .select_related("school_year", "from_year", "actor__person")
        .order_by("-committed_at")
    )


def roll_over_states(schools: QuerySet[School], from_year: SchoolYear, to_year: SchoolYear) -> QuerySet[School]:
    """Schools with the numbers of pupils in either year: `before` (still in a class of it) and `after`."""

    def pupils(year: SchoolYear) -> Subquery:
        rows = Membership.objects.filter(
            school_class__school=OuterRef("pk"), school_class__school_year=year, ends_on=None, is_guest=False
        )
        counted = rows.order_by().values("school_class__school").annotate(number=Count("pk"))
        return Subquery(counted.values("number")[:1])

    return schools.annotate(before=Coalesce(pupils(from_year), 0), after=Coalesce(pupils(to_year), 0))
