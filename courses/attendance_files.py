"""Reading the list of a training that somebody typed: who of the people who may be on it is meant. Writes nothing."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cms.text.folding import fold
from courses.models import Training
from courses.queries.trainings import attendees
from schools.models import User
from schools.rosters import values
from schools.rosters.columns import STAFF, Field, Header, find_header
from schools.rosters.tables import Sheet, UnreadableFile, read_tables

# No hall holds more.
MAX_ROWS = 2_000
NAMES = (Field.FULL_NAME, Field.FAMILY, Field.MIDDLE, Field.GIVEN)


@dataclass(frozen=True)
class Refused:
    """A row of the file that was not understood, with its number there and why."""

    number: int
    words: str
    reason: str


@dataclass
class Matched:
    users: list[User] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def match_list(training: Training, raw: bytes) -> Matched:
    """The people of a list, by sign-in name where it has one, else by their full name if only one invited has it.

    Raises UnreadableFile where there is no such list in the file.
    """
    known = list(attendees(training))
    by_username = {one.username.lower(): one for one in known}
    by_name: dict[str, list[User]] = defaultdict(list)
    for one in known:
        by_name[fold(one.get_full_name())].append(one)
    found, seen = Matched(), set()
    for number, username, name in _rows(raw):
        user, reason = _who(username, name, by_username, by_name)
        if user is None:
            found.refused.append(Refused(number, username or name, reason))
        elif user.pk not in seen:
            seen.add(user.pk)
            found.users.append(user)
    return found


def _who(username: str, name: str, by_username: dict, by_name: dict) -> tuple[User | None, str]:
    if username:
        user = by_username.get(username)
        return user, "" if user else _("Nobody who is invited signs in with this name.")
    same = by_name.get(fold(name), [])
    if len(same) == 1:
        return same[0], ""
    if same:
        return None, _("%(count)d people who are invited have this name: add the sign-in name.") % {"count": len(same)}
    return None, _("Nobody who is invited has this name.")


def _rows(raw: bytes):
    any_list = False
    for sheet in read_tables(raw, max_rows=MAX_ROWS).sheets:
        header = find_header(sheet, STAFF, needs_key=False) or _one_column(sheet)
        if sheet.hidden or header is None:
            continue
        any_list = True
        columns = {one: column.index for one, column in header.columns.items()}
        for number, cells in sheet.rows:
            if number <= header.last_row:
                continue
            username = _text(cells, columns.get(Field.USERNAME)).replace(" ", "").lower()
            name = " ".join(filter(None, (_text(cells, columns.get(one)) for one in NAMES)))
            if username or name:
                yield number, username, name
    if not any_list:
        raise UnreadableFile(
            _("No list was found. One row of the table must name its columns: Họ và tên, or Tên đăng nhập.")
        )


def _text(cells: list, index: int | None) -> str:
    return values.text_of(cells[index]) if index is not None and index < len(cells) else ""


def _one_column(sheet: Sheet) -> Header | None:
    """A list with a single column that is known: names under «Họ và tên»."""
    from schools.rosters.columns import Column

    words = {"ho va ten": Field.FULL_NAME, "ho ten": Field.FULL_NAME, "ten dang nhap": Field.USERNAME}
    for number, cells in sheet.rows[:30]:
        labels = [fold(values.text_of(cell)) for cell in cells]
        for index, label in enumerate(labels):
            if label in words:
                return Header(number, number, {words[label]: Column(index, words[label], label, 3)}, tuple(labels))
    return None
