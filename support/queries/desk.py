"""What the screens of the desk show, and its public figures."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from cms.models import GuidePage
from cms.text.folding import fold
from cms.vocabulary.models import Procedure
from schools.models import Role, Unit, User
from support.models import AnswerPage, CannedAnswer, Ticket, TicketBatch
from support.permissions import ANSWERING

# A public figure under this many is not told (product.md §2).
FEWEST = 5
# A ticket is found by so many words; more are never needed.
MOST_WORDS = 8
# So long the list offers to take back what was done to many.
BATCHES_FOR = timedelta(days=7)
ORDERS = {
    "answered": ["-answered_at", "pk"],
    "unpublished": ["-answered_at", "pk"],
    "closed": ["-received_at", "pk"],
}
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
        "closed": Q(state=Ticket.State.CLOSED),
    }


def counts(user: User, wanted: dict | None = None) -> dict[str, int]:
    """How many tickets stand under each view, in one statement; `wanted` as in narrowed()."""
    return narrowed(Ticket.objects.visible_to(user), **wanted or {}).aggregate(
        **{name: Count("pk", filter=condition) for name, condition in filters(user).items()}
    )


def listed(user: User, view: str, wanted: dict | None = None) -> QuerySet[Ticket]:
    """The tickets of one view: what is due first stands first, what is settled by when it was."""
    condition = filters(user).get(view) or filters(user)["waiting"]
    order = ORDERS.get(view, ["due_at", "pk"])
    rows = Ticket.objects.visible_to(user).filter(condition).select_related("unit", "owner__person")
    return narrowed(rows, **wanted or {}).order_by(*order)


def narrowed(
    rows: QuerySet[Ticket],
    *,
    words: str = "",
    procedure: str = "",
    unit: Unit | None = None,
    source: str = "",
    same: UUID | None = None,
) -> QuerySet[Ticket]:
    """Those of `rows` that hold all the `words`, accents or not; are about a procedure, a unit, or from a source; or say the
    `same` as the ticket of that uuid."""
    for word in fold(words).split()[:MOST_WORDS]:
        rows = rows.filter(folded__contains=word)
    if procedure:
        rows = rows.filter(procedure_code=procedure)
    if unit is not None:
        rows = rows.filter(unit=unit)
    if source:
        rows = rows.filter(source=source)
    if same is not None:
        rows = rows.filter(folded=Ticket.objects.filter(uuid=same).values("folded")[:1])
    return rows


def how_often(user: User, tickets: list[Ticket]) -> dict[str, int]:
    """How many waiting tickets say the same as each of these, by the folded text."""
    rows = (
        Ticket.objects.visible_to(user).waiting().filter(folded__in={one.folded for one in tickets}).exclude(folded="")
    )
    return dict(rows.order_by().values_list("folded").annotate(Count("pk")))


def latest_batches(user: User) -> list[TicketBatch]:
    """What was settled together in the last days and can still be taken back, the latest first."""
    undoable = Ticket.objects.visible_to(user).undoable().filter(batch=OuterRef("pk"))
    rows = TicketBatch.objects.filter(Exists(undoable), made_at__gt=timezone.now() - BATCHES_FOR)
    return list(rows.select_related("actor__person").order_by("-made_at")[:5])


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


def canned_for(language: str, procedures: Iterable[str]) -> list[CannedAnswer]:
    rows = CannedAnswer.objects.filter(procedure_code__in=["", *procedures])
    return list(rows.filter(language=language)[:20])


def followed(code: str) -> Ticket | None:
    """The ticket with a code; nobody's who does not know it."""
    return Ticket.objects.filter(code=code).select_related("merged_into").first()


def settled_in(ticket: Ticket) -> Ticket:
    """The ticket whose answer counts: itself, or the one it was joined with, which may have been joined in turn."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


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


def put_away() -> int | None:
    """Public: how many were put away as no question, so that nobody's figures grow by it; None while so few are not told."""
    number = Ticket.objects.filter(state=Ticket.State.CLOSED).exclude(reason=Ticket.Reason.WITHDRAWN).count()
    return number if number >= FEWEST else None


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
        "put_away": put_away(),
        "taken_at": timezone.now(),
    }
