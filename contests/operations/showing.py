"""Hanging works in the gallery of a contest and taking them down again."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import gettext as _

from contests.models import Contest, Copy, Exhibit, Work
from contests.operations.films import ask_for_film
from contests.operations.setting_up import log
from contests.picturing import picture_of
from contests.problems import CopyImpossible, NotToShow, ReasonMissing
from contests.queries.showing import film_of, pictures_of, who_lacks_consent

SHOWN_IN = {Contest.State.PUBLISHED, Contest.State.ARCHIVED}


@dataclass(frozen=True)
class FilmWords:
    """What a film needs besides: captions (WebVTT) in the language that is spoken, or the word that it needs none."""

    captions: str = ""
    spoken: str = "vi"
    is_wordless: bool = False
    poster_at: int | None = None


def hang(
    *,
    work: Work,
    caption: str,
    alt_text: str,
    by,
    film: FilmWords | None = None,
    others: Mapping[UUID, str] | None = None,
) -> Exhibit:
    """Show a work in the gallery, or put its words right. Again with the same words it changes nothing.

    `others` are further pictures of the work by their copy, with what each shows; one without words is not shown.

    Only after the results are out, only a work in the running with a copy that can be shown, and only where every maker
    (and of a child a parent) has consented to publishing. A film hangs once the worker has made it light; pressed again,
    one that failed is made anew. Raises NotToShow, ReasonMissing (a film without captions too), CopyImpossible.
    """
    caption, alt_text = caption.strip()[:300], alt_text.strip()[:400]
    if not caption or not alt_text:
        raise ReasonMissing(_("Write the caption, and what the picture shows."))
    if work.contest.state not in SHOWN_IN or not Work.objects.in_the_running().filter(pk=work.pk).exists():
        raise NotToShow()
    if who_lacks_consent(work):
        raise NotToShow(_("Somebody who made this work, or a parent, has not consented to its being published."))
    held, words = Exhibit.objects.filter(work=work).first(), {"caption": caption, "alt_text": alt_text, "hung_by": by}
    moving = film_of(work)
    words["more"] = _others(work, held, moving is not None, others or {})
    if moving is not None:
        return _hang_film(work, moving, words, film or FilmWords(), by)
    key, width, height, copy = _painted(work, held)
    with transaction.atomic():
        exhibit, _new = Exhibit.objects.update_or_create(
            work=work,
            defaults=words
            | {
                "copy": copy,
                "state": Exhibit.State.SHOWN,
                "is_film": False,
                "picture_key": key,
                "width": width,
                "height": height,
            },
        )
        log(by, "hang_work", work.contest, work=work.code)
    return exhibit


@transaction.atomic
def _hang_film(work: Work, copy: Copy, words: dict, film: FilmWords, by) -> Exhibit:
    if not film.captions.strip() and not film.is_wordless:
        raise ReasonMissing(_("Add captions of what is said, or say that nothing is said in the film."))
    held = Exhibit.objects.select_for_update().filter(work=work).first()
    made = held is not None and held.copy_id == copy.pk and held.poster_at == film.poster_at and bool(held.film)
    exhibit, _new = Exhibit.objects.update_or_create(
        work=work,
        defaults=words
        | {
            "copy": copy,
            "is_film": True,
            "captions": film.captions.strip(),
            "spoken": film.spoken,
            "is_wordless": film.is_wordless,
            "poster_at": film.poster_at,
            "state": Exhibit.State.SHOWN if made else Exhibit.State.MAKING,
        },
        create_defaults=words
        | {
            "copy": copy,
            "is_film": True,
            "captions": film.captions.strip(),
            "spoken": film.spoken,
            "is_wordless": film.is_wordless,
            "poster_at": film.poster_at,
            "state": Exhibit.State.MAKING,
            "width": 0,
            "height": 0,
        },
    )
    if not made:
        ask_for_film(exhibit)
    log(by, "hang_work", work.contest, work=work.code)
    return exhibit


def _painted(work: Work, held: Exhibit | None) -> tuple[str, int, int, Copy]:
    """The picture of the version that counts; painted once."""
    copy = next(iter(pictures_of(work)), None)
    if copy is None:
        raise CopyImpossible()
    if held is not None and held.copy_id == copy.pk:
        return held.picture_key, held.width, held.height, copy
    return *_paint(work, copy), copy


def _paint(work: Work, copy: Copy) -> tuple[str, int, int]:
    with storages["private"].open(copy.key) as stream:
        content, width, height = picture_of(stream.read(), copy.content_type)
    name = f"contests/{work.contest.uuid}/gallery/{copy.uuid}.jpg"
    return storages["private"].save(name, ContentFile(content)), width, height


def _others(work: Work, held: Exhibit | None, is_film: bool, wanted: Mapping[UUID, str]) -> list[dict]:
    """Pictures besides the one that stands for the work, each painted once."""
    painted = {one["copy"]: one for one in held.more} if held else {}
    found = []
    for copy in pictures_of(work)[0 if is_film else 1 :]:
        alt, key = wanted.get(copy.uuid, "").strip()[:400], str(copy.uuid)
        if not alt:
            continue
        if key not in painted:
            place, width, height = _paint(work, copy)
            painted[key] = {"copy": key, "key": place, "width": width, "height": height}
        found.append(painted[key] | {"alt": alt})
    return found


@transaction.atomic
def take_off(*, exhibit: Exhibit, by) -> bool:
    """Take a work out of the gallery; False where it was out already."""
    out = Exhibit.objects.filter(pk=exhibit.pk).exclude(state=Exhibit.State.HIDDEN)
    changed = out.update(state=Exhibit.State.HIDDEN)
    if changed:
        log(by, "take_work_off", exhibit.work.contest, work=exhibit.work.code)
    return bool(changed)
