"""The draft of a page out of what was read from a file."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.audit.operations import record
from cms.models import RESERVED_SLUGS, ContentPage
from cms.operations.documents.word import WordPicture, WordReader, WordRefused, opened
from cms.search.folding import folded
from media.models import Picture
from media.problems import unavailable_as_problem


@dataclass
class Draft:
    """The page that was made, what could not be taken, and what an editor should look at."""

    page: ContentPage
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def page_types_below(parent: Page) -> list[type[ContentPage]]:
    """Types of pages with a body that may stand below `parent`; upper rooms' types are among them."""
    return [model for model in parent.creatable_subpage_models() if issubclass(model, ContentPage) and model.reads_word]


def usual_page_type(parent: Page) -> str:
    """The type most pages below `parent` have, among those that can be made there; "" where there is none yet."""
    possible = {model._meta.label_lower for model in page_types_below(parent)}
    kinds = parent.get_children().values_list("content_type__app_label", "content_type__model")
    found = Counter(name for app, model in kinds if (name := f"{app}.{model}") in possible)
    return found.most_common(1)[0][0] if found else ""


def draft_from_word(*, file, parent: Page, page_type: str, by) -> Draft:
    """Make an unpublished page of type `page_type` ("cms.guidepage") below `parent` from an uploaded .docx.

    Raises WordRefused for what is no sound Word file, StorageUnavailable when the pictures cannot be stored. Nothing is
    kept half-way.
    """
    models = {model._meta.label_lower: model for model in page_types_below(parent)}
    if page_type not in models:
        raise WordRefused(_("This kind of page cannot stand here."))
    reader = WordReader(opened(file), name=PurePosixPath(file.name or "").stem)
    blocks = reader.blocks()
    if not blocks:
        raise WordRefused(_("There is no text in this file."))
    with unavailable_as_problem(), transaction.atomic():
        pictures = {
            number: _stored(picture, by, title=f"{reader.title} {number}"[:255])
            for number, picture in enumerate(reader.pictures)
        }
        body = [
            (kind, {**value, "image": pictures[value["image"]]} if kind == "image" else value) for kind, value in blocks
        ]
        page = models[page_type](
            title=reader.title, slug=_free_slug(reader.title, parent), live=False, owner=by, locale=parent.locale
        )
        page.body = [(kind, value) for kind, value in body]
        parent.add_child(instance=page)
        page.save_revision(user=by, log_action="wagtail.create")
        record(
            actor=by,
            action="draft_from_word",
            target_kind="page",
            target_key=page.translation_key,
            target_label=page.title,
            detail={"left_out": len(reader.left_out)},
        )
    return Draft(page=page, left_out=list(dict.fromkeys(reader.left_out)), notes=reader.notes)


def _stored(picture: WordPicture, by, *, title: str) -> Picture:
    file = ContentFile(picture.data, name=f"word.{picture.ending}")
    return Picture.objects.create(
        title=(picture.alt or title)[:255], file=file, description=picture.alt[:255], uploaded_by_user=by
    )


def _free_slug(title: str, parent: Page) -> str:
    base = slugify(folded(title))[:80] or "page"
    taken = {*parent.get_children().values_list("slug", flat=True), *RESERVED_SLUGS}
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)
