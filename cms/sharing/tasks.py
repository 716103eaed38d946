"""Work that no editor's request waits for."""

from celery import shared_task
from django.apps import apps
from wagtail.models import Page, ReferenceIndex

from cms.keeping import drop_kept_pages
from cms.models import ContentPage
from cms.sharing.models import SharedMaterial
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
    for pk in SharedMaterial.objects.open().values_list("pk", flat=True):
        pack_material.delay(pk)


@shared_task
def pack_material(material_id: int) -> None:
    """Make the pack of an open material, unless the one that is there holds all that stands in it."""
    from cms.sharing.packs.making import make_pack  # which brings what only a worker needs

    row = SharedMaterial.objects.open().select_related("page").filter(pk=material_id).first()
    if row is not None:
        make_pack(row=row)


@shared_task
def pack_where_used(label: str, pk: int) -> None:
    """A recording or a document has changed: so have the packs it is in."""
    found = apps.get_model(label).objects.filter(pk=pk).first()
    if found is None:
        return
    places = [place for place, _references in ReferenceIndex.get_grouped_references_to(found)]
    pages = [place.pk for place in places if isinstance(place, ContentPage) and place.has_pack]
    for row in SharedMaterial.objects.open().filter(page__in=pages):
        pack_material.delay(row.pk)
