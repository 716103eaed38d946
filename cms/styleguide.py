"""Every component and page pattern with believable content, at `/styleguide/` where DEBUG or demo accounts are on.

The other rooms copy their markup from here; tests/cms/test_styleguide.py checks that no component is left out. The
content is Vietnamese as pupils would read it and is no interface text, hence not translated.
"""

import datetime
from types import SimpleNamespace
from unicodedata import normalize

import segno
from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

SAMPLES = {
    "home": "Trang chủ",
    "course": "Khoá học",
    "lesson": "Bài học",
    "quiz": "Một câu của bài kiểm tra",
    "receipt": "Phiếu nộp bài",
    "class-status": "Lớp em nào chưa làm",
    "assign": "Giao bài",
    "sign-in": "Đăng nhập",
    "login-cards": "Thẻ đăng nhập của lớp",
}

COLOURS = [
    *("ink", "ink-soft", "paper", "card", "line", "sea", "sea-deep", "sea-tint", "lotus", "lotus-tint"),
    *("rice", "rice-tint", "amber", "amber-tint", "brick", "brick-tint"),
]
PICTURES = [
    *("home", "empty-list", "not-found", "all-done", "offline", "error"),
    *("sign-in", "class", "contest", "commune"),
]


def addresses():
    """The style guide's URL patterns; none where it must not be seen."""
    if not (settings.DEBUG or settings.DEMO_ACCOUNTS):
        return []
    return [
        path("styleguide/", index, name="styleguide"),
        path("styleguide/errors/<int:status>/", error, name="styleguide_error"),
        path("styleguide/<slug:name>/", sample, name="styleguide_sample"),
    ]


def index(request):
    """The list of components, each beside its name."""
    with translation.override(_language(request)):
        apart = normalize("NFD", "Đường đến trường, nghĩa tình, khuỷu tay")
        return render(request, "styleguide/index.html", _components() | {"samples": SAMPLES, "apart": apart})


def sample(request, name):
    """One whole page as the rooms build it. Raises Http404 for a name that is not in SAMPLES."""
    if name not in SAMPLES:
        raise Http404
    template = "cms/home_page.html" if name == "home" else f"styleguide/{name}.html"
    with translation.override(_language(request)):
        return render(request, template, _PAGES[name]() | {"sample": name})


def error(request, status):
    """An error page as a reader would meet it."""
    with translation.override(_language(request)):
        return render(request, f"{status}.html", {"wait": 20})


def _language(request):
    return "en" if request.GET.get("language") == "en" else "vi"


def qr(text):
    """A QR code as inline SVG that scales with its box."""
    return mark_safe(segno.make(text, error="m").svg_inline(omitsize=True, border=0, dark="#17272b"))


