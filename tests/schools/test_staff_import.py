"""Staff from a school's own list."""

import json

import pytest
from django.core.management import CommandError, call_command

from schools.models import Role, Teaching, User
from schools.operations.staff import commit_staff
from schools.rosters.reading import read_staff
from tests.factories.schools import make_class, make_school, make_staff, make_teacher, school_year
from tests.schools.workbooks import workbook

pytestmark = pytest.mark.django_db

HEADER = ["STT", "Họ và tên", "Tên đăng nhập", "Môn dạy", "Lớp chủ nhiệm", "Lớp dạy"]
AN = [1, "Lê Thị An", "anlt", "Tin học", "10A1", "10A1, 10A2"]
BINH = [2, "Trần Bình", "binht", "Toán", None, "10A2"]


@pytest.fixture
def school():
    school = make_school(code="THPT1")
    make_class(school, "10A1")
    make_class(school, "10A2")
    return school


@pytest.fixture
def bring_in(school):
    def bring(*rows, **options):
        read = read_staff(workbook(HEADER, *rows))
        plan, made = commit_staff(school=school, school_year=school_year(), read=read, actor=None, **options)
        bring.made = made
        counts = {name: number for name, number in plan.counts().items() if number}
        if plan.rejected:
            counts["rejected"] = {row.number: [one.code for one in row.reasons] for row in plan.rejected}
        return counts

    return bring


def teachings() -> set:
    return set(
        Teaching.objects.filter(ends_on=None).values_list("user__username", "school_class__name", "kind", "subject")
    )


def test_staff_get_accounts_roles_and_classes_once(bring_in, school):
    assert bring_in(AN, BINH) == {"created": 2}
    expected = {
        ("anlt", "10A1", "homeroom", ""), ("anlt", "10A1", "subject", "Tin học"), ("anlt", "10A2", "subject", "Tin học"),
        ("binht", "10A2", "subject", "Toán"),
    }  # fmt: skip
    assert teachings() == expected
    user = User.objects.get(username="anlt")
    assert not user.has_usable_password()
    assert user.roles.get().kind == Role.Kind.TEACHER
    assert Teaching.objects.get(user=user, kind="homeroom").can_edit_roster
    assert bring_in(AN, BINH) == {"unchanged": 2}
    assert teachings() == expected


def test_changes(bring_in):
    bring_in(AN, BINH)
    assert bring_in(
        [1, "Lê Thị Ân", "AnLT", "Tin học", "10A1", None], [2, "Trần Bình", "binht", "Vật lí", None, None]
    ) == {"changed": 2}
    assert User.objects.get(username="anlt").person.full_name == "Lê Thị Ân"
    assert Role.objects.get(user__username="binht").subject == "Vật lí"
    assert ("anlt", "10A2", "subject", "Tin học") in teachings(), "a list takes nothing away"


def test_a_new_homeroom_teacher_ends_the_former(bring_in):
    bring_in(AN, BINH)
    assert bring_in([2, "Trần Bình", "binht", "Toán", "10A1", "10A2"]) == {"changed": 1}
    assert [u for u, c, kind, _s in teachings() if kind == "homeroom"] == ["binht"]


def test_bad_rows_say_why(bring_in, school):
    make_staff("Người Ngoài", username="ngoai")
    other = make_teacher(make_class(make_school(), "10A9"), username="khac")
    assert bring_in(
        AN, [2, "Người Ngoài", "ngoai"], [3, "Ai Đó", other.username], [4, None, "moi"], [5, "Lê Lạ", "lale", "Toán", "12X9"],
        [6, "Một", "trung"], [7, "Hai", "trung"],
    ) == {
        "created": 1,
        "rejected": {
            3: ["username_taken"], 4: ["username_taken"], 5: ["missing_name"], 6: ["class_of_staff_unknown"],
            7: ["duplicate_username"], 8: ["duplicate_username"],
        },
    }  # fmt: skip


def test_two_homeroom_teachers_of_one_class_are_refused(bring_in):
    assert bring_in(AN, [2, "Trần Bình", "binht", "Toán", "10a1", None], [3, "Lê Cúc", "cuc"])["rejected"] == {
        2: ["homeroom_twice"], 3: ["homeroom_twice"],
    }  # fmt: skip


def test_first_passwords_are_given_on_request(bring_in):
    bring_in(AN, with_passwords=True)
    user = User.objects.get(username="anlt")
    assert user.check_password(bring_in.made[0].password)
    assert user.must_change_password


def test_the_command(school, tmp_path, capsys):
    path = tmp_path / "staff.xlsx"
    path.write_bytes(workbook(HEADER, AN, BINH))
    arguments = ["import_staff", str(path), "--school", school.code, "--school-year", school_year().code, "--json"]
    call_command(*arguments, "--dry-run")
    assert json.loads(capsys.readouterr().out)["created"] == 2
    assert not User.objects.filter(username="anlt").exists()
    call_command(*arguments)
    capsys.readouterr()
    call_command(*arguments)
    assert json.loads(capsys.readouterr().out) == {"created": 0, "changed": 0, "unchanged": 2, "rejected": []}
    path.write_bytes(b"")
    with pytest.raises(CommandError) as error:
        call_command(*arguments)
    assert error.value.returncode == 1
