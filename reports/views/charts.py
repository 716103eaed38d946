"""Charts without a library and without a style attribute: numbers for plain SVG, with the table behind each."""

from reports.queries.tables import Table, shown

HEIGHT = 100
WIDTH = 24
GAP = 6


def columns_of(table: Table) -> dict:
    """The weeks as columns: x and height in the units of the drawing, and the words for those who do not see it."""
    keys = [column.key for column in table.columns]
    reached = keys.index("reached")
    numbers = [int(str(row.values[reached])) for row in table.rows]
    most = max(numbers, default=0) or 1
    columns = []
    for number, row in enumerate(table.rows):
        height = max(1, round(HEIGHT * numbers[number] / most)) if numbers[number] else 0
        columns.append(
            {
                "x": number * (WIDTH + GAP),
                "y": HEIGHT - height,
                "middle": number * (WIDTH + GAP) + WIDTH // 2,
                "height": height,
                "number": shown(row.values[reached]),
                "week": shown(row.values[0])[:5],
            }
        )
    return {
        "table": table,
        "columns": columns,
        "width": max(len(columns) * (WIDTH + GAP) - GAP, 10 * (WIDTH + GAP)),
        "rows": [
            [(column, shown(value, column.kind)) for column, value in zip(table.columns, row.values, strict=True)]
            for row in table.rows
        ],
    }
