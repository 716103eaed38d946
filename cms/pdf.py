"""Pages as PDF, in the product's own letters: every room prints through here."""

import re
from pathlib import Path
from typing import Any
from unicodedata import normalize

from django.contrib.staticfiles import finders
from django.utils.translation import gettext_lazy as _

from cms.frontend import VIETNAMESE_AND_ENGLISH
from cms.languages import presets
from cms.problems import Problem
from cms.scripts import HAN_FACES, SCRIPTS, SIMPLIFIED, SIMPLIFIED_LANGUAGES, TRADITIONAL, Script, has_han, scripts_in

# What stands in a text; the second one has what the first lacks (letters of other languages). Its name is one no machine
# has a font of: of two fonts with one name Pango lays out with the one and prints from the other.
TEXT = (("Be Vietnam Pro", "be-vietnam-pro"),)
EVERY_LETTER = (*TEXT, ("Noto Sans Whole", "noto-sans"))

_PLAIN = frozenset(map(chr, VIETNAMESE_AND_ENGLISH)) | frozenset("\n\r\t")
_SIMPLIFIED_PART = re.compile(rf"""\blang=["']?(?:{"|".join(SIMPLIFIED_LANGUAGES)})\b""", re.I)
_PIECE = re.compile(r'url\("([^"]+)"\).*?unicode-range:([^}]+)\}')


class NoPdf(Problem):
    status = 503
    code = "no_pdf"
    title = _("PDFs are switched off")
    detail = _("PDFs cannot be made on this server (Pango is missing). Use the page to print instead.")


def laid_out(html: str, *sheets: str, style: str = "", families=None) -> Any:
    """A laid-out WeasyPrint document: `.write_pdf()` gives the bytes, `.pages` can be joined.

    `families` are the faces to print in; those that the letters of `html` need when none are given. `sheets` are static files, `style` comes before them. Raises NoPdf where Pango is missing, FileNotFoundError for a
    sheet that is not there.
    """
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise NoPdf() from error
    # Marks that stand apart, as Macs write them, would be printed beside their letters.
    html = normalize("NFC", html)
    fonts = FontConfiguration()
    faces = _faces(families or families_for(html)) + han_faces(html) + _rules_of_languages(html)
    rules = [CSS(string=faces + style, font_config=fonts)]
    return HTML(string=html).render(
        stylesheets=rules + [CSS(filename=_found(sheet), font_config=fonts) for sheet in sheets], font_config=fonts
    )


def families_for(text: str) -> tuple[tuple[str, str], ...]:
    """The faces that the letters of `text` need, as (family, file): a page in Vietnamese takes one."""
    others = [(_whole(script), script.package) for code in scripts_in(text) if (script := SCRIPTS.get(code))]
    return (*(TEXT if _is_plain(text) else EVERY_LETTER), *others)


def han_faces(text: str) -> str:
    """Rules for those pieces of the Chinese faces that hold letters of `text`, each under a name of its own.

    Pango takes one file a family: of a hundred files under one name it would print from the first alone. The simplified face
    is there where `text` has a part marked as such (`lang="zh-Hans"`); before its pieces stand for every other Chinese text.
    """
    if not has_han(text):
        return ""
    letters = {ord(letter) for letter in text if ord(letter) > 0x2000}
    rules = _han_pieces(TRADITIONAL, letters, ("zh", "yue", "nan"))
    if _SIMPLIFIED_PART.search(text):
        rules += _han_pieces(SIMPLIFIED, letters, SIMPLIFIED_LANGUAGES)
    return rules


def _han_pieces(family: str, letters: set[int], languages: tuple[str, ...]) -> str:
    sheet = Path(_found(f"vendor/fonts/{HAN_FACES[family]}.css"))
    names, rules = [], []
    for rule in sheet.read_text(encoding="utf-8").splitlines():
        found = _PIECE.search(rule)
        if found and any(first <= letter <= last for first, last in _ranges(found[2]) for letter in letters):
            names.append(f"{family} {len(names)}")
            rules.append(f"@font-face{{font-family:'{names[-1]}';src:url('file://{sheet.parent / found[1]}')}}")
    families = ", ".join(f"'{name}'" for name in names)
    marked = ",".join(f":lang({tag})" for tag in languages)
    return "".join(rules) + f"{marked}{{font-family:'Be Vietnam Pro',{families}}}"


def _whole(script: Script) -> str:
    return f"{script.family} Whole"


def _rules_of_languages(text: str) -> str:
    """A text in another script stands in our face of it, whatever faces the machine has."""
    found = [SCRIPTS[code] for code in scripts_in(text) if code in SCRIPTS]
    rules = [
        f":lang({tag}){{font-family:'Be Vietnam Pro','{_whole(script)}'}}"
        for script in found
        for tag in script.languages
    ]
    if not _is_plain(text):
        # One face for the whole text, as on the screen: a mark from another face stands beside its letter.
        whole = {tag.partition("-")[0] for tag, entry in presets().items() if entry["font"] == "Noto Sans"}
        rules += [f":lang({tag}){{font-family:'Noto Sans Whole'}}" for tag in sorted(whole - {"cjm"})]
    return "".join(rules)


def _is_plain(text: str) -> bool:
    """Whether the site's own face has every Latin letter of `text`."""
    return _PLAIN.issuperset(letter for letter in text if ord(letter) < 0x1780)


def _ranges(text: str) -> list[tuple[int, int]]:
    parts = [part.strip()[2:].partition("-") for part in text.split(",")]
    return [(int(first, 16), int(last or first, 16)) for first, _dash, last in parts]


def _faces(families) -> str:
    """One full file a weight: subsets split by script print wrong letters."""
    return "".join(
        f"@font-face{{font-family:'{family}';font-weight:{weight};src:url('file://{found}')}}"
        for family, file in families
        for weight in (400, 600)
        if (found := finders.find(f"vendor/fonts/{file}-{weight}.ttf"))
    )


def _found(sheet: str) -> str:
    found = finders.find(sheet)
    if not found:
        raise FileNotFoundError(sheet)
    return found
