"""What can go wrong in this room, said to the person it happens to."""

from django.utils.translation import gettext_lazy as _

from cms.problems import Problem


class LessonNotFound(Problem):
    status = 404
    code = "lesson_not_found"
    title = _("No such lesson")
    detail = _("This lesson does not exist or is not published.")


class NothingChosen(Problem):
    status = 422
    code = "nothing_chosen"
    detail = _("Choose at least one class.")


class DueInThePast(Problem):
    status = 422
    code = "due_in_the_past"
    detail = _("The due date has already passed. Choose a later one.")


class DueBeforeOpening(Problem):
    status = 422
    code = "due_before_opening"
    detail = _("The due date is before the day it opens. Choose a later due date or an earlier opening.")


class AlreadyAssigned(Problem):
    status = 409
    code = "already_assigned"
    detail = _("This class already has it. Change its due date instead of giving it again.")


class NotExtended(Problem):
    status = 422
    code = "not_an_extension"
    detail = _("The new due date is not later than the one this pupil already has.")


class ReasonMissing(Problem):
    status = 422
    code = "reason_missing"
    detail = _("Say why in a few words: it is kept in the log.")


class NotInTheClass(Problem):
    status = 422
    code = "not_in_the_class"
    detail = _("This pupil is not in the class.")


class HeldInTheFuture(Problem):
    status = 422
    code = "held_in_the_future"
    detail = _("A lesson that has not been held yet has no attendance. Choose today or an earlier day.")


class UnknownLanguage(Problem):
    status = 422
    code = "unknown_language"
    detail = _("This site has no such language. Ask for one of the languages it has, such as vi or en.")


class OtherReader(Problem):
    status = 409
    code = "other_reader"
    detail = _("Somebody else is signed in now. What you did waits on this device until you sign in again.")


class NoCertificateRule(Problem):
    status = 409
    code = "no_certificate_rule"
    detail = _("This course gives no certificate. An editor can say on the course's page what it asks for.")


class CertificateWithdrawn(Problem):
    status = 409
    code = "certificate_withdrawn"
    detail = _("This certificate has been withdrawn: it cannot be printed any more.")


class NoSuchFamilyCode(Problem):
    status = 404
    code = "no_such_family_code"
    title = _("We do not know this code")
    detail = _("A letter may be wrong. Look at the code once more, or scan the square picture again.")


class FamilyCodeUsed(Problem):
    status = 409
    code = "family_code_used"
    title = _("Already confirmed")
    detail = _("This has been confirmed already. There is nothing more to do. Thank you.")


class FamilyCodeExpired(Problem):
    status = 410
    code = "family_code_expired"
    title = _("This code has run out")
    detail = _("Ask the pupil to open the task again: a new code is made.")


class TooManyConfirmations(Problem):
    status = 429
    code = "too_many_confirmations"
    title = _("That is a lot for one day")
    detail = _("Many tasks were confirmed on this phone today. Please go on tomorrow, or use another phone.")


class TooManyFamilyTasks(Problem):
    status = 409
    code = "too_many_family_tasks"
    title = _("Finish one first")
    detail = _("Several tasks wait for a relative already. Have one of them confirmed before you begin another.")


class FamilyTaskNotConfirmed(Problem):
    status = 409
    code = "family_task_not_confirmed"
    detail = _("The relative says that nobody has shown them this yet. Ask the pupil to do it again.")


class CourseNotPublished(Problem):
    status = 422
    code = "course_not_published"
    detail = _("This course is not published. Choose one of the list.")


class TrainingCalledOff(Problem):
    status = 409
    code = "training_called_off"
    detail = _("This training was called off.")


class TrainingWasHeld(Problem):
    status = 409
    code = "training_was_held"
    detail = _("Somebody is on the list of this training: it was held. Untick them first if that is wrong.")


class TrainingDoorClosed(Problem):
    status = 409
    code = "training_door_closed"
    title = _("The code is no longer taken")
    detail = _("Whoever holds the training has closed it. Ask them to tick you on the list.")


class NotStaff(Problem):
    status = 422
    code = "not_staff"
    detail = _("Only accounts with an office can be on this list: teachers, officials, community teams.")


class ReadingNotPublished(Problem):
    status = 422
    code = "reading_not_published"
    detail = _("This page is not published. Choose one that is.")


class ReadingWithdrawn(Problem):
    status = 409
    code = "reading_withdrawn"
    detail = _("Nobody has to read this any more.")


class NotAskedToRead(Problem):
    status = 403
    code = "not_asked_to_read"
    detail = _("This reading is for others. There is nothing to confirm.")


class PollClosed(Problem):
    status = 409
    code = "poll_closed"
    title = _("This question is closed")
    detail = _("Look at the board: the teacher shows there what the class has answered.")


class PollFull(Problem):
    status = 409
    code = "poll_full"
    title = _("No more answers are taken")
    detail = _("Far more phones have answered than a class has pupils. Tell your teacher.")
