from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "media"
    label = "media"
    verbose_name = _("Media")

    def ready(self):
        from cms.audit.acts import register_acts
        from cms.jobs.operations import register_work
        from media import acts
        from media.h5p import IMPORT, import_uploaded

        register_acts("media", acts.TITLE, acts.ACTS, kinds=acts.KINDS)
        register_work(IMPORT, import_uploaded)
