"""Making accounts and giving roles. Everything here that a person of the staff does is in the audit log."""

import uuid
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.audit.operations import record
from cms.problems import Problem
from schools import limits
from schools.codes import new_card_code
from schools.models import (
    Membership,
    PasswordRequest,
    Person,
    Role,
    School,
    SchoolClass,
    SchoolIdentifier,
    Teaching,
    Unit,
    User,
)
from schools.operations.notifications import notify, settle
from schools.operations.places import require_open
from schools.passwords import check_pin, check_secret, random_pin
from schools.permissions import TOTP_ROLES, current_roles
from schools.queries.people import classes_of, teachers_in_care_of
from schools.signals import rosters_changed

# Roles that work in the editors' back end, and the Wagtail group that lets them in.
GROUPS: dict[str, str] = {
    Role.Kind.EDITOR: "Editors",
    Role.Kind.TRANSLATOR: "Translators",
    Role.Kind.REVIEWER: "Reviewers",
}


class UsernameTaken(Problem):
    status = 409
    code = "username_taken"
    detail = _("This username is taken. Choose another one.")


def _user(*, username: str, password: str | None, language: str, **fields) -> User:
    user = User(username=username, language=language, **fields)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save()
    return user


@transaction.atomic
def create_pupil(
    *,
    full_name: str,
    school: School,
    code: str,
    school_class: SchoolClass | None = None,
    password: str | None = None,
    birth_date: date | None = None,
    gender: str = "",
    language: str = "vi",
    is_guest: bool = False,
    starts_on: date | None = None,
) -> User:
    """A pupil's account. Without `password` (a password or PIN, not checked here) the pupil's first way in is a card."""
    user = _user(username=f"p{uuid.uuid4().hex}", password=password, language=language)
    user.person = Person.objects.create(user=user, full_name=full_name, birth_date=birth_date, gender=gender)
    SchoolIdentifier.objects.create(user=user, school=school, code=code)
    if school_class:
        dates = {"starts_on": starts_on} if starts_on else {}
        Membership.objects.create(user=user, school_class=school_class, is_guest=is_guest, **dates)
        if not is_guest:
            rosters_changed.send(sender=Membership, class_ids=[school_class.pk])
    return user


@transaction.atomic
def create_staff(
    *,
    username: str,
    full_name: str,
    password: str | None = None,
    language: str = "vi",
    must_change_password: bool = False,
    is_superuser: bool = False,
) -> User:
    """An account that signs in by `username`; roles are given by `grant_role`.

    Raises `UsernameTaken`.
    """
    username = username.strip()
    if User.objects.filter(username__iexact=username).exists():
        raise UsernameTaken
    try:
        with transaction.atomic():
            user = _user(
                username=username,
                password=password,
                language=language,
                must_change_password=must_change_password,
                is_superuser=is_superuser,
                is_staff=is_superuser,
            )
    except IntegrityError as error:
        raise UsernameTaken from error
    user.person = Person.objects.create(user=user, full_name=full_name)
    return user


def is_pupil(user: User) -> bool:
    """Pupils are known by a code of a school; only they may use a PIN."""
    return user.identifiers.exists()


@transaction.atomic
def set_password(*, user: User, password: str, must_change: bool = False) -> User:
    """Set a checked password, or for a pupil also a PIN. Every other session of the account ends.

    Raises `WeakSecret` with a sentence for the reader.
    """
    check_secret(password, user=user, pin_allowed=is_pupil(user))
    return _store(user, password, must_change=must_change)


@transaction.atomic
def set_pin(*, user: User, pin: str) -> User:
    """Set a six-digit PIN. Raises `WeakSecret` when it is easy to guess."""
    codes = tuple(user.identifiers.values_list("code", flat=True))
    check_pin(pin, birth_date=user.person.birth_date, codes=codes)
    return _store(user, pin, must_change=False)


def _store(user: User, secret: str, *, must_change: bool) -> User:
    user.set_password(secret)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])
    _answer_request(user, actor=None)
    transaction.on_commit(lambda: limits.forget((limits.ACCOUNT, str(user.pk)), (limits.ACCOUNT_DAY, str(user.pk))))
    return user


@transaction.atomic
def reset_password(*, user: User, actor: User) -> str:
    """Give `user` a PIN for one sign-in, at which a new password or PIN must be set; returned once and never stored.

    The caller has checked that `user` is in the care of `actor`.
    """
    _answer_request(user, actor=actor)
    pin = random_pin()
    _store(user, pin, must_change=True)
    record(actor=actor, action="reset_password", target_kind="account", target_key=str(user.uuid))
    return pin


def _answer_request(user: User, *, actor: User | None) -> None:
    """The forgotten password is dealt with: it leaves the teachers' lists and their messages."""
    for request in PasswordRequest.objects.filter(user=user, handled_at=None):
        request.handled_at, request.handled_by = timezone.now(), actor
        request.save(update_fields=["handled_at", "handled_by"])
        classes = user.memberships.values("school_class")
        teachers = Teaching.objects.filter(school_class__in=classes).values("user")
        settle(users=teachers, keys=[f"password:{request.uuid}"])


