"""The ledger of a made-up province (`generate_load_data`): what `rebuild_progress` would make of it, written with it.

The records of such a province are few kinds: who did something in a lesson has finished it, and nobody took a quiz. So the
rule of `reports.reached` comes down to the first and the first finished lesson; `rebuild_progress --check` agrees.
"""

import random
from collections import Counter, defaultdict

from django.utils import timezone

from courses.models import LessonProgress
from reports.models import ClassTally, Reach, RosterCount, WeekTally
from reports.models.ledger import STEPS
from reports.operations.ledger import CLASS_KEY, WEEK_KEY, monday
from schools.models import School, SchoolClass
from schools.models.rolls import level_of
from schools.operations.loads.people import Made, Part, Size
from schools.operations.loads.rows import Table

TIMES = [f"{step}_at" for step in STEPS]
PLACE = ["school_id", "unit_id", "class_key", "grade", "level", "language"]
KEYS = ["id", "school_year_id"]


class Ledger:
    """The part of this room; after that of `courses`, whose rows it reads."""

    def begin(self, size: Size) -> None:
        self.reach = Table(Reach, [*KEYS, "user_id", *PLACE, *TIMES])
        self.classes = Table(ClassTally, [*KEYS, *CLASS_KEY, *STEPS])
        self.weeks = Table(WeekTally, [*KEYS, *WEEK_KEY, *STEPS])
        self.rosters = Table(RosterCount, [*KEYS, "school_id", "class_key", "grade", "level", "pupils", "counted_at"])

    def add(self, made: list[Made], draw: random.Random) -> int:
        """Returns 0: no result is added, only counted."""
        school = School.objects.get(uuid=made[0].school_key)
        grades = dict(SchoolClass.objects.filter(school=school).values_list("uuid", "grade"))
        whose = {(one.year.code, user): one for one in made for user in one.users}
        firsts: dict[tuple[str, int], tuple] = {}
        for code, user, began, done, language in (
            LessonProgress.objects.filter(school_key=school.uuid)
            .order_by("started_at", "lesson_key")
            .values_list("school_year", "user_id", "started_at", "finished_at", "language")
        ):
            first, finished, tongue = firsts.get((code, user), (began, None, language))
            firsts[code, user] = first, min((at for at in (finished, done) if at), default=None), tongue
        rows = []
        classes: dict[tuple, Counter] = defaultdict(Counter)
        weeks: dict[tuple, Counter] = defaultdict(Counter)
        for (code, user), (began, finished, language) in firsts.items():
            one = whose[code, user]
            grade = grades[one.key] or 0
            level = str(level_of(school.kind, grade))
            times = (began, finished, finished, None)
            rows.append(
                (
                    *(self.reach.take_id(), one.year.pk, user, school.pk, school.unit_id, one.key),
                    *(grade, level, language),
                    *times,
                )
            )
            for step, at in zip(STEPS, times, strict=True):
                if at:
                    classes[one.year.pk, school.pk, one.key, grade, level, language][step] += 1
                    weeks[one.year.pk, school.pk, monday(at)][step] += 1
        self.reach.write(rows)
        for table, counted in ((self.classes, classes), (self.weeks, weeks)):
            table.write((table.take_id(), *key, *(counts[step] for step in STEPS)) for key, counts in counted.items())
        self._count_rosters(school, made, grades)
        return 0

    def _count_rosters(self, school: School, made: list[Made], grades: dict) -> None:
        """The lists of this year; those of the year before have nobody active on them."""
        last, now = max(one.year.starts_on for one in made), timezone.now()
        self.rosters.write(
            (
                self.rosters.take_id(),
                one.year.pk,
                school.pk,
                one.key,
                grades[one.key] or 0,
                str(level_of(school.kind, grades[one.key])),
                len(one.users) if one.year.starts_on == last else 0,
                now,
            )
            for one in made
        )


def part() -> Part:
    ledger = Ledger()
    return Part(ledger.begin, ledger.add, rank=1)
