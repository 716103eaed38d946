"""By what a search narrows to a page: found in the page itself, so that a page type need not say it."""

from typing import Any

from django.db.models import ForeignKey
from wagtail.fields import StreamField

from cms.models import ContentPage
from cms.search.levels import levels_of
from media.models import Recording


def facts_of(page: ContentPage) -> dict[str, Any]:
    """`levels` from the grades the page tells programs, `has_audio` from every recording it uses; the page's own last."""
    lowest, highest = page.told_to_programs().get("grades") or (None, None)
    return {"levels": levels_of(lowest, highest), "has_audio": _can_be_heard(page)} | page.search_facts()


def _can_be_heard(page: ContentPage) -> bool:
    """Whether something in it can be listened to: a sound, or a video whose sound is there by itself."""
    recordings = Recording.objects.filter(pk__in=recordings_used(page)).only("type", "copies")
    return any(one.type == "audio" or (one.copies or {}).get("sound") for one in recordings)


def recordings_used(page: ContentPage) -> set[int]:
    """Ids of the recordings in any field of the page, however deep in its blocks."""
    found = set()
    for field in page._meta.get_fields():
        if isinstance(field, ForeignKey) and issubclass(field.related_model, Recording):
            found.add(getattr(page, field.attname))
        elif isinstance(field, StreamField):
            references = field.extract_references(getattr(page, field.attname))
            found |= {int(pk) for model, pk, _model_path, _content_path in references if issubclass(model, Recording)}
    return found - {None}
