from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SupportConfig(AppConfig):
    name = "support"
    label = "support"
    verbose_name = _("Help desk")

    def ready(self):
        from cms import starter
        from cms.audit.acts import register_acts
        from cms.formats import register_format
        from schools.operations.notifications import register_kind
        from schools.privacy import register
        from support import acts, loading, receivers  # noqa: F401  (receivers connect themselves when imported)
        from support.operations.privacy import OWN

        register_acts("support", acts.TITLE, acts.ACTS, kinds=acts.KINDS, details=acts.DETAILS)
        register("support", OWN)
        register_format("answer", pgettext_lazy("kind of page", "Question and answer"))
        register_format("change", pgettext_lazy("kind of page", "Change after an opinion"))
        register_format("procedure", _("Procedure"))
        register_kind("ticket_assigned", _("A question waits for your answer: %(code)s."), may_leave=True)
        register_kind("ticket_late", _("A question is not answered in time: %(code)s."), may_leave=True)
        register_kind(
            "survey_closed", _("Survey closed: say what will change because of it. “%(title)s”"), may_leave=True
        )
        starter.register("wordings", 60, loading.load_wordings, read=loading.read_wordings)
        starter.register("askings", 61, loading.load_askings, read=loading.read_askings)
        starter.register("surveys", 62, loading.load_surveys)
