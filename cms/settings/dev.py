"""Working on the code: the demo's helpers, DEBUG on, static files straight from the tree."""

from cms.settings.demo import *

DEBUG = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
