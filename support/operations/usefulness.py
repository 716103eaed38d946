"""Counting whether answers were of use."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from support.models import Usefulness


@transaction.atomic
def note_usefulness(*, language: str, kind: str, key: str, helpful: bool) -> None:
    """Count one reader's word on an answer, on today's row of the thing it quoted first."""
    name = "helpful" if helpful else "unhelpful"
    row: dict[str, Any] = {"on": timezone.localdate(), "language": language[:20], "kind": kind[:10], "key": key[:80]}
    Usefulness.objects.get_or_create(**row)
    Usefulness.objects.filter(**row).update(**{name: F(name) + 1})
