"""The people of the demo: a province that does not exist, with schools, classes and one account to try for every role.

Only the accounts listed by `accounts()` have a password; everybody else could sign in with a printed card.
"""

import random
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from schools.models import (
    FormerName,
    JoinCode,
    Membership,
    ReportingYear,
    Role,
    Roll,
    School,
    SchoolClass,
    SchoolIdentifier,
    SchoolSuccession,
    SchoolYear,
    Teaching,
    Transfer,
    Unit,
    User,
)
from schools.operations.accounts import create_pupil, create_staff, grant_role
from schools.operations.joining import join_class, open_join_code
from schools.operations.places import close_school, close_unit
from schools.operations.teachings import appoint_teacher, open_teachings
from schools.operations.transfers import ask_transfer

STAFF_PASSWORD = "hoc-thu-2026"  # noqa: S105 (printed by `make demo`; production refuses demo accounts)
PUPIL_PIN = "258037"

BEN_DUA, DOI_MAY = "BENDUA", "DOIMAY"
COMMUNES = [("BD01", "Phường Bến Dừa", "ward"), ("DM02", "Xã Đồi Mây", "commune"), ("ST03", "Xã Suối Trúc", "commune")]

FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Thạch"]
MIDDLE_GIRL = ["Thị", "Ngọc", "Thị Thanh", "Như", "Bảo", "Thị Kim", "Khánh", "Thùy"]
GIVEN_GIRL = [
    "An",
    "Ánh",
    "Chi",
    "Diệp",
    "Đào",
    "Hà",
    "Hương",
    "Lan",
    "Linh",
    "Mai",
    "Ngân",
    "Nhi",
    "Thảo",
    "Vy",
    "Yến",
]
MIDDLE_BOY = ["Văn", "Minh", "Quốc", "Đức", "Hữu", "Gia", "Thanh", "Hoàng"]
GIVEN_BOY = [
    "Anh",
    "Bình",
    "Cường",
    "Dũng",
    "Đạt",
    "Hải",
    "Hùng",
    "Khoa",
    "Long",
    "Nam",
    "Phúc",
    "Quân",
    "Sơn",
    "Tín",
    "Ý",
]

# School, class, grade, number of pupils.
CLASSES = [
    (BEN_DUA, "10A1", 10, 40),
    (BEN_DUA, "10A2", 10, 8),
    (BEN_DUA, "11A1", 11, 8),
    (BEN_DUA, "12A1", 12, 6),
    (DOI_MAY, "6A1", 6, 10),
    (DOI_MAY, "7A1", 7, 6),
    (DOI_MAY, "8A1", 8, 6),
    (DOI_MAY, "9A1", 9, 6),
    (DOI_MAY, "10A1", 10, 8),
    (DOI_MAY, "11A1", 11, 6),
    (DOI_MAY, "12A1", 12, 6),
]
# School, pupil code, name, class: the pupils who have a PIN.
PUPILS = [
    (BEN_DUA, "0026000101", "Trần Thị Mây Hồng", "10A1", "vi"),
    (BEN_DUA, "0026000102", "Nguyễn Văn Suối", "10A1", "vi"),
    (DOI_MAY, "0026000201", "Lý Ngọc Lúa", "6A1", "vi"),
    (DOI_MAY, "0026000202", "Thạch Gia Bảo Sóc", "10A1", "en"),
]
# School, username, name, subject, then (class, kind, may edit the roster).
TEACHERS = [
    (BEN_DUA, "co.sen", "Phạm Thị Sen Trắng", "Tin học", [("10A1", "homeroom", True), ("10A2", "subject", False)]),
    (
        BEN_DUA,
        "thay.bach",
        "Lê Văn Bách Tùng",
        "Giáo dục công dân",
        [("10A2", "homeroom", True), ("10A1", "co_teacher", False)],
    ),
    (DOI_MAY, "co.duong", "Võ Thị Ánh Dương", "Tin học", [("6A1", "homeroom", True), ("10A1", "subject", False)]),
]
# Role, username, name, language.
OFFICES = [
    (Role.Kind.EDITOR, "bientap", "Ngô Thị Biên Tập", "vi"),
    (Role.Kind.EDITOR, "bientap2", "Bùi Văn Bút", "vi"),
    (Role.Kind.TRANSLATOR, "biendich", "Lý Văn Hai Tiếng", "en"),
    (Role.Kind.REVIEWER, "thamdinh", "Thạch Thị Kỹ", "vi"),
    (Role.Kind.JUROR, "giamkhao", "Đỗ Văn Công Tâm", "vi"),
    (Role.Kind.CONTEST_SECRETARY, "thuky", "Hồ Thị Chu Đáo", "vi"),
    (Role.Kind.PROVINCE_OFFICER, "canbotinh", "Đặng Văn Tỉnh Táo", "vi"),
    (Role.Kind.COMMUNE_OFFICER, "canboxa", "Lê Thị Sát Sao", "vi"),
    (Role.Kind.COMMUNITY_MEMBER, "tocongnghe", "Dương Văn Gần Dân", "vi"),
]


