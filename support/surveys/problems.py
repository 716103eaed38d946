"""What surveys refuse, in words."""

from django.utils.translation import gettext_lazy as _

from cms.problems import Problem


class SurveyProblem(Problem):
    """Base of what surveys refuse."""


class NoSuchSurvey(SurveyProblem):
    code = "no_such_survey"
    status = 404
    title = _("This survey is not there")
    detail = _("Look at the address once more, or scan the code again.")


class SurveyNotOpen(SurveyProblem):
    code = "survey_not_open"
    status = 409
    title = _("This survey takes no answers now")
    detail = _("It has not begun yet, or it is over. Thank you for wanting to answer.")


class AnswersRefused(SurveyProblem):
    """`errors`: for each question, by its key, what is to be done."""

    code = "answers_refused"
    status = 422
    title = _("Please look at this again")
    detail = _("Some answers are missing or not among those offered.")


class KeyTaken(SurveyProblem):
    code = "key_taken"
    status = 409
    detail = _("These answers belong to another survey. Reload the page.")


class NotInForce(SurveyProblem):
    """`detail` lists what is missing."""

    code = "survey_not_ready"
    status = 422
    title = _("This survey cannot be opened yet")


class SurveyMoved(SurveyProblem):
    code = "survey_moved"
    status = 409
    detail = _("This survey is in another state meanwhile. Reload the page.")


class MeaningChanged(SurveyProblem):
    code = "meaning_changed"
    status = 409
    detail = _("People have answered this question. Make a new one instead of changing what its answers mean.")


class HangsTogether(SurveyProblem):
    code = "hangs_together"
    status = 409
    detail = _("Another question hangs on this one and must stand after it. Change that one first.")


class HasAnswers(SurveyProblem):
    code = "survey_has_answers"
    status = 409
    detail = _("People have answered this survey: it can be closed, not deleted.")
