"""A site that has nothing but this app: the package must not lean on the project it grew up in."""

import tempfile
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="django-h5p-"))

SECRET_KEY = "tests only"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_h5p",
]
MIDDLEWARE = [
    "django_h5p.middleware.H5POriginMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _FOLDER / "db.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        # In a file, so that threads of a test share it.
        "TEST": {"NAME": _FOLDER / "test.sqlite3"},
    }
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": _FOLDER / "files"}},
    "h5p": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": _FOLDER / "h5p"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
H5P_ORIGIN = "http://h5p.localhost:8000"
H5P_SITE_ORIGINS = ["http://testserver"]
H5P_CORE_DIR = Path(__file__).parent / "player"
USE_TZ = True
