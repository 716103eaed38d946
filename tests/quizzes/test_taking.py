"""Taking every type without a script, checking an answer at once, no way back, sections, and what a result tells."""

import html
import json
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from media.models import Recording
from quizzes import answers, problems, queries
from quizzes.kinds import clean, kind_of
from quizzes.models import Attempt, Marking, Opening, Question, QuizSection
from quizzes.operations import check_answer, freeze_paper, save_answers, start_attempt, submit_attempt
from quizzes.papers import paper
from quizzes.sheets import preview_of
from tests.factories import quizzes as make
from tests.factories.cms import PictureFactory

pytestmark = pytest.mark.django_db
TYPES = list(make.SHAPES)
TEXT = "Em mở Cổng rồi gõ mã hồ sơ."


def browser(user):
    client = Client(headers={"Accept-Language": "vi"})
    client.force_login(user)
    return client


def of_type(type):
    fields = {"picture": PictureFactory(), "picture_alt": "Thanh địa chỉ"} if type == "hotspot" else {}
    return make.of_type(type, **fields)


def started(pupil, questions, **rules):
    quiz = make.quiz(questions, **rules)
    make.opening(quiz)
    return start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="k")[0]


def asked(attempt):
    return paper(attempt.paper_id).asked(attempt.questions)


def page_of(attempt):
    return reverse("quiz_attempt", args=[attempt.uuid])


def result_of(attempt):
    return reverse("quiz_result", args=[attempt.uuid])


def read(client, address):
    return " ".join(html.unescape(client.get(address).content.decode()).split())


def right_value(question):
    return kind_of(question).right(question) or TEXT


def wrong_value(question):
    """An answer that earns nothing."""
    type, right = question["type"], kind_of(question).right(question)
    options = [option["id"] for option in question["options"]]
    if type in {"numeric", "short", "long"}:
        return "khác"
    if type == "ordering":
        return right[::-1]
    if type == "multiple":
        return [one for one in options if one not in right]
    if type == "statements":
        return {one: not said for one, said in right.items()}
    if type in {"matching", "zones"}:
        places = [target["id"] for target in question["targets"]]
        return {one: next(place for place in places if place != target) for one, target in right.items()}
    if type == "gaps":
        wrong = next(option["id"] for option in question["options"] if not option["correct"])
        kinds = {gap["id"]: gap["kind"] for gap in question["targets"]}
        return {gap: wrong if kinds[gap] == "select" else "khác" for gap in right}
    rows = question["targets"] if type == "hotspot" else question["options"]
    return next(row["id"] for row in rows if row["id"] != right)


def posted(question, value):
    """The fields of a form that say `value`, as the templates name them."""
    one = question["id"]
    if isinstance(value, dict):
        return {f"{one}:{line}": str(said).lower() if isinstance(said, bool) else said for line, said in value.items()}
    if question["type"] == "ordering":
        return {f"{one}:{line}": str(place) for place, line in enumerate(value, start=1)}
    return {one: value}


def save(attempt, question, value, seq=1, *, at=None):
    sent = timezone.now()
    return save_answers(
        user=attempt.user, attempt_uuid=attempt.uuid, saves=[(question["id"], seq, value, at or sent)], sent_at=sent
    )


# --- Without a script ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", TYPES)
def test_a_form_without_a_script_answers_shows_and_takes_back(type, pupil):
    attempt = started(pupil, [of_type(type)])
    client, question = browser(pupil), asked(attempt)[0]
    value = clean(question, right_value(question))
    before = client.get(page_of(attempt)).content.decode()
    for name in posted(question, value):
        assert f'name="{name}"' in before
    client.post(page_of(attempt), {**posted(question, value), "save": "1"})
    attempt.refresh_from_db()
    assert attempt.answers[question["id"]]["value"] == value
    after = client.get(page_of(attempt)).content.decode()
    assert ("checked" in after or "selected" in after or str(value) in html.unescape(after)) and after != before
    client.post(page_of(attempt), {"save": "1"})
    attempt.refresh_from_db()
    assert attempt.answers[question["id"]] | {"answered_at": 0} == {"seq": 2, "value": None, "answered_at": 0}


