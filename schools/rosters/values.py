"""One cell at a time: what a code, a name, a date of birth, a gender, a class or a status says in a school's list."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from cms.text.folding import fold, normalize
from cms.text.names import normalize_name
from schools.rosters.reasons import Reason, reason
from schools.rosters.tables import UNCALCULATED

CODE_LENGTH = 40
NAME_LENGTH = 120
CLASS_LENGTH = 40
YOUNGEST, OLDEST = 3, 100

_CODE = re.compile(r"^[0-9A-Za-zĐđ](?:[0-9A-Za-zĐđ._/-]*[0-9A-Za-zĐđ])?$")
_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?[eE]\+?\d{1,2}$")
_WHOLE_WITH_POINT = re.compile(r"^\d+\.0+$")
_CITIZEN_ID = re.compile(r"^0\d{2}[0-3]\d{8}$")
_ERRORS = re.compile(r"^#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)$")
# Excel keeps fifteen digits of a number and writes zeros for the rest.
_EXACT_NUMBERS = 10**15


def is_error(value) -> bool:
    return isinstance(value, str) and bool(_ERRORS.match(value.strip()))


def text_of(value) -> str:
    """A cell as the text a person would see in it; whole numbers without a point, dates as day/month/year."""
    if value is None or value is UNCALCULATED:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, time | timedelta):
        return str(value)
    text = normalize(str(value))
    return text[1:] if text.startswith("'") else text


def read_code(value) -> tuple[str, Reason | None]:
    """A code without blanks, its leading zeros kept as far as the cell still has them."""
    if value is UNCALCULATED:
        return "", None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _EXACT_NUMBERS:
        return "", reason("code_shortened", value=text_of(value))
    if isinstance(value, datetime | date):
        return "", reason("bad_code", value=text_of(value))
    text = text_of(value).replace(" ", "")
    if not text:
        return "", None
    if _SCIENTIFIC.match(text):
        return "", reason("code_shortened", value=text)
    if _WHOLE_WITH_POINT.match(text):
        text = text.partition(".")[0]
    text = unicodedata.normalize("NFKC", text)
    if not _CODE.match(text) or len(text) > CODE_LENGTH or not any(char.isdigit() for char in text):
        return "", reason("bad_code", value=text)
    return text, None


def looks_like_citizen_id(code: str, born: date | None) -> bool:
    """Twelve digits as the ID card has them: province (001 to 096), century and sex, year of birth, six more."""
    if not _CITIZEN_ID.match(code) or not 1 <= int(code[:3]) <= 96:
        return False
    return born is None or (int(code[3]) // 2 == born.year // 100 - 19 and int(code[4:6]) == born.year % 100)


_NUMBER_OF_ANOTHER_COLUMN = re.compile(r"\d{3}|\d[./-]\d")


def read_name(value) -> tuple[str, Reason | None]:
    """A personal name as it is stored (`cms.text.names.normalize_name`): in NFC, blanks collapsed, with capitals."""
    text = normalize_name(text_of(value))
    if not text:
        return "", None
    if len(text) > NAME_LENGTH:
        return "", reason("name_too_long", length=len(text), limit=NAME_LENGTH)
    if not any(char.isalpha() for char in text) or not all(map(_belongs_in_a_name, text)):
        return "", reason("not_a_name", value=text)
    # "Nguyễn Văn An 2" tells two boys of one class apart; a date or a longer number comes from another column, and may
    # be one that is never stored, so the reason does not repeat it.
    if _NUMBER_OF_ANOTHER_COLUMN.search(text):
        return "", reason("number_in_name")
    return text, None


def _belongs_in_a_name(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM" or char in " .,-'’‘ʼ`´()‐–/·" or char.isdigit()


# --- Dates ------------------------------------------------------------------------------------------------------------


class Order(StrEnum):
    """How 3/4/2010 is to be read; SWAPPED exchanges day and month of real dates, which a foreign Excel mixed up."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    SWAPPED = "swapped"


