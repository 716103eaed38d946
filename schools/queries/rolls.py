"""Reads beside the official roll."""

from django.db.models import Count

from schools.models import Membership, SchoolYear


def roster_by_school(school_year: SchoolYear, schools=None) -> dict[int, int]:
    """How many pupils stand on the rosters of a year, by school id: active, not guests, each once."""
    rows = Membership.objects.filter(
        school_class__school_year=school_year, is_guest=False, state=Membership.State.ACTIVE
    )
    if schools is not None:
        rows = rows.filter(school_class__school__in=schools)
    counted = rows.values("school_class__school").annotate(pupils=Count("user", distinct=True)).order_by()
    return {one["school_class__school"]: one["pupils"] for one in counted}
