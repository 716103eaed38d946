"""A pupil goes to another school: asked on the family's application, answered by the school that takes the pupil."""

from datetime import date, timedelta

from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.audit.operations import record
from cms.problems import Problem
from schools.models import Membership, Role, School, SchoolClass, SchoolIdentifier, Transfer, User
from schools.operations.notifications import notify, register_kind, settle
from schools.operations.places import require_open
from schools.signals import rosters_changed

DAY = timedelta(days=1)
register_kind("transfer_asked", gettext_lazy("%(from)s asks to hand a pupil on to your school."))
register_kind("transfer_decided", gettext_lazy("%(to)s has answered about a pupil you want to hand on."))


class TransferRefused(Problem):
    status = 422
    code = "transfer_refused"
    title = gettext_lazy("Nobody was moved")


def _administrators(school: School) -> models.QuerySet[User]:
    holders = Role.objects.filter(kind=Role.Kind.SCHOOL_ADMIN, school=school, ends_on=None).values("user")
    return User.objects.filter(pk__in=holders, is_active=True)


@transaction.atomic
def ask_transfer(
    *, user: User, school: School, to_school: School, giver: str, evidence: str, reason: str, actor: User
) -> Transfer:
    """Ask another school to take a pupil of `school`, on the application of the family (`evidence`: its number and day).

    Until the answer the pupil stays where they are. The same again is a no-op. Raises `SchoolClosed` for a merged school
    and `TransferRefused` for a pupil without a class here, the same school, no application, or another open wish.
    """
    require_open(to_school)
    if to_school.pk == school.pk:
        raise TransferRefused(_("Choose another school than the pupil's own."))
    if not evidence.strip():
        raise TransferRefused(_("Write the number and day of the family's application."))
    place = (
        Membership.objects.filter(user=user, school_class__school=school, is_guest=False, ends_on=None)
        .select_related("school_class")
        .order_by("-starts_on")
        .first()
    )
    if place is None:
        raise TransferRefused(_("This pupil has no class at your school."))
    waiting = Transfer.objects.filter(user=user, state=Transfer.State.ASKED).select_related("to_school").first()
    if waiting and waiting.to_school_id == to_school.pk:
        return waiting
    try:
        with transaction.atomic():
            asked = Transfer.objects.create(
                user=user,
                from_class=place.school_class,
                to_school=to_school,
                giver=giver,
                evidence=evidence.strip(),
                reason=reason.strip(),
                asked_by=actor,
            )
    except IntegrityError as error:
        raise TransferRefused(_("Another school has been asked already. Withdraw that first.")) from error
    notify(
        users=_administrators(to_school),
        key=f"transfer:{asked.uuid}",
        kind="transfer_asked",
        context={"from": school.name},
        url=reverse("schools:transfers", args=[to_school.code]),
    )
    _log(actor, "ask_transfer", asked)
    return asked


@transaction.atomic
def accept_transfer(
    *, transfer: Transfer, to_class: SchoolClass, actor: User, on: date | None = None, code: str = ""
) -> Transfer:
    """Take a pupil into a class from `on` (today by default). The account, the card and every result go along; what was
    learnt before stays with the old class and school.

    `code` is the pupil's code at the new school, the old one where it is empty. Accepting again is a no-op. Raises
    `TransferRefused` for an answered wish, a class of another school, a code that is taken, a day before the last class
    began, and `SchoolClosed` for a merged school.
    """
    transfer = _locked(transfer)
    if transfer.state == Transfer.State.ACCEPTED and transfer.to_class_id == to_class.pk:
        return transfer
    _must_wait(transfer)
    require_open(transfer.to_school)
    if to_class.school_id != transfer.to_school_id:
        raise TransferRefused(_("This class is of another school."))
    on = on or timezone.localdate()
    user, school = transfer.user, transfer.from_class.school
    running = list(
        Membership.objects.select_for_update().filter(
            models.Q(ends_on=None) | models.Q(ends_on__gte=on), user=user, is_guest=False
        )
    )
    if any(row.starts_on >= on for row in running):
        raise TransferRefused(_("The pupil is in the present class only since that day. Choose a later one."))
    for row in running:
        row.state, row.ends_on = Membership.State.LEFT, on - DAY
        row.save()
    _give_code(user, school, transfer.to_school, code.strip(), on)
    Membership.objects.create(user=user, school_class=to_class, starts_on=on)
    left = [row.school_class_id for row in running]
    rosters_changed.send(sender=Membership, class_ids=[*left, to_class.pk])
    transfer.state, transfer.to_class, transfer.on = Transfer.State.ACCEPTED, to_class, on
    return _decided(transfer, actor, "accept_transfer")