@transaction.atomic
def load_demo_people() -> dict[str, int]:
    """Make what is missing of the demo's people; running it again changes nothing. Returns `{"created", "kept"}`."""
    counts = {"created": 0, "kept": 0}
    # The same people on every machine, so that pictures and guides of the demo stay true.
    chance = random.Random(2026)  # noqa: S311 (names, not secrets)

    units = _units()
    schools = _schools(units)
    years = {code: _year(code) for code in ("2025-2026", "2026-2027", "2027-2028")}
    for year in (2026, 2027):
        ReportingYear.objects.get_or_create(
            code=str(year), defaults={"starts_on": date(year - 1, 12, 1), "ends_on": date(year, 11, 30)}
        )

    classes = {}
    for school_code, name, grade, _number in CLASSES:
        classes[school_code, name] = _class(schools[school_code], years["2026-2027"], name, grade)

    for school_code, code, full_name, class_name, language in PUPILS:
        _pupil(counts, schools[school_code], code, full_name, classes[school_code, class_name], PUPIL_PIN, language)
    for number, (school_code, name, _grade, size) in enumerate(CLASSES, start=1):
        named = sum((school_code, name) == (pupil[0], pupil[3]) for pupil in PUPILS)
        for place in range(size - named):
            code = f"0026{number:02d}1{place:03d}"
            _pupil(counts, schools[school_code], code, _name(chance), classes[school_code, name])
    _last_year(schools[DOI_MAY], years["2025-2026"])

    for school_code, username, full_name, subject, teachings in TEACHERS:
        user = _staff(counts, username, full_name)
        grant_role(user=user, kind=Role.Kind.TEACHER, school=schools[school_code], subject=subject)
        for class_name, kind, may_edit in teachings:
            Teaching.objects.get_or_create(
                user=user,
                school_class=classes[school_code, class_name],
                kind=kind,
                subject=subject,
                ends_on=None,
                defaults={"can_edit_roster": may_edit, "starts_on": date(2026, 9, 1)},
            )
    _stand_in(classes[BEN_DUA, "10A2"])
    admin = _staff(counts, "hieuvu", "Huỳnh Thị Hiệu Vụ")
    grant_role(user=admin, kind=Role.Kind.SCHOOL_ADMIN, school=schools[DOI_MAY])
    places = {
        Role.Kind.PROVINCE_OFFICER: units["root"],
        Role.Kind.COMMUNE_OFFICER: units["DM02"],
        Role.Kind.COMMUNITY_MEMBER: units["DM02"],
    }
    for kind, username, full_name, language in OFFICES:
        user = _staff(counts, username, full_name, language=language)
        grant_role(user=user, kind=kind, unit=places.get(kind))
    _staff(counts, "quantri", "Trần Văn Quản Trị", is_superuser=True)
    _freeze_roll(schools, years["2026-2027"])
    _past(schools, units)
    _comings(schools, classes)
    _mark(schools)
    return counts


def _stand_in(school_class: SchoolClass) -> None:
    """For two weeks the homeroom teacher of 10A2 has somebody who stands in."""
    if not open_teachings(school_class).filter(kind=Teaching.Kind.SUBSTITUTE).exists():
        appoint_teacher(
            school_class=school_class,
            user=User.objects.get(username="co.sen"),
            kind=Teaching.Kind.SUBSTITUTE,
            rights=["assign", "grade"],
            ends_on=timezone.localdate() + timedelta(days=14),
            actor=User.objects.get(username="thay.bach"),
        )


