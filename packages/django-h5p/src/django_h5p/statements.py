"""What an xAPI statement of a content says. Pure: no database, no clock."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from json import dumps
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_duration
from django.utils.translation import gettext as _

from django_h5p import conf
from django_h5p.problems import BadStatement

# Statements about the whole with one of these verbs and a score give the attempt its result.
SCORING = frozenset({"completed", "answered", "passed", "failed"})
# Content that is only looked at says so once it was seen to the end.
SCORELESS = frozenset({"completed", "consumed"})
_SUB_CONTENT = re.compile(r"[\w-]{1,64}", re.ASCII)
_LARGEST = Decimal(1_000_000)


@dataclass(frozen=True)
class Score:
    raw: Decimal
    max: Decimal


@dataclass(frozen=True)
class Said:
    """A statement, read: which part it is about and what it says of the result."""

    statement_id: UUID
    verb: str
    sub_content_id: str
    is_top: bool
    score: Score | None
    success: bool | None
    duration_ms: int | None
    json: dict

    @property
    def gives_result(self) -> bool:
        """Whether it ends the attempt: about the whole, with a verb that says so. A part's statement never does."""
        return self.is_top and ((self.verb in SCORING and self.score is not None) or self.verb in SCORELESS)


def activity_id(content_uuid: UUID) -> str:
    """The content's name in statements, the same for all versions."""
    return f"{conf.origin()}/h5p/activities/{content_uuid}"


def read_statement(json: Any, *, content_uuid: UUID) -> Said:
    """Raises BadStatement unless `json` is a statement with an id about this content or a part of it."""
    if not isinstance(json, dict) or not _can_be_stored(json):
        raise BadStatement
    try:
        statement_id = UUID(str(json["id"]))
        verb = str(json["verb"]["id"]).rstrip("/").rsplit("/", 1)[-1]
        about = str(json["object"]["id"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadStatement from error
    if not 0 < len(verb) <= 60:
        raise BadStatement
    sub_content_id = _part_of(about, content_uuid)
    result = _mapping(json.get("result"))
    score = _score(_mapping(result.get("score")))
    parents = _mapping(_mapping(json.get("context")).get("contextActivities")).get("parent")
    success = result.get("success")
    if not isinstance(success, bool):
        success = None if score is None else float(score.raw / score.max) >= conf.pass_scaled()
    return Said(
        statement_id=statement_id,
        verb=verb,
        sub_content_id=sub_content_id,
        is_top=not parents and not sub_content_id,
        score=score,
        success=success,
        duration_ms=_duration(result.get("duration")),
        json=json,
    )


def _can_be_stored(json: dict) -> bool:
    """Databases take neither infinite numbers nor the character NUL in JSON."""
    try:
        return "\\u0000" not in dumps(json, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return False


def _part_of(about: str, content_uuid: UUID) -> str:
    own = activity_id(content_uuid)
    if about == own:
        return ""
    prefix = f"{own}?subContentId="
    part = about[len(prefix) :]
    if not about.startswith(prefix) or not _SUB_CONTENT.fullmatch(part):
        raise BadStatement(_("The statement is about another exercise."), code="other_activity")
    return part


def _mapping(value: Any) -> Mapping:
    return value if isinstance(value, dict) else {}


def _score(score: Mapping) -> Score | None:
    """Raw and maximum, the raw brought between 0 and the maximum. None where there is no score to speak of."""
    raw, most = _number(score.get("raw")), _number(score.get("max"))
    if raw is None or most is None or not 0 < most <= _LARGEST:
        return None
    return Score(min(max(raw, Decimal(0)), most), most)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return min(max(Decimal(str(value)), -_LARGEST), _LARGEST * 10).quantize(Decimal("0.001"))


def _duration(value: Any) -> int | None:
    try:
        found = parse_duration(value) if isinstance(value, str) and len(value) < 40 else None
    except (ValueError, OverflowError):
        return None
    if found is None or not 0 <= found.total_seconds() < 30 * 24 * 3600:
        return None
    return int(found.total_seconds() * 1000)
