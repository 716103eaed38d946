"""Giving again what was given before, with new dates, in one act: all of it or nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from courses import problems
from courses.models import Assignment
from courses.operations.assignments import assign
from courses.queries.catalogue import Target
from schools.models import SchoolClass


@dataclass(frozen=True)
class Again:
    """One lesson or course to give: to which classes until when, what stood beside it, from when pupils see it."""

    target: Target
    classes: Mapping[SchoolClass, datetime]
    note: str = ""
    opens_at: datetime | None = None


@transaction.atomic
def assign_again(*, chosen: Iterable[Again], actor, key: UUID) -> list[Assignment]:
    """Give each of `chosen`. `key` is made by the form: the same one again returns what the first call did.

    The caller has checked that `actor` may assign in every class. Raises NothingChosen and what `assign` raises, and then
    nothing is given.
    """
    made = [
        assign(
            target=one.target,
            classes=one.classes,
            actor=actor,
            opens_at=one.opens_at,
            note=one.note,
            uuid=uuid5(key, str(one.target.key)),
        )
        for one in chosen
        if one.classes
    ]
    if not made:
        raise problems.NothingChosen()
    return made
