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

from django.conf import settings  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.db import connections  # noqa: E402
from django.template import engines  # noqa: E402
from django.template.utils import get_app_template_dirs  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from django.utils import translation  # noqa: E402

from schools.checks import refuse_demo  # noqa: E402


def warm() -> None:
    """Make beforehand what first requests would make: views behind addresses, words of the languages, our templates."""
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("")
            get_resolver().reverse_dict  # noqa: B018
    caches["default"]._cache.get_client()
    ours = [folder for folder in get_app_template_dirs("templates") if "site-packages" not in folder.parts]
    for folder in {*settings.TEMPLATES[0]["DIRS"], *ours}:
        for template in folder.rglob("*.html"):
            engines["django"].get_template(str(template.relative_to(folder)))


refuse_demo()
warm()
# The workers each open a connection of their own.
connections.close_all()
# A collection in a worker would touch, and so copy, every page of memory that it shares.
gc.collect()
gc.freeze()
# Importing has used and freed much: back to the system with it, where the C library can (glibc).
with suppress(AttributeError):
    ctypes.CDLL(None).malloc_trim(0)
