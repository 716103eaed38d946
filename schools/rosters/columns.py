"""Which column of a school's table means what: headers compared by folded words, with their synonyms and typing errors.

What is not in this map (dân tộc, tôn giáo, CCCD, telephone, address, parents …) has no field, and its cells are dropped
where they are read.
"""

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cms.text import legacy
from cms.text.folding import compare_key, fold
from schools.rosters.tables import Sheet


class Field(StrEnum):
    """What a mapped column holds."""

    NUMBER = "number"
    CODE = "code"
    FULL_NAME = "full_name"
    FAMILY = "family"
    MIDDLE = "middle"
    GIVEN = "given"
    BIRTH_DATE = "birth_date"
    BIRTH_DAY = "birth_day"
    BIRTH_MONTH = "birth_month"
    BIRTH_YEAR = "birth_year"
    GENDER = "gender"
    FEMALE = "female"
    MALE = "male"
    CLASS = "class"
    SCHOOL = "school"
    GRADE = "grade"
    STATUS = "status"
    NOTE = "note"
    USERNAME = "username"
    SUBJECT = "subject"
    HOMEROOM = "homeroom"
    TAUGHT = "taught"


@dataclass(frozen=True)
class Vocabulary:
    """The headers one kind of list knows: exact words by field, and what makes a table such a list."""

    words: dict[str, Field]
    key: Field
    """The field without which a table is no such list."""
    foreign: re.Pattern = re.compile(r"(?!)")
    """Headers that resemble a known one of this list and mean somebody else."""


_COMMON = {
    Field.NUMBER: "stt|so tt|tt|so thu tu|no|s t t",
    Field.FAMILY: "ho dem|ho va dem|ho va ten dem|ho ten dem|ho lot|ho va ten lot|ho va chu lot|ho chu lot|ho|ho va"
    "|ho va chu dem|last name|surname|ho tendem",
    Field.MIDDLE: "dem|ten dem|chu dem|chu lot|ten lot|middle name",
    Field.GIVEN: "ten|ten goi|first name|given name",
    Field.NOTE: "ghi chu|note|notes|remark|remarks",
}
_PUPILS = {
    **_COMMON,
    Field.CODE: "ma hoc sinh|ma hs|ma so hs|ma so hoc sinh|mahs|ma hoc vien|ma hv|ma so hoc vien|ma sinh vien|ma sv"
    "|ma so sinh vien|ma so sv|mssv|mshs|mshv|ma nguoi hoc|ma dinh danh hoc sinh|ma dinh danh hs|ma dinh danh bo gd dt"
    "|ma dinh danh bo gddt|ma dinh danh bo|ma dinh danh bgd dt|ma dinh danh bgddt|ma hoc sinh bo gd dt|ma hs bo gd dt"
    "|ma moet|ma the hoc sinh|ma dinh danh|ma so|ma hoc sinh csdl|ma hs csdl|ma hoc sinh csdl nganh"
    "|student code|student id|pupil code|pupil id|learner code|code|student number",
    Field.FULL_NAME: "ho va ten|ho ten|hoten|ho va ten hoc sinh|ho ten hoc sinh|ho va ten hs|ho ten hs|ten hoc sinh"
    "|ten hs|hoc sinh|ho va ten sinh vien|ho ten sinh vien|ho va ten hoc vien|ho ten hoc vien|ho va ten nguoi hoc"
    "|ho ten day du|ho ten va dem|full name|fullname|name|student name|pupil name",
    Field.BIRTH_DATE: "ngay sinh|ngay thang nam sinh|ngay thang sinh|ngay nam sinh|ntns|nam sinh|sinh ngay|ngaysinh"
    "|ngay sinh hoc sinh|ngay sinh hs|date of birth|dob|birth date|birthdate|birthday|ngay thang nam",
    Field.GENDER: "gioi tinh|gt|phai|gioi|gioitinh|nam nu|gender|sex",
    Field.FEMALE: "nu|hoc sinh nu|hs nu|female|la nu",
    Field.MALE: "nam|hoc sinh nam|hs nam|male",
    Field.CLASS: "lop|lop hoc|ten lop|lop hien tai|lop moi|lop hoc sinh|lop hanh chinh|hoc lop|class|class name|tenlop",
    Field.GRADE: "khoi|khoi lop|khoi hoc|grade",
    Field.STATUS: "trang thai|tinh trang|trang thai hoc sinh|trang thai hoc tap|trang thai hoc|tinh trang hoc"
    "|tinh trang hoc tap|tinh trang hoc sinh|trang thai hs|bien dong|status",
}  # fmt: skip
_STAFF = {
    **_COMMON,
    Field.USERNAME: "ten dang nhap|tai khoan|ten tai khoan|username|user name|user|login|ma giao vien|ma gv|ma can bo"
    "|ma cb|ma nhan vien|ma dang nhap|ma cbgv",
    Field.FULL_NAME: "ho va ten|ho ten|hoten|ho va ten giao vien|ho ten giao vien|ho va ten gv|ho ten gv|ten giao vien"
    "|giao vien|ho va ten can bo|can bo giao vien|ho ten cbgv|full name|fullname|name|teacher|teacher name",
    Field.SUBJECT: "mon|mon day|bo mon|mon hoc|mon giang day|giang day mon|day mon|chuyen mon|subject|subjects",
    Field.HOMEROOM: "lop chu nhiem|chu nhiem|gvcn|chu nhiem lop|gvcn lop|lop cn|homeroom|homeroom class",
    Field.TAUGHT: "lop day|cac lop day|lop giang day|giang day|day lop|day cac lop|lop|cac lop|phan cong giang day"
    "|phan cong|lop phan cong|lop bo mon|classes|taught classes|classes taught|teaches",
}  # fmt: skip


