"""Captions as rows: WebVTT and SubRip in, faults named per row, WebVTT out. Pure.

There is one way in for files: `read_file` and then `check_rows`, whichever page the file came to.
"""

import html
import re
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _

from cms.text.legacy import Encoding, Repair, decode, examples, repair_texts
from media.problems import FileRefused

MOST_ROWS = 3000
LONGEST_TEXT = 500
_TIME = re.compile(r"\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?\s*")
_ARROW = re.compile(r"^\s*([\d:.,]+)\s*-->\s*([\d:.,]+)(?:\s+(.*))?$")
_TAG = re.compile(r"</?(?:[bicuv]|ruby|rt|lang|font)(?:[.\s][^>]*)?>|\{\\[^}]*\}", re.I)


@dataclass
class Cue:
    """One caption: from when to when in seconds, what it says, where it stands (WebVTT's settings)."""

    start: float
    end: float
    text: str
    settings: str = ""


@dataclass
class Row:
    """A caption or a chapter as somebody typed it, with what is wrong in it."""

    start: str = ""
    end: str = ""
    text: str = ""
    settings: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        return not (self.start.strip() or self.end.strip() or self.text.strip())


def clock(seconds: float) -> str:
    """Seconds as people write them in the editor: 1:05.250 or 1:02:05.000."""
    thousandths = round(seconds * 1000)
    whole, rest = divmod(thousandths, 1000)
    minutes, hours = whole // 60 % 60, whole // 3600
    return f"{hours}:{minutes:02}:{whole % 60:02}.{rest:03}" if hours else f"{minutes}:{whole % 60:02}.{rest:03}"


def short_clock(seconds: float) -> str:
    """Seconds as readers see them: 1:05 or 1:02:05."""
    return clock(int(seconds)).partition(".")[0]


def read_clock(text: str) -> float | None:
    """1:05, 1:05.25, 00:01:05,250 in seconds; None for what is no time."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds, part = found.groups()
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        return None
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int((part or "0").ljust(3, "0")) / 1000


def plain(text: str) -> str:
    """A caption's words without marks of style."""
    return html.unescape(_TAG.sub("", text)).strip()


def parse(text: str) -> list[Cue]:
    """The captions of a WebVTT text; what is no caption (notes, styles) is left out."""
    return [
        Cue(read_clock(row.start) or 0.0, read_clock(row.end) or 0.0, row.text, row.settings)
        for row in _blocks(text)
        if read_clock(row.start) is not None and read_clock(row.end) is not None
    ]


def read_file(data: bytes, *, language: str = "vi") -> tuple[list[Row], list[Repair]]:
    """The rows of a .srt or .vtt file as it comes, faults and all, and examples of what was put into today's letters.

    Where there are such examples (TCVN3, VNI and their kin) somebody has to look at the rows before they are kept. Raises
    FileRefused for what is no such file, has letters nobody can read, or more rows than are kept.
    """
    if len(data) > 1024 * 1024:
        raise FileRefused("captions_too_large")
    text, encoding = decode(data)
    if "\0" in text or not (rows := list(_blocks(text))):
        raise FileRefused("no_captions_in_file")
    if "\ufffd" in text:
        raise FileRefused("captions_unreadable")
    if len(rows) > MOST_ROWS:
        raise FileRefused("too_many_captions", count=len(rows), most=MOST_ROWS)
    # Old letters may come as UTF-8 too, out of a program that knew no better. They were only ever Vietnamese.
    western = list(_blocks(data.decode("latin-1"))) if encoding else rows
    repairs = repair_texts([row.text for row in western]) if encoding or language == "vi" else []
    if not any(repairs):
        return rows, examples(
            Repair(before.text, row.text, encoding or Encoding.WINDOWS_1258)
            for before, row in zip(western, rows, strict=False)
            if before.text != row.text
        )
    for row, repair in zip(western, repairs, strict=True):
        if repair:
            row.text = repair.after
    return western, examples(repairs)


