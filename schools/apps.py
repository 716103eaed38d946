from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchoolsConfig(AppConfig):
    name = "schools"
    label = "schools"
    verbose_name = _("Schools")

    def ready(self):
        from cms.audit.acts import register_acts
        from cms.audit.operations import register_year
        from cms.jobs.operations import register_work
        from schools import acts, checks, receivers  # noqa: F401 (connects them)
        from schools.operations.privacy import OWN
        from schools.privacy import register
        from schools.queries.calendar import school_year_code
        from schools.work import (
            CARDS_JOB,
            PROVINCE_JOB,
            ROLL_ALL_JOB,
            ROLL_OVER_JOB,
            ROSTER_JOB,
            bring_province_in,
            import_roster,
            print_cards,
            roll_all_over,
            roll_school_over,
        )

        register_acts("schools", acts.TITLE, acts.ACTS, kinds=acts.KINDS, details=acts.DETAILS, names=acts.NAMES)
        register("schools", OWN)
        register_year(school_year_code)
        register_work(CARDS_JOB, print_cards)
        register_work(ROSTER_JOB, import_roster)
        register_work(ROLL_OVER_JOB, roll_school_over)
        register_work(ROLL_ALL_JOB, roll_all_over)
        register_work(PROVINCE_JOB, bring_province_in)
