"""A list of people as one thing: the screen and the .xlsx are made from it, so that no word or figure differs."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

Value = str | int | date | None


@dataclass(frozen=True)
class Column:
    label: str
    width: int = 16
    is_number: bool = False


@dataclass(frozen=True)
class Listing:
    """`about` are the lines above the table; the last one says of when the figures are."""

    title: str
    about: list[str]
    columns: list[Column]
    rows: list[list[Value]]
    taken_at: datetime

    @property
    def when(self) -> str:
        return _("Figures of %(at)s") % {"at": f"{timezone.localtime(self.taken_at):%d/%m/%Y %H:%M}"}

    def table_rows(self) -> list[dict]:
        """For components/table.html: the very values of the file, as they are read."""
        return [
            {
                "cells": [
                    {"text": shown(value), "number": column.is_number, "label": column.label}
                    for column, value in zip(self.columns, row, strict=True)
                ]
            }
            for row in self.rows
        ]

    def table_columns(self) -> list[dict]:
        return [{"label": column.label, "number": column.is_number} for column in self.columns]


def shown(value: Value) -> str:
    if value is None:
        return ""
    return date_format(value, "d/m/Y") if isinstance(value, date) else str(value)
