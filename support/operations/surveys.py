"""Building a survey, putting it in force, closing it, telling its results."""

import re
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from cms.audit.operations import record
from cms.keeping import drop_kept_pages
from cms.text.folding import fold
from schools.codes import ALPHABET
from schools.models import Unit, User
from schools.operations.notifications import notify, settle
from support.models import Survey, SurveyVersion, SurveyWords
from support.models.surveys import CODE_LENGTH
from support.operations.desk import officers_above
from support.surveys.document import Question, faults, read
from support.surveys.presets import Preset
from support.surveys.problems import HangsTogether, HasAnswers, MeaningChanged, NotInForce, SurveyMoved
from support.surveys.telling import FEWEST

TRIES = 5
LONGEST_SLUG = 70


def _locked(survey: Survey, *states: str) -> Survey:
    """The row as it is now. Raises SurveyMoved when it is in none of `states` (none named: in any)."""
    found = Survey.objects.select_for_update().get(pk=survey.pk)
    if states and found.state not in states:
        raise SurveyMoved
    return found


def _note(actor: User | None, action: str, survey: Survey, **detail) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="survey",
        target_key=str(survey.uuid),
        target_label=survey.title,
        detail=detail,
    )


def new_key(taken) -> str:
    """A key for a question or an answer that none of `taken` has."""
    while (key := f"q{get_random_string(6, ALPHABET)}".lower()) in taken:
        pass
    return key


def _add(**values) -> Survey:
    """Save a new survey; what its address and code are is tried until nobody has them."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(values["title"])).strip("-")[:LONGEST_SLUG].strip("-") or "khao-sat"
    for turn in range(TRIES):
        slug = values.pop("slug", "") or (plain if not turn else f"{plain}-{get_random_string(4, ALPHABET).lower()}")
        try:
            with transaction.atomic():
                return Survey.objects.create(slug=slug, code=get_random_string(CODE_LENGTH, ALPHABET), **values)
        except IntegrityError:
            if turn == TRIES - 1:
                raise
    raise AssertionError("not reached")


@transaction.atomic
def make_survey(
    *, actor: User | None, preset: Preset | None = None, title: str = "", unit: Unit | None = None, language: str = "vi"
) -> Survey:
    """A draft, empty or with the questions of a template; nobody sees it before it is opened."""
    if preset is None:
        words = {"title": title.strip(), "intro": "", "thanks": ""}
        return _add(title=title.strip()[:200], texts={language: words}, language=language, unit=unit, made_by=actor)
    texts = {tag: dict(words) for tag, words in preset.texts.items()}
    if title.strip():
        texts[preset.language]["title"] = title.strip()
    return _add(
        title=texts[preset.language]["title"][:200],
        texts=texts,
        language=preset.language,
        questions=[dict(row) for row in preset.questions],
        purpose=preset.purpose,
        asks_audience=preset.asks_audience,
        asks_unit=preset.asks_unit,
        unit=unit,
        made_by=actor,
    )


@transaction.atomic
def copy_survey(*, survey: Survey, actor: User | None, as_wave: bool) -> Survey:
    """A draft with the same questions. `as_wave`: the next time the same is asked, so that the two can be compared."""
    lineage, wave = uuid4(), 1
    if as_wave:
        # Two who press at once wait for each other here.
        list(Survey.objects.select_for_update().filter(lineage=survey.lineage).values_list("pk"))
        lineage = survey.lineage
        wave = Survey.objects.filter(lineage=lineage).order_by("-wave").values_list("wave", flat=True)[0] + 1
    return _add(
        title=survey.title,
        texts=survey.texts,
        language=survey.language,
        questions=survey.questions,
        audience=survey.audience,
        purpose=survey.purpose,
        asks_audience=survey.asks_audience,
        asks_unit=survey.asks_unit,
        unit=survey.unit,
        lineage=lineage,
        wave=wave,
        made_by=actor,
    )


@transaction.atomic
def change_survey(*, survey: Survey, language: str, words: dict[str, str], **more: Any) -> Survey:
    """Keep the title, introduction and thanks in one language, and what holds for all: purpose, audience, what is asked
    about the person, opening and closing. What people read of it changes when the edit is put in force."""
    found = _locked(survey)
    found.texts = {**found.texts, language: words}
    if language == found.language:
        found.title = words["title"][:200]
    for name, value in more.items():
        setattr(found, name, value)
    found.save()
    return found


@transaction.atomic
def put_question(*, survey: Survey, question: dict[str, Any]) -> Survey:
    """Add a question at the end, or put it in the place of the one with its key.

    Raises MeaningChanged when answers were given to it and would now mean something else, HangsTogether when another one
    hangs on an answer that is taken out.
    """
    found = _locked(survey, Survey.State.DRAFT, Survey.State.LIVE)
    rows = [dict(row) for row in found.questions]
    place = next((place for place, row in enumerate(rows) if row["key"] == question["key"]), None)
    if place is None:
        rows.append(question)
    else:
        rows[place] = question
    _check_meaning(found, question)
    found.questions = _whole(rows)
    found.save(update_fields=["questions"])
    return found


def _check_meaning(survey: Survey, question: dict[str, Any]) -> None:
    for version in survey.versions.filter(answers__isnull=False).distinct():
        before = next((row for row in version.questions if row["key"] == question["key"]), None)
        if before and (before["kind"], before.get("top", 5)) != (question["kind"], question.get("top", 5)):
            raise MeaningChanged


def _whole(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, if each that hangs on another stands after it and names answers that are there. Raises HangsTogether."""
    before: dict[str, Question] = {}
    for one in read(rows):
        if one.when is not None:
            lead = before.get(one.when.question)
            if lead is None or not lead.steers or not set(one.when.values) <= set(lead.values):
                raise HangsTogether
        before[one.key] = one
    return rows


