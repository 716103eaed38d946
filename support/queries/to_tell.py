"""What people have said and nobody has answered in public yet: surveys that are closed, guides mended after questions,
difficulties that community teams meet again and again. Offered to whoever may tell what changes, never told by itself."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.models import GuidePage
from schools.models import User
from support.models import ChangePage, Survey, Ticket, Visit
from support.queries.survey_figures import QuestionFigures, figures, most_chosen, shown_mean
from support.queries.visits import service_names
from support.surveys.document import SCALE
from support.surveys.telling import FEWEST

# What lies further back is no news; difficulties are those of the last months.
OFFERED_FOR = timedelta(days=365)
LATELY = timedelta(days=90)
MOST_DIFFICULTIES = 5


@dataclass(frozen=True)
class Offer:
    """`kind`: survey, guide or visit; `text` says how many; `url` leads to where the change is told."""

    kind: str
    title: str
    text: str
    url: str
    on: date


def offers(user: User, today: date | None = None) -> list[Offer]:
    """What `user` may tell the end of, the newest first; as many statements for a hundred as for one."""
    today = today or timezone.localdate()
    found = [*_surveys(user, today), *_guides(user, today), *_difficulties(user, today)]
    return sorted(found, key=lambda one: one.on, reverse=True)


def _surveys(user: User, today: date) -> list[Offer]:
    rows = (
        Survey.objects.visible_to(user)
        .filter(state=Survey.State.CLOSED, followed_up_at=None, closed_at__date__gte=today - OFFERED_FOR)
        .annotate(answered=Count("answers"))
        .filter(answered__gte=FEWEST)
    )
    found = []
    for one in rows:
        words = ngettext("%(number)d answer", "%(number)d answers", one.answered) % {"number": one.answered}
        # From its results each question leads on; they are let out to everybody first.
        name = "support:survey_found" if one.results_public_at else "support:survey_manage"
        on = timezone.localdate(one.closed_at)
        found.append(Offer("survey", one.title, words, reverse(name, args=[one.uuid]), on))
    return found


def _guides(user: User, today: date) -> list[Offer]:
    mended = (
        Ticket.objects.visible_to(user)
        .filter(guide_mended_at__date__gte=today - OFFERED_FOR)
        .exclude(guide_key=None)
        .order_by()
        .values("guide_key")
        .annotate(count=Count("pk"), mended=Max("guide_mended_at"))
    )
    rows = {row["guide_key"]: row for row in mended}
    told = dict(
        ChangePage.objects.filter(guide_key__in=rows)
        .order_by()
        .values_list("guide_key")
        .annotate(last=Max("changed_on"))
    )
    pages = GuidePage.objects.filter(translation_key__in=rows, locale__language_code=settings.LANGUAGE_CODE)
    found = []
    for key, title in pages.values_list("translation_key", "title"):
        on = timezone.localdate(rows[key]["mended"])
        if key in told and told[key] >= on:
            continue
        count = rows[key]["count"]
        words = ngettext("%(number)d question", "%(number)d questions", count) % {"number": count}
        found.append(Offer("guide", title, words, _telling(guide=key), on))
    return found


def _difficulties(user: User, today: date) -> list[Offer]:
    told = set(
        ChangePage.objects.exclude(difficulty="")
        .filter(changed_on__gt=today - LATELY)
        .values_list("difficulty", "procedure_code")
    )
    met = _met(user, today).order_by().values("difficulty", "procedure_code")
    rows = met.annotate(number=Sum("people"), last=Max("on")).filter(number__gte=FEWEST).order_by("-number")
    services, found = service_names(), []
    for row in rows:
        if (row["difficulty"], row["procedure_code"]) in told:
            continue
        words = ngettext("%(number)d person guided", "%(number)d people guided", row["number"])
        title = f"{Visit.Difficulty(row['difficulty']).label} ({services.get(row['procedure_code'], '…')})"
        url = _telling(difficulty=row["difficulty"], service=row["procedure_code"])
        found.append(Offer("visit", title, words % {"number": row["number"]}, url, row["last"]))
    return found[:MOST_DIFFICULTIES]


def _met(user: User, today: date) -> QuerySet[Visit]:
    """Visits of the last months in which something stood in the way."""
    return Visit.objects.visible_to(user).counted().filter(on__gt=today - LATELY).exclude(difficulty="")


def _telling(**asked) -> str:
    return f"{reverse('support:tell_change')}?{urlencode(asked)}"


# --- What the page of a change begins with ------------------------------------------------------------------------------


def of_guide(user: User, guide_key: UUID) -> dict:
    """Its title, what was asked of it and by how many."""
    tickets = Ticket.objects.visible_to(user).filter(guide_key=guide_key).order_by("-received_at")
    asked = list(tickets.values_list("question", flat=True))
    page = GuidePage.objects.filter(translation_key=guide_key, locale__language_code=settings.LANGUAGE_CODE).first()
    return {
        "title": page.title if page else "",
        "heard": asked[0] if asked else "",
        "said_by": max(1, len(asked)),
        "guide": str(guide_key),
    }


def of_survey(survey: Survey, question: str) -> dict | None:
    """What was found of one question of a survey with public results, in words of the main language; None where so few
    answered that nothing is told."""
    # The page is written in the main language, whatever the desk's screen is in.
    with translation.override(settings.LANGUAGE_CODE):
        rows = figures(survey, language=settings.LANGUAGE_CODE).questions
        found = next((one for one in rows if one.question.key == question), None)
        if found is None or found.answered is None:
            return None
        title = survey.texts.get(settings.LANGUAGE_CODE, {}).get("title") or survey.title
        words = {
            "question": found.text.rstrip("."),
            "told": in_a_sentence(found),
            "survey": title
            if survey.wave == 1
            else _("%(title)s, wave %(number)d") % {"title": title, "number": survey.wave},
            "day": f"{timezone.localdate(survey.closed_at):%d/%m/%Y}",
        }
        heard = _("Asked: “%(question)s” %(told)s. Survey “%(survey)s”, closed on %(day)s.") % words
    return {
        "heard": heard,
        "heard_from": ChangePage.Source.SURVEY,
        "said_by": found.answered,
        "survey": str(survey.uuid),
        "question": question,
    }


def in_a_sentence(one: QuestionFigures) -> str:
    """A figure as it is quoted, with what is not told left out (ADR 0104)."""
    parts = [
        ngettext("%(number)d person answered", "%(number)d people answered", one.answered or 0)
        % {"number": one.answered}
    ]
    if one.question.kind == SCALE:
        parts.append(_("on average %(mean)s of %(top)d") % {"mean": shown_mean(one.mean), "top": one.question.top})
        if one.satisfied is not None:
            parts.append(_("%(percent)d %% chose 4 or 5") % {"percent": one.satisfied})
    elif most := most_chosen(one):
        parts.append(_("most often: %(answers)s") % {"answers": most})
    return "; ".join(parts)


def of_difficulty(user: User, difficulty: str, service: str, today: date | None = None) -> dict | None:
    """How many people met a difficulty in a service lately, where `user` oversees the teams; None under five."""
    today = today or timezone.localdate()
    rows = _met(user, today).filter(difficulty=difficulty, procedure_code=service)
    number = rows.aggregate(number=Sum("people"))["number"] or 0
    if number < FEWEST:
        return None
    with translation.override(settings.LANGUAGE_CODE):
        words = {
            "difficulty": Visit.Difficulty(difficulty).label,
            "service": service_names().get(service, "…"),
            "number": number,
            "since": f"{today - LATELY + timedelta(days=1):%d/%m/%Y}",
            "until": f"{today:%d/%m/%Y}",
        }
        heard = _(
            "What community teams met with %(number)d people, %(since)s – %(until)s, in “%(service)s”: %(difficulty)s."
        )
    return {
        "heard": heard % words,
        "heard_from": ChangePage.Source.VISIT,
        "said_by": number,
        "difficulty": difficulty,
        "service": service,
    }
