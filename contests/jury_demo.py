"""The demo's jury: seats taken, works admitted and shared out, half of them scored. Made by the operations people call."""

import random

from contests import operations
from contests.jury.rubrics import rubrics
from contests.models import Category, Contest, Juror, Review, Work
from contests.operations.states import name_of
from schools.models import User

BY, OWN, OTHERS = "thuky", "giamkhao", ("thamdinh", "bientap")
# What the demo's jurors tend to give, in points of ten.
TENDS = (7.0, 7.5, 6.5)


def load_demo_jury() -> int:
    """Seat a jury in every closed works contest that has none; returns in how many. A second run changes nothing."""
    made = 0
    for contest in Contest.objects.filter(kind=Contest.Kind.WORKS, state=Contest.State.CLOSED, jurors=None):
        if Work.objects.in_the_running().filter(contest=contest).exists():
            judge(contest)
            made += 1
    return made


def judge(contest: Contest) -> None:
    """From the closing to half of the points. The juror people try out has the later half still to do."""
    by, chance = User.objects.get(username=BY), random.Random(contest.slug)  # noqa: S311 (no secret)
    known = {one["name"]: one["criteria"] for one in rubrics()}
    for category in Category.objects.filter(contest=contest, criteria=None):
        operations.set_rubric(category=category, criteria=known.get(category.slug, known["ap-phich"]), by=by)
    for work in Work.objects.in_the_running().filter(contest=contest).exclude(screening=Work.Screened.IN):
        operations.screen_work(work=work, verdict=Work.Screened.IN, by=by)
    operations.move_contest(contest=contest, to=Contest.State.JUDGING, by=by, signed_name=name_of(by))
    seats = [_seat(contest, User.objects.get(username=name), by) for name in (OWN, *OTHERS)]
    operations.share_out(contest=contest, by=by)
    for seat, tends in zip(seats, TENDS, strict=True):
        reviews = list(Review.objects.of_juror(seat).select_related("work").order_by("pk"))
        for review in reviews[: (len(reviews) + 1) // 2] if seat.user.username == OWN else reviews:
            _score(review, tends, chance)


def _seat(contest: Contest, user: User, by: User) -> Juror:
    _juror, token = operations.invite_juror(contest=contest, name=name_of(user), by=by)
    return operations.accept_invitation(token=token, user=user)


def _score(review: Review, tends: float, chance: random.Random) -> None:
    quality = random.Random(review.work.code).uniform(-2, 2)  # noqa: S311 (no secret)
    for criterion in review.work.category.criteria.all():
        points = tends + quality + chance.uniform(-1, 1)
        points = min(criterion.top, max(0, round(points * 4) / 4))
        operations.save_score(review=review, key=criterion.key, value=points)
    operations.submit_review(review=review)
