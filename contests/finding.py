"""Contests in the site's search: what everybody may see of them, from the announcement on."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import translation

from cms.search.indexing import Found, forget, index
from contests.models import Contest

KIND = "contest"


def everything() -> Iterator[Found]:
    return map(told_of, Contest.objects.visible_to(AnonymousUser()))


def told_of(contest: Contest) -> Found:
    """A contest is told in the site's main language alone."""
    with translation.override(settings.LANGUAGE_CODE):
        url = reverse("contests:contest", args=[contest.slug])
    return Found(
        kind=KIND,
        key=str(contest.uuid),
        language=settings.LANGUAGE_CODE,
        format=KIND,
        title=contest.title,
        url=url,
        summary=contest.summary,
        text=f"{contest.summary} {contest.who_may_enter} {contest.faq}",
    )


def find_or_forget(contest: Contest) -> bool:
    """Bring the contest's entry in step with it: drafts are nobody's to find. Returns whether readers see another."""
    if contest.state == Contest.State.DRAFT:
        return bool(forget(kind=KIND, key=str(contest.uuid)))
    index(told_of(contest))
    return True
