"""Names as they are met in Viet Nam, drawn by how common they are; no real person is meant.

Shares of the family names: Lê Trung Hoa, Họ và tên người Việt Nam (2005), rounded; the rest is spread over rarer ones.
"""

import random

from cms.text.folding import fold
from cms.text.names import sort_key

FAMILY = {
    "Nguyễn": 384, "Trần": 110, "Lê": 95, "Phạm": 71, "Hoàng": 26, "Huỳnh": 25, "Phan": 45, "Vũ": 20, "Võ": 19,
    "Đặng": 21, "Bùi": 20, "Đỗ": 14, "Hồ": 13, "Ngô": 13, "Dương": 10, "Lý": 5, "Trương": 12, "Đinh": 8, "Đoàn": 8,
    "Lâm": 6, "Mai": 6, "Trịnh": 6, "Đào": 6, "Cao": 5, "Hà": 5, "Thạch": 3, "Châu": 3, "Điểu": 2, "Kim": 2, "Sơn": 1,
}  # fmt: skip
MIDDLE_GIRL = {
    "Thị": 300, "Ngọc": 90, "Thị Thanh": 40, "Thị Kim": 35, "Thị Ngọc": 35, "Bảo": 40, "Như": 30, "Khánh": 30,
    "Thanh": 40, "Minh": 35, "Thùy": 30, "Phương": 30, "Quỳnh": 25, "Kim": 25, "Thị Thu": 25, "Gia": 15,
}  # fmt: skip
GIVEN_GIRL = {
    "Anh": 60, "Linh": 48, "Trang": 36, "Ngọc": 34, "Nhi": 40, "Thảo": 34, "Hân": 30, "Vy": 38, "My": 26, "Như": 28,
    "Ngân": 30, "Thư": 32, "Hà": 22, "Mai": 24, "Lan": 16, "Hương": 18, "Yến": 18, "Trâm": 20, "Quỳnh": 22, "Uyên": 14,
    "Châu": 14, "Giang": 12, "Ánh": 8, "Đan": 6, "Hiền": 12, "Tiên": 14, "Trúc": 14, "Tuyết": 6, "Xuân": 6, "Ý": 4,
}  # fmt: skip
MIDDLE_BOY = {
    "Văn": 210, "Minh": 90, "Gia": 60, "Quốc": 55, "Đức": 50, "Hoàng": 55, "Thanh": 45, "Hữu": 35, "Anh": 30,
    "Tuấn": 25, "Công": 22, "Đình": 25, "Xuân": 18, "Trọng": 16, "Nhật": 18, "Thành": 25, "Tấn": 15, "Bảo": 20,
}  # fmt: skip
GIVEN_BOY = {
    "Anh": 44, "Huy": 42, "Khang": 34, "Bảo": 34, "Minh": 38, "Phúc": 32, "Khoa": 26, "Phát": 22, "Đạt": 28, "Long": 26,
    "Nam": 26, "Quân": 24, "Hiếu": 24, "Duy": 24, "Hưng": 20, "Kiệt": 20, "Thịnh": 20, "Tài": 18, "Tuấn": 20, "Sơn": 14,
    "Dũng": 16, "Hải": 14, "Nghĩa": 12, "Bình": 8, "Cường": 8, "Toàn": 10, "Tín": 10, "Trí": 12, "Vinh": 12, "Ý": 2,
}  # fmt: skip


class Names:
    """Draws names. The forms for sorting and searching are worked out once for each name that comes up."""

    def __init__(self, draw: random.Random):
        self._draw = draw
        self._forms: dict[str, tuple[str, str]] = {}
        self._tables = [
            (list(table), list(table.values())) for table in (FAMILY, MIDDLE_GIRL, GIVEN_GIRL, MIDDLE_BOY, GIVEN_BOY)
        ]

    def take(self, number: int) -> list[tuple[str, str, str, str]]:
        """So many of (full name, sort form, search form, gender)."""
        girls = [self._draw.random() < 0.485 for _one in range(number)]
        family, *others = (self._draw.choices(*table, k=number) for table in self._tables)
        return [
            self._formed(
                f"{family[place]} {others[0 if girl else 2][place]} {others[1 if girl else 3][place]}",
                "female" if girl else "male",
            )
            for place, girl in enumerate(girls)
        ]

    def _formed(self, name: str, gender: str) -> tuple[str, str, str, str]:
        forms = self._forms.get(name)
        if forms is None:
            forms = self._forms[name] = sort_key(name), fold(name)
        return name, *forms, gender
