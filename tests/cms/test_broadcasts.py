"""A commune notes itself what its loudspeakers have read out: its own stations, each line once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.sharing.demo import load_demo_agencies
from cms.sharing.models import Broadcast, SharedMaterial, Station
from schools.models import Unit
from schools.operations.accounts import create_staff, grant_role
from tests.factories.schools import make_unit
from tests.factories.sharing import small_library

pytestmark = pytest.mark.django_db

ADDRESS = "/vi/broadcasts/"


@pytest.fixture(scope="module")
def _made(shared_database):
    small_library()


def officer(name: str, unit, kind: str = "commune_officer"):
    made = create_staff(username=name, full_name="Lê Thị Loa", password="mat-khau-dai-2026")
    grant_role(user=made, kind=kind, unit=unit)
    return made


def test_a_commune_notes_its_own_broadcasts(client, _made, teacher):
    here, there = make_unit("Xã Bên Này"), make_unit("Xã Bên Kia")
    own = Station.objects.create(name="Đài xã Bên Này", unit=here)
    other = Station.objects.create(name="Đài xã Bên Kia", unit=there)
    Station.objects.create(name="Đài tỉnh")
    assert client.get(ADDRESS).status_code == 302
    client.force_login(teacher)
    assert client.get(ADDRESS).status_code == 404

    client.force_login(officer("can-bo", here))
    page = client.get(ADDRESS).content.decode()
    material = SharedMaterial.objects.open().filter(language="vi").first()
    assert f'<option value="{material.code}">' in page and "Đài xã Bên Kia" not in page
    today = timezone.localdate()
    line = {"station": own.pk, "code": material.code, "aired_on": today.isoformat(), "times": 2}
    for wrong, said in (
        ({"code": "zzzzzz"}, "Không có tài liệu"),
        ({"aired_on": (today + timedelta(days=1)).isoformat()}, "Ngày này chưa tới"),
        ({"times": 0}, "field__error"),
        ({"station": other.pk}, ""),
    ):
        answer = client.post(ADDRESS, line | wrong)
        assert answer.status_code == 200 and said in answer.content.decode(), wrong
    assert not Broadcast.objects.exists()
    # Who types the title instead of choosing is understood.
    assert client.post(ADDRESS, line | {"code": material.title, "times": 1}).status_code == 302
    # Sent twice it is one line; the number that came last holds.
    assert client.post(ADDRESS, line).status_code == 302
    assert client.post(ADDRESS, line | {"times": 3}).status_code == 302
    noted = Broadcast.objects.get()
    assert (noted.times, noted.language, noted.revision_id) == (3, "vi", material.revision_id)
    # Changed by whoever keeps this station's log, and by nobody else.
    change = f"{ADDRESS}?line={noted.pk}"
    assert "Sửa dòng này" in client.get(change).content.decode()
    yesterday = (today - timedelta(days=1)).isoformat()
    assert client.post(change, line | {"aired_on": yesterday, "times": 4}).status_code == 302
    noted.refresh_from_db()
    assert (noted.aired_on.isoformat(), noted.times) == (yesterday, 4)
    assert client.get(f"{ADDRESS}?line=x").status_code == 404
    client.force_login(officer("ben-kia", there, "community_member"))
    assert client.get(change).status_code == 404
    assert noted.title not in client.get(ADDRESS).content.decode().split("</form>")[-1]


def test_more_lines_cost_no_more_queries(client, _made):
    unit = make_unit()
    station = Station.objects.create(name="Đài xã", unit=unit)
    material = SharedMaterial.objects.open().first()
    client.force_login(officer("can-bo", unit))
    counts = []
    for days in ((0,), (1, 2)):
        for day in days:
            line = Broadcast(station=station, code=material.code, aired_on=timezone.localdate() - timedelta(days=day))
            line.clean()
            line.save()
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(ADDRESS).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1], counts


def test_the_demos_communes_have_stations_and_somebody_who_keeps_their_logs(client, _made):
    communes = {code: make_unit(name) for code, name in (("BD01", "Phường Bến Dừa"), ("DM02", "Xã Đồi Mây"))}
    for code, unit in communes.items():
        Unit.objects.filter(pk=unit.pk).update(code=code)
    assert load_demo_agencies()["created"] == 4
    aired = Broadcast.objects.count()
    assert aired and load_demo_agencies()["created"] == 0 and Broadcast.objects.count() == aired
    client.force_login(officer("can-bo", communes["DM02"]))
    page = client.get(ADDRESS).content.decode()
    assert "Đài truyền thanh xã Đồi Mây (mẫu)" in page and "Bến Dừa" not in page
