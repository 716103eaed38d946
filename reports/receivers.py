"""News from below: progress that moved, rosters that changed."""

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from courses.models import LessonProgress
from courses.signals import demo_loaded, progress_moved
from reports.models import Reach
from reports.operations.ledger import count_rosters, note_moves
from schools.models import Membership, PersonMerge, RosterImport
from schools.signals import persons_merged


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
    if instance.state == RosterImport.State.PLANNED:
        return
    year, school = instance.school_year, instance.school_id
    transaction.on_commit(lambda: count_rosters(school_year=year, school_ids=[school]))


@receiver(demo_loaded)
def demo_gets_its_figures(sender, counts, **kwargs):
    from reports.demo import load_demo_figures

    for name, number in load_demo_figures().items():
        counts[name] += number
