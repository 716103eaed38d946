"""News from below: progress that moved, rosters that changed."""

from collections import defaultdict
from functools import partial

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from courses.models import LessonProgress
from courses.signals import demo_loaded, progress_moved
from reports.models import Reach
from reports.operations.ledger import count_rosters, note_moves
from schools.models import Membership, PersonMerge, RosterImport, SchoolClass, SchoolYear
from schools.signals import persons_merged, rosters_changed


@receiver(progress_moved, sender=LessonProgress)
def somebody_moved(sender, user_ids, school_year, **kwargs):
    note_moves(user_ids=user_ids, school_year=school_year)


@receiver(post_save, sender=Membership)
def guest_is_known(sender, instance, created, **kwargs):
    """A guest who turns out to be on the roll brings along what they did."""
    if not created and not instance.is_guest:
        note_moves(user_ids=[instance.user_id], school_year=instance.school_class.school_year.code)


@receiver(persons_merged, sender=PersonMerge)
def two_are_one(sender, merge, **kwargs):
    """Who was counted twice counts once, and twice again after an undo."""
    users = [merge.kept_id, merge.other_id]
    years = LessonProgress.objects.filter(user__in=users).order_by().values_list("school_year", flat=True)
    counted = Reach.objects.filter(user__in=users).order_by().values_list("school_year__code", flat=True)
    for code in {*years.distinct(), *counted.distinct()}:
        note_moves(user_ids=users, school_year=code)


@receiver(post_save, sender=RosterImport)
def roster_changed(sender, instance, **kwargs):
    """A list that was brought in, a year that was turned, or either taken back: both years of a roll-over change."""
    if instance.state == RosterImport.State.PLANNED:
        return
    school = instance.school_id
    for year in filter(None, (instance.from_year, instance.school_year)):
        transaction.on_commit(partial(count_rosters, school_year=year, school_ids=[school]))


@receiver(rosters_changed, sender=Membership)
def some_moved(sender, class_ids, **kwargs):
    """Pupils who came, were handed on to another school or turned out to be one: their schools are counted again."""
    schools: dict[SchoolYear, set[int]] = defaultdict(set)
    for one in SchoolClass.objects.filter(pk__in=class_ids).select_related("school_year"):
        schools[one.school_year].add(one.school_id)
    for year, ids in schools.items():
        transaction.on_commit(partial(count_rosters, school_year=year, school_ids=ids))


@receiver(demo_loaded)
def demo_gets_its_figures(sender, counts, **kwargs):
    from reports.demo import load_demo_figures

    for name, number in load_demo_figures().items():
        counts[name] += number
