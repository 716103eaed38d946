"""Signing in, whatever the way: one place for finding the account, the limits, the second factor and the session."""

import time
from hashlib import sha256

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import login as start_session
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from cms.audit.operations import record
from schools import limits
from schools.models import User
from schools.operations.notifications import notify
from schools.permissions import needs_totp
from schools.problems import SignInRefused, TooManyTries, TotpRequired
from schools.queries.people import find_pupil

BACKEND = "schools.backends.AccountBackend"
# What must be done before anything else, kept in the session so that no request has to ask the database.
STEPS = "sign_in_steps"
PASSWORD_STEP, SECOND_FACTOR_STEP = "password", "second_factor"


def find_account(*, school_code: str, username: str) -> User | None:
    """The active account meant by a school code and pupil code, or by the username of a member of the staff."""
    if "\0" in username + school_code:  # PostgreSQL has no such text
        return None
    if school_code:
        pupil = find_pupil(school_code=school_code, code=username)
        if pupil:
            return pupil
    return User.objects.select_related("person").filter(username=username.strip(), is_active=True).first()


# How long the last hash took in this process: what a refusal without a hash waits, so that the clock tells nobody which
# accounts exist.
_hash_seconds = 0.0


def check_credentials(*, school_code: str, username: str, password: str, address: str) -> User:
    """The account these open. `address` is the caller's.

    Spends one slow hash, also when there is no such account. Where too much has gone wrong from `address`, an account
    that does not exist gets a pause instead: the right password still opens what exists, and each of those has limits
    of its own. Raises `SignInRefused`, or `TooManyTries` before any hash is spent.
    """
    global _hash_seconds
    refused = SignInRefused() if school_code else SignInRefused(SignInRefused.detail_for_staff)
    by_address = (limits.ADDRESS, address)
    user = find_account(school_code=school_code, username=username)
    whom = str(user.pk) if user else sha256(f"{school_code}/{username}".strip().lower().encode()).hexdigest()
    by_account = [(limits.ACCOUNT, whom), (limits.ACCOUNT_DAY, whom)]
    flooded, *closed = limits.waits(by_address, *by_account)
    if any(closed):
        raise TooManyTries(max(closed))
    began = time.perf_counter()
    if user is None and flooded:
        time.sleep(_hash_seconds)
        limits.count(*by_account)
        raise refused
    if user is None:
        make_password(password)
    is_right = user is not None and user.check_password(password)
    _hash_seconds = time.perf_counter() - began
    if user is not None and is_right:
        limits.forget(*by_account)
        return user
    limits.count(by_address, *by_account)
    raise refused


def check_second_factor(*, user: User, code: str) -> None:
    """Pass when `user` has no second factor, or `code` is right by the app or one of the recovery codes.

    Raises `TotpRequired` (also for a wrong code) or `TooManyTries`.
    """
    authenticators = {item.type: item for item in Authenticator.objects.filter(user_id=user.pk)}
    if Authenticator.Type.TOTP not in authenticators:
        return
    by_account = (limits.ACCOUNT, f"totp:{user.pk}")
    limits.check(by_account)
    if not code:
        raise TotpRequired
    if any(
        authenticators[kind].wrap().validate_code(code)
        for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
        if kind in authenticators
    ):
        limits.forget(by_account)
        return
    limits.count(by_account)
    raise TotpRequired


def open_session(request, user: User) -> None:
    """Start the session of an account whose credentials have been checked."""
    record_authentication(request, user, method="password", reauthenticated=True)
    start_session(request, user, backend=BACKEND)


def steps_before_anything(user: User) -> list[str]:
    """What `user` must do after signing in and before anything else."""
    steps = []
    if user.must_change_password:
        steps.append(PASSWORD_STEP)
    if settings.REQUIRE_TOTP and needs_totp(user) and not has_second_factor(user):
        steps.append(SECOND_FACTOR_STEP)
    return steps


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def step_done(request, step: str) -> None:
    left = [other for other in request.session.get(STEPS, []) if other != step]
    if left:
        request.session[STEPS] = left
    else:
        request.session.pop(STEPS, None)


@transaction.atomic
def reset_second_factor(*, user: User, actor: User) -> int:
    """Take away the second factor of someone who lost the phone; they set it up anew at the next sign-in.

    The caller has checked that `actor` may. Returns how many authenticators went.
    """
    removed = 0
    for authenticator in Authenticator.objects.select_for_update().filter(user_id=user.pk):
        authenticator.delete()
        removed += 1
    if removed:
        user.session_number += 1
        user.save(update_fields=["session_number"])
        record(actor=actor, action="reset_second_factor", target_kind="account", target_key=str(user.uuid))
        notify(users=[user], key=f"second_factor:{timezone.now().isoformat()}", kind="second_factor_reset")
    return removed
