"""Keeping the ledger: taking in what moved, counting rosters, and working everything out again."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from courses.models import LessonProgress
from courses.operations.rebuilding import Step
from reports.models import ClassTally, Move, Reach, RosterCount, WeekTally
from reports.models.ledger import STEPS
from reports.reached import FIELDS, Reached, reached_of
from schools.models import Membership, SchoolClass, SchoolYear
from schools.models.rolls import level_of

logger = logging.getLogger(__name__)

BATCH = 500
# News older than this should have been taken in: `rebuild_progress --check` tells it as a difference.
LATE = timedelta(minutes=10)
CLASS_KEY = ("school_id", "class_key", "grade", "level", "language")
WEEK_KEY = ("school_id", "week")


def note_moves(*, user_ids: Iterable[int], school_year: str) -> None:
    """Remember that the progress of these people moved; part of the transaction that moved it."""
    Move.objects.bulk_create(
        [Move(user_id=pk, school_year=school_year) for pk in dict.fromkeys(user_ids)], batch_size=500
    )


def take_in_moves() -> int:
    """Take in everything noted so far, in batches; returns how many people were looked at."""
    looked_at = 0
    for code in list(Move.objects.order_by().values_list("school_year", flat=True).distinct()):
        while taken := _take_in_batch(code):
            looked_at += taken
    return looked_at


@transaction.atomic
def _take_in_batch(code: str) -> int:
    year = _lock(code)
    moves = dict(Move.objects.filter(school_year=code).order_by("pk").values_list("pk", "user_id")[: BATCH * 4])
    users = set(moves.values())
    if year and users:
        _settle(year, users)
    Move.objects.filter(pk__in=list(moves)).delete()
    return len(users)


def _lock(code: str) -> SchoolYear | None:
    """One writer of a year's counts at a time; whoever records progress never waits for it."""
    return SchoolYear.objects.select_for_update(no_key=True).filter(code=code).first()


def _settle(year: SchoolYear, user_ids: Iterable[int], *, counted: bool = True) -> list[dict]:
    """Make the rows of these people what their records say, and the counts what the rows say; returns the differences.

    A rebuild counts all rows at its end instead (`counted=False`).
    """
    user_ids = list(user_ids)
    wanted = reached_of(user_ids, year)
    rows = {row.user_id: row for row in Reach.objects.filter(school_year=year, user__in=user_ids)}
    classes: dict[tuple, Counter] = defaultdict(Counter)
    weeks: dict[tuple, Counter] = defaultdict(Counter)
    made, changed, differences = [], [], []
    for user_id in {*wanted, *rows}:
        row, reached = rows.get(user_id), wanted.get(user_id)
        difference = compare(year, user_id, row, reached)
        if difference is None:
            continue
        differences.append(difference)
        if row:
            _count(row, -1, classes, weeks)
        if reached is None:
            continue
        if row is None:
            row = Reach(user_id=user_id, school_year=year)
            made.append(row)
        else:
            changed.append(row)
        for name in FIELDS:
            setattr(row, name, getattr(reached, name))
        _count(row, 1, classes, weeks)
    Reach.objects.bulk_create(made, batch_size=500)
    Reach.objects.bulk_update(changed, FIELDS, batch_size=100)
    Reach.objects.filter(school_year=year, user__in=rows.keys() - wanted.keys()).delete()
    if counted and not (_add(ClassTally, CLASS_KEY, year, classes) and _add(WeekTally, WEEK_KEY, year, weeks)):
        logger.warning("The counts of %s were wrong and are made again from the rows.", year.code)
        _recount(year, check=False)
    return differences


def compare(year: SchoolYear, user_id: int, row: Reach | None, reached: Reached | None) -> dict | None:
    """The difference between a stored row and what the records say, in the form of `rebuild_progress`."""
    if row is None and reached is None:
        return None
    wrong = [name for name in FIELDS if row and reached and getattr(row, name) != getattr(reached, name)]
    if row and reached and not wrong:
        return None
    what = "missing" if row is None else "changed" if reached else "without records"
    return {"user_id": user_id, "school_year": year.code, "key": "ledger", "what": what, "fields": wrong}


def monday(at: datetime) -> date:
    day = timezone.localdate(at)
    return day - timedelta(days=day.weekday())


def _count(row: Reach, by: int, classes: dict[tuple, Counter], weeks: dict[tuple, Counter]) -> None:
    for step in STEPS:
        at = getattr(row, f"{step}_at")
        if at:
            classes[tuple(getattr(row, name) for name in CLASS_KEY)][step] += by
            weeks[row.school_id, monday(at)][step] += by


def _add(model, names: tuple[str, ...], year: SchoolYear, moved: dict[tuple, Counter]) -> bool:
    """Add to the counts of a year what moved. The caller holds the year's lock.

    Returns False, and writes nothing, where that cannot be: less than nobody, or more who finished than began.
    """
    moved = {key: counts for key, counts in moved.items() if any(counts.values())}
    if not moved:
        return True
    narrow = "class_key" if "class_key" in names else "school_id"
    some = {f"{narrow}__in": {key[names.index(narrow)] for key in moved}}
    rows = {tuple(getattr(row, name) for name in names): row for row in model.objects.filter(school_year=year, **some)}
    made, changed, gone = [], [], []
    for key, counts in moved.items():
        row = rows.get(key)
        if row is None:
            row = model(school_year=year, **dict(zip(names, key, strict=True)))
            made.append(row)
        else:
            changed.append(row)
        for step in STEPS:
            setattr(row, step, getattr(row, step) + counts[step])
        if min(getattr(row, step) for step in STEPS) < 0 or not row.in_order():
            return False
        if row.pk and not any(getattr(row, step) for step in STEPS):
            gone.append(row.pk)
    model.objects.bulk_create(made, batch_size=500)
    model.objects.bulk_update(changed, STEPS, batch_size=200)
    model.objects.filter(pk__in=gone).delete()
    return True


