"""Tables of figures in templates."""

from django import template

from quizzes.queries.figures.tables import Table

register = template.Library()


@register.inclusion_tag("quizzes/parts/figures_table.html")
def figures_table(table: Table, dense: bool = False, urls: list[str] | None = None) -> dict:
    """The table with the columns beside their cells; `urls` lead on from the first cell of each row."""
    lines = [
        {"cells": list(zip(table.columns, row, strict=True)), "url": urls[number] if urls else ""}
        for number, row in enumerate(table.rows)
    ]
    return {"table": table, "lines": lines, "dense": dense}
