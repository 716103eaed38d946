"""Which languages the site speaks: SITE_LANGUAGES, checked before anything depends on it (docs/how-to-add-a-language.md)."""

from collections.abc import Iterable
from unicodedata import normalize

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured


def site_languages(codes: Iterable[str], *, main: str) -> list[tuple[str, str]]:
    """Pairs of code and own name, as `LANGUAGES` wants them, in the order given and each once.

    Codes are lower-case, as addresses and tables hold them (`zh-hant`). Raises `ImproperlyConfigured` for a language
    Django cannot speak and when the main language, in which everything is written first, is missing.
    """
    wanted = list(dict.fromkeys(code.strip().lower() for code in codes if code.strip()))
    unknown = [code for code in wanted if "name_local" not in LANG_INFO.get(code, {})]
    if unknown:
        raise ImproperlyConfigured(
            f"SITE_LANGUAGES names languages the site cannot speak: {', '.join(unknown)} (docs/how-to-add-a-language.md)."
        )
    if main not in wanted:
        raise ImproperlyConfigured(f"SITE_LANGUAGES must name the site's main language, {main}.")
    # Django holds some names with their accents apart.
    return [(code, normalize("NFC", LANG_INFO[code]["name_local"])) for code in wanted]
