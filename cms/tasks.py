"""Work that no reader's or editor's request waits for."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page

from cms.keeping import drop_kept_pages
from cms.models import ContentPage
from cms.models.campaigns import counts_days
from cms.operations.freshness import check_freshness, tell_owners, tell_owners_of_points
from cms.pictures import make_renditions, pictures_of
from cms.search import helping
from cms.search.indexing import index_branch, index_language, index_page, renew_kind
from media.models import Picture


@shared_task
def prepare_published_page(page_id: int) -> None:
    """After a publish or an unpublish: the search entry, and the renditions of the page's pictures."""
    index_page(page_id)
    page = Page.objects.filter(pk=page_id).first()
    page = page.specific if page else None
    if isinstance(page, ContentPage) and page.live:
        prepare_pictures([picture.pk for picture in pictures_of(page)])


@shared_task
def prepare_pictures(picture_ids: list[int]) -> None:
    """Make the renditions these pictures lack. A picture whose file cannot be read keeps its words as a stand-in."""
    made = sum(make_renditions(picture) for picture in Picture.objects.filter(pk__in=picture_ids))
    if made:
        drop_kept_pages(bodies=True)


@shared_task
def reindex_branch(page_id: int) -> None:
    index_branch(page_id)


@shared_task
def reindex_language(code: str) -> None:
    index_language(code)
    renew_kind(helping.KIND)


@shared_task
def reindex_kind(kind: str) -> None:
    renew_kind(kind)


@shared_task
def publish_scheduled() -> None:
    """Publish and take down what editors scheduled."""
    call_command("publish_scheduled")


@shared_task
def begin_day() -> None:
    """Campaigns count days: what was drawn yesterday tells one too many. Places open and close for good."""
    renew_kind(helping.KIND)
    if counts_days(timezone.localdate()):
        drop_kept_pages()


@shared_task
def guard_freshness() -> None:
    check_freshness()


@shared_task
def tell_owners_of_stale() -> None:
    tell_owners()
    tell_owners_of_points()
