"""Reading YAML so that a fault can be named by file and line."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from cms.starter import WRITTEN, Run

ROOT = Path(__file__).resolve().parents[2]


class _Lines(dict):
    """A mapping that knows on which line it and each of its keys stand."""

    line: int
    lines: dict[str, int]


# The parser in C where this machine's PyYAML has it: the starter content is some 20,000 lines.
SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(SafeLoader):  # type: ignore[misc, valid-type]  # which of the two is known only when it runs
    pass


def _mapping(loader: _Loader, node: yaml.MappingNode) -> _Lines:
    loader.flatten_mapping(node)
    found = _Lines()
    found.line = node.start_mark.line + 1
    found.lines = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found.lines:
            raise yaml.constructor.ConstructorError(
                None, None, _("“%(key)s” stands twice") % {"key": key}, key_node.start_mark
            )
        found.lines[key] = key_node.start_mark.line + 1
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class Entry:
    """One mapping of a file, read field by field. A wrong field is noted in the run and read as empty."""

    def __init__(self, run: Run, file: Path, values: _Lines, languages: tuple[str, ...] | None = None):
        self.run, self.file, self.values = run, file, values
        # The languages everything in it must be written in; an entry inside another has those of the outer one.
        self.languages = languages or _written_in(values)
        self._asked: set[str] = set()

    @property
    def folder(self) -> Path:
        return self.file.parent

    def fault(self, key: str | None, message: str) -> None:
        line = self.values.lines.get(key, self.values.line) if key else self.values.line
        self.run.fault(self.file.relative_to(ROOT) if self.file.is_relative_to(ROOT) else self.file, line, message)

    def has(self, key: str) -> bool:
        return self.values.get(key) is not None

    def value(self, key: str, kinds: type | tuple[type, ...], *, required: bool = True, default: Any = None) -> Any:
        self._asked.add(key)
        found = self.values.get(key)
        if found is None:
            if required:
                self.fault(None, _("“%(key)s” is missing") % {"key": key})
            return default
        if not isinstance(found, kinds) or (isinstance(found, bool) and kinds is not bool):
            self.fault(
                key, _("“%(key)s” is not what it should be: %(value)s") % {"key": key, "value": repr(found)[:60]}
            )
            return default
        return found

    def text(self, key: str, *, required: bool = True) -> str:
        return str(self.value(key, (str, int), required=required, default="")).strip()

    def number(self, key: str, *, required: bool = True) -> int | None:
        return self.value(key, int, required=required)

    def flag(self, key: str) -> bool:
        return bool(self.value(key, bool, required=False, default=False))

    def day(self, key: str, *, required: bool = True) -> date | None:
        return self.value(key, date, required=required)

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        found = self.text(key)
        if found and found not in choices:
            self.fault(key, _("“%(value)s” is none of %(choices)s") % {"value": found, "choices": ", ".join(choices)})
        return found

    def texts(self, key: str, *, required: bool = True) -> list[str]:
        found = self.value(key, list, required=required, default=[])
        if not all(isinstance(item, str) for item in found):
            self.fault(key, _("“%(key)s” is a list of words") % {"key": key})
            return []
        return found

    def words(self, key: str, *, required: bool = True) -> dict[str, str]:
        """A text by language, {"vi": …, "en": …}; empty where it may be missing and is, or is not translated yet."""
        found = self.value(key, dict, required=required, default={})
        return self._languages(key, found, required=required)

    def words_list(self, key: str, *, required: bool = True) -> list[dict[str, str]]:
        found = self.value(key, list, required=required, default=[])
        return [self._languages(key, item if isinstance(item, dict) else {}, required=True) for item in found]

    def _languages(self, key: str, found: dict, *, required: bool) -> dict[str, str]:
        result = {}
        for language in WRITTEN:
            text = found.get(language)
            if text is None and language in self.languages and (required or found):
                self.fault(key, _("“%(key)s” has no text in %(language)s") % {"key": key, "language": language})
            result[language] = str(text or "").strip()
        return result

    def entry(self, key: str, *, required: bool = True) -> "Entry | None":
        found = self.value(key, dict, required=required)
        return Entry(self.run, self.file, found, self.languages) if found is not None else None

    def entries(self, key: str, *, required: bool = True) -> list["Entry"]:
        found = self.value(key, list, required=required, default=[])
        if not all(isinstance(item, dict) for item in found):
            self.fault(key, _("“%(key)s” is a list of mappings") % {"key": key})
            return []
        return [Entry(self.run, self.file, item, self.languages) for item in found]

    def known(self, *keys: str) -> None:
        """Note fields that nobody reads, which are misspelt ones as a rule. `keys`: allowed beside those asked for."""
        for key in self.values:
            if key not in self._asked and key not in keys:
                self.fault(key, _("“%(key)s” is not known here") % {"key": key})

    def one_of(self, key: str, codes: list[str], known: set[str]) -> None:
        """Note those of `codes` that are not `known`."""
        for code in codes:
            if code not in known:
                self.fault(key, _("there is no “%(code)s”") % {"code": code})


def _written_in(values: _Lines) -> tuple[str, ...]:
    """The first language and those its title or name is translated into; all of them where it has neither.

    A translation may be missing, but not half there: a title in a language promises the rest in that language too.
    """
    named = values.get("title") or values.get("name")
    if not isinstance(named, dict):
        return WRITTEN
    return tuple(language for language in WRITTEN if language == WRITTEN[0] or named.get(language))


def parse(run: Run, file: Path) -> Any:
    """What `file` holds, its mappings with their lines; None, and a fault, when it cannot be read."""
    name = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  (a SafeLoader)
    except FileNotFoundError:
        run.fault(name, None, _("the file is not there"))
    except UnicodeDecodeError:
        run.fault(name, None, _("the file is not in UTF-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        run.fault(name, mark.line + 1 if mark else None, str(getattr(error, "problem", error)))
    return None


def read_entry(run: Run, file: Path) -> Entry | None:
    """The one mapping a file holds."""
    found = parse(run, file)
    if isinstance(found, _Lines):
        return Entry(run, file, found)
    if found is not None:
        run.fault(file, 1, _("the file holds no mapping"))
    return None


def read_entries(run: Run, file: Path, *, identity: str) -> Iterator[Entry]:
    """The mappings of a list; one whose `identity` field has been there before is a fault and left out."""
    found = parse(run, file)
    seen: set[str] = set()
    for item in found if isinstance(found, list) else []:
        if not isinstance(item, _Lines):
            run.fault(file, None, _("an item of the list is no mapping"))
            continue
        entry = Entry(run, file, item)
        key = entry.text(identity)
        if key in seen:
            entry.fault(identity, _("“%(key)s” is there twice") % {"key": key})
            continue
        seen.add(key)
        yield entry