def _give_code(user: User, school: School, to_school: School, code: str, on: date) -> None:
    old = SchoolIdentifier.objects.filter(user=user, school=school, valid_to=None).first()
    code = code or (old.code if old else "")
    if not code:
        raise TransferRefused(_("Give the pupil a code."))
    for row in SchoolIdentifier.objects.filter(user=user, school=school, valid_to=None):
        row.valid_from, row.valid_to = min(row.valid_from, on - DAY), on - DAY
        row.save()
    mine = SchoolIdentifier.objects.filter(user=user, school=to_school, valid_to=None)
    if mine.exists():
        return
    stripped = SchoolIdentifier.strip_code(code)
    if SchoolIdentifier.objects.filter(school=to_school, code_stripped=stripped, valid_to=None).exists():
        raise TransferRefused(_("The code %(code)s is taken at your school. Give another one.") % {"code": code})
    SchoolIdentifier.objects.create(user=user, school=to_school, code=code, valid_from=min(on, timezone.localdate()))


@transaction.atomic
def refuse_transfer(*, transfer: Transfer, reason: str, actor: User) -> Transfer:
    """Say no, with a reason the other school reads. Refusing again is a no-op. Raises `TransferRefused`."""
    transfer = _locked(transfer)
    if transfer.state == Transfer.State.REFUSED:
        return transfer
    _must_wait(transfer)
    if not reason.strip():
        raise TransferRefused(_("Say why the pupil cannot be taken."))
    transfer.state, transfer.reason = Transfer.State.REFUSED, reason.strip()[:300]
    return _decided(transfer, actor, "refuse_transfer")


@transaction.atomic
def withdraw_transfer(*, transfer: Transfer, actor: User) -> Transfer:
    """The family or the school thinks again before the answer. Again is a no-op. Raises `TransferRefused` afterwards."""
    transfer = _locked(transfer)
    if transfer.state == Transfer.State.WITHDRAWN:
        return transfer
    _must_wait(transfer)
    transfer.state = Transfer.State.WITHDRAWN
    return _decided(transfer, actor, "withdraw_transfer")


def _locked(transfer: Transfer) -> Transfer:
    return (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("user", "to_school", "from_class__school")
        .get(pk=transfer.pk)
    )


def _must_wait(transfer: Transfer) -> None:
    if transfer.state != Transfer.State.ASKED:
        raise TransferRefused(_("This has been answered already: %(state)s.") % {"state": transfer.get_state_display()})


def _decided(transfer: Transfer, actor: User, action: str) -> Transfer:
    transfer.decided_by, transfer.decided_at = actor, timezone.now()
    transfer.save()
    settle(users=_administrators(transfer.to_school), keys=[f"transfer:{transfer.uuid}"])
    if action != "withdraw_transfer":
        school = transfer.from_class.school
        notify(
            users=_administrators(school),
            key=f"transfer-decided:{transfer.uuid}",
            kind="transfer_decided",
            context={"to": transfer.to_school.name},
            url=reverse("schools:transfers", args=[school.code]),
        )
    _log(actor, action, transfer)
    return transfer


def _log(actor: User, action: str, transfer: Transfer) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="account",
        target_key=str(transfer.user.uuid),
        detail={
            "transfer": str(transfer.uuid),
            "from": transfer.from_class.school.code,
            "to": transfer.to_school.code,
            "giver": transfer.giver,
        },
    )