class SampleForm(forms.Form):
    name = forms.CharField(label="Họ và tên", help_text="Viết đủ dấu, ví dụ: Nguyễn Thị Minh Ánh.", initial="H'Hen Niê")
    school = forms.ChoiceField(
        label="Trường", choices=[("1", "THPT Nguyễn Huệ"), ("2", "THCS–THPT Đông Du"), ("3", "Trung tâm GDTX số 1")]
    )
    note = forms.CharField(label="Điều em muốn hỏi", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agree = forms.BooleanField(
        label="Em đã đọc thể lệ cuộc thi", help_text="Thể lệ bản 2, ngày 20/11/2026", required=False
    )
    code = forms.CharField(label="Mã trên thẻ", initial="K7MP-2X")

    def clean_code(self):
        raise forms.ValidationError("Mã có 8 chữ và số; em mới nhập 6. Xem lại dòng in đậm trên thẻ.")


class WhenForm(forms.Form):
    due = forms.ChoiceField(
        label="Hạn làm bài",
        widget=forms.RadioSelect,
        initial="friday",
        choices=[
            ("friday", "Thứ Sáu 27/11, 20:00"),
            ("monday", "Thứ Hai 30/11, 20:00"),
            ("week", "Thứ Sáu 04/12, 20:00"),
        ],
    )


def _components():
    bound = SampleForm({"name": "H'Hen Niê", "school": "2", "code": "K7MP-2X", "agree": "on"})
    bound.is_valid()
    today = timezone.localtime().replace(hour=20, minute=0)
    return {
        "colours": COLOURS,
        "pictures": PICTURES,
        "trail": [{"label": "Học", "url": "#"}, {"label": "Công dân số", "url": "#"}],
        "card": _on_now()[0],
        "chips": [
            {"label": "Tất cả", "url": "#", "count": 24, "current": True},
            {"label": "Có bản nghe", "url": "#", "count": 11},
            {"label": "Cho ông bà", "url": "#", "count": 6},
            {"label": "Lớp 6–9", "url": "#", "count": 9},
        ],
        "form": bound,
        "when": WhenForm(),
        "due_soon": today + datetime.timedelta(days=5),
        "due_today": today,
        "due_late": today - datetime.timedelta(days=2),
        "tabs": [
            {"label": "Lớp 10A1", "url": "#", "current": True},
            {"label": "Lớp 10A2", "url": "#"},
            {"label": "Lớp 11B3", "url": "#"},
        ],
        "messages_shown": [
            Message(constants.SUCCESS, "Đã giao bài 2 cho lớp 10A1 và 10A2."),
            Message(constants.WARNING, "3 em trong danh sách chưa có thẻ đăng nhập."),
            Message(constants.ERROR, "Tệp Excel bị hỏng ở trang 2. Hãy mở tệp, lưu lại rồi tải lên lần nữa."),
        ],
        "page": Paginator(range(100), 20).page(2),
        "viewer_sample": {"name": "Minh Ánh", "roles": ["teacher"]},
        "mockup": {
            "lines": ["Xe của bạn bị phạt nguội. Nộp trong 24 giờ để được giảm một nửa."],
            "said": ["“Chị cập nhật dữ liệu ngay bây giờ, tôi hướng dẫn qua máy.”"],
            "signs": ["Thúc giục làm ngay.", "Tên ngay trước dấu gạch chéo đầu tiên không phải của cơ quan nào."],
        },
        "works": [
            {
                "title": "Nộp hồ sơ đầu tiên: bản sao khai sinh",
                "url": "#",
                "due": today,
                "today": True,
                "state": "doing",
                "done": 2,
                "total": 5,
            },
            {"title": "Nhận ra trang giả mạo", "url": "#", "due": today + datetime.timedelta(days=5), "state": "todo"},
        ],
        **_lesson(),
        **_class_status(),
        **_quiz(),
        **_receipt(),
        **_assign(),
        **_login_cards(),
    }


def _home():
    return {
        "page": SimpleNamespace(
            title="Làm giấy tờ trên mạng, cả nhà cùng biết",
            summary="Bài học ngắn, hướng dẫn từng bước và người thật giúp bạn khi vướng.",
        ),
        "entries": [
            {"label": "Học", "url": "/vi/learn/", "icon": "book-open", "text": "Bài 15–45 phút"},
            {"label": "Hướng dẫn", "url": "/vi/huong-dan/", "icon": "file-text", "text": "Từng thủ tục, từng bước"},
            {"label": "Cuộc thi", "url": "/vi/contests/", "icon": "trophy", "text": "Đang mở: 2"},
            {"label": "Hỏi đáp", "url": "/vi/support/", "icon": "messages-square", "text": "Trả lời trong 2 ngày"},
        ],
        "now": _on_now(),
        "menu_pages": [{"label": "Hướng dẫn", "url": "/vi/huong-dan/"}],
    }


def _on_now():
    return [
        {
            "title": "Tìm hiểu dịch vụ công trực tuyến 2026",
            "url": "#",
            "summary": "Vòng trường, bảng THPT: 20 câu trong 25 phút, mỗi ngày một lượt.",
            "badge": {"kind": "today", "icon": "hourglass", "text": "Còn 6 ngày"},
            "meta": [{"icon": "users", "text": "Lớp 10–12"}, {"icon": "calendar", "text": "đến 28/11"}],
            "today": True,
        },
        {
            "title": "Xin bản sao giấy khai sinh",
            "url": "#",
            "summary": "Nộp ở nhà, nhận bản điện tử trong ngày, bản giấy qua bưu điện.",
            "badge": {"kind": "done", "icon": "shield-check", "text": "Kiểm tra 12/11"},
            "meta": [{"icon": "clock", "text": "Đọc 4 phút"}, {"icon": "headphones", "text": "Có bản nghe"}],
        },
        {
            "title": "Nhận ra trang giả mạo",
            "url": "#",
            "summary": "Ba dấu hiệu trong tên miền, và việc cần làm khi lỡ bấm.",
            "badge": {"kind": "doing", "icon": "graduation-cap", "text": "Bài mới"},
            "meta": [{"icon": "clock", "text": "15 phút"}, {"icon": "captions", "text": "Có phụ đề"}],
        },
    ]


def _course():
    return {
        "steps": [
            {"title": "Dịch vụ công là gì, có từ đâu", "url": "#", "state": "done", "minutes": 15, "quiz": True},
            {"title": "Tài khoản định danh mức 2", "url": "#", "state": "done", "minutes": 30, "quiz": True},
            {
                "title": "Nộp hồ sơ đầu tiên: bản sao khai sinh",
                "url": "#",
                "state": "doing",
                "minutes": 45,
                "quiz": True,
            },
            {"title": "Theo dõi hồ sơ và trả phí", "url": "#", "state": "todo", "minutes": 30, "quiz": True},
            {"title": "Giúp ông bà: em chỉ, ông bà bấm", "url": "#", "state": "todo", "minutes": 15, "quiz": False},
        ],
        "due": timezone.localtime().replace(hour=20, minute=0) + datetime.timedelta(days=4),
    }


def _lesson():
    return {
        "lengths": [
            {"label": "15 phút", "url": "#"},
            {"label": "30 phút", "url": "#", "current": True},
            {"label": "45 phút", "url": "#"},
        ],
        "outline": [
            {"title": "1. Cần có gì trước", "url": "#buoc-1"},
            {"title": "2. Tìm đúng thủ tục", "url": "#buoc-2", "current": True},
            {"title": "3. Điền tờ khai", "url": "#buoc-3"},
            {"title": "Tự kiểm tra", "url": "#tu-kiem-tra"},
        ],
    } | _course()


def _quiz():
    return {
        "question": {
            "number": 3,
            "of": 10,
            "stem": (
                "Bạn nhận tin nhắn: “Hồ sơ của bạn bị lỗi, bấm vào dichvucong-gov.vn.co để bổ sung”."
                " Bạn làm gì trước tiên?"
            ),
            "options": [
                ("A", "Bấm vào đường dẫn để xem hồ sơ lỗi gì"),
                ("B", "Tự gõ địa chỉ Cổng Dịch vụ công và tra mã hồ sơ"),
                ("C", "Gọi lại số điện thoại trong tin nhắn"),
                ("D", "Chuyển tin cho người thân hỏi giúp"),
            ],
        },
        "overview": [
            {"number": n, "answered": n in (1, 2, 3, 5, 6), "flagged": n in (2, 6), "current": n == 3}
            for n in range(1, 11)
        ],
    }


def _receipt():
    return {
        "receipt": {
            "title": "Đã nộp bài",
            "code": "DVC-7K2M-94",
            "rows": [
                {"label": "Bài kiểm tra", "value": "Nộp hồ sơ đầu tiên"},
                {"label": "Người làm", "value": "Nguyễn Thị Minh Ánh, 10A1"},
                {"label": "Số câu đã trả lời", "value": "10/10"},
                {"label": "Giờ máy chủ nhận", "value": "10:42:07, 23/11/2026"},
                {"label": "Điểm", "value": "9/10"},
            ],
            "qr": qr("https://hoc.example.vn/receipts/DVC-7K2M-94"),
            "note": "Giữ mã này. Thầy cô quét mã QR là thấy bài đã nộp.",
        }
    }


def _class_status():
    people = [
        ("Y Bhiu Ayŭn", "todo", "", ""),
        ("Trần Gia Bảo", "todo", "", ""),
        ("Lê Hoàng Duy", "late", "hôm qua, 19:05", ""),
        ("Nguyễn Thị Minh Ánh", "done", "hôm nay, 10:42", "9"),
        ("H'Hen Niê Kđăm", "doing", "hôm nay, 07:15", ""),
        ("Phạm Thuỳ Dương", "done", "21/11, 20:30", "8"),
        ("Đặng Nguyễn Phương Uyên", "done", "20/11, 16:12", "10"),
    ]
    return {
        "counts": [
            {"label": "Chưa bắt đầu", "number": 12, "url": "#", "icon": "circle", "current": True},
            {"label": "Đang làm", "number": 5, "url": "#", "icon": "circle-dot"},
            {"label": "Xong", "number": 22, "url": "#", "icon": "circle-check"},
            {"label": "Quá hạn", "number": 1, "url": "#", "icon": "circle-alert"},
        ],
        "columns": [
            {"label": "Học sinh"},
            {"label": "Tình trạng"},
            {"label": "Hoạt động gần nhất"},
            {"label": "Điểm", "number": True},
        ],
        "rows": [
            {
                "url": "#",
                "cells": [
                    {"text": name},
                    {"state": state},
                    {"text": when},
                    {"text": score, "number": True, "label": "Điểm"},
                ],
            }
            for name, state, when, score in people
        ],
        "status_actions": [
            {"label": "Nhắc", "icon": "bell"},
            {
                "label": "Zalo",
                "icon": "copy",
                "kind": "secondary",
                "type": "button",
                "data": {"copy-text": "Lớp 10A1: còn 12 em chưa bắt đầu bài 3, hạn 20:00 thứ Sáu 27/11."},
            },
            {"label": "Excel", "icon": "file-spreadsheet", "kind": "secondary", "url": "#"},
            {"label": "In", "icon": "printer", "kind": "secondary", "type": "button", "data": {"print": ""}},
        ],
    }


def _assign():
    return {
        "assign_steps": [
            {"label": "Bài", "state": "done"},
            {"label": "Lớp", "state": "current"},
            {"label": "Hạn", "state": "todo"},
        ],
        "classes": [
            {"id": "10a1", "name": "10A1", "size": 40, "note": "thầy cô chủ nhiệm", "checked": True},
            {"id": "10a2", "name": "10A2", "size": 38, "note": "Giáo dục địa phương", "checked": True},
            {"id": "11b3", "name": "11B3", "size": 41, "note": "Giáo dục địa phương"},
        ],
        "when": WhenForm(),
    }


def _login_cards():
    names = ["Y Bhiu Ayŭn", "Nguyễn Thị Minh Ánh", "Trần Gia Bảo", "Phạm Thuỳ Dương"]
    codes = ["K7MP-2XQ4", "R3TN-8WYA", "H6VC-5JKD", "B9FX-4MQE"]
    return {
        "cards": [
            {
                "name": name,
                "class_name": "10A1",
                "school": "THPT Nguyễn Huệ",
                "code": code,
                "qr": qr(f"https://hoc.example.vn/vi/account/card/{code}"),
                "expires": datetime.date(2026, 12, 31),
            }
            for name, code in zip(names, codes, strict=True)
        ],
        "site": "hoc.example.vn",
    }


def _sign_in():
    class SignIn(forms.Form):
        school = forms.CharField(
            label="Trường", initial="THPT Nguyễn Huệ", help_text="Gõ vài chữ của tên trường, hoặc mã trường."
        )
        username = forms.CharField(label="Mã học sinh", initial="0012345")
        password = forms.CharField(label="Mật khẩu hoặc mã PIN", widget=forms.PasswordInput)

    return {"form": SignIn()}


_PAGES = {
    "home": _home,
    "course": _course,
    "lesson": _lesson,
    "quiz": _quiz,
    "receipt": _receipt,
    "class-status": _class_status,
    "assign": _assign,
    "sign-in": _sign_in,
    "login-cards": _login_cards,
}
