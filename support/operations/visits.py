"""Writing down whom a team has guided, from a phone that is often without a line: many at once, again and again, in any
order. What is written is the last state of each visit, told by a number that grows on the phone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cms.audit.operations import record
from schools.models import Unit, User
from support.models import MAX_NOTE, Ticket, Visit
from support.naming import without_people
from support.operations.desk import close_ticket, write_ticket
from support.permissions import keeps_visits, units_guided
from support.problems import NoVisitLog, VisitRefused
from support.queries.visits import language_codes, service_names

# So long one's own entry may be mended or taken back, and so late one may be written down.
MENDED_FOR = timedelta(days=7)
AT_MOST_BACK = timedelta(days=92)
TICKETS = uuid5(NAMESPACE_URL, "hoc-dich-vu-cong/visit/ticket")


@dataclass(frozen=True)
class Told:
    """A visit as the phone tells it. `asks`: the difficulty shall be answered by the desk; `undone`: taken back."""

    visit_id: UUID
    seq: int
    on: date
    procedure: str
    age_band: str
    language: str
    people: int = 1
    difficulty: str = ""
    note: str = ""
    unit: str = ""
    asks: bool = False
    undone: bool = False


@dataclass
class Outcome:
    """`refused`: {visit: why}, for good: the same again is refused again."""

    visits: list[Visit] = field(default_factory=list)
    refused: dict[UUID, VisitRefused] = field(default_factory=dict)


def keep_visits(*, member: User, told: Iterable[Told], now: datetime | None = None) -> Outcome:
    """Take in what a phone has gathered, each visit by itself: one that cannot be taken holds up no other.

    Raises NoVisitLog for somebody who was never of a team.
    """
    if not keeps_visits(member) and not Visit.objects.filter(member=member).exists():
        raise NoVisitLog
    outcome = Outcome()
    for one in told:
        try:
            outcome.visits.append(keep_visit(member=member, told=one, now=now))
        except VisitRefused as refused:
            outcome.refused[one.visit_id] = refused
    return outcome


@transaction.atomic
def keep_visit(*, member: User, told: Told, now: datetime | None = None) -> Visit:
    """Write down, mend or take back one visit; what is older than what is there changes nothing.

    Names and long numbers are taken out of the remark before anything is stored. Raises VisitRefused.
    """
    now = now or timezone.now()
    there = Visit.objects.select_for_update().filter(visit_id=told.visit_id).first()
    if there is not None:
        return _mend(there, member, told, now)
    values = _values(member, told, now, None)
    try:
        with transaction.atomic():
            visit = Visit.objects.create(
                visit_id=told.visit_id,
                seq=told.seq,
                member=member,
                received_at=now,
                withdrawn_at=now if told.undone else None,
                **values,
            )
    except IntegrityError:
        # The same visit from another tab, or sent again before the first answer came.
        there = Visit.objects.select_for_update().filter(visit_id=told.visit_id).first()
        if there is None:
            raise
        return _mend(there, member, told, now)
    if told.asks and not told.undone:
        _ask_the_desk(visit)
    return visit


def _mend(visit: Visit, member: User, told: Told, now: datetime) -> Visit:
    if visit.member_id != member.pk:
        raise VisitRefused("not_yours")
    if told.seq <= visit.seq:
        return visit
    if now > visit.received_at + MENDED_FOR:
        raise VisitRefused("settled")
    values = _values(member, told, now, visit)
    changed = [_change(name, getattr(visit, name), new) for name, new in values.items() if getattr(visit, name) != new]
    was_withdrawn = visit.withdrawn_at is not None
    for name, value in values.items():
        setattr(visit, name, value)
    visit.seq, visit.changed_at = told.seq, now
    visit.withdrawn_at = (visit.withdrawn_at or now) if told.undone else None
    visit.save()
    if told.undone != was_withdrawn or changed:
        record(
            actor=member,
            action="undo_visit" if told.undone else "correct_visit",
            target_kind="visit",
            target_key=visit.visit_id,
            target_label=str(visit.unit),
            detail={"changes": changed} if changed else {},
        )
    if told.undone:
        if visit.ticket is not None and visit.ticket.state == Ticket.State.NEW:
            close_ticket(ticket=visit.ticket, reason=Ticket.Reason.WITHDRAWN, actor=member)
    elif told.asks:
        _ask_the_desk(visit)
    return visit


def _change(name: str, was, now) -> str:
    """As the log keeps it; a remark is only said to be another."""
    return name if name == "note" else f"{name}: {was} → {now}"


def _values(member: User, told: Told, now: datetime, there: Visit | None) -> dict:
    today = timezone.localdate(now)
    if told.on > today:
        raise VisitRefused("too_early")
    # Mending another field of an old entry must not be refused for its day.
    if told.on < today - AT_MOST_BACK and not (there and there.on == told.on):
        raise VisitRefused("too_old")
    if told.procedure not in service_names():
        raise VisitRefused("unknown_procedure")
    if told.language not in language_codes():
        raise VisitRefused("unknown_language")
    return {
        "unit": _unit(member, told, there),
        "on": told.on,
        "procedure_code": told.procedure,
        "age_band": told.age_band,
        "language": told.language,
        "people": told.people,
        "difficulty": told.difficulty,
        "note": without_people(told.note[: 2 * MAX_NOTE]).text[:MAX_NOTE].strip(),
    }


def _unit(member: User, told: Told, there: Visit | None) -> Unit:
    units = list(units_guided(member, told.on))
    for one in units:
        if one.code == told.unit or (not told.unit and there and one.pk == there.unit_id):
            return one
    if not units:
        raise VisitRefused("no_office")
    return units[0]


def _ask_the_desk(visit: Visit) -> None:
    """Hand the difficulty to the desk of the commune, once a visit."""
    if visit.ticket_id is not None:
        return
    # The desk works in the main language, whatever the phone shows.
    with translation.override(settings.LANGUAGE_CODE):
        difficulty = str(Visit.Difficulty(visit.difficulty).label) if visit.difficulty else ""
        said = ". ".join(part.rstrip(". ") for part in (difficulty, visit.note) if part)
        question = _("A team that guides people asks about “%(service)s”: %(said)s") % {
            "service": service_names().get(visit.procedure_code, ""),
            "said": said or _("how should people do this?"),
        }
    known = visit.procedure_code if visit.procedure_code in service_names(own=False) else ""
    visit.ticket = write_ticket(
        question=question,
        language=settings.LANGUAGE_CODE,
        source=Ticket.Source.COLLABORATOR,
        procedure_code=known,
        unit=visit.unit,
        key=uuid5(TICKETS, str(visit.visit_id)),
    )
    visit.save(update_fields=["ticket"])
