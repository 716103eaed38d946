"""The API's own document: real answers of every call are what it says, and it says nothing less than they hold."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from schools.models import Unit
from support.operations.surveys import close_survey, publish_results
from tests.factories import contests, stage, surveys, works
from tests.factories import courses as make
from tests.factories import schools as people
from tests.factories.media import UploaderFactory
from tests.factories.quizzes import multiple, question, right_answers, true_false
from tests.factories.quizzes import quiz as make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(client) -> dict:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json()


class Caller:
    """Calls by the path as the document writes it, and compares each answer with the document."""

    def __init__(self, document: dict):
        self.document = document
        self.seen: set[tuple[str, str]] = set()
        self.client = Client()

    def __call__(self, method: str, path: str, *, status: int, body=None, query: str = "", headers=None, **ids):
        answer = self.client.generic(
            method,
            "/api/v1" + path.format(**ids) + query,
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=headers or {},
        )
        assert answer.status_code == status, answer.content
        self.seen.add((method.lower(), path))
        declared = self.document["paths"]["/api/v1" + path][method.lower()]["responses"]
        response = declared.get(str(status)) or declared["default"]
        if status in {204, 304}:
            assert answer.content == b""
            return answer
        kind = answer["Content-Type"].partition(";")[0]
        schema = response["content"][kind]["schema"] | {"components": self.document["components"]}
        faults = list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(answer.json()))
        assert not faults, [f"{fault.json_path}: {fault.message}" for fault in faults]
        return answer


@pytest.fixture
def call(document) -> Caller:
    return Caller(document)


def test_every_call_has_a_schema_for_what_it_answers(document):
    bare = [
        f"{method} {path} {status}"
        for path, calls in document["paths"].items()
        for method, one in calls.items()
        for status, response in one["responses"].items()
        if status not in {"204", "304"} and not response.get("content")
    ]
    assert bare == []
    assert all(one["summary"] for calls in document["paths"].values() for one in calls.values())


def test_the_idempotency_key_is_documented(document):
    def key_of(path):
        found = document["paths"][path]["post"]["parameters"]
        return next(one for one in found if one["name"] == "Idempotency-Key")

    start, submit = key_of("/api/v1/quizzes/{key}/attempts"), key_of("/api/v1/attempts/{id}/submit")
    assert (start["in"], start["required"], submit["required"]) == ("header", True, False)
    assert (start["schema"]["minLength"], start["schema"]["maxLength"]) == (1, 200)


def session_calls(call: Caller):
    pupil = people.make_pupil(code="0012345")
    account = {
        "school_code": people.class_of(pupil).school.code,
        "username": "0012345",
        "password": people.PIN,
    }
    assert call("GET", "/session", status=200).json() == {"user": None}
    call("POST", "/session", status=401, body=account | {"password": "000000"})
    call("POST", "/session", status=422, body={"username": "x"})
    signed_in = call("POST", "/session", status=200, body=account).json()
    assert call("GET", "/session", status=200).json() == signed_in
    assert signed_in["user"]["school"]["code"] == account["school_code"]
    call("DELETE", "/session", status=204)


def quiz_calls(call: Caller, pupil, other_pupil, quiz):
    start, one = "/quizzes/{key}/attempts", "/attempts/{id}"
    call.client.force_login(pupil)
    call("POST", start, status=422, key=quiz.quiz_key)
    call("POST", start, status=404, key=pupil.uuid, headers={"Idempotency-Key": "k"})
    begun = call("POST", start, status=201, key=quiz.quiz_key, headers={"Idempotency-Key": "k"}).json()
    assert {question["type"] for question in begun["questions"]} == {"single", "multiple", "true_false"}
    call("POST", start, status=200, key=quiz.quiz_key, headers={"Idempotency-Key": "another"})
    now, right = timezone.now().isoformat(), right_answers(quiz)
    saves = [{"question": name, "seq": 1, "value": value, "answered_at": now} for name, value in right.items()]
    body = {"sent_at": now, "saves": saves}
    call("PUT", f"{one}/answers", status=200, id=begun["attempt"], body=body)
    other = [save | {"value": None} for save in saves[:1]]
    differs = call("PUT", f"{one}/answers", status=200, id=begun["attempt"], body=body | {"saves": other}).json()
    assert differs["answers"], "the same number with another value tells what is kept"
    call("PUT", f"{one}/answers", status=422, id=begun["attempt"], body={"saves": "all"})
    call("GET", one, status=200, id=begun["attempt"])
    told = call("POST", f"{one}/check", status=200, id=begun["attempt"], body={"question": saves[0]["question"]}).json()
    assert told["verdict"] == "right"
    assert call("POST", f"{one}/submit", status=200, id=begun["attempt"]).json()["score"] == len(right)
    call("POST", f"{one}/submit", status=422, id=begun["attempt"], headers={"Idempotency-Key": "x" * 201})
    assert call("PUT", f"{one}/answers", status=409, id=begun["attempt"], body=body).json()["saved"]
    assert call("GET", one, status=200, id=begun["attempt"]).json()["receipt"]
    over = call("POST", start, status=200, key=quiz.quiz_key, headers={"Idempotency-Key": "k"}).json()
    assert over["state"] != "open"
    call.client.force_login(other_pupil)
    call("GET", one, status=404, id=begun["attempt"])
    call.client.logout()
    call("GET", one, status=401, id=begun["attempt"])


def survey_calls(call: Caller):
    open_one = surveys.open_preset()
    call("GET", "/surveys/{slug}", status=200, slug=open_one.slug, query="?language=en")
    call("GET", "/surveys/{slug}", status=404, slug="khong-co")
    answers = {"key": str(uuid4()), "version": 1, "values": surveys.SATISFIED | {"vuong-o-dau": ["dang-nhap"]}}
    for status in (201, 200):
        call("POST", "/surveys/{slug}/answers", status=status, slug=open_one.slug, body=answers)
    call("POST", "/surveys/{slug}/answers", status=422, slug=open_one.slug, body=answers | {"values": {}})
    call("GET", "/surveys/{slug}/results", status=404, slug=open_one.slug)
    for _one in range(5):
        surveys.answer(open_one)
    closed = close_survey(survey=open_one, actor=None)
    publish_results(survey=closed, actor=None, public=True)
    call("GET", "/surveys/{slug}/results", status=200, slug=open_one.slug)


def visit_calls(call: Caller, member, pupil):
    asked = {"id": str(member.uuid), "seq": 1, "on": str(timezone.localdate()), "age_band": "60_up", "asks": True}
    written = [
        {**asked, "procedure": "khac", "difficulty": "fear"},
        {**asked, "id": str(pupil.uuid), "procedure": "xx"},
    ]
    call("PUT", "/visits", status=404, body={"visits": []})
    call.client.force_login(member)
    kept = call("PUT", "/visits", status=200, body={"member": str(member.uuid), "visits": written}).json()
    assert kept["visits"][0]["desk"]["state"] == "new" and kept["refused"][0]["reason"] == "unknown_procedure"
    call("PUT", "/visits", status=409, body={"member": str(pupil.uuid), "visits": []})
    call("PUT", "/visits", status=422, body={"visits": [{}]})
    assert call("GET", "/visits", status=200).json()["visits"] == kept["visits"]
    call.client.force_login(pupil)
    call("GET", "/visits", status=404)


def course_calls(call: Caller, pupil, course, lesson):
    call.client.force_login(pupil)
    assert call("GET", "/courses", status=200, query="?language=vi").json()["count"] == 1
    call("GET", "/courses", status=422, query="?language=xx")
    call("GET", "/courses/{key}", status=200, key=course.translation_key)
    call("GET", "/courses/{key}", status=404, key=pupil.uuid)
    call("GET", "/materials", status=200, query="?language=vi&q=cong")
    call("GET", "/materials", status=422, query="?language=xx")
    call("POST", "/assistant", status=200, body={"question": "bước đầu tiên là tìm đúng thủ tục", "language": "vi"})
    call("POST", "/assistant", status=422, body={"question": "x" * 5000})
    survey_calls(call)
    visit_calls(call, people.make_with_role("community_member", "Lò Văn Tổ", unit=people.make_unit()), pupil)
    kept = call("GET", "/offline/{key}", status=200, key=lesson.translation_key, query="?language=vi").json()
    assert kept["size"] == sum(one["size"] for one in kept["pages"] + kept["files"]) and kept["url"] == lesson.url
    call("GET", "/offline/{key}", status=404, key=pupil.uuid)
    event = {"id": str(pupil.uuid), "kind": "opened", "block": None, "at": timezone.now().isoformat()}
    progress = "/lessons/{key}/progress"
    call("PUT", progress, status=200, key=lesson.translation_key, body={"events": [event]})
    call("PUT", progress, status=422, key=lesson.translation_key, body={"events": [{}]})


def status_calls(call: Caller, teacher, given):
    status = "/classes/{id}/assignments/{assignment}/status"
    ids = {"id": given.school_class.uuid, "assignment": given.uuid}
    call.client.force_login(teacher)
    found = call("GET", status, status=200, **ids)
    assert len(found.json()["rows"]) == 3
    call("GET", status, status=304, headers={"If-None-Match": found["ETag"]}, **ids)
    call("GET", status, status=404, **ids | {"id": given.uuid})


def upload_calls(call: Caller):
    call.client.force_login(UploaderFactory())
    fields = {"purpose": "video", "file_name": "clip.mp4", "content_type": "video/mp4", "size": 6_000_000}
    call("POST", "/uploads", status=422, body={})
    upload = {"upload_id": call("POST", "/uploads", status=201, body=fields).json()["id"]}
    call("GET", "/uploads", status=200, query=f"?purpose={fields['purpose']}")
    call("GET", "/uploads/{upload_id}", status=200, **upload)
    call("GET", "/uploads/{upload_id}/parts/{number}", status=200, number=1, **upload)
    assert call("POST", "/uploads/{upload_id}/complete", status=409, **upload).json()["code"]
    call("DELETE", "/uploads/{upload_id}", status=200, **upload)


def coverage_calls(call: Caller, teacher, given):
    school = given.school_class.school
    root = Unit.objects.get(depth=1)
    call.client.force_login(people.make_with_role("province_officer", unit=root))
    assert call("GET", "/coverage", status=200).json()["scope"]["kind"] == "province"
    found = call("GET", "/coverage", status=200, query=f"?school={school.code}&school_year=2026-2027").json()
    assert found["scope"]["code"] == school.code
    call("GET", "/coverage", status=404, query="?school=KHONG-CO")
    call.client.force_login(teacher)
    call("GET", "/coverage", status=404)


def contest_calls(call: Caller, pupil):
    contest = contests.opened()
    contests.entry(contest, pupil)
    start, ids = "/contests/{slug}/rounds/{n}/attempts", {"slug": contest.slug, "n": 1}
    call.client.force_login(pupil)
    call("POST", start, status=422, **ids)
    call("POST", start, status=201, headers={"Idempotency-Key": "thi"}, **ids)
    call("POST", start, status=200, headers={"Idempotency-Key": "thi"}, **ids)
    call("POST", start, status=404, headers={"Idempotency-Key": "thi"}, **ids | {"n": 9})
    call("GET", "/contests/{slug}/standings", status=200, slug=contest.slug)
    call("GET", "/contests/{slug}/standings", status=404, slug="khong-co")
    work = works.begun(works.poster_contest(), pupil)
    files, ids = "/contests/{slug}/works/{uuid}/files", {"slug": work.contest.slug, "uuid": work.uuid}
    body = {"slot": "ap-phich", "file_name": "a.png", "content_type": "image/png", "size": 9}
    call("POST", files, status=422, body=body | {"file_name": "a.exe"}, **ids)
    begun = call("POST", files, status=201, body=body, **ids).json()
    call("POST", files, status=200, body=body, **ids)
    call("POST", files, status=404, body=body | {"slot": "khac"}, **ids)
    call("GET", files + "/{file}", status=200, file=begun["file"], **ids)
    round, (judge,), (turn,) = stage.evening(contests.secretary(), teams=1, judges=1)
    held, ids = "/contests/{slug}/stage/{n}", {"slug": round.stage.contest.slug, "n": round.number}
    call("GET", held, status=404, **ids)
    call("PUT", held + "/answers", status=404, body={"saves": []}, **ids)
    call.client.force_login(judge.user)
    lines = [{"question": one.key, "seq": 1, "value": one.value} for one in stage.lines(turn, (1, 2, 3))]
    call("PUT", held + "/answers", status=200, body={"saves": lines}, **ids)
    call("PUT", held + "/answers", status=200, body={"saves": [lines[0] | {"seq": 2}]}, **ids)
    call("PUT", held + "/answers", status=422, body={"saves": [lines[0] | {"seq": 0}]}, **ids)
    call("GET", held, status=200, **ids)


@pytest.mark.slow
def test_real_answers_are_what_the_document_says(call):
    session_calls(call)
    school_class, teacher, pupils = make.classroom(3)
    quiz = make_quiz([question(), true_false(), multiple()], time_limit_minutes=15, instant_feedback=True)
    course = make.course(1, quizzes=[quiz])
    (lesson,) = make.lessons_of(course)
    given = make.assignment(lesson, school_class, teacher, due_in=timedelta(days=3))
    quiz_calls(call, pupils[0], pupils[1], quiz)
    course_calls(call, pupils[1], course, lesson)
    status_calls(call, teacher, given)
    upload_calls(call)
    coverage_calls(call, teacher, given)
    contest_calls(call, pupils[0])
    documented = {
        (method, path.removeprefix("/api/v1")) for path, calls in call.document["paths"].items() for method in calls
    }
    assert documented - call.seen == set(), "calls whose answers no test compares with the document"
