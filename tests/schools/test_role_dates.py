"""Roles begin and end by their dates: the back end, its second factor and the sessions follow."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from schools.models import Role, User
from schools.operations.accounts import end_role, grant_role
from schools.permissions import needs_totp
from schools.tasks import settle_roles
from tests.factories import schools as make

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def in_group(user) -> bool:
    return user.groups.filter(name="Editors").exists()


def signed_in(client) -> bool:
    return client.get("/api/v1/session").json()["user"] is not None


@pytest.mark.slow
def test_an_expired_editor_is_out_the_next_day(editor, as_user):
    today = timezone.localdate()
    client = as_user(editor)
    assert client.get("/admin/").status_code == 200
    Role.objects.filter(user=editor).update(starts_on=today - 9 * DAY, ends_on=today - DAY)
    assert settle_roles() == {"groups": 1, "sessions": 1}
    assert not in_group(editor)
    assert not signed_in(client)
    assert as_user(User.objects.get(pk=editor.pk)).get("/admin/").status_code == 302
    assert settle_roles() == {"groups": 0, "sessions": 0}


def test_a_role_that_is_over_or_has_not_begun_opens_nothing(teacher):
    today = timezone.localdate()
    grant_role(user=teacher, kind="editor", starts_on=today - 9 * DAY, ends_on=today - DAY)
    grant_role(user=teacher, kind="editor", starts_on=today + DAY)
    assert not in_group(teacher)
    Role.objects.filter(user=teacher, kind="editor", ends_on=None).update(starts_on=today)
    assert settle_roles()["groups"] == 1
    assert in_group(teacher)


def test_a_role_that_ends_next_week_keeps_the_group_until_then(editor):
    end_role(role=editor.roles.get(), on=timezone.localdate() + 7 * DAY)
    assert in_group(editor)
    end_role(role=editor.roles.get())
    assert not in_group(editor)


def test_two_roles_of_a_kind_give_one_group_that_lasts_as_long_as_either(editor):
    other = grant_role(user=editor, kind="editor", unit=make.province())
    end_role(role=editor.roles.get(unit=None))
    assert in_group(editor)
    other.delete()
    assert not in_group(editor)


def test_who_was_put_into_a_group_by_hand_stays(teacher):
    teacher.groups.add(Group.objects.get(name="Editors"))
    assert settle_roles() == {"groups": 0, "sessions": 0}
    assert in_group(teacher)


def test_whoever_may_enter_the_back_end_needs_the_second_factor(teacher, as_user):
    assert not needs_totp(teacher)
    client = as_user(teacher)
    teacher.groups.add(Group.objects.get(name="Editors"))
    assert not signed_in(client), "begun without it"
    assert needs_totp(User.objects.get(pk=teacher.pk))
    other = make.make_staff()
    client = as_user(other)
    Group.objects.get(name="Reviewers").user_set.add(other)
    assert not signed_in(client)


@pytest.mark.parametrize("with_factor", [False, True])
def test_a_role_that_begins_today_ends_sessions_begun_without_the_factor(teacher, as_user, with_factor):
    today = timezone.localdate()
    grant_role(user=teacher, kind="juror", starts_on=today + DAY)
    teacher.refresh_from_db()
    if with_factor:
        make.give_second_factor(teacher)
    client = as_user(teacher)
    User.objects.filter(pk=teacher.pk).update(last_login=timezone.now() - 2 * DAY)
    assert settle_roles()["sessions"] == 0
    Role.objects.filter(user=teacher, kind="juror").update(starts_on=today)
    assert settle_roles()["sessions"] == (0 if with_factor else 1)
    assert signed_in(client) is with_factor
