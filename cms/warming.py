"""What the first request of a process would otherwise pay for: modules and tables that are loaded on first use.

gunicorn forks its workers from a process that has done this, so one that takes the place of a killed worker in the
middle of a quiz answers its first request as fast as its hundredth. Nothing here connects to anything: a worker opens
its own connections, and a server that is down at this moment stops nobody from starting.
"""

from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.template import engines
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver
from django.utils import translation


def warm_up() -> None:
    """Load views behind addresses and words of every language, our templates, the cache's and the queue's client."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("")
            get_resolver().reverse_dict  # noqa: B018  (reading it builds it)
    caches["default"]._cache.get_client()
    ours = [folder for folder in get_app_template_dirs("templates") if "site-packages" not in folder.parts]
    for folder in {*settings.TEMPLATES[0]["DIRS"], *ours}:
        for template in folder.rglob("*.html"):
            engines["django"].get_template(str(template.relative_to(folder)))
    current_app.finalize()
    current_app.connection_for_write().get_transport_cls()
