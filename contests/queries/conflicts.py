"""Conflicts of interest. The only place that says which works a juror must see no trace of.

Same school now or in the last three years (of a maker or the mentor; a school that merged is its successor too), a class
the juror has taught, having helped with the work, and whatever was told of.
"""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from contests.models.teams import TeamMember
from schools.models import Membership, Role, School, SchoolSuccession, Teaching, User

YEARS = 3


def since(today: date) -> date:
    """The day three years ago."""
    return today - timedelta(days=YEARS * 365 + 1)


def schools_of(user: User, today: date | None = None) -> list[School]:
    """Schools that somebody has belonged to in the last three years, with those they came from and became. Four queries."""
    today = today or timezone.localdate()
    recent = Q(ends_on=None) | Q(ends_on__gte=since(today))
    found = {
        *Role.objects.filter(recent, user=user, school__isnull=False).values_list("school", flat=True),
        *Teaching.objects.filter(recent, user=user).values_list("school_class__school", flat=True),
        *Membership.objects.filter(recent, user=user).values_list("school_class__school", flat=True),
    }
    if not found:
        return []
    follows = list(SchoolSuccession.objects.values_list("predecessor", "successor"))
    grown = True
    while grown:
        more = {one for pair in follows for one in pair if set(pair) & found} - found
        grown = bool(more)
        found |= more
    return list(School.objects.filter(pk__in=found))


def barred_works(user: User) -> Q:
    """The condition on works that `user` may not judge, but for what was told of."""
    schools = schools_of(user)
    keys: list[UUID] = [one.uuid for one in schools]
    recent = Q(ends_on=None) | Q(ends_on__gte=since(timezone.localdate()))
    taught = Teaching.objects.filter(user=user).values("school_class__uuid")
    together = (
        Q(user=user)
        | Q(entry__school_key__in=keys)
        | Q(entry__class_key__in=taught)
        | Q(user__in=Membership.objects.filter(recent, school_class__school__in=schools).values("user"))
        | Q(user__in=Role.objects.filter(recent, school__in=schools).values("user"))
    )
    members = TeamMember.objects.filter(together, team=OuterRef("team")).exclude(state=TeamMember.State.DECLINED)
    return Q(team__school_key__in=keys) | Q(Exists(members))


def visible_to_juror(works, juror):
    """`works` that the juror has been given and may know of."""
    from contests.models.jury import Conflict, Review
    from contests.models.works import Work

    given = Review.objects.filter(juror=juror, state__in=Review.STANDING, work=OuterRef("pk"))
    told = Conflict.objects.filter(juror=juror, work=OuterRef("pk"))
    return works.filter(
        Exists(given), ~Exists(told), ~barred_works(juror.user), state=Work.State.SUBMITTED, screening=Work.Screened.IN
    )


def barred_pairs(works, jurors) -> set[tuple[int, int]]:
    """{(work, juror)} that must never meet, by any conflict. So many queries as there are jurors, and a few."""
    from contests.models.jury import Conflict

    found = set(Conflict.objects.filter(juror__in=jurors, work__in=works).values_list("work_id", "juror_id"))
    for juror in jurors:
        found |= {(work, juror.pk) for work in works.filter(barred_works(juror.user)).values_list("pk", flat=True)}
    return found
