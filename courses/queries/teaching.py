"""What a teacher's pages list: what needs them today, what they gave, what there is to give."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Q, QuerySet, When
from django.utils import timezone

from cms.text.folding import fold
from courses.models import Assignment, ClassAssignment, CoursePage, LessonPage
from courses.queries.catalogue import courses_to_choose, outlines
from courses.queries.status import class_assignments
from schools.models import JoinRequest, Membership, PasswordRequest, SchoolClass
from schools.permissions import classes_in_care_of
from schools.queries.people import open_password_requests, waiting_guests

# Work is on the first page until so long after it was due.
RECENT = timedelta(days=14)
PER_PAGE = 20
COURSES_PER_PAGE = 12


@dataclass(frozen=True)
class Given:
    """An assignment to a class with how its pupils stand today."""

    row: ClassAssignment
    pupils: int
    started: int
    done: int
    now: datetime

    @property
    def not_started(self) -> int:
        return max(0, self.pupils - self.started)

    @property
    def not_done(self) -> int:
        return max(0, self.pupils - self.done)

    @property
    def is_overdue(self) -> bool:
        return self.row.due_at < self.now

    @property
    def is_today(self) -> bool:
        return timezone.localdate(self.row.due_at) == timezone.localdate(self.now)


def enrolments() -> Q:
    """The memberships of a class that hold today, as a filter for `Count("memberships", filter=…)`."""
    today = timezone.localdate()
    return Q(memberships__starts_on__lte=today) & (Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today))


def with_counts(rows: Iterable[ClassAssignment], now: datetime | None = None) -> list[Given]:
    """The rows with their counts, in three statements however many there are."""
    rows, now = list(rows), now or timezone.now()
    classes = {row.school_class_id for row in rows}
    members = Membership.objects.current().filter(school_class__in=classes)
    pupils = dict(
        members.values("school_class_id")
        .annotate(pupils=Count("user", distinct=True))
        .values_list("school_class_id", "pupils")
    )
    progress = {
        Assignment.Kind.LESSON: _progress(rows, members, Assignment.Kind.LESSON),
        Assignment.Kind.COURSE: _progress(rows, members, Assignment.Kind.COURSE),
    }
    found = []
    for row in rows:
        started, done = progress[row.assignment.kind].get((row.school_class_id, row.target_key), (0, 0))
        found.append(Given(row, pupils.get(row.school_class_id, 0), started, done, now))
    return found


def _progress(rows: list[ClassAssignment], members: QuerySet[Membership], kind: str) -> dict[tuple, tuple[int, int]]:
    """{(class id, target key): (pupils who began, pupils who are done)}."""
    mine = [row for row in rows if row.assignment.kind == kind]
    if not mine:
        return {}
    relation, key = (
        ("user__lesson_progress", "lesson_key")
        if kind == Assignment.Kind.LESSON
        else ("user__course_progress", "course_key")
    )
    counted = (
        members.filter(
            **{
                f"{relation}__{key}__in": {row.target_key for row in mine},
                f"{relation}__school_year__in": {row.assignment.school_year.code for row in mine},
            }
        )
        .values_list("school_class_id", f"{relation}__{key}")
        .annotate(
            started=Count("user", distinct=True),
            done=Count("user", distinct=True, filter=Q(**{f"{relation}__finished_at__isnull": False})),
        )
        .order_by()
    )
    return {(class_id, target): (started, done) for class_id, target, started, done in counted}


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for the teacher, with the class through which the teacher may help."""

    request: PasswordRequest | JoinRequest
    school_class: SchoolClass


@dataclass(frozen=True)
class TeacherToday:
    chase: list[Given]
    coming: list[Given]
    finished: list[Given]
    classes: list[SchoolClass]
    passwords: list[Waiting]
    guests: list[Waiting]

    @property
    def nothing(self) -> bool:
        return not (self.chase or self.coming or self.finished)


def today_of(user, now: datetime | None = None) -> TeacherToday:
    """What needs the teacher today; the number of statements does not grow with classes or assignments."""
    now = now or timezone.now()
    rows = (
        class_assignments(user)
        .filter(withdrawn_at=None, due_at__gte=now - RECENT)
        .order_by("due_at", "school_class__grade", "school_class__name_sort")[:60]
    )
    given = with_counts(rows, now)
    classes = list(
        SchoolClass.objects.visible_to(user)
        .filter(school_year__starts_on__lte=timezone.localdate(now), school_year__ends_on__gte=timezone.localdate(now))
        .select_related("school")
        .annotate(pupils=Count("memberships", filter=enrolments()))
        .order_by("grade", "name_sort")[:60]
    )
    in_care = classes_in_care_of(user).filter(pk__in=[one.pk for one in classes])
    return TeacherToday(
        chase=[one for one in given if one.is_overdue and one.not_done],
        coming=[one for one in given if not one.is_overdue],
        finished=[one for one in given if one.is_overdue and not one.not_done],
        classes=classes,
        passwords=_forgotten(in_care),
        guests=[Waiting(one, one.join_code.school_class) for one in waiting_guests(in_care)[:20]],
    )


def _forgotten(classes: QuerySet[SchoolClass]) -> list[Waiting]:
    """Pupils who have forgotten the password, each once, in two statements."""
    requests = list(open_password_requests(classes)[:20])
    members = Membership.objects.current().filter(school_class__in=classes, user__in=[one.user_id for one in requests])
    places = {member.user_id: member.school_class for member in members.select_related("school_class")}
    return [Waiting(one, places[one.user_id]) for one in requests if one.user_id in places]


def given_by(user, page: str | None) -> tuple[Page, list[Given]]:
    """Everything the teacher may follow, the newest first."""
    rows = class_assignments(user).order_by("-assignment__created_at", "school_class__name_sort", "pk")
    listed = Paginator(rows, PER_PAGE).get_page(page)
    return listed, with_counts(listed.object_list)


def assignable_courses(language: str, words: str, page: str | None, grades: Iterable[int] = ()) -> Page:
    """The published courses with their lessons (`listed_lessons`), narrowed by words in the titles, accents ignored.

    What is not translated into `language` is listed in the site's main language. Those for one of `grades` come first.
    """
    courses = courses_to_choose(language).select_related("locale").prefetch_related("audiences")
    fits = Q()
    for grade in set(grades):
        fits |= Q(grade_min__lte=grade, grade_max__gte=grade)
    if fits:
        courses = courses.order_by(Case(When(fits, then=0), default=1), *courses.query.order_by)
    if words:
        wanted = [one.pk for one in courses.only("pk", "title", "locale") if _matches(one, words)]
        in_lessons = {
            lesson.path[: -LessonPage.steplen]
            for lesson in LessonPage.objects.live().only("title", "path")
            if _matches(lesson, words)
        }
        keys = CoursePage.objects.filter(path__in=in_lessons).values("translation_key")
        courses = courses.filter(Q(pk__in=wanted) | Q(translation_key__in=keys))
    listed = Paginator(courses, COURSES_PER_PAGE).get_page(page)
    found = outlines([course.translation_key for course in listed.object_list], language)
    for course in listed.object_list:
        outline = found.get(course.translation_key)
        course.listed_lessons = outline.lessons if outline else ()
    return listed


def _matches(page, words: str) -> bool:
    title = fold(page.title)
    return all(word in title for word in words.split())
