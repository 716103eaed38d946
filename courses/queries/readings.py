"""Readings to confirm: what waits for a person, and who has not confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.text.folding import fold
from courses.models import ReadingConfirmation, RequiredReading
from courses.queries import catalogue
from courses.queries.listings import Column, Listing
from courses.queries.staff import Office, held_by, is_for, office_words, offices_for, people
from schools.models import User
from schools.queries.desks import Desk


def page_of(key, language: str | None = None) -> Page | None:
    """The published page with this key, in the reader's language or the main one; None where there is none."""
    pages = Page.objects.live().public().filter(translation_key=key).select_related("locale")
    found = {one.locale.language_code: one for one in pages}
    return (
        found.get(language or get_language())
        or found.get(catalogue.main_language())
        or next(iter(found.values()), None)
    )


def pages_to_choose(text: str, *, limit: int = 12) -> list[Page]:
    """Published pages of the main language whose title holds every word, accents ignored; for choosing what is to be read."""
    words = fold(text).split()
    pages = (
        Page.objects.live()
        .public()
        .filter(locale__language_code=catalogue.main_language(), depth__gt=2)
        .order_by("title")
    )
    titled = ((pk, fold(title)) for pk, title in pages.values_list("pk", "title"))
    ids = [pk for pk, title in titled if words and all(word in title for word in words)][:limit]
    return list(pages.filter(pk__in=ids))


def readings_for(user: User) -> QuerySet[RequiredReading]:
    """Readings whose list `user` may follow: of their places, and those they asked for; each with `confirmed`."""
    own = RequiredReading.objects.filter(created_by=user.pk)
    return (
        (RequiredReading.objects.visible_to(user) | own)
        .select_related("unit", "school")
        .annotate(confirmed=Count("confirmations", filter=Q(confirmations__version=F("version")), distinct=True))
        .order_by("-asked_at", "-pk")
    )


def waiting_for(user: User) -> list[RequiredReading]:
    """What a person still has to read and confirm, the most pressing first; three statements however many there are."""
    held = held_by(user)
    if not held:
        return []
    confirmed = ReadingConfirmation.objects.filter(reading=OuterRef("pk"), version=OuterRef("version"), user=user.pk)
    open_ones = RequiredReading.objects.filter(~Exists(confirmed), withdrawn_at=None)
    return [
        one
        for one in open_ones.select_related("unit", "school").prefetch_related("within").order_by("due_on", "pk")
        if is_for(one, held)
    ]


@dataclass(frozen=True)
class Counts:
    people: int
    confirmed: int

    @property
    def missing(self) -> int:
        return self.people - self.confirmed


def _confirmed(reading: RequiredReading):
    return ReadingConfirmation.objects.filter(reading=reading, version=reading.version, user=OuterRef("pk"))


def readers(reading: RequiredReading, *, missing: bool | None = None) -> QuerySet[User]:
    """Whom the reading is for today, in the order of names, each with `confirmed_at`; with `missing` only who has not
    confirmed the present version, or only who has."""
    found = people(offices_for(reading)).annotate(is_confirmed=Exists(_confirmed(reading)))
    return found if missing is None else found.filter(is_confirmed=not missing)


def counts_of(reading: RequiredReading) -> Counts:
    everybody = readers(reading).order_by()
    return Counts(everybody.count(), everybody.filter(is_confirmed=True).count())


@dataclass(frozen=True)
class ReaderLine:
    user: User
    office: Office
    confirmed_at: object


def reader_lines(reading: RequiredReading, users: Iterable[User]) -> list[ReaderLine]:
    users = list(users)
    ids = [one.pk for one in users]
    words = office_words(ids, offices_for(reading))
    at = dict(
        reading.confirmations.filter(user__in=ids, version=F("reading__version")).values_list("user_id", "confirmed_at")
    )
    return [ReaderLine(one, words.get(one.pk, Office("", "")), at.get(one.pk)) for one in users]


def reading_listing(reading: RequiredReading) -> Listing:
    """The whole list: who has confirmed and when, who has not."""
    lines = reader_lines(reading, readers(reading).order_by("is_confirmed", "person__name_sort", "pk"))
    done = sum(one.confirmed_at is not None for one in lines)
    about = [
        f"{reading.place} · {_('to be read by')} {reading.due_on:%d/%m/%Y} · {_('version')} {reading.version}",
        _("%(done)d of %(all)d have confirmed") % {"done": done, "all": len(lines)},
    ]
    columns = [
        Column(_("Name"), 30), Column(_("Office"), 24), Column(_("School or unit"), 34), Column(_("Confirmed"), 18)
    ]  # fmt: skip
    rows = [
        [
            one.user.get_full_name(),
            one.office.word,
            one.office.place,
            f"{timezone.localtime(one.confirmed_at):%H:%M %d/%m/%Y}" if one.confirmed_at else _("not confirmed yet"),  # type: ignore[arg-type]  # confirmed, so there is a moment
        ]
        for one in lines
    ]
    return Listing(reading.title, about, columns, rows, timezone.now())


def first_things(user: User) -> list[Desk]:
    """For the first page of whoever has none of this room's: `schools.queries.desks.register_first`."""
    return [
        {
            "label": _("Read and confirm: %(title)s") % {"title": one.title},
            "url": reverse("courses:reading", args=[one.uuid]),
            "icon": "book-open",
        }
        for one in waiting_for(user)
    ]
