"""How a text leaves the site on each channel. What answers slowly is given up after `SECONDS`, whatever it sends meanwhile.

A channel that failed several times in a row rests for some minutes, so that no worker waits for it again and again.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from smtplib import SMTPException

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage

from schools.models import Channel

SECONDS = 5.0
MOST_BYTES = 64 * 1024
FAILURES_TO_REST, REST_SECONDS = 5, 5 * 60


class NotDelivered(Exception):
    """It may work later. `final`: it will not, such as an address that does not exist."""

    def __init__(self, reason: str, *, final: bool = False):
        self.final = final
        super().__init__(reason[:200])


def set_up() -> list[str]:
    """The channels the operator has set up, in the order they are offered."""
    ready = {
        Channel.EMAIL: bool(settings.EMAIL_HOST),
        Channel.SMS: bool(settings.SMS_GATEWAY_URL),
        Channel.ZALO: bool(settings.ZALO_OA_URL),
    }
    return [channel for channel, is_ready in ready.items() if is_ready]


def is_resting(channel: str) -> bool:
    return cache.get(_key(channel), 0) >= FAILURES_TO_REST


def _key(channel: str) -> str:
    return f"channel:{channel}:failures"


def send(channel: str, *, address: str, subject: str, text: str, reference: str, stop_url: str = "") -> str:
    """Send `text` to `address`; returns the reference the other side gave, "" where it gives none. Raises NotDelivered.

    `reference` is the same for every try, so that the other side can leave out a repeated one.
    """
    if is_resting(channel):
        raise NotDelivered("the channel rests after several failures")
    try:
        found = _SENDERS[channel](address, subject, text, reference, stop_url)
    except NotDelivered as problem:
        if not problem.final:
            _count_failure(channel)
        raise
    cache.delete(_key(channel))
    return found


def _count_failure(channel: str) -> None:
    if not cache.add(_key(channel), 1, REST_SECONDS):
        try:
            cache.incr(_key(channel))
        except ValueError:  # it ran out between the two calls
            cache.set(_key(channel), 1, REST_SECONDS)


def _email(address: str, subject: str, text: str, reference: str, stop_url: str) -> str:
    headers = {"X-Reference": reference, "Auto-Submitted": "auto-generated"}
    if stop_url:
        headers |= {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMessage(subject=subject, body=text, to=[address], headers=headers)
    try:
        message.send()
    except (SMTPException, OSError) as error:
        code = getattr(error, "smtp_code", 0)
        refused = getattr(error, "recipients", None) or {}
        codes = [one[0] for one in refused.values()] or [code]
        raise NotDelivered(type(error).__name__, final=all(500 <= one < 600 for one in codes)) from error
    return ""


def _sms(address: str, subject: str, text: str, reference: str, stop_url: str) -> str:
    """The gateway's contract (docs/operations.md): JSON in, JSON with an `id` out, 4xx for what will never work."""
    said = _post(
        settings.SMS_GATEWAY_URL,
        {"to": address, "text": text, "reference": reference},
        {"Authorization": f"Bearer {settings.SMS_GATEWAY_KEY}"},
    )
    return str(said.get("id", ""))


def _zalo(address: str, subject: str, text: str, reference: str, stop_url: str) -> str:
    """The Official Account's message call; it says `error` 0 for done, and answers 200 also when it refuses."""
    said = _post(
        settings.ZALO_OA_URL,
        {"recipient": {"user_id": address}, "message": {"text": text}},
        {"access_token": settings.ZALO_OA_TOKEN},
    )
    if said.get("error", 0) != 0:
        # -201: wrong parameters, -213: does not follow the account, -216: a token that ran out, which an operator mends.
        raise NotDelivered(
            f"Zalo {said.get('error')}: {said.get('message', '')}", final=said.get("error") in {-201, -213}
        )
    return str((said.get("data") or {}).get("message_id", ""))


def _post(url: str, body: dict, headers: dict[str, str]) -> dict:
    deadline = time.monotonic() + SECONDS
    request = urllib.request.Request(  # noqa: S310 (an address of the operator's settings)
        url, json.dumps(body).encode(), {"Content-Type": "application/json", **headers}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  (as above)
            read = b""
            # By small pieces: what trickles must not outlast the deadline.
            while piece := answer.read1(1024):
                read += piece
                if len(read) > MOST_BYTES or time.monotonic() > deadline:
                    raise NotDelivered("the answer is too long or too slow")
    except urllib.error.HTTPError as error:
        with error:
            final = 400 <= error.code < 500 and error.code not in {401, 403, 408, 429}
            raise NotDelivered(f"HTTP {error.code}", final=final) from error
    except OSError as error:
        raise NotDelivered(type(error).__name__) from error
    try:
        said = json.loads(read or b"{}")
    except ValueError as error:
        raise NotDelivered("the answer is no JSON") from error
    return said if isinstance(said, dict) else {}


_SENDERS: dict[str, Callable[[str, str, str, str, str], str]] = {
    Channel.EMAIL: _email,
    Channel.SMS: _sms,
    Channel.ZALO: _zalo,
}
