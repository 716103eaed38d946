"""The desk: a question comes in, finds somebody, is answered in time or chased."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import get_random_string

from cms.audit.operations import record
from cms.text.folding import fold
from schools.codes import ALPHABET
from schools.models import Role, Unit, User
from schools.operations.notifications import notify
from support.assistant.masking import mask
from support.models import MAX_QUESTION, DeskRoute, Ticket, TicketBatch
from support.permissions import may_own
from support.problems import AlreadySettled, CannotMerge, CannotOwn, NothingAnswered, NothingAsked, NothingChosen

# 31 letters: 10 of them are some 8 · 10¹⁴ codes.
CODE_LENGTH = 10
DAYS = 5
SHORTEST = 2
# A ticket is not joined with one that says nothing itself.
NO_GOAL = [Ticket.State.MERGED, Ticket.State.CLOSED]


def new_code() -> str:
    return get_random_string(CODE_LENGTH, ALPHABET)


@transaction.atomic
def write_ticket(
    *,
    question: str,
    language: str,
    source: str = Ticket.Source.FORM,
    procedure_code: str = "",
    unit: Unit | None = None,
    key: UUID | None = None,
) -> Ticket:
    """Take in a question; the same `key` again gives the ticket that is there.

    Personal numbers are taken out before anything is stored. Raises NothingAsked.
    """
    if key is not None and (there := Ticket.objects.filter(key=key).first()):
        return there
    text = mask(question[: 2 * MAX_QUESTION]).text[:MAX_QUESTION]
    if len(text.split()) < SHORTEST:
        raise NothingAsked
    owner, days = route(procedure_code=procedure_code, unit=unit)
    values = {
        "source": source,
        "language": language[:12],
        "procedure_code": procedure_code,
        "unit": unit,
        "question": text,
        "folded": fold(text),
        "owner": owner,
        "due_at": timezone.now() + timedelta(days=days),
    }
    try:
        with transaction.atomic():
            return Ticket.objects.create(key=key, code=new_code(), **values)
    except IntegrityError:
        if key is not None and (there := Ticket.objects.filter(key=key).first()):
            return there
        return Ticket.objects.create(key=key, code=new_code(), **values)


def route(*, procedure_code: str = "", unit: Unit | None = None) -> tuple[User | None, int]:
    """Who answers, and in how many days: the row of the procedure and the nearest unit, then of the procedure, the unit,
    everything. Somebody who has left is passed over, and the question is everybody's who may see it."""
    above = [unit, *reversed(unit.get_ancestors())] if unit else []
    rank = {one.pk: place for place, one in enumerate(above)}
    routes = DeskRoute.objects.filter(
        Q(procedure_code="") | Q(procedure_code=procedure_code), Q(unit=None) | Q(unit__in=list(rank))
    ).select_related("owner")
    found = sorted(routes, key=lambda one: (not one.procedure_code, rank.get(one.unit_id, len(rank))))
    days = found[0].days if found else DAYS
    owner = next((one.owner for one in found if one.owner and may_own(one.owner)), None)
    return owner, days


def _open(ticket: Ticket) -> Ticket:
    locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if locked.state != Ticket.State.NEW:
        raise AlreadySettled
    return locked


@transaction.atomic
def answer_ticket(*, ticket: Ticket, answer: str, actor: User, guide_key: UUID | None = None) -> Ticket:
    """Answer; whoever has the code reads it. `guide_key`: the guide that should have said it. Raises AlreadySettled."""
    found = _open(ticket)
    if not answer.strip():
        raise NothingAnswered
    found.answer, found.state, found.answered_at = answer.strip(), Ticket.State.ANSWERED, timezone.now()
    found.owner = found.owner or actor
    found.guide_key = guide_key or found.guide_key
    found.save()
    record(actor=actor, action="answer_ticket", target_kind="ticket", target_key=found.uuid, target_label=found.code)
    return found


