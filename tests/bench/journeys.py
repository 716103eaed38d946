"""The cases: each is prepared for a client once, then done again and again; a wrong answer raises."""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.bench.client import Answer, Client
from tests.bench.contents import CONTENTS

Step = Callable[[], list[Answer]]


class WrongAnswer(AssertionError):
    """The server answered, but not with what it should."""


def expect(condition: bool, answer: Answer, what: str) -> None:
    if not condition:
        raise WrongAnswer(f"{what}: {answer.status} {answer.body[:300]!r}")


@dataclass(frozen=True)
class Case:
    """`prepare(client, people)` returns the step that is measured; `iterations` of it make one round."""

    name: str
    prepare: Callable[[Client, dict], Step]
    iterations: int
    without_store: bool = False


def catalogue_anonymous(client: Client, people: dict) -> Step:
    def step():
        answer = client("GET", people["catalogue_url"])
        expect(answer.status == 200 and people["course_title"].encode() in answer.body, answer, "catalogue")
        return [answer]

    return step


def catalogue_1000(client: Client, people: dict) -> Step:
    """The first page of a list of a thousand courses, reached as a reader does: it says how many pages there are."""
    pages = -(-people["many_courses"] // 24)

    def step():
        answer = client("GET", people["many_courses_url"])
        found = answer.body.count(b'class="card') if answer.status == 200 else 0
        expect(found >= 24 and f"Page 1 of {pages}".encode() in answer.body, answer, f"24 of {pages} pages of courses")
        return [answer]

    return step


def lesson_signed_in(client: Client, people: dict) -> Step:
    client.sign_in(people["pupils"][0])

    def step():
        answer = client("GET", people["lesson_url"])
        expect(answer.status == 200 and people["lesson_title"].encode() in answer.body, answer, "lesson")
        return [answer]

    return step


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _start(client: Client, quiz: dict) -> tuple[Answer, dict]:
    answer = client(
        "POST",
        f"/api/v1/quizzes/{quiz['key']}/attempts",
        {},
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    expect(answer.status == 201, answer, "start")
    document = answer.json()
    expect({one["id"] for one in document["questions"]} == set(quiz["answers"]), answer, "the quiz's questions")
    return answer, document


def answer_save(client: Client, people: dict) -> Step:
    """One answer at a time, to questions of every type in turn; several pupils take turns, for each has a brake."""
    quiz = people["quizzes"]["10"]
    savers = []
    for key in people["savers"]:
        saver = Client(client.base).resume(key)
        saver.connection = client.connection
        _, document = _start(saver, quiz)
        savers.append((saver, f"/api/v1/attempts/{document['attempt']}/answers"))
    turns, questions = itertools.cycle(savers), itertools.cycle(quiz["answers"].items())
    numbers = itertools.count(1)

    def step():
        (saver, path), (question, value), number = next(turns), next(questions), next(numbers)
        save = {"question": question, "seq": number, "value": value, "answered_at": _now()}
        answer = saver("PUT", path, {"sent_at": _now(), "saves": [save]})
        expect(answer.status == 200 and answer.json()["saved"].get(question) == number, answer, "save")
        return [answer]

    return step


def whole_quiz(size: int) -> Callable[[Client, dict], Step]:
    """Start, one save of every answer, and submit; the score must be exact."""

    def prepare(client: Client, people: dict) -> Step:
        # Signing in is a case of its own, and each pupil has few attempts. The counting server takes from the other end.
        order = people["takers"] if client.base == people["base"] else people["takers"][::-1]
        takers = [Client(client.base).resume(key) for key in order]
        for taker in takers:
            taker.connection = client.connection
        sessions = itertools.chain.from_iterable(itertools.repeat(taker, people["attempts_each"]) for taker in takers)
        quiz = people["quizzes"][str(size)]

        def step():
            session = next(sessions)
            started, document = _start(session, quiz)
            saves = [
                {"question": question, "seq": 1, "value": value, "answered_at": _now()}
                for question, value in quiz["answers"].items()
            ]
            path = f"/api/v1/attempts/{document['attempt']}"
            saved = session("PUT", f"{path}/answers", {"sent_at": _now(), "saves": saves})
            expect(saved.status == 200 and len(saved.json()["saved"]) == size, saved, f"save of {size}")
            done = session("POST", f"{path}/submit", {}, headers={"Idempotency-Key": uuid.uuid4().hex})
            expect(done.status == 200 and float(done.json()["score"]) == size, done, "exact score")
            return [started, saved, done]

        return step

    return prepare


# What is asked stands on starter pages; five thousand other passages are beside them (tests/bench/passages.py).
QUESTIONS = (
    "mất cccd rồi giờ làm lại sao ạ",
    "e mun len muc 2 vneid thi can gi",
    "ở trọ thì đăng ký tạm trú thế nào",
    "xin ban sao giay khai sinh tren mang",
    "quên đóng tiền nguyện vọng thì có bị xóa không",
    "theo doi ho so bang ma ho so",
    "có người xưng công an gọi bắt cài app",
    "trợ cấp hưu trí xã hội nộp giấy gì ở đâu",
    "the bao hiem y te dien tu xem o dau",
    "dịch vụ công trực tuyến là gì",
)


def assistant_answer(client: Client, people: dict) -> Step:
    questions = itertools.cycle(QUESTIONS)

    def step():
        answer = client("POST", "/api/v1/assistant", {"question": next(questions), "language": "vi"})
        expect(answer.status == 200 and bool(answer.json()["passages"]), answer, "passages")
        return [answer]

    return step


def class_report(size: int) -> Callable[[Client, dict], Step]:
    def prepare(client: Client, people: dict) -> Step:
        client.sign_in(people["teacher"])
        path = people["reports"][str(size)]

        def step():
            answer = client("GET", path)
            expect(answer.status == 200 and len(answer.json()["rows"]) == size, answer, f"{size} rows")
            return [answer]

        return step

    return prepare


def sign_in(client: Client, people: dict) -> Step:
    accounts = itertools.cycle(people["pupils"][:40])

    def step():
        session = Client(client.base)
        session.connection = client.connection
        session.cookies = {"csrftoken": token}
        account = next(accounts)
        answer = session("POST", "/api/v1/session", account)
        expect(answer.status == 200 and answer.json()["user"] is not None, answer, "sign-in")
        return [answer]

    client("GET", "/api/v1/session")
    token = client.cookies["csrftoken"]
    return step


def upload_5mb(client: Client, people: dict) -> Step:
    import requests

    client.sign_in(people["editor"])
    data = b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + b"\0" * (5 * 1000 * 1000 - 24)

    def step():
        fields = {"purpose": "video", "file_name": "clip.mp4", "content_type": "video/mp4", "size": len(data)}
        begun = client("POST", "/api/v1/uploads", fields)
        expect(begun.status == 201, begun, "begin")
        upload, answers = begun.json(), [begun]
        for number in range(1, upload["part_count"] + 1):
            part = client("GET", f"/api/v1/uploads/{upload['id']}/parts/{number}")
            expect(part.status == 200, part, "part")
            piece = data[(number - 1) * upload["part_size"] : number * upload["part_size"]]
            requests.put(part.json()["url"], data=piece, timeout=60).raise_for_status()
            answers.append(part)
        done = client("POST", f"/api/v1/uploads/{upload['id']}/complete")
        expect(done.status == 200 and done.json()["state"] in {"stored", "ready"}, done, "complete")
        return [*answers, done]

    return step


# As people type: a service, a short form, without marks, two services, a slip, with what was chosen beside.
SEARCHED = (
    "q=c%C4%83n+c%C6%B0%E1%BB%9Bc",
    "q=bhyt",
    "q=dang+ky+tam+tru",
    "q=n%E1%BB%99p+l%E1%BB%87+ph%C3%AD",
    "q=vnied",
    "q=khai+sinh&format=guide&audio=1",
    "audience=nguoi-cao-tuoi&topic=ho-tich",
)


def search_5000(client: Client, people: dict) -> Step:
    """A search page among 5,000 published things, with the counts of its facets; another search each time."""
    turns = itertools.cycle(SEARCHED)

    def step():
        answer = client("GET", f"/vi/search/?{next(turns)}")
        expect(
            answer.status == 200 and b'class="hit"' in answer.body and b'class="facet"' in answer.body, answer, "hits"
        )
        return [answer]

    return step


def language_board_500(client: Client, people: dict) -> Step:
    """The editors' board of 500 contents on one page."""
    client.sign_in(people["editor"])

    def step():
        answer = client("GET", "/admin/languages/board/")
        expect(answer.status == 200 and answer.body.count(b"<tr") > CONTENTS, answer, f"{CONTENTS} rows")
        return [answer]

    return step


CASES = [
    Case("catalogue_anonymous", catalogue_anonymous, 1000),
    Case("catalogue_1000", catalogue_1000, 1000),
    Case("lesson_signed_in", lesson_signed_in, 250),
    Case("answer_save", answer_save, 300),
    Case("quiz_of_ten", whole_quiz(10), 60),
    Case("quiz_of_forty", whole_quiz(40), 60),
    Case("class_report_40", class_report(40), 150),
    Case("class_report_400", class_report(400), 120),
    Case("class_report_2000", class_report(2000), 60),
    Case("sign_in", sign_in, 30),
    Case("assistant_answer", assistant_answer, 100),
    Case("search_5000", search_5000, 70),
    Case("language_board_500", language_board_500, 10),
    Case("upload_5mb", upload_5mb, 30, without_store=True),
]
