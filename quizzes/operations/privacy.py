"""What this room keeps of a person, for schools.privacy: scores stay, what was written in words goes."""

from django_h5p.models import Attempt as H5PAttempt
from django_h5p.models import Statement, UserData

from quizzes.models import Allowance, Answer, Attempt, Marking, Paper, PaperSheet
from schools.models import User
from schools.privacy import Part, nothing_to_forget

WRITTEN = {"short", "long", "gaps"}


def _number(value) -> float | None:
    return None if value is None else float(value)


def _export(user: User) -> dict:
    return {
        "attempts": [
            {
                "quiz": str(one.quiz_key),
                "number": one.number,
                "started": one.started_at.isoformat(),
                "ended": one.closed_at and one.closed_at.isoformat(),
                "score": _number(one.score),
                "of": _number(one.max_score),
                "receipt": one.receipt_code,
                "answers": {str(answer.question_key): answer.value for answer in Answer.objects.filter(attempt=one)}
                or one.answers,
            }
            for one in Attempt.objects.filter(user=user).order_by("started_at")
        ],
        "exercises": [
            {
                "content": str(one.content_id),
                "started": one.started_at.isoformat(),
                "points": _number(one.raw),
            }
            for one in H5PAttempt.objects.filter(user=user).order_by("started_at")
        ],
    }


def _erase(user: User) -> int:
    count = 0
    written: dict[int, set[str]] = {}
    for attempt in Attempt.objects.filter(user=user):
        if attempt.paper_id not in written:
            document = Paper.objects.values_list("document", flat=True).get(pk=attempt.paper_id)
            written[attempt.paper_id] = {one["id"] for one in document["questions"] if one["type"] in WRITTEN}
        keys = written[attempt.paper_id]
        if not keys:
            continue
        count += Answer.objects.filter(attempt=attempt, question_key__in=keys).update(value="")
        kept = {key: value for key, value in attempt.answers.items() if key not in keys}
        if kept != attempt.answers:
            Attempt.objects.filter(pk=attempt.pk).update(answers=kept)
            count += 1
    played = H5PAttempt.objects.filter(user=user)
    count += UserData.objects.filter(attempt__in=played).delete()[0]
    count += Statement.objects.filter(attempt__in=played).delete()[0]
    count += PaperSheet.objects.filter(user=user).exclude(typed="").update(typed="…")
    count += Marking.objects.filter(attempt__user=user).exclude(comment="").update(comment="…")
    return count + Allowance.objects.filter(user=user).update(reason="…")


OWN = Part(_export, _erase, nothing_to_forget)
