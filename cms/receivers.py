"""Keeping what is derived from pages in step with them."""

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.utils import timezone
from django_h5p.models import Content
from wagtail.models import Locale, ModelLogEntry, Page, PageLogEntry, PageViewRestriction, Site
from wagtail.signals import (
    copy_for_translation_done,
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
    pre_page_move,
    task_approved,
)

from cms import tasks
from cms.keeping import drop_kept_pages
from cms.models import ContentPage, FreshnessFlag, HandbookPage, Honour, SearchEntry, SearchSynonym, check_slug
from cms.operations.books import making
from cms.operations.editorial import settle_urgent
from cms.operations.freshness import flag_pages, record_uses, settle_published
from cms.operations.honours import take_off_unconsented
from cms.operations.journal import record_model, record_page
from cms.search import helping
from cms.search.indexing import changed as search_changed
from cms.search.indexing import forget, index_branch
from cms.vocabulary.models import Audience, HelpPoint, Procedure, Topic
from cms.vocabulary.signals import procedure_changed, site_language_changed
from media.models import DocumentFile, Picture, Recording
from schools.models import Consent, FormerName, Unit, UnitSuccession


@receiver(page_published)
def page_is_published(sender, instance, **kwargs):
    drop_kept_pages()
    record_uses(page=instance)
    if isinstance(instance, ContentPage):
        settle_published(page=instance)
        _hand_on_terms(instance)
    if isinstance(instance, HandbookPage):
        making.request_files(page=instance, owner=getattr(kwargs.get("revision"), "user", None))
    transaction.on_commit(lambda: tasks.prepare_published_page.delay(instance.pk), robust=True)


@receiver(post_save, sender=Content)
def exercise_changes(sender, **kwargs):
    """Pages tell an exercise's title and size."""
    drop_kept_pages(bodies=True)


@receiver(page_unpublished)
def page_is_unpublished(sender, instance, **kwargs):
    drop_kept_pages()
    record_uses(page=instance)
    forget(kind="page", key=instance.translation_key, language=instance.locale.language_code)
    if isinstance(instance, HandbookPage):
        making.drop_files(page=instance)


@receiver(pre_delete)
def page_goes(sender, instance, **kwargs):
    if isinstance(instance, HandbookPage):
        making.drop_files(page=instance)
    if isinstance(instance, Page):
        drop_kept_pages()
        forget(kind="page", key=instance.translation_key, language=instance.locale.language_code)


@receiver(pre_page_move)
def page_may_move(sender, instance, parent_page_after, **kwargs):
    """However a page is moved: by hand, in bulk, along with its translation. The admin says it before (wagtail_hooks)."""
    check_slug(instance.slug, parent_page_after)


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
    below = Page.objects.filter(pk=instance.page_id).first()
    for handbook in HandbookPage.objects.descendant_of(below, inclusive=True) if below else ():
        # What was made for everybody goes; a page that is open again gets its files anew.
        making.drop_files(page=handbook)
        making.request_files(page=handbook)


@receiver(site_language_changed)
def language_is_opened_or_closed(sender, code, **kwargs):
    """What is closed is out of the search at once; what is opened gets there as a worker gets to it."""
    with transaction.atomic():
        search_changed()
        SearchEntry.objects.filter(language=code).delete()
    transaction.on_commit(lambda: tasks.reindex_language.delay(code), robust=True)


@receiver(post_save, sender=Site)
@receiver(post_save, sender=Locale)
def site_changes(sender, **kwargs):
    drop_kept_pages()


@receiver(post_save, sender=SearchSynonym)
@receiver(post_delete, sender=SearchSynonym)
def synonyms_change(sender, **kwargs):
    search_changed()


@receiver(post_save)
@receiver(post_delete)
def shown_inside_bodies_changes(sender, **kwargs):
    if sender in {Procedure, Topic, Audience, Picture, Recording, DocumentFile}:
        drop_kept_pages(bodies=True)


@receiver(post_save, sender=HelpPoint)
@receiver(post_delete, sender=HelpPoint)
@receiver(m2m_changed, sender=HelpPoint.languages.through)
@receiver(post_save, sender=Unit)
@receiver(post_save, sender=UnitSuccession)
@receiver(post_delete, sender=UnitSuccession)
@receiver(post_save, sender=FormerName)
@receiver(post_delete, sender=FormerName)
def help_points_change(sender, **kwargs):
    """What is listed by commune, and whether pages send people there."""
    drop_kept_pages()


@receiver(post_save, sender=HelpPoint)
@receiver(post_delete, sender=HelpPoint)
@receiver(post_save, sender=UnitSuccession)
@receiver(post_delete, sender=UnitSuccession)
@receiver(post_save, sender=FormerName)
@receiver(post_delete, sender=FormerName)
def help_points_are_found_anew(sender, **kwargs):
    transaction.on_commit(lambda: tasks.reindex_kind.delay(helping.KIND), robust=True)


@receiver(post_save, sender=Unit)
def commune_is_renamed(sender, created, **kwargs):
    if not created:
        help_points_are_found_anew(sender)


@receiver(post_save, sender=Consent)
def consent_changes(sender, instance, **kwargs):
    """A name that may be told, or may be no longer: at once, also on pages kept for everybody."""
    take_off_unconsented(user=instance.user)


@receiver(post_save, sender=Honour)
@receiver(post_delete, sender=Honour)
def honours_change(sender, **kwargs):
    drop_kept_pages()


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


@receiver(post_save, sender=PageLogEntry)
def page_is_worked_on(sender, instance, created, **kwargs):
    if created:
        record_page(instance)


@receiver(post_save, sender=ModelLogEntry)
def thing_is_worked_on(sender, instance, created, **kwargs):
    if created:
        record_model(instance)
