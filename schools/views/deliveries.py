"""What became of the messages that left the site, and handing out again what failed."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from schools.models import Channel, Delivery, User
from schools.operations.channels import send_again
from schools.operations.notifications import may_leave, text_of
from schools.permissions import deliveries_overseen, follows_deliveries, keeps_calendar
from schools.queries.deliveries import Asked, counts_of, health, narrowed, reason_words
from schools.views.common import day_of, show

PER_PAGE = 50
KINDS = {
    Delivery.State.SENT: ("done", "circle-check"),
    Delivery.State.FAILED: ("late", "circle-alert"),
    Delivery.State.WAITING: ("doing", "hourglass"),
    Delivery.State.DROPPED: ("", "circle"),
}


def _asked(values) -> tuple[Asked, str]:
    """What the address or the form asks for, and the same as an address."""
    text = {name: values.get(name, "").strip()[:80] for name in ("channel", "state", "school", "day")}
    if text["channel"] not in Channel.values:
        text["channel"] = ""
    if text["state"] not in Delivery.State.values:
        text["state"] = ""
    day = day_of(text["day"])
    text["day"] = day.isoformat() if day else ""
    query = urlencode({name: value for name, value in text.items() if value})
    return Asked(text["channel"], text["state"], text["school"], day), query


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def log(request):
    """By channel, state, school and day. «Send again» is for one message, or for all failed ones of what is shown."""
    user = cast(User, request.user)
    if not follows_deliveries(user):
        raise Http404
    seen = deliveries_overseen(user)
    asked, query = _asked(request.POST if request.method == "POST" else request.GET)
    found = narrowed(seen, asked)
    if request.method == "POST":
        _again(request, found)
        return redirect(f"{reverse('schools:deliveries')}{'?' if query else ''}{query}")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    counts = counts_of(seen, asked)
    shown = {
        "page": page,
        "lines": [_line(one) for one in page],
        "asked": asked,
        "query": f"{query}&" if query else "",
        "counts": _count_rows(counts, asked),
        "failed": _failed_of(counts, asked),
        "health": health(),
        "channels": Channel.choices,
        "states": Delivery.State.choices,
        "by_school": user.is_superuser or keeps_calendar(user),
        "taken_at": timezone.now(),
    }
    return show(request, "schools/deliveries.html", shown)


def _again(request, found) -> None:
    wanted = found
    if one := request.POST.get("delivery"):
        uuid, _slash, channel = one.partition("/")
        wanted = found.filter(notification__uuid=_uuid(uuid), channel=channel)
    again, not_again = send_again(deliveries=wanted, actor=request.user)
    if again:
        words = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", again)
        messages.success(request, words % {"count": again})
    if not_again or not again:
        left = _(
            "What was read on the site meanwhile, or goes to a channel that the person or the operator has turned off, is not sent again."
        )
        messages.info(request, left)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _line(row: Delivery) -> dict:
    kind, icon = KINDS[Delivery.State(row.state)]
    return {
        "row": row,
        "name": row.notification.user.get_full_name(),
        "words": text_of(row.notification) if may_leave(row.notification.kind) else _("A message on the site"),
        "reason": reason_words(row.error) if row.state in {Delivery.State.WAITING, Delivery.State.FAILED} else "",
        "kind": kind,
        "icon": icon,
        "is_failed": row.state == Delivery.State.FAILED,
        "waits": row.state == Delivery.State.WAITING,
    }


def _count_rows(counts: dict[str, dict[str, int]], asked: Asked) -> list[dict]:
    """A row a channel, each number with the address that shows what is behind it."""
    rows = []
    for channel, states in counts.items():
        cells = []
        for state in Delivery.State.values:
            wanted = {"channel": channel, "state": state, "school": asked.school, "day": str(asked.day or "")}
            url = f"?{urlencode({name: value for name, value in wanted.items() if value})}"
            cells.append({"number": states[state], "url": url, "label": Delivery.State(state).label})
        rows.append({"label": Channel(channel).label, "cells": cells})
    return rows


def _failed_of(counts: dict[str, dict[str, int]], asked: Asked) -> int:
    """How many failed ones the filter shows."""
    if asked.state not in {"", Delivery.State.FAILED}:
        return 0
    return sum(states[Delivery.State.FAILED] for channel, states in counts.items() if asked.channel in {"", channel})
