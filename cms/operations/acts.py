"""What the work on pages writes into the audit log, in words."""

from django.utils.translation import gettext_lazy as _

TITLE = _("Pages and the admin")
ACTS = {
    "page_published": _("Page published"),
    "page_publication_scheduled": _("Page's publication set for a day"),
    "page_unpublished": _("Page taken off"),
    "page_renamed": _("Page renamed"),
    "page_moved": _("Page moved"),
    "page_copied": _("Page copied"),
    "page_translation_begun": _("Page's translation begun"),
    "page_deleted": _("Page deleted"),
    "page_approved": _("Page passed in review"),
    "page_rejected": _("Page sent back in review"),
    "page_privacy_changed": _("Who may see a page changed"),
    "publish_urgently": _("Page published urgently, before its review"),
    "sign_review": _("Review of an urgent page signed"),
    "confirm_page": _("Page confirmed after a change of its facts"),
    "sign_off_language": _("Site opened in a language, signed by a native speaker"),
    "sign_native": _("Page signed by a native speaker"),
    "close_language": _("Site closed in a language"),
    "story_taken_off": _("Story taken off: a consent is no longer in force"),
    "help_points_imported": _("Help points imported from a table"),
    "draft_from_word": _("Draft made from a Word document"),
}
# Told by their ending: `school_changed`, `quiz_published`.
ENDINGS = {
    "translation_begun": _("Translation begun in the admin"),
    "created": _("Made in the admin"),
    "changed": _("Changed in the admin"),
    "deleted": _("Deleted in the admin"),
    "unpublished": _("Taken off in the admin"),
    "published": _("Published in the admin"),
}
DETAILS = {"language": (_("Language"), {}), "left_out": (_("Left out"), {})}