def _vocabulary(words: dict[Field, str], key: Field, foreign: str) -> Vocabulary:
    return Vocabulary(
        {word: field for field, listed in words.items() for word in listed.split("|")}, key, re.compile(foreign)
    )


PUPILS = _vocabulary(_PUPILS, Field.CODE, r"\b(giao vien|gvcn|chu nhiem|can bo)\b")
# A list of many schools says of each pupil which one. In a list of one school such a column is foreign.
_SCHOOL_CODE = "ma truong|ma truong hoc|ma don vi|ma co so|ma cs gd|ma csgd|ma truong csdl|school code|school id|school"
PROVINCE = _vocabulary({**_PUPILS, Field.SCHOOL: _SCHOOL_CODE}, Field.CODE, r"\b(giao vien|gvcn|chu nhiem|can bo)\b")
STAFF = _vocabulary(_STAFF, Field.USERNAME, r"\b(hoc sinh|hs)\b")

# Headers that resemble a known one and mean something that is never read.
_FOREIGN = re.compile(
    r"\b(cccd|cmnd|cmt|can cuoc|dinh danh ca nhan|ddcn|so dinh danh|bhyt|bao hiem|the nganh|dien thoai|sdt|email|e mail"
    r"|dia chi|noi sinh|que quan|thuong tru|tam tru|dan toc|ton giao|giam ho|phu huynh|chu ho|nguoi do dau|cha|me"
    r"|father|mother|parent|guardian|nghe nghiep|truong|cu|truoc|nam ngoai|vao truong|vao lop|nhap hoc|vao doan|vao doi"
    r"|cap ngay|ngay cap|noi cap|tuyen sinh|ma lop|ma khoi|ma tinh|ma xa|doan vien|doi vien"
    r"|suc khoe|khuyet tat|hon nhan|hoc phi)\b"
)
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|\*")
_NOT_WORDS = re.compile(r"[^\w]+")
# "Học sinh khuyết tật", "Giáo viên giỏi": no names follow.
_ONLY_WHOLE = {"hoc sinh", "giao vien", "can bo giao vien", "nam nu", "ho va"}
_LONG_ENOUGH_FOR_TYPING_ERRORS = 5


@dataclass(frozen=True, slots=True)
class Column:
    """A mapped column of a sheet."""

    index: int
    field: Field
    label: str
    strength: int
    """3 the exact header, 2 one beginning with it, 1 one with a typing error or chosen by what stands below."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a sheet: its rows and its columns by field. `labels` are all headers, mapped or not."""

    first_row: int
    last_row: int
    columns: dict[Field, Column]
    labels: tuple[str, ...]