@transaction.atomic
def add_teacher(*, school: School, full_name: str, username: str, subject: str, actor: User) -> tuple[User, str]:
    """A teacher's account with a password for one sign-in, returned once. Raises `UsernameTaken`, `SchoolClosed`."""
    require_open(school)
    password = new_card_code()
    user = create_staff(username=username, full_name=full_name, password=password, must_change_password=True)
    grant_role(user=user, kind=Role.Kind.TEACHER, school=school, subject=subject, actor=actor)
    record(actor=actor, action="create_account", target_kind="account", target_key=str(user.uuid))
    return user, password


@transaction.atomic
def reset_staff_password(*, user: User, actor: User) -> str:
    """A password for one sign-in, returned once. The caller has checked that `user` is in the care of `actor`."""
    password = new_card_code()
    _store(user, password, must_change=True)
    record(actor=actor, action="reset_password", target_kind="account", target_key=str(user.uuid))
    return password


@transaction.atomic
def request_password(*, user: User) -> PasswordRequest:
    """«Em quên mật khẩu»: put the pupil in the list of the class's teachers and tell them. Asking twice is asking once."""
    request, created = PasswordRequest.objects.get_or_create(user=user, handled_at=None)
    if created:
        for school_class in classes_of(user):
            notify(
                users=teachers_in_care_of(school_class),
                key=f"password:{request.uuid}:{school_class.pk}",
                kind="password_request",
                context={"name": user.get_full_name(), "class": school_class.name},
                url=reverse("schools:class_pupils", args=[school_class.uuid]),
            )
    return request


@transaction.atomic
def grant_role(
    *,
    user: User,
    kind: str,
    school: School | None = None,
    unit: Unit | None = None,
    subject: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    actor: User | None = None,
) -> Role:
    """Give a role; again is a no-op. While it holds, it brings the group that opens the back end (schools.receivers).

    A role that needs a second factor ends the sessions begun without one.
    """
    role, created = Role.objects.get_or_create(
        user=user,
        kind=kind,
        school=school,
        unit=unit,
        ends_on=ends_on,
        defaults={"subject": subject, "starts_on": starts_on or timezone.localdate()},
    )
    if not created:
        return role
    if kind in TOTP_ROLES:
        end_sessions(user=user)
    record(
        actor=actor,
        action="grant_role",
        target_kind="account",
        target_key=str(user.uuid),
        detail={"kind": kind, "school": school.code if school else "", "unit": unit.code if unit else ""},
    )
    return role


@transaction.atomic
def end_role(*, role: Role, actor: User | None = None, on: date | None = None) -> Role:
    """End a role after the day before `on` (today by default), and then the group it gave unless another gives it too."""
    role = Role.objects.select_for_update().get(pk=role.pk)
    day = on or timezone.localdate()
    last = day - timedelta(days=1)
    if last < role.starts_on:
        role.starts_on = last
    role.ends_on = last
    role.save(update_fields=["starts_on", "ends_on"])
    record(
        actor=actor,
        action="end_role",
        target_kind="account",
        target_key=str(role.user.uuid),
        detail={"kind": role.kind, "school": role.school.code if role.school else ""},
    )
    return role


def end_sessions(*, user: User) -> None:
    """Sign the account out everywhere, without looking for its sessions."""
    user.session_number += 1
    user.save(update_fields=["session_number"])


@transaction.atomic
def settle_group(*, user: User, kind: str) -> bool:
    """Put `user` into the group of a role of this kind while one is held, and out of it otherwise. True when that
    changed something."""
    group, _made = Group.objects.get_or_create(name=GROUPS[kind])
    holds = current_roles(user).filter(kind=kind).exists()
    if holds == user.groups.filter(pk=group.pk).exists():
        return False
    if holds:
        user.groups.add(group)
    else:
        user.groups.remove(group)
    record(
        actor=None,
        action="join_group" if holds else "leave_group",
        target_kind="account",
        target_key=str(user.uuid),
        detail={"group": group.name},
    )
    return True


@transaction.atomic
def settle_roles() -> dict[str, int]:
    """What a date alone changes: roles that ended or began since yesterday. Returns `{"groups", "sessions"}`.

    Whoever gained or lost a group signs in again, and so does whoever now needs a second factor and has none. Somebody
    put into a group by hand, without a role, is left there.
    """
    today = timezone.localdate()
    held = Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))
    changed, signed_out = 0, set()
    for kind, name in GROUPS.items():
        roles = Role.objects.filter(kind=kind)
        holders = roles.filter(held).values("user")
        new = User.objects.filter(pk__in=holders).exclude(groups__name=name)
        gone = User.objects.filter(pk__in=roles.values("user"), groups__name=name).exclude(pk__in=holders)
        for user in [*new, *gone]:
            changed += settle_group(user=user, kind=kind)
            signed_out.add(user.pk)
    begun = Role.objects.filter(
        held,
        kind__in=TOTP_ROLES,
        starts_on__gt=today - timedelta(seconds=settings.SESSION_COOKIE_AGE),
        user__last_login__date__lt=F("starts_on"),
    ).exclude(user__in=Authenticator.objects.filter(type=Authenticator.Type.TOTP).values("user"))
    signed_out.update(begun.values_list("user", flat=True))
    for user in User.objects.filter(pk__in=signed_out):
        end_sessions(user=user)
    return {"groups": changed, "sessions": len(signed_out)}
