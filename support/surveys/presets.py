"""Templates of surveys: support/starter/surveys.yaml."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parents[1] / "starter" / "surveys.yaml"


@dataclass(frozen=True)
class Preset:
    """`starts`: loaded and opened with the starter content."""

    key: str
    purpose: str
    texts: dict[str, dict[str, str]]
    questions: tuple[dict[str, Any], ...]
    asks_audience: bool = False
    asks_unit: bool = False
    starts: bool = False
    language: str = field(default="vi")

    def title(self, language: str) -> str:
        return self.texts.get(language, self.texts[self.language])["title"]


@cache
def presets() -> dict[str, Preset]:
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {row["key"]: Preset(**{**row, "questions": tuple(row["questions"])}) for row in rows}
