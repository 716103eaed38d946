"""The class gradebook: pupils × the lessons given to the class, with completion and marks; one function behind the screen,
the print and the .xlsx (product.md §2.5). How its cells are written is in `gradebook_list`."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, FilteredRelation, Q
from django.utils import timezone

from courses.models import Assignment, ClassAssignment, DueExtension, LessonProgress
from courses.queries import catalogue
from courses.queries.status import DOING, DONE, LATE, TODO, class_assignments
from schools.models import Membership, SchoolClass


class Taken(NamedTuple):
    """What one pupil did of one lesson; `best` is a percentage."""

    finished_at: datetime | None
    best: Decimal | None
    attended_on: date | None


@dataclass(frozen=True)
class GivenLesson:
    """A lesson of the gradebook, in the order in which lessons fall due; `title` as it is now."""

    number: int
    key: UUID
    title: str
    has_quiz: bool
    given: ClassAssignment


class Standing(NamedTuple):
    """A pupil before a lesson."""

    state: str
    score: float | None
    was_late: bool
    in_class: bool


class Pupil(NamedTuple):
    number: int | None
    user_id: int
    user_key: UUID
    code: str
    name: str
    is_guest: bool
    left_on: date | None


@dataclass(frozen=True)
class Filters:
    """Which of the class's assignments: one of them, or those due from one day to another (both included)."""

    assignment: UUID | None = None
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return any((self.assignment, self.since, self.until))


@dataclass(frozen=True)
class Gradebook:
    """`choices` are all assignments the reader may follow, `lessons` those the filters leave."""

    school_class: SchoolClass
    filters: Filters
    choices: list[ClassAssignment]
    lessons: list[GivenLesson]
    pupils: list[Pupil]
    taken: dict[tuple[int, UUID], Taken]
    extensions: dict[tuple[int, int], datetime]
    taken_at: datetime

    @property
    def members(self) -> list[Pupil]:
        """Whom the summary counts: the pupils who are in the class today."""
        return [one for one in self.pupils if one.left_on is None]

    @cached_property
    def standings(self) -> dict[int, list[Standing]]:
        """{user id: how the pupil stands before each of `lessons`}."""
        untouched = [self._state(lesson.given.due_at, None) for lesson in self.lessons]
        found = {}
        for pupil in self.pupils:
            row = found[pupil.user_id] = list(untouched)
            for place, lesson in enumerate(self.lessons):
                taken = self.taken.get((pupil.user_id, lesson.key))
                later = self.extensions.get((lesson.given.pk, pupil.user_id))
                # Most cells of a large class are empty: those are not worked out one by one.
                if taken or later:
                    row[place] = self._state(max(lesson.given.due_at, later or lesson.given.due_at), taken)
        return found

    def standing(self, pupil: Pupil, lesson: GivenLesson) -> Standing:
        return self.standings[pupil.user_id][lesson.number - 1]

    def _state(self, due_at: datetime, taken: Taken | None) -> Standing:
        """As in the list of one assignment (`status.class_status`): late is only what is not done."""
        score = None if taken is None or taken.best is None else out_of_ten(taken.best)
        if taken and taken.finished_at:
            return Standing(DONE, score, taken.finished_at > due_at, taken.attended_on is not None)
        if due_at < self.taken_at:
            return Standing(LATE, score, False, False)
        return Standing(DOING if taken else TODO, score, False, False)

    def done_and_mean(self, pupil: Pupil) -> tuple[int, float | None]:
        """How many lessons a pupil has done, and the mean of the marks there are."""
        found = self.standings[pupil.user_id]
        return sum(one.state == DONE for one in found), mean([one.score for one in found])

    def summary_of(self, lesson: GivenLesson) -> tuple[int, float | None]:
        """How many of the class have done the lesson, and the mean of their marks."""
        found = [self.standing(pupil, lesson) for pupil in self.members]
        return sum(one.state == DONE for one in found), mean([one.score for one in found])


def out_of_ten(percent: Decimal) -> float:
    return float(round(percent / 10, 2))


