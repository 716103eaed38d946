"""A spread of attempts at a quiz as a class, or a province, makes it: from all right to nothing, in the usual shape.

For tests and for looking at pages; everything is taken by the operations that people's clicks call, except `many`, which
writes rows and is for measuring.
"""

import random
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from django.utils import timezone

from quizzes.kinds import kind_of
from quizzes.kinds.base import targets
from quizzes.models import Answer, Attempt, Opening, Paper, Quiz
from quizzes.operations import save_answers, start_attempt, submit_attempt
from tests.factories import quizzes as make


def answer_to(question: dict, right: bool, chance: random.Random):
    """An answer to a paper's question, right or not; None for one that is left out."""
    kind = kind_of(question)
    best = kind.right(question)
    if right:
        return "Em mở Cổng Dịch vụ công rồi nhập mã hồ sơ." if best is None else best
    options = [one["id"] for one in question["options"] if not one["correct"]]
    type = question["type"]
    if type in {"single", "true_false", "picture_choice"}:
        # The first wrong option tempts more than the others.
        return chance.choice([*options, options[0]]) if options else None
    if type == "multiple":
        return sorted({chance.choice(best), chance.choice(options or best)})
    if type == "hotspot":
        return chance.choice([one["id"] for one in targets(question) if not one["correct"]])
    if type == "statements":
        return {one: value if chance.random() < 0.5 else not value for one, value in best.items()}
    if type in {"matching", "zones"}:
        places = [one["id"] for one in targets(question)]
        return {one: chance.choice(places) for one in best}
    if type == "ordering":
        return chance.sample(best, len(best))
    if type == "gaps":
        return dict(list(best.items())[:1])
    return {"numeric": str(chance.randint(1, 9)), "short": chance.choice(["Zalo", "Facebook", "vneid gì đó"])}.get(type)


def take(user, quiz: Quiz, *, knows: float, chance: random.Random | None = None, seconds: int = 30) -> Attempt:
    """An attempt of somebody who knows the share `knows` of what is asked; about `seconds` for each question."""
    chance = chance or random.Random(0)
    attempt, _new = start_attempt(user=user, quiz_key=quiz.quiz_key, idempotency_key=str(uuid4()))
    at = timezone.now() - timedelta(seconds=2 * seconds * len(attempt.questions))
    Attempt.objects.filter(pk=attempt.pk).update(started_at=at)
    saves = []
    for place, question in enumerate(attempt.paper.document["questions"]):
        if all(question["id"] != one for one, _options in attempt.questions) or chance.random() < 0.03:
            continue
        hardness = (place + 1) / (len(attempt.questions) + 1)
        right = chance.random() < min(0.97, max(0.03, knows + (0.5 - hardness) * 0.8))
        at += timedelta(seconds=chance.randint(seconds // 2, seconds * 3 // 2))
        value = answer_to(question, right, chance)
        if value is not None:
            saves.append((question["id"], 1, value, at))
    if saves:
        save_answers(user=user, attempt_uuid=attempt.uuid, saves=saves, sent_at=timezone.now())
    return submit_attempt(user=user, attempt_uuid=attempt.uuid)


def class_takes(school_class, quiz: Quiz, *, pupils: int, seed: int = 1, knows: float = 0.6) -> list[Attempt]:
    """`pupils` new pupils of a class take the quiz, some better than others."""
    chance = random.Random(seed)
    taken = []
    for number in range(pupils):
        pupil = make.pupil(school_class, f"Học Sinh Số {number + 1}")
        taken.append(take(pupil, quiz, knows=min(1, max(0, chance.gauss(knows, 0.22))), chance=chance))
    return taken


def many(quiz: Quiz, opening: Opening, *, attempts: int, classes: list[UUID], seed: int = 1) -> None:
    """`attempts` ended attempts, each of somebody new, written as rows: made in seconds where taking them takes an hour."""
    from schools.models import User

    chance = random.Random(seed)
    paper = Paper.objects.get(quiz_key=quiz.quiz_key, is_current=True)
    document, now = paper.document, timezone.now()
    points = {one["id"]: Decimal(one["points"]) for one in document["questions"]}
    most = sum(points.values())
    for start in range(0, attempts, 5000):
        size = min(5000, attempts - start)
        people = User.objects.bulk_create(
            [User(username=f"many-{seed}-{start + n}", uuid=uuid4()) for n in range(size)]
        )
        rows, answers = [], []
        for user in people:
            knows = min(1, max(0, chance.gauss(0.6, 0.22)))
            said, score = [], Decimal(0)
            for place, question in enumerate(document["questions"]):
                if chance.random() < 0.03:
                    continue
                value = answer_to(question, chance.random() < knows, chance)
                fraction = kind_of(question).fraction(question, value) if value is not None else None
                if fraction is None:
                    continue
                earned = (fraction * points[question["id"]]).quantize(Decimal("0.01"))
                score += earned
                said.append((question["id"], value, fraction, earned, now - timedelta(seconds=20 * (20 - place))))
            attempt = Attempt(
                user=user, quiz_key=quiz.quiz_key, paper=paper, opening=opening, context_kind=opening.context_kind,
                context_key=opening.context_key, number=1, state="submitted", idempotency_key="many",
                started_at=now - timedelta(minutes=9), submitted_at=now, closed_at=now, answered=len(said),
                questions=[[one["id"], [option["id"] for option in one["options"]]] for one in document["questions"]],
                score=score, max_score=most, passed=score * 2 >= most,
                receipt_code=f"{seed}{start:07d}{len(rows):04d}", class_key=chance.choice(classes), school_year="2026-2027",
            )  # fmt: skip
            rows.append(attempt)
            answers.append(said)
        made = Attempt.objects.bulk_create(rows)
        Answer.objects.bulk_create(
            [
                Answer(
                    attempt=attempt,
                    question_key=one,
                    value=value,
                    seq=1,
                    answered_at=at,
                    fraction=fraction,
                    points=earned,
                )
                for attempt, said in zip(made, answers, strict=True)
                for one, value, fraction, earned, at in said
            ],
            batch_size=5000,
        )


__all__ = ["answer_to", "class_takes", "many", "take"]
