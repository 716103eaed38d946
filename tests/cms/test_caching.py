"""The site while its cache server is silent: a real Valkey, stopped in the middle."""

import os
import signal
import time

import pytest
from django.core.cache import cache
from django.test import Client

from cms.embedded.valkey import Valkey
from schools import limits
from schools.problems import TooManyTries
from tests.factories.schools import PIN

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def own_valkey(tmp_path, settings):
    """A Valkey of this test, which the settings now name as the cache; `stop` and `go_on` it."""
    server = Valkey(tmp_path / "valkey", password="silent", durable=False)
    server.launch()
    server.wait_ready()
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": server.url(0)},
    }
    server.stop = lambda: os.kill(server.child.pid, signal.SIGSTOP)

    def go_on():
        os.kill(server.child.pid, signal.SIGCONT)
        cache.require_answer()

    server.go_on = go_on
    yield server
    server.child.kill()


@pytest.mark.slow
def test_a_silent_cache_costs_one_second_once_and_no_page(own_valkey, pupil):
    signed_in = Client()
    signed_in.force_login(pupil)
    assert signed_in.get("/vi/account/").status_code == 200
    own_valkey.stop()
    began = time.monotonic()
    assert Client().get("/vi/").status_code == 200
    assert signed_in.get("/vi/account/").status_code == 200, "the session comes from the database"
    session = {"school_code": "SONGTRONG", "username": "0012345", "password": PIN}
    assert Client().post("/api/v1/session", session, content_type="application/json").status_code == 200
    assert time.monotonic() - began < 20, "not five seconds for each question"
    own_valkey.go_on()
    cache.set("a", 1)
    assert cache.get("a") == 1


@pytest.mark.slow
def test_who_signs_out_while_the_cache_is_silent_stays_out(own_valkey, pupil):
    client = Client()
    client.force_login(pupil)
    assert client.get("/api/v1/session").json()["user"]
    stolen = Client()
    stolen.cookies = client.cookies.copy()
    own_valkey.stop()
    client.post("/vi/account/sign-out/")
    own_valkey.go_on()
    assert stolen.get("/api/v1/session").json()["user"] is None


@pytest.mark.slow
def test_readiness_names_the_silent_cache_and_says_when_it_is_back(own_valkey):
    own_valkey.stop()
    assert "cache" in Client().get("/readyz").json()["failing"]
    os.kill(own_valkey.child.pid, signal.SIGCONT)
    assert "cache" not in Client().get("/readyz").json()["failing"]


@pytest.mark.slow
def test_guessing_is_counted_without_the_cache(own_valkey):
    own_valkey.stop()
    for _ in range(limits.ACCOUNT.failures):
        limits.count((limits.ACCOUNT, "somebody"))
    with pytest.raises(TooManyTries):
        limits.check((limits.ACCOUNT, "somebody"))


def test_a_restarted_cache_is_used_at_once(own_valkey):
    cache.set("kept", 1)
    own_valkey.child.kill()
    assert cache.get("kept") is None
    own_valkey.launch()
    own_valkey.wait_ready()
    cache.require_answer()
    cache.set("kept", 2)
    assert cache.get("kept") == 2


def test_all_calls_share_one_client_of_the_library(own_valkey):
    """To make one takes longer than a call; it holds no connection, so nothing is shared but the pool."""
    cache.set("a", 1)
    client = cache._cache.get_client()
    assert cache.get("a") == 1
    assert cache._cache.get_client() is client
    assert cache._cache.get_client(write=True).connection_pool is client.connection_pool
