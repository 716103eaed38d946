"""The attempts API as scripts and other people's programs see it (contract.md)."""

import json
import uuid
from copy import deepcopy
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from quizzes import limits
from quizzes.models import Attempt
from tests.factories import quizzes as make

pytestmark = pytest.mark.django_db
FORBIDDEN = {"correct", "right", "fraction", "feedback", "explanation", "is_correct", "why"}


def keys_in(document):
    if isinstance(document, dict):
        return set(document) | {key for value in document.values() for key in keys_in(value)}
    if isinstance(document, list):
        return {key for value in document for key in keys_in(value)}
    return set()


class Browser:
    """A signed-in person's calls."""

    def __init__(self, user, **options):
        self.client = Client(**options)
        if user:
            self.client.force_login(user)

    def start(self, quiz_key, key="a key", **headers):
        headers = {"Idempotency-Key": key, **headers} if key is not None else headers
        return self.client.post(f"/api/v1/quizzes/{quiz_key}/attempts", headers=headers)

    def save(self, attempt, answers, seq=1, **more):
        now = timezone.now().isoformat()
        saves = [
            {"question": question, "seq": seq, "value": value, "answered_at": now}
            for question, value in answers.items()
        ]
        return self.put(attempt, {"sent_at": now, "saves": saves, **more})

    def put(self, attempt, body):
        body = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.put(f"/api/v1/attempts/{attempt}/answers", body, content_type="application/json")

    def submit(self, attempt, **headers):
        return self.client.post(f"/api/v1/attempts/{attempt}/submit", headers=headers)

    def read(self, attempt):
        return self.client.get(f"/api/v1/attempts/{attempt}")


@pytest.fixture(scope="module")
def quiz_made(shared_database):
    quiz = make.quiz([make.question(), make.true_false(), make.multiple()], time_limit_minutes=15)
    make.opening(quiz)
    return quiz


@pytest.fixture
def quiz(db, quiz_made):
    return deepcopy(quiz_made)


@pytest.fixture
def browser(pupil):
    return Browser(pupil)


def is_problem(answer, status, code=None):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert document["detail"]
    if code:
        assert document["code"] == code
    return document


def test_start_resume_save_read_submit(browser, quiz):
    first = browser.start(quiz.quiz_key)
    assert first.status_code == 201
    started = first.json()
    assert set(started) >= {"attempt", "number", "started_at", "deadline", "grace_seconds", "questions"}
    assert started["grace_seconds"] == 120
    for question in started["questions"]:
        assert set(question) == {"id", "type", "stem", "options"}
        assert all(set(option) == {"id", "text"} for option in question["options"])

    again = browser.start(quiz.quiz_key, key="another key")
    assert again.status_code == 200
    assert again.json()["questions"] == started["questions"]

    right = make.right_answers(quiz)
    saved = browser.save(started["attempt"], right)
    assert saved.status_code == 200
    assert saved.json()["saved"] == dict.fromkeys(right, 1)
    assert saved.json()["server_time"].endswith("Z")

    read = browser.read(started["attempt"]).json()
    assert read["state"] == "open"
    assert read["answers"] == {question: {"seq": 1, "value": value} for question, value in right.items()}
    assert "receipt" not in read
    assert {key: read[key] for key in ("attempt", "number", "questions", "deadline")} == {
        key: started[key] for key in ("attempt", "number", "questions", "deadline")
    }

    submitted = browser.submit(started["attempt"], **{"Idempotency-Key": "s"})
    assert submitted.status_code == 200
    slip = submitted.json()
    assert (slip["answered"], slip["score"], slip["max_score"]) == (3, 3, 3)
    assert browser.submit(started["attempt"], **{"Idempotency-Key": "other"}).json() == slip
    assert browser.read(started["attempt"]).json()["receipt"] == slip["receipt"]

    closed = is_problem(browser.save(started["attempt"], right, seq=9), 409, "attempt_closed")
    assert closed["saved"] == dict.fromkeys(right, 1)
    for document in (started, read, saved.json(), browser.read(started["attempt"]).json()):
        assert not keys_in(document) & FORBIDDEN
    assert browser.start(quiz.quiz_key, key="new one").json()["number"] == 2


