"""What can go wrong in this room, said to the person it happens to."""

from django.utils.translation import gettext_lazy as _

from cms.problems import Problem


class NoSuchContest(Problem):
    status = 404
    code = "no_such_contest"
    title = _("No such contest")
    detail = _("This contest does not exist, or it has not been announced yet.")


class NoSuchRound(Problem):
    status = 404
    code = "no_such_round"
    title = _("No such round")
    detail = _("This contest has no such round.")


class NoSuchCategory(Problem):
    status = 422
    code = "no_such_category"
    detail = _("This contest has no such category. Choose one of those listed.")


class NoSuchEntry(Problem):
    status = 422
    code = "no_such_entry"
    title = _("No such entry")
    detail = _("This contest has no entry with this code.")


class RulesRefused(Problem):
    status = 422
    code = "rules_refused"
    title = _("These rules cannot be used")
    detail = _("Look at the rules again.")


class NotReady(Problem):
    """`lacking` lists what is missing, in words."""

    status = 409
    code = "contest_not_ready"
    title = _("The contest is not ready to open")
    detail = _("Something is still missing.")


class OnlyForward(Problem):
    status = 409
    code = "only_forward"
    title = _("This step is not possible")
    detail = _("A contest only goes forward, one step after the other. Reload the page to see where it stands.")


class NotSigned(Problem):
    status = 422
    code = "not_signed"
    detail = _("Type your full name to sign this step: it stands in the minutes.")


class ReasonMissing(Problem):
    status = 422
    code = "reason_missing"
    detail = _("Say why in a few words: it is kept in the log.")


class NotOpen(Problem):
    status = 409
    code = "contest_not_open"
    title = _("The contest is not open")
    detail = _("Entering is possible from the opening of the contest until the last round closes.")


class RoundNotOpen(Problem):
    status = 409
    code = "round_not_open"
    title = _("This round has not opened yet")
    detail = _("Come back when it opens: the countdown on the page of the contest says when.")


class RoundOver(Problem):
    status = 409
    code = "round_over"
    title = _("This round is over")
    detail = _("No attempt can begin any more. What was submitted in time counts.")


class NotEligible(Problem):
    """`reasons` lists why, in words."""

    status = 403
    code = "not_eligible"
    title = _("You cannot enter this category")
    detail = _("The rules let others enter here.")

    def __init__(self, reasons=(), **extra):
        self.reasons = [str(reason) for reason in reasons]
        super().__init__(" ".join(self.reasons) or None, reasons=self.reasons, **extra)


class NotEntered(Problem):
    status = 403
    code = "not_entered"
    title = _("You have not entered yet")
    detail = _("Enter the contest first: it takes a minute.")


class RulesNotAccepted(Problem):
    status = 409
    code = "rules_not_accepted"
    title = _("The rules have changed")
    detail = _("Read what is new in the rules and accept them; then you can go on.")


class MustAccept(Problem):
    status = 422
    code = "must_accept"
    detail = _("To enter, accept the rules and whatever else they ask for.")


class EntryOut(Problem):
    status = 403
    code = "entry_out"
    title = _("This entry no longer takes part")
    detail = _("It was withdrawn or disqualified. Ask the secretary of the contest.")


class AlreadyTaken(Problem):
    status = 409
    code = "attempts_made"
    detail = _("An attempt has already been made, so the entry stays as it is.")


class NotPromoted(Problem):
    status = 403
    code = "not_promoted"
    title = _("This round is for those who went on")
    detail = _("Only entrants chosen by their rank in the round before take this one.")


class NoAttemptsLeft(Problem):
    status = 409
    code = "no_attempts_left"
    title = _("No attempts left")
    detail = _("You have used all attempts the rules allow.")


class PredictionMissing(Problem):
    status = 422
    code = "prediction_missing"
    title = _("Your guess is missing")
    detail = _("Give your guess as a whole number before you start: it belongs to this attempt.")


class TooManyStarting(Problem):
    status = 429
    code = "too_many_starting"
    title = _("Very many people are starting right now")
    detail = _(
        "This page tries again by itself in a few seconds. You lose no time: your clock starts with the first question."
    )


class IdentityRefused(Problem):
    status = 422
    code = "identity_refused"
    detail = _("Type your telephone number: 9 to 12 digits.")


class IdentityTaken(Problem):
    status = 409
    code = "identity_taken"
    title = _("This number has already entered")
    detail = _("One person enters once. If it was not you, ask the secretary of the contest.")


class NothingToRank(Problem):
    status = 409
    code = "nothing_to_rank"
    detail = _("Nobody has made a valid attempt yet.")


class RoundStillOpen(Problem):
    status = 409
    code = "round_still_open"
    detail = _("A ranking is frozen when the round has closed and every attempt has ended.")


class AppealsClosed(Problem):
    status = 409
    code = "appeals_closed"
    title = _("Appeals are closed")
    detail = _("The rules give some working days after the results; they have passed.")


class AlreadyDecided(Problem):
    status = 409
    code = "already_decided"
    detail = _("This appeal has already been decided.")


