"""Work that no editor's request waits for."""

from celery import shared_task
from wagtail.models import Page

from cms.keeping import drop_kept_pages
from cms.sharing.operations import renew, share_branch


@shared_task
def share_branch_of(page_id: int) -> None:
    if page := Page.objects.filter(pk=page_id).first():
        share_branch(page=page)
        drop_kept_pages()


@shared_task
def renew_shared() -> None:
    """At night: whatever went past the signals (scheduled work, a restored backup) is put right."""
    renew()
    drop_kept_pages()
