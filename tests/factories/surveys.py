"""Surveys for tests."""

from typing import Any
from uuid import UUID, uuid4

from support.models import Survey
from support.operations.survey_answers import Kept, keep_answer
from support.operations.surveys import make_survey, open_survey, version_in_force
from support.surveys.presets import presets

SATISFIED = {"da-lam": "tu-lam", "hai-long-chung": 5}


def open_preset(key: str = "hai-long", **values) -> Survey:
    """A survey of a template, in force."""
    survey = make_survey(actor=None, preset=presets()[key], unit=values.pop("unit", None))
    if values:
        Survey.objects.filter(pk=survey.pk).update(**values)
    return open_survey(survey=survey, actor=None)


def answer(survey: Survey, given: dict[str, Any] | None = None, *, key: UUID | None = None, **values) -> Kept:
    version = values.pop("version", None) or version_in_force(survey)
    return keep_answer(
        survey=survey, version=version, key=key or uuid4(), given=SATISFIED if given is None else given, **values
    )
