"""The audit log: what is in an event, that nothing in it can be changed, and that the work of staff is in it."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from cms.audit.models import AppendOnly, AuditEvent
from cms.audit.operations import record
from schools.models import School, Unit, User
from tests.factories import schools as make
from tests.factories.cms import (
    EditorFactory,
    GuidePageFactory,
    HomePageFactory,
    LocaleFactory,
    ProcedureFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


def event(**fields) -> AuditEvent:
    return record(actor=None, action="try", target_kind="thing", target_key="1", **fields)


@pytest.fixture
def chief(as_user, db):
    return as_user(User.objects.create_superuser("quan-tri"))


def actions() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "target_key"))


@pytest.mark.slow
def test_an_event_names_its_school_year_and_its_request(as_user, school_admin, teacher):
    make.school_year("2026-2027")
    answer = as_user(school_admin).post(
        f"/vi/schools/people/{teacher.uuid}/password/", headers={"X-Request-ID": "yeu-cau-0001"}
    )
    assert answer.status_code == 200
    made = AuditEvent.objects.get(action="reset_password")
    assert (made.school_year, made.request_id) == ("2026-2027", "yeu-cau-0001")
    assert made.actor == school_admin.uuid


def test_outside_of_a_request_and_before_any_calendar_both_are_empty():
    made = event()
    assert (made.school_year, made.request_id) == ("", "")


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.save(),
        lambda made: made.delete(),
        lambda made: AuditEvent.objects.update(action="other"),
        lambda made: AuditEvent.objects.filter(pk=made.pk).delete(),
        lambda made: AuditEvent.objects.bulk_update([made], ["action"]),
        lambda made: AuditEvent.objects.update_or_create(pk=made.pk, defaults={"action": "other"}),
        lambda made: AuditEvent(pk=made.pk, action="other").save(),
    ],
)
def test_an_event_is_never_changed_or_taken_away(change):
    made = event()
    with pytest.raises((AppendOnly, DatabaseError)), transaction.atomic():
        change(made)
    assert AuditEvent.objects.get(pk=made.pk).action == "try"


@pytest.mark.parametrize("statement", ["UPDATE audit_auditevent SET action = 'other'", "DELETE FROM audit_auditevent"])
def test_the_database_itself_refuses(statement):
    event()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.get().action == "try"


@pytest.mark.slow
def test_publishing_and_taking_down_a_page_are_in_the_log(as_user):
    guide, reviewer = GuidePageFactory(), EditorFactory("Reviewers")
    client = as_user(reviewer)
    guide.title = "Bản mới"
    guide.save_revision(user=reviewer).publish(user=reviewer)
    assert client.post(f"/admin/pages/{guide.pk}/unpublish/").status_code == 302
    kept = AuditEvent.objects.filter(actor=reviewer.uuid).order_by("pk")
    assert [made.action for made in kept] == ["page_renamed", "page_published", "page_unpublished"]
    assert {made.target_key for made in kept} == {str(guide.translation_key)}
    assert kept[1].detail["language"] == "vi"
    assert kept[2].request_id


@pytest.mark.slow
def test_a_draft_is_not(as_user):
    guide = GuidePageFactory()
    before = AuditEvent.objects.count()
    guide.save_revision(user=EditorFactory(), log_action=True)
    assert AuditEvent.objects.count() == before


@pytest.mark.slow
def test_beginning_a_translation_is_in_the_log(as_user):
    english = LocaleFactory("en")
    HomePageFactory("en")
    guide, editor = GuidePageFactory(), EditorFactory()
    as_user(editor).post(f"/admin/localize/submit/page/{guide.pk}/", {"locales": [english.pk], "include_subtree": ""})
    begun = AuditEvent.objects.filter(action="page_translation_begun", actor=editor.uuid)
    assert str(guide.translation_key) in begun.values_list("target_key", flat=True)


def test_units_and_schools_are_in_the_log(chief):
    unit = make.make_unit("Xã Thử")
    form = {"code": "X9", "name": "Xã Mới", "kind": "commune", "parent": make.province().pk}
    assert chief.post(reverse("unit:add"), form).status_code == 302
    made = Unit.objects.get(code="X9")
    assert chief.post(reverse("unit:edit", args=[made.pk]), form | {"name": "Xã Khác"}).status_code == 302
    school = {"name": "Trường Mới", "code": "MOI", "kind": "thpt", "unit": unit.pk}
    assert chief.post(reverse("school:add"), school).status_code == 302
    school_pk = School.objects.get(code="MOI").pk
    assert chief.post(reverse("school:edit", args=[school_pk]), school | {"name": "Trường Khác"}).status_code == 302
    assert chief.post(reverse("school:delete", args=[school_pk])).status_code == 302
    assert actions() == [
        ("unit_created", "X9"),
        ("unit_changed", "X9"),
        ("school_created", "MOI"),
        ("school_changed", "MOI"),
        ("school_deleted", "MOI"),
    ]
    assert set(AuditEvent.objects.values_list("actor_label", flat=True)) == {"quan-tri"}


def test_words_and_procedures_are_in_the_log(as_user):
    topic, editor = TopicFactory(), EditorFactory()
    ProcedureFactory()
    url = reverse("wagtailsnippets_vocabulary_topic:edit", args=[topic.pk])
    form = {"name": "Cư trú mới", "slug": topic.slug, "position": "1"}
    saved = as_user(editor).post(url, form)
    assert saved.status_code == 302, saved.context["form"].errors
    made = AuditEvent.objects.get(action="topic_changed")
    assert (made.actor, made.target_key) == (editor.uuid, str(topic.translation_key))


def test_an_account_is_named_by_its_username_only(chief, teacher):
    from wagtail.log_actions import log

    log(instance=teacher, action="wagtail.edit", user=User.objects.get(username="quan-tri"))
    made = AuditEvent.objects.get(action="account_changed")
    assert (made.target_key, made.target_label) == (str(teacher.uuid), teacher.username)
