"""The API of this room: the coverage ledger, with the same figures as the screen and the files."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from ninja.security import django_auth

from reports.queries.coverage import coverage
from reports.queries.gaps import gaps_of
from reports.queries.scopes import Scope, scopes_of
from reports.queries.tables import document
from schools.models import SchoolYear
from schools.permissions import schools_overseen, units_overseen

router = Router()


class ColumnOut(Schema):
    key: str
    label: str
    kind: str


class TableOut(Schema):
    title: str
    columns: list[ColumnOut]
    rows: list[dict[str, Any]]


class PlaceOut(Schema):
    kind: str
    code: str
    name: str


class CoverageOut(Schema):
    """Figures with their definitions and the time they were taken; a share is null where it cannot be told."""

    scope: PlaceOut
    school_year: str
    roll_on: str | None
    taken_at: str
    definitions: dict[str, str]
    roll: int | None
    roster: int | None
    reached: int
    started: int
    finished: int
    passed: int
    share: float | None
    missing: int | None
    tables: dict[str, TableOut]


class CoverageQuery(Schema):
    school_year: str = ""
    unit: str = ""
    school: str = ""


@router.get("/coverage", response=CoverageOut, auth=django_auth, summary="Coverage against the official roll")
def read_coverage(request, asked: Query[CoverageQuery]):
    """The ledger of a unit or a school, or of the whole place in the caller's care. Not in their care is 404."""
    user = request.user
    year = get_object_or_404(SchoolYear, code=asked.school_year) if asked.school_year else SchoolYear.objects.current()
    if asked.school:
        school = get_object_or_404(schools_overseen(user).select_related("unit"), code=asked.school)
        scope = Scope(school.unit, school)
    elif asked.unit:
        scope = Scope(get_object_or_404(units_overseen(user), code=asked.unit))
    else:
        scope = next(iter(scopes_of(user)), None)
    if scope is None or year is None:
        raise Http404
    ledger = coverage(scope=scope, school_year=year)
    return document(ledger, gaps_of(ledger))
