"""The class-list screen of a school's administrator."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schools.models import Membership, Role, RosterImport, SchoolClass, User
from schools.operations.signin import STEPS
from schools.rosters.reading import read_roster
from tests.factories.schools import make_class, make_pupil, make_school, make_teacher, make_with_role, school_year
from tests.schools.workbooks import HEADER, pupils, workbook

pytestmark = pytest.mark.django_db

AN = ("0071", "Lê Thị An", "05/09/2010", "Nữ", "10A1")
BINH = ("0072", "Trần Văn Bình", "06/09/2010", "Nam", "10A1")
WRONG = ("0073", "Phạm Sai", "31/02/2010", "Nam", "10A1")


@pytest.fixture
def school():
    school_year()
    return make_school(code="THPT1")


def sign_in(client, user: User) -> None:
    """As after a sign-in with the second factor, which has its own tests."""
    client.force_login(user)
    session = client.session
    session.pop(STEPS, None)
    session.save()


@pytest.fixture
def admin(school, client):
    user = make_with_role(Role.Kind.SCHOOL_ADMIN, school=school)
    sign_in(client, user)
    return user


@pytest.fixture
def commit(client, school, django_capture_on_commit_callbacks):
    """Press the button; the job it starts runs when the transaction would be committed."""

    def post(one: RosterImport):
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(url("roster_commit", school.code, one.uuid))
        one.refresh_from_db()
        return response

    return post


def url(name: str, *args) -> str:
    return reverse(f"schools:{name}", args=args)


def upload(client, school, raw: bytes, who: str = "pupils", name: str = "ds.xlsx"):
    return client.post(
        url("roster", school.code), {"who": who, "year": "2026-2027", "file": SimpleUploadedFile(name, raw)}
    )


def staged(client, school, raw: bytes, **options) -> RosterImport:
    response = upload(client, school, raw, **options)
    assert response.status_code == 302, response.context["form"].errors
    return RosterImport.objects.latest("pk")


@pytest.mark.slow
def test_upload_preview_commit_result_undo(client, admin, school, commit):
    one = staged(client, school, pupils(AN, BINH, WRONG))
    page = client.get(url("roster_preview", school.code, one.uuid))
    assert {c["label"]: c["number"] for c in page.context["counts"]}
    assert page.context["kind"] == "rejected"
    assert b"31/02/2010" in page.content
    assert not User.objects.filter(identifiers__school=school).exists()
    new = client.get(url("roster_preview", school.code, one.uuid) + "?show=created")
    assert "Lê Thị An" in new.content.decode()
    assert commit(one).status_code == 302
    assert (one.state, one.summary["created"], one.file_key) == ("committed", 2, "")
    file = client.get(url("roster_refused", school.code, one.uuid))
    assert file.status_code == 302
    assert commit(one).status_code == 302
    assert Membership.objects.count() == 2
    client.post(url("roster_undo", school.code, one.uuid))
    assert Membership.objects.count() == 0
    assert client.get(url("roster_result", school.code, one.uuid)).status_code == 200


@pytest.mark.slow
def test_undo_says_what_stands_in_the_way(client, admin, school, commit):
    one = staged(client, school, pupils(AN))
    commit(one)
    make_pupil(SchoolClass.objects.get(), "Ngô Khác")
    page = client.post(url("roster_undo", school.code, one.uuid), follow=True)
    assert "10A1" in " ".join(page.context["hindrances"])


def test_a_file_that_cannot_be_read_keeps_the_form(client, admin, school):
    page = upload(client, school, b"\xd0\xcf\x11\xe0", name="ds.xls")
    assert page.status_code == 422
    assert ".xlsx" in str(page.context["form"].errors["file"])
    assert not RosterImport.objects.exists()
    assert client.post(url("roster", school.code), {"who": "pupils", "year": "2026-2027"}).status_code == 422
    assert upload(client, school, b"x" * (5 * 1024 * 1024 + 1)).status_code == 422


@pytest.mark.slow
def test_a_century_is_asked_and_the_answer_kept(client, admin, school):
    one = staged(client, school, pupils(("0071", "Lê Thị An", "5-9-10", "Nữ", "10A1"), BINH))
    address = url("roster_preview", school.code, one.uuid)
    page = client.get(address)
    assert "century" in page.context["form"].fields
    names = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    assert client.post(address, {**names, "complete": "", "century": "2000"}).status_code == 302
    page = client.get(address)
    assert page.context["form"]["century"].value() == 2000
    assert not page.context["plan"].rejected


def test_a_column_is_chosen_by_hand(client, admin, school):
    header = ["STT", "Số hiệu", *HEADER[2:]]
    one = staged(client, school, pupils(AN, header=header))
    address = url("roster_preview", school.code, one.uuid)
    page = client.get(address)
    assert page.context["missing"]
    assert client.post(address, {"column:so hieu": "code"}).status_code == 302
    page = client.get(address)
    assert page.context["missing"] is None
    assert page.context["can_commit"]


@pytest.mark.slow
def test_only_this_schools_administrator_comes_in(client, school):
    one = RosterImport.objects.create(
        school=school, school_year=school_year(), file_name="a.xlsx", file_digest="", file_key="x"
    )
    pages = [
        url("roster", school.code), url("roster_export", school.code), url("roster_template", school.code),
        url("roster_preview", school.code, one.uuid), url("roster_result", school.code, one.uuid),
        url("roster_refused", school.code, one.uuid),
    ]  # fmt: skip
    posts = [url("roster_commit", school.code, one.uuid), url("roster_undo", school.code, one.uuid)]
    for page in pages:
        assert client.get(page).status_code == 302, "to sign in"
    others = [
        make_teacher(make_class(school)),
        make_pupil(make_class(school)),
        make_with_role(Role.Kind.SCHOOL_ADMIN, school=make_school()),
    ]
    for other in others:
        sign_in(client, other)
        for page in pages:
            assert client.get(page).status_code == 404, page
        for page in posts:
            assert client.post(page).status_code == 404, page


@pytest.mark.slow
def test_what_is_taken_away_changes_nothing_when_brought_in(client, admin, school, commit):
    awkward = ("HS-3", "Nguyễn Văn An (B)", "", "", "12 Chuyên Toán")
    one = staged(client, school, pupils(AN, BINH, awkward, ("0009", "K'Brế", "01/12/2009", "Nam", "11A2")))
    commit(one)
    raw = client.get(url("roster_export", school.code)).content
    names = [row[2] for row in openpyxl.load_workbook(io.BytesIO(raw)).active.iter_rows(min_row=2, values_only=True)]
    assert names == ["Lê Thị An", "Trần Văn Bình", "K'Brế", "Nguyễn Văn An (B)"]
    again = staged(client, school, raw)
    page = client.get(url("roster_preview", school.code, again.uuid))
    assert page.context["plan"].counts() == {"created": 0, "changed": 0, "moved": 0, "left": 0, "unchanged": 4}
    assert page.context["plan"].rejected == []


def test_the_template_can_be_brought_in(client, admin, school):
    raw = client.get(url("roster_template", school.code)).content
    assert [row.reasons for row in read_roster(raw).rows] == [[], []]
    assert staged(client, school, client.get(url("roster_template", school.code) + "?who=staff").content, who="staff")


@pytest.mark.slow
def test_staff_get_first_passwords_shown_once(client, admin, school, commit):
    make_class(school, "10A1")
    raw = workbook(["Họ và tên", "Tên đăng nhập", "Môn dạy", "Lớp chủ nhiệm"], ["Lê Thị An", "anlt", "Tin học", "10A1"])
    one = staged(client, school, raw, who="staff")
    page = client.get(url("roster_preview", school.code, one.uuid))
    assert page.context["can_commit"]
    done = commit(one)
    user = User.objects.get(username="anlt")
    assert user.check_password(done.context["made"][0].password)
    assert "no-store" in done["Cache-Control"]
    again = client.post(url("roster_commit", school.code, one.uuid), follow=True)
    assert again.status_code == 200
    assert b"anlt" not in again.content


@pytest.mark.slow
def test_the_preview_costs_the_same_for_one_pupil_and_sixty(client, admin, school):
    client.get(url("roster", school.code))
    numbers = []
    for rows in ([AN], [(f"01{n:03d}", "Lê Thị An", "05/09/2010", "Nữ", "10A1") for n in range(60)]):
        one = staged(client, school, pupils(*rows))
        with CaptureQueriesContext(connection) as queries:
            client.get(url("roster_preview", school.code, one.uuid))
        numbers.append(len(queries))
    # The account, its right to the school, the import, its year, codes, memberships, classes.
    assert numbers[0] == numbers[1] <= 8


@pytest.mark.slow
def test_a_refused_row_of_staff_shows_its_subject_and_a_long_cell_is_cut(client, admin, school):
    header = ["STT", "Họ và tên", "Tên đăng nhập", "Môn dạy"]
    raw = workbook(header, [1, "A" * 400, "anlt", "Tin học"], [2, "Lê Thị An", "admin", "Toán"])
    one = staged(client, school, raw, who="staff")
    rows = client.get(url("roster_preview", school.code, one.uuid)).context["rows"]
    assert [row["class_name"] for row in rows] == ["Tin học", "Toán"]
    assert all(len(text) <= 60 for row in rows for text in (row["name"], row["code"], row["class_name"]))
