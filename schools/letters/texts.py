"""The letters there are: schools/letters/vi/*.yaml, read once. They are in Vietnamese, the language they are signed in."""

from dataclasses import dataclass, field
from pathlib import Path

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FOLDER = Path(__file__).resolve().parent / "vi"
KINDS = {"text", "heading", "points", "consents", "blanks", "signatures"}
NAMES: dict[str, str | Promise] = {
    "thu-gui-phu-huynh": _("Letter to parents"),
    "phieu-dong-y": _("Form of consent"),
    "phieu-dong-y-du-thi": _("Consent to enter a contest"),
}


@dataclass(frozen=True)
class Letter:
    """`version` is what `Consent.text_version` keeps. `parts` are {"text": …}, {"points": […]} and so on, in order."""

    slug: str
    version: str
    title: str
    about: str
    parts: list[dict] = field(repr=False)

    @property
    def name(self) -> str | Promise:
        """As the teacher's page calls it."""
        return NAMES[self.slug]


def _read() -> dict[str, Letter]:
    found = {}
    for slug in NAMES:
        values = yaml.safe_load((FOLDER / f"{slug}.yaml").read_text(encoding="utf-8"))
        found[slug] = Letter(slug, str(values["version"]), values["title"], values["about"], values["parts"])
    return found


LETTERS: dict[str, Letter] = _read()
