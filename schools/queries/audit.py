"""The audit log as its readers ask for it: by person, by kind of act, by day; in words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from cms.audit import acts
from cms.audit.models import AuditEvent
from cms.text.folding import fold
from schools.models import User
from schools.queries.people import find_people

PEOPLE_AT_MOST = 50


@dataclass(frozen=True)
class Asked:
    """What a reader wants to see; empty fields ask for everything. `act` is an action, `area:KEY` or `ending:WORD`."""

    who: str = ""
    text: str = ""
    act: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Line:
    """An event in words. `who` and `thing` are known by the names they have today."""

    event: AuditEvent
    act: str
    who: str
    kind: str
    thing: str
    details: list[tuple[str, str]]


def events_of(asked: Asked) -> QuerySet[AuditEvent]:
    """The newest first."""
    events = AuditEvent.objects.order_by("-at", "-pk")
    if asked.who:
        people = [str(one.uuid) for one in find_people(User.objects.all(), asked.who, limit=PEOPLE_AT_MOST)]
        events = events.filter(
            Q(actor_label__icontains=asked.who)
            | Q(actor__in=people)
            | Q(target_key__in=people, target_kind="account")
            | Q(target_key__in=people, target_kind="person")
        )
    if asked.text:
        events = events.filter(
            Q(target_label__icontains=asked.text) | Q(target_key=asked.text) | Q(action__in=_acts_named(asked.text))
        )
    if asked.act:
        events = events.filter(_act(asked.act))
    if asked.since:
        events = events.filter(at__date__gte=asked.since)
    if asked.until:
        events = events.filter(at__date__lte=asked.until)
    return events


def _acts_named(text: str) -> list[str]:
    """Acts whose words, in the reader's language, hold the text, accents ignored."""
    words = fold(text)
    return [
        action for area in acts.areas().values() for action, told in area.acts.items() if words in fold(str(told))
    ] or [text]


def _act(choice: str) -> Q:
    sort, _colon, key = choice.partition(":")
    if sort == "area" and key in acts.areas():
        return Q(action__in=list(acts.areas()[key].acts))
    if sort == "ending" and key in acts.endings():
        # `page_published` is an act of its own.
        named = [action for area in acts.areas().values() for action in area.acts]
        longer = Q(action__endswith="_unpublished") if key == "published" else Q(pk=None)
        return Q(action__endswith=f"_{key}") & ~Q(action__in=named) & ~longer
    return Q(action=choice)


def choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(value of a whole area, its title, its acts) for the list to choose from, each by its words."""
    found = []
    for key, area in acts.areas().items():
        rows = [(action, str(words)) for action, words in area.acts.items()]
        found.append((f"area:{key}", str(area.title), rows))
    admin = [(f"ending:{ending}", str(words)) for ending, words in acts.endings().items()]
    return [*found, ("", "", admin)] if admin else found


def in_words(events: Iterable[AuditEvent]) -> list[Line]:
    """The events of one page; one statement for each kind of thing with names."""
    rows = list(events)
    keys: dict[str, set[str]] = defaultdict(set)
    for event in rows:
        keys[event.target_kind].add(event.target_key)
        if event.actor:
            keys["account"].add(str(event.actor))
    # A person is an account: one statement for both.
    keys["account"] |= keys.pop("person", set())
    names = {kind: acts.names_of(kind, sorted(found)) for kind, found in keys.items() if found}
    people = names.get("account", {})
    return [
        Line(
            event=event,
            act=acts.act_in_words(event.action),
            who=people.get(str(event.actor), ""),
            kind=acts.kind_in_words(event.target_kind),
            thing=(people if event.target_kind == "person" else names.get(event.target_kind, {})).get(event.target_key)
            or event.target_label,
            details=acts.details_in_words(event.detail),
        )
        for event in rows
    ]
