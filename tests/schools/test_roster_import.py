"""What an import of a class list does, and what it leaves alone."""

import io
import json
import threading
import time
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from cms.text.names import sort_key
from schools.models import Membership, Person, RosterChange, RosterImport, SchoolClass, SchoolIdentifier, User
from schools.operations import rosters
from schools.operations.accounts import set_pin
from schools.operations.cards import issue_cards
from schools.rosters.reading import read_roster
from schools.rosters.records import Choices
from tests.factories.schools import make_class, make_pupil, make_school, school_year
from tests.schools.workbooks import HEADER, pupils, sample, workbook

pytestmark = pytest.mark.django_db

AN = ("0071", "Lê Thị An", "05/09/2010", "Nữ", "10A1")
BINH = ("0072", "Trần Văn Bình", "06/09/2010", "Nam", "10A1")
CHAU = ("0073", "Phạm Minh Châu", "07/09/2009", "Nữ", "11A1")


@pytest.fixture
def school():
    return make_school(code="THPT1")


@pytest.fixture
def year():
    return school_year()


@pytest.fixture
def bring_in(school, year):
    """Import a workbook and return the counts that are not nothing."""

    def bring(raw: bytes, *, complete=False, **choices):
        read = read_roster(raw, choices=Choices(**choices))
        done, plan = rosters.commit_import(
            school=school, school_year=year, read=read, actor=None, file_name="list.xlsx", complete=complete
        )
        bring.last, bring.plan = done, plan
        counts = {name: number for name, number in plan.counts().items() if number}
        if plan.rejected:
            counts["rejected"] = {row.number: [one.code for one in row.reasons] for row in plan.rejected}
        return counts

    return bring


