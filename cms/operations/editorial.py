"""Who may edit, translate and review; the review workflow; publishing in a hurry."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Task,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)
from wagtail.snippets.models import get_snippet_models

from cms.audit.operations import record
from cms.keeping import drop_kept_pages
from cms.models import ReviewTask, UrgentPublication
from cms.problems import Problem

EDITORS, TRANSLATORS, REVIEWERS = "Editors", "Translators", "Reviewers"
WORKFLOW = "Thẩm định"

PAGE_RIGHTS = {
    EDITORS: ["add_page", "change_page", "lock_page"],
    TRANSLATORS: ["add_page", "change_page"],
    REVIEWERS: ["change_page", "publish_page", "lock_page", "unlock_page"],
}
# What a group may do with the snippets of a room, whichever the room registers: a new snippet model needs no line here.
# `publish` exists only where a model knows drafts.
SNIPPET_RIGHTS = {
    EDITORS: {
        "vocabulary": ["add", "change", "view"],
        "quizzes": ["add", "change", "view", "publish"],
        "cms": ["add", "change", "delete", "view"],
        "sharing": ["add", "change", "view"],
        "support": ["add", "change", "delete", "view"],
    },
    TRANSLATORS: {"vocabulary": ["change", "view"], "quizzes": ["change", "view"]},
    # They change a question to approve it (cms.wagtail_hooks).
    REVIEWERS: {"vocabulary": ["view"], "quizzes": ["change", "view", "publish"]},
}
RIGHTS = {
    EDITORS: [
        ("cms", "publish_urgently"),
        ("wagtail_localize", "submit_translation"),
        # Not `install_library`: libraries are code, which an administrator lets in.
        *[("h5p", f"{verb}_content") for verb in ("add", "change", "delete", "view")],
        # Not `languagerole`: an administrator gives languages out.
        *[("translating", f"{verb}_glossaryterm") for verb in ("add", "change", "delete", "view")],
    ],
    TRANSLATORS: [("wagtail_localize", "submit_translation"), ("translating", "view_glossaryterm")],
    REVIEWERS: [("translating", "view_glossaryterm")],
}
# Pictures, documents and recordings. Wagtail's own views ask for the rights on the models that ours stand in for.
FILES = [
    *(("media", model) for model in ("picture", "documentfile", "recording")),
    *(("wagtailimages", "image"), ("wagtaildocs", "document"), ("wagtailmedia", "media")),
]
COLLECTION_RIGHTS = {EDITORS: ["add", "change", "choose"], TRANSLATORS: ["add", "choose"], REVIEWERS: []}


class UrgencyRefused(Problem):
    status = 403
    code = "urgent_publication_refused"
    title = _("This cannot be published as urgent")


@transaction.atomic
def prepare_editorial() -> None:
    """Make the groups, their rights and the review workflow as they must be at least. Idempotent."""
    admin = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    root = Page.get_first_root_node()
    library = Collection.get_first_root_node()
    for name in (EDITORS, TRANSLATORS, REVIEWERS):
        group, _made = Group.objects.get_or_create(name=name)
        rights = [admin]
        for app, codename in [*RIGHTS[name], *_snippet_rights(SNIPPET_RIGHTS[name])]:
            rights += Permission.objects.filter(content_type__app_label=app, codename=codename)
        group.permissions.add(*rights)
        if root is not None:
            for codename in PAGE_RIGHTS[name]:
                right = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
                GroupPagePermission.objects.get_or_create(group=group, page=root, permission=right)
        if library is not None:
            for app, model in FILES:
                codenames = [f"{verb}_{model}" for verb in COLLECTION_RIGHTS[name]]
                for right in Permission.objects.filter(content_type__app_label=app, codename__in=codenames):
                    GroupCollectionPermission.objects.get_or_create(group=group, collection=library, permission=right)
    if root is not None:
        _prepare_workflow(root)


def _snippet_rights(verbs_of_rooms: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [
        (model._meta.app_label, f"{verb}_{model._meta.model_name}")
        for model in get_snippet_models()
        for verb in verbs_of_rooms.get(model._meta.app_label, [])
    ]


def is_reviewer(user) -> bool:
    """Whether `user` may sign pages and approve questions."""
    return user.is_superuser or user.groups.filter(name=REVIEWERS).exists()


def may_publish_urgently(user) -> bool:
    return user.has_perm("cms.publish_urgently")


def _prepare_workflow(root: Page) -> None:
    task = ReviewTask.objects.filter(name=WORKFLOW).first() or ReviewTask.objects.create(name=WORKFLOW)
    task.groups.add(Group.objects.get(name=REVIEWERS))
    workflow, _made = Workflow.objects.get_or_create(name=WORKFLOW, defaults={"active": True})
    WorkflowTask.objects.get_or_create(workflow=workflow, task=Task.objects.get(pk=task.pk), defaults={"sort_order": 0})
    if not WorkflowPage.objects.filter(page=root, workflow=workflow).exists():
        # A page has one workflow at most: ours takes the place of the one Wagtail starts with.
        WorkflowPage.objects.update_or_create(page=root, defaults={"workflow": workflow})


def author_of(page: Page):
    """Who wrote the latest revision, or None when it came from the system."""
    latest = page.get_latest_revision()
    return latest.user if latest else None


@transaction.atomic
def publish_urgently(*, page: Page, by, reason: str) -> UrgentPublication:
    """Publish the latest draft without review, as a second person who says why; it is reviewed afterwards.

    Raises UrgencyRefused when `by` wrote the draft, may not, gives no reason, or there is nothing to publish.
    """
    page = Page.objects.select_for_update().get(pk=page.pk).specific
    reason = " ".join(reason.split())
    revision = page.get_latest_revision()
    if not may_publish_urgently(by):
        raise UrgencyRefused(_("Only editors may publish without review."))
    if not reason:
        raise UrgencyRefused(_("Say why this cannot wait for the review."))
    if revision is None or (page.live and not page.has_unpublished_changes):
        raise UrgencyRefused(_("There is no draft that waits to be published."))
    if revision.user_id == by.pk:
        raise UrgencyRefused(_("You wrote this draft. A second editor has to publish it."))
    if page.current_workflow_state:
        page.current_workflow_state.cancel(user=by)
    revision.publish(user=by, skip_permission_checks=True)
    urgent = UrgentPublication.objects.create(
        page_id=page.pk, revision_id=revision.pk, written_by_id=revision.user_id, published_by=by, reason=reason[:500]
    )
    record(
        actor=by,
        action="publish_urgently",
        target_kind="page",
        target_key=page.translation_key,
        target_label=page.title,
        detail={"revision": revision.pk, "reason": reason[:500]},
    )
    return urgent


@transaction.atomic
def sign_review(*, page: Page, by) -> None:
    """A reviewer signs what readers see now: the label "not reviewed" goes and urgent publications are settled.

    Raises UrgencyRefused when `by` is no reviewer or the page is not published.
    """
    page = page.specific
    if not is_reviewer(by):
        raise UrgencyRefused(_("Only reviewers may sign a page."))
    if not page.live or page.live_revision_id is None:
        raise UrgencyRefused(_("This page is not published."))
    now = timezone.now()
    type(page).objects.filter(pk=page.pk).update(
        reviewed_by=by, reviewed_at=now, reviewed_revision=page.live_revision_id
    )
    settle_urgent(page=page, by=by)
    record(
        actor=by,
        action="sign_review",
        target_kind="page",
        target_key=page.translation_key,
        target_label=page.title,
        detail={"revision": page.live_revision_id},
    )
    drop_kept_pages()


def settle_urgent(*, page: Page, by) -> int:
    """Urgent publications of `page` have been reviewed by `by`. Returns how many were open."""
    return UrgentPublication.objects.filter(page_id=page.pk, reviewed_at=None).update(
        reviewed_at=timezone.now(), reviewed_by=by
    )
