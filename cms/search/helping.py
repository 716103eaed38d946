"""Help points in the site's search: by the name of a place, of its commune and of what that was called before."""

from collections.abc import Iterator
from datetime import datetime, time
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import pgettext

from cms.search.folding import folded
from cms.search.indexing import Found
from cms.vocabulary.places import Places, places, points_shown
from cms.vocabulary.speaking import open_languages

KIND = "help_point"


def everything() -> Iterator[Found]:
    """Every place that is there today, once a language: under the first commune it serves."""
    for language, _name in open_languages():
        with translation.override(language):
            known = places()
            communes = {entry.point: entry.commune for entry in reversed(known.entries)}
            shown = points_shown(communes)
            found = [_told_of(known, communes[pk], point, language) for pk, point in shown.items()]
        yield from found


def _told_of(known: Places, code: str, point: dict, language: str) -> Found:
    commune = known.communes[code]
    title, name = point["name"], commune.name
    # Names from before a merger too: people go on saying them.
    once = pgettext("a commune", "Formerly: %(names)s") % {"names": ", ".join(commune.once)} if commune.once else ""
    hours = "; ".join(f"{line['days']} {line['times']}" for line in point["hours"])
    facts = [point["kind_name"], name, point["address"], point["directions"], hours, point["hours_note"]]
    return Found(
        kind=KIND,
        key=point["key"],
        language=language,
        format=KIND,
        # Who types the name of a commune means what stands there.
        title=title if folded(name) in folded(title) else f"{title}, {name}",
        url=f"{reverse('help_points')}?{urlencode({'unit': code})}#point-{point['key']}",
        summary=". ".join(filter(None, facts)),
        text=". ".join(filter(None, [*facts, once])),
        updated=timezone.make_aware(datetime.combine(point["checked_on"], time())),
    )
