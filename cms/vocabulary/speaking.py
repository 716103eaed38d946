"""The registry of languages as pages ask it: what a text in a language is marked with, and which languages are open."""

from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from cms.catalogues import LANGUAGES as CATALOGUES
from cms.scripts import HAN_FACES, SCRIPTS, SIMPLIFIED, SIMPLIFIED_LANGUAGES, TRADITIONAL
from cms.vocabulary.models import ContentLanguage

KEY = "vocabulary:languages"
KEPT_SECONDS = 600
# English is what the code says, and each of these has its whole interface in a catalogue that a test guards.
COMPLETE = frozenset(["en", *CATALOGUES])
# Letters taller than Latin ones, which need lines further apart.
TALL = frozenset(["Khmr", "Cham", "Tavt", "Arab"])


class Spoken(NamedTuple):
    """One row of the registry, without its table."""

    tag: str
    autonym: str
    name_vi: str
    name_en: str
    script: str
    rtl: bool
    fallbacks: tuple[str, ...]
    font: str
    open: bool

    @property
    def dir(self) -> str:
        return "rtl" if self.rtl else "ltr"

    @property
    def css(self) -> str:
        """The class that gives a text of this language its letters."""
        if self.script in TALL:
            return "letters-tall"
        if self.font == SIMPLIFIED:
            return "letters-simplified"
        return "letters-noto" if self.font == "Noto Sans" else ""


def registry() -> dict[str, Spoken]:
    """Every language of the table by its code (the tag in lower case); one round trip to the cache."""
    found = cache.get(KEY)
    if found is None:
        found = {
            row.code: Spoken(
                row.tag,
                row.autonym,
                row.name_vi,
                row.name_en,
                row.script,
                row.is_rtl,
                tuple(row.fallbacks),
                row.font,
                row.signed_off_at is not None and row.site_allowed,
            )
            for row in ContentLanguage.objects.all()
        }
        cache.set(KEY, found, KEPT_SECONDS)
    return found


def forget_registry() -> None:
    """Called when a row has changed; what readers are offered follows once the transaction is committed."""
    transaction.on_commit(lambda: cache.delete(KEY))


def spoken(code: str) -> Spoken | None:
    """The row of a language by tag or code. A bare `cjm` is the first of its kind, as in SITE_LANGUAGES."""
    rows, code = registry(), code.lower()
    return rows.get(code) or next((row for key, row in rows.items() if key.partition("-")[0] == code), None)


def is_open(code: str) -> bool:
    """Whether readers may have the site in the language `code`: its catalogue is whole, or a native speaker has signed."""
    if code in COMPLETE:
        return True
    found = spoken(code)
    return found is not None and found.open


def open_languages() -> list[tuple[str, str]]:
    """Those of the site's languages that readers are offered, as (code, own name). No query where all are complete."""
    return [(code, name) for code, name in settings.LANGUAGES if is_open(code)]


def site_code(tag: str) -> str:
    """The code under which the site is in the language `tag`; an empty string where it is not switched on."""
    return next((code for code, _name in settings.LANGUAGES if (row := spoken(code)) and row.tag == tag), "")


def chain(tag: str) -> list[str]:
    """The tags in which a reader of `tag` may be served, best first; it always ends in Vietnamese."""
    found = spoken(tag)
    return list(dict.fromkeys([tag, *(found.fallbacks if found else ()), "vi"]))


def han_face(tag: str) -> str:
    """The Chinese face a text in this language needs, which no other page loads; an empty string for other languages."""
    code = tag.lower()
    if not code or code in COMPLETE:
        return ""
    if found := spoken(code):
        return found.font if found.font in HAN_FACES else ""
    if code.startswith(SIMPLIFIED_LANGUAGES):
        return SIMPLIFIED
    return TRADITIONAL if code.startswith(("zh", "yue", "nan")) else ""


FONTS = ["Be Vietnam Pro", "Noto Sans", *(script.family for script in SCRIPTS.values()), *HAN_FACES]
