"""A package's way from an editor's browser to a lesson, on a real object store."""

import json

import pytest
import requests
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_h5p.models import Attempt, Content, Library
from django_h5p.operations import start_attempt
from django_h5p.testing import pack, tiny_files, tiny_package

from cms.jobs.models import Job
from media import storage
from media.models import Upload
from schools.models import User
from tests.factories import cms as pages
from tests.factories import courses as make
from tests.factories import h5p

pytestmark = [pytest.mark.django_db, pytest.mark.s3]


def grown(user: User, *rights: str) -> User:
    user.user_permissions.add(*Permission.objects.filter(content_type__app_label="h5p", codename__in=rights))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def author(db):
    return pages.EditorFactory()


@pytest.fixture
def installer(author):
    return grown(author, "install_library")


def send(client, data: bytes, name: str = "bai-tap.h5p") -> str:
    """Upload in parts as the page's script does; returns the upload's id."""
    body = {"purpose": "h5p", "file_name": name, "content_type": "application/zip", "size": len(data)}
    upload = client.post("/api/v1/uploads", json.dumps(body), content_type="application/json").json()
    for number in range(1, upload["part_count"] + 1):
        part = client.get(f"/api/v1/uploads/{upload['id']}/parts/{number}").json()
        piece = data[(number - 1) * upload["part_size"] : number * upload["part_size"]]
        assert requests.put(part["url"], data=piece, timeout=20).status_code == 200
    assert client.post(f"/api/v1/uploads/{upload['id']}/complete").json()["state"] == "stored"
    return upload["id"]


def take_in(client, data: bytes, callbacks, content=None) -> dict:
    """Upload and have it taken in; returns what the page is told in the end."""
    upload = send(client, data)
    with callbacks(execute=True):
        begun = client.post(reverse("media_h5p_begin"), {"upload": upload, "content": content.pk if content else ""})
    assert begun.status_code == 202, begun.content
    return client.get(begun.json()["job"]).json()


@pytest.mark.slow
def test_from_quarantine_to_ready(as_user, installer, django_capture_on_commit_callbacks):
    client = as_user(installer)
    data = tiny_package().getvalue()
    said = take_in(client, data, django_capture_on_commit_callbacks)
    assert (said["state"], said["percent"], said["error"]) == ("done", 100, "")
    made = Content.objects.get()
    assert said["url"] == reverse("media_h5p_content", args=[made.pk])
    upload = Upload.objects.get()
    assert (upload.state, upload.asset_id) == ("ready", made.pk)
    assert storage.size(key=upload.key) is None
    page = client.get(said["url"])
    assert page.status_code == 200
    original = client.get(reverse("media_h5p_download", args=[made.pk, 1]))
    got = requests.get(original["Location"], timeout=20)
    assert got.content == data
    assert 'filename="bai-tap.h5p"' in got.headers["Content-Disposition"]


def test_a_refused_package_says_why_and_leaves_nothing(as_user, installer, django_capture_on_commit_callbacks):
    data = pack(tiny_files() | {"content/x.svg": "<svg/>"}).getvalue()
    said = take_in(as_user(installer), data, django_capture_on_commit_callbacks)
    assert said["state"] == "failed"
    assert "SVG" in said["error"]
    upload = Upload.objects.get()
    assert (upload.state, upload.reason) == ("refused", said["error"])
    assert storage.size(key=upload.key) is None
    assert (Content.objects.count(), Library.objects.count()) == (0, 0)


@pytest.mark.slow
def test_an_editor_may_not_bring_in_programs(as_user, author, django_capture_on_commit_callbacks):
    said = take_in(as_user(author), tiny_package().getvalue(), django_capture_on_commit_callbacks)
    assert said["state"] == "failed"
    assert "quản trị viên" in said["error"]
    h5p.content()
    said = take_in(as_user(author), tiny_package("Mới?").getvalue(), django_capture_on_commit_callbacks)
    assert said["state"] == "done"


def test_pressing_twice_takes_in_once(as_user, installer, django_capture_on_commit_callbacks):
    client = as_user(installer)
    upload = send(client, tiny_package().getvalue())
    with django_capture_on_commit_callbacks():
        answers = [client.post(reverse("media_h5p_begin"), {"upload": upload}).json() for _press in range(2)]
    assert answers[0] == answers[1]
    assert Job.objects.count() == 1


