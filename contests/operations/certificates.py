"""Certificates of a contest, by the machine that gives those of courses: verified by their number, withdrawn with a reason."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Award, Contest, Ranking
from contests.operations.appeals import appeals_end
from contests.operations.setting_up import log
from contests.problems import NotReady
from contests.queries.winners import teams_of
from courses.models import Certificate
from courses.moment import school_year_on
from courses.operations.certificates import Earned, Subject, issue_certificates


def certificates_lack(contest: Contest) -> str:
    """Why certificates cannot be given yet, in words; empty when they can."""
    if contest.state not in {Contest.State.PUBLISHED, Contest.State.ARCHIVED}:
        return _("Certificates follow when the results are published.")
    frozen = Ranking.objects.filter(contest=contest, kind=Ranking.Kind.FROZEN, is_current=True)
    latest = frozen.select_related("rules").order_by("-computed_at").first()
    if latest and timezone.now() <= (until := appeals_end(latest)):
        return _("Appeals are possible until %(day)s; certificates follow then.") % {
            "day": timezone.localdate(until).strftime("%d/%m/%Y")
        }
    if contest.entries.filter(appeals__state="waiting").exists():
        return _("An appeal is waiting for its answer.")
    return ""


@transaction.atomic
def issue_contest_certificates(*, contest: Contest, by) -> int:
    """A certificate for every prize a person won, of a round or of the contest as a whole. Returns how many are new.

    Asked again it gives only what is missing. Raises NotReady before the results are out, while appeals are possible, and
    while one waits for its answer.
    """
    if lacking := certificates_lack(contest):
        raise NotReady(lacking)
    awards = (
        Award.objects.filter(
            ranking__contest=contest, ranking__kind=Ranking.Kind.FROZEN, ranking__is_current=True, entry__isnull=False
        )
        .select_related("ranking__round", "ranking__category", "prize", "entry__user")
        .order_by("rank", "pk")
    )
    teams = teams_of(contest)
    subjects: dict[str, tuple[str, list[Earned]]] = {}
    for award in awards:
        round = award.ranking.round
        key = f"{contest.uuid}:{round.number}" if round else str(contest.uuid)
        where = _("round %(number)s") % {"number": round.number} if round else ""
        title = f"{contest.title}, {where}" if where else contest.title
        named = " · ".join(filter(None, [award.prize.title, getattr(award.ranking.category, "title", "")]))
        # Of a work everybody who made it gets one.
        for user in teams.get(
            (award.entry_id, award.ranking.category_id or award.entry.category_id), [award.entry.user]
        ):
            earned = Earned(user.pk, award.ranking.computed_at, award=named)
            subjects.setdefault(key, (title, []))[1].append(earned)
    made = 0
    for key, (title, several) in subjects.items():
        subject = Subject(
            kind=Certificate.Kind.CONTEST,
            key=key,
            school_year=school_year_on(contest.reference_date),
            titles={"vi": title},
        )
        made += len(issue_certificates(subject=subject, earned=several, actor=by))
    log(by, "issue_contest_certificates", contest, certificates=made)
    return made
