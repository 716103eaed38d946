"""Cutting a published page into the pieces that are quoted: by heading, by list of steps, by card."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import override

from cms.models import ContentPage
from cms.text.folding import normalize
from cms.vocabulary.models import Procedure
from support.models import Passage

HEADING = re.compile(r"<h[2-4][^>]*>(.*?)</h[2-4]>", re.DOTALL)
PIECE = re.compile(r"<(p|li)[^>]*>(.*?)</\1>", re.DOTALL)
SENTENCE = re.compile(r"(?<=[.!?…])\s+")
# A passage is read on a phone: a longer one is cut between two paragraphs.
MAX_WORDS = 130
MAX_HEADING = 255


@dataclass(frozen=True)
class Chunk:
    """One passage to be. `lines` are paragraphs; items of lists and steps carry their mark in front."""

    lines: tuple[str, ...]
    heading: str = ""
    anchor: str = ""
    kind: str = Passage.Kind.TEXT

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def plain(markup: str) -> str:
    return normalize(html.unescape(strip_tags(markup.replace("<br", " <br"))))


def chunks_of(page: ContentPage) -> list[Chunk]:
    """The passages of a page, in its own language and in order. A page type may bring its own by `passages()`, a list of
    (anchor, heading, lines); what is made up for practice (mock messages, questions with wrong answers) is never quoted.
    """
    with override(page.locale.language_code):
        found = [chunk for part in _parts(page) for chunk in _cut(part) if chunk.text.strip()]
    # A summary says what a page is about, which helps to find it; it is quoted only where there is nothing else.
    return found or ([Chunk((normalize(page.summary),))] if page.summary else [])


def _parts(page: ContentPage) -> Iterator[Chunk]:
    procedures = {
        one.code: one for one in Procedure.objects.filter(code__in=page.procedures_used(), locale_id=page.locale_id)
    }
    shown = set()
    own = list(page.passages()) if hasattr(page, "passages") else None
    if own is not None:
        for anchor, heading, lines in own:
            yield Chunk(tuple(map(normalize, lines)), normalize(heading)[:MAX_HEADING], anchor)
    blocks = list(page.body.raw_data)
    for block in blocks:
        anchor = f"block-{block['id']}" if block.get("id") else ""
        if block["type"] == "procedure":
            shown.add(code := block["value"].get("code"))
            if code in procedures:
                yield facts_of(procedures[code], anchor)
        else:
            yield from _block(block["type"], block["value"], anchor)
    for code, procedure in procedures.items():
        if code not in shown and page.content_format == "guide":
            yield facts_of(procedure, "")
    if transcript := getattr(page, "transcript", ""):
        yield Chunk(tuple(filter(None, map(normalize, transcript.splitlines()))), _("What is said in the video"))
    if own is None and not blocks and not transcript:
        # A page type with fields of its own: what the search finds in it, in sentences.
        yield Chunk(tuple(SENTENCE.split(plain(page.search_text()))))


def facts_of(procedure: Procedure, anchor: str) -> Chunk:
    """The card of a procedure as lines that say what they tell."""
    level = procedure.get_level_display()
    facts = [
        (_("Who may apply"), procedure.who),
        (_("Documents to prepare"), "; ".join(map(str, procedure.documents))),
        (_("Fee"), procedure.fee),
        (_("Time it takes"), procedure.time),
        (_("Who handles it"), procedure.authority),
        (_("Where it is done"), f"{level}. {procedure.portal_url}".strip(". ")),
    ]
    lines = tuple(f"{name}: {normalize(str(value))}" for name, value in facts if value)
    return Chunk(lines, procedure.name, anchor, Passage.Kind.FACTS)


def _block(kind: str, value, anchor: str) -> Iterator[Chunk]:
    if kind == "text":
        yield from _text(value, anchor)
    elif kind == "steps":
        steps = [item.get("value", item) for item in value.get("steps") or []]
        lines = tuple(
            f"{number}. {' '.join(filter(None, [_sentence(step.get('title')), plain(step.get('text') or '')]))}"
            for number, step in enumerate(steps, 1)
        )
        yield Chunk(lines, _heading(value), anchor, Passage.Kind.STEPS)
    elif kind == "callout":
        warns = value.get("kind") == "warning"
        kind_of = Passage.Kind.WARNING if warns else Passage.Kind.TEXT
        yield Chunk(tuple(_lines(value.get("text") or "")), _heading(value), anchor, kind_of)
    elif kind == "family_task":
        steps = [normalize(str(item.get("value", item))) for item in value.get("steps") or []]
        numbered = [f"{number}. {step}" for number, step in enumerate(steps, 1)]
        yield Chunk((*_lines(value.get("text") or ""), *numbered), _heading(value), anchor, Passage.Kind.STEPS)
    elif kind == "mockup":
        # The message is made up; only what gives it away is told.
        signs = [normalize(str(sign.get("value", sign))) for sign in value.get("signs") or []]
        yield Chunk(tuple(f"- {sign}" for sign in signs), _("What gives it away"), anchor, Passage.Kind.WARNING)
    elif kind == "table":
        rows = [row.get("value", row) for row in value.get("rows") or []]
        cells = [[plain(str(cell.get("value", cell))) for cell in row.get("cells") or []] for row in rows]
        yield Chunk(
            tuple(": ".join(filter(None, row)) for row in cells if any(row)),
            normalize(value.get("caption") or ""),
            anchor,
        )


def _heading(value: dict) -> str:
    return normalize(str(value.get("title") or ""))[:MAX_HEADING]


def _sentence(title: str | None) -> str:
    title = normalize(title or "")
    return title if not title or title[-1] in ".?!:" else f"{title}."


def _text(markup: str, anchor: str) -> Iterator[Chunk]:
    """A rich text, one chunk for each of its headings."""
    heading, at = "", 0
    for found in HEADING.finditer(markup):
        yield Chunk(tuple(_lines(markup[at : found.start()])), heading, anchor)
        heading, at = plain(found.group(1))[:MAX_HEADING], found.end()
    yield Chunk(tuple(_lines(markup[at:])), heading, anchor)


def _lines(markup: str) -> Iterator[str]:
    pieces = list(PIECE.finditer(markup))
    if not pieces and (text := plain(markup)):
        yield text
    for piece in pieces:
        if text := plain(piece.group(2)):
            yield f"- {text}" if piece.group(1) == "li" else text


def _cut(chunk: Chunk) -> Iterator[Chunk]:
    """`chunk` in pieces that are read without scrolling far; steps stay together, for half of them is no help."""
    if chunk.kind in {Passage.Kind.STEPS, Passage.Kind.FACTS}:
        yield chunk
        return
    piece: list[str] = []
    for line in chunk.lines:
        size = sum(len(one.split()) for one in piece)
        if piece and size + len(line.split()) > MAX_WORDS:
            yield Chunk(tuple(piece), chunk.heading, chunk.anchor, chunk.kind)
            piece = []
        piece.append(line)
    if piece:
        yield Chunk(tuple(piece), chunk.heading, chunk.anchor, chunk.kind)
