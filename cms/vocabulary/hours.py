"""Opening hours as people write them and as rows: «Thứ Hai–Thứ Sáu 7:30–11:30, 13:30–17:00»."""

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.text.folding import fold

WEEK = range(7)

_DAYS = {
    0: "thu hai|thu 2|t2|monday|mon",
    1: "thu ba|thu 3|t3|tuesday|tue",
    2: "thu tu|thu 4|t4|wednesday|wed",
    3: "thu nam|thu 5|t5|thursday|thurs",
    4: "thu sau|thu 6|t6|friday|fri",
    5: "thu bay|thu 7|t7|saturday|sat",
    6: "chu nhat|cn|sunday|sun",
}
_EVERY_DAY = r"(?:hang ngay|moi ngay|cac ngay trong tuan|every day|daily)"
_DAY = "(?:" + "|".join(_DAYS.values()) + ")"
_CLOCK = re.compile(r"(\d{1,2})(?:(?: ?[:.h] ?)(\d{2})?)?(?: ?phut)?")
_LINE = re.compile(rf"({_EVERY_DAY}|{_DAY}(?: ?[-,] ?{_DAY})*) ?:? ?(\d.*)")
# «Sáng 7:30–11:30», «từ 7h30»: says nothing more. The «tư» of Wednesday does.
_ASIDE = re.compile(r"\b(?:sang|chieu|toi|buoi|from) ?|(?<!thu )\btu (?=\d)")
_DASHES = re.compile(r" ?(?:[-–—−]|\bden\b|\bto\b) ?")


class Stretch(NamedTuple):
    """One stretch of a day in which a place is open; Monday is 0."""

    weekday: int
    opens: time
    closes: time


class Standing(NamedTuple):
    """Whether a place is open at a moment, and when that changes; `until` is None where it never closes."""

    is_open: bool
    until: datetime | None


class UnclearHours(ValueError):
    """`str(error)` says in the reader's language which line is not understood, and what one looks like."""


def read_hours(text: str) -> list[Stretch]:
    """The stretches that `text` tells, in order: a line, or a part between semicolons, for days with the same hours.

    Days: «Thứ Hai», «T2», «thứ 2», «CN», «Monday», «hằng ngày», with – or commas between; times: 7:30, 7h30, 7h.
    Accents and case do not matter. Raises UnclearHours for what is not understood, ends before it begins or overlaps.
    """
    found: list[Stretch] = []
    for line in re.split(r"[;\n]", text):
        if line.strip():
            found += _line(line.strip())
    found.sort()
    for one, other in pairwise(found):
        if one.weekday == other.weekday and other.opens < one.closes:
            raise UnclearHours(
                _("%(day)s: two stretches overlap, %(one)s and %(other)s.")
                % {"day": weekday_name(one.weekday), "one": _span(one), "other": _span(other)}
            )
    return found


def _line(line: str) -> list[Stretch]:
    plain = re.sub(r" ?gio ?", "h", fold(line))
    plain = _DASHES.sub("-", re.sub(r" ?[&]| va | and ", ",", _ASIDE.sub("", plain)))
    match = _LINE.fullmatch(plain)
    if match is None:
        raise UnclearHours(
            _("“%(line)s” is not understood. Write it like this: Thứ Hai–Thứ Sáu 7:30–11:30, 13:30–17:00.")
            % {"line": line}
        )
    spans = [_times(part.strip(), line) for part in re.split(r",| (?=\d)", match[2]) if part.strip()]
    return [Stretch(day, *span) for day in _days(match[1]) for span in spans]


def _days(text: str) -> list[int]:
    if re.fullmatch(_EVERY_DAY, text):
        return list(WEEK)
    found: list[int] = []
    for part in text.split(","):
        ends = [_day(one.strip()) for one in part.split("-")]
        first, last = ends[0], ends[-1]
        # «Thứ Bảy–Thứ Hai» goes over the end of the week.
        found += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return sorted(set(found))


def _day(text: str) -> int:
    return next(day for day, names in _DAYS.items() if re.fullmatch(names, text))