def accounts() -> list[dict[str, str]]:
    """The accounts to try, as `accounts.json` lists them (contract.md)."""
    rows = [
        _account("pupil", school, code, PUPIL_PIN, name, language) for school, code, name, _named, language in PUPILS
    ]
    rows += [_account("teacher", school, username, STAFF_PASSWORD, name) for school, username, name, *_rest in TEACHERS]
    rows.append(_account("school_admin", DOI_MAY, "hieuvu", STAFF_PASSWORD, "Huỳnh Thị Hiệu Vụ"))
    rows += [
        _account(str(kind), "", username, STAFF_PASSWORD, name, language) for kind, username, name, language in OFFICES
    ]
    rows.append(_account("admin", "", "quantri", STAFF_PASSWORD, "Trần Văn Quản Trị"))
    return rows


def _account(role, school_code, username, password, name, language="vi") -> dict[str, str]:
    return {
        "role": role,
        "school_code": school_code,
        "username": username,
        "password": password,
        "name": name,
        "language": language,
    }


def _units() -> dict[str, Unit]:
    root = Unit.objects.filter(depth=1).first() or Unit.add_root(
        code="HH00", name="Tỉnh Hòa Hiệp", kind=Unit.Kind.PROVINCE, valid_from=date(2025, 7, 1)
    )
    units = {"root": root}
    for code, name, kind in COMMUNES:
        found = Unit.objects.filter(code=code).first()
        if found is None:
            root.refresh_from_db()
            found = root.add_child(code=code, name=name, kind=kind, valid_from=date(2025, 7, 1))
        units[code] = found
    return units


def _schools(units: dict[str, Unit]) -> dict[str, School]:
    rows = [
        (BEN_DUA, "Trường THPT Bến Dừa", School.Kind.UPPER, 10, 12, "BD01"),
        (DOI_MAY, "Trường THCS–THPT Đồi Mây", School.Kind.COMBINED, 6, 12, "DM02"),
    ]
    return {
        code: School.objects.get_or_create(
            code=code,
            defaults={"name": name, "kind": kind, "grade_min": low, "grade_max": high, "unit": units[unit]},
        )[0]
        for code, name, kind, low, high, unit in rows
    }


def _year(code: str) -> SchoolYear:
    start = int(code[:4])
    return SchoolYear.objects.get_or_create(
        code=code, defaults={"starts_on": date(start, 9, 1), "ends_on": date(start + 1, 5, 31)}
    )[0]


def _class(school: School, year: SchoolYear, name: str, grade: int) -> SchoolClass:
    found = SchoolClass.objects.filter(school=school, school_year=year, name=name).first()
    return found or SchoolClass.objects.create(school=school, school_year=year, name=name, grade=grade)


def _name(chance: random.Random) -> str:
    girl = chance.random() < 0.5
    middle, given = (MIDDLE_GIRL, GIVEN_GIRL) if girl else (MIDDLE_BOY, GIVEN_BOY)
    return f"{chance.choice(FAMILY)} {chance.choice(middle)} {chance.choice(given)}"


def _pupil(counts, school, code, full_name, school_class, password=None, language="vi") -> None:
    if SchoolIdentifier.objects.filter(school=school, code=code).exists():
        counts["kept"] += 1
        return
    create_pupil(
        full_name=full_name,
        school=school,
        code=code,
        school_class=school_class,
        password=password,
        language=language,
        birth_date=date(2026 - (school_class.grade or 10) - 5, 1 + len(full_name) % 12, 1 + int(code[-2:]) % 28),
        starts_on=date(2026, 9, 1),
    )
    counts["created"] += 1


def _last_year(school: School, year: SchoolYear) -> None:
    """The pupils of 10A1 were in 9A1 a year ago: belongings have dates."""
    before = _class(school, year, "9A1", 9)
    if before.memberships.exists():
        return
    for membership in Membership.objects.filter(school_class__school=school, school_class__name="10A1"):
        Membership.objects.create(
            user=membership.user,
            school_class=before,
            state=Membership.State.LEFT,
            starts_on=year.starts_on,
            ends_on=year.ends_on,
        )


def _staff(counts, username, full_name, **fields) -> User:
    found = User.objects.filter(username=username).first()
    if found:
        counts["kept"] += 1
        return found
    counts["created"] += 1
    return create_staff(username=username, full_name=full_name, password=STAFF_PASSWORD, **fields)


