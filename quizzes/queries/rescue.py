"""What a teacher needs who helps a class through a quiz: who is how far, and what was given already."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.audit.models import AuditEvent
from quizzes.models import Allowance, Attempt, Opening, Paper
from quizzes.papers import paper
from quizzes.permissions import classes_to_rescue
from schools.models import Membership, SchoolClass

CLASSES = 100


@dataclass
class Pupil:
    """A pupil of the class with the attempts they made, the newest first."""

    user_id: int
    user_key: UUID
    name: str
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def last(self) -> Attempt | None:
        return self.attempts[0] if self.attempts else None


@dataclass(frozen=True)
class Given:
    """Something that was given: to whom, what, why, by whom and when."""

    whom: str
    what: str
    reason: str
    by: str
    at: datetime


@dataclass
class Desk:
    """One quiz in one class. `with_commune`: the reader may also act for the whole commune."""

    quiz_key: UUID
    title: str
    school_class: SchoolClass
    openings: list[Opening]
    pupils: list[Pupil]
    given: list[Given]
    with_commune: bool

    def label(self, opening: Opening) -> str:
        kind = str(dict(Opening.Kind.choices).get(opening.context_kind, opening.context_kind))
        if opening.closes_at is None:
            return kind
        return _("%(kind)s, until %(end)s") % {
            "kind": kind,
            "end": timezone.localtime(opening.closes_at).strftime("%H:%M %d/%m/%Y"),
        }


def classes_that_took(user, quiz_key: UUID) -> list[SchoolClass]:
    """Classes to rescue in which the quiz was taken, in order. Two queries."""
    took = Attempt.objects.filter(quiz_key=quiz_key, class_key__isnull=False).values("class_key").distinct()
    found = classes_to_rescue(user).filter(uuid__in=took).select_related("school")
    return list(found.order_by("school__name_folded", "grade", "name_folded")[:CLASSES])


def desk_of(quiz_key: UUID, school_class: SchoolClass, language: str, *, with_commune: bool) -> Desk | None:
    """The quiz in the class; None where it was never open to it. Six queries, however many pupils."""
    members = Membership.objects.current().filter(school_class=school_class).order_by("name_sort", "pk")
    pupils = {
        one.user_id: Pupil(one.user_id, one.user.uuid, one.user.get_full_name())
        for one in members.select_related("user__person")
    }
    latest = Paper.objects.filter(quiz_key=quiz_key).order_by("-is_current", "-version").values_list("pk", flat=True)
    found = latest.first()
    attempts = list(
        Attempt.objects.defer("questions", "answers")
        .filter(quiz_key=quiz_key, user__in=pupils)
        .order_by("-started_at", "-pk")
    )
    taken_in = {attempt.opening_id for attempt in attempts}
    openings = [
        opening
        for opening in Opening.objects.filter(quiz_key=quiz_key).order_by("-pk")
        if _meant_for(opening, school_class, pupils, taken_in, with_commune)
    ]
    if not openings or found is None:
        return None
    for attempt in attempts:
        pupils[attempt.user_id].attempts.append(attempt)
    return Desk(
        quiz_key,
        paper(found).title(language),
        school_class,
        openings,
        list(pupils.values()),
        _given(openings, school_class, pupils, attempts),
        with_commune,
    )


def _meant_for(opening: Opening, school_class, pupils: dict[int, Pupil], taken_in: set[int], officer: bool) -> bool:
    """Whether pupils of the class take the quiz through this window. A contest's is for its officers alone."""
    if opening.context_kind == Opening.Kind.CONTEST and not officer:
        return False
    if opening.pk in taken_in or opening.audience.get("kind") == "everyone":
        return True
    school = school_class.school
    mine = {str(school_class.uuid), str(school.uuid), str(school.unit.uuid)}
    mine |= {str(one.user_key) for one in pupils.values()}
    return not mine.isdisjoint(opening.audience.get("keys", ()))


def _given(openings, school_class: SchoolClass, pupils: dict[int, Pupil], attempts: list[Attempt]) -> list[Given]:
    """Allowances and reopened attempts that reach the class, the newest first."""
    told = [
        Given(
            _whom(one, pupils),
            _what(one),
            one.reason,
            one.granted_by.get_full_name() if one.granted_by else "",
            one.granted_at,
        )
        for one in Allowance.objects.filter(
            Q(user__in=pupils) | Q(class_key=school_class.uuid) | Q(unit_key=school_class.school.unit.uuid),
            opening__in=openings,
        ).select_related("granted_by__person")
    ]
    names = {str(attempt.uuid): pupils[attempt.user_id].name for attempt in attempts}
    for event in AuditEvent.objects.filter(action="reopen_attempt", target_kind="attempt", target_key__in=list(names)):
        minutes = event.detail.get("seconds", 0) // 60
        what = _("opened again for %(minutes)s minutes") % {"minutes": minutes}
        told.append(Given(names[event.target_key], what, event.detail.get("reason", ""), event.actor_label, event.at))
    return sorted(told, key=lambda one: one.at, reverse=True)


def _whom(one: Allowance, pupils: dict[int, Pupil]) -> str:
    if one.user_id:
        return pupils[one.user_id].name
    return _("the whole class") if one.class_key else _("the whole commune")


def _what(one: Allowance) -> str:
    parts = []
    if one.extra_seconds:
        parts.append(_("%(minutes)s minutes more") % {"minutes": one.extra_seconds // 60})
    if one.extra_attempts:
        parts.append(_("attempts more: %(count)s") % {"count": one.extra_attempts})
    if one.closes_at:
        parts.append(_("until %(end)s") % {"end": timezone.localtime(one.closes_at).strftime("%H:%M %d/%m/%Y")})
    return ", ".join(parts)
