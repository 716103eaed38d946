import pytest

from tests.factories import quizzes as make


@pytest.fixture
def school_class(db):
    return make.school_class()


@pytest.fixture
def pupil(school_class):
    return make.pupil(school_class)


@pytest.fixture
def other_pupil(school_class):
    return make.pupil(school_class, "Lò Văn Bun")


@pytest.fixture
def teacher(school_class):
    return make.teacher(school_class)


@pytest.fixture
def other_teacher(db):
    return make.teacher(make.school_class("11B"), "Lê Thị Mai")
