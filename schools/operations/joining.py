"""Joining a class today by its code, as a guest who is not counted on the roster."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from cms.audit.operations import record
from cms.problems import Problem
from schools import limits
from schools.codes import new_join_code, tidy_code
from schools.models import JoinCode, JoinRequest, Membership, SchoolClass, SchoolIdentifier, Teaching, User
from schools.operations.accounts import create_pupil, set_pin
from schools.operations.notifications import notify, settle
from schools.operations.places import require_open_classes
from schools.problems import JoinRefused
from schools.queries.people import teachers_in_care_of


class AlreadyDecided(Problem):
    status = 409
    code = "already_decided"
    detail = _("Somebody has already answered this request.")


@transaction.atomic
def open_join_code(
    *, school_class: SchoolClass, actor: User, hours: int = 24, max_uses: int = 50, needs_approval: bool = True
) -> JoinCode:
    """A new code for a class, valid for `hours`; the codes it had before are closed, so that one is on the board.

    Raises `SchoolClosed` for a class of a school that is no more.
    """
    require_open_classes([school_class])
    now = timezone.now()
    JoinCode.objects.filter(school_class=school_class, closed_at=None).update(closed_at=now)
    for _attempt in range(5):
        try:
            with transaction.atomic():
                code = JoinCode.objects.create(
                    school_class=school_class,
                    code=new_join_code(),
                    needs_approval=needs_approval,
                    max_uses=max_uses,
                    created_by=actor,
                    expires_at=now + timedelta(hours=hours),
                )
                break
        except IntegrityError:  # the code exists already: one in 900 million
            continue
    else:
        raise Problem
    record(actor=actor, action="open_join_code", target_kind="class", target_key=str(school_class.uuid))
    return code


@transaction.atomic
def close_join_code(*, join_code: JoinCode, actor: User) -> JoinCode:
    """Close a code; closing it again changes nothing."""
    if JoinCode.objects.filter(pk=join_code.pk, closed_at=None).update(closed_at=timezone.now()):
        record(
            actor=actor,
            action="close_join_code",
            target_kind="class",
            target_key=str(join_code.school_class.uuid),
        )
    join_code.refresh_from_db()
    return join_code


def find_join_code(*, code: str, address: str) -> JoinCode:
    """The open code typed as `code`. Raises `JoinRefused`, or `TooManyTries` where one address guesses."""
    by_address = (limits.CODES, f"join:{address}")
    limits.check(by_address)
    found = (
        JoinCode.objects.filter(
            code=tidy_code(code), closed_at=None, expires_at__gt=timezone.now(), uses__lt=F("max_uses")
        )
        .select_related("school_class__school")
        .first()
    )
    if found is None:
        limits.count(by_address)
        raise JoinRefused
    return found


@transaction.atomic
def join_class(*, join_code: JoinCode, full_name: str, pin: str, language: str = "vi") -> JoinRequest:
    """Make a guest's account and put it in the class, or in the teacher's list where the code needs approval.

    Raises `JoinRefused` when the code was used up or closed meanwhile, `WeakSecret` for an easy PIN.
    """
    locked = JoinCode.objects.select_for_update().select_related("school_class__school").get(pk=join_code.pk)
    if locked.closed_at or locked.expires_at <= timezone.now() or locked.uses >= locked.max_uses:
        raise JoinRefused
    locked.uses += 1
    locked.save(update_fields=["uses"])
    school_class = locked.school_class
    user = create_pupil(
        full_name=full_name,
        school=school_class.school,
        code=_guest_code(school_class.school_id),
        language=language,
    )
    set_pin(user=user, pin=pin)
    request = JoinRequest.objects.create(join_code=locked, user=user)
    if locked.needs_approval:
        notify(
            users=teachers_in_care_of(school_class),
            key=f"guest:{request.uuid}",
            kind="guest_waiting",
            context={"name": user.get_full_name(), "class": school_class.name},
            url=reverse("schools:class_pupils", args=[school_class.uuid]),
        )
        return request
    # Nobody is asked: whoever opened the code has let in everyone who has it.
    return _accept(request, actor=locked.created_by)


def _guest_code(school_id: int) -> str:
    """A code a guest can remember and no school hands out: K and five digits."""
    while True:
        code = "K" + get_random_string(5, "123456789")
        if not SchoolIdentifier.objects.filter(school_id=school_id, code_stripped=code).exists():
            return code


def _accept(request: JoinRequest, *, actor: User) -> JoinRequest:
    Membership.objects.get_or_create(
        user=request.user, school_class=request.join_code.school_class, ends_on=None, defaults={"is_guest": True}
    )
    request.state = JoinRequest.State.ACCEPTED
    request.decided_by, request.decided_at = actor, timezone.now()
    request.save(update_fields=["state", "decided_by", "decided_at"])
    return request


@transaction.atomic
def decide_join_request(*, request: JoinRequest, accept: bool, actor: User) -> JoinRequest:
    """Let a waiting guest into the class, or not. Raises `AlreadyDecided`; the same answer again is accepted."""
    locked = JoinRequest.objects.select_for_update().get(pk=request.pk)
    wanted = JoinRequest.State.ACCEPTED if accept else JoinRequest.State.REFUSED
    if locked.state == wanted:
        return locked
    if locked.state != JoinRequest.State.WAITING:
        raise AlreadyDecided
    school_class = locked.join_code.school_class
    if accept:
        _accept(locked, actor=actor)
        notify(
            users=[locked.user],
            key=f"accepted:{locked.uuid}",
            kind="guest_accepted",
            context={"class": school_class.name},
        )
    else:
        locked.state, locked.decided_by, locked.decided_at = wanted, actor, timezone.now()
        locked.save(update_fields=["state", "decided_by", "decided_at"])
    teachers = Teaching.objects.filter(school_class=school_class).values("user")
    settle(users=teachers, keys=[f"guest:{locked.uuid}"])
    record(
        actor=actor,
        action="accept_guest" if accept else "refuse_guest",
        target_kind="account",
        target_key=str(locked.user.uuid),
        detail={"class": str(school_class.uuid)},
    )
    return locked
