"""What the jury gave: the juror's own list, results with rulings, agreement, disputes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, F, Prefetch, QuerySet

from contests.jury.agreement import WORDS, alpha, lean_of, verdict
from contests.jury.scoring import COMBINE_LABELS, at_the_line, combine, spread_of, total_of
from contests.jury.scoring import Criterion as Line
from contests.jury.terms import JuryTerms
from contests.models import Category, Contest, Copy, Criterion, Juror, Prize, Review, Ruling, Score, Work, WorkText
from contests.problems import NoSuchReview
from contests.queries.contests import rules_in_force
from contests.rules import Rules


def seats_of(user) -> QuerySet[Juror]:
    return Juror.objects.of(user).select_related("contest", "user")


def seat_on(user, slug: str) -> Juror:
    """`user`'s seat on the jury of a contest. Raises NoSuchReview."""
    found = seats_of(user).filter(contest__slug=slug).first()
    if found is None:
        raise NoSuchReview()
    return found


def own_reviews(juror: Juror) -> QuerySet[Review]:
    """What a juror has been given and may know of, with how many criteria have points and how many have none yet."""
    found = Review.objects.of_juror(juror).select_related("work__category", "juror")
    counts = {"scored": Count("scores", distinct=True), "criteria": Count("work__category__criteria", distinct=True)}
    return found.annotate(**counts, missing=F("criteria") - F("scored")).order_by("pk")


def own_review(juror: Juror, uuid) -> Review:
    """Raises NoSuchReview."""
    found = own_reviews(juror).filter(uuid=uuid).first()
    if found is None:
        raise NoSuchReview()
    return found


def copies_of(work: Work) -> list[Copy]:
    """What may be shown of the version that counts, in the order of its slots."""
    version = work.counting_version
    found = Copy.objects.filter(file__version=version, state=Copy.State.READY).select_related("file__slot")
    return list(found.order_by("file__slot__position", "file__position"))


def texts_of(work: Work) -> list[WorkText]:
    """Descriptions; a link would lead to a page with names on it, so no juror gets one."""
    found = WorkText.objects.filter(version=work.counting_version, slot__kind="text").select_related("slot")
    return list(found.order_by("slot__position"))


@dataclass
class Given:
    """One juror's points for a work as they count now, with what they were before a ruling."""

    review: Review
    points: dict[str, Decimal] = field(default_factory=dict)
    before: dict[str, Decimal] = field(default_factory=dict)
    total: Decimal | None = None


@dataclass
class Judged:
    work: Work
    given: list[Given]
    result: Decimal | None
    spread: Decimal
    rulings: list[Ruling]
    waiting: int
    at_line: bool = False
    rank: int | None = None

    @property
    def totals(self) -> list[Decimal]:
        return [one.total for one in self.given if one.total is not None]


@dataclass
class Board:
    """A category as the meeting sees it."""

    category: Category
    criteria: list[Criterion]
    terms: JuryTerms
    works: list[Judged]
    alpha: float | None
    leans: list[tuple[str, Decimal]]

    @property
    def agreement(self):
        return WORDS[verdict(self.alpha)]

    @property
    def combined_by(self):
        return COMBINE_LABELS[self.terms.combine]

    @property
    def disputes(self) -> list[Judged]:
        return [one for one in self.works if one.spread > self.terms.dispute or one.at_line]

    @property
    def undecided(self) -> list[Judged]:
        """Disputes on which the meeting has not said anything."""
        return [one for one in self.disputes if not one.rulings]

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.works)


def lines_of(criteria: Iterable[Criterion]) -> list[Line]:
    """Criteria as the arithmetic of `contests.jury.scoring` takes them."""
    return [Line(one.key, one.weight, Decimal(one.top)) for one in criteria]


def board_of(category: Category) -> Board:
    """Everything about a category. Eight queries however many works."""
    terms = Rules.of(rules_in_force(category.contest)).jury_terms
    criteria = list(category.criteria.all())
    lines = lines_of(criteria)
    keys = {one.pk: one.key for one in criteria}
    reviews = Prefetch(
        "reviews",
        Review.objects.standing()
        .select_related("juror")
        .prefetch_related(Prefetch("scores", Score.objects.all()), "rulings")
        .order_by("pk"),
    )
    works = Work.objects.in_the_running().filter(category=category, screening=Work.Screened.IN)
    works = works.select_related("team", "contest").prefetch_related(
        reviews, "rulings__by__person", "rulings__criterion"
    )
    found = [_judged(work, lines, keys, terms) for work in works.order_by("code")]
    _rank(found)
    prizes = Prize.objects.filter(contest=category.contest_id, kind=Prize.Kind.INDIVIDUAL, per_round=False)
    results = [(one.work.code, one.result) for one in found if one.result is not None]
    tied = at_the_line(results, list(prizes.order_by("position").values_list("count", flat=True)))
    triples = [
        (one.work.code, given.review.juror.name, given.total)
        for one in found
        for given in one.given
        if given.total is not None
    ]
    for one in found:
        one.at_line = one.work.code in tied
    leans = sorted(lean_of(triples).items(), key=lambda pair: -abs(pair[1]))
    return Board(category, criteria, terms, found, alpha([one.totals for one in found]), leans)


def _judged(work: Work, lines: list[Line], keys: dict[int, str], terms: JuryTerms) -> Judged:
    given, waiting = [], 0
    for review in work.reviews.all():
        if review.state != Review.State.SUBMITTED:
            waiting += 1
            continue
        one = Given(
            review,
            {keys[score.criterion_id]: score.points for score in review.scores.all() if score.criterion_id in keys},
        )
        for ruling in review.rulings.all():
            key = keys.get(ruling.criterion_id, "")
            one.before.setdefault(key, one.points.get(key))
            one.points[key] = ruling.points
        one.total = total_of(one.points, lines)
        given.append(one)
    totals = [one.total for one in given if one.total is not None]
    return Judged(work, given, combine(totals, terms.combine), spread_of(totals), list(work.rulings.all()), waiting)


def _rank(found: list[Judged]) -> None:
    scored = sorted((one for one in found if one.result is not None), key=lambda one: -one.result)
    for place, one in enumerate(scored, 1):
        before = scored[place - 2] if place > 1 else None
        one.rank = before.rank if before and before.result == one.result else place


def boards_of(contest: Contest) -> list[Board]:
    categories = Category.objects.filter(contest=contest, works__isnull=False).distinct().select_related("contest")
    return [board_of(one) for one in categories.order_by("pk")]


def progress_of(contest: Contest) -> list[dict]:
    """Each seat with what it has to do and has done. Two queries."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Review.objects.filter(work__contest=contest).values_list("juror_id", "state").annotate(Count("pk"))
    for juror, state, count in rows.order_by():
        counts[juror][state] = count
    return [
        {
            "juror": one,
            "done": counts[one.pk].get(Review.State.SUBMITTED, 0),
            "left": counts[one.pk].get(Review.State.ASSIGNED, 0),
            "declined": counts[one.pk].get(Review.State.DECLINED, 0),
        }
        for one in Juror.objects.filter(contest=contest, left_at=None).select_related("category")
    ]