def faults_by_row(rows: list[Row]) -> list[str]:
    """What `check_rows` found, each with the number of its row and its time, for a page that does not show the rows."""
    return [
        _("Row %(number)s (%(time)s): %(fault)s") % {"number": number, "time": row.start or "?", "fault": fault}
        for number, row in enumerate(rows, 1)
        for fault in row.faults
    ]


def _blocks(text: str):
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    for block in re.split(r"\n[ \t]*\n", lines):
        held = block.strip("\n").split("\n")
        for number, line in enumerate(held):
            if found := _ARROW.match(line):
                start, end, settings = found.groups()
                words = "\n".join(plain(line) for line in held[number + 1 :]).strip()
                yield Row(start.replace(",", "."), end.replace(",", "."), words, (settings or "").strip())
                break


def check_rows(rows: list[Row], *, seconds: float = 0) -> list[Cue]:
    """The captions that `rows` say, in their order; each fault is noted on its row, blank rows are left out.

    A row is at fault when a time cannot be read, it ends before it begins, it begins before the one before has ended,
    it lies past the end of the recording, or says nothing or too much.
    """
    kept = [row for row in rows if not row.is_blank]
    cues: list[tuple[Row, Cue]] = []
    for row in kept:
        start, end = read_clock(row.start), read_clock(row.end)
        words = row.text.replace("\r\n", "\n").strip()
        if start is None:
            row.faults.append(_("The beginning is no time. Write it like 1:05.250."))
        if end is None:
            row.faults.append(_("The end is no time. Write it like 1:05.250."))
        if not words:
            row.faults.append(_("There is no text. Write it, or delete the row."))
        if "-->" in words:
            row.faults.append(_("The text may not hold -->."))
        if len(words) > LONGEST_TEXT:
            row.faults.append(_("The text is longer than %(most)s characters. Split it.") % {"most": LONGEST_TEXT})
        if start is None or end is None:
            continue
        if end <= start:
            row.faults.append(_("It ends before it begins."))
        if seconds and start > seconds + 1:
            row.faults.append(_("It begins after the end of the recording (%(end)s).") % {"end": clock(seconds)})
        cues.append((row, Cue(start, end, words, row.settings)))
    for (_before, first), (row, second) in pairwise(cues):
        if second.start < first.start:
            row.faults.append(_("It begins before the row above it. Put the rows in order."))
        elif second.start < first.end:
            row.faults.append(_("It begins before the row above it has ended (%(end)s).") % {"end": clock(first.end)})
    return [cue for _row, cue in cues]


def check_chapters(rows: list[Row], *, seconds: float = 0) -> list[dict]:
    """As `check_rows`, of chapters: each has a beginning and a title."""
    chapters: list[dict] = []
    for row in rows:
        if row.is_blank:
            continue
        at, title = read_clock(row.start), " ".join(row.text.split())
        if at is None:
            row.faults.append(_("The beginning is no time. Write it like 1:05."))
        if not title:
            row.faults.append(_("There is no title. Write it, or delete the row."))
        if len(title) > 120:
            row.faults.append(_("The title is longer than %(most)s characters.") % {"most": 120})
        if at is None:
            continue
        if seconds and at > seconds:
            row.faults.append(_("It begins after the end of the recording (%(end)s).") % {"end": clock(seconds)})
        if chapters and at <= chapters[-1]["at"]:
            row.faults.append(_("It begins before the row above it. Put the rows in order."))
        chapters.append({"at": at, "title": title})
    return chapters


def write(cues: list[Cue]) -> str:
    """WebVTT that `parse` reads as the same captions."""
    blocks = ["WEBVTT\n"]
    for cue in cues:
        placed = f" {cue.settings}" if cue.settings else ""
        # A blank line would end the caption.
        words = "\n".join(html.escape(line, quote=False) for line in cue.text.split("\n") if line.strip())
        blocks.append(f"{_stamp(cue.start)} --> {_stamp(cue.end)}{placed}\n{words}\n")
    return "\n".join(blocks)


def _stamp(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    whole, rest = divmod(thousandths, 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{rest:03}"
