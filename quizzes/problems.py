"""What may go wrong for a person who takes a quiz, each with a sentence that says what to do."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cms.problems import Problem


class NoSuchQuiz(Problem):
    status = 404
    code = "quiz_not_found"
    title = _("No such quiz")
    detail = _("This quiz does not exist or is not open to you.")


class NoSuchAttempt(Problem):
    status = 404
    code = "attempt_not_found"
    title = _("No such attempt")
    detail = _("This attempt does not exist or is not yours.")


class QuizClosed(Problem):
    status = 409
    code = "quiz_closed"
    title = _("The quiz is closed")
    detail = _("The time for this quiz is over. If you lost your connection, ask your teacher to reopen it for you.")


class NotOpenYet(Problem):
    status = 409
    code = "quiz_not_open_yet"
    title = _("The quiz is not open yet")
    detail = _("Come back when the quiz opens.")


class NoAttemptsLeft(Problem):
    status = 409
    code = "no_attempts_left"
    title = _("No attempts left")
    detail = _("You have used all your attempts. Your teacher can give you another one.")


class AttemptClosed(Problem):
    """Carries `saved` ({question: seq}), so that the browser knows what the server holds."""

    status = 409
    code = "attempt_closed"
    title = _("The attempt has ended")
    detail = _("This attempt has ended; what was saved before counts. Nothing more can be changed.")


class AttemptStillOpen(Problem):
    status = 409
    code = "attempt_still_open"
    title = _("The attempt is still open")
    detail = _("The pupil already has this attempt open.")


class BadAnswer(Problem):
    status = 422
    code = "bad_answer"
    title = _("Not an answer to this question")
    detail = _("One of the answers does not fit its question. Nothing was saved; please reload the page.")


class NoInstantFeedback(Problem):
    status = 409
    code = "no_instant_feedback"
    title = _("Answers are not checked in this quiz")
    detail = _("In this quiz you see what is right after you submit.")


class NothingToCheck(Problem):
    status = 409
    code = "nothing_to_check"
    title = _("There is nothing to check yet")
    detail = _("Answer the question first. A text that your teacher marks cannot be checked here.")


class BadSequence(Problem):
    status = 422
    code = "bad_sequence"
    title = _("Wrong sequence number")
    detail = _("The number of an answer must be a whole number from 1 up. Nothing was saved.")


class BadKey(Problem):
    status = 422
    code = "bad_idempotency_key"
    title = _("The Idempotency-Key does not fit")
    detail = _("Send an Idempotency-Key of 1 to 200 characters that you have not used for another quiz.")


class ReasonRequired(Problem):
    status = 422
    code = "reason_required"
    title = _("A reason is needed")
    detail = _("Say in a few words why; the reason is kept in the log.")


class NoSuchQuestion(Problem):
    status = 404
    code = "question_not_found"
    title = _("No such question")
    detail = _("This quiz has never asked that question.")


class NoSuchKey(Problem):
    status = 409
    code = "no_such_key"
    title = _("The key has changed meanwhile")
    detail = _("The quiz has a newer paper by now. Look at its key again before you apply it.")


class NothingToMark(Problem):
    status = 409
    code = "nothing_to_mark"
    title = _("Nothing to mark")
    detail = _("This answer is not one that a person marks, or the attempt has been opened again.")


class BadPoints(Problem):
    status = 422
    code = "bad_points"
    title = _("Points do not fit")
    detail = _("Give every criterion points from 0 to the most it is worth.")


class TooMany(Problem):
    """Carries `retry_after` in seconds."""

    status = 429
    code = "too_many_requests"
    title = _("Too many requests")
    detail = _("Please wait a moment, then try again. Your answers stay on this device.")


class UnsignedQuestions(Problem):
    """Carries `questions`, the keys of those without a reviewer's name."""

    status = 409
    code = "questions_not_reviewed"
    title = _("Questions wait for a review")

    def __init__(self, questions):
        count = len(questions)
        super().__init__(
            ngettext(
                "%(count)d question has not been approved by a reviewer, and a contest may not score it: “%(first)s”.",
                "%(count)d questions have not been approved by a reviewer, and a contest may not score them. The first is “%(first)s”.",
                count,
            )
            % {"count": count, "first": questions[0]},
            questions=[str(question.translation_key) for question in questions],
        )


class TakenOnPaper(Problem):
    status = 409
    code = "taken_on_paper"
    title = _("Taken on paper")
    detail = _("This attempt was typed in from paper. Change what was typed instead.")


class NothingForPaper(Problem):
    status = 409
    code = "nothing_for_paper"
    title = _("Not for paper")
    detail = _("None of the questions of this quiz can be answered with a pen.")


class WronglyTyped(Problem):
    """What was typed from a sheet is no answer to it; the sentence says where."""

    status = 422
    code = "wrongly_typed"
    title = _("Wrongly typed")

    def __init__(self, detail):
        super().__init__(detail)
