"""Loading what this room starts with: how people say what the pages say otherwise, and the rating of lessons."""

import itertools
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.starter import Run
from cms.starter.reading import read_entries
from cms.vocabulary.loading import sync_row
from support.models import Asking, Quotable, Survey, Wording
from support.operations.surveys import make_survey, open_survey
from support.surveys.presets import presets

ASKED_FOR = (Quotable.Kind.PAGE, Quotable.Kind.PROCEDURE, Quotable.Kind.PLACE)
FOLDER = Path(__file__).resolve().parent / "starter"


def read_wordings(run: Run) -> list[tuple[str, dict]]:
    found = []
    entries = [read_entries(run, FOLDER / name, identity="slug") for name in ("wordings.yaml", "foreign.yaml")]
    for entry in itertools.chain(*entries):
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


def read_askings(run: Run, files: str = "askings/*.yaml") -> list[tuple[str, str, str, str]]:
    """Ways of asking: (kind of thing, slug or code, language, lines)."""
    found = []
    for file in sorted(FOLDER.glob(files)):
        for entry in read_entries(run, file, identity="of"):
            kind = entry.choice("kind", ASKED_FOR)
            said = entry.value("said", dict, default={})
            for language, lines in said.items():
                if not isinstance(lines, list) or not all(isinstance(line, str) and line.strip() for line in lines):
                    entry.fault("said", _("“%(key)s” is a list of words") % {"key": language})
                    continue
                found.append((kind, entry.text("of"), language, "\n".join(lines)))
            entry.known()
    return found


def load_askings(run: Run, found: list[tuple[str, str, str, str]]) -> None:
    """What is asked of pages that an editor has deleted is left out."""
    pages = dict(
        Page.objects.filter(locale__language_code=settings.LANGUAGE_CODE).values_list("slug", "translation_key")
    )
    for kind, name, language, said in found:
        key = pages.get(name) if kind == Quotable.Kind.PAGE else name
        if key:
            lookup = {"kind": kind, "key": str(key), "language": language}
            sync_row(run, Asking, lookup, {"said": said}, label=f"{name} ({language})")


def load_surveys(run: Run, found: None = None) -> None:
    """Open the surveys that are there from the first day, unless there was ever one of their kind."""
    for preset in presets().values():
        if not preset.starts:
            continue
        if Survey.objects.filter(purpose=preset.purpose).exists():
            run.count("kept")
            continue
        open_survey(survey=make_survey(actor=None, preset=preset), actor=None)
        run.count("created")