@pytest.mark.parametrize("key", [None, "", "x" * 201])
def test_a_start_needs_a_key_of_1_to_200_characters(key, browser, quiz):
    is_problem(browser.start(quiz.quiz_key, key=key), 422, "bad_idempotency_key")
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("key", ["x", "y" * 200, "khoá có dấu; {}", "  "])
def test_keys_are_opaque(key, browser, quiz):
    assert browser.start(quiz.quiz_key, key=key.encode().decode("latin-1")).status_code == 201


@pytest.mark.parametrize("key", ["nonsense", uuid.uuid4(), "1", "%00"])
def test_unknown_quizzes_and_attempts(key, browser, quiz):
    is_problem(browser.start(key), 404)
    is_problem(browser.save(key, {}), 404)
    is_problem(browser.submit(key), 404)
    is_problem(browser.read(key), 404)


def test_anothers_attempt_is_not_found_whatever_is_wrong_with_the_request(browser, other_pupil, teacher, quiz):
    attempt = browser.start(quiz.quiz_key).json()["attempt"]
    for user in (other_pupil, teacher):
        stranger = Browser(user)
        is_problem(stranger.read(attempt), 404)
        is_problem(stranger.put(attempt, "no json"), 404)
        is_problem(stranger.put(attempt, {"saves": [{"question": "x", "seq": -1, "value": 1}]}), 404)
        is_problem(stranger.save(attempt, make.right_answers(quiz)), 404)
        is_problem(stranger.submit(attempt, **{"Idempotency-Key": "x" * 300}), 404)
    assert Attempt.objects.get().answers == {}


def test_a_visitor_must_sign_in(quiz):
    visitor = Browser(None)
    is_problem(visitor.start(quiz.quiz_key), 401)
    is_problem(visitor.save(uuid.uuid4(), {}), 401)
    is_problem(visitor.submit(uuid.uuid4()), 401)
    is_problem(visitor.read(uuid.uuid4()), 401)


def test_without_the_csrf_token_nothing_happens(pupil, quiz):
    is_problem(Browser(pupil, enforce_csrf_checks=True).start(quiz.quiz_key), 403, "csrf")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        b"\xff\xfe",
        {},
        {"saves": 5},
        {"saves": [5]},
        {"saves": [{"question": "x"}]},
        {"saves": [{"question": "x", "seq": "1", "value": "a"}]},
        {"saves": [{"question": "x", "seq": 1.5, "value": "a"}]},
        {"saves": [{"question": "x", "seq": 1, "value": "a", "answered_at": "yesterday"}]},
        {"saves": [{"question": "x", "seq": 1, "value": "a", "answered_at": "2026-11-23T08:00:00"}]},
        {"sent_at": 12e300, "saves": []},
        {"saves": [{"question": "x", "seq": 10**30, "value": "a"}]},
    ],
)
def test_a_malformed_save_is_a_problem_and_saves_nothing(body, browser, quiz):
    attempt = browser.start(quiz.quiz_key).json()["attempt"]
    is_problem(browser.put(attempt, body), 422)
    assert Attempt.objects.get().answers == {}


