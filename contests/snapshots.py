"""Rankings in object storage: chunks of rows from which pages are served, and the two files anybody can compute from."""

import json
from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from contests.models import Ranking

PAGE = 50
# Rows a file: few enough to read for one page, so many that a hundred thousand rows are a hundred files.
CHUNK = 20 * PAGE
TABLE, RULES = "ranking.csv", "rules.json"


def _store():
    return storages["private"]


def _name(ranking: Ranking, file: str) -> str:
    return f"{ranking.folder}/{file}"


def keep_rows(ranking: Ranking, rows: Sequence[dict]) -> None:
    """Write the rows of a ranking, in order."""
    for number, start in enumerate(range(0, len(rows), CHUNK)):
        content = json.dumps(rows[start : start + CHUNK], ensure_ascii=False, separators=(",", ":"))
        _store().save(_name(ranking, f"rows-{number}.json"), ContentFile(content.encode()))


def keep_file(ranking: Ranking, file: str, content: bytes) -> None:
    _store().save(_name(ranking, file), ContentFile(content))


def read_file(ranking: Ranking, file: str) -> bytes:
    with _store().open(_name(ranking, file)) as stream:
        return stream.read()


def page_of(ranking: Ranking, number: int) -> list[dict]:
    """The rows of page `number`, from 1; empty past the end. One read of the store, no statement."""
    if not 1 <= number <= ranking.pages:
        return []
    first = (number - 1) * PAGE
    rows = json.loads(read_file(ranking, f"rows-{first // CHUNK}.json"))
    return rows[first % CHUNK : first % CHUNK + PAGE]


def forget(ranking: Ranking) -> None:
    """Delete the files of a ranking. Only standings that were never frozen are ever forgotten."""
    for number in range((ranking.pages * PAGE + CHUNK - 1) // CHUNK):
        _store().delete(_name(ranking, f"rows-{number}.json"))