def test_an_order_with_a_number_twice_is_not_guessed(pupil):
    attempt = started(pupil, [make.of_type("short"), make.of_type("ordering")])
    short, ordering = asked(attempt)
    form = {f"{ordering['id']}:{option['id']}": "1" for option in ordering["options"]} | {short["id"]: "VNeID"}
    client = browser(pupil)
    page = client.post(page_of(attempt), form | {"save": "1"}, follow=True)
    assert "Câu 2 chưa lưu được" in page.content.decode()
    attempt.refresh_from_db()
    assert [answer["value"] for answer in attempt.answers.values()] == ["VNeID"]


@pytest.mark.parametrize("type", TYPES)
def test_what_is_not_in_a_form_is_no_answer(type, pupil):
    question = asked(started(pupil, [of_type(type)]))[0]
    assert answers.read(question, QueryDict()) is None


def test_submitting_without_every_answer_asks_once(pupil):
    attempt = started(pupil, 3)
    client = browser(pupil)
    first = asked(attempt)[0]
    answer = client.post(page_of(attempt), {first["id"]: right_value(first), "submit": "1"})
    assert answer.url == f"{page_of(attempt)}?sure#overview"
    attempt.refresh_from_db()
    assert (attempt.is_open, attempt.answered) == (True, 1)
    assert "Còn 2 câu chưa trả lời. Vẫn nộp?" in read(client, f"{page_of(attempt)}?sure")
    client.post(page_of(attempt), {first["id"]: right_value(first), "submit": "sure"})
    attempt.refresh_from_db()
    assert attempt.state == "submitted"


# --- «Kiểm tra» ------------------------------------------------------------------------------------------------------------


