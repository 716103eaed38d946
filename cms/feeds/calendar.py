"""The events of campaigns as iCalendar (RFC 5545), for the calendar of a telephone."""

from collections.abc import Iterable
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from cms.feeds.gathering import in_full
from cms.feeds.writing import SITE_NAME
from cms.models import CampaignPage

KIND = "text/calendar; charset=utf-8"
# What an editor does not say: an event without an end takes an hour.
AN_HOUR = timedelta(hours=1)


def calendar_of(campaigns: Iterable[CampaignPage], *, name: str) -> bytes:
    """Each campaign as a stretch of whole days, and its events. The same event keeps its UID, so that a calendar that
    is fetched again changes it in place of doubling it."""
    made = Calendar()
    made.add("prodid", f"-//{SITE_NAME}//campaigns//VI")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    host = urlsplit(in_full("/")).hostname or "localhost"
    for page in campaigns:
        address, changed = in_full(page.url), page.last_published_at
        whole = Event()
        whole.add("uid", f"{page.translation_key}-{page.language}@{host}")
        whole.add("dtstamp", changed)
        whole.add("summary", page.title)
        whole.add("dtstart", page.starts_on)
        # The day after the last one: the end is not part of it.
        whole.add("dtend", page.ends_on + timedelta(days=1))
        whole.add("description", page.summary)
        whole.add("url", address)
        whole.add("transp", "TRANSPARENT")
        made.add_component(whole)
        for one in page.events_shown():
            event = Event()
            event.add("uid", f"{one['id']}-{page.language}@{host}")
            event.add("dtstamp", changed)
            event.add("summary", one["name"])
            event.add("dtstart", one["starts"].astimezone(UTC))
            event.add("dtend", (one["ends"] or one["starts"] + AN_HOUR).astimezone(UTC))
            event.add("location", one["place"])
            told = [
                page.title,
                _("For whom: %(who)s") % {"who": one["who"]} if one["who"] else "",
                _("Who invites: %(who)s") % {"who": one["organiser"]} if one["organiser"] else "",
            ]
            event.add("description", "\n".join(filter(None, told)))
            event.add("url", address)
            made.add_component(event)
    return made.to_ical()
