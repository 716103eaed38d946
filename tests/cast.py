"""The people every access test asks about. `pupil` and `teacher` share a class; the others are strangers to them."""

import pytest

from tests.factories import schools as make


@pytest.fixture
def school_class(db):
    return make.make_class(make.make_school("Trường THPT Sông Trong", code="SONGTRONG"), "10A1")


@pytest.fixture
def other_class(db):
    return make.make_class(make.make_school("Trường THPT Núi Xa", code="NUIXA"), "10A1")


@pytest.fixture
def pupil(school_class):
    return make.make_pupil(school_class, "Trần Thị Bưởi", code="0012345")


@pytest.fixture
def other_pupil(other_class):
    return make.make_pupil(other_class, "Lý Văn Cam", code="0077777")


@pytest.fixture
def teacher(school_class):
    return make.make_teacher(school_class, "Nguyễn Thị Ổi", username="co.oi")


@pytest.fixture
def other_teacher(other_class):
    return make.make_teacher(other_class, "Võ Văn Mít", username="thay.mit")


@pytest.fixture
def school_admin(school_class):
    return make.make_with_role("school_admin", "Đặng Văn Trường", school=school_class.school, username="ql.truong")


@pytest.fixture
def editor(db):
    return make.make_with_role("editor", "Hồ Thị Biên", username="bientap")


@pytest.fixture
def translator(db):
    return make.make_with_role("translator", "Mai Văn Dịch", username="bien.dich")


@pytest.fixture
def reviewer(db):
    return make.make_with_role("reviewer", "Tạ Thị Duyệt", username="tham.dinh")


@pytest.fixture
def juror(db):
    return make.make_with_role("juror", "Bùi Văn Khảo", username="giamkhao")


@pytest.fixture
def province_officer(db):
    return make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province(), username="cb.tinh")


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
