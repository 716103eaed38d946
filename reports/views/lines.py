"""Lines of a report in the shape the templates show."""

from typing import Any

from reports.queries.indicators import Line, before_word, change_word, taken_word
from reports.queries.tables import shown


def shown_lines(lines: list[Line]) -> list[dict[str, Any]]:
    return [
        {
            "line": line,
            "indicator": line.indicator,
            "value": shown(line.share, "percent") if line.share is not None else shown(line.numerator),
            "of": f"{shown(line.numerator)}/{shown(line.denominator)}" if line.denominator is not None else "",
            "bar": line.share,
            "before": before_word(line),
            "change": change_word(line),
            "taken": taken_word(line),
            "source": line.source_word,
            "here": line.here_word,
        }
        for line in lines
    ]
