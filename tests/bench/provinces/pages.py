"""The pages of a province as cases: `pages(client, told)` gives the steps; a wrong answer raises (see journeys)."""

import re
import uuid

from tests.bench.client import Answer, Client
from tests.bench.journeys import Step, expect


def number(value: int) -> str:
    """A number as a Vietnamese page writes it."""
    return f"{value:,}".replace(",", ".")


def _text(answer: Answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.body.decode().replace("&nbsp;", " ")))


def shows(client: Client, path: str, *texts: str) -> Step:
    """A page that holds each of `texts` somewhere in its words."""

    def step():
        answer = client("GET", path)
        said = _text(answer) if answer.status == 200 else ""
        missing = [text for text in texts if text not in said]
        expect(answer.status == 200 and not missing, answer, f"{path} without {missing}")
        return [answer]

    return step


def province_ledger(client: Client, told: dict) -> Step:
    return shows(client.resume(told["officer"]), "/vi/reports/", number(told["reached"]), number(told["roll"]))


def school_ledger(client: Client, told: dict) -> Step:
    path = f"/vi/reports/schools/{told['school']}/"
    return shows(
        client.resume(told["officer"]),
        path,
        told["school_name"],
        number(told["school_reached"]),
        *told["school_classes"],
    )


def school_page(client: Client, told: dict) -> Step:
    return shows(client.resume(told["admin"]), f"/vi/schools/{told['school']}/", *told["school_classes"])


def class_page(client: Client, told: dict) -> Step:
    path = f"/vi/teach/classes/{told['class']}/pupils/"
    return shows(client.resume(told["teacher"]), path, *told["class_pupils"])


def class_report(client: Client, told: dict) -> Step:
    client.resume(told["teacher"])

    def step():
        answer = client("GET", told["report"])
        expect(answer.status == 200 and len(answer.json()["rows"]) == len(told["class_pupils"]), answer, "class report")
        return [answer]

    return step


def lesson(client: Client, told: dict) -> Step:
    client.resume(told["pupil"])

    def step():
        answer = client("GET", told["lesson_url"])
        expect(answer.status == 200 and told["lesson_title"].encode() in answer.body, answer, "lesson")
        return [answer]

    return step


def finish_an_attempt(client: Client, told: dict, session: str) -> Answer:
    """A pupil takes the lesson's quiz without an answer and submits: from now on they are reached."""
    client.resume(session)
    _started, document = client_start(client, told)
    done = client(
        "POST", f"/api/v1/attempts/{document['attempt']}/submit", {}, headers={"Idempotency-Key": uuid.uuid4().hex}
    )
    expect(done.status == 200 and bool(done.json()["receipt"]), done, "submit")
    return done


def client_start(client: Client, told: dict) -> tuple[Answer, dict]:
    answer = client(
        "POST", f"/api/v1/quizzes/{told['quiz_key']}/attempts", {}, headers={"Idempotency-Key": uuid.uuid4().hex}
    )
    expect(answer.status in {200, 201}, answer, "start")
    return answer, answer.json()


def reached_on_the_page(client: Client, told: dict, reached: int) -> bool:
    """Whether the page of the school tells so many reached."""
    answer = client("GET", f"/vi/reports/schools/{told['school']}/")
    return number(reached) in _text(answer)
