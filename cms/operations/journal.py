"""What staff do in Wagtail's admin goes to the audit log too (product.md §2.12): Wagtail's own log can be emptied."""

from django.db import models
from wagtail.models import ModelLogEntry, PageLogEntry

from cms.audit.models import AuditEvent
from cms.audit.operations import record
from schools.models import User

# Drafts are not listed: they change nothing that readers see, and Wagtail keeps their revisions.
PAGE_ACTIONS = {
    "wagtail.publish": "page_published",
    "wagtail.publish.schedule": "page_publication_scheduled",
    "wagtail.publish.scheduled": "page_published",
    "wagtail.unpublish": "page_unpublished",
    "wagtail.unpublish.scheduled": "page_unpublished",
    "wagtail.rename": "page_renamed",
    "wagtail.move": "page_moved",
    "wagtail.copy": "page_copied",
    "wagtail.create_alias": "page_copied",
    "wagtail.copy_for_translation": "page_translation_begun",
    "wagtail.delete": "page_deleted",
    "wagtail.workflow.approve": "page_approved",
    "wagtail.workflow.reject": "page_rejected",
    "wagtail.view_restriction.create": "page_privacy_changed",
    "wagtail.view_restriction.edit": "page_privacy_changed",
    "wagtail.view_restriction.delete": "page_privacy_changed",
}
VERBS = {
    "wagtail.create": "created",
    "wagtail.edit": "changed",
    "wagtail.revert": "changed",
    "wagtail.delete": "deleted",
    "wagtail.publish": "published",
    "wagtail.unpublish": "unpublished",
    "wagtail.copy_for_translation": "translation_begun",
}


def record_page(entry: PageLogEntry) -> AuditEvent | None:
    """An entry of Wagtail's log of pages as an audit event; None for what is not kept there."""
    action = PAGE_ACTIONS.get(entry.action)
    if action is None:
        return None
    detail = {"language": entry.page.locale.language_code}
    if entry.revision_id:
        detail["revision"] = entry.revision_id
    return record(
        actor=entry.user,
        action=action,
        target_kind="page",
        target_key=entry.page.translation_key,
        target_label=entry.label,
        detail=detail,
    )


def record_model(entry: ModelLogEntry) -> AuditEvent | None:
    """An entry of Wagtail's log of everything else: `school_changed`, `quiz_published`, `picture_deleted`."""
    verb, model = VERBS.get(entry.action), entry.content_type.model_class()
    if verb is None or model is None:
        return None
    thing = model._default_manager.filter(pk=entry.object_id).first()
    kind, label = model._meta.model_name, entry.label
    if issubclass(model, User):
        # Its label would be a person's name.
        kind, label = "account", thing.username if thing else ""
    language = getattr(getattr(thing, "locale", None), "language_code", "")
    return record(
        actor=entry.user,
        action=f"{kind}_{verb}",
        target_kind=kind,
        target_key=_key(thing) or entry.object_id,
        target_label=label,
        detail={"language": language} if language else {},
    )


def _key(thing: models.Model | None) -> str:
    """The key under which a thing is known outside."""
    found = (getattr(thing, name, "") for name in ("code", "translation_key", "uuid", "slug"))
    return str(next((key for key in found if key), ""))[:80]
