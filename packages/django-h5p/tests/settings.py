"""A site that has nothing but this app: the package must not lean on the project it grew up in."""

SECRET_KEY = "tests only"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django_h5p"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "h5p": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
H5P_ORIGIN = "http://h5p.localhost:8000"
USE_TZ = True
