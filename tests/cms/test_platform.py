import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from wagtail.models import Locale, Page

from tests.servers import uses_postgres


@pytest.mark.django_db
def test_database_is_the_asked_one_and_migrated():
    assert connection.vendor == ("postgresql" if uses_postgres() else "sqlite")
    assert Page.objects.filter(depth=1).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "again"])
def test_committing_test_leaves_nothing_and_takes_nothing_away(time):
    assert Locale.objects.filter(language_code="zz").count() == 0
    assert Page.objects.filter(depth=1).exists()
    Locale.objects.create(language_code="zz")
    Page.objects.all().delete()


@pytest.mark.s3
def test_files_go_to_a_real_object_store():
    name = storages["private"].save("bài 1.txt", ContentFile(b"noi dung"))
    assert storages["private"].open(name).read() == b"noi dung"
    assert settings.S3_BUCKET.startswith("test-")


def test_cache_is_empty_at_the_start_of_a_test():
    assert cache.get("left-over") is None
    cache.set("left-over", 1)


def test_cache_is_still_empty_in_the_next_one():
    assert cache.get("left-over") is None


@pytest.mark.browser
def test_browser_reaches_the_live_site(phone, axe):
    answer = phone.goto("/admin/login/")
    assert answer.status < 500


def test_robots_are_told_what_is_not_for_them(client):
    answer = client.get("/robots.txt")
    assert answer.status_code == 200
    assert "Disallow: /admin/" in answer.content.decode().splitlines()