class TestCheck:
    @pytest.fixture
    def attempt(self, pupil):
        return started(pupil, [make.question(), make.of_type("short"), make.of_type("long")], instant_feedback=True)

    def post(self, user, attempt, question):
        return browser(user).post(
            reverse("api:check_answer", args=[attempt.uuid]),
            json.dumps({"question": question}),
            content_type="application/json",
        )

    def test_it_tells_and_locks(self, attempt, pupil):
        question = asked(attempt)[0]
        save(attempt, question, wrong_value(question))
        told = self.post(pupil, attempt, question["id"])
        assert told.status_code == 200
        assert told.json()["verdict"] == "wrong"
        assert told.json()["explanation"] == "Địa chỉ kết thúc bằng .gov.vn."
        assert "Đáp án đúng" in told.json()["html"]
        later = save(attempt, question, right_value(question), seq=2)
        assert later.differs == {question["id"]}
        attempt.refresh_from_db()
        assert attempt.answers[question["id"]]["value"] == wrong_value(question)
        again = self.post(pupil, attempt, question["id"])
        assert again.json() == told.json()
        assert submit_attempt(user=pupil, attempt_uuid=attempt.uuid).score == 0

    def test_a_save_of_a_locked_answer_tells_what_counts(self, attempt, pupil):
        question = asked(attempt)[0]
        save(attempt, question, wrong_value(question))
        self.post(pupil, attempt, question["id"])
        body = {"saves": [{"question": question["id"], "seq": 9, "value": right_value(question)}]}
        told = browser(pupil).put(
            reverse("api:save_answers", args=[attempt.uuid]), json.dumps(body), content_type="application/json"
        )
        assert told.json()["answers"][question["id"]] == {"seq": 1, "value": wrong_value(question), "final": True}

    def test_the_page_shows_it_after_a_reload_and_the_form_leaves_it_alone(self, attempt, pupil):
        question = asked(attempt)[0]
        save(attempt, question, right_value(question))
        self.post(pupil, attempt, question["id"])
        client = browser(pupil)
        assert "Địa chỉ kết thúc bằng .gov.vn." in read(client, page_of(attempt))
        client.post(page_of(attempt), {"save": "1"})
        attempt.refresh_from_db()
        assert attempt.answers[question["id"]]["value"] == right_value(question)

    def test_without_a_script(self, attempt, pupil):
        question = asked(attempt)[0]
        form = {question["id"]: right_value(question), "check": question["id"]}
        assert browser(pupil).post(page_of(attempt), form).url == f"{page_of(attempt)}#q-1"
        attempt.refresh_from_db()
        assert attempt.answers[question["id"]]["final"]

    def test_nothing_is_told_before(self, attempt, pupil):
        first, short, _long = asked(attempt)
        save(attempt, short, "khác")
        self.post(pupil, attempt, short["id"])
        client = browser(pupil)
        page = read(client, page_of(attempt))
        document = json.dumps(client.get(reverse("api:attempt", args=[attempt.uuid])).json(), ensure_ascii=False)
        for text in (page, document):
            assert "kết thúc bằng .gov.vn" not in text
            assert "Vì dichvucong.gov.vn" not in text
        assert "tài khoản VNeID" not in document
        for name in ("correct", "right", "fraction", "feedback", "explanation", "why", "tolerance"):
            assert f'"{name}"' not in document
        assert first["id"] in document

    @pytest.mark.parametrize("which", ["unanswered", "long", "unknown"])
    def test_there_is_nothing_to_check(self, which, attempt, pupil):
        first, _short, long = asked(attempt)
        save(attempt, long, TEXT)
        question = {"unanswered": first["id"], "long": long["id"], "unknown": "x"}[which]
        told = self.post(pupil, attempt, question)
        assert told.status_code == (422 if which == "unknown" else 409)
        assert "html" not in told.json()

    def test_strangers_other_quizzes_and_ended_attempts(self, attempt, pupil, other_pupil):
        question = asked(attempt)[0]
        save(attempt, question, right_value(question))
        assert self.post(other_pupil, attempt, question["id"]).status_code == 404
        assert self.post(other_pupil, attempt, 5).status_code == 404
        assert self.post(pupil, attempt, 5).status_code == 422
        Attempt.objects.update(deadline=timezone.now() - timedelta(seconds=1))
        assert self.post(pupil, attempt, question["id"]).status_code == 409
        Attempt.objects.update(deadline=None)
        submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
        assert self.post(pupil, attempt, question["id"]).status_code == 409

    def test_only_where_the_quiz_allows_it(self, pupil):
        attempt = started(pupil, [make.question()])
        question = asked(attempt)[0]
        save(attempt, question, right_value(question))
        with pytest.raises(problems.NoInstantFeedback):
            check_answer(user=pupil, attempt_uuid=attempt.uuid, question=question["id"])
        assert "Kiểm tra</span>" not in read(browser(pupil), page_of(attempt))


# --- No way back -----------------------------------------------------------------------------------------------------------


class TestOneWay:
    @pytest.fixture
    def attempt(self, pupil):
        return started(pupil, 3, navigation="sequential")

    def test_a_question_before_the_furthest_answered_one_is_shut(self, attempt, pupil):
        Attempt.objects.update(started_at=timezone.now() - timedelta(minutes=5))
        first, second, third = asked(attempt)
        earlier = timezone.now() - timedelta(seconds=20)
        save(attempt, second, right_value(second), at=earlier)
        late = save(attempt, first, right_value(first))
        assert late.passed == {first["id"]}
        assert first["id"] not in late.attempt.answers
        assert not save(attempt, third, right_value(third), at=earlier + timedelta(seconds=10)).passed
        assert save(attempt, second, None, seq=2).passed == {second["id"]}
        attempt.refresh_from_db()
        assert attempt.answers[second["id"]]["value"] == right_value(second)

    def test_an_answer_given_before_the_later_one_is_never_lost_on_a_slow_line(self, attempt):
        Attempt.objects.update(started_at=timezone.now() - timedelta(minutes=5))
        first, second, _third = asked(attempt)
        save(attempt, second, right_value(second))
        given = timezone.now() - timedelta(seconds=30)
        assert not save(attempt, first, right_value(first), at=given).passed
        attempt.refresh_from_db()
        assert attempt.answers[first["id"]]["value"] == right_value(first)

    def test_the_api_says_so_and_keeps_the_attempt_open(self, attempt, pupil):
        Attempt.objects.update(started_at=timezone.now() - timedelta(minutes=5))
        first, second, _third = asked(attempt)
        save(attempt, second, right_value(second), at=timezone.now() - timedelta(seconds=5))
        body = {"saves": [{"question": first["id"], "seq": 1, "value": right_value(first)}]}
        told = browser(pupil).put(
            reverse("api:save_answers", args=[attempt.uuid]), json.dumps(body), content_type="application/json"
        )
        assert told.status_code == 200
        assert told.json()["passed"] == told.json()["refused"] == [first["id"]]
        attempt.refresh_from_db()
        assert attempt.is_open

    def test_without_a_script_what_is_behind_is_shut_too(self, attempt, pupil):
        first, second, _third = asked(attempt)
        client = browser(pupil)
        client.post(page_of(attempt), {second["id"]: right_value(second), "save": "1"})
        page = client.get(page_of(attempt)).content.decode()
        assert page.count("<fieldset disabled") == 1
        client.post(page_of(attempt), {first["id"]: right_value(first), second["id"]: right_value(second), "save": "1"})
        attempt.refresh_from_db()
        assert list(attempt.answers) == [second["id"]]

    def test_where_there_is_a_way_back_every_question_stays_open(self, pupil):
        attempt = started(pupil, 2)
        first, second = asked(attempt)
        save(attempt, second, right_value(second))
        assert not save(attempt, first, right_value(first)).passed


