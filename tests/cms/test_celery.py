"""Background work steps back where cores are short: a storm of submits is answered before its cards are written."""

import os
import subprocess
import sys

from cms.celery import BACKGROUND_NICENESS

AS_A_WORKER = """
import os
from celery.signals import worker_init
from cms import celery_app
celery_app.finalize()
before = os.nice(0)
worker_init.send(sender=None)
print(os.nice(0) - before)
"""


def test_a_worker_gives_way_to_the_web_processes():
    done = subprocess.run(
        [sys.executable, "-c", AS_A_WORKER], capture_output=True, text=True, check=True, env=os.environ
    )
    assert int(done.stdout.split()[-1]) == BACKGROUND_NICENESS
