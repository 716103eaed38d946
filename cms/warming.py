"""What the first request of a process would otherwise pay for: modules and tables that are loaded on first use.

gunicorn forks its workers from a process that has done this, so one that takes the place of a killed worker in the
middle of a quiz answers its first request as fast as its hundredth. Nothing here connects to anything: a worker opens
its own connections, and a server that is down at this moment stops nobody from starting.
"""

from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.template import engines
from django.urls import reverse
from django.utils import translation


def warm_up() -> None:
    """Load the addresses in every language, the cache's and the queue's client and the templates' machinery."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            reverse("robots")
            translation.gettext("")
    caches["default"].make_key("")
    engines.all()
    current_app.finalize()
    current_app.connection_for_write().get_transport_cls()
