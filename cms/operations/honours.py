"""Stories and honours of people: what no consent covers any more is taken off readers."""

from django.db import transaction
from django.db.models import Q

from cms.audit.operations import record
from cms.keeping import drop_kept_pages
from cms.models import GoodModelPage, Honour
from schools.models import User
from schools.privacy import Part, nothing_to_forget


@transaction.atomic
def take_off_unconsented(*, user: User) -> int:
    """Unpublish stories that show or name `user` in full without a consent in force, in every language.

    Where only a line of a list names the person, the next drawing of it does so as consents allow. Returns how many
    pages were taken off.
    """
    pages = GoodModelPage.objects.filter(person=user)
    if not pages.exists() and not Honour.objects.filter(person=user).exists():
        return 0
    taken = 0
    for page in pages.filter(live=True).select_related("locale"):
        if page.needs_consent and not page.has_consent:
            page.unpublish()
            record(
                actor=None,
                action="story_taken_off",
                target_kind="page",
                target_key=page.translation_key,
                # Not the title: it may be the name.
                target_label="",
                detail={"language": page.locale.language_code},
            )
            taken += 1
    drop_kept_pages()
    return taken


# --- What is kept of a person, for schools.privacy ----------------------------------------------------------------------


def _export(user: User) -> dict:
    return {
        "honours": [
            {"title": one.title, "reason": one.reason, "given_on": one.awarded_on.isoformat(), "given_by": one.given_by}
            for one in Honour.objects.filter(person=user)
        ],
        "stories": [
            {"title": page.title, "url": page.url, "shown": page.live}
            for page in GoodModelPage.objects.filter(person=user)
        ],
    }


def _erase(user: User) -> int:
    """The honour stays under a key that names nobody and is shown no more; a story about the person alone goes off."""
    pages = list(GoodModelPage.objects.filter(person=user))
    for page in pages:
        if page.live:
            page.unpublish()
        GoodModelPage.objects.filter(pk=page.pk).update(person=None, shows_person=False, cover=None, cover_alt="")
    rows = Honour.objects.filter(person=user)
    count = rows.filter(Q(photo__isnull=False) | Q(is_shown=True) | ~Q(photo_alt="")).update(
        photo=None, photo_alt="", is_shown=False
    )
    drop_kept_pages()
    return len(pages) + count


OWN = Part(_export, _erase, nothing_to_forget)
