"""The Celery application. Rooms declare tasks with `shared_task` and never import this module."""

import logging
import os

from celery import Celery
from celery.signals import worker_init

log = logging.getLogger(__name__)
# A tenth of the weight of a web process (Linux: 110 to 1024).
BACKGROUND_NICENESS = 10

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.demo")

app = Celery("hoc_dich_vu_cong")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def step_back(**kwargs) -> None:
    """Background work yields to people: where cores are short, whoever saves or submits is answered first.

    Before the worker's processes are forked, so that they have it from here. Raises nothing where it is not allowed.
    """
    try:
        os.nice(BACKGROUND_NICENESS)
    except OSError:
        log.warning("the worker keeps its priority", exc_info=True)
