"""Legacy Vietnamese encodings: found, converted, and nothing else touched."""

import unicodedata

import pytest

from cms.text import legacy
from cms.text.legacy import (
    Encoding,
    convert,
    decode,
    encoding_of_font,
    is_capitals_font,
    repair_text,
    repair_texts,
)

NAMES = [
    "Nguyễn Văn An", "Trần Thị Thúy", "Đỗ Hồng", "Lê Đức Thọ", "Phạm Hữu Lý", "Nguyễn Thị Tường Vy",
    "Hồ Quỳnh Hương",
    "Bùi Khuê", "Ngô Thuỳ", "Võ Sơn", "Lý Tuấn", "Bé", "Hoàng Gia Bảo", "Tiếng Việt", "Đăng Ký", "Gìn Giữ",
    "Quý Quốc", "Huỳnh Ánh", "Đặng Ước Nguyện", "Phan Thuỵ Khuyển",
]  # fmt: skip
TCVN3 = {after: before for before, after in legacy._TCVN3.items()}
VNI = legacy._vni_pairs()


def to_tcvn3(text: str) -> str:
    return "".join(TCVN3.get(c) or TCVN3.get(c.lower()) or c for c in text)


def to_vni(text: str) -> str:
    written = []
    for char in text:
        pair = VNI.get(char) or (VNI.get(char.lower(), char.lower()).capitalize() if char.isupper() else char)
        written.append(pair)
    return "".join(written)


def misread(text: str) -> str:
    return "".join(
        chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
        for byte in text.encode()
    )


def to_windows_1258(text: str) -> bytes:
    out = b""
    for char in text:
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tone = next(mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", parts.replace(tone, ""))
            out += base.encode("cp1258") + tone.encode("cp1258")
    return out


def test_known_phrases_of_each_encoding():
    assert convert("§¨ng ký TiÕng ViÖt", Encoding.TCVN3) == "Đăng ký Tiếng Việt"
    assert convert("Ñaêng kyù Tieáng Vieät", Encoding.VNI) == "Đăng ký Tiếng Việt"
    assert convert("Céng hoµ x· héi chñ nghÜa ViÖt Nam", Encoding.TCVN3) == "Cộng hoà xã hội chủ nghĩa Việt Nam"
    assert convert("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", Encoding.VNI) == "Cộng hòa xã hội chủ nghĩa Việt Nam"
    assert convert("Nguyá»…n", Encoding.MISREAD_UTF8) == "Nguyễn"


def test_tables_are_complete():
    letters = set("áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵ")
    assert letters <= set(legacy._TCVN3.values())
    assert letters <= set(VNI)
    assert len(set(VNI.values())) == len(VNI)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("write", [to_tcvn3, to_vni, misread])
def test_one_name_alone_is_found_and_converted(name, write):
    if (name, write) == ("Quý Quốc", to_vni):
        assert repair_text("Quyù Quoác") is None, "spelled like Vietnamese as it stands: only its column can tell"
        return
    repair = repair_text(write(name))
    assert repair is not None
    assert repair.before == write(name)
    assert repair.after == name


@pytest.mark.parametrize(
    "name",
    [
        *NAMES, "François Müller", "José", "René", "Noël", "Søren", "Zoë", "Çelik", "Gökçe", "Jürgen Weiß",
        "Ñandú",
        "K'Brế", "Ksor H'Liên", "H'Hen Niê", "Niê", "Bkrông", "Y Ê-ban", "Kpă", "Đắk", "H’Bia Êban", "Kŏ",
        "Bríu",
        "Alăng Phương", "Thào Mí Sính", "Hà", "Lý Ỷ Lan", "AN", "陳大文", "Ʉɦ",
    ],
)  # fmt: skip
def test_unicode_names_are_left_alone(name):
    assert repair_text(name) is None
    assert repair_text(unicodedata.normalize("NFD", name)) is None


def test_capitals_without_accented_capitals():
    assert repair_text("NGUYÔN THÞ H»NG").after == "NGUYỄN THỊ HẰNG"
    assert convert("nguyÔn", Encoding.TCVN3, capitals=True) == "NGUYỄN"


def test_fonts():
    assert encoding_of_font(".VnTime") is Encoding.TCVN3
    assert encoding_of_font(".VnArialH") is Encoding.TCVN3
    assert is_capitals_font(".VnTimeH")
    assert not is_capitals_font(".VnTime")
    assert encoding_of_font("VNI-Times") is Encoding.VNI
    assert encoding_of_font("Times New Roman") is None
    assert encoding_of_font(None) is None
    assert repair_text("Hoµng", ".VnTime").after == "Hoàng"
    assert repair_text("Nguyễn", ".VnTime") is None, "real Unicode typed in an old font"


def test_a_column_decides_words_that_read_both_ways():
    column = ["Voõ Vaên", "Sôn", "Nguyeãn Sôn", "Anh"]
    repairs = repair_texts(column)
    assert [r.after if r else None for r in repairs] == ["Võ Văn", "Sơn", "Nguyễn Sơn", None]


def test_a_mixed_column_converts_only_what_is_certain():
    repairs = repair_texts(["Voõ Vaên", "Sôn", "Nguyễn Ước"])
    assert [r.after if r else None for r in repairs] == ["Võ Văn", None, None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_files(encoding):
    text = "STT;Họ và tên\r\n" + "\r\n".join(NAMES)
    assert decode(text.encode(encoding)) == (text, None)


def test_legacy_files():
    text = "STT;Họ và tên\r\n" + "\r\n".join(NAMES)
    assert decode(to_windows_1258(text)) == (text, Encoding.WINDOWS_1258)
    assert decode(to_tcvn3(text).encode("latin-1")) == (text, Encoding.TCVN3)
    assert decode(to_vni(text).encode("latin-1")) == (text, Encoding.VNI)


@pytest.mark.parametrize("text", ["Đăng ký", "Câu hỏi", "Lớp 6: Số nhà ở đâu?", "Lệ phí: 50%", "Điều 5", "ông bằng"])
def test_a_file_of_two_words_is_read_by_its_signs_too(text):
    assert decode(to_tcvn3(text).encode("latin-1")) == (text, Encoding.TCVN3)
    assert decode(to_windows_1258(text)) == (text, Encoding.WINDOWS_1258)
    quoted = f"«{text}»"
    assert decode("«".encode("latin-1") + to_windows_1258(text) + "»".encode("latin-1")) == (
        quoted,
        Encoding.WINDOWS_1258,
    )


def test_a_question_mark_belongs_to_no_word():
    assert repair_text("nhµ ë ®©u?").after == "nhà ở đâu?"