@transaction.atomic
def name_guide(*, ticket: Ticket, guide_key: UUID | None, actor: User) -> Ticket:
    """Say after the answer which guide should have said it, or (None) that none had to. One that is mended stays named."""
    found = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if found.state != Ticket.State.ANSWERED or found.guide_mended_at is not None:
        raise AlreadySettled
    found.guide_key = guide_key
    found.save(update_fields=["guide_key"])
    record(actor=actor, action="name_guide", target_kind="ticket", target_key=found.uuid, target_label=found.code)
    return found


@transaction.atomic
def point_to_portal(*, ticket: Ticket, actor: User, answer: str = "") -> Ticket:
    """A real file or a complaint: it is settled by saying where it belongs. No second complaints system is kept here."""
    found = _open(ticket)
    found.state, found.answered_at, found.answer = Ticket.State.PORTAL, timezone.now(), answer.strip()
    found.save()
    record(actor=actor, action="point_to_portal", target_kind="ticket", target_key=found.uuid, target_label=found.code)
    return found


@transaction.atomic
def assign_ticket(*, ticket: Ticket, owner: User, actor: User | None, wants_translation: bool = False) -> Ticket:
    """Give a waiting ticket to somebody who answers here; they are told. Raises CannotOwn."""
    found = _open(ticket)
    if not may_own(owner):
        raise CannotOwn
    found.owner, found.wants_translation = owner, wants_translation
    found.save(update_fields=["owner", "wants_translation"])
    record(actor=actor, action="assign_ticket", target_kind="ticket", target_key=found.uuid, target_label=found.code)
    if owner != actor:
        _tell([owner], "ticket_assigned", found)
    return found


@transaction.atomic
def merge_ticket(*, ticket: Ticket, code: str, actor: User) -> Ticket:
    """Join a waiting ticket with the one that has `code` and that `actor` may see: its sender then reads that answer."""
    found = _open(ticket)
    other = Ticket.objects.visible_to(actor).select_for_update().filter(code=code).first()
    if other is None or other.pk == found.pk or other.state in NO_GOAL:
        raise CannotMerge
    found.state, found.merged_into = Ticket.State.MERGED, other
    found.save(update_fields=["state", "merged_into"])
    record(actor=actor, action="merge_ticket", target_kind="ticket", target_key=found.uuid, target_label=found.code)
    return found


@transaction.atomic
def close_ticket(*, ticket: Ticket, reason: str, actor: User) -> Ticket:
    """Put away what the desk cannot answer; whoever asked reads why. Counted neither as received nor as answered."""
    found = _open(ticket)
    found.state, found.reason = Ticket.State.CLOSED, reason
    found.save(update_fields=["state", "reason"])
    record(actor=actor, action="close_ticket", target_kind="ticket", target_key=found.uuid, target_label=found.code)
    return found


@transaction.atomic
def settle_many(
    *,
    tickets: QuerySet[Ticket],
    act: str,
    actor: User,
    reason: str = "",
    answer: str = "",
    guide_key: UUID | None = None,
    code: str = "",
) -> TicketBatch:
    """Settle all of `tickets` that still wait, in one statement: put them away for a `reason`, give them one `answer`, join
    them with the ticket that has `code`, or point them to the portal. What somebody else has settled meanwhile stays.

    Raises NothingAnswered, CannotMerge, NothingChosen.
    """
    now = timezone.now()
    values: dict = {"state": act}
    match act:
        case Ticket.State.CLOSED:
            values["reason"] = reason
        case Ticket.State.PORTAL:
            values |= {"answered_at": now, "answer": ""}
        case Ticket.State.ANSWERED:
            if not answer.strip():
                raise NothingAnswered
            values |= {"answered_at": now, "answer": answer.strip(), "owner": Coalesce("owner", actor.pk)}
            if guide_key:
                values["guide_key"] = guide_key
        case Ticket.State.MERGED:
            goal = Ticket.objects.visible_to(actor).select_for_update().filter(code=code).first()
            if goal is None or goal.state in NO_GOAL:
                raise CannotMerge
            tickets, values["merged_into"] = tickets.exclude(pk=goal.pk), goal
    batch = TicketBatch.objects.create(act=act, reason=values.get("reason", ""), actor=actor)
    batch.count = tickets.waiting().order_by().update(**values, batch=batch)
    if not batch.count:
        raise NothingChosen
    batch.save(update_fields=["count"])
    record(actor=actor, action="settle_many", target_kind="batch", target_key=batch.uuid, target_label=str(batch))
    return batch


