from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ContestsConfig(AppConfig):
    name = "contests"
    label = "contests"
    verbose_name = _("Contests")

    def ready(self):
        from cms import gathered as shared
        from cms.audit.acts import register_acts
        from cms.formats import register_format
        from cms.search.indexing import register_kind as register_searched
        from contests import acts, receivers  # noqa: F401  (receivers connect themselves when imported)
        from contests.finding import KIND, everything
        from contests.operations.privacy import OWN
        from contests.queries import gathered
        from media.models import Upload
        from media.operations import register_keeper
        from schools.operations.notifications import register_kind
        from schools.privacy import register

        register_acts("contests", acts.TITLE, acts.ACTS, kinds=acts.KINDS, details=acts.DETAILS)
        register("contests", OWN)
        shared.register_links("contest", gathered.contest_choices, gathered.contest_links)
        shared.register_honours("contests", gathered.contest_honours)
        register_format(KIND, pgettext_lazy("kind of content", "Contest"))
        register_searched(KIND, everything)
        register_kind("contest_reminder", _("The contest “%(title)s” waits for you, until %(until)s."), may_leave=True)
        register_kind("contest_chosen", _("You go on to round %(number)s of the contest “%(title)s”."), may_leave=True)
        register_kind(
            "contest_appeal", _("Your appeal in the contest “%(title)s” is decided: read the answer."), may_leave=True
        )
        register_kind("jury_given", _("Works of “%(title)s” wait for your points, until %(due)s."), may_leave=True)
        register_kind(
            "jury_reminder",
            _("Reminder: works of “%(title)s” have no points of yours yet; until %(due)s."),
            may_leave=True,
        )
        register_keeper(Upload.Purpose.WORK, _keep)


def _keep(upload) -> None:
    """In the worker: what checks files is not loaded by web processes."""
    from contests.operations.work_files import keep_work_upload

    keep_work_upload(upload)