@dataclass(frozen=True, slots=True)
class DateCell:
    """What a cell says about a date before anything is decided for its column."""

    text: str
    first: int = 0
    second: int = 0
    year: int = 0
    """The year as written; under 100 where the century is missing."""
    is_real: bool = False
    """A date of the spreadsheet, or a text in year-month-day order: first is the day, second the month."""
    from_excel: bool = False
    only_year: bool = False
    is_bad: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.text

    @property
    def lacks_century(self) -> bool:
        return bool(self.text) and not self.is_bad and not self.only_year and self.year < 100


_D_M_Y = re.compile(r"^(\d{1,2})\s*[/.\-\\,\s]\s*(\d{1,2})\s*[/.\-\\,\s]\s*(\d{4}|\d{1,2})$")
_Y_M_D = re.compile(r"^(\d{4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})$")
_WORDS = re.compile(r"^(?:ngay)?\s*(\d{1,2})\s*(?:thang)\s*(\d{1,2})\s*(?:nam)\s*(\d{4}|\d{1,2})$")
_MONTH_NAME = re.compile(r"^(\d{1,2})[\s\-/]*([a-z]{3,9})\.?[\s\-/,]*(\d{4}|\d{2})$")
_CLOCK = re.compile(r"[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp][Mm]|SA|CH|Z)?$")
_MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)  # noqa: SIM905  (shorter to read)
}
_EPOCH = date(1899, 12, 30)
_SERIALS = range(7_000, 60_000)  # 1919 to 2064


def examine_date(value) -> DateCell:
    """Take a cell apart: real dates, serial numbers and texts in any usual disguise."""
    if value is None or value is UNCALCULATED:
        return DateCell("")
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return DateCell(text_of(value), value.day, value.month, value.year, is_real=True, from_excel=True)
    if isinstance(value, bool | time | timedelta):
        return DateCell(str(value), is_bad=True)
    if isinstance(value, int | float):
        return _examine_number(value, text_of(value))
    return _examine_text(text_of(value))


def _examine_text(text: str) -> DateCell:
    plain = unicodedata.normalize("NFKC", _CLOCK.sub("", text)).strip(" .,;:")
    if not plain:
        return DateCell(text, is_bad=bool(text))
    if match := _Y_M_D.match(plain):
        year, month, day = map(int, match.groups())
        return DateCell(text, day, month, year, is_real=True)
    if match := _D_M_Y.match(plain) or _WORDS.match(fold(plain)):
        first, second, year = map(int, match.groups())
        return DateCell(text, first, second, year)
    if match := _MONTH_NAME.match(plain.lower()):
        named = _MONTHS.get(match[2][:3])
        if named:
            return DateCell(text, int(match[1]), named, int(match[3]), is_real=True)
    if re.fullmatch(r"\d+(?:[.,]\d+)?", plain):
        return _examine_number(float(plain.replace(",", ".")), text)
    return DateCell(text, is_bad=True)


