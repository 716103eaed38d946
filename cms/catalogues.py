"""The interface's catalogues: what the code and templates say, what <room>/locale/ translates, and the compiled files.

A msgid is plain English; each room translates its own strings. No gettext programs are needed.
`python -m cms.catalogues compile` (a step of `make setup`) does not load Django's settings.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib

from cms.languages import stub_of, unknown_to_django

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("vi",)
_SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}
_PLACEHOLDERS = re.compile(r"%\(\w+\)[sdf]|\{\w*\}|%[sd]")
_HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


@dataclass
class Message:
    """One string of the interface. `places` are paths relative to the checkout."""

    msgid: str
    plural: str = ""
    context: str = ""
    places: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        return (self.context, self.msgid)


def rooms() -> dict[str, Path]:
    """{name: folder} of everything that has strings: the rooms and the workspace's packages."""
    found = {
        path.parent.name: path.parent for path in sorted(ROOT.glob("*/__init__.py")) if path.parent.name != "tests"
    }
    found |= {path.parent.name: path.parent for path in sorted(ROOT.glob("packages/*/src/*/__init__.py"))}
    return found


def catalogue_path(room: Path, language: str) -> Path:
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


# --- Reading the code ---------------------------------------------------------------------------------------------------


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _read_python(path: Path, faults: list[str]) -> Iterator[Message]:
    where = _shown(path)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in _SINGLE | _PLURAL | _CONTEXT | _CONTEXT_PLURAL:
            continue
        texts = [_text(argument) for argument in node.args]
        if any(isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in node.args[:2]):
            faults.append(f"{where}:{node.lineno}: gettext on an f-string or a joined string; give it a plain one")
        elif name in _SINGLE and texts[0]:
            yield Message(texts[0], places={where})
        elif name in _PLURAL and len(texts) > 1 and texts[0] and texts[1]:
            yield Message(texts[0], plural=texts[1], places={where})
        elif name in _CONTEXT and len(texts) > 1 and texts[0] and texts[1]:
            yield Message(texts[1], context=texts[0], places={where})
        elif name in _CONTEXT_PLURAL and len(texts) > 2 and texts[0] and texts[1] and texts[2]:
            yield Message(texts[1], plural=texts[2], context=texts[0], places={where})


def _unquoted(text: str) -> str:
    return text[1:-1]


def _context(match: re.Match | None) -> str:
    return _unquoted(match[1]) if match else ""


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _read_template(path: Path, faults: list[str]) -> Iterator[Message]:
    """Walks the tokens of Django's own lexer, with the patterns its `makemessages` uses."""
    from django.template.base import Lexer, TokenType
    from django.utils.translation import template as patterns
    from django.utils.translation import trim_whitespace

    where = _shown(path)
    block: dict | None = None
    in_comment = False
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        if token.token_type == TokenType.BLOCK and token.contents.split()[:1] in (["comment"], ["endcomment"]):
            in_comment = token.contents.split()[0] == "comment"
        elif in_comment or token.token_type == TokenType.COMMENT:
            continue
        elif block is not None:
            if token.token_type == TokenType.BLOCK and patterns.endblock_re.match(token.contents):
                texts = ["".join(part) for part in block["parts"]]
                if block["trimmed"]:
                    texts = [trim_whitespace(text) for text in texts]
                elif any("\n" in text for text in texts):
                    faults.append(f"{where}:{block['line']}: blocktranslate over several lines without `trimmed`")
                yield Message(texts[0], plural="".join(texts[1:]), context=block["context"], places={where})
                block = None
            elif token.token_type == TokenType.BLOCK and patterns.plural_re.match(token.contents):
                block["parts"].append([])
            elif token.token_type == TokenType.VAR:
                block["parts"][-1].append(f"%({token.contents})s")
            elif token.token_type == TokenType.TEXT:
                block["parts"][-1].append(token.contents.replace("%", "%%"))
        elif token.token_type in {TokenType.BLOCK, TokenType.VAR}:
            for constant in patterns.constant_re.findall(token.contents):
                yield Message(_unquoted(constant), places={where})
            if token.token_type == TokenType.VAR:
                continue
            if inline := patterns.inline_re.match(token.contents):
                text = _unquoted(inline[1]).replace("%", "%%")
                yield Message(text, context=_context(patterns.context_re.match(inline[2] or "")), places={where})
            elif opening := patterns.block_re.match(token.contents):
                block = {
                    "parts": [[]],
                    "line": token.lineno,
                    "trimmed": "trimmed" in token.split_contents(),
                    "context": _context(patterns.context_re.match(opening[1] or "")),
                }


def extract(room: Path) -> tuple[dict[tuple[str, str], Message], list[str]]:
    """All strings of a room by (context, msgid), and what is wrong with how they are written."""
    messages: dict[tuple[str, str], Message] = {}
    faults: list[str] = []
    for path in sorted(room.rglob("*")):
        if "migrations" in path.parts or "static" in path.parts or not path.is_file():
            continue
        if path.suffix == ".py":
            found = _read_python(path, faults)
        elif "templates" in path.parts and path.suffix in {".html", ".txt", ".xml", ".svg"}:
            found = _read_template(path, faults)
        else:
            continue
        for message in found:
            known = messages.setdefault(message.key, message)
            known.places |= message.places
            known.plural = known.plural or message.plural
    return messages, faults