def mean(scores: list[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return round(sum(known) / len(known), 2) if known else None


def class_gradebook(
    *, user, school_class: SchoolClass, language: str, filters: Filters = Filters(), now: datetime | None = None
) -> Gradebook:
    """What `user` may follow in the class, by the lessons' due dates, for everybody on its roster in name order.

    Four statements however many pupils and lessons, once the catalogue is warm: assignments, roster, progress,
    extensions. Pupils who left since the first of the assignments opened come last, with their last day.
    """
    now = now or timezone.now()
    choices = list(
        class_assignments(user).filter(school_class=school_class, withdrawn_at=None).order_by("due_at", "pk")
    )
    chosen = [row for row in choices if _is_chosen(row, filters)]
    lessons = _lessons(chosen, language)
    pupils = _roster(school_class, min((row.assignment.opens_at for row in chosen), default=now), now)
    return Gradebook(
        school_class=school_class,
        filters=filters,
        choices=choices,
        lessons=lessons,
        pupils=pupils,
        taken=_taken(school_class, lessons),
        extensions={
            (given, user_id): due_at
            for given, user_id, due_at in DueExtension.objects.filter(class_assignment__in=chosen).values_list(
                "class_assignment_id", "user_id", "due_at"
            )
        },
        taken_at=now,
    )


def _is_chosen(row: ClassAssignment, filters: Filters) -> bool:
    if filters.assignment:
        return row.uuid == filters.assignment
    return (filters.since is None or row.due_at >= _midnight(filters.since)) and (
        filters.until is None or timezone.localdate(row.due_at) <= filters.until
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _lessons(rows: list[ClassAssignment], language: str) -> list[GivenLesson]:
    """Each lesson once, under the assignment that falls due first; one no longer published keeps its old title."""
    found: dict[UUID, GivenLesson] = {}
    for row in rows:
        target = catalogue.target(row.target_key, language)
        if target is None and row.assignment.kind == Assignment.Kind.LESSON:
            facts = [(row.target_key, row.assignment.title_at_the_time, True)]
        else:
            facts = [(one.key, one.title, one.quiz_key is not None) for one in target.lessons] if target else []
        for key, title, has_quiz in facts:
            found.setdefault(key, GivenLesson(len(found) + 1, key, title, has_quiz, row))
    return list(found.values())


def _roster(school_class: SchoolClass, since: datetime, now: datetime) -> list[Pupil]:
    today = timezone.localdate(now)
    rows = (
        Membership.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=timezone.localdate(since)),
            school_class=school_class,
            starts_on__lte=today,
        )
        .annotate(
            identifier=FilteredRelation(
                "user__identifiers",
                condition=Q(user__identifiers__school=school_class.school_id, user__identifiers__valid_to=None),
            )
        )
        .order_by("name_sort", F("ends_on").desc(nulls_first=True), "pk", "identifier__pk")
        .values_list("user_id", "user__uuid", "identifier__code", "user__person__full_name", "is_guest", "ends_on")
    )
    here: list[Pupil] = []
    gone: list[Pupil] = []
    seen: set[int] = set()
    for user_id, key, code, name, is_guest, ends_on in rows:
        if user_id in seen:
            continue
        seen.add(user_id)
        left = ends_on is not None and ends_on < today
        into, number = (gone, None) if left else (here, len(here) + 1)
        into.append(Pupil(number, user_id, key, code or "", name, is_guest, ends_on if left else None))
    return here + gone


def _taken(school_class: SchoolClass, lessons: list[GivenLesson]) -> dict[tuple[int, UUID], Taken]:
    rows = (
        LessonProgress.objects.filter(
            lesson_key__in=[one.key for one in lessons],
            school_year=school_class.school_year.code,
            user__in=Membership.objects.filter(school_class=school_class).values("user"),
        )
        .order_by()
        .values_list("user_id", "lesson_key", "finished_at", "quiz_best", "attended_on")
    )
    return {(user_id, key): Taken(*rest) for user_id, key, *rest in rows}
