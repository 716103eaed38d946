"""The test suite. Servers (object store, cache, PostgreSQL) are started by tests/conftest.py, which sets their addresses."""

from cms.settings.base import *

SECRET_KEY = "tests only"
ALLOWED_HOSTS = ["*"]
SITE_URL = "http://testserver"
REQUIRE_TOTP = True
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
# The real hasher is measured in `make bench`; here every factory would pay for it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
