"""Rubrics a secretary starts from: contests/jury/rubrics.yaml, with anchors in words. Data, no code."""

from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "rubrics.yaml"


@cache
def rubrics() -> list[dict]:
    """[{"name", "title", "criteria": [{"key", "title", "weight", "top", "anchors": [{"points", "text"}]}]}]"""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def rubric(name: str) -> list[dict]:
    """The criteria of one. Raises KeyError."""
    return {one["name"]: one["criteria"] for one in rubrics()}[name]