# --- Rosters --------------------------------------------------------------------------------------------------------


@transaction.atomic
def count_rosters(*, school_year: SchoolYear, school_ids: Iterable[int] | None = None) -> int:
    """Count the class lists of a year, or of some of its schools, again; returns how many pupils there are.

    Active members who are no guests, each once a class. One query over the memberships.
    """
    _lock(school_year.code)
    classes = SchoolClass.objects.filter(school_year=school_year)
    members = Membership.objects.filter(
        school_class__school_year=school_year, is_guest=False, state=Membership.State.ACTIVE
    )
    old = RosterCount.objects.filter(school_year=school_year)
    if school_ids is not None:
        school_ids = list(school_ids)
        classes, old = classes.filter(school__in=school_ids), old.filter(school__in=school_ids)
        members = members.filter(school_class__school__in=school_ids)
    counted = dict(
        members.values("school_class").annotate(pupils=Count("user", distinct=True)).order_by().values_list(
            "school_class", "pupils"
        )
    )  # fmt: skip
    now, known = timezone.now(), {row.class_key: row for row in old}
    made, changed = [], []
    for pk, uuid, school, grade, kind in classes.values_list("pk", "uuid", "school", "grade", "school__kind"):
        pupils, row = counted.get(pk, 0), known.pop(uuid, None)
        fields = {"grade": grade or 0, "level": str(level_of(kind, grade)), "pupils": pupils}
        if row is None:
            made.append(
                RosterCount(school_year=school_year, school_id=school, class_key=uuid, counted_at=now, **fields)
            )
        elif any(getattr(row, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(row, name, value)
            row.counted_at = now
            changed.append(row)
    RosterCount.objects.bulk_create(made, batch_size=500)
    RosterCount.objects.bulk_update(changed, ["grade", "level", "pupils", "counted_at"], batch_size=200)
    RosterCount.objects.filter(pk__in=[row.pk for row in known.values()]).delete()
    return sum(counted.values())


def bring_up_to_date(*, school_year: SchoolYear) -> None:
    """Everything a report of the year needs, where no worker has done it yet."""
    take_in_moves()
    count_rosters(school_year=school_year)


# --- All of it again ------------------------------------------------------------------------------------------------


def rebuild_ledger(*, check: bool = False) -> Iterator[Step]:
    """Work the ledger out again from everybody's progress, or with `check` only compare (see `register_projection`).

    In a check, people whose news waits to be taken in count as a difference only once it should have been.
    """
    if not check:
        take_in_moves()
    late = timezone.now() - LATE
    years = list(SchoolYear.objects.order_by("starts_on"))
    for number, year in enumerate(years):
        waiting = set(Move.objects.filter(school_year=year.code, at__gt=late).values_list("user", flat=True))
        users = sorted(_people_of(year) - (waiting if check else set()))
        for start in range(0, len(users), BATCH):
            some = users[start : start + BATCH]
            yield Step(number * len(users) + start, len(years) * len(users), len(some), _again(year, some, check))
        found = _recount(year, check)
        if not check:
            count_rosters(school_year=year)
        yield Step(number + 1, len(years), 0, found)


def _people_of(year: SchoolYear) -> set[int]:
    progress = LessonProgress.objects.filter(school_year=year.code).order_by().values_list("user", flat=True).distinct()
    return set(progress.iterator(chunk_size=5000)) | set(
        Reach.objects.filter(school_year=year).values_list("user", flat=True).iterator(chunk_size=5000)
    )


def _again(year: SchoolYear, users: list[int], check: bool) -> list[dict]:
    if not check:
        with transaction.atomic():
            _lock(year.code)
            return _settle(year, users, counted=False)
    wanted = reached_of(users, year)
    rows = {row.user_id: row for row in Reach.objects.filter(school_year=year, user__in=users)}
    return [one for user in users if (one := compare(year, user, rows.get(user), wanted.get(user)))]


@transaction.atomic
def _recount(year: SchoolYear, check: bool) -> list[dict]:
    """The counts against the rows they count; put right unless `check`."""
    _lock(year.code)
    classes: dict[tuple, Counter] = defaultdict(Counter)
    weeks: dict[tuple, Counter] = defaultdict(Counter)
    for row in Reach.objects.filter(school_year=year).iterator(chunk_size=5000):
        _count(row, 1, classes, weeks)
    differences = []
    for model, names, wanted in ((ClassTally, CLASS_KEY, classes), (WeekTally, WEEK_KEY, weeks)):
        stored = {
            tuple(getattr(row, name) for name in names): Counter({step: getattr(row, step) for step in STEPS})
            for row in model.objects.filter(school_year=year)
        }
        wrong = [key for key in {*stored, *wanted} if +stored.get(key, Counter()) != +wanted.get(key, Counter())]
        differences += [
            {"user_id": None, "school_year": year.code, "key": str(key), "what": "count", "fields": [model.__name__]}
            for key in wrong
        ]
        if wrong and not check:
            _add(model, names, year, {key: _less(wanted.get(key), stored.get(key)) for key in wrong})
    return differences


def _less(wanted: Counter | None, stored: Counter | None) -> Counter:
    difference = Counter(wanted or {})
    difference.subtract(stored or {})
    return difference
