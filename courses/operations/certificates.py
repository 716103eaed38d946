"""Giving certificates, once each however often it is asked, and taking one back.

`issue_certificates` knows nothing of courses: a contest gives its awards by the same operation.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cms.audit.operations import record
from courses.models import Certificate, CourseProgress
from courses.moment import months_on
from courses.problems import NoCertificateRule, ReasonMissing
from courses.queries import catalogue
from courses.queries.certificates import stands
from schools.models import Membership, Role, User
from schools.operations.notifications import notify

KIND = "certificate"
KIND_WITHDRAWN = "certificate_withdrawn"


@dataclass(frozen=True)
class Subject:
    """What is certified. `titles` by language: each certificate is written in its person's language where there is one."""

    kind: str
    key: str
    school_year: str
    titles: dict[str, str]
    rule: dict = field(default_factory=dict)
    valid_until: date | None = None

    def words(self, language: str) -> tuple[str, str]:
        """The language to write in and the title in it."""
        for code in (language, settings.LANGUAGE_CODE, *self.titles):
            if code in self.titles:
                return code, self.titles[code]
        raise ValueError("a subject needs a title in at least one language")


@dataclass(frozen=True)
class Earned:
    """What one person has earned: when, with which mark in percent, and which award if there are several."""

    user_id: int
    at: datetime
    mark: Decimal | None = None
    award: str = ""


@transaction.atomic
def issue_certificates(
    *, subject: Subject, earned: Iterable[Earned], actor=None, again: bool = False
) -> list[Certificate]:
    """Give each person of `earned` a certificate of `subject`; returns the new ones.

    Idempotent: who has one in force keeps it. Who had one withdrawn gets no other by itself; with `again`, which is for
    an officer's decision, they do. `actor` None is the system. The number of statements does not grow with the people.
    """
    wanted = {one.user_id: one for one in earned}
    known = Certificate.objects.filter(
        user__in=wanted, kind=subject.kind, subject_key=subject.key, school_year=subject.school_year
    )
    if again:
        known = known.in_force()
    for user_id in known.values_list("user_id", flat=True):
        wanted.pop(user_id, None)
    if not wanted:
        return []
    places = _places(wanted.keys(), subject.school_year)
    languages = dict(User.objects.filter(pk__in=wanted).values_list("pk", "language"))
    rows = []
    for user_id, one in sorted(wanted.items()):
        language, title = subject.words(languages[user_id])
        rows.append(
            Certificate(
                user_id=user_id,
                kind=subject.kind,
                subject_key=subject.key,
                school_year=subject.school_year,
                title=title[:255],
                award=one.award[:160],
                language=language,
                mark=one.mark,
                rule=subject.rule,
                earned_at=one.at,
                issued_by=actor,
                valid_until=subject.valid_until,
                **places.get(user_id, {}),
            )
        )
    # Two workers at the same people: the second finds the first one's rows and makes none of its own.
    Certificate.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    made = list(Certificate.objects.filter(serial__in=[one.serial for one in rows]))
    _tell(made, subject)
    if made:
        record(
            actor=actor,
            action="issue_certificates",
            target_kind=subject.kind,
            target_key=subject.key,
            target_label=subject.words(settings.LANGUAGE_CODE)[1],
            detail={"school_year": subject.school_year, "serials": [one.serial for one in made]},
        )
    return made


def _tell(made: list[Certificate], subject: Subject) -> None:
    """Two statements for each title and award, not for each person."""
    told: dict[tuple[str, str, str], list[Certificate]] = {}
    for one in made:
        told.setdefault((one.language, one.title, one.award), []).append(one)
    for (_language, title, award), rows in told.items():
        notify(
            users=[one.user_id for one in rows],
            key=f"certificate:{subject.kind}:{subject.key}:{subject.school_year}:{timezone.localdate():%y%m%d}",
            kind=KIND,
            context={"title": title, "award": award},
            url=reverse("courses:certificates"),
        )


