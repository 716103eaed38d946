import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.storage import storages
from django_h5p.operations import import_package
from django_h5p.testing import tiny_package


@pytest.fixture
def author(db):
    """Someone who may install libraries."""
    user = get_user_model().objects.create_user("author")
    user.user_permissions.add(Permission.objects.get(codename="install_library"))
    return get_user_model().objects.get(pk=user.pk)


@pytest.fixture
def learner(db):
    return get_user_model().objects.create_user("learner")


@pytest.fixture
def other(db):
    return get_user_model().objects.create_user("other")


@pytest.fixture
def content(author):
    return import_package(file=tiny_package(), file_name="tiny.h5p", user=author).content


@pytest.fixture
def stored():
    """`stored()` → the names of all files in the storages of content and packages."""

    def names():
        found = set()
        for alias in ("h5p", "default"):
            root = storages[alias].path("")
            import pathlib

            found |= {str(path) for path in pathlib.Path(root).rglob("*") if path.is_file()}
        return found

    return names
