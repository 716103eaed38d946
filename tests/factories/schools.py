"""People and places for the tests: small, real, without surprises. Everything is made by the room's own operations."""

import itertools
from datetime import date

from schools.models import Membership, Role, School, SchoolClass, SchoolYear, Teaching, Unit, User
from schools.operations import accounts

_numbers = itertools.count(1)
PASSWORD = "mat-khau-thu-2026"
PIN = "402915"


def province() -> Unit:
    found = Unit.objects.filter(depth=1).first()
    return found or Unit.add_root(code="T00", name="Tỉnh Hòa Hiệp", kind=Unit.Kind.PROVINCE)


def make_unit(name: str = "") -> Unit:
    number = next(_numbers)
    return province().add_child(code=f"X{number:04d}", name=name or f"Xã Thử {number}", kind=Unit.Kind.COMMUNE)


def make_school(name: str = "", **fields) -> School:
    number = next(_numbers)
    fields = {"kind": School.Kind.UPPER, "grade_min": 10, "grade_max": 12, "code": f"TR{number:04d}"} | fields
    return School.objects.create(
        name=name or f"Trường THPT Thử {number}", unit=fields.pop("unit", None) or make_unit(), **fields
    )


def school_year(code: str = "2026-2027") -> SchoolYear:
    start = int(code[:4])
    return SchoolYear.objects.get_or_create(
        code=code, defaults={"starts_on": date(start, 9, 1), "ends_on": date(start + 1, 5, 31)}
    )[0]


def make_class(school: School | None = None, name: str = "", **fields) -> SchoolClass:
    fields = {"grade": 10, "school_year": fields.pop("year", None) or school_year()} | fields
    return SchoolClass.objects.create(school=school or make_school(), name=name or f"10A{next(_numbers)}", **fields)


def make_pupil(
    school_class: SchoolClass | None = None,
    full_name: str = "Trần Thị Thử",
    *,
    code: str = "",
    password: str | None = PIN,
    **fields,
) -> User:
    """A pupil with a PIN (`PIN`) in a class; `password=None` for one who never signed in."""
    school_class = school_class or make_class()
    return accounts.create_pupil(
        full_name=full_name,
        school=school_class.school,
        code=code or f"HS{next(_numbers):06d}",
        school_class=school_class,
        password=password,
        starts_on=fields.pop("starts_on", date(2026, 9, 1)),
        **fields,
    )


def make_staff(full_name: str = "Lê Văn Giáo", *, username: str = "", password: str = PASSWORD, **fields) -> User:
    return accounts.create_staff(
        username=username or f"cb{next(_numbers)}", full_name=full_name, password=password, **fields
    )


def make_with_role(kind: str, full_name: str = "Phạm Thị Chức", *, school=None, unit=None, **fields) -> User:
    user = make_staff(full_name, **fields)
    accounts.grant_role(user=user, kind=kind, school=school, unit=unit)
    user.refresh_from_db()
    return user


def make_teacher(
    school_class: SchoolClass | None = None,
    full_name: str = "Nguyễn Thị Dạy",
    *,
    kind: str = Teaching.Kind.HOMEROOM,
    can_edit_roster: bool = False,
    **fields,
) -> User:
    """A teacher of one class, its homeroom teacher unless told otherwise."""
    school_class = school_class or make_class()
    user = make_with_role(Role.Kind.TEACHER, full_name, school=school_class.school, **fields)
    Teaching.objects.create(
        user=user,
        school_class=school_class,
        kind=kind,
        can_edit_roster=can_edit_roster,
        starts_on=date(2026, 9, 1),
    )
    return user


def give_second_factor(user: User) -> str:
    """Set up TOTP for `user`; returns the secret from which `totp_now` makes codes."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def totp_now(secret: str) -> str:
    from allauth.mfa.totp.internal import auth

    return auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))


def class_of(pupil: User) -> SchoolClass:
    return Membership.objects.get(user=pupil, ends_on=None).school_class
