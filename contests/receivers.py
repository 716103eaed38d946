"""News from below: whoever has ended an attempt of a round is led back to the contest; the demo gets its contests."""

from uuid import UUID

from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _

from contests.models import Round
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


@receiver(demo_loaded)
def demo_gets_its_contests(sender, counts, **kwargs):
    from contests.demo import load_demo_contests

    for name, number in load_demo_contests().items():
        counts[name] += number
