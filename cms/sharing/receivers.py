"""What is published is in the register at once, what is taken back is out of it at once."""

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from cms.keeping import drop_kept_pages
from cms.sharing import tasks
from cms.sharing.models import Agency
from cms.sharing.operations import share_branch, share_page, withdraw
from cms.vocabulary.signals import site_language_changed


@receiver(page_published)
def page_is_published(sender, instance, **kwargs):
    share_page(page=instance)


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
