"""What runs by the clock is scheduled, and what is scheduled exists."""

import inspect

import pytest
from celery import current_app
from django.conf import settings

ROOMS = ("cms.", "media.", "quizzes.", "courses.", "contests.", "schools.", "support.", "reports.")


def own_tasks() -> dict:
    current_app.loader.import_default_modules()
    return {name: task for name, task in current_app.tasks.items() if name.startswith(ROOMS)}


def test_every_task_that_needs_no_argument_is_scheduled():
    """A task about nothing in particular can only be one that the clock starts."""
    by_clock = {name for name, task in own_tasks().items() if not inspect.signature(task.run).parameters}
    assert "media.tasks.clean_uploads" in by_clock
    assert by_clock == {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}


@pytest.mark.slow
def test_every_scheduled_task_exists_and_takes_what_it_is_given():
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        task = own_tasks()[entry["task"]]
        inspect.signature(task.run).bind(*entry.get("args", ()), **entry.get("kwargs", {}))