@transaction.atomic
def take_back(*, ticket: Ticket, actor: User) -> None:
    """Let a settled ticket wait again, by the day it had. An answer stays beside it as a draft; a guide named with it is no
    longer to be mended because of it. Raises AlreadySettled where a page for everybody was made of it."""
    if not _wait_again(Ticket.objects.filter(pk=ticket.pk)):
        raise AlreadySettled
    record(actor=actor, action="take_back", target_kind="ticket", target_key=ticket.uuid, target_label=ticket.code)


@transaction.atomic
def take_back_batch(*, batch: TicketBatch, actor: User) -> int:
    """Let wait again what was settled together and `actor` may see; returns how many. Raises AlreadySettled."""
    count = _wait_again(Ticket.objects.visible_to(actor).filter(batch=batch))
    if not count:
        raise AlreadySettled
    record(actor=actor, action="take_back", target_kind="batch", target_key=batch.uuid, target_label=str(batch))
    return count


def _wait_again(tickets: QuerySet[Ticket]) -> int:
    return tickets.undoable().update(
        state=Ticket.State.NEW,
        merged_into=None,
        reason="",
        answered_at=None,
        batch=None,
        reopened_at=timezone.now(),
        guide_key=Case(When(guide_mended_at=None, then=Value(None)), default=F("guide_key")),
    )


@transaction.atomic
def mend_guide(*, guide_key: UUID, tickets, actor: User) -> int:
    """The guide says now what was asked: its questions leave the list of guides to mend. Returns how many they were."""
    count = tickets.filter(guide_key=guide_key, guide_mended_at=None).update(guide_mended_at=timezone.now())
    if count:
        record(actor=actor, action="mend_guide", target_kind="guide", target_key=str(guide_key))
    return count


def chase_late(now=None) -> dict[str, int]:
    """Pass on what waits for somebody who has left, and tell the officers above of what is late, once a ticket.

    Safe to run again: a ticket is escalated once.
    """
    now = now or timezone.now()
    counts = {"passed_on": 0, "escalated": 0}
    for ticket in Ticket.objects.waiting().exclude(owner=None).select_related("owner", "unit"):
        if not may_own(ticket.owner):
            owner, _days = route(procedure_code=ticket.procedure_code, unit=ticket.unit)
            counts["passed_on"] += Ticket.objects.filter(pk=ticket.pk, owner=ticket.owner).update(owner=owner)
    for ticket in Ticket.objects.late(now).filter(escalated_at=None).select_related("unit"):
        with transaction.atomic():
            if not Ticket.objects.filter(pk=ticket.pk, escalated_at=None).update(escalated_at=now):
                continue
            _tell(officers_above(ticket.unit), "ticket_late", ticket)
            counts["escalated"] += 1
    return counts


def _tell(users: list[User], kind: str, ticket: Ticket) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        url = reverse("support:ticket", args=[ticket.uuid])
    notify(users=users, kind=kind, context={"code": ticket.code}, key=f"{kind}:{ticket.uuid}", url=url)


def officers_above(unit: Unit | None) -> list[User]:
    """Province officers whose unit stands above: who must see that their people answer."""
    today = timezone.localdate()
    roles = Role.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        kind=Role.Kind.PROVINCE_OFFICER,
        starts_on__lte=today,
        unit__isnull=False,
        user__is_active=True,
    ).select_related("user", "unit")
    return [role.user for role in roles if (unit.path.startswith(role.unit.path) if unit else role.unit.depth == 1)]
