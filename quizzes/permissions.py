"""Who may take a quiz, and who may see what another person did in one."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from cms.querying import BuiltOnce, Param
from quizzes.models import Allowance, Attempt, Opening, Paper
from schools.models import Membership, Role, SchoolClass
from schools.permissions import classes_with_right, current_roles, may_take_papers

# Where a person may take one quiz in several windows, the first kind named here is meant.
PREFERENCE: list[str] = [Opening.Kind.ASSIGNMENT, Opening.Kind.LESSON]


@dataclass(frozen=True)
class Place:
    """A class somebody is in today, under the keys that attempts keep."""

    class_key: UUID
    school_key: UUID
    unit_key: UUID
    school_year: str


@dataclass(frozen=True)
class Standing:
    """A person and the classes they are in today, own classes before those they visit as a guest."""

    user_id: int
    user_key: UUID
    places: tuple[Place, ...]


_PLACES = BuiltOnce(
    lambda: (
        Membership.objects.current(Param("day", models.DateField()))
        .filter(user_id=Param("user", models.BigAutoField()))
        .order_by("is_guest", "-starts_on", "-pk")
        .values_list(
            "school_class__uuid",
            "school_class__school__uuid",
            "school_class__school__unit__uuid",
            "school_class__school_year__code",
        )
    )
)


def standing_of(user) -> Standing:
    """One query."""
    rows = _PLACES.rows(user=user.pk, day=timezone.localdate())
    return Standing(user.pk, user.uuid, tuple(Place(*row) for row in rows))


@dataclass(frozen=True)
class Window:
    """An opening as it is for one person: with their allowances, and the place in which they take it."""

    opening: Opening
    paper_id: int
    place: Place | None
    closes_at: datetime | None
    extra_seconds: int
    extra_attempts: int

    def is_open(self, now: datetime) -> bool:
        return not self.is_early(now) and (self.closes_at is None or now < self.closes_at)

    def is_early(self, now: datetime) -> bool:
        return self.opening.opens_at is not None and now < self.opening.opens_at

    def attempts(self, settings: dict) -> int:
        return (self.opening.attempts or settings["attempts"]) + self.extra_attempts

    def time_limit(self, settings: dict) -> timedelta | None:
        seconds = self.opening.time_limit_seconds or settings["time_limit_seconds"]
        return timedelta(seconds=seconds + self.extra_seconds) if seconds else None

    def deadline(self, settings: dict, started_at: datetime) -> datetime | None:
        """The end of an attempt begun at `started_at`: its own limit or the window's end, whichever comes first."""
        limit = self.time_limit(settings)
        ends = [moment for moment in (limit and started_at + limit, self.closes_at) if moment]
        return min(ends) if ends else None


def admitted(audience: dict, standing: Standing) -> tuple[bool, Place | None]:
    """Whether an opening's audience takes this person in, and in which of their classes."""
    kind, keys = audience.get("kind"), set(audience.get("keys", ()))
    home = standing.places[0] if standing.places else None
    if kind == "everyone":
        return True, home
    if kind == "users":
        return str(standing.user_key) in keys, home
    if kind in {"classes", "schools", "units"}:
        attribute = {"classes": "class_key", "schools": "school_key", "units": "unit_key"}[kind]
        for place in standing.places:
            if str(getattr(place, attribute)) in keys:
                return True, place
    return False, None


def covers(allowance: Allowance, *, user_id: int, class_key: UUID | None, unit_key: UUID | None) -> bool:
    return (
        allowance.user_id == user_id
        or (allowance.class_key is not None and allowance.class_key == class_key)
        or (allowance.unit_key is not None and allowance.unit_key == unit_key)
    )


def window_of(opening: Opening, paper_id: int, place: Place | None, allowances: list[Allowance]) -> Window:
    """`allowances` are those that cover the person, of this opening."""
    closes_at = opening.closes_at
    if closes_at is not None:
        closes_at = max([closes_at, *(one.closes_at for one in allowances if one.closes_at)])
    return Window(
        opening=opening,
        paper_id=paper_id,
        place=place,
        closes_at=closes_at,
        extra_seconds=sum(one.extra_seconds for one in allowances),
        extra_attempts=sum(one.extra_attempts for one in allowances),
    )


def _openings() -> QuerySet[Opening]:
    current = Paper.objects.filter(quiz_key=OuterRef("quiz_key"), is_current=True).values("pk")[:1]
    return Opening.objects.filter(quiz_key=Param("quiz", models.UUIDField())).annotate(
        paper_id=Subquery(current), has_allowances=Exists(Allowance.objects.filter(opening=OuterRef("pk")))
    )


