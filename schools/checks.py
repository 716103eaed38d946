"""Production and the demo never mix: `manage.py check --deploy`, and the start of the web server (cms/wsgi.py)."""

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from schools.models import School, User


def demo_leftovers() -> list[str]:
    """What of the demo is in the database, as `3 accounts`; empty where there is nothing."""
    found = (
        (User.objects.filter(is_demo=True, is_active=True).count(), "accounts"),
        (School.objects.filter(is_demo=True).count(), "schools"),
    )
    return [f"{count} {what}" for count, what in found if count]


def refuse_demo() -> None:
    """Raise ImproperlyConfigured where a real site would start with DEBUG or beside the demo's accounts.

    Where the settings are the demo's own, nothing is refused. The database has to answer: a start that cannot tell is no
    start.
    """
    if settings.DEMO_ACCOUNTS:
        return
    if settings.DEBUG:
        raise ImproperlyConfigured("DEBUG is on. It shows passwords and code to anybody; switch it off.")
    if leftovers := demo_leftovers():
        raise ImproperlyConfigured(
            f"This database holds the demo's {' and '.join(leftovers)}, whose passwords are published. "
            "Start with an empty database (docs/operations.md, Demo)."
        )


@register(Tags.security, deploy=True)
def settings_are_not_the_demos(app_configs, **kwargs):
    if settings.DEMO_ACCOUNTS:
        return [Error("Demo accounts are allowed (DEMO_ACCOUNTS).", hint="Use production settings.", id="schools.E001")]
    return []


@register(Tags.database, deploy=True)
def nothing_is_left_of_the_demo(app_configs, databases=None, **kwargs):
    """Asks the database, so it runs with `check --deploy --database default` only."""
    if not databases:
        return []
    return [
        Error(f"The database holds the demo's {what}.", hint="docs/operations.md, Demo", id="schools.E002")
        for what in demo_leftovers()
    ]
