"""A question of a contest that has to be cancelled: full marks for everybody, results computed anew, old rankings kept."""

from uuid import UUID

from django.db import transaction

from contests.models import Contest, RoundQuiz
from contests.operations.setting_up import log
from contests.problems import ReasonMissing
from quizzes import problems as quiz_problems
from quizzes.models import Cancellation
from quizzes.operations import cancel_question


@transaction.atomic
def cancel_asked(*, contest: Contest, quiz_key: str, question_key: str, reason: str, by) -> Cancellation:
    """Cancel a question that a round of this contest asks. Logged. Raises ReasonMissing, NoSuchQuestion.

    Rankings that were frozen stay as they are; the next one is made of the new results and says why.
    """
    if not reason.strip():
        raise ReasonMissing()
    try:
        quiz, question = UUID(quiz_key), UUID(question_key)
    except ValueError:
        raise quiz_problems.NoSuchQuestion() from None
    if not RoundQuiz.objects.filter(round__stage__contest=contest, quiz_key=quiz).exists():
        raise quiz_problems.NoSuchQuestion()
    cancellation, _job = cancel_question(quiz_key=quiz, question_key=question, reason=reason, actor=by)
    log(by, "cancel_asked", contest, question=str(question), reason=cancellation.reason)
    return cancellation
