"""The package's settings, with their defaults."""

from django.conf import settings


def origin() -> str:
    """`H5P_ORIGIN`: scheme, host and port from which packages are played; never the site's own. Empty when not set."""
    return getattr(settings, "H5P_ORIGIN", "")


def storage_alias() -> str:
    """`H5P_STORAGE`: the `STORAGES` alias for unpacked content; `h5p` unless said otherwise."""
    return getattr(settings, "H5P_STORAGE", "h5p")
