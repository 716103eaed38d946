"""Which formats there are, and which one a file is."""

import importlib
import io
import re
import zipfile
from types import ModuleType

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.exchange.items import Item, Reading, Unreadable, Written

MAX_BYTES = 50 * 1024 * 1024

# name: (module, words for people). The names are those of `import_questions --format` and `export_questions --format`.
FORMATS: dict[str, tuple[str, object]] = {
    "docx": ("quizzes.exchange.docx", gettext_lazy("Word paper")),
    "xlsx": ("quizzes.exchange.sheets", gettext_lazy("Excel table")),
    "csv": ("quizzes.exchange.sheets", gettext_lazy("CSV table")),
    "aiken": ("quizzes.exchange.aiken", gettext_lazy("Aiken")),
    "gift": ("quizzes.exchange.gift", gettext_lazy("GIFT")),
    "moodle-xml": ("quizzes.exchange.moodle", gettext_lazy("Moodle XML")),
    "qti": ("quizzes.exchange.qti", gettext_lazy("QTI 1.2, 2.1, 2.2, 3.0")),
    "h5p": ("quizzes.exchange.h5p", gettext_lazy("H5P question set")),
}
EXPORTS: dict[str, str] = {
    "gift": "quizzes.exchange.gift",
    "moodle-xml": "quizzes.exchange.moodle",
    "qti3": "quizzes.exchange.qti3",
    "xlsx": "quizzes.exchange.sheets",
    "h5p": "quizzes.exchange.h5p",
}

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_AIKEN = re.compile(r"^ANSWER\s*:\s*[A-Z]\s*$", re.MULTILINE | re.IGNORECASE)
_GIFT = re.compile(r"(?<!\\)\{.*?(?<!\\)\}", re.DOTALL)


def read_questions(data: bytes, *, name: str, format: str = "auto") -> Reading:
    """Read a file of questions; `name` is its file name. Raises Unreadable with a sentence for its owner."""
    if len(data) > MAX_BYTES:
        raise Unreadable(_("The file is larger than 50 MB. Split it into several files."))
    if not data.strip():
        raise Unreadable(_("The file is empty."))
    found = detect(data, name=name) if format == "auto" else format
    return _module(FORMATS[found][0]).read(data, name=name)


def write_questions(items: list[Item], *, format: str, title: str) -> Written:
    """Make a file of questions; what the format cannot hold is listed in the result. Raises Impossible."""
    return _module(EXPORTS[format]).write(items, title=title)


def _module(path: str) -> ModuleType:
    return importlib.import_module(path)


def detect(data: bytes, *, name: str) -> str:
    """The format of a file, by its content; the name decides only between texts. Raises Unreadable."""
    if data.startswith(_OLE):
        raise Unreadable(
            _("This is a file of Word or Excel 97–2003, or one with a password. Save it as .docx or .xlsx without one.")
        )
    if data.startswith(_ZIP):
        return _in_zip(data)
    if b"\x00" in data[:2000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(
            _("This is no file of questions that we can read: Word, Excel, GIFT, Aiken, Moodle XML, QTI or H5P.")
        )
    text = decode(data)
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return "moodle-xml" if re.search(r"<quiz[\s>]", start[:4000]) else "qti"
    if name.lower().endswith(".csv"):
        return "csv"
    if _AIKEN.search(text) and not _GIFT.search(text):
        return "aiken"
    if _GIFT.search(text):
        return "gift"
    if "\t" in start.split("\n", 1)[0] or ";" in start.split("\n", 1)[0] or name.lower().endswith(".tsv"):
        return "csv"
    raise Unreadable(
        _("This is no file of questions that we can read: Word, Excel, GIFT, Aiken, Moodle XML, QTI or H5P.")
    )


def _in_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if any(entry.flag_bits & 0x1 for entry in archive.infolist()):
                raise Unreadable(_("The file has a password. Save it without one."))
    except zipfile.BadZipFile:
        raise Unreadable(_("The file is damaged: it ends too early. Save or download it again.")) from None
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "h5p.json" in names:
        return "h5p"
    if any(one.endswith(("imsmanifest.xml", ".xml")) for one in names):
        return "qti"
    raise Unreadable(_("There are no questions in this archive that we can read."))


def decode(data: bytes) -> str:
    """A text file's text, whatever its byte-order mark or code page."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp1258"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
