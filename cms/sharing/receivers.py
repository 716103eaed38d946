"""What is published is in the register at once, what is taken back is out of it at once."""

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from cms.keeping import drop_kept_pages
from cms.models import HandbookFile
from cms.sharing import tasks
from cms.sharing.models import Agency, SharedMaterial
from cms.sharing.operations import share_branch, share_page, withdraw
from cms.vocabulary.signals import site_language_changed
from media.models import DocumentFile, Recording


@receiver(page_published)
def page_is_published(sender, instance, **kwargs):
    row = share_page(page=instance)
    if row is not None and instance.specific_class.has_pack:
        transaction.on_commit(lambda: tasks.pack_material.delay(row.pk), robust=True)


@receiver(post_save, sender=HandbookFile)
def handbook_file_is_made(sender, instance, **kwargs):
    """A handbook's pack holds its e-book, its prints and its sounds; what a second message finds done is left alone."""
    row = SharedMaterial.objects.open().filter(page=instance.page_id).first()
    if row is not None and instance.kind == HandbookFile.Kind.AUDIO:
        transaction.on_commit(lambda: tasks.pack_material.delay(row.pk), robust=True)


@receiver(post_save, sender=Recording)
@receiver(post_save, sender=DocumentFile)
def file_changes(sender, instance, created, **kwargs):
    """Copies of a recording come after its page; a document may get another licence."""
    if not created:
        transaction.on_commit(lambda: tasks.pack_where_used.delay(sender._meta.label, instance.pk), robust=True)


@receiver(page_unpublished)
def page_is_unpublished(sender, instance, **kwargs):
    withdraw(key=instance.translation_key, language=instance.locale.language_code)


@receiver(pre_delete)
def page_goes(sender, instance, **kwargs):
    if isinstance(instance, Page):
        withdraw(key=instance.translation_key, language=instance.locale.language_code)


@receiver(post_page_move)
@receiver(page_slug_changed)
def address_changes(sender, instance, **kwargs):
    transaction.on_commit(lambda: tasks.share_branch_of.delay(instance.pk), robust=True)


@receiver(site_language_changed)
def language_is_opened_or_closed(sender, code, **kwargs):
    transaction.on_commit(tasks.renew_shared.delay, robust=True)


@receiver(post_save, sender=Agency)
@receiver(post_delete, sender=Agency)
def register_of_agencies_changes(sender, **kwargs):
    drop_kept_pages()


@receiver(post_save, sender=PageViewRestriction)
@receiver(post_delete, sender=PageViewRestriction)
def privacy_changes(sender, instance, **kwargs):
    page = Page.objects.filter(pk=instance.page_id).first()
    if page is not None:
        share_branch(page=page)
