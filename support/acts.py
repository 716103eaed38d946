"""What this room writes into the audit log, in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TITLE = _("Help desk")
ACTS = {
    "answer_ticket": _("Question answered"),
    "point_to_portal": _("Question pointed to the national portal"),
    "assign_ticket": _("Question given to somebody"),
    "merge_ticket": _("Question joined with another"),
    "close_ticket": _("Question put away"),
    "settle_many": _("Many questions settled at once"),
    "take_back": _("Question lies open again"),
    "publish_answer": _("Answer published"),
    "name_guide": _("Guide named that should have answered a question"),
    "mend_guide": _("Guide mended after questions"),
    "teach_asking": _("Assistant taught how people ask for a page"),
    "open_survey": _("Survey opened"),
    "renew_survey": _("Questions of a survey changed"),
    "close_survey": _("Survey closed"),
    "publish_survey": _("Results of a survey published"),
    "withdraw_survey": _("Results of a survey taken back"),
    "change_nothing": _("Said that nothing is changed after a survey"),
    "delete_survey": _("Survey deleted"),
    "judge_words": _("Words in a survey judged"),
    "correct_visit": _("Visit corrected"),
    "undo_visit": _("Visit taken back"),
    "publish_change": _("Told what was changed after an opinion"),
    "give_honour": _("Team or member honoured"),
    "take_back_honour": _("Honour taken back"),
}
KINDS = {
    "ticket": _("ticket"),
    "batch": _("many questions"),
    "guide": _("guide"),
    "asking": _("way of asking"),
    "visit": _("visit"),
    "change": _("change after an opinion"),
    "honour": pgettext_lazy("of a team", "honour"),
    "survey": _("survey"),
}
DETAILS: dict = {"changes": (_("What was changed"), {})}
