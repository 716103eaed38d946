"""The people every access test asks about. `pupil` and `teacher` share a class; the others are strangers to them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import schools as make

# {name: how it is made from the others, whom `get(name)` finds}
CAST: dict[str, Callable[[Callable[[str], Any]], Any]] = {
    "school_class": lambda get: make.make_class(make.make_school("Trường THPT Sông Trong", code="SONGTRONG"), "10A1"),
    "other_class": lambda get: make.make_class(make.make_school("Trường THPT Núi Xa", code="NUIXA"), "10A1"),
    "pupil": lambda get: make.make_pupil(get("school_class"), "Trần Thị Bưởi", code="0012345"),
    "other_pupil": lambda get: make.make_pupil(get("other_class"), "Lý Văn Cam", code="0077777"),
    "teacher": lambda get: make.make_teacher(get("school_class"), "Nguyễn Thị Ổi", username="co.oi"),
    "other_teacher": lambda get: make.make_teacher(get("other_class"), "Võ Văn Mít", username="thay.mit"),
    "school_admin": lambda get: make.make_with_role(
        "school_admin", "Đặng Văn Trường", school=get("school_class").school, username="ql.truong"
    ),
    "editor": lambda get: make.make_with_role("editor", "Hồ Thị Biên", username="bientap"),
    "translator": lambda get: make.make_with_role("translator", "Mai Văn Dịch", username="bien.dich"),
    "reviewer": lambda get: make.make_with_role("reviewer", "Tạ Thị Duyệt", username="tham.dinh"),
    "juror": lambda get: make.make_with_role("juror", "Bùi Văn Khảo", username="giamkhao"),
    "province_officer": lambda get: make.make_with_role(
        "province_officer", "Đỗ Thị Tỉnh", unit=make.province(), username="cb.tinh"
    ),
}


def _fixture(name: str):
    @pytest.fixture(name=name)
    def made(request, db):
        return CAST[name](request.getfixturevalue)

    return made


school_class, other_class = _fixture("school_class"), _fixture("other_class")
pupil, other_pupil = _fixture("pupil"), _fixture("other_pupil")
teacher, other_teacher = _fixture("teacher"), _fixture("other_teacher")
school_admin, province_officer = _fixture("school_admin"), _fixture("province_officer")
editor, translator, reviewer = _fixture("editor"), _fixture("translator"), _fixture("reviewer")
juror = _fixture("juror")


def whole_cast() -> dict[str, Any]:
    """Everybody by name, for what a module's tests share."""
    made: dict[str, Any] = {}
    for name, make_one in CAST.items():
        made[name] = make_one(made.__getitem__)
    return made


@pytest.fixture
def visitor():
    """Nobody: the anonymous visitor, in the shape that permission functions take."""
    from django.contrib.auth.models import AnonymousUser

    return AnonymousUser()


@pytest.fixture
def as_user(db):
    """`as_user(user)` → a test client signed in as `user` (None: a visitor)."""
    from django.test import Client

    def client_for(user=None, **options) -> Client:
        client = Client(**options)
        if user is not None and user.is_authenticated:
            client.force_login(user)
        return client

    return client_for
