"""What the attempts API answers, for its OpenAPI document. The views send their documents as they are: nothing here is
on the way of an answer, and tests/cms/test_openapi.py holds the two together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "Any text of the sender's own. The same call again with the same key does nothing twice.",
}


def parameters(*, required: bool) -> dict:
    """`openapi_extra` of a call with an Idempotency-Key."""
    return {"parameters": [IDEMPOTENCY_KEY | {"required": required}]}


class _Whole(Schema):
    """Nothing is answered that is not declared."""

    model_config = ConfigDict(extra="forbid")


class _Growing(Schema):
    """Types of question bring fields of their own; none is ever called correct, right, fraction, feedback, explanation."""

    model_config = ConfigDict(extra="allow")


class PictureOut(_Growing):
    alt: str
    src: str
    srcset: str
    width: int
    height: int


class AudioOut(_Growing):
    src: str
    transcript: str


class OptionOut(_Growing):
    id: UUID
    text: str
    picture: PictureOut | None = None
    more_pictures: list[PictureOut] | None = None
    audio: AudioOut | None = None


class TargetOut(_Growing):
    """Where an option goes: the right side of a pair, a group, a gap, an area of the picture."""

    id: UUID
    text: str


class QuestionOut(_Growing):
    id: UUID
    type: str
    stem: str
    options: list[OptionOut]
    targets: list[TargetOut] = []
    picture: PictureOut | None = None
    more_pictures: list[PictureOut] | None = None
    audio: AudioOut | None = None


class StartedOut(_Whole):
    attempt: UUID
    number: int = Field(ge=1)
    started_at: datetime
    deadline: datetime | None = Field(description="null where there is no time limit")
    grace_seconds: int = Field(description="How long after the deadline answers given before it are taken")
    server_time: datetime
    questions: list[QuestionOut]
    state: str = Field("open", description="Told when the attempt this key began is over")
    receipt: str | None = None


class AnswerOut(_Whole):
    seq: int
    value: Any = None
    final: bool = Field(False, description="Checked («Kiểm tra»): nothing more is taken for this question")


class AttemptOut(StartedOut):
    state: str
    answers: dict[str, AnswerOut] = Field(description="By question; what is kept now")


class SavedOut(_Whole):
    saved: dict[str, int] = Field(description="By question: the number of the answer that is kept now")
    server_time: datetime
    deadline: datetime | None = Field(None, description="It moves when a teacher gives more time")
    refused: list[str] = Field([], description="Questions whose answer came too late")
    answers: dict[str, AnswerOut] = Field({}, description="What is kept where it is not what was sent")


class SubmittedOut(_Whole):
    receipt: str
    answered: int
    submitted_at: datetime
    state: str
    score: float | None = Field(None, description="Left out while a person has still to mark, or the quiz hides it")
    max_score: float | None = None
    passed: bool | None = None


class CheckedOut(_Whole):
    """What «Kiểm tra» tells: only now, as the answer is final."""

    question: UUID
    verdict: str
    earned: float | None = None
    worth: float
    explanation: str
    html: str = Field(description="The same as the page shows it")
