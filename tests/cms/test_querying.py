"""Queries that are built once give what the plain ones give."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.utils import timezone

from cms.querying import BuiltOnce, InsertOnce, Param, UpdateOnce
from quizzes.models import Answer, Attempt, Cancellation
from quizzes.operations import start_attempt
from quizzes.permissions import openings_for, standing_of
from schools.models import Membership, User
from tests.factories import quizzes as make

pytestmark = pytest.mark.django_db

OWN = BuiltOnce(lambda: User.objects.filter(uuid=Param("key", models.UUIDField())))


@pytest.fixture
def attempt():
    quiz = make.quiz([make.question()])
    make.opening(quiz)
    return start_attempt(user=make.pupil(make.school_class()), quiz_key=quiz.quiz_key, idempotency_key="k")[0]


def test_a_model_comes_whole_and_each_call_has_its_own_values():
    first, second = make.pupil(make.school_class()), make.pupil(make.school_class("10A2"))
    for person in (first, second, first):
        found = OWN.one(key=person.uuid)
        assert (found, found.uuid, found.date_joined) == (person, person.uuid, person.date_joined)
    found.language = "en"
    found.save()
    assert OWN.one(key=first.uuid).language == "en"


def test_nothing_found_raises_and_gives_no_rows():
    import uuid

    with pytest.raises(User.DoesNotExist):
        OWN.one(key=uuid.uuid4())
    assert OWN.rows(key=uuid.uuid4()) == []


def test_json_relations_annotations_and_lists_of_values(attempt):
    built = BuiltOnce(
        lambda: (
            Attempt.objects.filter(user_id=Param("user", models.BigAutoField()))
            .select_related("opening")
            .annotate(next_number=F("number") + 1)
        )
    )
    found = built.one(user=attempt.user_id)
    assert found.questions == attempt.questions
    assert found.started_at == attempt.started_at
    assert found.next_number == 2
    assert found.opening == attempt.opening
    flat = BuiltOnce(
        lambda: Attempt.objects.filter(user_id=Param("user", models.BigAutoField())).values_list("uuid", flat=True)
    )
    assert flat.rows(user=attempt.user_id) == [attempt.uuid]


def test_one_query_each_time(attempt, django_assert_num_queries):
    key = attempt.user.uuid
    for _time in range(2):
        with django_assert_num_queries(1):
            OWN.one(key=key)


def test_the_day_is_asked_each_time():
    person = make.pupil(make.school_class())
    assert len(standing_of(person).places) == 1
    Membership.objects.filter(user=person).update(
        state=Membership.State.LEFT,
        starts_on=timezone.localdate() - timedelta(days=9),
        ends_on=timezone.localdate() - timedelta(days=1),
    )
    assert standing_of(person).places == ()


def test_a_window_that_is_new_or_gone_is_seen_at_once(attempt):
    quiz_key, user = attempt.quiz_key, attempt.user
    assert len(openings_for(user, quiz_key)) == 1
    attempt.opening.opens_at = timezone.now() + timedelta(days=1)
    attempt.opening.save()
    assert openings_for(user, quiz_key)[0].is_early(timezone.now())


@pytest.mark.parametrize("moment", [timezone.now, timezone.localdate])
def test_a_moment_in_it_is_refused(moment):
    field = "started_at" if moment is timezone.now else "started_at__date"
    built = BuiltOnce(lambda: Attempt.objects.filter(**{field: moment()}))
    with pytest.raises(TypeError, match="Param"):
        built.rows()


def test_no_value_is_refused():
    built = BuiltOnce(lambda: Cancellation.objects.filter(quiz_key=Param("quiz", models.UUIDField())))
    with pytest.raises(ValueError, match="quiz"):
        built.rows(quiz=None)


STORE = UpdateOnce(Attempt, "answers", "score", "saved_at", "language")


def test_an_update_stores_what_a_plain_one_stores(attempt, django_assert_num_queries):
    other = start_attempt(user=make.pupil(make.school_class("10A2")), quiz_key=attempt.quiz_key, idempotency_key="k")[0]
    now = timezone.now()
    for values in (
        {"answers": {"đ": ["a", 1, None]}, "score": None, "saved_at": now, "language": "en"},
        {"answers": {}, "score": None, "saved_at": None, "language": "vi"},
    ):
        with django_assert_num_queries(1):
            STORE(attempt.pk, **values)
        attempt.refresh_from_db()
        assert {name: getattr(attempt, name) for name in values} == values
    other.refresh_from_db()
    assert (other.answers, other.saved_at) == ({}, None)


def test_an_update_wants_every_column(attempt):
    with pytest.raises(TypeError, match="answers"):
        STORE(attempt.pk, answers={})


def test_the_databases_rules_hold_for_it(attempt):
    with pytest.raises(IntegrityError), transaction.atomic():
        STORE(attempt.pk, answers={}, score=Decimal(7), saved_at=None, language="vi")


KEEP, KEEP_ANSWERS = InsertOnce(Cancellation, with_key=True), InsertOnce(Answer)


def test_an_insert_keeps_what_a_plain_one_keeps(attempt, django_assert_num_queries):
    """Whatever their number; defaults and times of their own are set, and where it is wished the keys come back."""
    for number in (1, 3, 1, 0):
        made = [Cancellation(quiz_key=uuid4(), question_key=uuid4(), reason="Đề in sai") for _one in range(number)]
        with django_assert_num_queries(min(number, 1)):
            KEEP(made)
        for one in made:
            kept = Cancellation.objects.get(pk=one.pk)
            assert (kept.uuid, kept.quiz_key, kept.reason, kept.at) == (one.uuid, one.quiz_key, "Đề in sai", one.at)
            assert (kept.withdrawn_at, one._state.adding) == (None, False)
    now = timezone.now()
    given: list[tuple[object, Decimal | None]] = [
        (["đ", {"a": 1.5}], Decimal("0.25")),
        ("70000", None),
        (7, Decimal(1)),
    ]
    rows = [
        Answer(attempt=attempt, question_key=uuid4(), value=value, seq=seq, answered_at=now, fraction=fraction)
        for seq, (value, fraction) in enumerate(given, 32_767)
    ]
    KEEP_ANSWERS(rows)
    columns = ("question_key", "value", "seq", "answered_at", "fraction", "points", "late")
    kept = attempt.answer_rows.order_by("seq").values_list(*columns)
    assert list(kept) == [tuple(getattr(row, column) for column in columns) for row in rows]
    with pytest.raises(IntegrityError), transaction.atomic():
        KEEP_ANSWERS(rows[:1])


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="about the engine of PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_postgresql_is_not_asked_whether_it_is_there_until_it_says_otherwise():
    person = make.pupil(make.school_class())
    for _time in range(5):
        OWN.one(key=person.uuid)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%schools_user%'")
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    assert connection.is_usable()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    other.close()
    assert not connection.is_usable()
    # As at the beginning of a request.
    connection.close_if_unusable_or_obsolete()
    connection.health_check_enabled = True
    assert OWN.one(key=person.uuid) == person
