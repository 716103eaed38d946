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
    detail = _("Somebody else has settled this question meanwhile.")


class NothingAnswered(DeskProblem):
    code = "nothing_answered"
    detail = _("Write the answer first.")


class CannotOwn(DeskProblem):
    code = "cannot_own"
    detail = _("This person does not answer questions here. Choose somebody else.")


class CannotMerge(DeskProblem):
    code = "cannot_merge"
    detail = _("A question can be joined with another one only, and not in a circle. Check the code.")


class NothingChosen(DeskProblem):
    code = "nothing_chosen"
    status = 409
    detail = _("None of these questions waits any more. Look at the list again.")


class NotPublishable(DeskProblem):
    code = "not_publishable"
    detail = _("There is something personal left in the text, such as a phone number. Take it out, then publish.")


class NoVisitLog(DeskProblem):
    code = "no_visit_log"
    status = 404
    detail = _("This account has no visit log. The officer of the commune enters the members of the team.")


class OtherMember(DeskProblem):
    code = "other_member"
    status = 409
    detail = _("Somebody else is signed in now. What you wrote down waits on this device until you sign in again.")


class VisitRefused(DeskProblem):
    """One visit that cannot be taken as it is; `code` says why."""

    code = "visit_refused"
    detail = _("This visit cannot be saved as it is.")

    REASONS = {
        "not_yours": _("This visit is somebody else's."),
        "too_early": _("The day lies ahead. Write down a visit when it is over."),
        "too_old": _("The day is more than three months ago. Tell the officer of the commune."),
        "no_office": _("You were not of a team on that day. Check the day, or ask the officer of the commune."),
        "unknown_procedure": _("Choose the service from the list."),
        "unknown_language": _("Choose the language from the list."),
        "settled": _("A visit can be changed for seven days. Tell the officer of the commune what is wrong."),
    }

    def __init__(self, reason: str):
        super().__init__(str(self.REASONS[reason]))
        self.reason = reason


class NothingChanged(DeskProblem):
    code = "nothing_changed"
    detail = _("Say in a title what people said, and what is new because of it.")


class ResultsNotPublic(DeskProblem):
    code = "results_not_public"
    status = 409
    detail = _("The results of the survey are not public. Let everybody read them first, then say what changes.")


class TooFewToHonour(DeskProblem):
    code = "too_few_to_honour"
    detail = _("Fewer than five people were guided in this period; so few are not told in public.")