def _mark(schools: dict[str, School]) -> None:
    """So that production recognises what must not be there, also in a database that was copied from a demo."""
    School.objects.filter(pk__in=[school.pk for school in schools.values()]).update(is_demo=True)
    named = [row["username"] for row in accounts() if row["role"] != "pupil"]
    User.objects.filter(
        Q(username__in=named) | Q(identifiers__school__in=list(schools.values())), is_demo=False
    ).distinct().update(is_demo=True)


def _freeze_roll(schools: dict[str, School], year: SchoolYear) -> None:
    """Official enrolment of the year, frozen: a little above the rosters, as real rolls are."""
    for (code, grade), pupils in sorted(_by_grade().items()):
        Roll.objects.get_or_create(
            school=schools[code],
            school_year=year,
            on=date(2026, 10, 15),
            grade=grade,
            level="thpt" if grade >= 10 else "thcs",
            defaults={
                "pupils": pupils + grade % 3,
                "source": "Báo cáo đầu năm học (dữ liệu minh hoạ)",
                "frozen_at": timezone.now(),
            },
        )


def _comings(schools: dict[str, School], classes: dict) -> None:
    """A guest who is on the roll too, and a pupil who wants to come: work for the administrator of Đồi Mây."""
    lua = SchoolIdentifier.objects.get(school=schools[DOI_MAY], code="0026000201").user
    teacher = User.objects.get(username="co.duong")
    if not JoinCode.objects.filter(school_class=classes[DOI_MAY, "6A1"]).exists():
        code = open_join_code(school_class=classes[DOI_MAY, "6A1"], actor=teacher, needs_approval=False)
        guest = join_class(join_code=code, full_name=lua.get_full_name(), pin=PUPIL_PIN).user
        guest.set_unusable_password()
        guest.save(update_fields=["password"])
    if not Transfer.objects.exists():
        place = Membership.objects.filter(school_class=classes[BEN_DUA, "11A1"]).order_by("pk").first()
        ask_transfer(
            user=place.user,
            school=schools[BEN_DUA],
            to_school=schools[DOI_MAY],
            giver=Transfer.Giver.REPRESENTATIVE,
            evidence="Đơn số 12 ngày 20/11/2026",
            reason="Gia đình chuyển nơi ở",
            actor=User.objects.get(username="canbotinh"),
        )


def _past(schools: dict[str, School], units: dict[str, Unit]) -> None:
    """What a province remembers: two schools that became one, a commune from two, a school that was renamed."""
    decision = "88/QĐ-UBND ngày 20/06/2025 (minh hoạ)"
    if not SchoolSuccession.objects.filter(successor=schools[DOI_MAY]).exists():
        for code, name, kind in (
            ("SUOIMO", "Trường THCS Suối Mơ", School.Kind.LOWER),
            ("DOITHONG", "Trường THPT Đồi Thông", School.Kind.UPPER),
        ):
            before, _made = School.objects.get_or_create(
                code=code, defaults={"name": name, "kind": kind, "unit": units["DM02"], "is_demo": True}
            )
            close_school(
                school=before, successors=[schools[DOI_MAY]], on=date(2025, 7, 1), decision=decision, actor=None
            )
    for code, name in (("SM08", "Xã Suối Mơ"), ("DT09", "Xã Đồi Thông")):
        former = Unit.objects.filter(code=code).first()
        if former is None:
            root = Unit.objects.get(pk=units["root"].pk)
            former = root.add_child(code=code, name=name, kind=Unit.Kind.COMMUNE)
        if former.valid_to is None:
            close_unit(unit=former, successors=[units["DM02"]], on=date(2025, 7, 1), decision=decision, actor=None)
    if not FormerName.objects.filter(school=schools[BEN_DUA]).exists():
        FormerName.objects.create(
            school=schools[BEN_DUA],
            name="Trường THPT Số 2 Bến Dừa",
            used_until=date(2024, 8, 31),
            decision="41/QĐ-UBND ngày 15/08/2024 (minh hoạ)",
        )


def _by_grade() -> dict[tuple[str, int], int]:
    sums: dict[tuple[str, int], int] = {}
    for code, _named, grade, size in CLASSES:
        sums[code, grade] = sums.get((code, grade), 0) + size
    return sums
