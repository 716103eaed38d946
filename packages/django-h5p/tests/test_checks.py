import pytest
from django.apps import apps
from django_h5p.checks import check_middleware, check_origin, check_player, check_storage


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
        ("http://testserver", ["h5p.E004"]),
    ],
)
def test_the_origin_must_be_a_bare_origin_of_its_own(settings, origin, expected):
    settings.H5P_ORIGIN = origin
    assert [error.id for error in check_origin(None)] == expected


def test_the_storage_aliases_must_exist(settings):
    assert check_storage(None) == []
    settings.H5P_STORAGE = settings.H5P_PACKAGE_STORAGE = "nowhere"
    assert [error.id for error in check_storage(None)] == ["h5p.E003", "h5p.E003"]


def test_the_player_and_the_middleware_are_asked_for(settings):
    assert check_player(None) == check_middleware(None) == []
    settings.H5P_CORE_DIR, settings.MIDDLEWARE = "/nowhere", []
    assert [one.id for one in check_player(None) + check_middleware(None)] == ["h5p.W001", "h5p.W002"]


def test_models_and_migrations_agree(db):
    from django.core.management import call_command

    call_command("makemigrations", "h5p", check=True, dry_run=True, verbosity=0)
