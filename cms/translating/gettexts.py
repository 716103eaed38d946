"""The interface in a language whose words are rows: what a native speaker has signed is shown, Vietnamese else.

Django looks a language's catalogue up once a process and asks it for every string. Ours stands in that place and asks the
rows, which each process keeps and looks after every few seconds. Words that the libraries bring along in that language are
proposals like any others: a reader sees none that nobody here has signed (ADR 0082).
"""

import time

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import trans_real

from cms.vocabulary.speaking import COMPLETE, spoken

VERSION_KEY = "translating:interface"
LOOK_AGAIN = 5.0


class ReviewedTranslation(trans_real.DjangoTranslation):
    """A language's catalogue of signed rows, with the site's main language behind it."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self._code = language
        self._words: dict[str, str] = {}
        self._version: str | None = None
        self._looked = 0.0

    def gettext(self, message):
        return self._signed().get(message) or trans_real.translation(settings.LANGUAGE_CODE).gettext(message)

    def ngettext(self, msgid1, msgid2, n):
        # None of these languages has a plural of its own: one form serves every number.
        found = self._signed().get(msgid1)
        return found or trans_real.translation(settings.LANGUAGE_CODE).ngettext(msgid1, msgid2, n)

    def _signed(self) -> dict[str, str]:
        now = time.monotonic()
        if self._version is None or now - self._looked > LOOK_AGAIN:
            self._looked = now
            version = cache.get(VERSION_KEY) or "0"
            if version != self._version:
                self._words, self._version = _rows_of(self._code), version
        return self._words


def _rows_of(code: str) -> dict[str, str]:
    from cms.translating.models import InterfaceString

    found = spoken(code)
    rows = InterfaceString.objects.filter(language__tag=found.tag if found else code, is_used=True)
    return {
        f"{context}{trans_real.CONTEXT_SEPARATOR}{msgid}" if context else msgid: text
        for context, msgid, text in rows.exclude(reviewed_text="").values_list("context", "msgid", "reviewed_text")
    }


def install() -> None:
    """Put the rows in place of the catalogue of each of the site's languages that no catalogue of ours is whole for."""
    for code, _name in settings.LANGUAGES:
        if code not in COMPLETE:
            trans_real._translations[code] = ReviewedTranslation(code)


def words_have_changed() -> None:
    """Every process looks at the rows again, and pages kept for readers are drawn anew."""
    from cms.keeping import drop_kept_pages, new_version

    transaction.on_commit(lambda: cache.set(VERSION_KEY, new_version(), None))
    drop_kept_pages(bodies=True)
