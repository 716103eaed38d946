"""A person's tries: begun, written to, taken up again. The browser is not trusted: the server sets actor and time."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from django_h5p import conf
from django_h5p.models import Attempt, Content, Statement, UserData
from django_h5p.problems import BadStatement, NotYours, TooLarge, TooMany
from django_h5p.signals import attempt_completed, attempt_started
from django_h5p.statements import Said, read_statement

MAX_AT_ONCE = 50
_NAME = re.compile(r"[\w.:-]{1,64}", re.ASCII)
# Some content says both «answered» and «completed» at the end of one try.
SAME_RESULT = timedelta(seconds=30)


def start_attempt(
    *, user, content: Content, context_kind: str = "", context_key: str = "", language: str = ""
) -> Attempt:
    """The person's open attempt at `content` in this context, or a new one.

    An open attempt stays with its version, unless a newer one is there and nothing was saved yet. Two devices that start in
    the same moment get the same attempt. Raises NotYours when the site's `H5P_MAY_PLAY` says no.
    """
    if content.current_version_id is None or not conf.may_play()(
        user=user, content=content, context_kind=context_kind, context_key=context_key
    ):
        raise NotYours
    mine = Attempt.objects.filter(user=user, content=content, context_kind=context_kind, context_key=context_key)
    try:
        return _open_or_new(mine, user, content, context_kind, context_key, language)
    except IntegrityError:
        return mine.get(state=Attempt.State.STARTED)


@transaction.atomic
def _open_or_new(mine, user, content: Content, context_kind: str, context_key: str, language: str) -> Attempt:
    attempt = mine.select_for_update().filter(state=Attempt.State.STARTED).first()
    if attempt is None:
        attempt = Attempt.objects.create(
            user=user,
            content=content,
            version_id=content.current_version_id,
            context_kind=context_kind,
            context_key=context_key,
            language=language[:20],
            number=_next_number(mine),
        )
        attempt_started.send(sender=Attempt, attempt=attempt)
    elif attempt.version_id != content.current_version_id and not attempt.states.exists():
        attempt.version_id = content.current_version_id
        attempt.save(update_fields=["version"])
    return attempt


def _next_number(mine) -> int:
    return (mine.aggregate(last=Max("number"))["last"] or 0) + 1


@dataclass(frozen=True)
class Kept:
    """What became of a batch of statements: how many were new, and the attempt as it is now."""

    stored: int
    attempt: Attempt


def record_statements(*, attempt: Attempt, statements: list[Any], now: datetime | None = None) -> Kept:
    """Store the statements that are not known yet, and give the attempt its result when one of them holds it.

    Only a statement about the whole content gives a result; a part's is kept for analysis. Once an attempt is completed a
    part's statement changes nothing; another result about the whole, as after «Retry», is an attempt of its own. Repeating a
    batch changes nothing. Raises BadStatement (nothing of the batch is stored), TooMany.
    """
    if not isinstance(statements, list) or not 0 < len(statements) <= MAX_AT_ONCE:
        raise BadStatement
    said = [read_statement(one, content_uuid=attempt.content.uuid) for one in statements]
    now = now or timezone.now()
    try:
        return _record(attempt, said, now)
    except IntegrityError:
        # The same batch arrived twice at once: now its statements are known.
        return _record(attempt, said, now)


@transaction.atomic
def _record(attempt: Attempt, said: list[Said], now: datetime) -> Kept:
    attempt = Attempt.objects.select_for_update().select_related("content").get(pk=attempt.pk)
    known = set(
        Statement.objects.filter(statement_id__in=[one.statement_id for one in said]).values_list(
            "statement_id", flat=True
        )
    )
    new = list({one.statement_id: one for one in said if one.statement_id not in known}.values())
    if attempt.statements_kept + len(new) > conf.max_statements():
        raise TooMany
    target, completed = attempt, []
    for one in new:
        if one.gives_result:
            target, is_first = _give_result(attempt, one, now)
            if is_first:
                completed.append(target)
        Statement.objects.create(
            attempt=target,
            statement_id=one.statement_id,
            verb=one.verb,
            sub_content_id=one.sub_content_id,
            is_top=one.is_top,
            statement=_signed_by_server(one, attempt, now),
            received_at=now,
        )
    if new:
        attempt.statements_kept += len(new)
        attempt.save(update_fields=["statements_kept"])
    for done in completed:
        attempt_completed.send(sender=Attempt, attempt=done)
    return Kept(len(new), target)


def _signed_by_server(said: Said, attempt: Attempt, now: datetime) -> dict:
    """The statement with what the browser may not decide: who did it, and when it arrived."""
    actor = {
        "objectType": "Agent",
        "account": {"name": str(attempt.uuid), "homePage": f"{conf.origin()}/h5p/attempts"},
    }
    return {**said.json, "actor": actor, "timestamp": now.isoformat(), "stored": now.isoformat()}


def _give_result(attempt: Attempt, said: Said, now: datetime) -> tuple[Attempt, bool]:
    """The attempt that has this result, and whether it has just been given it."""
    if attempt.state == Attempt.State.STARTED:
        _complete(attempt, said, now)
        attempt.save()
        return attempt, True
    mine = Attempt.objects.filter(
        user_id=attempt.user_id,
        content_id=attempt.content_id,
        context_kind=attempt.context_kind,
        context_key=attempt.context_key,
    )
    last = mine.filter(state=Attempt.State.COMPLETED).order_by("-number").first()
    is_same = said.score is None or (last.raw, last.max) == (said.score.raw, said.score.max)
    if is_same and now - last.finished_at < SAME_RESULT:
        return last, False
    again = Attempt(
        user_id=attempt.user_id,
        content_id=attempt.content_id,
        version_id=attempt.version_id,
        context_kind=attempt.context_kind,
        context_key=attempt.context_key,
        language=attempt.language,
        number=_next_number(mine),
        started_at=last.finished_at,
    )
    _complete(again, said, now)
    again.save()
    return again, True


def _complete(attempt: Attempt, said: Said, now: datetime) -> None:
    attempt.state, attempt.finished_at = Attempt.State.COMPLETED, now
    attempt.success, attempt.duration_ms = said.success, said.duration_ms
    if said.score is not None:
        attempt.raw, attempt.max = said.score.raw, said.score.max


@transaction.atomic
def save_state(*, attempt: Attempt, data_type: str, sub_content_id: str, value: str | None) -> None:
    """Keep `value` (JSON text) to be taken up again; None forgets it. The last one to arrive is kept.

    Raises BadStatement for what is not JSON, TooLarge, TooMany when too many parts keep a state.
    """
    if not _NAME.fullmatch(data_type) or not _NAME.fullmatch(sub_content_id):
        raise BadStatement
    mine = UserData.objects.filter(attempt=attempt)
    one = mine.filter(data_type=data_type, sub_content_id=sub_content_id)
    if value is None:
        one.delete()
        return
    if len(value.encode()) > conf.max_state_bytes():
        raise TooLarge
    try:
        json.loads(value)
    except (ValueError, RecursionError) as error:
        raise BadStatement from error
    # The row is locked, so that two devices do not both find room for the last state.
    Attempt.objects.select_for_update().get(pk=attempt.pk)
    if not one.exists() and mine.count() >= conf.max_states():
        raise TooMany
    UserData.objects.update_or_create(
        attempt=attempt,
        data_type=data_type,
        sub_content_id=sub_content_id,
        defaults={"value": value, "updated_at": timezone.now()},
    )
