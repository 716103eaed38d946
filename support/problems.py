"""What the desk refuses, in words."""

from django.utils.translation import gettext_lazy as _

from cms.problems import Problem


class DeskProblem(Problem):
    """Base of what the desk refuses."""


class NothingAsked(DeskProblem):
    code = "nothing_asked"
    detail = _("Write your question, in a few words at least.")


class AlreadySettled(DeskProblem):
    code = "already_settled"
    status = 409
    detail = _("Somebody has settled this question meanwhile. Reload the page.")


class NothingAnswered(DeskProblem):
    code = "nothing_answered"
    detail = _("Write the answer first.")


class CannotOwn(DeskProblem):
    code = "cannot_own"
    detail = _("This person does not answer questions here. Choose somebody else.")


class CannotMerge(DeskProblem):
    code = "cannot_merge"
    detail = _("A question can be joined with another one only, and not in a circle. Check the code.")


class NotPublishable(DeskProblem):
    code = "not_publishable"
    detail = _("There is something personal left in the text, such as a phone number. Take it out, then publish.")
