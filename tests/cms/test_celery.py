"""Background work steps back where cores are short: a storm of submits is answered before its cards are written."""

import subprocess
import sys

import pytest

from cms.celery import BACKGROUND_NICENESS

AS_A_WORKER = """
import os
from celery.signals import worker_init
from cms import celery_app
celery_app.finalize()
before = os.nice(0)
worker_init.send(sender=None)
group = "/proc/self/autogroup"
shared = open(group).read().split()[-1] if os.path.exists(group) else "none"
print(os.nice(0) - before, shared)
"""


@pytest.mark.slow
def test_a_worker_gives_way_to_the_web_processes():
    """In a session of its own, as every supervisor starts it."""
    done = subprocess.run(
        [sys.executable, "-c", AS_A_WORKER], capture_output=True, text=True, check=True, start_new_session=True
    )
    own, session = done.stdout.split()[-2:]
    assert int(own) == BACKGROUND_NICENESS
    # No such file where the kernel does not group by session.
    assert session in {str(BACKGROUND_NICENESS), "none"}
