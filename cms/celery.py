"""The Celery application. Rooms declare tasks with `shared_task` and never import this module."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.demo")

app = Celery("hoc_dich_vu_cong")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
