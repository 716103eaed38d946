"""Trainings on screens: what was held, who was there, who holds a valid one and who does not."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.text.folding import fold
from courses.models import CourseProgress, OnlineTraining, Training, TrainingAttendance
from courses.moment import months_on
from courses.queries.listings import Column, Listing
from courses.queries.listings import Value as Value_
from courses.queries.staff import Office, StaffPlace, held_by, is_for, office_words, offices, offices_for, people
from schools.models import Role, SchoolYear, Unit, User

VALID, SOON, EXPIRED, NEVER = "valid", "soon", "expired", "never"
STATES = {
    NEVER: gettext_lazy("Not trained yet"),
    EXPIRED: gettext_lazy("Ran out"),
    SOON: gettext_lazy("To renew soon"),
    VALID: gettext_lazy("Still valid"),
}
# A training that runs out within so many days is to be renewed.
SOON_DAYS = 30


def trainings_for(user: User) -> QuerySet[Training]:
    """Trainings `user` may follow, the newest first, each with `present`."""
    return (
        Training.objects.visible_to(user)
        .select_related("unit", "school")
        .annotate(
            present=Count("attendances", filter=Q(attendances__withdrawn_at=None, called_off_at=None), distinct=True)
        )
        .order_by("-held_on", "-pk")
    )


def own_trainings(user: User) -> QuerySet[TrainingAttendance]:
    """What somebody took part in, the newest first."""
    return user.trainings.counted().select_related("training").order_by("-training__held_on", "-pk")


def coming_for(user: User, *, most: int = 3) -> list[Training]:
    """The next trainings a person is invited to; three statements however many there are."""
    today, held = timezone.localdate(), held_by(user)
    if not held:
        return []
    ahead = Training.objects.filter(held_on__gte=today, called_off_at=None).order_by("held_on", "starts_at", "pk")
    rows = ahead.select_related("unit", "school").prefetch_related("within")
    return [one for one in rows if is_for(one, held)][:most]


# --- The list of one training -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attendee:
    user: User
    office: Office
    is_present: bool
    how: str
    is_invited: bool

    @property
    def how_word(self) -> str:
        return str(TrainingAttendance.How(self.how).label) if self.how else ""


def attendees(training: Training, text: str = "") -> QuerySet[User]:
    """Whoever is invited or was there, in the order of names."""
    there = training.attendances.filter(withdrawn_at=None)
    found = (
        User.objects.filter(
            Exists(offices_for(training).filter(user=OuterRef("pk"))) | Exists(there.filter(user=OuterRef("pk")))
        )
        .select_related("person")
        .order_by("person__name_sort", "pk")
    )
    for word in fold(text).split():
        found = found.filter(Q(person__name_folded__contains=word) | Q(username__contains=word))
    return found


def attendee_rows(training: Training, users: Iterable[User]) -> list[Attendee]:
    """The lines of some people on the list of a training; three statements however many they are."""
    users = list(users)
    ids = [one.pk for one in users]
    there = dict(training.attendances.filter(user__in=ids, withdrawn_at=None).values_list("user_id", "how"))
    invited = office_words(ids, offices_for(training))
    others = office_words([pk for pk in ids if pk not in invited])
    return [
        Attendee(
            user=one,
            office=invited.get(one.pk) or others.get(one.pk) or Office("", ""),
            is_present=one.pk in there,
            how=there.get(one.pk, ""),
            is_invited=one.pk in invited,
        )
        for one in users
    ]


def attendance_listing(training: Training) -> Listing:
    """The whole list of a training."""
    rows = attendee_rows(training, attendees(training))
    present = sum(one.is_present for one in rows)
    about = [
        f"{training.place} · {training.held_on:%d/%m/%Y} · {training.venue}",
        _("%(present)d present of %(all)d") % {"present": present, "all": len(rows)},
    ]
    columns = [
        Column(_("Name"), 30), Column(_("Office"), 24), Column(_("School or unit"), 34), Column(_("Present"), 12),
        Column(_("How recorded"), 18),
    ]  # fmt: skip
    lines = [
        [
            one.user.get_full_name(),
            one.office.word,
            one.office.place,
            _("present") if one.is_present else "",
            one.how_word,
        ]
        for one in rows
    ]
    return Listing(training.title, about, columns, lines, timezone.now())


# --- Who holds a valid one --------------------------------------------------------------------------------------------


def _finished_since(day: date, months: int) -> datetime:
    """The first moment at which a course must have been finished to count on `day`."""
    first = months_on(day, -months)
    if months_on(first, months) < day:  # a month that is shorter
        first += timedelta(days=1)
    return timezone.make_aware(datetime.combine(first, time.min))


def trained_on(day: date) -> Q:
    """Of people (`User`): whoever holds a training that is valid on `day`, in a room or online."""
    there = TrainingAttendance.objects.counted().filter(
        user=OuterRef("pk"), training__held_on__lte=day, training__valid_until__gte=day
    )
    found = Q(Exists(there))
    years = None
    for rule in OnlineTraining.objects.all():
        done = CourseProgress.objects.filter(user=OuterRef("pk"), course_key=rule.course_key)
        if rule.months:
            done = done.filter(finished_at__gte=_finished_since(day, rule.months))
        else:
            years = years or list(SchoolYear.objects.filter(ends_on__gte=day).values_list("code", flat=True))
            done = done.filter(finished_at__isnull=False, school_year__in=years)
        found |= Q(Exists(done)) & Q(Exists(_holders(rule)))
    return found


def trained_between(since: date, until: date) -> Q:
    """Of people: whoever took part in a training, or finished a course that counts as one, on one of these days."""
    there = TrainingAttendance.objects.counted().filter(user=OuterRef("pk"), training__held_on__range=(since, until))
    found = Q(Exists(there))
    for rule in OnlineTraining.objects.all():
        done = CourseProgress.objects.filter(
            user=OuterRef("pk"), course_key=rule.course_key, finished_at__date__range=(since, until)
        )
        found |= Q(Exists(done)) & Q(Exists(_holders(rule)))
    return found


def _holders(rule: OnlineTraining) -> QuerySet[Role]:
    held = Role.objects.filter(user=OuterRef("pk"))
    return held.filter(kind__in=rule.kinds) if rule.kinds else held


def _ever() -> Q:
    found = Q(Exists(TrainingAttendance.objects.counted().filter(user=OuterRef("pk"))))
    for rule in OnlineTraining.objects.all():
        done = CourseProgress.objects.filter(user=OuterRef("pk"), course_key=rule.course_key, finished_at__isnull=False)
        found |= Q(Exists(done)) & Q(Exists(_holders(rule)))
    return found


def with_state(users: QuerySet[User], day: date | None = None) -> QuerySet[User]:
    """Each with `state`: valid, soon (to renew within `SOON_DAYS`), expired or never."""
    day = day or timezone.localdate()
    return users.annotate(
        state=Case(
            When(trained_on(day + timedelta(days=SOON_DAYS)) & trained_on(day), then=Value(VALID)),
            When(trained_on(day), then=Value(SOON)),
            When(_ever(), then=Value(EXPIRED)),
            default=Value(NEVER),
        )
    )


@dataclass(frozen=True)
class UnitLine:
    name: str
    people: int
    holding: int

    @property
    def missing(self) -> int:
        return self.people - self.holding


@dataclass(frozen=True)
class Standing:
    """How the staff of a place stand: `counts` by state, `lines` by commune or school, the worst first."""

    place: StaffPlace
    kinds: list[str]
    counts: dict[str, int]
    lines: list[UnitLine]
    taken_at: datetime

    @property
    def people(self) -> int:
        return sum(self.counts.values())

    @property
    def holding(self) -> int:
        """Who holds a valid training today."""
        return self.counts[VALID] + self.counts[SOON]


def standing(place: StaffPlace, kinds: Iterable[str] = ()) -> Standing:
    """How many of a place's staff hold a valid training, and where those who do not work.

    Definition: accounts with one of the offices `kinds` on this day, each once; a training counts from its day to
    `valid_until`, a course that counts as one from the day it was finished. Somebody with offices in two places stands in
    both lines and once in the total.
    """
    kinds = list(kinds)
    held = offices(kinds=kinds, place=place)
    states = dict(with_state(people(held).order_by()).values_list("pk", "state"))
    counts = dict.fromkeys(STATES, 0)
    for state in states.values():
        counts[state] += 1
    return Standing(place, kinds, counts, _lines(place, held, states), timezone.now())


def _lines(place: StaffPlace, held: QuerySet[Role], states: dict[int, str]) -> list[UnitLine]:
    """By what lies right below the place: communes of a province, schools of a commune."""
    if place.school:
        return []
    by_unit = bool(place.unit and place.unit.numchild)
    names = dict(place.unit.get_children().values_list("path", "name")) if by_unit and place.unit else {}
    width = len(place.unit.path) + Unit.steplen if place.unit else 0
    found: dict[str, set[int]] = defaultdict(set)
    for user_id, unit_path, unit, school_path, school in held.values_list(
        "user_id", "unit__path", "unit__name", "school__unit__path", "school__name"
    ):
        path = (school_path or unit_path or "")[:width]
        name = names.get(path, place.name) if by_unit else school or unit or place.name
        found[name].add(user_id)
    lines = [
        UnitLine(name, len(ids), sum(states.get(pk) in (VALID, SOON) for pk in ids)) for name, ids in found.items()
    ]
    return sorted(lines, key=lambda one: (-one.missing, fold(one.name)))


@dataclass(frozen=True)
class PersonLine:
    user: User
    office: Office
    state: str
    until: date | None
    by: str

    @property
    def word(self) -> str:
        return str(STATES[self.state])


def people_of(place: StaffPlace, kinds: Iterable[str], *, state: str = "", text: str = "") -> QuerySet[User]:
    """The staff of a place in the order of names, with `state`; `state` may also be `missing` and `holding`."""
    found = with_state(people(offices(kinds=kinds, place=place)))
    wanted = {"missing": [EXPIRED, NEVER], "holding": [VALID, SOON], "renew": [SOON, EXPIRED]}.get(state)
    if wanted or state in STATES:
        found = found.filter(state__in=wanted or [state])
    for word in fold(text).split():
        found = found.filter(Q(person__name_folded__contains=word) | Q(username__contains=word))
    return found


def person_lines(place: StaffPlace, kinds: Iterable[str], users: Iterable[User]) -> list[PersonLine]:
    """The lines of some of `people_of`, with until when and by what; a few statements however many they are."""
    users = list(users)
    ids = [one.pk for one in users]
    words = office_words(ids, offices(kinds=kinds, place=place))
    until: dict[int, tuple[date, str]] = {}
    rows = (
        TrainingAttendance.objects.counted()
        .filter(user__in=ids)
        .values_list("user_id", "training__valid_until", "training__title")
    )
    _keep_latest(until, rows)
    for rule in OnlineTraining.objects.all():
        _keep_latest(until, _online(rule, ids))
    return [
        PersonLine(one, words.get(one.pk, Office("", "")), one.state, *until.get(one.pk, (None, ""))) for one in users
    ]


def _keep_latest(until: dict[int, tuple[date, str]], rows: Iterable[tuple[int, date, str]]) -> None:
    for user_id, day, title in rows:
        if user_id not in until or until[user_id][0] < day:
            until[user_id] = (day, title)


def _online(rule: OnlineTraining, ids: list[int]) -> list[tuple[int, date, str]]:
    """Until when a course done online counts for each of `ids` for whom it counts."""
    holders = Role.objects.filter(user__in=ids)
    if rule.kinds:
        holders = holders.filter(kind__in=rule.kinds)
    done = CourseProgress.objects.filter(
        course_key=rule.course_key, finished_at__isnull=False, user__in=holders.values("user")
    )
    ends = dict(SchoolYear.objects.values_list("code", "ends_on")) if not rule.months else {}
    found = []
    for user_id, finished_at, year in done.values_list("user_id", "finished_at", "school_year"):
        day = timezone.localtime(finished_at).date()
        last = months_on(day, rule.months) if rule.months else ends.get(year)
        if last:
            found.append((user_id, last, rule.title_at_the_time))
    return found


def people_columns() -> list[Column]:
    return [
        Column(_("Name"), 30), Column(_("Office"), 24), Column(_("School or unit"), 34), Column(_("Training"), 20),
        Column(_("Valid until"), 14), Column(_("What it rests on"), 44),
    ]  # fmt: skip


def people_listing(standing_: Standing, lines: Iterable[PersonLine]) -> Listing:
    return Listing(
        _("Who is trained"),
        _about(standing_),
        people_columns(),
        [[one.user.get_full_name(), one.office.word, one.office.place, one.word, one.until, one.by] for one in lines],
        standing_.taken_at,
    )


def units_listing(standing_: Standing) -> Listing:
    columns = [
        Column(_("School or unit"), 34), Column(_("People"), 12, True), Column(_("Hold a valid training"), 16, True),
        Column(_("Missing"), 12, True),
    ]  # fmt: skip
    rows: list[list[Value_]] = [[one.name, one.people, one.holding, one.missing] for one in standing_.lines]
    return Listing(_("Trained, by place"), _about(standing_), columns, rows, standing_.taken_at)


def _about(standing_: Standing) -> list[str]:
    whom = ", ".join(str(Role.Kind(kind).label) for kind in standing_.kinds) or _("all offices")
    numbers = {"holding": standing_.holding, "people": standing_.people}
    return [
        f"{standing_.place.name} · {whom}",
        _("%(holding)d of %(people)d hold a valid training") % numbers,
    ]


def latest_until(user: User) -> date | None:
    """Until when the trainings of a person count, those done online among them; None where there is none."""
    own = user.trainings.counted().aggregate(last=Max("training__valid_until"))["last"]
    days = [own] if own else []
    for rule in OnlineTraining.objects.all():
        days += [day for _pk, day, _title in _online(rule, [user.pk])]
    return max(days, default=None)