def _times(text: str, line: str) -> tuple[time, time]:
    ends = [_CLOCK.fullmatch(one.strip()) for one in text.split("-")]
    if len(ends) == 2 and all(ends):
        try:
            opens, closes = (time(int(one[1]), int(one[2] or 0)) for one in ends if one)
        except ValueError:
            pass
        else:
            if opens < closes:
                return opens, closes
    raise UnclearHours(
        _("“%(part)s” in “%(line)s” is no time from–to. Write it like this: 7:30–11:30.") % {"part": text, "line": line}
    )


def standing_at(stretches: Iterable[tuple[int, time, time]], now: datetime) -> Standing | None:
    """Open or closed at `now`, a moment in local time; None where no hours are known.

    Stretches that touch are one («7:00–12:00, 12:00–17:00», and over midnight from 23:59). Public holidays are not known.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    spans: list[tuple[datetime, datetime]] = []
    rows = sorted(stretches)
    # From yesterday, for what goes on over midnight, to the same weekday in a week.
    for days in range(-1, 9):
        day = midnight + timedelta(days=days)
        for weekday, opens, closes in rows:
            if weekday != day.weekday():
                continue
            begin = day.replace(hour=opens.hour, minute=opens.minute)
            end = day.replace(hour=closes.hour, minute=closes.minute)
            if (closes.hour, closes.minute) == (23, 59):
                end += timedelta(minutes=1)
            if spans and begin <= spans[-1][1]:
                spans[-1] = spans[-1][0], end
            else:
                spans.append((begin, end))
    for begin, end in spans:
        if now < begin:
            return Standing(False, begin)
        if now < end:
            return Standing(True, end if end - now < timedelta(days=7) else None)
    return None


def standing_in_words(standing: Standing, now: datetime) -> str:
    """«Đang mở · đến 16:30», «Đóng cửa · mở lại thứ Hai 7:30»."""
    if standing.until is None:
        return _("Open now · day and night")
    days = (standing.until.date() - now.date()).days
    clock = f"{standing.until:%-H:%M}"
    if standing.is_open:
        return _("Open now · until %(time)s") % {"time": "24:00" if days == 1 and clock == "0:00" else clock}
    if days == 0:
        return _("Closed · opens again at %(time)s") % {"time": clock}
    if days == 1:
        return _("Closed · opens again tomorrow at %(time)s") % {"time": clock}
    return _("Closed · opens again on %(day)s at %(time)s") % {
        "day": _weekday_in_sentence(standing.until.weekday()),
        "time": clock,
    }


def _weekday_in_sentence(day: int) -> str:
    return [
        pgettext("opens again on", "Monday"),
        pgettext("opens again on", "Tuesday"),
        pgettext("opens again on", "Wednesday"),
        pgettext("opens again on", "Thursday"),
        pgettext("opens again on", "Friday"),
        pgettext("opens again on", "Saturday"),
        pgettext("opens again on", "Sunday"),
    ][day]


def weekday_name(day: int) -> str:
    """Monday is 0."""
    return [
        pgettext("weekday", "Monday"),
        pgettext("weekday", "Tuesday"),
        pgettext("weekday", "Wednesday"),
        pgettext("weekday", "Thursday"),
        pgettext("weekday", "Friday"),
        pgettext("weekday", "Saturday"),
        pgettext("weekday", "Sunday"),
    ][day]


def hours_in_words(stretches: Iterable[tuple[int, time, time]]) -> list[dict[str, str]]:
    """[{"days", "times"}] in the language of now, neighbouring days with the same hours together; empty for none."""
    by_day: dict[int, str] = {}
    for stretch in sorted(stretches):
        by_day[stretch[0]] = ", ".join(filter(None, [by_day.get(stretch[0], ""), _span(Stretch(*stretch))]))
    found = []
    # Days without hours stand between the runs, so that no run reaches over them.
    for times, days in groupby(WEEK, key=lambda day: by_day.get(day, "")):
        run = list(days)
        if times:
            ends = [weekday_name(run[0])] if len(run) == 1 else [weekday_name(run[0]), weekday_name(run[-1])]
            found.append({"days": "–".join(ends), "times": times})
    return found


def hours_text(stretches: Iterable[tuple[int, time, time]]) -> str:
    """The hours as a form shows them and `read_hours` reads them again."""
    return "\n".join(f"{line['days']} {line['times']}" for line in hours_in_words(stretches))


def _span(stretch: Stretch) -> str:
    return f"{stretch.opens:%-H:%M}–{stretch.closes:%-H:%M}"
