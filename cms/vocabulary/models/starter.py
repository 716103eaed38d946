"""Rows that the starter content brings in and an editor may then change."""

import hashlib
import json

from django.db import models


def content_hash(values: dict) -> str:
    """A short hash of plain values; equal values give equal hashes whatever their order."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


class Started(models.Model):
    """`starter_hash` is the hash of the values as they were loaded; a row that differs was changed by an editor."""

    starter_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True
