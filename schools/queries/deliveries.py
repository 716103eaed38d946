"""What became of the messages that left the site: for whoever answers for the people they went to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.text.folding import fold
from schools import channels
from schools.models import Channel, Delivery, Role, School

# What has been due for so long was not handed on: no worker takes it.
LATE = timedelta(minutes=10)


@dataclass(frozen=True)
class Asked:
    """What a reader of the log looks for; an empty one asks for everything."""

    channel: str = ""
    state: str = ""
    school: str = ""
    day: date | None = None


def about_people_of(found: QuerySet[Delivery], school: str) -> QuerySet[Delivery]:
    """Those to the staff of schools with this code, or with these words in their name."""
    if not school.strip():
        return found
    schools = School.objects.filter(Q(code__iexact=school.strip()) | Q(name_folded__contains=fold(school)))
    return found.filter(notification__user__in=Role.objects.filter(school__in=schools).values("user"))


def narrowed(seen: QuerySet[Delivery], asked: Asked) -> QuerySet[Delivery]:
    """`seen` by everything that was asked, the newest first."""
    found = _wide(seen, asked)
    if asked.channel:
        found = found.filter(channel=asked.channel)
    if asked.state:
        found = found.filter(state=asked.state)
    return found.select_related("notification__user__person").order_by("-notification__created_at", "-pk")


def _wide(seen: QuerySet[Delivery], asked: Asked) -> QuerySet[Delivery]:
    found = about_people_of(seen, asked.school)
    if asked.day:
        begin = timezone.make_aware(datetime.combine(asked.day, datetime.min.time()))
        found = found.filter(
            notification__created_at__gte=begin, notification__created_at__lt=begin + timedelta(days=1)
        )
    return found


def counts_of(seen: QuerySet[Delivery], asked: Asked) -> dict[str, dict[str, int]]:
    """How many in each state by channel, of the school and the day that were asked; one statement."""
    rows = _wide(seen, asked).order_by().values("channel", "state").annotate(number=Count("pk"))
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["channel"], dict.fromkeys(Delivery.State.values, 0))[row["state"]] = row["number"]
    return {channel: found[channel] for channel in Channel.values if channel in found}


@dataclass(frozen=True)
class Health:
    """Whether a channel takes messages now; `waiting` are due and not sent, the oldest `since`."""

    channel: str
    is_set_up: bool
    is_resting: bool
    waiting: int
    since: datetime | None
    reason: str

    @property
    def label(self) -> str:
        return str(Channel(self.channel).label)

    @property
    def is_fine(self) -> bool:
        return self.is_set_up and not self.is_resting and not self.is_late

    @property
    def is_late(self) -> bool:
        return self.since is not None and self.since < timezone.now() - LATE


def health() -> list[Health]:
    """The channels that are set up, and those with messages that nobody can send any more; two statements at most a channel."""
    now, ready = timezone.now(), channels.set_up()
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now).order_by()
    rows = {row["channel"]: row for row in due.values("channel").annotate(number=Count("pk"), since=Min("next_at"))}
    found = []
    for channel in Channel.values:
        row = rows.get(channel)
        if channel not in ready and row is None:
            continue
        resting = channels.is_resting(channel)
        failed = Delivery.objects.filter(channel=channel).exclude(error="").order_by("-pk") if resting else None
        found.append(
            Health(
                channel=channel,
                is_set_up=channel in ready,
                is_resting=resting,
                waiting=row["number"] if row else 0,
                since=row["since"] if row else None,
                reason=reason_words(failed.values_list("error", flat=True).first() or "") if failed is not None else "",
            )
        )
    return found


def reason_words(error: str) -> str:
    """Why a message did not arrive, for who has to do something about it; what nobody foresaw as the other side said it."""
    if not error:
        return ""
    known = {
        "TimeoutError": _("The other side did not answer within seconds."),
        "the answer is too long or too slow": _("The other side did not answer within seconds."),
        "URLError": _("The other side cannot be reached."),
        "ConnectionRefusedError": _("The other side cannot be reached."),
        "gaierror": _("The other side cannot be reached."),
        "SMTPServerDisconnected": _("The mail server broke off."),
        "SMTPAuthenticationError": _(
            "The mail server does not accept the site's password: the operator has to mend it."
        ),
        "SMTPRecipientsRefused": _("The mail server knows no such mailbox."),
        "the channel rests after several failures": _("The channel was resting after several failures."),
        "HTTP 401": _("The gateway does not accept the site's key: the operator has to mend it."),
        "HTTP 403": _("The gateway does not accept the site's key: the operator has to mend it."),
        "HTTP 429": _("The gateway takes no more messages for now."),
    }
    if error in known:
        return known[error]
    if error.startswith("HTTP 4"):
        return _("The gateway refuses this number (%(code)s).") % {"code": error}
    if error.startswith("HTTP 5"):
        return _("The gateway is out of order (%(code)s).") % {"code": error}
    if error.startswith("Zalo -213"):
        return _("This person does not follow the province's Zalo account.")
    if error.startswith("Zalo -216"):
        return _("The key of the province's Zalo account ran out: the operator has to renew it.")
    return error
