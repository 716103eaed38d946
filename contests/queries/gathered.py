"""Contests as the editors' pages link them: a campaign gathers some, the honour roll names those with results."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from cms.gathered import Link
from contests.models import Contest
from contests.queries.winners import OPEN_IN

MOST = 100


def contest_choices() -> list[tuple[str, str]]:
    """Those that were announced, the newest first."""
    found = Contest.objects.exclude(state=Contest.State.DRAFT).order_by("-created_at")
    return list(found.values_list("slug", "title")[:MOST])


def contest_links(slugs: Iterable[str]) -> dict[str, Link]:
    """Those of `slugs` that everybody may see."""
    found = Contest.objects.exclude(state=Contest.State.DRAFT).filter(slug__in=list(slugs))
    return {
        one.slug: Link(one.title, reverse("contests:contest", args=[one.slug]), str(_("Contest")), one.summary[:200])
        for one in found
    }


def contest_honours() -> list[Link]:
    """The honour rolls of contests whose results are published."""
    found = Contest.objects.filter(state__in=OPEN_IN).order_by("-created_at")[:MOST]
    return [Link(one.title, reverse("contests:honour", args=[one.slug])) for one in found]
