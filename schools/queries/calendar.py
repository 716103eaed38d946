"""The calendar, for rooms and apps that only need to know where in it we are."""

from schools.models import SchoolYear


def school_year_code() -> str:
    """The code of the present school year such as 2026-2027; an empty string before the first one is entered."""
    year = SchoolYear.objects.current()
    return year.code if year else ""
