"""Who has earned a certificate, who has one, and where the class stands: figures for screens, jobs and reports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, QuerySet, Sum

from courses.models import Certificate, ClassAssignment, CourseProgress, LessonProgress
from courses.queries import catalogue
from courses.queries.catalogue import CourseFacts
from schools.models import Membership, SchoolClass


class Stand(NamedTuple):
    """How one learner stands with a course's rule. `mark` is the mean of the best results of all its quizzes, in percent."""

    met: bool
    finished_at: datetime | None
    mark: Decimal | None
    earned_at: datetime | None


NOTHING = Stand(False, None, None, None)


def stands(course: CourseFacts, user_ids: Iterable[int], school_year: str) -> dict[int, Stand]:
    """How each learner who has begun stands with the course's rule, in two statements however many they are.

    `course` is the outline in the site's main language, which has all lessons. A quiz not taken counts as nothing. A
    course that asks for a mark and has no quiz is never passed.
    """
    ids, rule = list(user_ids), course.certificate
    finished = dict(
        CourseProgress.objects.filter(user__in=ids, course_key=course.key, school_year=school_year).values_list(
            "user_id", "finished_at"
        )
    )
    quizzes = [lesson.key for lesson in course.lessons if lesson.quiz_key]
    results = {}
    if quizzes:
        rows = (
            LessonProgress.objects.filter(user__in=ids, lesson_key__in=quizzes, school_year=school_year)
            .values("user_id")
            .annotate(total=Sum("quiz_best"), last=Max("quiz_at"))
            .values_list("user_id", "total", "last")
        )
        results = {user_id: (total, last) for user_id, total, last in rows}
    found = {}
    for user_id in finished.keys() | results.keys():
        total, last = results.get(user_id, (None, None))
        mark = (total / len(quizzes)).quantize(Decimal("0.01")) if total is not None else None
        done_at = finished.get(user_id)
        met = rule is not None
        if rule and rule.finished:
            met = met and done_at is not None
        if rule and rule.mark is not None:
            met = met and mark is not None and mark >= rule.mark
        times = [
            one for one in (done_at if rule and rule.finished else None, last if rule and rule.mark else None) if one
        ]
        found[user_id] = Stand(met, done_at, mark, max(times) if met and times else None)
    return found


def certificates_of(user) -> QuerySet[Certificate]:
    """A person's own, the newest first; withdrawn ones among them, so that nobody wonders where one went."""
    return Certificate.objects.filter(user_id=user.pk).order_by("-issued_at", "-pk")


def courses_of_class(school_class: SchoolClass, language: str) -> list[tuple[CourseFacts, int]]:
    """The courses with a certificate that concern a class, each with how many of its pupils have one.

    These are the courses given to it, whole or a lesson, and those in which one of its pupils has begun or has a
    certificate. Three statements.
    """
    year = school_class.school_year.code
    members = Membership.objects.current().filter(school_class=school_class).values("user")
    given = ClassAssignment.objects.in_force().filter(school_class=school_class)
    keys = set()
    for target in given.values_list("target_key", flat=True):
        found = catalogue.target(target, settings.LANGUAGE_CODE)
        if found:
            keys.add(found.course_key)
    begun = CourseProgress.objects.filter(user__in=members, school_year=year)
    keys.update(begun.values_list("course_key", flat=True).distinct())
    counted = dict(
        Certificate.objects.in_force()
        .filter(user__in=members, kind=Certificate.Kind.COURSE, school_year=year)
        .values_list("subject_key")
        .annotate(number=Count("pk"))
    )
    keys.update(UUID(key) for key in counted)
    courses = [catalogue.course(key, language) for key in keys]
    wanted = [one for one in courses if one and (one.certificate or str(one.key) in counted)]
    return [(one, counted.get(str(one.key), 0)) for one in sorted(wanted, key=lambda one: one.title)]


@dataclass(frozen=True)
class Row:
    """One pupil of the class: `state` is issued, ready (earned, not issued yet), withdrawn, or none."""

    user_id: int
    name: str
    state: str
    stand: Stand
    certificate: Certificate | None

    @property
    def doubtful(self) -> bool:
        """Has one although the records no longer carry it: a mark was lowered, an attendance taken back."""
        return self.state == "issued" and not self.stand.met


def class_certificates(school_class: SchoolClass, course: CourseFacts) -> list[Row]:
    """Everybody on the roster in class order with how they stand; four statements however many they are."""
    year = school_class.school_year.code
    members = list(
        Membership.objects.current()
        .filter(school_class=school_class)
        .order_by("name_sort", "pk")
        .values_list("user_id", "user__person__full_name")
    )
    ids = [user_id for user_id, _name in members]
    standing = stands(course, ids, year)
    had: dict[int, Certificate] = {}
    for one in Certificate.objects.filter(
        user__in=ids, kind=Certificate.Kind.COURSE, subject_key=str(course.key), school_year=year
    ).order_by("pk"):
        known = had.get(one.user_id)
        if known is None or known.revoked_at:
            had[one.user_id] = one
    rows, seen = [], set()
    for user_id, name in members:
        if user_id in seen:
            continue
        seen.add(user_id)
        stand, one = standing.get(user_id, NOTHING), had.get(user_id)
        if one is not None:
            state = "withdrawn" if one.revoked_at else "issued"
        else:
            state = "ready" if stand.met else "none"
        rows.append(Row(user_id, name, state, stand, one))
    return rows


def find_serial(serial: str) -> Certificate | None:
    """The certificate with this number, whoever asks, with its person and who withdrew it."""
    return Certificate.objects.select_related("user__person", "revoked_by__person").filter(serial=serial).first()
