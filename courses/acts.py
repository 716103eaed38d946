"""What this room writes into the audit log, in words."""

from django.utils.translation import gettext_lazy as _

from courses.models import Certificate

TITLE = _("Class work and trainings")
ACTS = {
    "assign": _("Work given to classes"),
    "change_due_date": _("Due date of a class changed"),
    "extend_pupil": _("More time given to a pupil"),
    "withdraw_assignment": _("Work of a class withdrawn"),
    "restore_assignment": _("Work of a class given back"),
    "remind": _("Pupils reminded"),
    "record_attendance": _("Attendance of a lesson without devices kept"),
    "undo_attendance": _("Attendance of a lesson taken back"),
    "accept_family_tasks": _("Family tasks accepted"),
    "give_back_family_task": _("Family task given back"),
    "issue_certificates": _("Certificates issued"),
    "revoke_certificate": _("Certificate withdrawn"),
    "require_reading": _("Reading asked of staff"),
    "ask_reading_again": _("New version asked to be read again"),
    "remind_readers": _("Staff reminded to read"),
    "withdraw_reading": _("Reading withdrawn"),
    "plan_training": _("Training planned"),
    "change_training": _("Training changed"),
    "call_off_training": _("Training called off"),
    "invite_to_training": _("People invited to a training"),
    "record_trained": _("Attendance of a training kept"),
    "count_without_account": _("Trained people without an account counted"),
    "open_training_door": _("Code on the wall of a training opened"),
    "close_training_door": _("Code on the wall of a training closed"),
    "set_online_training": _("Course set to count as a training"),
    "drop_online_training": _("Course counts as a training no more"),
}
KINDS = {
    "course": _("course"),
    "lesson": _("lesson"),
    "family_task": _("family task"),
    "class_assignment": _("work of a class"),
    "certificate": _("certificate"),
    "reading": _("reading"),
    "training": _("training"),
}
DETAILS = {
    # Free text, but for a certificate one of a few reasons.
    "reason": (_("Reason"), dict(Certificate.Reason.choices)),
    "held_on": (_("Held on"), {}),
    "due_on": (_("Due on"), {}),
    "due_at": (_("Due"), {}),
    "version": (_("Version"), {}),
    "added": (_("Added"), {}),
    "removed": (_("Taken off"), {}),
    "people": (_("People"), {}),
    "came": (_("Came"), {}),
    "went": (_("Taken off the list"), {}),
    "number": (_("Number"), {}),
    "months": (_("Months it holds"), {}),
}
