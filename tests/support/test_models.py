"""What the tables of support refuse, whoever writes to them."""

import uuid
from datetime import date, timedelta

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from support.models import Survey, Ticket, Visit
from tests.factories.constraints import once, refused
from tests.factories.schools import make_staff, make_unit

pytestmark = pytest.mark.django_db


def ticket(code: str = "K7M2P9QX", **fields) -> Ticket:
    fields = {"source": Ticket.Source.FORM, "language": "vi", "question": "Làm căn cước cho con ở đâu?"} | fields
    return Ticket.objects.create(code=code, **fields)


def test_a_ticket_is_followed_by_a_code_of_its_own():
    made = ticket()
    assert made.state == Ticket.State.NEW
    with refused(once("support_ticket_code_.*", "support_ticket.code")):
        ticket()


def test_an_answered_ticket_says_when():
    with refused("answered_has_a_time"):
        ticket(state=Ticket.State.ANSWERED, answer="Ở Công an xã.")
    made = ticket(state=Ticket.State.ANSWERED, answer="Ở Công an xã.", answered_at=timezone.now())
    with refused("answered_has_a_time"):
        Ticket.objects.filter(pk=made.pk).update(answered_at=None)
    ticket("CHUATRALOI", state=Ticket.State.CLOSED, reason=Ticket.Reason.UNCLEAR)


@pytest.mark.parametrize("days", [0, -1])
def test_a_survey_closes_after_it_opens(days):
    opens = timezone.now()
    with refused("survey_closes_after_it_opens"):
        Survey.objects.create(
            slug="hai-long", title="Mức độ hài lòng", opens_at=opens, closes_at=opens + timedelta(days=days)
        )


def test_a_survey_may_have_no_end():
    now = timezone.now()
    for slug, fields in {"a": {}, "b": {"opens_at": now}, "c": {"closes_at": now}}.items():
        assert Survey.objects.create(slug=slug, title="Ý kiến", **fields).pk
    with refused(once("support_survey_slug_.*", "support_survey.slug")):
        Survey.objects.create(slug="a", title="Ý kiến khác")


def visit(member, **fields) -> Visit:
    fields = {
        "visit_id": uuid.uuid4(),
        "unit": make_unit(),
        "on": date(2026, 11, 20),
        "procedure_code": "dang-ky-khai-sinh",
        "age_band": "60_up",
        "language": "vi",
    } | fields
    return Visit.objects.create(member=member, **fields)


def test_a_visit_sent_twice_from_a_phone_without_signal_is_one():
    member = make_staff()
    first = visit(member)
    with refused(once("support_visit_visit_id_.*", "support_visit.visit_id")):
        visit(member, visit_id=first.visit_id)


def test_a_visit_has_no_place_for_who_was_visited():
    """Service, age band, language, difficulty; never a name, a number, an address (plan III.3.a)."""
    assert {field.name for field in Visit._meta.get_fields()} == {
        "id", "visit_id", "seq", "member", "unit", "on", "procedure_code", "age_band", "language", "people", "difficulty",
        "note", "ticket", "received_at", "changed_at", "withdrawn_at",
    }  # fmt: skip


def test_who_made_the_visit_is_kept():
    made = visit(make_staff())
    for kept in (made.member, made.unit):
        with pytest.raises(ProtectedError):
            kept.delete()