def _examine_number(number: float, text: str) -> DateCell:
    whole = int(number)
    if 1900 <= whole <= 2100 and whole == number:
        return DateCell(text, year=whole, only_year=True)
    if whole in _SERIALS and not text.startswith("0"):
        day = _EPOCH + timedelta(days=whole)
        return DateCell(text, day.day, day.month, day.year, is_real=True, from_excel=True)
    digits = text if text.isdigit() else str(whole)
    if len(digits) == 7:
        digits = f"0{digits}"
    if len(digits) == 8:
        if 1900 <= int(digits[4:]) <= 2100:
            return DateCell(text, int(digits[:2]), int(digits[2:4]), int(digits[4:]))
        if 1900 <= int(digits[:4]) <= 2100:
            return DateCell(text, int(digits[6:]), int(digits[4:6]), int(digits[:4]), is_real=True)
    if len(digits) == 6:
        return DateCell(text, int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    return DateCell(text, is_bad=True)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of birth whose century is not written: `year` holds its last two digits."""

    day: int
    month: int
    year: int

    def fits(self, other: date | None) -> bool:
        return other is not None and (other.day, other.month, other.year % 100) == (self.day, self.month, self.year)


@dataclass(frozen=True, slots=True)
class DateColumn:
    """What the dates of one column have in common, and what has to be asked about them."""

    asks_order: bool = False
    """Texts can be day/month or month/day, and nothing says that the day comes first."""
    asks_swapped: bool = False
    """Real dates all have days up to 12 and texts all have days from 13: the mark of an Excel set to month/day."""
    only_years: bool = False


def judge_dates(cells: list[DateCell]) -> DateColumn:
    filled = [cell for cell in cells if cell.text and not cell.is_bad]
    texts = [cell for cell in filled if not cell.is_real and not cell.only_year]
    day_first = sum(cell.first > 12 for cell in texts)
    month_first = sum(cell.second > 12 and cell.first <= 12 for cell in texts)
    real = [cell for cell in filled if cell.from_excel]
    swapped = len(real) >= 5 and len(texts) >= 5 and day_first == len(texts) and all(cell.first <= 12 for cell in real)
    return DateColumn(
        asks_order=bool(month_first) and not day_first,
        asks_swapped=swapped,
        only_years=bool(filled) and all(cell.only_year for cell in filled),
    )


def read_date(
    cell: DateCell, column: DateColumn, *, order: Order | None, century: int | None, today: date
) -> tuple[date | PartialDate | None, Reason | None]:
    """Decide one date of birth. `century` is 1900 or 2000 where a person chose it, `order` likewise.

    What is ambiguous and was not decided comes back as a reason; a date without a century as a `PartialDate` with it.
    """
    if cell.is_blank or (cell.only_year and column.only_years):
        return None, None
    if cell.is_bad or cell.only_year:
        return None, reason("not_a_date", value=cell.text)
    day, month = cell.first, cell.second
    if cell.is_real:
        if cell.from_excel and column.asks_swapped and day != month:
            if order is None:
                return None, reason("perhaps_swapped", value=cell.text)
            if order is Order.SWAPPED:
                day, month = month, day
    elif order is Order.MONTH_FIRST:
        day, month = month, day
    elif column.asks_order and order is None and day <= 12 and day != month:
        return None, reason("ambiguous_order" if month <= 12 else "no_such_month", value=cell.text)
    if month > 12:
        return None, reason("no_such_month" if day <= 12 else "no_such_day", value=cell.text)
    year = cell.year
    if year < 100:
        if century is None:
            if not _exists(2000 + year, month, day) and not _exists(1900 + year, month, day):
                return None, reason("no_such_day", value=cell.text)
            why = reason("ambiguous_year", value=cell.text, first=2000 + year, second=1900 + year)
            return PartialDate(day, month, year), why
        year += century
    if not _exists(year, month, day):
        return None, reason("no_such_day", value=cell.text)
    born = date(year, month, day)
    shown = born.strftime("%d/%m/%Y")
    if born > today:
        return None, reason("date_in_future", value=shown)
    if today.year - year > OLDEST:
        return None, reason("date_too_long_ago", value=shown)
    if today.year - year < YOUNGEST:
        return None, reason("date_too_recent", value=shown)
    return born, None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


# --- Gender, class, status --------------------------------------------------------------------------------------------

_FEMALE = {"nu", "female", "f", "gai", "girl", "woman"}
_MALE = {"nam", "male", "m", "trai", "boy", "man"}


def read_gender(value) -> str:
    """`female`, `male`, or empty where the cell does not say."""
    word = fold(text_of(value)).strip(" .*()")
    return "female" if word in _FEMALE else "male" if word in _MALE else ""


def is_ticked(value) -> bool:
    """A mark in a column headed by one gender: x, 1, ✓, or the word itself."""
    word = fold(text_of(value)).strip(" .")
    return bool(word) and word not in {"0", "-", "khong", "no", "false", "o"}


# "Lớp" is a word of its own, or stands before the grade: «Lớp10A1». «LớpX» is nobody's short way to write "X".
_CLASS_PREFIX = re.compile(r"^l[ớo]p(?:\s*[:.\-]\s*|\s+|(?=[A-Za-zĐđ]?\d))(?=\S)", re.IGNORECASE)
_CLASS = re.compile(r"^[^\W_](?:[\w .\-/()+&’']*[\w)+])?$")
_GRADELESS = re.compile(r"^[A-Za-zĐđ]\d{0,2}$")
_SHEET_OF_CLASS = re.compile(r"^\d{1,2}\s?[A-Za-zĐđ][\w.-]{0,12}(?:\s[\w.-]{1,12}){0,2}$|^\d{1,2}[./_-]\d{1,2}$")
_CLASS_IN_TITLE = re.compile(
    r"\bl[ớo]p\s*[:.\-–]?\s*(\d{1,2}(?:\s?[A-Za-zĐđ](?:\d[\w.-]*|\b)|\s?[./-]\s?\d{1,2}|[A-Za-zĐđ][\w-]{0,10}"
    r"|\s(?!năm|nam|học|hoc|niên|khối|trường|THPT|THCS)[A-ZĐÀ-Ỹ][\w]{1,12}))",
    re.IGNORECASE,
)


def read_class(value, grade=None) -> tuple[str, Reason | None]:
    """A class name without the word «Lớp»; a bare "A1" is completed from the grade's column."""
    if isinstance(value, datetime | date):
        return "", reason("class_is_date", value=text_of(value))
    if isinstance(value, float) and not value.is_integer():
        value = f"{value:g}"
    text = _CLASS_PREFIX.sub("", text_of(value))
    if not text:
        return "", None
    if len(text) > CLASS_LENGTH:
        return "", reason("class_too_long", value=text)
    if not _CLASS.match(text):
        return "", reason("bad_class", value=text)
    grade_text = text_of(grade)
    digits = re.search(r"\d{1,2}", grade_text)
    if digits and _GRADELESS.match(text):
        text = f"{digits[0]}{text}"
    return text, None


def class_in_title(text: str) -> str:
    """The class a title names: `DANH SÁCH LỚP 10A1 NĂM HỌC …` → `10A1`, or nothing."""
    match = _CLASS_IN_TITLE.search(normalize(text))
    return match[1].strip() if match else ""


def class_in_sheet_name(title: str) -> str:
    """The class after which a sheet is named: `Lớp 10A1 (45)` → `10A1`, or nothing."""
    name = _CLASS_PREFIX.sub("", re.sub(r"\([^)]*\)", "", normalize(title)).strip())
    return name if _SHEET_OF_CLASS.match(name) else ""


_LEFT = re.compile(
    r"^(?:da )?(?:chuyen truong|chuyen di|chuyen den truong khac|chuyen sang truong|thoi hoc|bo hoc|nghi hoc"
    r"|xin thoi hoc"
    r"|xin nghi hoc|buoc thoi hoc|dinh chi hoc|tot nghiep|ra truong|hoan thanh chuong trinh|xoa ten|roi truong|qua doi"
    r"|mat|da chuyen|da nghi|da thoi|left|withdrawn|transferred(?: out)?|graduated|dropped out)\b(?! lop| den\b| ve\b)"
)
_STAYS = re.compile(
    r"^(?:dang hoc|dang theo hoc|hoc|hoc lai|chuyen den(?! truong khac)|chuyen ve|moi chuyen|moi vao|nhap hoc"
    r"|tiep nhan|chuyen lop"
    r"|da chuyen lop|da chuyen den|binh thuong|luu ban|len lop|bao luu|tam nghi|nghi hoc tam thoi|nghi tam thoi|active"
    r"|enrolled|studying|current)\b"
)
_LEFT_IN_NOTE = re.compile(r"^(?:da )?(?:chuyen truong|thoi hoc|bo hoc|xin thoi hoc)\b(?! den\b| ve\b)")


class Status(StrEnum):
    """Whether a row says that its pupil is at the school; UNKNOWN: it says something we do not know."""

    SILENT = ""
    STAYS = "stays"
    LEFT = "left"
    UNKNOWN = "unknown"


def read_status(value) -> Status:
    text = fold(text_of(value)).strip(" .")
    if not text:
        return Status.SILENT
    if _STAYS.match(text):
        return Status.STAYS
    return Status.LEFT if _LEFT.match(text) else Status.UNKNOWN


def read_note(value) -> Status:
    """A remark counts only where it plainly says that the pupil has left; its text is never kept."""
    text = fold(text_of(value)).strip(" .")
    return Status.LEFT if text and _LEFT_IN_NOTE.match(text) else Status.SILENT
