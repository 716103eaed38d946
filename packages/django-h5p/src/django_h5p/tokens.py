"""Signed words: where a page shows a content, and which attempt a player may write to."""

import uuid
from typing import NamedTuple

from django.core import signing

from django_h5p import conf
from django_h5p.problems import TokenExpired, TokenWrong

_PLACE, _ATTEMPT = "django_h5p.place", "django_h5p.attempt"


class Place(NamedTuple):
    """Where a content stands: the context is the site's business."""

    content: uuid.UUID
    context_kind: str
    context_key: str


def sign_place(*, content: uuid.UUID, context_kind: str = "", context_key: str = "") -> str:
    """A word that says: this site shows this content in this context. The same for everyone, so a page may be cached."""
    return signing.Signer(salt=_PLACE).sign_object([str(content), context_kind, context_key])


def read_place(word: str) -> Place:
    """Raises TokenWrong when the site never said so."""
    try:
        content, kind, key = signing.Signer(salt=_PLACE).unsign_object(word)
        return Place(uuid.UUID(content), kind, key)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise TokenWrong from error


def sign_attempt(attempt_id: uuid.UUID) -> str:
    """A token for the statements and the state of this one attempt."""
    return signing.dumps(str(attempt_id), salt=_ATTEMPT)


def read_attempt(token: str, expected: uuid.UUID) -> None:
    """Raises TokenWrong unless `token` is for the attempt `expected`, TokenExpired when it is too old."""
    try:
        named = signing.loads(token, salt=_ATTEMPT, max_age=conf.token_seconds())
    except signing.SignatureExpired as error:
        raise TokenExpired from error
    except (signing.BadSignature, ValueError) as error:
        raise TokenWrong from error
    if named != str(expected):
        raise TokenWrong