_OPENINGS = BuiltOnce(_openings)


def openings_for(user, quiz_key: UUID) -> list[Window]:
    """Every window through which `user` may take this quiz, early and past ones included; assignments first.

    Empty when the quiz is not published. Two queries, three where somebody was given an allowance.
    """
    standing = standing_of(user)
    openings = [opening for opening in _OPENINGS.rows(quiz=quiz_key) if opening.paper_id]
    allowances: list[Allowance] = []
    if any(opening.has_allowances for opening in openings):
        allowances = list(
            Allowance.objects.filter(
                Q(user_id=user.pk)
                | Q(class_key__in=[place.class_key for place in standing.places])
                | Q(unit_key__in=[place.unit_key for place in standing.places]),
                opening__quiz_key=quiz_key,
            )
        )
    windows = []
    for opening in openings:
        allowed, place = admitted(opening.audience, standing)
        if allowed:
            mine = [
                one
                for one in allowances
                if one.opening_id == opening.pk
                and covers(
                    one,
                    user_id=user.pk,
                    class_key=place.class_key if place else None,
                    unit_key=place.unit_key if place else None,
                )
            ]
            windows.append(window_of(opening, opening.paper_id, place, mine))
    return sorted(windows, key=lambda window: (_rank(window.opening.context_kind), -window.opening.pk))


def _rank(context_kind: str) -> int:
    return PREFERENCE.index(context_kind) if context_kind in PREFERENCE else len(PREFERENCE)


def attempts_in_care_of(user) -> QuerySet[Attempt]:
    """Attempts `user` may see and mend as a teacher: made in a class in which they hold the right to grade.

    Those of a contest are its officers': a teacher would read the questions while others still answer them.
    """
    if not user.is_authenticated:
        return Attempt.objects.none()
    in_class = Attempt.objects.filter(class_key__in=classes_with_right(user, "grade").values("uuid"))
    return in_class.exclude(context_kind=Opening.Kind.CONTEST)


def answers_may_be_shown(attempt: Attempt, settings: dict, now: datetime | None = None) -> bool:
    """Whether right answers and explanations may reach the browser (the quiz's feedback policy)."""
    if attempt.is_open:
        return False
    if settings["feedback"] == "after_submit":
        return True
    if settings["feedback"] == "after_close":
        closes_at = attempt.opening.closes_at
        return closes_at is not None and (now or timezone.now()) > closes_at + timedelta(seconds=attempt.grace_seconds)
    return False


def may_correct(user) -> bool:
    """Whether `user` may mend a quiz for all who took it: whoever publishes quizzes, and the officer of the province."""
    if not user.is_authenticated:
        return False
    if user.is_superuser or user.has_perm("quizzes.publish_quiz"):
        return True
    offices = current_roles(user).filter(kind=Role.Kind.PROVINCE_OFFICER, unit__depth=1)
    return offices.exists()


def may_print_quiz(user, quiz_key: UUID) -> bool:
    """Whether `user` may take the quiz away on paper, key included: whoever works on the bank, and teachers.

    Teachers get the quizzes that are open to everybody or to one of their classes. What a contest asks is nobody's
    before it is over. Four queries at most.
    """
    if not user.is_authenticated:
        return False
    if user.has_perm("quizzes.view_question"):
        return True
    if not may_take_papers(user):
        return False
    openings = list(Opening.objects.filter(quiz_key=quiz_key).only("context_kind", "audience"))
    if any(opening.context_kind == Opening.Kind.CONTEST for opening in openings):
        return False
    audiences = [opening.audience for opening in openings]
    if any(audience.get("kind") == "everyone" for audience in audiences):
        return True
    mine = classes_with_right(user, "grade").values_list("uuid", "school__uuid")
    keys = {str(key) for pair in mine for key in pair}
    told = {key for one in audiences if one.get("kind") in {"classes", "schools"} for key in one.get("keys", ())}
    return not keys.isdisjoint(told)


