"""The words on H5P's own buttons, in the language that is active. H5P has no defaults for most of them."""

from typing import Any

from django.utils.translation import gettext as _

SCORE_BAR = ":num / :total"


def _confirm() -> dict[str, dict]:
    return {
        "confirmCheck": {
            "header": _("Finish?"),
            "body": _("Are you sure you wish to finish?"),
            "cancelLabel": _("Cancel"),
            "confirmLabel": _("Finish"),
        },
        "confirmRetry": {
            "header": _("Try again?"),
            "body": _("Are you sure you wish to try again?"),
            "cancelLabel": _("Cancel"),
            "confirmLabel": _("Try again"),
        },
    }


def _read_aloud() -> dict[str, str]:
    return {
        "a11yCheck": _("Check the answers. They are marked as right, wrong or not answered."),
        "a11yShowSolution": _("Show the solution. The right answers are marked."),
        "a11yRetry": _("Try again. All answers are taken back."),
    }


def behaviour(**more: Any) -> dict[str, Any]:
    """What a part does, as a pupil knows it from our own quizzes: check, see the solution, try again."""
    return {
        "enableRetry": True,
        "enableSolutionsButton": True,
        "enableCheckButton": True,
        "confirmCheckDialog": False,
        "confirmRetryDialog": False,
        "autoCheck": False,
    } | more


def of_choice() -> dict[str, Any]:
    buttons = {
        "checkAnswerButton": _("Check"),
        "submitAnswerButton": _("Hand in"),
        "showSolutionButton": _("Show the solution"),
        "tryAgainButton": _("Try again"),
        "tipsLabel": _("Show the hint"),
        "scoreBarLabel": SCORE_BAR,
        "tipAvailable": _("There is a hint"),
        "feedbackAvailable": _("There is a remark"),
        "readFeedback": _("Read the remark"),
        "wrongAnswer": _("Wrong answer"),
        "correctAnswer": _("Right answer"),
        "shouldCheck": _("Should have been chosen"),
        "shouldNotCheck": _("Should not have been chosen"),
        "noInput": _("Please answer before you look at the solution."),
    }
    return {"UI": buttons | _read_aloud(), **_confirm()}


def of_true_false() -> dict[str, Any]:
    words = {
        "score": "@score / @total",
        "checkAnswer": _("Check"),
        "submitAnswer": _("Hand in"),
        "showSolutionButton": _("Show the solution"),
        "tryAgain": _("Try again"),
        "wrongAnswerMessage": _("Wrong answer"),
        "correctAnswerMessage": _("Right answer"),
        "scoreBarLabel": SCORE_BAR,
    }
    return {"l10n": words | _read_aloud(), **_confirm()}


def of_blanks() -> dict[str, Any]:
    return {
        "showSolutions": _("Show the solution"),
        "tryAgain": _("Try again"),
        "checkAnswer": _("Check"),
        "submitAnswer": _("Hand in"),
        "notFilledOut": _("Please fill in every gap before you look at the solution."),
        "answerIsCorrect": _("“:ans” is right"),
        "answerIsWrong": _("“:ans” is wrong"),
        "answeredCorrectly": _("Right"),
        "answeredIncorrectly": _("Wrong"),
        "solutionLabel": _("Right answer:"),
        "inputLabel": _("Gap @num of @total"),
        "inputHasTipLabel": _("There is a hint"),
        "tipLabel": _("Hint"),
        "scoreBarLabel": SCORE_BAR,
        **_read_aloud(),
        **_confirm(),
    }


def of_dragging() -> dict[str, Any]:
    return {
        "checkAnswer": _("Check"),
        "submitAnswer": _("Hand in"),
        "tryAgain": _("Try again"),
        "showSolution": _("Show the solution"),
        "dropZoneIndex": _("Gap @index."),
        "empty": _("Gap @index is empty."),
        "contains": _("Gap @index holds @draggable."),
        "ariaDraggableIndex": "@index / @count",
        "tipLabel": _("Show the hint"),
        "correctText": _("Right"),
        "incorrectText": _("Wrong"),
        "resetDropTitle": _("Take back"),
        "resetDropDescription": _("Take the word out of this gap?"),
        "grabbed": _("The word is picked up."),
        "cancelledDragging": _("The word is put back."),
        "correctAnswer": _("Right answer:"),
        "feedbackHeader": _("Remark"),
        "scoreBarLabel": SCORE_BAR,
        **_read_aloud(),
    }


def of_set() -> dict[str, Any]:
    """Of the question set: its bar, its introduction that is not shown, its end."""
    return {
        "introPage": {"showIntroPage": False, "startButtonText": _("Begin")},
        "texts": {
            "prevButton": _("Previous question"),
            "nextButton": _("Next question"),
            "finishButton": _("Finish"),
            "submitButton": _("Hand in"),
            "textualProgress": _("Question @current of @total"),
            "jumpToQuestion": _("Question %d of %total"),
            "questionLabel": _("Question"),
            "readSpeakerProgress": _("Question @current of @total"),
            "unansweredText": _("Not answered"),
            "answeredText": _("Answered"),
            "currentQuestionText": _("This question"),
            "navigationLabel": _("Questions"),
            "questionSetInstruction": _("Choose a question"),
        },
        "endGame": {
            "showResultPage": True,
            "showSolutionButton": True,
            "showRetryButton": True,
            "noResultMessage": _("You are at the end"),
            "message": _("Your result:"),
            "scoreBarLabel": SCORE_BAR,
            "overallFeedback": [{"from": 0, "to": 100}],
            "solutionButtonText": _("Show the solution"),
            "retryButtonText": _("Try again"),
            "finishButtonText": _("Finish"),
            "submitButtonText": _("Hand in"),
            "showAnimations": False,
            "skippable": False,
            "skipButtonText": _("Skip"),
        },
    }
