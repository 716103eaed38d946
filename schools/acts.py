"""What this room writes into the audit log, in words."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from schools.models import Consent, Role, School, SchoolClass, Teaching, Unit, User

TITLE = _("Schools and people")
ACTS = {
    "create_account": _("Account made"),
    "reset_password": _("New password given"),
    "reset_second_factor": _("Second step of sign-in taken off, for a new one"),
    "print_cards": _("Sign-in cards printed; earlier ones are void"),
    "grant_role": _("Office given"),
    "end_role": _("Office ended"),
    "join_group": _("Taken into a group of editors"),
    "leave_group": _("Taken out of a group of editors"),
    "open_join_code": _("Code to join a class opened"),
    "close_join_code": _("Code to join a class closed"),
    "accept_guest": _("Guest taken into the class"),
    "refuse_guest": _("Guest refused"),
    "appoint_teacher": _("Teacher given a class"),
    "change_teaching": _("Teacher's rights in a class changed"),
    "end_teaching": _("Teacher's time in a class ended"),
    "import_roster": _("List of pupils brought in"),
    "undo_roster_import": _("List of pupils taken back"),
    "import_staff": _("List of staff brought in"),
    "roll_over": _("School moved to the new year"),
    "undo_roll_over": _("Move to the new year taken back"),
    "merge_accounts": _("Two accounts of one person merged"),
    "undo_merge_accounts": _("Merge of two accounts taken back"),
    "ask_transfer": _("Move of a pupil to another school asked for"),
    "accept_transfer": _("Pupil taken over from another school"),
    "refuse_transfer": _("Move of a pupil refused"),
    "withdraw_transfer": _("Move of a pupil called off"),
    "import_roll": _("Official numbers of pupils brought in"),
    "freeze_roll": _("Official numbers of pupils frozen"),
    "rename": _("School or unit renamed"),
    "close_school": _("School closed; others follow it"),
    "close_unit": _("Unit closed; others follow it"),
    "set_year": _("Days of a year set"),
    "record_consent": _("Consent kept"),
    "withdraw_consent": _("Consent withdrawn"),
    "export_person": _("Data of one person handed over"),
    "erase_person": _("Data of one person erased"),
    "send_again": _("Failed messages sent again"),
}
KINDS = {
    "account": _("account"),
    "accounts": _("accounts"),
    "person": _("person"),
    "class": _("class"),
    "school": _("school"),
    "unit": _("unit"),
    "school_year": _("school year"),
    "schoolyear": _("school year"),
    "reportingyear": _("reporting year"),
    "deliveries": _("messages"),
}
# A range of names may be longer than the words beside it: what tells most stands first.
DETAILS = {
    "reason": (_("Reason"), {}),
    "note": (_("Note"), {}),
    "kind": (_("What kind"), dict(Teaching.Kind.choices) | dict(Role.Kind.choices)),
    "group": (_("Group of editors"), {}),
    "purpose": (_("Purpose"), dict(Consent.Purpose.choices)),
    "giver": (_("Consent of"), dict(Consent.Giver.choices)),
    "before": (_("Before"), {}),
    "after": (_("After"), {}),
    "decision": (_("Decision"), {}),
    "successors": (_("Followed by"), {}),
    "rights": (_("Rights"), {"assign": _("assign"), "grade": _("grade"), "edit_roster": _("change the list")}),
    "year": (_("School year"), {}),
    "from": (_("From"), {}),
    "to": (pgettext_lazy("of a move", "To"), {}),
    "file": (_("File"), {}),
    "on": (_("Day"), {}),
    "starts_on": (_("From"), {}),
    "ends_on": (_("Until"), {}),
    "schools": (_("Schools"), {}),
    "classes": (_("Classes"), {}),
    "pupils": (_("Pupils"), {}),
    "created": (_("New"), {}),
    "changed": (_("Changed"), {}),
    "moved": (_("Moved"), {}),
    "left": (_("Left"), {}),
    "cards": (_("Cards"), {}),
    "count": (_("How many"), {}),
}


def _uuids(keys: Iterable[str]) -> list[UUID]:
    found = []
    for key in keys:
        try:
            found.append(UUID(key))
        except ValueError:
            continue
    return found


def names_of_people(keys: Iterable[str]) -> dict[str, str]:
    """Names as they are today, so an erased person has none in the log either."""
    rows = User.objects.filter(uuid__in=_uuids(keys)).values_list("uuid", "person__full_name", "username")
    return {str(uuid): name or username for uuid, name, username in rows}


def names_of_classes(keys: Iterable[str]) -> dict[str, str]:
    rows = SchoolClass.objects.filter(uuid__in=_uuids(keys)).values_list("uuid", "name", "school__name")
    return {str(uuid): f"{name} · {school}" for uuid, name, school in rows}


def names_of_schools(keys: Iterable[str]) -> dict[str, str]:
    return dict(School.objects.filter(code__in=keys).values_list("code", "name"))


def names_of_units(keys: Iterable[str]) -> dict[str, str]:
    return dict(Unit.objects.filter(code__in=keys).values_list("code", "name"))


NAMES = {
    "account": names_of_people,
    "person": names_of_people,
    "class": names_of_classes,
    "school": names_of_schools,
    "unit": names_of_units,
}
