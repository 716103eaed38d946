"""Taking in what people answer: once each, whatever the line does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from schools.models import Unit
from support.assistant.masking import mask
from support.models import Survey, SurveyAnswer, SurveyVersion, SurveyWords
from support.surveys.document import LONG, LONGEST, Answers, read, read_answers
from support.surveys.problems import AnswersRefused, KeyTaken, SurveyNotOpen

# What was answered before the close may still be on a phone without a line.
ON_ITS_WAY = timedelta(days=3)


@dataclass(frozen=True)
class Kept:
    """`is_new`: nobody had answered with this key or device; `masked`: something personal was taken out of the words."""

    answer: SurveyAnswer
    is_new: bool
    masked: bool = False


def device_hash(survey: Survey, number: str) -> str:
    """The random number a browser keeps, as it is stored: another one in each survey, so that nobody is followed."""
    if not number:
        return ""
    return salted_hmac("support.survey", f"{survey.uuid}:{number}", algorithm="sha256").hexdigest()[:32]


def takes(survey: Survey, *, answered_at: datetime, now: datetime) -> bool:
    """Whether an answer of that moment still counts, by the server's clock."""
    if survey.state == Survey.State.DRAFT or (survey.opens_at is not None and answered_at < survey.opens_at):
        return False
    if survey.results_public_at is not None:
        return False
    ends = [moment for moment in (survey.closes_at, survey.closed_at) if moment is not None]
    return not ends or (answered_at < min(ends) and now < min(ends) + ON_ITS_WAY)


def keep_answer(
    *,
    survey: Survey,
    version: SurveyVersion,
    key: UUID,
    given: Mapping[str, Any],
    seq: int = 1,
    number: str = "",
    language: str = "vi",
    audience: str = "",
    unit: Unit | None = None,
    about: str = "",
    age: timedelta = timedelta(0),
    now: datetime | None = None,
) -> Kept:
    """Keep what one person answered. The same `key` again, or another one from the same device (`number`), changes that
    answer; an older `seq` changes nothing. `age`: how long ago it was answered, by the sender's own clock.

    Raises SurveyNotOpen, AnswersRefused (with what is to be done by question) and KeyTaken.
    """
    now = now or timezone.now()
    if not takes(survey, answered_at=now - max(age, timedelta(0)), now=now):
        raise SurveyNotOpen
    found = read_answers(read(version.questions), given)
    if found.errors:
        raise AnswersRefused(errors=[{"field": key, "message": text} for key, text in found.errors.items()])
    words, masked = _without_numbers(found)
    row = SurveyAnswer(
        key=key,
        survey=survey,
        version=version,
        seq=seq,
        language=language[:20],
        audience=audience if survey.asks_audience else "",
        unit=unit if survey.asks_unit else None,
        about=about[:36],
        device=device_hash(survey, number),
        values=found.values,
        received_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _write(row, words)
            return Kept(row, True, masked)
    except IntegrityError:
        return Kept(_change(row, words), False, masked)


def _without_numbers(found: Answers) -> tuple[dict[str, str], bool]:
    words, masked = {}, False
    for question, text in found.words.items():
        clean = mask(text)
        masked = masked or bool(clean.kinds)
        # A mask may be longer than what it hides.
        if tidy := clean.text[: LONGEST[LONG]].strip():
            words[question] = tidy
    return words, masked


def _write(row: SurveyAnswer, words: dict[str, str]) -> None:
    SurveyWords.objects.bulk_create(
        [SurveyWords(answer=row, question=question, text=text) for question, text in words.items()]
    )


@transaction.atomic
def _change(new: SurveyAnswer, words: dict[str, str]) -> SurveyAnswer:
    """Put `new` in the place of the answer with its key, else of the one of its device."""
    same = Q(key=new.key)
    if new.device:
        same |= Q(survey=new.survey, about=new.about, device=new.device)
    rows = list(SurveyAnswer.objects.select_for_update().filter(same).order_by("pk"))
    old = next((row for row in rows if row.key == new.key), rows[0] if rows else None)
    if old is None or old.survey_id != new.survey_id:
        raise KeyTaken
    if old.key == new.key and new.seq <= old.seq:
        return old
    old.seq = max(new.seq, old.seq + 1)
    for name in ("version", "language", "audience", "unit", "values"):
        setattr(old, name, getattr(new, name))
    old.save()
    old.words.all().delete()
    _write(old, words)
    return old


def answer_of(survey: Survey, number: str, about: str = "") -> SurveyAnswer | None:
    """What this device has answered, if it has."""
    device = device_hash(survey, number)
    return survey.answers.filter(about=about[:36], device=device).first() if device else None
