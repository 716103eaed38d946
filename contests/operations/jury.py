"""The jury and its work: seats, who scores what, and who steps in."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.jury.assigning import assign
from contests.models import Category, Conflict, Contest, Entry, Juror, Review, TeamMember, Work
from contests.operations.setting_up import log
from contests.problems import (
    AlreadyOnJury,
    Competes,
    NoReserve,
    NotAsked,
    OnlyForward,
    ReasonMissing,
    ReviewDone,
    RubricMissing,
    SeatTaken,
)
from contests.queries.conflicts import barred_pairs
from contests.queries.contests import rules_in_force
from contests.rules import Rules
from schools.models import Role
from schools.operations.accounts import grant_role
from schools.operations.notifications import notify

INVITED_DAYS = 14
# Kinds of message; their words are in contests.apps.
GIVEN, REMINDER = "jury_given", "jury_reminder"


# --- Seats ------------------------------------------------------------------------------------------------------------


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_juror(
    *,
    contest: Contest,
    name: str,
    by,
    category: Category | None = None,
    is_reserve: bool = False,
    most=None,
    task: str = Juror.Task.JUDGE,
) -> tuple[Juror, str]:
    """A seat and the secret of its link, which is shown once and kept by nobody."""
    token = secrets.token_urlsafe(18)
    juror = Juror.objects.create(
        contest=contest,
        category=category,
        name=" ".join(name.split())[:120],
        is_reserve=is_reserve,
        most=most,
        task=Juror.Task(task),
        token_digest=_digest(token),
        expires_at=timezone.now() + timedelta(days=INVITED_DAYS),
    )
    log(by, "invite_juror", contest, juror=juror.name)
    return juror, token


def _unanswered(juror: Juror) -> Juror:
    """A seat nobody has taken yet, locked. Raises SeatTaken."""
    found = Juror.objects.select_for_update().select_related("contest").filter(pk=juror.pk, left_at=None).first()
    if found is None or found.user_id is not None:
        raise SeatTaken()
    return found


@transaction.atomic
def remake_link(*, juror: Juror, by) -> tuple[Juror, str]:
    """Another secret for a seat whose link was lost or has run out; the old link opens nothing. Raises SeatTaken."""
    juror, token = _unanswered(juror), secrets.token_urlsafe(18)
    juror.token_digest = _digest(token)
    juror.expires_at = timezone.now() + timedelta(days=INVITED_DAYS)
    juror.save(update_fields=["token_digest", "expires_at"])
    log(by, "remake_jury_link", juror.contest, juror=juror.name)
    return juror, token


@transaction.atomic
def take_seat_back(*, juror: Juror, by) -> Juror:
    """Call an invitation off before it is accepted: the link opens nothing, the seat leaves the list. Raises SeatTaken."""
    juror = _unanswered(juror)
    juror.left_at = timezone.now()
    juror.save(update_fields=["left_at"])
    log(by, "take_jury_seat_back", juror.contest, juror=juror.name)
    return juror


def invitation(token: str) -> Juror:
    """The seat a link leads to. Raises NotAsked."""
    found = Juror.objects.select_related("contest").filter(token_digest=_digest(token), left_at=None).first()
    if found is None or (found.user_id is None and found.expires_at < timezone.now()):
        raise NotAsked()
    return found


@transaction.atomic
def accept_invitation(*, token: str, user) -> Juror:
    """Take the seat, and with it the office of a juror, which asks for a second factor from the next sign-in on.

    Again by the same person: the same seat. Raises NotAsked, AlreadyOnJury, Competes.
    """
    juror = Juror.objects.select_for_update().get(pk=invitation(token).pk)
    if juror.user_id is not None:
        if juror.user_id != user.pk:
            raise NotAsked()
        return juror
    makes = TeamMember.objects.filter(user=user, category__contest=juror.contest_id, state__in=TeamMember.PRESENT)
    if makes.exists() or Entry.objects.filter(contest=juror.contest_id, user=user).exists():
        raise Competes()
    juror.user, juror.accepted_at = user, timezone.now()
    try:
        with transaction.atomic():
            juror.save(update_fields=["user", "accepted_at"])
    except IntegrityError:
        raise AlreadyOnJury() from None
    if not Role.objects.filter(user=user, kind=Role.Kind.JUROR, ends_on=None).exists():
        grant_role(user=user, kind=Role.Kind.JUROR, actor=user)
    log(user, "accept_jury_seat", juror.contest, juror=juror.name)
    return juror


# --- Who scores what --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shared:
    """What sharing out gave: new reviews, works still short of jurors, and the load of each juror by name."""

    made: int
    short: dict[str, int]
    loads: dict[str, int]


def admitted(contest: Contest, category: Category | None = None):
    """Works that are judged."""
    found = Work.objects.in_the_running().filter(contest=contest, screening=Work.Screened.IN)
    return found.filter(category=category) if category else found


@transaction.atomic
def share_out(*, contest: Contest, by) -> Shared:
    """Give every admitted work its jurors, evenly and by lot, never across a conflict of interest. May be repeated: what was
    given stays, what is missing is added. Raises RubricMissing.
    """
    Contest.objects.select_for_update().get(pk=contest.pk)
    terms = Rules.of(rules_in_force(contest)).jury_terms
    due = timezone.now() + timedelta(days=terms.days)
    # Of all that were handed in: what is screened later gets as many jurors as what was screened first.
    running = Work.objects.in_the_running().filter(contest=contest)
    made, short, loads = 0, {}, {}
    for category in Category.objects.filter(contest=contest, works__isnull=False).distinct().order_by("pk"):
        works = admitted(contest, category)
        if not works.exists():
            continue
        if not category.criteria.exists():
            raise RubricMissing()
        jurors = list(
            Juror.objects.judges()
            .filter(contest=contest, is_reserve=False)
            .exclude(category__isnull=False, category__in=Category.objects.exclude(pk=category.pk))
            .select_related("user")
        )
        given = list(Review.objects.filter(work__in=works).values_list("work_id", "juror_id", "state"))
        # Whoever declined or was replaced is not asked again, and no longer counts for the work.
        standing = {(work, juror) for work, juror, state in given if state in Review.STANDING}
        names = dict(works.values_list("pk", "code"))
        barred = barred_pairs(works, jurors)
        found = assign(
            entries=sorted(names),
            jurors=[one.pk for one in jurors],
            barred=barred | {(work, juror) for work, juror, _state in given},
            held=standing - barred,
            wanted=terms.jurors_for(running.filter(category=category).count()),
            most={one.pk: one.most for one in jurors if one.most is not None},
            seed=str(contest.uuid),
        )
        Review.objects.bulk_create([Review(work_id=work, juror_id=juror, due_at=due) for work, juror in found.new])
        made += len(found.new)
        short |= {names[work]: count for work, count in found.short.items()}
        busy = {juror for _work, juror in found.new}
        for one in jurors:
            if one.pk in busy:
                _tell(one, contest, GIVEN, due)
            loads[one.name] = loads.get(one.name, 0) + found.loads[one.pk]
    log(by, "share_out_works", contest, made=made, short=len(short))
    return Shared(made, short, loads)


@transaction.atomic
def decline_review(*, review: Review, reason: str, by, conflict: str = "") -> Review | None:
    """Give a work back, with the reason; `conflict` (a Conflict.Kind) hides it from the juror for good. A reserve juror
    takes over; returns that review, None where nobody is free. Raises ReasonMissing, ReviewDone.
    """
    if not reason.strip():
        raise ReasonMissing()
    review = Review.objects.select_for_update().select_related("work__contest", "juror").get(pk=review.pk)
    if review.state != Review.State.ASSIGNED:
        raise ReviewDone()
    review.state, review.reason = Review.State.DECLINED, reason.strip()[:300]
    review.save(update_fields=["state", "reason"])
    if conflict:
        Conflict.objects.get_or_create(
            juror=review.juror,
            work=review.work,
            defaults={"kind": Conflict.Kind(conflict), "note": review.reason, "told_by": by},
        )
    log(by, "decline_review", review.work.contest, work=review.work.code, reason=review.reason)
    try:
        return replace_juror(review=review, by=by)
    except NoReserve:
        return None


@transaction.atomic
def replace_juror(*, review: Review, by=None) -> Review:
    """Give a work to a reserve juror, or else to the least loaded other one, in place of who declined or is late.

    Raises ReviewDone, NoReserve.
    """
    review = Review.objects.select_for_update().select_related("work__contest", "juror").get(pk=review.pk)
    if review.state not in {Review.State.ASSIGNED, Review.State.DECLINED}:
        raise ReviewDone()
    return _substitute(review, by)


def _substitute(review: Review, by) -> Review:
    """Somebody else in place of a review that is locked. Raises NoReserve."""
    work = review.work
    terms = Rules.of(rules_in_force(work.contest)).jury_terms
    jurors = list(
        Juror.objects.judges()
        .filter(contest=work.contest)
        .exclude(reviews__work=work)
        .exclude(category__isnull=False, category__in=Category.objects.exclude(pk=work.category_id))
        .select_related("user")
    )
    barred = {juror for _work, juror in barred_pairs(Work.objects.filter(pk=work.pk), jurors)}
    loads = {one.pk: one.reviews.standing().count() for one in jurors}
    free = [one for one in jurors if one.pk not in barred and (one.most is None or loads[one.pk] < one.most)]
    if not free:
        raise NoReserve()
    chosen = min(free, key=lambda one: (not one.is_reserve, loads[one.pk], one.pk))
    if review.is_open:
        review.state = Review.State.REPLACED
        review.save(update_fields=["state"])
    made = Review.objects.create(work=work, juror=chosen, due_at=timezone.now() + timedelta(days=terms.days))
    _tell(chosen, work.contest, GIVEN, made.due_at)
    log(by, "replace_juror", work.contest, work=work.code, before=review.juror.name, now=chosen.name)
    return made


def pass_on_late_reviews() -> int:
    """Pass on what is so many hours late as the rules say; works nobody is free for stay where they are. Hourly."""
    passed = 0
    for contest in Contest.objects.filter(state=Contest.State.JUDGING):
        hours = Rules.of(rules_in_force(contest)).jury_terms.reserve_hours
        late = Review.objects.filter(
            work__contest=contest,
            state=Review.State.ASSIGNED,
            due_at__lt=timezone.now() - timedelta(hours=hours),
            scores=None,
        )
        for review in late.order_by("pk"):
            try:
                replace_juror(review=review)
                passed += 1
            except NoReserve:
                continue
    return passed


@transaction.atomic
def declare_conflict(*, juror: Juror, work: Work, kind: str, by, note: str = "") -> Conflict:
    """Write down that a juror must not judge a work. What they gave for it no longer counts, and another takes over where
    somebody is free. Told again: the same row. Raises OnlyForward once the results are fixed.
    """
    contest = Contest.objects.select_for_update().get(pk=work.contest_id)
    if contest.state in {Contest.State.MODERATED, Contest.State.PUBLISHED, Contest.State.ARCHIVED}:
        raise OnlyForward(_("The results are fixed: who judged stays as it is."))
    made, new = Conflict.objects.get_or_create(
        juror=juror,
        work=work,
        defaults={"kind": Conflict.Kind(kind), "note": note.strip()[:300], "told_by": by},
    )
    if not new:
        return made
    log(by, "declare_conflict", contest, work=work.code, juror=juror.name, kind=kind)
    held = Review.objects.select_for_update().select_related("work__contest", "juror")
    review = held.filter(juror=juror, work=work, state__in=Review.STANDING).first()
    if review is not None:
        review.state, review.submitted_at = Review.State.REPLACED, None
        review.save(update_fields=["state", "submitted_at"])
        try:
            with transaction.atomic():
                _substitute(review, by)
        except NoReserve:
            pass
    return made


@transaction.atomic
def remind_juror(*, review: Review, by) -> Review:
    """Remind the juror of a work that is not handed in: a mark on the work, and one message a day for all of a contest.

    Raises ReviewDone.
    """
    review = Review.objects.select_for_update().select_related("juror", "work__contest").get(pk=review.pk)
    if not review.is_open:
        raise ReviewDone()
    if review.reminded_at is None or review.reminded_at < timezone.now() - timedelta(days=1):
        review.reminded_at = timezone.now()
        review.save(update_fields=["reminded_at"])
        log(by, "remind_juror", review.work.contest, work=review.work.code, juror=review.juror.name)
    _tell(review.juror, review.work.contest, REMINDER, review.due_at)
    return review


def remind_jurors(*, contest: Contest, by) -> int:
    """Remind everybody who has works left; returns how many people that are."""
    left = Review.objects.filter(work__contest=contest, state=Review.State.ASSIGNED).order_by("due_at", "pk")
    for review in left:
        remind_juror(review=review, by=by)
    return len({one.juror_id for one in left})


def _tell(juror: Juror, contest: Contest, kind: str, due) -> None:
    """One message a day of a kind to a juror, with the contest's name and no work's."""
    notify(
        users=[juror.user_id],
        key=f"{key_of(kind, contest)}:{timezone.localdate():%y%m%d}",
        kind=kind,
        context={"title": contest.title, "due": timezone.localtime(due).strftime("%H:%M %d/%m/%Y")},
        url=reverse("contests:jury_works", args=[contest.slug]),
    )


def key_of(kind: str, contest: Contest) -> str:
    """What the keys of such messages begin with."""
    return f"{kind}:{contest.pk}"
