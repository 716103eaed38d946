"""Keeping what is derived from pages in step with them."""

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.signals import (
    copy_for_translation_done,
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
    task_approved,
)

from cms import tasks
from cms.keeping import drop_kept_pages
from cms.models import ContentPage, FreshnessFlag, SearchSynonym
from cms.operations.editorial import EDITORS, REVIEWERS, TRANSLATORS, settle_urgent
from cms.operations.freshness import flag_pages, record_uses, settle_published
from cms.search.indexing import forget, index_branch
from cms.vocabulary.models import Audience, Procedure, Topic
from cms.vocabulary.signals import procedure_changed
from media.models import DocumentFile, Picture, Recording
from schools.models import Role
from schools.permissions import current_roles

GROUPS_OF_ROLES = {
    Role.Kind.EDITOR: EDITORS,
    Role.Kind.TRANSLATOR: TRANSLATORS,
    Role.Kind.REVIEWER: REVIEWERS,
}


@receiver(page_published)
def page_is_published(sender, instance, **kwargs):
    drop_kept_pages()
    record_uses(page=instance)
    if isinstance(instance, ContentPage):
        settle_published(page=instance)
        _hand_on_terms(instance)
    transaction.on_commit(lambda: tasks.prepare_published_page.delay(instance.pk), robust=True)


@receiver(page_unpublished)
def page_is_unpublished(sender, instance, **kwargs):
    drop_kept_pages()
    record_uses(page=instance)
    forget(kind="page", key=instance.translation_key, language=instance.locale.language_code)


@receiver(pre_delete)
def page_goes(sender, instance, **kwargs):
    if isinstance(instance, Page):
        drop_kept_pages()
        forget(kind="page", key=instance.translation_key, language=instance.locale.language_code)


@receiver(post_page_move)
@receiver(page_slug_changed)
def address_changes(sender, instance, **kwargs):
    drop_kept_pages()
    transaction.on_commit(lambda: tasks.reindex_branch.delay(instance.pk), robust=True)


@receiver(post_save, sender=PageViewRestriction)
@receiver(post_delete, sender=PageViewRestriction)
def privacy_changes(sender, instance, **kwargs):
    """A page that has become private must be gone from the search at once, not when a worker gets to it."""
    drop_kept_pages()
    index_branch(instance.page_id)


@receiver(post_save, sender=Site)
@receiver(post_save, sender=Locale)
@receiver(post_save, sender=SearchSynonym)
@receiver(post_delete, sender=SearchSynonym)
def site_changes(sender, **kwargs):
    drop_kept_pages()


@receiver(post_save)
@receiver(post_delete)
def shown_inside_bodies_changes(sender, **kwargs):
    if sender in {Procedure, Topic, Audience, Picture, Recording, DocumentFile}:
        drop_kept_pages(bodies=True)


@receiver(post_save, sender=Picture)
def picture_is_saved(sender, instance, **kwargs):
    """A new file or another focal point needs renditions; where there is nothing to make, the task finds so."""
    if instance.file:
        transaction.on_commit(lambda: tasks.prepare_pictures.delay([instance.pk]), robust=True)


@receiver(procedure_changed)
def procedure_facts_change(sender, procedure, **kwargs):
    flag_pages(code=procedure.code, reason=FreshnessFlag.Reason.CHANGED, since=timezone.localdate())


@receiver(task_approved)
def review_is_signed(sender, instance, user, **kwargs):
    page = instance.workflow_state.content_object
    page = page.specific if isinstance(page, Page) else page
    if isinstance(page, ContentPage) and user is not None:
        signed = {"reviewed_by": user, "reviewed_at": timezone.now(), "reviewed_revision": instance.revision_id}
        type(page)._default_manager.filter(pk=page.pk).update(**signed)
    if isinstance(page, Page):
        settle_urgent(page=page, by=user)


@receiver(copy_for_translation_done)
def translation_begins(sender, source_obj, target_obj, **kwargs):
    """The translation tool does not copy relations to many; the new page begins with its source's terms."""
    if isinstance(source_obj, ContentPage):
        _give_terms(source_obj, target_obj)


def _hand_on_terms(page: ContentPage) -> None:
    """What a page in the main language is about, and for whom, holds for its translations too."""
    if page.locale_id != Locale.get_default().pk:
        return
    for translation in page.get_translations():
        _give_terms(page, translation.specific)


def _give_terms(source: ContentPage, target: ContentPage) -> None:
    for name, model in (("topics", Topic), ("audiences", Audience)):
        wanted = [term.translation_key for term in getattr(source, name).all()]
        through = getattr(type(target), name).through
        terms = model.objects.filter(translation_key__in=wanted, locale_id=target.locale_id)
        rows = through.objects.filter(**{target._meta.model_name: target})
        have = set(rows.values_list(f"{model._meta.model_name}_id", flat=True))
        new = {term.pk for term in terms}
        rows.filter(**{f"{model._meta.model_name}_id__in": have - new}).delete()
        through.objects.bulk_create(
            [
                through(**{f"{target._meta.model_name}_id": target.pk, f"{model._meta.model_name}_id": pk})
                for pk in sorted(new - have)
            ]
        )


@receiver(post_save, sender=Role)
@receiver(post_delete, sender=Role)
def editorial_role_changes(sender, instance, **kwargs):
    """Who is an editor, translator or reviewer belongs to that group of the editors' admin for as long as they are."""
    name = GROUPS_OF_ROLES.get(instance.kind)
    if name is None:
        return
    group, _made = Group.objects.get_or_create(name=name)
    if current_roles(instance.user).filter(kind=instance.kind).exists():
        instance.user.groups.add(group)
    else:
        instance.user.groups.remove(group)
