"""The test suite. The servers it needs (object store, Valkey, PostgreSQL) are started here unless they already run."""

import os

from tests.servers import addresses

os.environ.update(addresses())

from cms.settings.base import *

SECRET_KEY = "tests only"
ALLOWED_HOSTS = ["*"]
# Most tests are not about the second factor; those that are switch it on (tests/schools/test_second_factor.py).
REQUIRE_TOTP = False
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
# Tests of conversions ask for them; others would wait for ffmpeg after each upload.
CONVERSIONS_AT_ONCE = 0
# The real hasher is measured in `make bench`; here every factory would pay for it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Every test client would list all static files anew.
WHITENOISE_AUTOREFRESH = True
# The search of Wagtail's desk is Wagtail's; ours has an index of its own (cms/search). Writing both is a tenth of what a page costs.
WAGTAILSEARCH_BACKENDS["default"]["AUTO_UPDATE"] = False