class CopyImpossible(Problem):
    status = 422
    code = "copy_impossible"
    detail = _("This file cannot be opened, so no copy without names can be made of it. Ask for it again.")


class NotAsked(Problem):
    """A link of an invitation that is wrong, too old or taken."""

    status = 404
    code = "not_asked"
    title = _("This invitation does not hold")
    detail = _("The link is too old or was used by somebody else. Ask the secretary for a new one.")


class AlreadyOnJury(Problem):
    status = 409
    code = "already_on_jury"
    detail = _("You already sit on this jury.")


class Competes(Problem):
    status = 403
    code = "competes"
    title = _("Who takes part does not judge")
    detail = _("This account has entered the contest or helps a team in it.")


class RubricFixed(Problem):
    status = 409
    code = "rubric_fixed"
    detail = _("Scoring has begun, so the rubric stays as it is.")


class RubricMissing(Problem):
    status = 409
    code = "rubric_missing"
    detail = _("The category has no rubric yet, so there is nothing to score by.")


class SeatTaken(Problem):
    status = 409
    code = "seat_taken"
    detail = _("This seat is taken, or was called off. Reload the page to see the jury as it is now.")


class NotToScreen(Problem):
    status = 409
    code = "not_to_screen"
    detail = _("Only works that were handed in are screened, and only until judging has ended.")


class NoSuchReview(Problem):
    status = 404
    code = "no_such_review"
    detail = _("There is no such work in your list.")


class ReviewDone(Problem):
    status = 409
    code = "review_done"
    title = _("These points were handed in")
    detail = _("They can no longer be changed. A mistake is told to the secretary before the meeting.")


class PointsRefused(Problem):
    status = 422
    code = "points_refused"
    detail = _("Points must be a number within the scale of the criterion.")


class PointsMissing(Problem):
    status = 422
    code = "points_missing"
    detail = _("Give points for every criterion before you hand in.")


class NoReserve(Problem):
    status = 409
    code = "no_reserve"
    detail = _("No juror is free for this work: all others have a conflict of interest, have it already or are full.")


class StillJudging(Problem):
    status = 409
    code = "still_judging"
    detail = _("Scores are opened when every juror has handed in.")


class InAnotherTeam(Problem):
    status = 409
    code = "in_another_team"
    title = _("Already in a team")
    detail = _("One person is in one team of a category. Leave the other team first.")


class InvitationSpent(Problem):
    status = 404
    code = "invitation_spent"
    title = _("This invitation does not hold")
    detail = _("Somebody else has used it, or the team took it back. Ask the leader of the team for a new one.")


class TeamRefused(Problem):
    status = 422
    code = "team_refused"
    title = _("The team cannot be like this")
    detail = _("Look at the team again.")


class NoSuchWork(Problem):
    status = 404
    code = "no_such_work"
    title = _("No such work")
    detail = _("This work does not exist, or it is not one of yours.")


class TooLate(Problem):
    status = 409
    code = "too_late"
    title = _("The deadline has passed")
    detail = _("By the clock of the server the deadline has passed. What was handed in before counts.")


class WorkIncomplete(Problem):
    """`lacking` lists what is missing, in words."""

    status = 409
    code = "work_incomplete"
    title = _("Something is still missing")
    detail = _("Something is still missing.")


class TooManyAsked(Problem):
    status = 429
    code = "too_many_asked"
    detail = _("You have asked several questions today. Wait for the answers, then ask again tomorrow.")


class FileNotTaken(Problem):
    """`reason` is a key of `contests.slots.REASONS`, `facts` what its sentence names."""

    status = 422
    code = "file_not_taken"
    title = _("This file cannot be taken")

    def __init__(self, reason: str, **facts):
        from contests.slots import sentence

        self.reason, self.facts = reason, facts
        super().__init__(sentence(reason, facts), reason=reason)


class NotToShow(Problem):
    status = 409
    code = "not_to_show"
    title = _("This work cannot be shown")
    detail = _("The gallery shows works that took part to the end, once the results are published.")


class NotToChoose(Problem):
    status = 409
    code = "not_to_choose"
    title = _("Nobody is chosen here now")
    detail = _("Schools and classes choose from the end of a round until the next one opens.")


class TooManyChosen(Problem):
    status = 422
    code = "too_many_chosen"
    title = _("More than there are places")
    detail = _("Take some out: fewer places go on to the next round.")


class NoSuchStage(Problem):
    status = 404
    code = "no_such_stage"
    title = _("No such stage")
    detail = _("This contest has no performance on a stage, or you have no sheet for it.")


class StageRefused(Problem):
    """What cannot be done on a stage now; says why."""

    status = 409
    code = "stage_refused"
    title = _("This cannot be done now")
    detail = _("Reload the page to see where the contest stands.")


class SheetsMissing(Problem):
    """`names` lists whose sheet is not locked."""

    status = 409
    code = "sheets_missing"
    title = _("Not every judge has locked their sheet")
    detail = _("Wait for them, type in the paper sheet, or say why a sheet does not count.")
