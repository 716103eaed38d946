"""Fixtures of the whole suite; built on tests/servers.py (real servers), tests/databases.py and tests/live.py."""

import gc

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import translation
from wagtail.signal_handlers import reference_index_auto_update_disabled as without_references

from tests.servers import uses_postgres

pytest_plugins = ["tests.live", "tests.cast"]


def pytest_make_parametrize_id(val, argname):
    """Files made for a test tell the moment they were made, and all workers must know a test by the same name."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(config, items):
    """Mark what commits, begin with what takes longest; PostgreSQL leaves out what says nothing about the database."""
    items.sort(key=lambda one: one.get_closest_marker("longest") is None)
    for one in items:
        if (mark := one.get_closest_marker("django_db")) and mark.kwargs.get("transaction"):
            one.add_marker("commits")
    if not uses_postgres():
        return
    databases = {"db", "transactional_db", "django_db_setup"}

    def differs(one) -> bool:
        touches = one.get_closest_marker("django_db") or databases & set(one.fixturenames)
        return bool(touches) and not one.get_closest_marker("any_database")

    touching = [one for one in items if differs(one)]
    config.hook.pytest_deselected(items=list(set(items) - set(touching)))
    items[:] = touching


def pytest_collection_finish(session):
    """Look for cycles seldom, and never among what was imported: a seventh of the run's time went into that."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Give this process a database of its own, copied from a really migrated one.

    After a test that commits (`transaction=True`, the live site) a new copy is made. Django would flush, and with the
    test's rows take away what migrations put in: the root page, the languages, the roles.
    """
    from django.test import TransactionTestCase

    from tests.databases import copies

    with django_db_blocker.unblock():
        database = copies()
        database.create()

        flush = TransactionTestCase._fixture_teardown
        TransactionTestCase._fixture_teardown = lambda case: database.restore()
        yield database
        TransactionTestCase._fixture_teardown = flush
        database.drop()


@pytest.fixture(scope="session")
def object_store(django_test_environment):
    """This process's bucket, with its read policy and CORS rules, on a real S3 server."""
    from django.core.management import call_command

    call_command("prepare_storage", verbosity=0)


@pytest.fixture(autouse=True)
def _prepared(request, object_store):
    """Every test may store files, and begins with an empty cache and in the site's main language.

    Where a thing is used is written down only for tests that ask (`references`): it is a quarter of what a page costs.
    """
    cache.clear()
    translation.activate(settings.LANGUAGE_CODE)
    asks = request.node.get_closest_marker("references") or request.node.get_closest_marker("browser")
    # Not by Wagtail's context manager, within which code that uses it itself could not run.
    without_references.value = not asks
    yield
    without_references.value = False


@pytest.fixture(scope="module")
def shared_database(object_store, django_db_setup, django_db_blocker):
    """A transaction around a module's tests, none of which commits: what its module fixtures make is made once.

    A fixture of each test hands out copies (`deepcopy`) of what was made, for the rows are taken back after a test
    and the objects would not be.
    """
    with django_db_blocker.unblock():
        translation.activate(settings.LANGUAGE_CODE)
        with transaction.atomic():
            yield
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def starter_site(object_store, django_db_setup, django_db_blocker):
    """The starter content for all tests of a module, none of which commits.

    Returns what `load_starter_content --json` said.
    """
    from tests import starter

    with django_db_blocker.unblock():
        yield starter.give(django_db_setup)
        django_db_setup.restore()
