"""What refers to what, noted once for each thing a load wrote, instead of at every save of every part of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Model
from django.db.models.signals import post_save
from modelcluster.fields import ParentalKey
from wagtail.models import ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update


@contextmanager
def each_reference_once() -> Iterator[None]:
    """Inside, Wagtail's reference index stands still; at the end it is brought up to date with what was saved.

    A question is saved with each of its options, and each save would index the whole question again.
    """
    touched: dict[tuple[type[Model], object], None] = {}

    def note(sender, instance, raw=False, **kwargs):
        root = None if raw else _root_of(instance)
        if root is not None and ReferenceIndex.is_indexed(type(root)):
            touched[type(root), root.pk] = None

    post_save.connect(note, weak=False, dispatch_uid="starter references")
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        post_save.disconnect(dispatch_uid="starter references")
    for model, pk in touched:
        if found := model._default_manager.filter(pk=pk).first():
            ReferenceIndex.create_or_update_for_object(found)


def _root_of(instance: Model) -> Model | None:
    """The page or snippet that an instance is a part of; itself when it stands alone."""
    while True:
        key = next((field for field in instance._meta.get_fields() if isinstance(field, ParentalKey)), None)
        if key is None:
            return instance
        instance = getattr(instance, key.name)
        if instance is None:
            return None