def match_header(vocabulary: Vocabulary, path: list[str]) -> tuple[Field, int] | None:
    """Return the field of a column whose header cells, from the top, read `path`, and how sure that is."""
    leaf = path[-1]
    context = " ".join(path)
    if vocabulary.words.get(_clean(leaf)) is Field.SCHOOL:
        return Field.SCHOOL, 3
    if _is_foreign(context) or vocabulary.foreign.search(_clean(context)):
        return None
    if leaf_field := _match_one(vocabulary, leaf):
        found, strength = leaf_field
        if len(path) > 1:
            found = _under_birth_date(path, leaf) or found
        return found, strength
    if len(path) > 1:
        if part := _under_birth_date(path, leaf):
            return part, 3
        # "Học sinh / Họ tên HS" and the like: what the group says, if the lower cell says nothing known.
        joined = _match_one(vocabulary, context)
        if joined:
            return joined
    return None


def _under_birth_date(path: list[str], leaf: str) -> Field | None:
    if "sinh" not in fold(" ".join(path[:-1])).split():
        return None
    parts = {"ngày": Field.BIRTH_DAY, "tháng": Field.BIRTH_MONTH, "năm": Field.BIRTH_YEAR}
    return parts.get(_clean(leaf, accents=True))


def _is_foreign(text: str) -> bool:
    # Folded, "bố" (father) would be "bộ" (ministry) as well.
    return bool(_FOREIGN.search(_clean(text))) or "bố" in _clean(text, accents=True).split()


def _clean(text: str, *, accents: bool = False) -> str:
    text = _BRACKETS.sub(" ", text)
    return _NOT_WORDS.sub(" ", compare_key(text) if accents else fold(text)).replace("_", " ").strip()


@lru_cache(maxsize=2048)
def _match_words(words: tuple[str, ...], cleaned: str) -> tuple[str, int] | None:
    if cleaned in words:
        return cleaned, 3
    beginnings = [word for word in words if " " in word and word not in _ONLY_WHOLE and cleaned.startswith(f"{word} ")]
    if beginnings:
        return max(beginnings, key=len), 2
    if len(cleaned) >= _LONG_ENOUGH_FOR_TYPING_ERRORS:
        close = difflib.get_close_matches(cleaned, [word for word in words if len(word) >= 5], n=1, cutoff=0.86)
        if close:
            return close[0], 1
    return None


def _match_one(vocabulary: Vocabulary, text: str) -> tuple[Field, int] | None:
    cleaned = _clean(text)
    if not cleaned or len(cleaned) > 60:
        return None
    accented = _clean(text, accents=True)
    if cleaned == "nam" and accented == "năm":
        return None
    match = _match_words(tuple(vocabulary.words), cleaned)
    if match is None:
        return None
    word, strength = match
    return vocabulary.words[word], strength


_SOMEBODY = {Field.FULL_NAME, Field.GIVEN, Field.CLASS, Field.BIRTH_DATE}


def label_key(label: str) -> str:
    """The form in which a header label is remembered with a person's choice."""
    return _clean(label)[:80]


def find_header(
    sheet: Sheet,
    vocabulary: Vocabulary,
    chosen: dict[str, str] | None = None,
    *,
    rows_to_look_at: int = 60,
    needs_key: bool = True,
) -> Header | None:
    """Find the header of a sheet, wherever it begins and however many rows it takes (up to three).

    `chosen` maps header labels, as `label_key` folds them, to fields a person picked (an empty field drops the column).
    Returns the header with the most fields, or None where no row has the key field and one more; without `needs_key`
    two fields are enough.
    """
    best: tuple[int, Header] | None = None
    top = sheet.rows[:rows_to_look_at]
    texts = {number: _texts(sheet, number, cells) for number, cells in top}
    for place, (number, _cells) in enumerate(top):
        for depth in (1, 2, 3):
            block = top[place : place + depth]
            if len(block) < depth or block[-1][0] - number > depth - 1:
                break
            if depth > 1 and not _may_continue_header(block[-1][1]):
                break
            header = _header(sheet, vocabulary, [row for row, _ in block], texts, chosen or {}, needs_key)
            if header is None:
                continue
            score = _score(header)
            if best is None or score > best[0]:
                best = score, header
    return best[1] if best else None


