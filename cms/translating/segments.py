"""The segments of a translation as people work on them: source, text, what the source was when it was translated.

A segment is one text at one place of a page. Its number stands in the files that translators take home: it names place and
source text, so it is the same in every export until the source changes, and it carries a check sum, so that a number that
was touched is noticed.
"""

import difflib
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.strings import StringValue

from cms.translating.models import SegmentState

NUMBER = re.compile(r"^(\d+)-(\d+)-([0-9a-f]{6})-([0-9a-f]{4})$")


@dataclass(frozen=True)
class Segment:
    """`source_before` is the source the text was made from where that is not the present one."""

    context_id: int
    string_id: int
    field: str
    source: str
    text: str
    number: str
    translation_pk: int | None
    source_before: str
    stale_since: datetime | None
    locked_by: str
    is_locked: bool
    has_error: bool
    is_machine: bool

    @property
    def state(self) -> str:
        """`empty`, `error`, `stale` or `done`."""
        if not self.text:
            return "empty"
        if self.has_error:
            return "error"
        return "stale" if self.stale_since else "done"

    @property
    def changes(self) -> list[tuple[str, str]]:
        """From the source that was translated to the present one, word by word: ("same" | "gone" | "new", text)."""
        return word_diff(self.source_before, self.source) if self.source_before else []


def word_diff(before: str, after: str) -> list[tuple[str, str]]:
    old, new = (re.findall(r"\w+|\s+|[^\w\s]", plain(text)) for text in (before, after))
    parts: list[tuple[str, str]] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(("same", "".join(old[a:b])))
            continue
        if a < b:
            parts.append(("gone", "".join(old[a:b])))
        if c < d:
            parts.append(("new", "".join(new[c:d])))
    return parts


def plain(html: str) -> str:
    """The words of a segment without its marks."""
    return StringValue(html).render_text()


def number_of(translation: Translation, context_id: int, string_id: int, text: str) -> str:
    kept = hashlib.sha256(text.encode()).hexdigest()[:6]
    return f"{context_id}-{string_id}-{kept}-{_check(translation, context_id, string_id, kept)}"


def read_number(translation: Translation, number: str) -> tuple[int, int, str] | None:
    """(context, string, hash of the text at the export), or None for a number that is not of this translation."""
    found = NUMBER.match(number.strip())
    if not found:
        return None
    context_id, string_id, kept = int(found[1]), int(found[2]), found[3]
    return (context_id, string_id, kept) if _check(translation, context_id, string_id, kept) == found[4] else None


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _check(translation: Translation, context_id: int, string_id: int, kept: str) -> str:
    return hashlib.sha256(f"{translation.uuid}:{context_id}:{string_id}:{kept}".encode()).hexdigest()[:4]


def segments_of(translation: Translation) -> list[Segment]:
    """Every segment of the source in its order. One query, and one for the states."""
    text = StringTranslation.objects.filter(
        locale=translation.target_locale_id, translation_of=OuterRef("string"), context=OuterRef("context")
    ).order_by("pk")
    rows = (
        StringSegment.objects.filter(source=translation.source_id)
        .select_related("string", "context")
        .annotate(translated=Subquery(text.values("pk")[:1]))
        .order_by("order", "pk")
    )
    rows = list(rows)
    texts = {
        one.pk: one
        for one in StringTranslation.objects.filter(pk__in=[row.translated for row in rows if row.translated])
    }
    states = {
        one.translation_id: one
        for one in SegmentState.objects.filter(translation__in=texts).select_related("based_on", "locked_by")
    }
    found, seen = [], set()
    for row in rows:
        if (row.context_id, row.string_id) in seen:
            # The same words twice at one place have one translation.
            continue
        seen.add((row.context_id, row.string_id))
        made = texts.get(row.translated)
        state = states.get(made.pk) if made else None
        words = made.data if made else ""
        is_stale = state is not None and state.stale_since is not None
        found.append(
            Segment(
                context_id=row.context_id,
                string_id=row.string_id,
                field=row.context.path,
                source=row.string.data,
                text=words,
                number=number_of(translation, row.context_id, row.string_id, words),
                translation_pk=made.pk if made else None,
                source_before=state.based_on.data if is_stale else "",
                stale_since=state.stale_since if state else None,
                locked_by=str(state.locked_by or "") if state else "",
                is_locked=state is not None and state.locked_at is not None,
                has_error=bool(made and made.has_error),
                is_machine=bool(made and made.translation_type == StringTranslation.TRANSLATION_TYPE_MACHINE),
            )
        )
    return found