def _places(user_ids: Iterable[int], school_year: str) -> dict[int, dict]:
    """Class, school and unit of each in that year; of staff the school or unit of an office. Two statements."""
    ids, found = list(user_ids), {}
    members = (
        Membership.objects.filter(user__in=ids, school_class__school_year__code=school_year)
        .order_by("-is_guest", "starts_on", "pk")
        .select_related("school_class__school__unit")
    )
    for member in members:
        school = member.school_class.school
        found[member.user_id] = {
            "class_key": member.school_class.uuid,
            "class_name": member.school_class.name,
            "school_key": school.uuid,
            "school_name": school.name,
            "unit_key": school.unit.uuid,
        }
    rest = [user_id for user_id in ids if user_id not in found]
    roles = Role.objects.filter(user__in=rest).order_by("starts_on", "pk").select_related("school__unit", "unit")
    for role in roles if rest else ():
        if role.school:
            found[role.user_id] = {
                "school_key": role.school.uuid,
                "school_name": role.school.name,
                "unit_key": role.school.unit.uuid,
            }
        elif role.unit:
            found.setdefault(role.user_id, {"school_name": role.unit.name, "unit_key": role.unit.uuid})
    return found


def issue_course_certificates(
    *, course_key: UUID, user_ids: Iterable[int], school_year: str, actor=None
) -> list[Certificate]:
    """Certificates of a course for those of `user_ids` who meet its rule in that year; returns the new ones.

    Raises NoCertificateRule where the course asks for nothing.
    """
    course = catalogue.course(course_key, settings.LANGUAGE_CODE)
    if course is None or course.certificate is None:
        raise NoCertificateRule()
    rule = course.certificate
    earned = [
        Earned(user_id, stand.earned_at or timezone.now(), stand.mark)
        for user_id, stand in stands(course, user_ids, school_year).items()
        if stand.met
    ]
    if not earned:
        return []
    titles = {}
    for language, _name in settings.LANGUAGES:
        found = catalogue.course(course_key, language)
        if found and found.language == language:
            titles[language] = found.title
    return issue_certificates(
        subject=Subject(
            kind=Certificate.Kind.COURSE,
            key=str(course_key),
            school_year=school_year,
            titles=titles or {course.language: course.title},
            rule={
                "finished": rule.finished,
                "mark": rule.mark,
                "quizzes": sum(bool(one.quiz_key) for one in course.lessons),
            },
            valid_until=months_on(timezone.localdate(), rule.months) if rule.months else None,
        ),
        earned=earned,
        actor=actor,
    )


def issue_what_is_due(*, batch: int = 500) -> int:
    """Certificates earned in the present year whose news was lost, with a broker that did not answer; returns how many.

    Looks at the learners of each course with a rule who have none of it.
    """
    from courses.moment import school_year_on

    year, count = school_year_on(timezone.localdate()), 0
    for page in catalogue.courses_in(settings.LANGUAGE_CODE).only("translation_key"):
        course = catalogue.course(page.translation_key, settings.LANGUAGE_CODE)
        if course is None or course.certificate is None:
            continue
        had = Certificate.objects.filter(
            kind=Certificate.Kind.COURSE, subject_key=str(course.key), school_year=year
        ).values("user")
        begun = CourseProgress.objects.filter(course_key=course.key, school_year=year).exclude(user__in=had)
        if course.certificate.finished:
            begun = begun.exclude(finished_at=None)
        ids = list(begun.values_list("user_id", flat=True))
        for start in range(0, len(ids), batch):
            count += len(
                issue_course_certificates(course_key=course.key, user_ids=ids[start : start + batch], school_year=year)
            )
    return count


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, reason: str, note: str, actor) -> Certificate:
    """Withdraw a certificate for good; `reason` is one of `Certificate.Reason`, `note` says why in words.

    From then on its public page says that it was withdrawn and why, in the words of `reason` alone; it is printed no more,
    counts nowhere, and its person is told. What was learnt stays. Twice is once. Raises ReasonMissing. The caller has
    checked that `actor` answers for it.
    """
    note = note.strip()
    if reason not in Certificate.Reason or not note:
        raise ReasonMissing()
    row = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = timezone.now(), actor
        row.revoked_for, row.revoked_note = reason, note[:300]
        row.save(update_fields=["revoked_at", "revoked_by", "revoked_for", "revoked_note"])
        record(
            actor=actor,
            action="revoke_certificate",
            target_kind="certificate",
            target_key=row.serial,
            target_label=row.title[:200],
            detail={"reason": reason, "note": row.revoked_note},
        )
        notify(
            users=[row.user_id],
            key=f"certificate-withdrawn:{row.serial}",
            kind=KIND_WITHDRAWN,
            context={"title": row.title},
            url=reverse("courses:certificates"),
        )
    return row