def test_sections_have_their_headings_and_introductions(pupil):
    quiz = make.quiz(2)
    quiz.sections = [QuizSection(title="Phần I", introduction="Chọn một ý.", locale=make.locale(), sort_order=0)]
    quiz.save()
    for line in quiz.quiz_questions.all():
        line.section = 1
        line.save()
    freeze_paper(quiz_key=quiz.quiz_key)
    make.opening(quiz)
    attempt, _made = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="k")
    page = read(browser(pupil), page_of(attempt))
    assert page.count("Phần I") == 2, "over its first question, and over the next where it stands alone"
    assert page.count("Chọn một ý.") == 1


# --- Results ----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("type", TYPES)
def test_a_wrong_answer_is_shown_beside_the_right_one(type, pupil):
    attempt = started(pupil, [of_type(type)])
    question = asked(attempt)[0]
    save(attempt, question, clean(question, wrong_value(question)))
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    page = read(browser(pupil), result_of(attempt))
    if type == "long":
        assert "chờ thầy/cô chấm" in page
        assert "Còn 1 câu chờ thầy/cô chấm" in page
        assert "khác" in page
        return
    assert "chưa đúng" in page or "đúng ra ở vị trí" in page
    assert "Đáp án đúng" in page or "Thứ tự đúng" in page
    assert "Đã chọn" in page or "Đã viết" in page or "Thứ tự đã xếp" in page
    assert "Xem lại bài 1." in page


@pytest.mark.slow
@pytest.mark.parametrize("type", TYPES)
def test_an_unanswered_question_says_so_and_still_tells_what_is_right(type, pupil):
    attempt = started(pupil, [of_type(type)])
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    page = read(browser(pupil), result_of(attempt))
    assert "chưa trả lời" in page
    assert ("Đáp án đúng" in page or "Thứ tự đúng" in page) == (type != "long")
    assert "Đã chọn" not in page


def test_partial_credit_is_explained(pupil):
    statements = make.of_type("statements")
    attempt = started(pupil, [statements, make.of_type("gaps")])
    first, second = asked(attempt)
    half = kind_of(first).right(first)
    half[next(iter(half))] = not half[next(iter(half))]
    save(attempt, first, half)
    save(
        attempt, second, {next(iter(kind_of(second).right(second))): next(iter(kind_of(second).right(second).values()))}
    )
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    page = read(browser(pupil), result_of(attempt))
    assert "0,75/1 điểm" in page
    assert "0,33/1 điểm" in page
    assert page.count("đúng một phần") == 2
    assert "Mỗi ý đúng được một phần điểm bằng nhau." in page