@pytest.mark.slow
def test_a_new_version_of_what_is_there(as_user, installer, pupil, django_capture_on_commit_callbacks):
    made = h5p.content()
    attempt = start_attempt(user=pupil, content=made)
    attempt.states.create(data_type="state", value="{}")
    said = take_in(as_user(installer), tiny_package("Câu mới?").getvalue(), django_capture_on_commit_callbacks, made)
    assert said["state"] == "done"
    made.refresh_from_db()
    assert (made.title, made.current_version.number) == ("Câu mới?", 2)
    attempt.refresh_from_db()
    assert attempt.version.number == 1


@pytest.mark.slow
def test_only_editors_see_it_and_uploads_are_ones_own(as_user, installer, pupil, teacher):
    made = h5p.content()
    upload = send(as_user(installer), tiny_package("x").getvalue())
    addresses = [
        reverse("media_h5p_contents"),
        reverse("media_h5p_content", args=[made.pk]),
        reverse("media_h5p_upload"),
        reverse("media_h5p_libraries"),
        reverse("media_h5p_download", args=[made.pk, 1]),
    ]
    for person in (None, pupil, teacher):
        for address in addresses:
            assert as_user(person).get(address).status_code in (302, 403)
        body = {"purpose": "h5p", "file_name": "a.h5p", "content_type": "", "size": 5}
        answer = as_user(person).post("/api/v1/uploads", json.dumps(body), content_type="application/json")
        assert answer.status_code in (401, 404)
    for address in addresses:
        assert as_user(installer).get(address).status_code in (200, 302)
    other = pages.EditorFactory()
    assert as_user(other).post(reverse("media_h5p_begin"), {"upload": upload}).status_code == 404


@pytest.mark.slow
@pytest.mark.references
def test_what_a_page_shows_is_not_deleted(as_user, author):
    made = h5p.content()
    lesson = make.lesson(make.course(0), body=[h5p.block(made)])
    client = as_user(author)
    page = client.get(reverse("media_h5p_content", args=[made.pk])).content.decode()
    assert reverse("wagtailadmin_pages:edit", args=[lesson.pk]) in page
    client.post(reverse("media_h5p_delete", args=[made.pk]))
    assert Content.objects.filter(pk=made.pk).exists()
    lesson.body = []
    lesson.save_revision().publish()
    client.post(reverse("media_h5p_delete", args=[made.pk]))
    assert not Content.objects.exists()


def test_unused_libraries_are_deleted_by_who_may_install(as_user, author):
    h5p.content()
    Content.objects.all().update(current_version=None)
    Content.objects.all().delete()
    address = reverse("media_h5p_delete_unused")
    assert as_user(author).post(address).status_code in (302, 403)
    assert Library.objects.count() == 2
    page = as_user(grown(author, "install_library")).get(reverse("media_h5p_libraries")).content.decode()
    assert "không dùng" in page
    as_user(grown(author, "install_library")).post(address)
    assert Library.objects.count() == 0


@pytest.mark.slow
def test_the_lists_cost_the_same_for_one_row_and_for_many(as_user, author):
    h5p.content()
    client = as_user(author)
    addresses = [reverse("media_h5p_contents"), reverse("media_h5p_libraries")]

    def cost() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as seen:
                client.get(address)
            found.append(len(seen))
        return found

    cost()
    one = cost()
    for number in range(3):
        h5p.content(tiny_package(f"Bài {number}"))
    assert cost() == one


def test_an_editor_chooses_an_exercise(as_user, author):
    made = h5p.content()
    client = as_user(author)
    assert made.title in client.get(reverse("h5p_chooser:choose")).json()["html"]
    chosen = client.get(reverse("h5p_chooser:chosen", args=[made.pk])).json()
    assert chosen["result"]["title"] == made.title


def test_a_try_in_the_admin_is_nobodys_result(as_user, author):
    made = h5p.content()
    page = as_user(author).get(reverse("media_h5p_content", args=[made.pk])).content.decode()
    assert 'data-attempts=""' in page
    assert Attempt.objects.count() == 0