# --- Catalogues ---------------------------------------------------------------------------------------------------------


def _open(path: Path, language: str) -> polib.POFile:
    if path.exists():
        return polib.pofile(str(path), wrapwidth=100)
    fresh = polib.POFile(wrapwidth=100)
    fresh.metadata = {**_HEADER, "Language": language}
    return fresh


def _is_current(entry: polib.POEntry) -> bool:
    return not entry.obsolete


def update(room: Path, *, prune: bool = False) -> dict[str, int]:
    """Add the room's missing strings to its catalogues, untranslated; with `prune` drop those no code uses any more."""
    messages, _faults = extract(room)
    counts = {"added": 0, "removed": 0}
    for language in LANGUAGES:
        path = catalogue_path(room, language)
        catalogue = _open(path, language)
        known = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue if _is_current(entry)}
        for key, message in messages.items():
            entry = known.get(key)
            if entry is None:
                entry = polib.POEntry(msgid=message.msgid, msgctxt=message.context or None)
                catalogue.append(entry)
                counts["added"] += 1
            if message.plural and not entry.msgid_plural:
                entry.msgid_plural, entry.msgstr_plural = message.plural, {0: entry.msgstr}
                entry.msgstr = ""
            # Without line numbers: they would change with every edit of the code.
            entry.occurrences = [(place, "") for place in sorted(message.places)]
            if "%(" in message.msgid and "python-format" not in entry.flags:
                entry.flags.append("python-format")
        if prune:
            for key, entry in known.items():
                if key not in messages:
                    catalogue.remove(entry)
                    counts["removed"] += 1
        if messages or path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue.save(str(path))
    return counts


def check(room: Path) -> list[str]:
    """What is wrong with the room's strings and catalogues, one sentence each; empty when all is well."""
    messages, faults = extract(room)
    for language in LANGUAGES:
        path = catalogue_path(room, language)
        where = _shown(path)
        entries = {(entry.msgctxt or "", entry.msgid): entry for entry in _open(path, language) if _is_current(entry)}
        for key, message in sorted(messages.items()):
            entry = entries.get(key)
            if entry is None:
                faults.append(f"{where}: missing {message.msgid!r} ({', '.join(sorted(message.places))})")
                continue
            texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
            if message.plural and not entry.msgid_plural:
                faults.append(f"{where}: {message.msgid!r} needs a plural entry")
            elif not all(texts):
                faults.append(f"{where}: not translated: {message.msgid!r}")
            if "fuzzy" in entry.flags:
                faults.append(f"{where}: fuzzy: {message.msgid!r}")
            wanted = set(_PLACEHOLDERS.findall(f"{message.msgid} {message.plural}"))
            for text in filter(None, texts):
                if not set(_PLACEHOLDERS.findall(text)) <= wanted:
                    faults.append(f"{where}: a placeholder of {text!r} is not in {message.msgid!r}")
        faults += [
            f"{where}: no code says {key[1]!r} (update --prune)" for key in sorted(entries.keys() - messages.keys())
        ]
    return faults


def collisions(found: dict[str, Path]) -> list[str]:
    """Strings that two rooms translate differently, one sentence each.

    Django lays the catalogues of all applications together and takes the first: a room's own translation would be
    shown or not by the order of INSTALLED_APPS. Such a string needs a context (`pgettext`, `translate … context`).
    """
    faults = []
    for language in LANGUAGES:
        said: dict[tuple[str, str], dict[tuple[str, ...], list[str]]] = {}
        for name, room in found.items():
            for entry in _open(catalogue_path(room, language), language):
                texts = tuple(entry.msgstr_plural.values()) if entry.msgid_plural else (entry.msgstr,)
                if _is_current(entry) and all(texts):
                    said.setdefault((entry.msgctxt or "", entry.msgid), {}).setdefault(texts, []).append(name)
        for (_context_of, msgid), ways in sorted(said.items()):
            if len(ways) > 1:
                told = "; ".join(f"{', '.join(names)}: {texts[0]!r}" for texts, names in ways.items())
                faults.append(f"{language}: {msgid!r} is translated in different ways ({told}); give it a context")
    return faults


def compile_all() -> int:
    """Write the .mo file beside every catalogue of the checkout, and an empty one for each preset language that Django
    does not know; returns how many of the first kind."""
    count = 0
    for code in unknown_to_django():
        stub_of(code).parent.mkdir(parents=True, exist_ok=True)
        stub = polib.POFile()
        stub.metadata = {**_HEADER, "Language": code}
        stub.save_as_mofile(str(stub_of(code)))
    for room in rooms().values():
        for path in sorted(room.rglob("LC_MESSAGES/*.po")):
            catalogue = polib.pofile(str(path))
            catalogue.save_as_mofile(str(path.with_suffix(".mo")))
            count += 1
    return count


if __name__ == "__main__":
    if sys.argv[1:] != ["compile"]:
        sys.exit("usage: python -m cms.catalogues compile (update and check: manage.py catalogues)")
    print(f"{compile_all()} catalogues compiled.")
