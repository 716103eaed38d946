"""Statements and states: only the whole scores, nothing counts twice, nobody writes to another's attempt."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from django_h5p import tokens
from django_h5p.models import Attempt, Statement
from django_h5p.operations import record_statements, save_state, start_attempt
from django_h5p.problems import BadStatement, NotYours, TooLarge, TooMany
from django_h5p.signals import attempt_completed
from django_h5p.statements import activity_id


@pytest.fixture
def attempt(content, learner):
    return start_attempt(user=learner, content=content, context_kind="lesson", context_key="7")


def statement(attempt, verb="answered", raw=1, most=1, *, part="", parent=False, **fields):
    about = activity_id(attempt.content.uuid) + (f"?subContentId={part}" if part else "")
    said = {
        "id": str(uuid4()),
        "actor": {"name": "somebody else"},
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "object": {"id": about},
        "timestamp": "1999-01-01T00:00:00Z",
    }
    if raw is not None:
        said["result"] = {"score": {"raw": raw, "max": most, "min": 0}, "duration": "PT3.86S"}
    if parent:
        said["context"] = {"contextActivities": {"parent": [{"id": activity_id(attempt.content.uuid)}]}}
    return said | fields


def record(attempt, *statements, **options):
    return record_statements(attempt=attempt, statements=list(statements), **options)


def test_the_whole_gives_the_result(attempt):
    record(attempt, statement(attempt, raw=2, most=3))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.raw, attempt.max, attempt.duration_ms) == ("completed", 2, 3, 3860)
    assert attempt.success is True
    assert attempt.percent == 66.67


def test_a_part_never_does(attempt):
    part = str(uuid4())
    record(attempt, statement(attempt, part=part), statement(attempt, "completed", parent=True))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.raw) == ("started", None)
    assert sorted(Statement.objects.values_list("is_top", "sub_content_id")) == [(False, ""), (False, part)]


def test_a_late_part_changes_nothing(attempt):
    record(attempt, statement(attempt, "completed", 1, 2))
    record(attempt, statement(attempt, raw=0, part=str(uuid4()), parent=True))
    attempt.refresh_from_db()
    assert (attempt.raw, attempt.max) == (1, 2)
    assert Attempt.objects.count() == 1


def test_the_same_statement_again_changes_nothing(attempt):
    said = statement(attempt)
    assert record(attempt, said).stored == 1
    assert record(attempt, said, said).stored == 0
    assert (Statement.objects.count(), Attempt.objects.count()) == (1, 1)


def test_each_try_is_an_attempt_of_its_own(attempt):
    record(attempt, statement(attempt, raw=0))
    record(attempt, statement(attempt, raw=1))
    assert list(Attempt.objects.order_by("number").values_list("number", "raw", "state")) == [
        (1, 0, "completed"),
        (2, 1, "completed"),
    ]


def test_one_end_said_twice_is_one_end(attempt):
    record(attempt, statement(attempt, "answered", 1, 2), statement(attempt, "completed", 1, 2))
    assert Attempt.objects.count() == 1
    record(attempt, statement(attempt, "completed", 1, 2), now=timezone.now() + timedelta(minutes=5))
    assert Attempt.objects.count() == 2


@pytest.mark.parametrize(("raw", "most", "kept"), [(999, 1, 1), (-5, 2, 0), (1.5, 2, 1.5)])
def test_a_score_is_brought_into_its_range(attempt, raw, most, kept):
    record(attempt, statement(attempt, raw=raw, most=most))
    attempt.refresh_from_db()
    assert (float(attempt.raw), attempt.max) == (kept, most)


@pytest.mark.parametrize(("raw", "most"), [(1, 0), (1, -1), ("1", 1), (True, 1), (1, None), (1, 10**12)])
def test_a_score_that_is_none_ends_nothing(attempt, raw, most):
    record(attempt, statement(attempt, "answered", raw, most))
    attempt.refresh_from_db()
    assert attempt.state == "started"


def test_what_is_only_looked_at_is_completed_without_a_score(attempt):
    record(attempt, statement(attempt, "consumed", None))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.raw, attempt.success) == ("completed", None, None)


def test_the_server_says_who_and_when(attempt):
    record(attempt, statement(attempt))
    kept = Statement.objects.get().statement
    assert kept["actor"]["account"]["name"] == str(attempt.uuid)
    assert kept["timestamp"] > "2020"


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x"},
        {"id": None},
        {"verb": {}},
        {"verb": "answered"},
        {"object": {"id": "http://elsewhere/"}},
        {"object": {"id": f"http://h5p.localhost:8000/h5p/activities/{uuid4()}"}},
        {"object": None},
        {"result": {"score": {"raw": float("inf"), "max": 1}}},
        {"result": {"response": "a\0b"}},
    ],
)
def test_what_is_no_statement_about_this_is_refused_whole(attempt, change):
    with pytest.raises(BadStatement):
        record(attempt, statement(attempt), statement(attempt) | change)
    attempt.refresh_from_db()
    assert (Statement.objects.count(), attempt.state) == (0, "started")


def test_the_news_is_told_once(attempt):
    heard = []

    def hear(attempt, **kwargs):
        heard.append((attempt.number, attempt.context_key, attempt.raw))

    attempt_completed.connect(hear)
    try:
        said = statement(attempt)
        record(attempt, said)
        record(attempt, said, statement(attempt, part=str(uuid4())))
    finally:
        attempt_completed.disconnect(hear)
    assert heard == [(1, "7", 1)]


def test_a_receiver_that_fails_keeps_nothing(attempt):
    def fail(**kwargs):
        raise RuntimeError("no")

    attempt_completed.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            record(attempt, statement(attempt))
    finally:
        attempt_completed.disconnect(fail)
    attempt.refresh_from_db()
    assert (attempt.state, Statement.objects.count()) == ("started", 0)


def test_there_is_an_end_to_statements(attempt, settings):
    settings.H5P_MAX_STATEMENTS = 3
    record(attempt, *[statement(attempt, part="1") for _one in range(3)])
    with pytest.raises(TooMany):
        record(attempt, statement(attempt, part="1"))


def test_an_open_attempt_is_taken_up_and_a_completed_one_is_not(attempt, content, learner):
    def start(key="7"):
        return start_attempt(user=learner, content=content, context_kind="lesson", context_key=key)

    assert start().pk == attempt.pk
    assert start("8").pk != attempt.pk
    record(attempt, statement(attempt))
    again = start()
    assert (again.number, again.state) == (2, "started")


def test_the_site_may_say_no(content, learner, settings):
    settings.H5P_MAY_PLAY = "test_attempts.nobody"
    with pytest.raises(NotYours):
        start_attempt(user=learner, content=content)


def nobody(**asked) -> bool:
    return False


def test_a_state_is_kept_changed_and_forgotten(attempt):
    part = str(uuid4())
    for value in ('{"a": 1}', '{"a": 2}'):
        save_state(attempt=attempt, data_type="state", sub_content_id=part, value=value)
    assert list(attempt.states.values_list("sub_content_id", "value")) == [(part, '{"a": 2}')]
    save_state(attempt=attempt, data_type="state", sub_content_id=part, value=None)
    assert not attempt.states.exists()


def test_a_state_has_limits(attempt, settings):
    settings.H5P_MAX_STATE_BYTES, settings.H5P_MAX_STATES = 10, 1
    with pytest.raises(TooLarge):
        save_state(attempt=attempt, data_type="state", sub_content_id="0", value='"01234567890"')
    with pytest.raises(BadStatement):
        save_state(attempt=attempt, data_type="state", sub_content_id="0", value="{")
    with pytest.raises(BadStatement):
        save_state(attempt=attempt, data_type="x" * 65, sub_content_id="0", value="1")
    save_state(attempt=attempt, data_type="state", sub_content_id="0", value="1")
    with pytest.raises(TooMany):
        save_state(attempt=attempt, data_type="state", sub_content_id="1", value="1")


# --- By HTTP --------------------------------------------------------------------------------------------------------------


def call(attempt, what, body=None, token=None, method="post"):
    headers = {"Authorization": f"Bearer {tokens.sign_attempt(attempt.uuid) if token is None else token}"}
    client = Client(enforce_csrf_checks=True, headers=headers)
    url = f"/h5p-api/{attempt.uuid}/{what}"
    if method == "get":
        return client.get(url)
    return getattr(client, method)(url, json.dumps(body), "application/json")


def test_a_page_gets_a_token_and_writes_with_it(content, learner):
    client = Client()
    client.force_login(learner)
    place = tokens.sign_place(content=content.uuid, context_kind="lesson", context_key="7")
    begun = client.post(f"/h5p-api/{content.uuid}/attempts", json.dumps({"place": place}), "application/json").json()
    attempt = Attempt.objects.get()
    assert (begun["attempt"], begun["states"], attempt.context_key) == (str(attempt.uuid), [], "7")
    assert begun["frame"].startswith("http://h5p.localhost:8000/h5p/embed/")
    saved = call(attempt, "state", {"data_type": "state", "sub_content_id": "0", "value": "1"}, begun["token"], "put")
    assert saved.status_code == 200
    answer = call(attempt, "statements", statement(attempt), begun["token"])
    assert answer.json() | {"stored": 1, "state": "completed", "raw": 1.0, "max": 1.0} == answer.json()
    assert Client(headers={"Authorization": f"Bearer {begun['token']}"}).get(f"/h5p-api/{attempt.uuid}/state").json()[
        "states"
    ] == [{"data_type": "state", "sub_content_id": "0", "value": "1"}]


def test_beginning_needs_a_session_a_form_token_and_a_signed_place(content, learner):
    url = f"/h5p-api/{content.uuid}/attempts"
    place = json.dumps({"place": tokens.sign_place(content=content.uuid)})
    assert Client().post(url, place, "application/json").status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    assert strict.post(url, place, "application/json").status_code == 403
    client = Client()
    client.force_login(learner)
    elsewhere = json.dumps({"place": tokens.sign_place(content=uuid4())})
    for wrong in ("{}", "[]", '{"place": 3}', '{"place": "x:y"}', elsewhere):
        assert client.post(url, wrong, "application/json").status_code == 403, wrong
    assert client.post(url, "{", "application/json").status_code == 422
    assert Attempt.objects.count() == 0


def test_a_token_is_for_one_attempt_and_for_a_time(attempt, content, other, settings):
    theirs = start_attempt(user=other, content=content)
    mine = tokens.sign_attempt(attempt.uuid)
    for token in (
        "",
        "x",
        mine + "x",
        tokens.sign_attempt(theirs.uuid),
        signing.dumps(str(attempt.uuid), salt="other"),
    ):
        for what, method in (("statements", "post"), ("state", "put"), ("state", "get")):
            answer = call(attempt, what, statement(attempt), token, method)
            assert (answer.status_code, answer.json()["code"]) == (403, "token_wrong")
    settings.H5P_TOKEN_SECONDS = -1
    answer = call(attempt, "statements", statement(attempt), mine)
    assert (answer.status_code, answer.json()["code"]) == (403, "token_expired")
    assert answer["Content-Type"] == "application/problem+json"
    assert Statement.objects.count() == 0


def test_what_is_too_much_or_wrong(attempt, settings):
    assert call(attempt, "statements", {"x": "y" * 70_000}).status_code == 413
    assert call(attempt, "statements", [statement(attempt)] * 51).status_code == 422
    assert call(attempt, "statements", []).status_code == 422
    assert call(attempt, "state", {"value": 3}, method="put").status_code == 422
    assert call(attempt, "statements", method="get").status_code == 405
    settings.H5P_MAX_STATEMENTS = 0
    answer = call(attempt, "statements", statement(attempt))
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
