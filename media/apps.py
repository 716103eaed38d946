from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "media"
    label = "media"
    verbose_name = _("Media")

    def ready(self):
        from wagtail.documents.views.chooser import DocumentCreationFormMixin
        from wagtail.images.views.chooser import ImageCreationFormMixin

        from cms.audit.acts import register_acts
        from cms.jobs.operations import register_work
        from media import acts
        from media.h5p import IMPORT, import_uploaded

        # A new file of a chooser goes to the store in parts, as everywhere.
        for mixin in (ImageCreationFormMixin, DocumentCreationFormMixin):
            mixin.creation_form_template_name = "media/admin/chooser_tab.html"
        register_acts("media", acts.TITLE, acts.ACTS, kinds=acts.KINDS)
        register_work(IMPORT, import_uploaded)
