"""Production never starts beside the demo, or with DEBUG (contract.md)."""

import os
import subprocess
import sys

import pytest
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from schools.checks import demo_leftovers, refuse_demo
from schools.demo import load_demo_people
from schools.models import School, User
from tests.factories import schools as make

REAL = {
    "DJANGO_SETTINGS_MODULE": "cms.settings.production",
    "SECRET_KEY": "x1" * 40,
    "ALLOWED_HOSTS": "hoc.example.vn",
    "SITE_URL": "https://hoc.example.vn",
    "H5P_ORIGIN": "https://h5p.example.vn",
    "CACHE_URL": "redis://127.0.0.1/1",
    "BROKER_URL": "redis://127.0.0.1/2",
    "S3_ENDPOINT_URL": "http://127.0.0.1:8333",
    "S3_PUBLIC_URL": "https://files.example.vn",
    "S3_BUCKET": "media",
    "S3_ACCESS_KEY_ID": "check",
    "S3_SECRET_ACCESS_KEY": "check",
}


@pytest.mark.slow
@pytest.mark.django_db
def test_everybody_and_every_school_of_the_demo_can_be_recognised():
    load_demo_people()
    assert not User.objects.filter(is_demo=False).exists()
    assert not School.objects.filter(is_demo=False).exists()
    own = make.make_pupil()
    load_demo_people()
    assert list(User.objects.filter(is_demo=False)) == [own]
    assert demo_leftovers() == [
        f"{User.objects.count() - 1} accounts",
        f"{School.objects.filter(is_demo=True).count()} schools",
    ]
    assert School.objects.filter(is_demo=True).count() >= 2


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["account", "school", "debug"])
def test_a_start_beside_the_demo_is_refused(settings, what):
    user, school = make.make_staff(), make.make_school()
    refuse_demo()
    settings.DEBUG = what == "debug"
    User.objects.filter(pk=user.pk).update(is_demo=what == "account")
    School.objects.filter(pk=school.pk).update(is_demo=what == "school")
    with pytest.raises(ImproperlyConfigured):
        refuse_demo()
    settings.DEMO_ACCOUNTS = True
    refuse_demo()


@pytest.mark.slow
@pytest.mark.django_db
def test_the_deploy_check_names_both(settings):
    def found(**options) -> set:
        return {error.id for error in checks.run_checks(include_deployment_checks=True, **options)} & {
            "schools.E001",
            "schools.E002",
        }

    user = make.make_staff()
    assert found(databases=["default"]) == set()
    User.objects.filter(pk=user.pk).update(is_demo=True)
    settings.DEMO_ACCOUNTS = True
    assert found() == {"schools.E001"}
    assert found(databases=["default"]) == {"schools.E001", "schools.E002"}


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    who = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    return f"postgres://{who}/{database['NAME']}"


def start(**environment) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", "import cms.wsgi"],
        env=os.environ | REAL | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_web_server_of_production_does_not_start_beside_the_demo():
    user = make.make_staff()
    clean = start(DATABASE_URL=database_url())
    assert clean.returncode == 0, clean.stderr
    User.objects.filter(pk=user.pk).update(is_demo=True)
    refused = start(DATABASE_URL=database_url())
    assert refused.returncode != 0
    assert "1 accounts" in refused.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["DEBUG", "DEMO_ACCOUNTS"])
def test_production_has_no_such_switch(name):
    refused = start(DATABASE_URL="postgres://nobody@127.0.0.1/none", **{name: "1"})
    assert refused.returncode != 0
    assert f"{name}" in refused.stderr
    assert "ImproperlyConfigured" in refused.stderr
