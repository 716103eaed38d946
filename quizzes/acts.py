"""What this room writes into the audit log, in words."""

from django.utils.translation import gettext_lazy as _

TITLE = _("Quizzes")
ACTS = {
    "import_questions": _("Questions brought in"),
    "undo_question_import": _("Questions brought in taken back"),
    "approve_question": _("Question approved"),
    "mark_answer": _("Answer marked by hand"),
    "grant_allowance": _("More time or another attempt given"),
    "reopen_attempt": _("Attempt opened again"),
    "cancel_question": _("Question of a quiz cancelled: full marks for all"),
    "withdraw_cancellation": _("Question of a quiz counts again"),
    "apply_key": _("Corrected key applied to attempts"),
    "print_quiz": _("Quiz printed on paper"),
    "enter_quiz_on_paper": _("Answers on paper typed in"),
}
KINDS = {
    "question_bank": _("question bank"),
    "question": _("question"),
    "quiz": _("quiz"),
    "attempt": _("attempt"),
    "opening": _("quiz of a class"),
    "sheet": _("answer sheet"),
}
DETAILS = {
    "extra_seconds": (_("More seconds"), {}),
    "extra_attempts": (_("More attempts"), {}),
    "closes_at": (_("Open until"), {}),
    "fraction": (_("Share of the points"), {}),
    "sheets": (_("Sheets"), {}),
    "deleted": (_("Deleted"), {}),
}
