import pytest
from django.apps import apps
from django_h5p.checks import check_origin, check_storage


def test_the_app_has_the_label_that_others_name():
    assert apps.get_app_config("h5p").name == "django_h5p"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://h5p.example.org", []),
        ("http://localhost:8000", []),
        ("", ["h5p.E001"]),
        ("h5p.example.org", ["h5p.E001"]),
        ("https://example.org/h5p", ["h5p.E002"]),
    ],
)
def test_the_origin_must_be_a_bare_origin(settings, origin, expected):
    settings.H5P_ORIGIN = origin
    assert [error.id for error in check_origin(None)] == expected


def test_the_storage_alias_must_exist(settings):
    assert check_storage(None) == []
    settings.H5P_STORAGE = "nowhere"
    assert [error.id for error in check_storage(None)] == ["h5p.E003"]