@transaction.atomic
def move_question(*, survey: Survey, key: str, by: int) -> Survey:
    """Up (`by` -1) or down (1). Raises HangsTogether when it would stand on the wrong side of another one."""
    found = _locked(survey, Survey.State.DRAFT, Survey.State.LIVE)
    rows = list(found.questions)
    place = next((place for place, row in enumerate(rows) if row["key"] == key), None)
    if place is None or not 0 <= place + by < len(rows):
        return found
    rows[place], rows[place + by] = rows[place + by], rows[place]
    found.questions = _whole(rows)
    found.save(update_fields=["questions"])
    return found


@transaction.atomic
def remove_question(*, survey: Survey, key: str) -> Survey:
    """Take a question out of what is asked from now on; answers that were given to it stay. Raises HangsTogether."""
    found = _locked(survey, Survey.State.DRAFT, Survey.State.LIVE)
    found.questions = _whole([row for row in found.questions if row["key"] != key])
    found.save(update_fields=["questions"])
    return found


def version_in_force(survey: Survey) -> SurveyVersion | None:
    return survey.versions.filter(number=survey.number).first()


def has_edits(survey: Survey, version: SurveyVersion | None) -> bool:
    """Whether the editors' questions and words differ from those people answer."""
    return version is None or (version.questions, version.texts) != (survey.questions, survey.texts)


def _put_in_force(survey: Survey) -> None:
    """Make the editors' copy the next version. Raises NotInForce with all that is missing."""
    found = faults(read(survey.questions), survey.language)
    if not survey.texts.get(survey.language, {}).get("title"):
        found.append(_("The survey has no title."))
    if found:
        raise NotInForce(" ".join(found))
    if not has_edits(survey, version_in_force(survey)):
        return
    survey.number += 1
    SurveyVersion.objects.create(
        survey=survey,
        number=survey.number,
        questions=survey.questions,
        texts=survey.texts,
        language=survey.language,
    )


@transaction.atomic
def open_survey(*, survey: Survey, actor: User | None) -> Survey:
    """Put a draft in force, or a closed one again while its results are nobody's yet. Raises NotInForce, SurveyMoved."""
    found = _locked(survey, Survey.State.DRAFT, Survey.State.CLOSED)
    if found.results_public_at is not None:
        raise SurveyMoved
    if found.closes_at is not None and found.closes_at <= timezone.now():
        raise NotInForce(_("Its last day is over. Give it a later one."))
    _put_in_force(found)
    found.state, found.closed_at, found.followed_up_at = Survey.State.LIVE, None, None
    found.save()
    settle(users=User.objects.filter(is_active=True), keys=[_closed_key(found)])
    _note(actor, "open_survey", found, version=found.number)
    return found


