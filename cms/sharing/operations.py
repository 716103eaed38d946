"""Keeping the shared materials in step with what is published."""

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from wagtail.models import Page

from cms.jobs.steps import Step, untold
from cms.models import ContentPage
from cms.operations.freshness import content_page_models
from cms.sharing.facts import facts_of
from cms.sharing.models import Agency, Broadcast, MaterialUse, SharedMaterial, SharedPack
from cms.text.folding import normalize
from cms.vocabulary.speaking import is_open


def _now():
    return timezone.now().replace(microsecond=0)


def _codes(terms) -> str:
    codes = [term.slug for term in terms]
    return f" {' '.join(codes)} "[:500] if codes else ""


@transaction.atomic
def share_page(*, page: Page) -> SharedMaterial | None:
    """Bring the row of `page` in step with it: renewed while it is published and open to all, else withdrawn.

    A row whose content stays the same keeps its time, so that a harvester fetches nothing twice. Returns the row of an
    open material, None otherwise.
    """
    page = page.specific
    if not isinstance(page, ContentPage) or not page.is_material:
        return None
    language = page.locale.language_code
    with translation.override(language):
        url = page.url if page.live else None
    if not url or not is_open(language) or page.get_view_restrictions().exists():
        withdraw(key=page.translation_key, language=language)
        return None
    now = _now()
    values = {
        "page_id": page.pk,
        "revision_id": page.live_revision_id,
        "cover_id": page.cover_id,
        "format": page.content_format,
        "title": normalize(page.title)[:255],
        "summary": normalize(page.summary)[:300],
        "url": url,
        "audiences": _codes(page.audiences.all()),
        "topics": _codes(page.topics.all()),
        "facts": facts_of(page),
        "withdrawn": False,
    }
    row = SharedMaterial.objects.select_for_update().filter(key=page.translation_key, language=language).first()
    if row is None:
        opened = page.first_published_at or now
        return SharedMaterial.objects.create(
            key=page.translation_key, language=language, opened_at=opened, changed_at=now, **values
        )
    if any(getattr(row, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(row, name, value)
        row.changed_at = now
        row.save()
    return row


def withdraw(*, key, language: str) -> int:
    """What is no longer public keeps its code and its time, and loses its words and its pack.

    Returns how many rows that was.
    """
    drop_packs(rows=SharedMaterial.objects.filter(key=key, language=language))
    return SharedMaterial.objects.filter(key=key, language=language, withdrawn=False).update(
        withdrawn=True,
        page=None,
        cover=None,
        revision_id=None,
        title="",
        summary="",
        url="",
        facts={},
        changed_at=_now(),
    )


@transaction.atomic
def drop_packs(*, rows) -> int:
    """Take the packs of `rows` (a queryset of SharedMaterial) away: not to be had by an old address either.

    Returns how many there were.
    """
    packs = list(SharedPack.objects.select_for_update().filter(material__in=rows))
    for pack in packs:
        delete_later(pack.name)
        pack.delete()
    return len(packs)


def delete_later(name: str) -> None:
    """Delete a public file once the transaction that gives it up is committed."""
    transaction.on_commit(lambda: storages["public"].delete(name), robust=True)


def share_branch(*, page: Page) -> int:
    """A page and all below it, whose addresses or privacy have changed. Returns how many were looked at."""
    pages = list(page.get_descendants(inclusive=True).select_related("locale").specific())
    for one in pages:
        share_page(page=one)
    return len(pages)


def renew(*, step: Step = untold) -> dict[str, int]:
    """Bring every row in step with the pages: also for what was published before this register was kept.

    Returns {"open", "withdrawn"}: how many materials are open now, and how many rows were found to be no longer.
    `step` hears (done, total, what).
    """
    pages = [
        page
        for model in content_page_models()
        if model.is_material
        for page in model.objects.live().select_related("locale")
    ]
    held = set()
    for number, page in enumerate(pages):
        step(number, len(pages), page.title)
        if row := share_page(page=page):
            held.add(row.pk)
    gone = SharedMaterial.objects.open().exclude(pk__in=held)
    withdrawn = sum(withdraw(key=row.key, language=row.language) for row in gone.only("key", "language"))
    return {"open": len(held), "withdrawn": withdrawn}


def record_use(*, agency: Agency, material: SharedMaterial, kind: str) -> None:
    """Count one use by `agency` of the version that is public now. Two at the same moment are counted as two."""
    place = {
        "agency": agency,
        "material": material,
        "revision_id": material.revision_id or 0,
        "kind": kind,
        "day": timezone.localdate(),
    }
    rows = MaterialUse.objects.filter(**place)
    if not rows.update(count=F("count") + 1):
        MaterialUse.objects.bulk_create([MaterialUse(**place, title=material.title)], ignore_conflicts=True)
        rows.update(count=F("count") + 1)


@transaction.atomic
def log_broadcast(*, line: Broadcast) -> Broadcast:
    """Write down a cleaned line of the log. The same material of the same station and day is one line: the number that
    came last holds, so that a form sent twice counts nothing twice.
    """
    twins = Broadcast.objects.select_for_update().filter(
        station=line.station, material=line.material, aired_on=line.aired_on
    )
    if (twin := twins.exclude(pk=line.pk).first()) is not None:
        twin.times = line.times
        twin.save(update_fields=["times"])
        if line.pk:
            line.delete()
        return twin
    line.save()
    return line
