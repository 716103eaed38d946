"""Hashing and choosing of passwords and PINs."""

import re
from datetime import date
from itertools import pairwise

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from schools.problems import WeakSecret

PIN_DIGITS = 6


class OwaspArgon2Hasher(Argon2PasswordHasher):
    """argon2id with 19 MiB, two passes, one lane: the OWASP-listed setting, about 32 ms of CPU a sign-in."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1


def is_pin(secret: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{6}", secret))


def _is_run(digits: str) -> bool:
    steps = {int(after) - int(before) for before, after in pairwise(digits)}
    return steps in ({1}, {-1})


def is_simple_pin(pin: str, birth_date: date | None = None, codes: tuple[str, ...] = ()) -> bool:
    """Whether a classmate would guess it: a repeat, a run, the birth date, or the end of one of the pupil's `codes`."""
    if any(pin == pin[:length] * (PIN_DIGITS // length) for length in (1, 2, 3)):
        return True
    if _is_run(pin) or (pin[0::2] == pin[1::2] and _is_run(pin[::2])):
        return True
    if birth_date and pin in {birth_date.strftime(shape) for shape in ("%d%m%y", "%y%m%d", "%m%d%y", "%m%Y", "%Y%m")}:
        return True
    return any("".join(c for c in code if c.isdigit())[-PIN_DIGITS:] == pin for code in codes)


def check_pin(pin: str, *, birth_date: date | None = None, codes: tuple[str, ...] = ()) -> None:
    """Raise `WeakSecret` unless `pin` is six digits that are not simple."""
    if not is_pin(pin):
        raise WeakSecret(_("A PIN has six digits."))
    if is_simple_pin(pin, birth_date, codes):
        raise WeakSecret(
            _("This PIN is easy to guess. Do not use 123456, one digit repeated, a birthday or your pupil code.")
        )


def check_secret(secret: str, *, user, pin_allowed: bool) -> None:
    """Raise `WeakSecret` unless `secret` is a good password for `user`, or a good PIN where PINs are allowed (pupils)."""
    if pin_allowed and secret.isdigit() and len(secret) <= PIN_DIGITS:
        person = getattr(user, "person", None)
        codes = tuple(user.identifiers.values_list("code", flat=True)) if user.pk else ()
        check_pin(secret, birth_date=person.birth_date if person else None, codes=codes)
        return
    try:
        validate_password(secret, user)
    except ValidationError as error:
        raise WeakSecret(" ".join(error.messages)) from error


def random_pin() -> str:
    """Six digits that pass `check_pin`."""
    while True:
        pin = get_random_string(PIN_DIGITS, "0123456789")
        if not is_simple_pin(pin):
            return pin
