"""A page that is published takes its translations along, without anybody pressing a button."""

from django.db import models
from django.dispatch import receiver
from wagtail.models import Locale
from wagtail.signals import page_published
from wagtail_localize.models import TranslationSource


@receiver(page_published)
def source_moves(sender, instance, **kwargs):
    """What was published in the main language is what its translators work from, from now on."""
    if instance.locale_id != Locale.get_default().pk:
        from cms.translating.operations.segments import carry_signature

        carry_signature(instance)
        return
    source = TranslationSource.objects.get_for_instance_or_none(instance)
    if source is not None and source.translations.filter(enabled=True).exists():
        source.update_from_db()


def take_texts_along() -> None:
    """Whoever brings a source up to date, the library's buttons or the receiver above, does it by `update_source`.

    The library has no signal at the one place all its ways come through, so that method is stood in for (ADR 0083).
    """
    from cms.translating.operations.segments import update_source

    library = TranslationSource.refresh_segments
    if getattr(library, "takes_texts_along", False):
        return

    def refresh_segments(self: models.Model) -> None:
        update_source(self, lambda: library(self))

    refresh_segments.takes_texts_along = True
    TranslationSource.refresh_segments = refresh_segments
