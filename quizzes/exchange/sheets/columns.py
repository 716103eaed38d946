"""The columns of a table of questions, the words teachers use in them, and how each type is spelled in cells."""

import re
from decimal import Decimal, InvalidOperation

from cms.text.folding import fold

# In the order of the template; letters of options stand after "type".
TITLES = {
    "stem": "Câu hỏi", "type": "Loại", "answer": "Đáp án", "topic": "Chủ đề", "difficulty": "Mức độ",
    "explanation": "Giải thích", "picture": "Hình", "weights": "Điểm từng ý", "whys": "Nhận xét", "scoring": "Cách chấm",
    "credit": "Thang điểm", "source": "Nguồn",
}  # fmt: skip
_ALSO = {
    "stem": ["noi dung", "noi dung cau hoi", "question", "cau hoi (*)"], "type": ["loai cau hoi", "type", "dang"],
    "answer": ["dap an dung", "answer", "correct", "key"], "topic": ["chu de", "topic", "chuong", "bai"],
    "difficulty": ["do kho", "difficulty", "muc do nhan thuc"], "explanation": ["loi giai", "huong dan giai", "explanation"],
    "picture": ["hinh anh", "anh", "image", "picture"], "source": ["source"],
}  # fmt: skip
TYPES = {
    "single": "Một lựa chọn", "multiple": "Nhiều lựa chọn", "true_false": "Đúng sai", "statements": "Đúng sai nhiều ý",
    "picture_choice": "Chọn hình", "matching": "Ghép đôi", "ordering": "Sắp xếp", "gaps": "Điền chỗ trống",
    "zones": "Xếp nhóm", "hotspot": "Chỉ trên hình", "numeric": "Số", "short": "Trả lời ngắn", "long": "Tự luận",
}  # fmt: skip
_TYPES_ALSO = {
    "trac nghiem": "single", "1 lua chon": "single", "mot dap an": "single", "nhieu dap an": "multiple",
    "dung/sai": "true_false", "4 y dung sai": "statements", "bon y dung sai": "statements", "noi": "matching",
    "ghep noi": "matching", "sap xep thu tu": "ordering", "thu tu": "ordering", "dien khuyet": "gaps", "dien tu": "gaps",
    "phan nhom": "zones", "dap so": "numeric", "so hoc": "numeric", "tra loi so": "numeric", "dien so": "numeric",
}  # fmt: skip
LEVELS = {"nhan biet": 1, "nb": 1, "biet": 1, "thong hieu": 2, "th": 2, "hieu": 2, "van dung": 3, "vd": 3,
          "van dung cao": 3, "vdc": 3, "de": 1, "trung binh": 2, "kho": 3}  # fmt: skip
SCORING = {"tung phan": ("partial", True), "phan biet hoa thuong": ("case", True), "khong can dau": ("accents", False)}
SCORING_WORDS = {
    ("partial", True): "từng phần",
    ("case", True): "phân biệt hoa thường",
    ("accents", False): "không cần dấu",
}
GAPS = {"select": "chọn", "text": "chữ", "number": "số"}
GAP_KINDS = {fold(word): kind for kind, word in GAPS.items()}
ARROW, BAR, MARGIN, AT = " → ", " | ", " ± ", " @ "
EQUAL_SHARES = "đều"
FOUR = ["0.1", "0.25", "0.5", "1"]
_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_WEIGHT = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*%\s*(.*)", re.DOTALL)


def key(text: str) -> str:
    return " ".join(fold(text).replace("_", " ").split()).strip(" :*.")


COLUMNS = {key(title): name for name, title in TITLES.items()} | {
    one: name for name, words in _ALSO.items() for one in words
}
TYPE_WORDS = {key(word): name for name, word in TYPES.items()} | _TYPES_ALSO | {name: name for name in TYPES}


def guarded(text: str) -> str:
    """A cell that a spreadsheet would calculate, as plain text: with an apostrophe before it."""
    return "'" + text if text.lstrip("'").startswith(_SIGNS) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_SIGNS) else text


def weighted(text: str) -> tuple[Decimal | None, str]:
    """ "50% tí" as its share and its text; no share where it earns all."""
    match = _WEIGHT.match(text.strip())
    if match is None:
        return None, text.strip()
    share = number(match.group(1))
    return (None if share is None else share / 100), match.group(2).strip()


def number(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def percent(share: Decimal) -> str:
    return f"{plain(share * 100)}%"
