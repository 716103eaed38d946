"""Production: refuses to start with a missing or default secret, demo accounts or DEBUG."""

from django.core.exceptions import ImproperlyConfigured

from cms.settings.base import *

_missing = [
    name
    for name in (
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "SITE_URL",
        "H5P_ORIGIN",
        "DATABASE_URL",
        "CACHE_URL",
        "BROKER_URL",
        "S3_ENDPOINT_URL",
        "S3_PUBLIC_URL",
        "S3_BUCKET",
        "S3_ACCESS_KEY_ID",
        "S3_SECRET_ACCESS_KEY",
    )
    if not env.str(name, default="")
]
if _missing:
    raise ImproperlyConfigured(f"Set these environment variables (deploy/env.example): {', '.join(_missing)}")
if len(SECRET_KEY) < 50 or "demo" in SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be at least 50 random characters.")

if env.bool("DEBUG", default=False) or env.bool("DEMO_ACCOUNTS", default=False):
    raise ImproperlyConfigured("DEBUG and DEMO_ACCOUNTS do not exist in production. Remove them from the environment.")

REQUIRE_TOTP = True
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# W019: Wagtail's preview and the h5p player live in frames of our own. W021: the preload list is for the domain's owner.
SILENCED_SYSTEM_CHECKS = ["security.W019", "security.W021"]
