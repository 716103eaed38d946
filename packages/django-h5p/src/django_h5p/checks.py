"""System checks: H5P content is code written by others, so where it runs must be settled before anything is played."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

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
    if conf.origin() in [site.rstrip("/") for site in conf.site_origins()]:
        return [
            Error(
                "H5P_ORIGIN is the site's own origin.",
                hint="Packages would run where people are signed in. Use a second host name.",
                id="h5p.E004",
            )
        ]
    return []


@register(Tags.files)
def check_storage(app_configs, **kwargs) -> list[Error]:
    return [
        Error(f"STORAGES has no alias “{alias}”.", hint=f"Add it, or name another in {setting}.", id="h5p.E003")
        for setting, alias in (
            ("H5P_STORAGE", conf.storage_alias()),
            ("H5P_PACKAGE_STORAGE", conf.package_storage_alias()),
        )
        if alias not in settings.STORAGES
    ]


@register(Tags.files)
def check_player(app_configs, **kwargs) -> list[Warning]:
    if (conf.core_dir() / "frame.bundle.js").is_file():
        return []
    return [
        Warning(
            f"The H5P player is not in {conf.core_dir()}.",
            hint="npm install --ignore-scripts h5p-standalone@3.8.2, and set H5P_CORE_DIR to its folder dist.",
            id="h5p.W001",
        )
    ]


@register(Tags.security)
def check_middleware(app_configs, **kwargs) -> list[Warning]:
    if "django_h5p.middleware.H5POriginMiddleware" in settings.MIDDLEWARE:
        return []
    return [
        Warning(
            "MIDDLEWARE lacks django_h5p.middleware.H5POriginMiddleware: nothing answers at H5P_ORIGIN.",
            hint="Put it first.",
            id="h5p.W002",
        )
    ]
