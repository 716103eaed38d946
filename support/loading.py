"""Loading the starter words of the assistant: how people say what the pages say otherwise."""

from pathlib import Path

from django.utils.translation import gettext as _

from cms.starter import Run
from cms.starter.reading import read_entries
from cms.vocabulary.loading import sync_row
from support.models import Wording

FOLDER = Path(__file__).resolve().parent / "starter"


def read_wordings(run: Run) -> list[tuple[str, dict]]:
    found = []
    for entry in read_entries(run, FOLDER / "wordings.yaml", identity="slug"):
        kind = entry.text("kind")
        entry.one_of("kind", [kind], set(Wording.Kind.values))
        said, meant = entry.texts("said"), entry.texts("meant", required=False)
        if kind in {Wording.Kind.MEANS, Wording.Kind.ASPECT, Wording.Kind.SHORT} and not meant:
            entry.fault("meant", _("say what the pages say instead"))
        found.append((entry.text("slug"), {"kind": kind, "said": "\n".join(said), "meant": "\n".join(meant)}))
        entry.known()
    return found


def load_wordings(run: Run, found: list[tuple[str, dict]]) -> None:
    for slug, values in found:
        sync_row(run, Wording, {"slug": slug}, values, label=slug)
