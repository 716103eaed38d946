"""System checks: H5P content is code written by others, so where it runs must be settled before anything is played."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register

from django_h5p import conf


@register(Tags.security)
def check_origin(app_configs, **kwargs) -> list[Error]:
    origin = urlsplit(conf.origin())
    if not origin.scheme or not origin.netloc:
        return [
            Error("H5P_ORIGIN is not set.", hint="Give a scheme and host, e.g. https://h5p.example.org.", id="h5p.E001")
        ]
    if origin.path.strip("/"):
        return [Error("H5P_ORIGIN has a path.", hint="Give only scheme, host and port.", id="h5p.E002")]
    return []


@register(Tags.files)
def check_storage(app_configs, **kwargs) -> list[Error]:
    alias = conf.storage_alias()
    if alias not in settings.STORAGES:
        return [
            Error(f"STORAGES has no alias “{alias}”.", hint="Add it, or name another in H5P_STORAGE.", id="h5p.E003")
        ]
    return []
