"""WSGI entry point for gunicorn. A real site does not start beside the demo's accounts."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")

application = get_wsgi_application()

from django.db import connections  # noqa: E402

from cms.warming import warm_up  # noqa: E402
from schools.checks import refuse_demo  # noqa: E402

refuse_demo()
warm_up()
# gunicorn loads this once and then forks: its workers each open a connection of their own.
connections.close_all()
