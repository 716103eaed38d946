"""Which languages the site speaks: SITE_LANGUAGES, checked before anything depends on it (docs/how-to-add-a-language.md)."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from unicodedata import normalize

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import to_locale

PRESETS = Path(__file__).resolve().parent / "vocabulary" / "starter" / "languages.yaml"
# An empty catalogue for each language Django has none for: without one its lookups fail. `cms.catalogues` writes them.
STUBS = Path(__file__).resolve().parent / "locale_presets"


def site_languages(codes: Iterable[str], *, main: str) -> list[tuple[str, str]]:
    """Pairs of code and own name, as `LANGUAGES` wants them, in the order given and each once.

    Codes are lower-case, as addresses and tables hold them (`zh-hant`). A language of the presets that Django has never
    heard of (`crw`, `cjm`) is made known to it. Raises `ImproperlyConfigured` for one that is in neither list and when
    the main language, in which everything is written first, is missing.
    """
    wanted = list(dict.fromkeys(code.strip().lower() for code in codes if code.strip()))
    unknown = [code for code in wanted if "name_local" not in LANG_INFO.get(code, {}) and not _make_known(code)]
    if unknown:
        raise ImproperlyConfigured(
            f"SITE_LANGUAGES names languages the site cannot speak: {', '.join(unknown)} (docs/how-to-add-a-language.md)."
        )
    if main not in wanted:
        raise ImproperlyConfigured(f"SITE_LANGUAGES must name the site's main language, {main}.")
    return [(code, _own_name(code)) for code in wanted]


def right_to_left(codes: Iterable[str]) -> list[str]:
    """Those of the site's languages that Django would not know to be written from the right."""
    return [code.partition("-")[0] for code in codes if LANG_INFO.get(code, {}).get("bidi")]


def unknown_to_django() -> list[str]:
    """Codes under which a preset language may be a language of the site although Django has no catalogue for it."""
    spoken = {code.partition("-")[0] for code in LANG_INFO if code not in _made_known}
    codes = {code for tag in presets() for code in (tag, tag.partition("-")[0])}
    return sorted(code for code in codes if code.partition("-")[0] not in spoken)


def stub_of(code: str) -> Path:
    """Where the empty catalogue of a language lies that Django has none for."""
    return STUBS / to_locale(code) / "LC_MESSAGES" / "django.mo"


@cache
def presets() -> dict[str, dict]:
    """The preset languages by lower-case tag: what the registry's table begins with."""
    import yaml

    return {entry["tag"].lower(): entry for entry in yaml.safe_load(PRESETS.read_text(encoding="utf-8"))}


_made_known: set[str] = set()
# Named rightly by Django itself: a site in these two reads no table when it starts.
_WELL_NAMED = frozenset(["vi", "en"])


def _own_name(code: str) -> str:
    """Django calls Khmer «Khmer»; the table has what its speakers write. Some names come with their accents apart."""
    known = {} if code in _WELL_NAMED else presets().get(code, {})
    return normalize("NFC", known.get("autonym") or LANG_INFO[code]["name_local"])


def _make_known(code: str) -> bool:
    """Tell Django what `code` is called. A bare `cjm` speaks as the first preset that begins with it (`cjm-Cham`)."""
    found = presets().get(code) or next(
        (entry for tag, entry in presets().items() if tag.partition("-")[0] == code), None
    )
    if found is None:
        return False
    LANG_INFO[code] = {
        "bidi": found["direction"] == "rtl",
        "code": code,
        "name": found["name"]["en"],
        "name_local": found["autonym"],
    }
    _made_known.add(code)
    return True
