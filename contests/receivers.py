"""News from below: whoever has ended an attempt of a round is led back to the contest; the demo gets its contests."""

from uuid import UUID

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.keeping import drop_kept_pages
from cms.search.indexing import forget
from contests.finding import KIND, find_or_forget
from contests.models import Contest, Round
from courses.signals import demo_loaded
from quizzes.models import Attempt, Opening
from quizzes.signals import ways_asked


@receiver(ways_asked, sender=Attempt)
def ways_from_a_round(sender, attempt, language, **kwargs):
    if attempt.context_kind != Opening.Kind.CONTEST:
        return []
    try:
        round = Round.objects.select_related("stage__contest").filter(uuid=UUID(attempt.context_key)).first()
    except ValueError:
        return []
    if round is None:
        return []
    url = reverse("contests:contest", args=[round.stage.contest.slug])
    return [{"label": _("Back to the contest"), "url": url, "icon": "trophy"}]


@receiver(post_save, sender=Contest)
def contest_is_saved(sender, instance, **kwargs):
    if find_or_forget(instance):
        drop_kept_pages()


@receiver(post_delete, sender=Contest)
def contest_goes(sender, instance, **kwargs):
    forget(kind=KIND, key=str(instance.uuid))
    drop_kept_pages()


@receiver(demo_loaded)
def demo_gets_its_contests(sender, counts, **kwargs):
    from contests.demo import load_demo_contests

    for name, number in load_demo_contests().items():
        counts[name] += number