def everything() -> dict:
    """All rows an import may touch, for comparing before and after."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (User, Person, SchoolIdentifier, Membership, SchoolClass)
    }


def class_of(code: str) -> str:
    return Membership.objects.get(user__identifiers__code=code, ends_on=None).school_class.name


# --- What it writes -----------------------------------------------------------------------------------------------------


def test_new_pupils_get_an_account_without_a_password(bring_in, school, year):
    assert bring_in(pupils(AN, BINH, CHAU)) == {"created": 3}
    user = User.objects.get(identifiers__code="0071")
    assert user.username.startswith("p")
    assert not user.has_usable_password()
    assert user.person.full_name == "Lê Thị An"
    assert user.person.birth_date == date(2010, 9, 5)
    assert user.person.gender == "female"
    assert user.person.name_sort == sort_key("Lê Thị An")
    membership = user.memberships.get()
    assert membership.name_sort == user.person.name_sort
    assert membership.starts_on == min(year.starts_on, timezone.localdate())
    assert set(SchoolClass.objects.values_list("name", "grade")) == {("10A1", 10), ("11A1", 11)}


def test_the_same_file_again_changes_nothing(bring_in):
    bring_in(pupils(AN, BINH, CHAU))
    before = everything()
    assert bring_in(pupils(AN, BINH, CHAU)) == {"unchanged": 3}
    assert everything() == before
    assert not bring_in.last.changes.exists()


def test_names_and_classes_compare_without_case_and_form(bring_in):
    bring_in(pupils(AN))
    assert bring_in(pupils(("0071", "LÊ THI\u0323  AN", "05/09/2010", "Nữ", " 10 a1 "))) == {"unchanged": 1}
    assert SchoolClass.objects.count() == 1


def test_changes_are_written_and_a_missing_column_changes_nothing(bring_in):
    bring_in(pupils(AN))
    assert bring_in(workbook(["Mã HS", "Họ và tên"], ["0071", "Lê Thị Ân"])) == {"changed": 1}
    person = Person.objects.get()
    assert (person.full_name, person.birth_date, person.gender) == ("Lê Thị Ân", date(2010, 9, 5), "female")
    assert Membership.objects.get().name_sort == person.name_sort == sort_key("Lê Thị Ân")
    assert bring_in(pupils(("0071", "Lê Thị Ân", None, None, "10A1"))) == {"unchanged": 1}, "an empty cell says nothing"


def test_a_move_keeps_history(bring_in):
    bring_in(pupils(AN))
    assert bring_in(pupils((*AN[:4], "10A2"))) == {"moved": 1}
    old, new = Membership.objects.order_by("pk")
    assert (old.state, old.ends_on) == ("left", timezone.localdate() - timedelta(days=1))
    assert (new.school_class.name, new.starts_on, new.ends_on) == ("10A2", timezone.localdate(), None)
    assert [m.school_class.name for m in Membership.objects.current()] == ["10A2"]


def test_a_second_move_on_one_day_corrects_the_class(bring_in):
    bring_in(pupils(AN))
    bring_in(pupils((*AN[:4], "10A2")))
    assert bring_in(pupils((*AN[:4], "10A3"))) == {"moved": 1}
    assert class_of("0071") == "10A3"
    assert Membership.objects.count() == 2


def test_moved_and_changed_at_once_counts_in_both(bring_in):
    bring_in(pupils(AN))
    assert bring_in(pupils(("0071", "Lê Thị Ân", "05/09/2010", "Nữ", "10A2"))) == {"changed": 1, "moved": 1}


STATUS = [*HEADER, "Trạng thái"]


def test_those_whose_status_says_so_have_left(bring_in):
    bring_in(pupils(AN, BINH))
    left = pupils((*AN, "Đã chuyển trường"), (*BINH, "Đang học"), header=STATUS)
    assert bring_in(left) == {"left": 1, "unchanged": 1}
    assert [m.user.get_full_name() for m in Membership.objects.current()] == ["Trần Văn Bình"]
    assert bring_in(left) == {"unchanged": 2}
    assert bring_in(pupils(AN)) == {"moved": 1}, "and may come back"
    assert class_of("0071") == "10A1"


def test_who_left_before_we_knew_them_is_nobody_new(bring_in):
    assert bring_in(pupils((*AN, "Thôi học"), (*BINH, ""), header=STATUS)) == {"created": 1, "unchanged": 1}
    assert User.objects.filter(identifiers__code="0071").count() == 0


def test_only_a_complete_list_lets_the_missing_leave(bring_in):
    bring_in(pupils(AN, BINH, CHAU))
    assert bring_in(pupils(AN)) == {"unchanged": 1}
    wrong = ("0072", "Trần Văn Bình", "31/02/2010", "Nam", "10A1")
    assert bring_in(pupils(AN, wrong), complete=True) == {
        "unchanged": 1, "left": 1, "rejected": {3: ["no_such_day"]},
    }  # fmt: skip
    assert Membership.objects.filter(ends_on=None).count() == 2, "a refused row still names its pupil"


def test_guests_do_not_leave_with_a_complete_list(bring_in, school, year):
    bring_in(pupils(AN))
    make_pupil(SchoolClass.objects.get(), "Khách Mời", is_guest=True)
    assert bring_in(pupils(AN), complete=True) == {"unchanged": 1}


def test_last_years_class_ends_when_this_years_begins(school, year, bring_in):
    old = make_class(school, "9A1", grade=9, year=school_year("2025-2026"))
    make_pupil(old, "Lê Thị An", code="0071", birth_date=date(2010, 9, 5), starts_on=date(2025, 9, 1))
    assert bring_in(pupils(AN)) == {"moved": 1, "changed": 1}
    assert [m.school_class.name for m in Membership.objects.filter(ends_on=None)] == ["10A1"]


# --- Codes --------------------------------------------------------------------------------------------------------------


def test_lost_leading_zeros_are_one_pupil_and_shown(bring_in):
    bring_in(pupils(AN, BINH))
    assert bring_in(pupils((71, *AN[1:]), (72, *BINH[1:]))) == {"unchanged": 2}
    assert bring_in.plan.zeros_lost == 2
    assert set(SchoolIdentifier.objects.values_list("code", flat=True)) == {"0071", "0072"}


def test_a_zeroless_code_with_another_name_and_date_is_refused(bring_in):
    bring_in(pupils(AN))
    assert bring_in(pupils((71, "Ngô Khác", "01/01/2009", "Nam", "10A1"), BINH)) == {
        "created": 1, "rejected": {2: ["other_pupil_has_code"]},
    }  # fmt: skip


def test_a_code_that_fits_two_pupils_without_zeros_is_refused(bring_in, school, year):
    school_class = make_class(school, "10A1")
    make_pupil(school_class, "Lê Một", code="71")
    make_pupil(school_class, "Lê Hai", code="0071")
    assert bring_in(pupils(("71", "Lê Một", None, None, "10A1"), ("0071", "Lê Hai", None, None, "10A1"))) == {
        "unchanged": 2
    }
    assert bring_in(pupils(("071", "Lê Ba", None, None, "10A1"), BINH))["rejected"] == {2: ["several_codes_match"]}


def test_a_code_twice_with_one_name_and_date_is_one_row(bring_in):
    assert bring_in(pupils(AN, AN, BINH)) == {"created": 2}


def test_a_code_twice_with_other_names_refuses_every_row(bring_in):
    other = ("0071", "Lê Khác", "05/09/2010", "Nam", "10A1")
    assert bring_in(pupils(AN, BINH, other)) == {
        "created": 1, "rejected": {2: ["duplicate_code"], 4: ["duplicate_code"]},
    }  # fmt: skip
    assert "2, 4" in str(bring_in.plan.rejected[0].reasons[0])


def test_a_code_twice_in_two_classes_refuses_both(bring_in):
    assert bring_in(pupils(AN, BINH, (*AN[:4], "10A2")))["rejected"] == {
        2: ["duplicate_in_classes"], 4: ["duplicate_in_classes"],
    }  # fmt: skip


def test_namesakes_are_two_pupils(bring_in):
    assert bring_in(pupils(AN, ("0074", *AN[1:]))) == {"created": 2}


# --- Classes ------------------------------------------------------------------------------------------------------------


def test_classes_of_a_grade_are_made_and_others_refused(bring_in):
    assert bring_in(
        pupils(AN, ("0072", "Lê Bình", None, "Nam", "9A1"), ("0073", "Lê Châu", None, "Nữ", "Mười A một"))
    ) == {"created": 1, "rejected": {3: ["unknown_class"], 4: ["unknown_class"]}}
    assert SchoolClass.objects.count() == 1


def test_an_existing_class_of_any_name_is_known(bring_in, school, year):
    make_class(school, "Chuyên Toán")
    assert bring_in(pupils(("0071", "Lê An", None, "Nữ", "chuyên  toán"))) == {"created": 1}


def test_the_commonest_spelling_names_the_class(bring_in):
    bring_in(pupils((*AN[:4], "10a1"), BINH, ("0074", "Lê Dung", None, None, "10A1")))
    assert SchoolClass.objects.get().name == "10A1"


# --- Years --------------------------------------------------------------------------------------------------------------


def test_a_year_without_its_century_is_asked(bring_in):
    short = pupils(("0071", "Lê Thị An", "5-9-10", "Nữ", "10A1"), BINH)
    assert bring_in(short) == {"created": 1, "rejected": {2: ["ambiguous_year"]}}
    assert bring_in(short, century=2000) == {"created": 1, "unchanged": 1}
    assert bring_in(short) == {"unchanged": 2}, "it agrees with what is known"
    other = pupils(("0071", "Lê Thị An", "5-9-11", "Nữ", "10A1"), BINH)
    assert bring_in(other)["rejected"] == {2: ["ambiguous_year"]}


# --- The real files -------------------------------------------------------------------------------------------------------


def test_vnedu_then_smas_then_traps(bring_in):
    assert bring_in(sample("roster-vnedu-like.xlsx")) == {"created": 120}
    assert bring_in(sample("roster-smas-like.xlsx")) == {"unchanged": 60}
    assert bring_in.plan.zeros_lost == 60
    result = bring_in(sample("roster-with-traps.xlsx"))
    assert result.pop("rejected") == {
        2: ["duplicate_code"], 32: ["duplicate_code"], 33: ["missing_code"], 34: ["no_such_day"], 35: ["missing_class"],
        36: ["formula_without_value"], 37: ["date_in_future"], 38: ["unknown_class"], 39: ["name_too_long"],
    }  # fmt: skip
    assert result == {"unchanged": 29}


# --- Undo ---------------------------------------------------------------------------------------------------------------


def test_undo_is_the_state_before(bring_in):
    bring_in(pupils(AN, BINH, CHAU))
    before = everything()
    changed = pupils(
        ("0071", "Lê Thị Ân", "05/09/2010", "Nữ", "12A9", ""), (*BINH, "Thôi học"), (*CHAU, ""),
        ("0099", "Võ Mới", "01/01/2010", "Nam", "12A9", ""), header=STATUS,
    )  # fmt: skip
    assert bring_in(changed) == {"created": 1, "changed": 1, "moved": 1, "left": 1, "unchanged": 1}
    assert everything() != before
    rosters.undo_import(roster_import=bring_in.last, actor=None)
    assert everything() == before
    again = rosters.undo_import(roster_import=bring_in.last, actor=None)
    assert again.state == RosterImport.State.UNDONE
    assert everything() == before


def test_undo_after_a_correction_of_the_same_day(bring_in):
    bring_in(pupils(AN))
    bring_in(pupils((*AN[:4], "10A2")))
    before = everything()
    bring_in(pupils((*AN[:4], "10A3")))
    rosters.undo_import(roster_import=bring_in.last, actor=None)
    assert everything() == before


def test_undo_of_the_first_import_leaves_nothing(bring_in):
    before = everything()
    bring_in(pupils(AN, BINH, CHAU))
    rosters.undo_import(roster_import=bring_in.last, actor=None)
    assert everything() == before


def refused(roster_import) -> str:
    with pytest.raises(rosters.UndoRefused) as problem:
        rosters.undo_import(roster_import=roster_import, actor=None)
    return " ".join(problem.value.extra["hindrances"])


@pytest.mark.slow
def test_undo_is_refused_when_a_later_import_builds_on_it(bring_in):
    bring_in(pupils(AN))
    one = bring_in.last
    bring_in(pupils((*AN[:4], "10A2")))
    assert "Lê Thị An" in refused(one)
    rosters.undo_import(roster_import=bring_in.last, actor=None)
    rosters.undo_import(roster_import=one, actor=None)


def test_a_later_import_without_changes_does_not_hinder(bring_in):
    bring_in(pupils(AN))
    one = bring_in.last
    bring_in(pupils(AN))
    rosters.undo_import(roster_import=one, actor=None)
    assert not User.objects.filter(identifiers__code="0071").exists()


@pytest.mark.slow
def test_undo_is_refused_after_a_card_or_a_sign_in(bring_in):
    bring_in(pupils(AN, BINH))
    user = User.objects.get(identifiers__code="0071")
    issue_cards(users=[user], actor=None)
    assert "Lê Thị An" in refused(bring_in.last)
    user.cards.all().delete()
    set_pin(user=user, pin="593027")
    assert "Lê Thị An" in refused(bring_in.last)


def test_undo_is_refused_when_the_class_is_used_or_the_name_changed(bring_in, school):
    bring_in(pupils(AN))
    one = bring_in.last
    stranger = make_pupil(SchoolClass.objects.get(name="10A1"), "Ngô Khác")
    assert "10A1" in refused(one)
    Membership.objects.filter(user=stranger).delete()
    bring_in(pupils(("0071", "Lê Thị Ân", "05/09/2010", "Nữ", "10A1")))
    person = Person.objects.get(user__identifiers__code="0071")
    person.set_name("Lê Thị Ăn")
    person.save()
    assert "Lê Thị Ăn" in refused(bring_in.last)


def test_undo_ends_after_seven_days(bring_in):
    bring_in(pupils(AN))
    RosterImport.objects.update(committed_at=timezone.now() - timedelta(days=8))
    with pytest.raises(rosters.UndoRefused):
        rosters.undo_import(roster_import=bring_in.last, actor=None)
    assert rosters.forget_old_imports() == 1
    assert not RosterChange.objects.exists()
    assert rosters.forget_old_imports() == 0


# --- Staged files ---------------------------------------------------------------------------------------------------------


def test_a_staged_file_is_committed_once_and_erased(school, year):
    from schools.rosters import files

    raw = pupils(AN, ("0072", "=1+1", "06/09/2010", "Nam", "10A1"), ("0073", "Lê Châu", "30/02/2010", "@Nữ", "10A1"))
    staged = rosters.stage_file(school=school, school_year=year, raw=raw, file_name="a.xlsx", actor=None)
    assert files.fetch(staged.file_key) == raw
    key = staged.file_key
    other = RosterImport.objects.get(pk=staged.pk)
    done = rosters.commit_staged(roster_import=staged, actor=None)
    assert (done.summary["created"], done.summary["rejected"], done.file_key) == (1, 2, "")
    with pytest.raises(FileNotFoundError):
        files.fetch(key)
    again = rosters.commit_staged(roster_import=RosterImport.objects.get(pk=staged.pk), actor=None)
    assert again.pk == done.pk
    late = rosters.commit_staged(roster_import=other, actor=None)
    assert (late.pk, late.state) == (done.pk, "committed"), "whoever comes second finds it done"
    assert User.objects.filter(identifiers__school=school).count() == 1
    sheet = openpyxl.load_workbook(io.BytesIO(files.fetch(done.error_file_key))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 3
    assert not any(isinstance(v, str) and v.startswith(("=", "+", "-", "@")) for row in rows for v in row)
    again_read = read_roster(files.fetch(done.error_file_key))
    assert [row.code for row in again_read.rows] == ["0072", "0073"], "the file of refused rows can be mended and used"


def test_two_clerks_committing_one_file(school, year):
    raw = pupils(AN, BINH)
    both = [
        rosters.stage_file(school=school, school_year=year, raw=raw, file_name="a.xlsx", actor=None) for _ in range(2)
    ]
    summaries = [rosters.commit_staged(roster_import=one, actor=None).summary for one in both]
    assert (summaries[0]["created"], summaries[1]["created"], summaries[1]["unchanged"]) == (2, 0, 2)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_in_the_same_moment(school, year):
    raw = pupils(AN, BINH, CHAU)
    start, seen = threading.Barrier(2), []

    def clerk():
        try:
            read = read_roster(raw)
            start.wait(20)
            _done, plan = rosters.commit_import(
                school=school, school_year=year, read=read, actor=None, file_name="list.xlsx"
            )
            seen.append(plan.counts())
        finally:
            connection.close()

    clerks = [threading.Thread(target=clerk) for _ in range(2)]
    for thread in clerks:
        thread.start()
    for thread in clerks:
        thread.join(60)
    assert sorted((counts["created"], counts["unchanged"]) for counts in seen) == [(0, 3), (3, 0)]
    assert SchoolIdentifier.objects.count() == 3


# --- Commands and speed -----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(school, year, tmp_path, capsys):
    """Run import_roster on a workbook; returns exit status and report."""

    def command(raw: bytes, *options: str):
        path = tmp_path / "list.xlsx"
        path.write_bytes(raw)
        status = 0
        try:
            call_command(
                "import_roster", str(path), "--school", school.code, "--school-year", year.code, "--json", *options
            )
        except CommandError as error:
            status = error.returncode
        return status, json.loads(capsys.readouterr().out)

    return command


def test_the_command_reports_as_the_contract_says(run):
    status, report = run(pupils(AN, ("0072", "Lê Sai", "31/02/2010", "Nam", "10A1")), "--dry-run")
    assert status == 0
    assert report["created"] == 1
    assert report["import_id"] is None
    assert not RosterImport.objects.exists()
    assert not SchoolClass.objects.exists()
    status, report = run(pupils(AN, ("0072", "Lê Sai", "31/02/2010", "Nam", "10A1")))
    assert (status, report["created"], report["changed"], report["moved"], report["left"], report["unchanged"]) == (
        0, 1, 0, 0, 0, 0,
    )  # fmt: skip
    assert [(item["row"], bool(item["reason"])) for item in report["rejected"]] == [(3, True)]
    assert report["import_id"]


def test_the_command_applies_nothing_and_says_why(run):
    status, report = run(pupils(("0072", "Lê Sai", "31/02/2010", "Nam", "10A1")))
    assert (status, report["created"], len(report["rejected"])) == (1, 0, 1)
    status, report = run(b"\xd0\xcf\x11\xe0")
    assert status == 1
    assert report["error"]
    assert report["rejected"] == []
    assert not RosterImport.objects.exists()


def test_wrong_usage_is_status_two(school, year, tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(pupils(AN))
    for arguments in (
        ["nowhere.xlsx", "--school", school.code, "--school-year", year.code],
        [str(path), "--school", "NONE", "--school-year", year.code],
        [str(path), "--school", school.code, "--school-year", "1999"],
    ):
        with pytest.raises(CommandError) as error:
            call_command("import_roster", *arguments)
        assert error.value.returncode == 2


@pytest.mark.slow
def test_the_undo_command(run, capsys):
    _status, report = run(pupils(AN))
    call_command("undo_roster_import", report["import_id"], "--json")
    assert json.loads(capsys.readouterr().out)["undone"] is True
    _status, report = run(pupils(AN))
    issue_cards(users=[User.objects.get(identifiers__code="0071")], actor=None)
    with pytest.raises(CommandError) as error:
        call_command("undo_roster_import", report["import_id"], "--json")
    assert error.value.returncode == 1
    assert json.loads(capsys.readouterr().out)["hindrances"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("import_roster", "nowhere.xlsx", "--school", "THPT1", "--school-year", "2026-2027"),
        ("import_roster", "nowhere.xlsx", "--school", "NONE", "--school-year", "2026-2027"),
        ("import_roster", "nowhere.xlsx", "--school", "THPT1", "--school-year", "1999-2000"),
        ("undo_roster_import", "nope"),
    ],
)
def test_a_wrong_question_is_answered_in_json_too(school, year, arguments, capsys):
    with pytest.raises(CommandError) as error:
        call_command(*arguments, "--json")
    assert error.value.returncode == 2
    report = json.loads(capsys.readouterr().out)
    assert report["error"] == str(error.value)
    assert "No such file" not in report["error"]


def test_nothing_is_counted_before_an_error(school, year, tmp_path, capsys):
    (tmp_path / "bad.xlsx").write_bytes(b"PK broken")
    with pytest.raises(CommandError):
        call_command("import_roster", str(tmp_path / "bad.xlsx"), "--school", school.code, "--school-year", year.code)
    assert capsys.readouterr().out == ""


def test_a_class_is_named_as_it_was_typed_and_by_a_rule(bring_in):
    rows = [("01", "Lê Thị An", "05/09/2010", "Nữ", name) for name in ("LớpX", "10<img src=x>", "Lớp10A3", "Lớp: 10A4")]
    bring_in(pupils(*[(f"01{n}", "Lê Thị An", *row[2:]) for n, row in enumerate(rows)]))
    reasons = [str(row.reasons[0]) for row in bring_in.plan.rejected]
    assert "“LớpX”" in reasons[0]
    assert [row.reasons[0].code for row in bring_in.plan.rejected] == ["unknown_class", "bad_class"]
    assert set(SchoolClass.objects.values_list("name", flat=True)) == {"10A3", "10A4"}


def big_list(count: int = 2_000, wrong: int = 200) -> bytes:
    names = ["Nguyễn Văn An", "Trần Thị Bích", "Lê Hoàng Đức", "Phạm Thuỳ Dương", "K'Brế", "Võ Ngọc Ánh"]
    rows = []
    for n in range(count):
        bad = n % (count // wrong) == 5
        rows.append(
            (f"79{n:06d}", names[n % 6], "31/02/2010" if bad else f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/2010",
             "Nữ" if n % 2 else "Nam", f"{10 + n % 3}A{n % 15 + 1}")
        )  # fmt: skip
    return pupils(*rows)


@pytest.mark.slow
def test_two_thousand_pupils_in_seconds(bring_in, django_assert_max_num_queries):
    raw = big_list()
    started, cpu = time.perf_counter(), time.process_time()
    with django_assert_max_num_queries(400):
        counts = bring_in(raw)
    spent, used = time.perf_counter() - started, time.process_time() - cpu
    assert counts["created"] == 1_800
    assert len(counts["rejected"]) == 200
    assert all(reasons == ["no_such_day"] for reasons in counts["rejected"].values())
    print(f"{spent:.2f} s, {used:.2f} CPU s")
    assert used < 6, "three seconds on a quiet machine"
    assert bring_in(raw)["unchanged"] == 1_800
