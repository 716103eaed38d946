from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "media"
    label = "media"
    verbose_name = _("Media")

    def ready(self):
        from cms.jobs.operations import register_work
        from media.h5p import IMPORT, import_uploaded

        register_work(IMPORT, import_uploaded)
