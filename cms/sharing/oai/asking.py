"""Reading an OAI-PMH request: its arguments, times, sets and resumption tokens; whatever is wrong is said by its code."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet
from django.http import QueryDict

from cms.sharing.models import SharedMaterial

TOKEN_DAYS = 7
PER_PAGE = 100
FORMATS = ("oai_dc", "lrmi")
SECOND = "%Y-%m-%dT%H:%M:%SZ"
# verb: what must be there, what may be there.
VERBS: dict[str, tuple[set[str], set[str]]] = {
    "Identify": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "ListSets": (set(), {"resumptionToken"}),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListIdentifiers": ({"metadataPrefix"}, {"from", "until", "set", "resumptionToken"}),
    "ListRecords": ({"metadataPrefix"}, {"from", "until", "set", "resumptionToken"}),
}


class OaiError(Exception):
    """An error of the protocol: `code` is one of its words, the message is for the person who reads the log."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


@dataclass(frozen=True)
class Wish:
    """What a harvester lists: records changed from `since` until `until` (both included) of one set, after a place.

    The place is the time and id of the last record handed out: what is changed meanwhile moves behind it and comes
    once more, what is withdrawn comes as deleted, nothing is left out.
    """

    prefix: str
    since: str = ""
    until: str = ""
    set: str = ""
    after: tuple[str, int] | None = None
    delivered: int = 0

    def token(self, last: SharedMaterial, count: int) -> str:
        # In full: a place that is cut to the second would hand the same record out for ever.
        after = (last.changed_at.isoformat(), last.pk)
        wish = replace(self, after=after, delivered=self.delivered + count)
        values = [wish.prefix, wish.since, wish.until, wish.set, *after, wish.delivered]
        return signing.dumps(values, salt="oai", compress=True)

    def rows(self) -> QuerySet[SharedMaterial]:
        """Everything wished, from its beginning on."""
        found = SharedMaterial.objects.all()
        if self.since:
            found = found.filter(changed_at__gte=moment(self.since))
        if self.until:
            found = found.filter(changed_at__lte=moment(self.until, end=True))
        return found.filter(_of_set(self.set)).order_by("changed_at", "pk")

    def rest(self) -> QuerySet[SharedMaterial]:
        """What comes after the place."""
        found = self.rows()
        if self.after is None:
            return found
        when, pk = datetime.fromisoformat(self.after[0]), self.after[1]
        return found.filter(Q(changed_at__gt=when) | Q(changed_at=when, pk__gt=pk))


def arguments_of(asked: QueryDict) -> dict[str, str]:
    """The arguments of a request with their verb. Raises OaiError for anything repeated, missing or unknown."""
    if any(len(values) != 1 for _name, values in asked.lists()):
        raise OaiError("badVerb" if len(asked.getlist("verb")) > 1 else "badArgument", "An argument is repeated.")
    given: dict[str, str] = {name: str(asked[name]) for name in asked}
    verb = given.get("verb", "")
    if verb not in VERBS:
        raise OaiError("badVerb", f"The verb is one of {', '.join(VERBS)}.")
    needed, allowed = VERBS[verb]
    names = given.keys() - {"verb"}
    if "resumptionToken" in names and "resumptionToken" in allowed:
        if names != {"resumptionToken"}:
            raise OaiError("badArgument", "resumptionToken stands alone.")
        return given
    if missing := needed - names:
        raise OaiError("badArgument", f"Missing: {', '.join(sorted(missing))}.")
    if unknown := names - needed - allowed:
        raise OaiError("badArgument", f"Not known here: {', '.join(sorted(unknown))}.")
    return given


def wish_of(given: dict[str, str]) -> Wish:
    """What a list request asks for. Raises OaiError."""
    if "resumptionToken" in given:
        return _of_token(given["resumptionToken"])
    if given["metadataPrefix"] not in FORMATS:
        raise OaiError("cannotDisseminateFormat", f"There is {' and '.join(FORMATS)}.")
    since, until = given.get("from", ""), given.get("until", "")
    if since and until:
        if len(since) != len(until):
            raise OaiError("badArgument", "from and until are told in the same way.")
        if moment(since) > moment(until, end=True):
            raise OaiError("badArgument", "from is later than until.")
    for told in filter(None, (since, until)):
        moment(told)
    wish = Wish(prefix=given["metadataPrefix"], since=since, until=until, set=given.get("set", ""))
    _of_set(wish.set)
    return wish


def _of_token(token: str) -> Wish:
    try:
        values = signing.loads(token, salt="oai", max_age=timedelta(days=TOKEN_DAYS))
        prefix, since, until, chosen, when, pk, delivered = values
        datetime.fromisoformat(when)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise OaiError("badResumptionToken", "The token is not ours or too old; begin the harvest anew.") from error
    return Wish(prefix, since, until, chosen, (when, int(pk)), int(delivered))


def moment(told: str, *, end: bool = False) -> datetime:
    """A time as the protocol tells it: a day, or a second in UTC; with `end` the last second of a day."""
    try:
        if len(told) == len("2026-01-01"):
            day = datetime.strptime(told, "%Y-%m-%d").replace(tzinfo=UTC)
            return day + timedelta(days=1, seconds=-1) if end else day
        return datetime.strptime(told, SECOND).replace(tzinfo=UTC)
    except ValueError as error:
        raise OaiError("badArgument", "Times are YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.") from error


def _of_set(name: str) -> Q:
    if not name:
        return Q()
    kind, _colon, code = name.partition(":")
    padded = f" {code} "
    by_kind = {
        "language": Q(language=code),
        "format": Q(format=code),
        "audience": Q(audiences__contains=padded),
        "topic": Q(topics__contains=padded),
    }
    if kind not in by_kind or not code:
        raise OaiError("noRecordsMatch", "No such set.")
    return by_kind[kind]


# --- Identifiers ------------------------------------------------------------------------------------------------------


def repository() -> str:
    """The name in identifiers: the site's host without its port."""
    return settings.SITE_URL.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]


def identifier_of(row: SharedMaterial) -> str:
    return f"oai:{repository()}:{row.key}/{row.language}"


def find_row(identifier: str) -> SharedMaterial:
    """The record called `identifier`, deleted or not. Raises OaiError (idDoesNotExist)."""
    try:
        scheme, name, local = identifier.split(":", 2)
        key, language = local.split("/", 1)
        if (scheme, name) != ("oai", repository()):
            raise ValueError(identifier)
        row = SharedMaterial.objects.select_related("cover").filter(key=UUID(key), language=language).first()
    except ValueError:
        row = None
    if row is None:
        raise OaiError("idDoesNotExist", "Nothing here is called so.")
    return row
