"""The Django project: settings, foundations and the editorial site."""

from cms.celery import app as celery_app

__all__ = ["celery_app"]
