"""News from the pages below: what is published may be quoted, what is taken down no longer."""

from functools import partial

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from cms.models import SearchSynonym
from cms.vocabulary.models import HelpPoint, Procedure
from courses.signals import demo_loaded
from schools.models import FormerName, UnitSuccession
from support import tasks
from support.assistant.indexing import index_branch, next_version, put_anew, take_back
from support.models import Asking, Quotable, Wording


@receiver(page_published)
def page_may_be_quoted(sender, instance, **kwargs):
    transaction.on_commit(partial(tasks.index_page.delay, instance.pk), robust=True)


@receiver(page_unpublished)
def page_is_taken_down(sender, instance, **kwargs):
    take_back(kind=Quotable.Kind.PAGE, key=instance.translation_key, language=instance.locale.language_code)


@receiver(pre_delete)
def page_goes(sender, instance, **kwargs):
    if isinstance(instance, Page):
        page_is_taken_down(sender, instance)
        if not Page.objects.filter(translation_key=instance.translation_key).exclude(pk=instance.pk).exists():
            Asking.objects.filter(kind=Quotable.Kind.PAGE, key=instance.translation_key).delete()


@receiver(post_page_move)
@receiver(page_slug_changed)
def address_changes(sender, instance, **kwargs):
    transaction.on_commit(partial(tasks.index_branch.delay, instance.pk), robust=True)


@receiver(post_save, sender=PageViewRestriction)
@receiver(post_delete, sender=PageViewRestriction)
def privacy_changes(sender, instance, **kwargs):
    """A page that has become private is not quoted from this moment, not from when a worker gets to it."""
    index_branch(instance.page_id)


@receiver(post_save, sender=Procedure)
def facts_change(sender, instance, **kwargs):
    transaction.on_commit(partial(tasks.index_telling.delay, instance.code), robust=True)


@receiver(post_save, sender=HelpPoint)
@receiver(post_delete, sender=HelpPoint)
def help_point_changes(sender, instance, **kwargs):
    transaction.on_commit(partial(tasks.index_point.delay, str(instance.uuid)), robust=True)


@receiver(post_save, sender=FormerName)
@receiver(post_delete, sender=FormerName)
@receiver(post_save, sender=UnitSuccession)
@receiver(post_delete, sender=UnitSuccession)
def other_names_of_communes_change(sender, **kwargs):
    """People go on asking by the name a commune had, and by that of what became part of it."""
    transaction.on_commit(tasks.index_places.delay, robust=True)


@receiver(post_save, sender=Wording)
@receiver(post_delete, sender=Wording)
@receiver(post_save, sender=SearchSynonym)
@receiver(post_delete, sender=SearchSynonym)
def words_change(sender, **kwargs):
    """Every process reads the words anew."""
    next_version()


@receiver(post_save, sender=Asking)
@receiver(post_delete, sender=Asking)
def asking_changes(sender, instance, **kwargs):
    """Every process reads the thing anew, with the ways in which people ask for it."""
    put_anew(kind=instance.kind, key=instance.key)


@receiver(demo_loaded)
def demo_is_loaded(sender, counts, **kwargs):
    """The demo's people and guides are there: now they ask."""
    from support.demo import load_demo_askings, load_demo_desk
    from support.demo_surveys import load_demo_surveys
    from support.demo_visits import load_demo_visits

    load_demo_desk(counts)
    load_demo_surveys(counts)
    load_demo_visits(counts)
    load_demo_askings(counts)
