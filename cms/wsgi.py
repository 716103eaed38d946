"""WSGI entry point for gunicorn. A real site does not start beside the demo's accounts.

gunicorn loads this once and then forks (preload_app): what is made here is shared by its workers, what a worker makes at
its first request each has for itself.
"""

import ctypes
import gc
import os
from contextlib import suppress

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")

application = get_wsgi_application()

from django.db import connections  # noqa: E402  (the settings come first)

from cms.warming import warm_up  # noqa: E402  (the settings come first)
from schools.checks import refuse_demo  # noqa: E402  (the settings come first)

refuse_demo()
warm_up()
# The workers each open a connection of their own.
connections.close_all()
# A collection in a worker would touch, and so copy, every page of memory that it shares.
gc.collect()
gc.freeze()
# A request leaves few cycles behind: look for them after ten thousand new objects, not after seven hundred.
gc.set_threshold(10_000, 20, 20)
# Importing has used and freed much: back to the system with it, where the C library can (glibc).
with suppress(AttributeError):
    ctypes.CDLL(None).malloc_trim(0)
