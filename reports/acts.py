"""What this room writes into the audit log, in words."""

from django.utils.translation import gettext_lazy as _

TITLE = _("Figures and reports")
ACTS = {
    "open_reporting_round": _("Reports of a year opened"),
    "send_report": _("Report signed and sent"),
    "return_report": _("Report returned"),
    "sign_off_reporting_round": _("Figures of a year signed off and frozen"),
    "revise_indicator": _("New version of an indicator"),
}
KINDS = {
    "reporting_round": _("reports of a year"),
    "place_report": _("report"),
    "indicator": _("indicator"),
}
DETAILS = {
    "reporting_year": (_("Reporting year"), {}),
    "reports": (_("Reports"), {}),
    "not_sent": (_("Not sent"), {}),
}