def test_a_clock_of_another_age_is_no_error(browser, quiz):
    attempt = browser.start(quiz.quiz_key).json()["attempt"]
    question, value = next(iter(make.right_answers(quiz).items()))
    for seq, (sent, answered) in enumerate(
        [("1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"), ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z")], start=1
    ):
        saves = [{"question": question, "seq": seq, "value": value, "answered_at": answered}]
        answer = browser.put(attempt, {"sent_at": sent, "saves": saves})
        assert answer.json()["saved"] == {question: seq}


def test_the_first_value_of_a_sequence_number_wins_and_is_returned(browser, quiz):
    started = browser.start(quiz.quiz_key).json()
    question = next(one for one in started["questions"] if one["type"] == "single")
    first, second = (option["id"] for option in question["options"][:2])
    browser.save(started["attempt"], {question["id"]: first})
    answer = browser.save(started["attempt"], {question["id"]: second}).json()
    assert answer["saved"] == {question["id"]: 1}
    assert answer["answers"] == {question["id"]: {"seq": 1, "value": first}}


def test_several_right_answers_may_be_one_id(browser, quiz):
    started = browser.start(quiz.quiz_key).json()
    question = next(one for one in started["questions"] if one["type"] == "multiple")
    one = question["options"][0]["id"]
    assert browser.save(started["attempt"], {question["id"]: one}).status_code == 200
    assert browser.read(started["attempt"]).json()["answers"][question["id"]]["value"] == [one]


def test_an_answer_may_be_taken_back(browser, quiz):
    started = browser.start(quiz.quiz_key).json()
    right = make.right_answers(quiz)
    browser.save(started["attempt"], right)
    browser.save(started["attempt"], dict.fromkeys(right), seq=2)
    assert browser.submit(started["attempt"]).json()["answered"] == 0


def test_time_up(browser, quiz):
    attempt = browser.start(quiz.quiz_key).json()["attempt"]
    Attempt.objects.update(deadline=timezone.now() - timedelta(minutes=5))
    is_problem(browser.save(attempt, make.right_answers(quiz)), 409, "attempt_closed")
    document = browser.read(attempt).json()
    assert document["state"] == "closed"
    assert browser.submit(attempt).json()["receipt"] == document["receipt"]


def test_problems_of_a_start_speak_the_readers_language(browser, quiz):
    for attempt in range(5):
        browser.submit(browser.start(quiz.quiz_key, key=f"k{attempt}").json()["attempt"])
    said = is_problem(browser.start(quiz.quiz_key, key="last", **{"Accept-Language": "vi"}), 409, "no_attempts_left")
    assert "lượt" in said["detail"]
    said = is_problem(browser.start(quiz.quiz_key, key="last", **{"Accept-Language": "en"}), 409, "no_attempts_left")
    assert "attempts" in said["detail"]


def test_a_runaway_script_is_told_to_wait(browser, quiz, monkeypatch):
    monkeypatch.setattr(limits, "starts", limits.Brake(per_minute=6, burst=2))
    assert [browser.start(quiz.quiz_key).status_code for _ in range(2)] == [201, 200]
    answer = browser.start(quiz.quiz_key)
    is_problem(answer, 429, "too_many_requests")
    assert 1 <= int(answer["Retry-After"]) <= 10


# --- What a request costs the database. The user row counts; BEGIN, COMMIT and SAVEPOINT do not. ---------------------

COUNTS = [1, 3, 10]


@pytest.fixture
def counted(django_assert_num_queries):
    """The statements of a block, without those of the transaction."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    class Statements(CaptureQueriesContext):
        @property
        def sql(self):
            words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
            return [one["sql"] for one in self.captured_queries if not one["sql"].startswith(words)]

        @property
        def writes(self):
            return [sql for sql in self.sql if sql.startswith(("INSERT", "UPDATE", "DELETE"))]

    return lambda: Statements(connection)


@pytest.mark.slow
@pytest.mark.parametrize("questions", COUNTS)
def test_statements_of_an_attempt(questions, pupil, counted):
    quiz = make.quiz(questions, time_limit_minutes=15)
    make.opening(quiz)
    browser = Browser(pupil)
    browser.submit(browser.start(quiz.quiz_key, key="warms the paper").json()["attempt"])
    right = make.right_answers(quiz)
    with counted() as starting:
        attempt = browser.start(quiz.quiz_key).json()["attempt"]
    # user; classes of today; openings with the current paper; attempts so far; the new attempt
    assert len(starting.sql) == 5, starting.sql
    with counted() as saving:
        assert browser.save(attempt, right).status_code == 200
    # user; the attempt, locked; its answers
    assert (len(saving.sql), len(saving.writes)) == (3, 1), saving.sql
    with counted() as replaying:
        assert browser.save(attempt, right).status_code == 200
    assert (len(replaying.sql), len(replaying.writes)) == (2, 0)
    with counted() as submitting:
        assert browser.submit(attempt).json()["score"] == questions
    # user; the attempt, locked; cancelled questions; answer rows in one statement; the attempt
    assert (len(submitting.sql), len(submitting.writes)) == (5, 2), submitting.sql


def test_statements_of_a_start_with_an_allowance(pupil, counted):
    from quizzes.operations import grant_allowance

    quiz = make.quiz(3, time_limit_minutes=15)
    opening = make.opening(quiz)
    grant_allowance(opening=opening, user=pupil, extra_seconds=60, reason="Mắt kém", granted_by=None)
    browser = Browser(pupil)
    browser.submit(browser.start(quiz.quiz_key, key="warms the paper").json()["attempt"])
    with counted() as starting:
        assert browser.start(quiz.quiz_key).status_code == 201
    # one more than without: the allowances
    assert len(starting.sql) == 6, starting.sql