def test_what_a_teacher_gave_and_wrote_stands_in_the_result(pupil, teacher):
    attempt = started(pupil, [make.of_type("long")])
    question = asked(attempt)[0]
    save(attempt, question, TEXT)
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    Marking.objects.create(
        attempt=attempt, question_key=question["id"], fraction="0.5", comment="Viết rõ ý.", marker=teacher
    )
    page = read(browser(pupil), result_of(attempt))
    assert "0,5/1 điểm" in page
    assert "Viết rõ ý." in page


def test_a_quiz_that_tells_nothing_shows_no_score(pupil, teacher):
    attempt = started(pupil, [make.question()], feedback="nothing")
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    page = read(browser(pupil), result_of(attempt))
    assert "Điểm:" not in page
    assert "Bài đã nộp" in page
    assert "Điểm: 0/1" in read(browser(teacher), result_of(attempt))


def test_the_result_leads_on(pupil, django_assert_max_num_queries):
    attempt = started(pupil, [make.question()])
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    client = browser(pupil)
    page = read(client, result_of(attempt))
    assert "Làm lại (còn 4 lượt)" in page
    assert reverse("quiz", args=[attempt.quiz_key]) in page
    # user; attempt; markings and cancellations; the door's four; + what the page's frame asks
    with django_assert_max_num_queries(11):
        client.get(result_of(attempt))


def test_from_straight_after_the_quiz_the_heading_is_read_first(pupil):
    attempt = started(pupil, [make.question()])
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    client = browser(pupil)
    came = client.get(result_of(attempt), headers={"Referer": f"http://testserver{page_of(attempt)}"})
    assert "autofocus" in came.content.decode()
    assert "autofocus" not in client.get(result_of(attempt)).content.decode()


def test_a_formula_is_mathml_in_every_text(pupil):
    question = make.question(r"Tính \(\frac{1}{2}\).", ((r"\(x^2\)", True), (r"\(x^3\)", False)))
    question.explanation = r"Vì \(x^2\)."
    question.save()
    attempt = started(pupil, [question])
    client = browser(pupil)
    assert client.get(page_of(attempt)).content.decode().count("<math ") == 3
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    assert client.get(result_of(attempt)).content.decode().count("<math ") >= 4


@pytest.mark.slow
def test_the_preview_shows_every_type_with_its_key():
    from django.template.loader import render_to_string

    quiz = make.quiz([of_type(type) for type in TYPES])
    told = preview_of(quiz)
    page = render_to_string("quizzes/preview.html", told)
    assert {one["type"] for one in told["questions"]} == set(Question.Type.values)
    assert page.count("data-question=") == len(TYPES)
    assert page.count("data-outcome") == len(TYPES)
    assert 'name="save"' not in page


def test_later_leads_to_the_door_or_away_from_a_contest(pupil):
    attempt = started(pupil, [make.question()])
    door = reverse("quiz", args=[attempt.quiz_key])
    assert f'href="{door}"' in browser(pupil).get(page_of(attempt)).content.decode()
    Attempt.objects.update(context_kind=Opening.Kind.CONTEST)
    assert f'href="{door}"' not in browser(pupil).get(page_of(attempt)).content.decode()


def test_reading_what_was_saved_tells_which_answers_are_final(pupil):
    attempt = started(pupil, [make.question()], instant_feedback=True)
    question = asked(attempt)[0]
    save(attempt, question, right_value(question))
    attempt = check_answer(user=pupil, attempt_uuid=attempt.uuid, question=question["id"])
    assert queries.answers_of(attempt)[question["id"]] == {"seq": 1, "value": right_value(question), "final": True}


def test_a_question_and_its_options_are_heard_and_their_words_can_be_read(pupil):
    recording = Recording.objects.create(
        title="Câu hỏi", file="media/cau-hoi.mp3", type="audio", duration=3, transcripts={"vi": "Nghe rồi chọn."}
    )
    question = make.of_type("picture_choice", audio=recording)
    for option in question.options.all():
        option.audio = recording
        option.save()
    attempt = started(pupil, [question])
    page = read(browser(pupil), page_of(attempt))
    assert page.count("data-listen-button") == 3
    assert page.count("Nghe rồi chọn.") == 3
    assert reverse("media:recording", args=[recording.uuid]) in page
