"""What a person types by mistake is never kept: numbers of papers, codes, phones."""

import pytest

from support.assistant.masking import mask


@pytest.mark.parametrize(
    ("typed", "kept", "kinds"),
    [
        ("cccd của em 079204001234 sai tên", "cccd của em ••• sai tên", ("identity",)),
        ("căn cước 079 204 001 234", "căn cước •••", ("identity",)),
        ("số cmnd 271234567 nhé", "số cmnd ••• nhé", ("identity",)),
        ("gọi 0912345678 cho tôi", "gọi ••• cho tôi", ("phone",)),
        ("gọi +84 912 345 678", "gọi •••", ("phone",)),
        ("gọi 0912.345.678", "gọi •••", ("phone",)),
        ("mã OTP là 482913 phải không", "mã OTP là ••• phải không", ("secret",)),
        ("otp 4829", "otp •••", ("secret",)),
        ("482913 là mã otp của mẹ", "••• là mã otp của mẹ", ("secret",)),
        ("mật khẩu của em: Hoa123 sai", "mật khẩu của em: ••• sai", ("secret",)),
        ("thư hoa.le@gmail.com", "thư •••", ("email",)),
        ("thẻ ngân hàng 9704 3600 1234 5678", "thẻ ngân hàng •••", ("number",)),
    ],
)
def test_what_is_personal_is_taken_out(typed, kept, kinds):
    found = mask(typed)
    assert (found.text, found.kinds) == (kept, kinds)


@pytest.mark.parametrize(
    "typed",
    [
        "tổng đài 18001096 có gọi được không",
        "sinh ngày 25/11/2008 thì năm nào đi",
        "lệ phí 1.500.000 đồng",
        "năm 2026 đổi thẻ",
        "quên mật khẩu thì làm sao",
        "mã otp là gì",
        "lớp 10A1, 75 tuổi, mức độ 2",
        "mẫu CT07",
    ],
)
def test_what_is_nobodys_own_stays(typed):
    assert mask(typed) == mask(typed).__class__(typed)
