"""The Celery application. Rooms declare tasks with `shared_task` and never import this module."""

import contextlib
import os
from pathlib import Path

from celery import Celery
from celery.signals import worker_init

# A tenth of the weight of a web process (Linux: 110 to 1024).
BACKGROUND_NICENESS = 10

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.demo")

app = Celery("hoc_dich_vu_cong")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def step_back(**kwargs) -> None:
    """Background work yields to people: where cores are short, whoever saves or submits is answered first.

    Before the worker's processes are forked, so that they have it from here. Linux shares the cores among sessions first
    where it groups them, and only then by niceness; a terminal's session is left alone. deploy/ has the shares of services.
    """
    os.nice(BACKGROUND_NICENESS)
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(BACKGROUND_NICENESS))