@transaction.atomic
def renew_survey(*, survey: Survey, actor: User | None) -> Survey:
    """Put the edits of a survey in force: from now on people answer the next version; answers keep theirs."""
    found = _locked(survey, Survey.State.LIVE)
    before = found.number
    _put_in_force(found)
    if found.number != before:
        found.save(update_fields=["number"])
        _note(actor, "renew_survey", found, version=found.number)
    return found


@transaction.atomic
def close_survey(*, survey: Survey, actor: User | None, now: datetime | None = None) -> Survey:
    """Take no more answers; those on their way from a phone without a line still come in."""
    found = _locked(survey, Survey.State.LIVE)
    found.state, found.closed_at = Survey.State.CLOSED, now or timezone.now()
    found.save(update_fields=["state", "closed_at"])
    _note(actor, "close_survey", found)
    if found.answers.count() >= FEWEST:
        with translation.override(settings.LANGUAGE_CODE):
            url = reverse("support:survey_manage", args=[found.uuid])
        # A survey may be opened again and closed again: each time it is news.
        key = f"{_closed_key(found)}:{found.closed_at:%Y%m%d%H%M%S}"
        notify(users=_who_runs(found), kind="survey_closed", context={"title": found.title}, key=key, url=url)
    return found


def _closed_key(survey: Survey) -> str:
    return f"survey_closed:{survey.uuid}"


def _who_runs(survey: Survey) -> list[User]:
    """Whoever made it, if they still run it here; else the officers above."""
    maker = survey.made_by
    if maker and maker.is_active and Survey.objects.visible_to(maker).filter(pk=survey.pk).exists():
        return [maker]
    return officers_above(survey.unit)


def close_over(now: datetime | None = None) -> int:
    """Close the surveys whose last day is over, at the moment that was said. Returns how many; safe to run again."""
    now = now or timezone.now()
    count = 0
    for one in Survey.objects.filter(state=Survey.State.LIVE, closes_at__lte=now):
        with suppress(SurveyMoved):
            close_survey(survey=one, actor=None, now=one.closes_at)
            count += 1
    return count


@transaction.atomic
def follow_up(*, survey: Survey, actor: User | None, changes: bool) -> Survey:
    """What becomes of a closed survey is told (`changes`), or nothing is changed because of it: it is offered no longer."""
    found = _locked(survey, Survey.State.CLOSED)
    if found.followed_up_at is None:
        found.followed_up_at = timezone.now()
        found.save(update_fields=["followed_up_at"])
    if not changes:
        _note(actor, "change_nothing", found)
    settle(users=User.objects.filter(is_active=True), keys=[_closed_key(found)])
    return found


@transaction.atomic
def publish_results(*, survey: Survey, actor: User | None, public: bool) -> Survey:
    """Let everybody read the results of a closed survey, or take them back."""
    found = _locked(survey, Survey.State.CLOSED)
    found.results_public_at = timezone.now() if public else None
    found.save(update_fields=["results_public_at"])
    _note(actor, "publish_survey" if public else "withdraw_survey", found)
    # Pages of changes link the results.
    drop_kept_pages()
    return found


@transaction.atomic
def delete_survey(*, survey: Survey, actor: User) -> None:
    """Delete a survey that nobody has answered. Raises HasAnswers."""
    found = _locked(survey)
    if found.answers.exists():
        raise HasAnswers
    _note(actor, "delete_survey", found)
    found.versions.all().delete()
    found.delete()


@transaction.atomic
def judge_words(*, survey: Survey, words, state: str, actor: User) -> int:
    """Say of some texts (their uuids) that they may be shown to everybody, or that they are hidden. Returns how many."""
    if state not in SurveyWords.State.values:
        return 0
    count = SurveyWords.objects.filter(answer__survey=survey, uuid__in=words).update(state=state)
    if count:
        _note(actor, "judge_words", survey, state=state, count=count)
    return count
