"""Help points as the assistant quotes them: a thing for each commune, and one for «đến đâu để được giúp»."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.search import helping
from cms.vocabulary.models import HelpPoint
from cms.vocabulary.places import Places, places, places_of, points_shown
from cms.vocabulary.speaking import open_languages
from support.assistant.chunking import Chunk
from support.assistant.indexing import Published, put, take_back
from support.models import Passage, Quotable

FORMAT = helping.KIND
# Communes it names.
NAMED = 12


def anchor_of(point: UUID | str) -> str:
    """Where a point stands on its page."""
    return f"point-{point}"


@transaction.atomic
def index_places(codes: Iterable[str] | None = None) -> int:
    """Bring what may be quoted of the communes `codes`, or of all of them, in step with their points.

    Returns how many things may be quoted now, of those looked at.
    """
    kept = 0
    wanted = None if codes is None else set(codes)
    for language, _name in open_languages():
        with translation.override(language):
            known = places()
            base = reverse("help_points")
            served = {code for code, one in known.communes.items() if one.points}
            for code in sorted(served if wanted is None else served & wanted):
                put(_of_commune(known, code, language, f"{base}?unit={code}"))
                kept += 1
            if known.entries:
                put(_of_all(known, language, base))
                kept += 1
        live = Quotable.objects.filter(kind=Quotable.Kind.PLACE, language=language, is_live=True)
        for key in live.values_list("key", flat=True):
            if key not in served and not (key == Quotable.ANYWHERE and known.entries):
                take_back(kind=Quotable.Kind.PLACE, key=key, language=language)
    return kept


def index_point(point: UUID | str) -> int:
    """A point has changed: the communes it serves now, and those that told of it until now."""
    told = Passage.objects.filter(quotable__kind=Quotable.Kind.PLACE, anchor=anchor_of(point))
    before = set(told.values_list("quotable__key", flat=True))
    pk = HelpPoint.objects.filter(uuid=point).values_list("pk", flat=True).first()
    now = {entry.commune for entry in places().entries if entry.point == pk}
    return index_places(before | now)


def _of_commune(known: Places, code: str, language: str, url: str) -> Published:
    own, _above = places_of(known, code)
    shown = list(points_shown(entry.point for entry in own).values())
    commune = known.communes[code]
    return Published(
        kind=Quotable.Kind.PLACE,
        key=code,
        language=language,
        title=_("Help near you: %(name)s") % {"name": commune.name},
        url=url,
        chunks=[Chunk(tuple(lines_of(one)), one["name"], anchor_of(one["key"])) for one in shown],
        format=FORMAT,
        # Names from before a merger too: people go on saying them.
        about="\n".join([commune.words, *dict.fromkeys(one["kind_name"] for one in shown)]),
        checked_on=min(one["checked_on"] for one in shown),
        review_by=min(one["review_by"] for one in shown),
    )


def _of_all(known: Places, language: str, url: str) -> Published:
    names = [one.name for one in known.communes.values() if one.points]
    lines = (
        _(
            "Help near you: one-stop offices, post offices and community digital teams sit down with you and show you how."
        ),
        _("Choose your commune, or type its name: %(names)s.")
        % {"names": ", ".join(names[:NAMED]) + ("…" if names[NAMED:] else "")},
    )
    return Published(
        kind=Quotable.Kind.PLACE,
        key=Quotable.ANYWHERE,
        language=language,
        title=_("Help near you"),
        url=url,
        chunks=[Chunk(lines)],
        format=FORMAT,
    )


def lines_of(point: dict) -> list[str]:
    """What is quoted of one point (cms.vocabulary.places.shown)."""
    hours = "; ".join(f"{line['days']} {line['times']}" for line in point["hours"])
    facts = [
        (pgettext("of a help point", "Address"), ". ".join(filter(None, [point["address"], point["directions"]]))),
        (pgettext("opening hours", "Open"), ". ".join(filter(None, [hours, point["hours_note"]]))),
        (_("Telephone"), ", ".join(phone["shown"] for phone in point["phones"])),
        (_("Speaks also"), ", ".join(one["name"] for one in point["languages"])),
        (_("For whom it is easy"), ". ".join(filter(None, [", ".join(point["access"]), point["access_note"]]))),
    ]
    return [point["kind_name"], *[f"{name}: {value}" for name, value in facts if value]]