def _texts(sheet: Sheet, number: int, cells: list) -> dict[int, str]:
    texts = {}
    for column, value in enumerate(cells):
        if isinstance(value, str):
            repair = None if value.isascii() else legacy.repair_text(value, sheet.fonts.get((number, column)))
            texts[column] = " ".join((repair.after if repair else value).split())
    return texts


def _may_continue_header(cells: list) -> bool:
    """A second row of a header holds words only, no numbers or dates."""
    filled = [value for value in cells if value is not None]
    return all(isinstance(value, str) and not re.search(r"\d{3,}|\d[./-]\d", value) for value in filled)


def _header(
    sheet: Sheet, vocabulary: Vocabulary, numbers: list[int], texts: dict, chosen: dict[str, str], needs_key: bool
) -> Header | None:
    width = max((max(texts[number], default=-1) for number in numbers), default=-1) + 1
    grid = {(number, column): text for number in numbers for column, text in texts[number].items()}
    spans: dict[int, int] = {}
    for top, left, bottom, right in sheet.merges:
        text = texts.get(top, {}).get(left)
        if text is None or bottom < numbers[0] or top > numbers[-1]:
            continue
        width = max(width, min(right + 1, left + 40))
        for number in numbers:
            for column in range(left, min(right + 1, left + 40)):
                if top <= number <= bottom:
                    grid.setdefault((number, column), text)
        if right > left:
            spans[left] = right
    labels: list[str] = []
    found: list[Column] = []
    for column in range(width):
        path: list[str] = []
        for number in numbers:
            text = grid.get((number, column))
            if text and (not path or path[-1] != text):
                path.append(text)
        label = " › ".join(path)
        labels.append(label)
        if not path:
            continue
        if (picked := chosen.get(label_key(label))) is not None:
            if picked:
                found.append(Column(column, Field(picked), label, 4))
            continue
        matched = match_header(vocabulary, path)
        if matched:
            found.append(Column(column, matched[0], label, matched[1]))
    columns: dict[Field, Column] = {}
    for one in found:
        held = columns.get(one.field)
        if held is None or one.strength > held.strength:
            columns[one.field] = one
    _settle_names(columns, spans)
    if needs_key and vocabulary.key not in columns:
        return None
    if len(columns) < 2 or not _SOMEBODY & set(columns):
        return None
    return Header(numbers[0], numbers[-1], columns, tuple(labels))


def _settle_names(columns: dict[Field, Column], spans: dict[int, int]) -> None:
    """One name column, or họ (đệm) and tên: never both."""
    full, given, family = (columns.get(f) for f in (Field.FULL_NAME, Field.GIVEN, Field.FAMILY))
    if given and family:
        columns.pop(Field.FULL_NAME, None)
    elif full and given and given.index == full.index + 1:
        # "Họ và tên" over two columns, of which only the second has a header of its own.
        columns[Field.FAMILY] = Column(full.index, Field.FAMILY, full.label, full.strength)
        del columns[Field.FULL_NAME]
    elif full and spans.get(full.index) == full.index + 1 and not given:
        columns[Field.FAMILY] = Column(full.index, Field.FAMILY, full.label, 1)
        columns[Field.GIVEN] = Column(full.index + 1, Field.GIVEN, full.label, 1)
        del columns[Field.FULL_NAME]
    elif full:
        columns.pop(Field.GIVEN, None)
        columns.pop(Field.MIDDLE, None)


def _score(header: Header) -> int:
    strengths = sum(column.strength for column in header.columns.values())
    return len(header.columns) * 100 + strengths * 2 - (header.last_row - header.first_row)


def field_labels() -> dict[Field, str]:
    """The header we write for each field, in templates, exports and error files; all of them are read back."""
    return {
        Field.CODE: "Mã học sinh",
        Field.FULL_NAME: "Họ và tên",
        Field.FAMILY: "Họ đệm",
        Field.GIVEN: "Tên",
        Field.BIRTH_DATE: "Ngày sinh",
        Field.GENDER: "Giới tính",
        Field.CLASS: "Lớp",
        Field.SCHOOL: "Mã trường",
        Field.STATUS: "Trạng thái",
        Field.USERNAME: "Tên đăng nhập",
        Field.SUBJECT: "Môn dạy",
        Field.HOMEROOM: "Lớp chủ nhiệm",
        Field.TAUGHT: "Lớp dạy",
    }
