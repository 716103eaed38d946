"""One item of every type, with everything a format may lose: remarks, weights, letters that formats use as signs."""

from decimal import Decimal

from quizzes.exchange.items import Attachment, Item, OptionItem, TargetItem
from tests.factories.cms import picture_bytes

ODD = "a ~ b = c # d { e } : f \\ g -> h < i & k"


def picture(name: str = "anh.png", alt: str = "Một tấm ảnh") -> Attachment:
    return Attachment(name, picture_bytes(40, 30), alt)


def other(name: str = "anh.png", alt: str = "Tấm ảnh khác") -> Attachment:
    """Another picture, maybe with the same name."""
    return Attachment(name, picture_bytes(30, 40), alt)


def items() -> list[Item]:
    right, wrong = True, False
    return [
        Item("1", "single", f"Hỏi gì? {ODD}", [
            OptionItem("Đúng ý này", right, why="Vì thế"), OptionItem(ODD, wrong), OptionItem("x^2", wrong)],
            explanation="Giải thích\nhai dòng", difficulty=2, source="Bài 1"),
        Item("2", "single", "Gần đúng?", [OptionItem("Hết", right), OptionItem("Nửa", fraction=Decimal("0.5"))]),
        Item("3", "multiple", "Những gì?", [OptionItem("A", right), OptionItem("B", right), OptionItem("C", wrong)],
             scoring={"partial": True}),
        Item("4", "multiple", "Có trọng số?", [
            OptionItem("A", right, fraction=Decimal("0.75")), OptionItem("B", right, fraction=Decimal("0.25")),
            OptionItem("C", wrong, fraction=Decimal("-0.5"))]),
        Item("5", "true_false", "Đúng hay sai?", [
            OptionItem("Đúng", wrong, why="Không phải"), OptionItem("Sai", right, why="Phải")]),
        Item("6", "statements", "Mỗi ý đúng hay sai?", [
            OptionItem("Ý một", right), OptionItem("Ý hai", wrong), OptionItem("Ý ba", right), OptionItem("Ý bốn", right)],
            credit=["0.1", "0.25", "0.5", "1"]),
        Item("7", "matching", "Ghép đôi.", [OptionItem("Thủ đô", target=0), OptionItem("Cố đô", target=1)],
             [TargetItem("Hà Nội"), TargetItem("Huế"), TargetItem("Đồng Nai")]),
        Item("8", "zones", "Xếp nhóm.", [
            OptionItem("Mèo", target=0), OptionItem("Rắn", target=1), OptionItem("Chó", target=0), OptionItem("Bàn")],
            [TargetItem("Thú"), TargetItem("Bò sát")]),
        Item("9", "ordering", "Xếp thứ tự.", [OptionItem("Một"), OptionItem("Hai"), OptionItem("Ba")]),
        Item("10", "gaps", "Thủ đô là [[1]], năm [[2]], có [[3]] chữ.", [
            OptionItem("Hà Nội", right, target=0), OptionItem("Huế", wrong, target=0),
            OptionItem("Tý", right, target=1), OptionItem("tí", right, fraction=Decimal("0.5"), target=1),
            OptionItem("5", right, tolerance=Decimal("0.5"), target=2)],
            [TargetItem("chỗ trống 1", "select"), TargetItem("chỗ trống 2", "text"), TargetItem("chỗ trống 3", "number")]),
        Item("11", "numeric", "Bao nhiêu?", [
            OptionItem("3.14", right, tolerance=Decimal("0.01")),
            OptionItem("3", right, fraction=Decimal("0.5"), tolerance=Decimal(0))]),
        Item("12", "short", "Tên gì?", [OptionItem("VNeID", right), OptionItem("vn *", right, fraction=Decimal("0.4"))],
             scoring={"case": True}),
        Item("13", "long", "Viết một đoạn."),
        Item("14", "single", "Hình gì?", [OptionItem("Ảnh", right), OptionItem("Không", wrong)], picture=picture()),
        Item("15", "picture_choice", "Chọn hình.", [
            OptionItem("Một", right, picture=picture("mot.png", "Một")),
            OptionItem("Hai", wrong, picture=picture("hai.png", "Hai"))]),
        Item("16", "hotspot", "Chỉ đâu?", targets=[
            TargetItem("Đây", area=[0, 0, 200, 200], correct=True), TargetItem("Kia", area=[500, 500, 200, 200])],
            picture=picture()),
        Item("17", "single", "Hai hình này là gì?", [
            OptionItem("Cặp một", right, picture=picture("mot.png", "Cặp một"), more_pictures=[other("hai.png", "Cặp một")]),
            OptionItem("Không có hình", wrong)],
            picture=picture(alt="Hình trước"), more_pictures=[other(alt="Hình sau"), picture("ba.png", "Hình cuối")]),
    ]  # fmt: skip
