"""The code on the wall of a training: six letters that change every minute, worked out and never stored."""

import time
from collections.abc import Iterable
from uuid import UUID

from django.utils.crypto import salted_hmac

from courses.models import Training
from schools.codes import ALPHABET, tidy_code

LENGTH = 6
# How long a code stands on the wall. The one before it is taken too: somebody is still typing it.
SECONDS = 60
# After scanning, so long to sign in and to press the button.
TICKET_SECONDS = 15 * 60
# A door that somebody forgot shuts by itself.
HOURS = 4


def _code(key: UUID, step: int) -> str:
    digest = salted_hmac("courses.training.door", f"{key}:{step}", algorithm="sha256").digest()
    number, letters = int.from_bytes(digest[:8], "big"), ""
    for _place in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return letters


def code_now(key: UUID, at: float | None = None) -> str:
    return _code(key, int((time.time() if at is None else at) // SECONDS))


def seconds_left(at: float | None = None) -> int:
    """How long the code of this moment stands."""
    return SECONDS - int((time.time() if at is None else at) % SECONDS)


def find(code: str, trainings: Iterable[Training], at: float | None = None) -> Training | None:
    """Which of the open `trainings` shows this code, or showed it the minute before."""
    code = tidy_code(code)
    step = int((time.time() if at is None else at) // SECONDS)
    if len(code) != LENGTH:
        return None
    return next((one for one in trainings if code in (_code(one.uuid, step), _code(one.uuid, step - 1))), None)
