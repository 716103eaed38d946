"""«Ý kiến và thay đổi» as everybody reads it."""

from django.conf import settings
from django.db.models import QuerySet

from cms.models import GuidePage
from schools.models import Consent, Unit, User
from schools.queries.consents import who_consented
from support.models import ChangePage, Honour, Survey
from support.queries.desk import FEWEST

HONOURS = 12


def changes(language: str) -> QuerySet[ChangePage]:
    """Published changes, the newest first; those of the main language where there are none in this one."""
    rows = ChangePage.objects.live().public().select_related("locale").order_by("-changed_on", "-pk")
    own = rows.filter(locale__language_code=language)
    return own if own.exists() else rows.filter(locale__language_code=settings.LANGUAGE_CODE)


def with_sources(pages: list[ChangePage]) -> list[ChangePage]:
    """Each with `guide`, the page that was changed, where it is published; `asked_in`, the survey it answers, where its
    results are public; and `said`, None under five."""
    rows = (
        GuidePage.objects.live().public().filter(translation_key__in=[one.guide_key for one in pages if one.guide_key])
    )
    found = {(one.translation_key, one.locale_id): one for one in rows}
    keys = [one.survey_key for one in pages if one.survey_key]
    surveys = {one.uuid: one for one in Survey.objects.filter(uuid__in=keys, results_public_at__isnull=False)}
    for one in pages:
        one.guide = found.get((one.guide_key, one.locale_id))
        one.asked_in = surveys.get(one.survey_key)
        one.said = one.said_by if one.said_by >= FEWEST else None
    return pages


def told_after(survey: Survey, *, public: bool) -> list[ChangePage]:
    """What is changed because of a survey, by question; `public`: what everybody may read."""
    rows = ChangePage.objects.filter(survey_key=survey.uuid).select_related("locale").order_by("changed_on", "pk")
    return list(rows.live().public() if public else rows)


def honours() -> list[dict]:
    """Teams and members thanked, the newest first: {unit, name, words, people, since, until}. `name` is None for a team
    and empty for a member who is not named."""
    rows = list(
        Honour.objects.in_force().select_related("unit", "member__person").order_by("-until", "-people", "pk")[:HONOURS]
    )
    named = who_consented([one.member_id for one in rows if one.member_id], Consent.Purpose.LEADERBOARD)
    return [
        {
            "unit": one.unit.name,
            "name": None if one.member is None else one.member.get_full_name() if one.member_id in named else "",
            "words": one.words,
            "people": one.people,
            "since": one.since,
            "until": one.until,
        }
        for one in rows
    ]


def honours_of(user: User, unit: Unit) -> list[Honour]:
    """Those in force that `user` may take back, of a unit."""
    rows = Honour.objects.visible_to(user).in_force().filter(unit=unit).select_related("member__person")
    return list(rows.order_by("-until", "-given_at")[:HONOURS])
