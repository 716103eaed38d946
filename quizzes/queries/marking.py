"""What teachers mark: the queue by quiz and question, one answer after the other, and what a pupil reads of it."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.http import Http404

from quizzes.models import Answer, Attempt, Marking
from quizzes.papers import marking_paper, paper, words
from quizzes.permissions import attempts_in_care_of


def answers_to_mark(user) -> QuerySet[Answer]:
    """Answers of ended attempts in the care of `user` that a person marks: those that wait, and those that were marked."""
    marked = Marking.objects.filter(attempt=OuterRef("attempt"), question_key=OuterRef("question_key"))
    return Answer.objects.filter(
        Q(fraction=None) | Exists(marked),
        attempt__in=attempts_in_care_of(user).exclude(state=Attempt.State.OPEN),
    )


@dataclass(frozen=True)
class Pile:
    """The answers to one question of one quiz: how many wait, how many are marked."""

    quiz_key: UUID
    question_key: UUID
    title: str
    stem: str
    waiting: int
    marked: int


def piles_of(user, language: str) -> list[Pile]:
    """Every question with something to mark or marked, those that wait first. Two queries once the papers are read."""
    rows = (
        answers_to_mark(user)
        .values("attempt__quiz_key", "question_key")
        .annotate(
            waiting=Count("pk", filter=Q(fraction=None)),
            marked=Count("pk", filter=Q(fraction__isnull=False)),
            paper=Max("attempt__paper_id"),
        )
    )
    piles = []
    for row in rows:
        frozen = paper(row["paper"])
        question = frozen.by_id.get(str(row["question_key"]))
        stem = words(question["stem"], language) if question else ""
        piles.append(
            Pile(
                row["attempt__quiz_key"],
                row["question_key"],
                frozen.title(language),
                stem,
                row["waiting"],
                row["marked"],
            )
        )
    return sorted(piles, key=lambda pile: (not pile.waiting, pile.title, pile.stem))


@dataclass(frozen=True)
class Criterion:
    """A line of the rubric as the form shows it; `given` in points, None while nobody gave any."""

    id: str
    title: str
    anchors: str
    points: Decimal
    given: Decimal | None


@dataclass(frozen=True)
class Sheet:
    """One answer on the marker's desk, with its neighbours in the pile."""

    attempt: Attempt
    question_key: UUID
    title: str
    stem: str
    text: str
    points: Decimal
    criteria: list[Criterion]
    marking: Marking | None
    place: int
    all: int
    waiting: int
    before: UUID | None
    after: UUID | None
    next_waiting: UUID | None

    @property
    def given(self) -> Decimal | None:
        """Points of the question, where it has no rubric."""
        if self.marking is None:
            return None
        return (self.marking.fraction * self.points).quantize(Decimal("0.01")).normalize()


def first_to_mark(user, quiz_key: UUID, question_key: UUID) -> UUID | None:
    """The attempt to begin a pile with; None where the pile is empty or not theirs."""
    pile = _pile(user, quiz_key, question_key)
    return next((uuid for uuid, fraction in pile if fraction is None), pile[0][0] if pile else None)


def _pile(user, quiz_key: UUID, question_key: UUID) -> list[tuple[UUID, Decimal | None]]:
    # By a random number: the order tells nobody's class or name.
    rows = answers_to_mark(user).filter(attempt__quiz_key=quiz_key, question_key=question_key)
    return list(rows.order_by("attempt__uuid").values_list("attempt__uuid", "fraction"))


def sheet_to_mark(user, quiz_key: UUID, question_key: UUID, uuid: UUID, language: str) -> Sheet:
    """One answer as a marker sees it; 404 when it is not in their care. Three queries."""
    pile = _pile(user, quiz_key, question_key)
    places = {one: place for place, (one, _fraction) in enumerate(pile)}
    if uuid not in places:
        raise Http404
    attempt = Attempt.objects.select_related("user__person").get(uuid=uuid)
    question = marking_paper(attempt).by_id[str(question_key)]
    marking = attempt.markings.filter(question_key=question_key).order_by("-marked_at", "-pk").first()
    given = marking.points_by_criterion if marking else {}
    place = places[uuid]
    order = [one for one, _fraction in pile]
    later = [one for one, fraction in [*pile[place + 1 :], *pile[:place]] if fraction is None]
    return Sheet(
        attempt=attempt,
        question_key=question_key,
        title=paper(attempt.paper_id).title(language),
        stem=words(question["stem"], language),
        text=str(attempt.answers[str(question_key)]["value"]),
        points=Decimal(question["points"]),
        criteria=[
            Criterion(
                one["id"],
                one["title"],
                one["anchors"],
                Decimal(one["points"]),
                Decimal(given[one["id"]]) if one["id"] in given else None,
            )
            for one in question["scoring"].get("rubric", ())
        ],
        marking=marking,
        place=place + 1,
        all=len(pile),
        waiting=sum(fraction is None for _one, fraction in pile),
        before=order[place - 1] if place else None,
        after=order[place + 1] if place + 1 < len(order) else None,
        next_waiting=later[0] if later else None,
    )


@dataclass(frozen=True)
class Comment:
    """What a teacher wrote to a pupil about one answer."""

    number: int
    text: str


def comments_on(attempt: Attempt) -> list[Comment]:
    """The newest comment on each answer, in the attempt's order; nothing that was taken back. One query."""
    newest = dict(attempt.markings.order_by("marked_at", "pk").values_list("question_key", "comment"))
    told = {str(question): comment for question, comment in newest.items()}
    return [
        Comment(number, told[question])
        for number, (question, _options) in enumerate(attempt.questions, start=1)
        if told.get(question)
    ]
