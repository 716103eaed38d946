"""The gap list as work to do: which school or class, how many are missing, whom to write to, and the words for it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.text.names import text_sort_key
from reports.queries.coverage import Figures, Ledger
from schools.models import Role, School, SchoolClass, Teaching
from schools.queries.addresses import absolute


@dataclass(frozen=True)
class Gap:
    """`reason`: `no_roster`, `not_begun` or `behind`."""

    figures: Figures
    reason: str
    missing: int
    contact: str
    message: str

    @property
    def reason_word(self) -> str:
        return {
            "no_roster": _("No class lists yet"),
            "not_begun": _("Nobody reached yet"),
            "behind": _("On the way"),
        }[self.reason]


def gaps_of(ledger: Ledger, *, limit: int | None = None) -> list[Gap]:
    """Schools of a province or unit, classes of a school, most pressing first: a school without class lists heads the
    list and is missing as a whole, then by how many are missing. Two queries for the contacts."""
    if ledger.scope.school:
        return _classes(ledger, limit)
    found = []
    for one in ledger.schools:
        missing = one.missing
        if missing is None or missing == 0:
            continue
        reason = "no_roster" if not one.roster and not one.reached else "behind" if one.reached else "not_begun"
        found.append((one, reason, missing))
    # Of those missing as many only the ones near the end of a short list are put in order by name: a thousand keys are slow.
    found.sort(key=lambda item: (item[1] != "no_roster", -item[2]))
    if limit is not None and len(found) > limit:
        last = (found[limit - 1][1] != "no_roster", -found[limit - 1][2])
        found = [item for item in found if (item[1] != "no_roster", -item[2]) <= last]
    found.sort(key=lambda item: (item[1] != "no_roster", -item[2], text_sort_key(item[0].label)))
    found = found[:limit]
    contacts = school_contacts([one.key for one, _reason, _missing in found])
    return [
        Gap(
            one,
            reason,
            missing,
            contacts.get(one.key, ""),
            _letter(ledger, one, reason, missing, contacts.get(one.key, "")),
        )
        for one, reason, missing in found
    ]


def _classes(ledger: Ledger, limit: int | None) -> list[Gap]:
    if not ledger.classes and ledger.total.roll:
        whole, code = ledger.total, ledger.scope.code
        contact = school_contacts([code]).get(code, "")
        message = _letter(ledger, whole, "no_roster", whole.roll, contact)
        return [Gap(whole, "no_roster", whole.roll, contact, message)]
    found = [
        (one, "behind" if one.reached else "not_begun", max(0, (one.roster or 0) - (one.reached or 0)))
        for one in ledger.classes
    ]
    found = sorted((item for item in found if item[2]), key=lambda item: (-item[2], item[0].label))[:limit]
    teachers = dict(
        Teaching.objects.current()
        .filter(
            kind=Teaching.Kind.HOMEROOM,
            school_class__in=SchoolClass.objects.filter(uuid__in=[one.key for one, _reason, _missing in found]),
        )
        .values_list("school_class__uuid", "user__person__full_name")
    )
    named = {str(key): name for key, name in teachers.items()}
    return [
        Gap(one, reason, missing, named.get(one.key, ""), _class_letter(ledger, one, missing, named.get(one.key, "")))
        for one, reason, missing in found
    ]


def school_contacts(codes: list[str]) -> dict[str, str]:
    """The name to write to of each school: its administrator, else a homeroom teacher; missing where it has neither."""
    schools = list(School.objects.filter(code__in=codes).values_list("pk", flat=True))
    found = dict(
        Teaching.objects.current()
        .filter(kind=Teaching.Kind.HOMEROOM, school_class__school__in=schools)
        .order_by("-school_class__name_sort")
        .values_list("school_class__school__code", "user__person__full_name")
    )
    today = timezone.localdate()
    administrators = Role.objects.filter(kind=Role.Kind.SCHOOL_ADMIN, school__in=schools, starts_on__lte=today).exclude(
        ends_on__lt=today
    )
    found.update(administrators.order_by("-pk").values_list("school__code", "user__person__full_name"))
    return found


def _letter(ledger: Ledger, one: Figures, reason: str, missing: int, contact: str) -> str:
    words = {
        "contact": contact or _("colleagues"),
        "school": one.label,
        "roll": one.roll,
        "reached": one.reached,
        "missing": missing,
        "on": f"{ledger.roll_on:%d/%m/%Y}" if ledger.roll_on else "",
        "at": f"{timezone.localtime(ledger.taken_at):%H:%M %d/%m/%Y}",
    }
    if reason == "no_roster":
        address = absolute(reverse("schools:roster", args=[one.key]))
        return _(
            "Dear %(contact)s, %(school)s has %(roll)d pupils on the official roll of %(on)s and no class lists on Học Dịch "
            "vụ công yet (%(at)s). Please bring the class lists in; it takes one Excel file: %(address)s"
        ) % {**words, "address": address}
    address = absolute(reverse("courses:teach"))
    return _(
        "Dear %(contact)s, of the %(roll)d pupils of %(school)s (official roll of %(on)s) %(reached)d have been reached and "
        "%(missing)d have not (%(at)s). Please give a lesson to the classes that are missing, or record who was present "
        "when it was held in class: %(address)s"
    ) % {**words, "address": address}


def _class_letter(ledger: Ledger, one: Figures, missing: int, contact: str) -> str:
    return _(
        "Dear %(contact)s, of the %(roster)d pupils of class %(name)s %(reached)d have been reached and %(missing)d have "
        "not (%(at)s). Please give the class a lesson, or record who was present when it was held in class: %(address)s"
    ) % {
        "contact": contact or _("colleagues"),
        "roster": one.roster,
        "name": one.label,
        "reached": one.reached,
        "missing": missing,
        "at": f"{timezone.localtime(ledger.taken_at):%H:%M %d/%m/%Y}",
        "address": absolute(reverse("courses:teach")),
    }
