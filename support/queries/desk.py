"""What the screens of the desk show, and its public figures."""

from django.conf import settings
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from cms.models import GuidePage
from cms.vocabulary.models import Procedure
from schools.models import Role, Unit, User
from support.models import AnswerPage, CannedAnswer, Ticket
from support.permissions import ANSWERING

# A public figure under this many is not told (product.md §2).
FEWEST = 5
# Counted as received: what was a question.
ASKED = ~Q(state__in=[Ticket.State.CLOSED, Ticket.State.MERGED])
SETTLED = Q(state__in=[Ticket.State.ANSWERED, Ticket.State.PORTAL])
IN_TIME = SETTLED & Q(answered_at__lte=F("due_at"))
SUMS = {"received": Count("pk"), "answered": Count("pk", filter=SETTLED), "in_time": Count("pk", filter=IN_TIME)}


def filters(user: User) -> dict[str, Q]:
    """The views of the desk's list, by name."""
    now = timezone.now()
    return {
        "waiting": Q(state=Ticket.State.NEW),
        "mine": Q(state=Ticket.State.NEW, owner=user),
        "late": Q(state=Ticket.State.NEW, due_at__lt=now),
        "answered": SETTLED,
        "unpublished": Q(state=Ticket.State.ANSWERED, page_key=None),
    }


def counts(user: User) -> dict[str, int]:
    """How many tickets stand under each view, in one statement."""
    return Ticket.objects.visible_to(user).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in filters(user).items()}
    )


def listed(user: User, view: str) -> QuerySet[Ticket]:
    """The tickets of one view: what is due first stands first, what is settled by when it was."""
    condition = filters(user).get(view) or filters(user)["waiting"]
    order = ["-answered_at", "pk"] if view in {"answered", "unpublished"} else ["due_at", "pk"]
    rows = Ticket.objects.visible_to(user).filter(condition).select_related("unit", "owner__person")
    return rows.order_by(*order)


def procedure_names(codes: set[str]) -> dict[str, str]:
    rows = Procedure.objects.filter(code__in=codes, locale__language_code=settings.LANGUAGE_CODE)
    return dict(rows.values_list("code", "name"))


def guides(language: str) -> list[tuple[str, str]]:
    """Published guides an answer may belong to, as (key, title)."""
    rows = GuidePage.objects.live().filter(locale__language_code=language).order_by("title")
    return [(str(key), title) for key, title in rows.values_list("translation_key", "title")]


def owners() -> QuerySet[User]:
    """People a ticket may be given to."""
    today = timezone.localdate()
    roles = Role.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), kind__in=ANSWERING, starts_on__lte=today
    ).values("user")
    return User.objects.filter(pk__in=roles, is_active=True).select_related("person").order_by("person__name_sort")


def canned_for(ticket: Ticket) -> list[CannedAnswer]:
    rows = CannedAnswer.objects.filter(Q(procedure_code="") | Q(procedure_code=ticket.procedure_code))
    return list(rows.filter(language=ticket.language)[:20])


def followed(code: str) -> Ticket | None:
    """The ticket with a code, or the one it was joined with; nobody's who does not know the code."""
    found = Ticket.objects.filter(code=code).select_related("merged_into", "unit").first()
    return found.merged_into if found is not None and found.merged_into_id else found


def answer_page(ticket: Ticket) -> AnswerPage | None:
    if ticket.page_key is None:
        return None
    return AnswerPage.objects.filter(translation_key=ticket.page_key).select_related("locale").first()


def guides_to_mend(user: User) -> list[dict]:
    """Guides that answered questions show to be wanting: {key, title, url, count, since, questions}, most asked first."""
    rows = Ticket.objects.visible_to(user).filter(guide_mended_at=None).exclude(guide_key=None)
    groups = list(rows.values("guide_key").annotate(count=Count("pk"), since=Min("received_at")).order_by("-count"))
    keys = [group["guide_key"] for group in groups]
    pages = {
        page.translation_key: page
        for page in GuidePage.objects.filter(
            translation_key__in=keys, locale__language_code=settings.LANGUAGE_CODE
        ).select_related("locale")
    }
    asked: dict = {}
    for key, question in rows.order_by("-received_at").values_list("guide_key", "question"):
        asked.setdefault(key, []).append(question)
    return [
        {
            "key": group["guide_key"],
            "page": pages.get(group["guide_key"]),
            "count": group["count"],
            "since": group["since"],
            "questions": asked[group["guide_key"]][:5],
        }
        for group in groups
    ]


def tally(tickets: QuerySet[Ticket]) -> dict[str, int]:
    """How many of these tickets were {received, answered, in_time}: what the public pages and indicator E1 tell."""
    return tickets.filter(ASKED).aggregate(**SUMS)


def figures() -> dict:
    """Public: received, answered and answered in time, in all and by unit. Numbers under five are not told, and where one
    unit's is not, the smallest other is not either, so that nobody subtracts."""
    whole = tally(Ticket.objects.all())
    by_unit = list(Ticket.objects.filter(ASKED).exclude(unit=None).values("unit").annotate(**SUMS))
    names = dict(Unit.objects.filter(pk__in=[row["unit"] for row in by_unit]).values_list("pk", "name"))
    rows = [{"unit": names[row["unit"]], **{name: row[name] for name in SUMS}} for row in by_unit]
    rows.append({"unit": None, **{name: whole[name] - sum(row[name] for row in by_unit) for name in SUMS}})
    rows = [row for row in rows if row["received"]]
    small = [row for row in rows if row["received"] < FEWEST]
    told = sorted((row for row in rows if row not in small), key=lambda row: (row["unit"] is None, -row["received"]))
    if len(small) == 1 and told:
        small.append(told.pop(min(range(len(told)), key=lambda place: told[place]["received"])))
    return {
        "whole": whole if whole["received"] >= FEWEST else None,
        "rows": told,
        "hidden": len(small),
        "taken_at": timezone.now(),
    }
