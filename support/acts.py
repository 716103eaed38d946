"""What this room writes into the audit log, in words."""

from django.utils.translation import gettext_lazy as _

TITLE = _("Help desk")
ACTS = {
    "answer_ticket": _("Question answered"),
    "point_to_portal": _("Question pointed to the national portal"),
    "assign_ticket": _("Question given to somebody"),
    "merge_ticket": _("Question joined with another"),
    "close_ticket": _("Question put away"),
    "publish_answer": _("Answer published"),
    "mend_guide": _("Guide mended after questions"),
    "open_survey": _("Survey opened"),
    "renew_survey": _("Questions of a survey changed"),
    "close_survey": _("Survey closed"),
    "publish_survey": _("Results of a survey published"),
    "withdraw_survey": _("Results of a survey taken back"),
    "delete_survey": _("Survey deleted"),
    "judge_words": _("Words in a survey judged"),
}
KINDS = {"ticket": _("ticket"), "guide": _("guide"), "survey": _("survey")}
DETAILS: dict = {}