def opening_for_paper(quiz_key: UUID, school_class: SchoolClass) -> Opening | None:
    """The window in which a class may take the quiz on paper, its lesson's first: that is what counts for the lesson.

    None where it is not open to the class, and for what a contest asks.
    """
    place = Place(
        school_class.uuid, school_class.school.uuid, school_class.school.unit.uuid, school_class.school_year.code
    )
    openings = list(Opening.objects.filter(quiz_key=quiz_key).order_by("-pk"))
    if any(one.context_kind == Opening.Kind.CONTEST for one in openings):
        return None
    standing = Standing(0, school_class.uuid, (place,))
    found = [one for one in openings if admitted(one.audience, standing)[0]]
    return min(found, key=lambda one: (one.context_kind != Opening.Kind.LESSON, _rank(one.context_kind)), default=None)


def classes_to_rescue(user) -> QuerySet[SchoolClass]:
    """Classes to which `user` may give time and attempts: in which they grade, or below their unit as its officer."""
    if not user.is_authenticated:
        return SchoolClass.objects.none()
    mine = Q(pk__in=classes_with_right(user, "grade").values("pk"))
    for path in _units_of_officer(user):
        mine |= Q(school__unit__path__startswith=path)
    return SchoolClass.objects.filter(mine)


def may_rescue_unit(user, school_class: SchoolClass) -> bool:
    """Whether `user` may do so for the whole commune of a class: its officer, or a superuser."""
    path = school_class.school.unit.path
    return user.is_superuser or any(path.startswith(above) for above in _units_of_officer(user))


@dataclass(frozen=True)
class Sight:
    """Whose results of a quiz somebody may see in figures: `classes`, or everybody's where that is None.

    What pupils did in a contest is for its officers: only `with_contests` it is in sight. With `year` only what was done
    in that school year is.
    """

    classes: QuerySet[SchoolClass] | None
    with_contests: bool = False
    year: str = ""

    def attempts(self, quiz_key: UUID) -> QuerySet[Attempt]:
        """All attempts in sight."""
        found = Attempt.objects.filter(quiz_key=quiz_key)
        if self.classes is not None:
            found = found.filter(class_key__in=self.classes.values("uuid"))
        if self.year:
            found = found.filter(school_year=self.year)
        return found if self.with_contests else found.exclude(context_kind=Opening.Kind.CONTEST)

    def years(self, quiz_key: UUID) -> list[str]:
        """The school years in which the quiz was taken, the latest first. One query."""
        taken = replace(self, year="").attempts(quiz_key).exclude(school_year="").order_by("-school_year")
        return list(taken.values_list("school_year", flat=True).distinct())

    def of(self, class_key: UUID) -> "Sight | None":
        """One class of those in sight; None where it is not among them."""
        visible = SchoolClass.objects.all() if self.classes is None else self.classes
        one = visible.filter(uuid=class_key)
        return replace(self, classes=one) if one.exists() else None


def sight_of(user, quiz_key: UUID) -> Sight | None:
    """What `user` sees of a quiz's figures; None where they see nothing and the quiz is not theirs to know.

    Whoever mends quizzes sees everybody. A teacher sees the classes in which they grade, of a quiz that was taken there or
    is open to them. Figures tell right answers, so a quiz that a contest still asks is closed to teachers. Two queries for
    whoever mends, five at most for a teacher.
    """
    if not user.is_authenticated:
        return None
    if may_correct(user):
        return Sight(None, with_contests=True)
    classes = classes_with_right(user, "grade")
    openings = list(Opening.objects.filter(quiz_key=quiz_key))
    now = timezone.now()
    if any(one.context_kind == Opening.Kind.CONTEST and (not one.closes_at or one.closes_at > now) for one in openings):
        return None
    sight = Sight(classes)
    if sight.attempts(quiz_key).exists():
        return sight
    keys = classes.values_list("uuid", "school__uuid", "school__unit__uuid")
    mine = {str(key) for row in keys for key in row}
    for opening in openings:
        open_to = opening.audience.get("kind"), set(opening.audience.get("keys", ()))
        if mine and (open_to[0] == "everyone" or not mine.isdisjoint(open_to[1])):
            return sight
    return None


def sight_of_class(user, class_key: UUID) -> Sight | None:
    """What `user` sees of all quizzes in one class; None where they neither grade in it nor mend quizzes."""
    if not user.is_authenticated:
        return None
    if may_correct(user):
        return Sight(None, with_contests=True).of(class_key)
    return Sight(classes_with_right(user, "grade")).of(class_key)


def _units_of_officer(user) -> list[str]:
    offices = current_roles(user).filter(kind=Role.Kind.PROVINCE_OFFICER, unit__isnull=False)
    return list(offices.values_list("unit__path", flat=True))
