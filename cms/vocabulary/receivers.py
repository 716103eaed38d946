"""Noticing that the facts of a procedure, or the table of languages, have changed."""

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from cms.vocabulary.models import ContentLanguage, Procedure
from cms.vocabulary.signals import procedure_changed
from cms.vocabulary.speaking import forget_registry

# What readers are told; who owns the record and when it was checked are not facts of the procedure.
FACTS = ("name", "authority", "level", "who", "documents", "fee", "time", "legal_basis", "portal_url")


@receiver(pre_save, sender=Procedure)
def compare_with_stored(sender, instance, raw=False, **kwargs):
    stored = None if raw or instance.pk is None else sender.objects.filter(pk=instance.pk).values(*FACTS).first()
    instance._changed_facts = [name for name in FACTS if stored is not None and stored[name] != getattr(instance, name)]


@receiver(post_save, sender=Procedure)
def tell_of_changes(sender, instance, created, **kwargs):
    changed = getattr(instance, "_changed_facts", [])
    if changed and not created:
        procedure_changed.send(sender=Procedure, procedure=instance, changed=changed)


@receiver([post_save, post_delete], sender=ContentLanguage)
def languages_change(sender, **kwargs):
    forget_registry()
