"""Cancelled questions and corrected keys: everybody's result is computed anew, once, and nothing shown before is lost."""

from copy import deepcopy
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cms.audit.models import AuditEvent
from cms.jobs.models import Job
from cms.jobs.operations import run_job
from quizzes import problems
from quizzes.models import Answer, Attempt, Cancellation, EarlierResult, Paper
from quizzes.operations import (
    apply_key,
    cancel_question,
    corrections,
    freeze_paper,
    preview_key,
    regrade,
    reopen_attempt,
    save_answers,
    start_attempt,
    submit_attempt,
    withdraw_cancellation,
)
from quizzes.papers import marking_paper
from quizzes.signals import attempt_finished
from tests.factories import quizzes as make
from tests.factories import schools as people

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def quiz_made(shared_database):
    quiz = make.quiz([make.question("Câu một?"), make.question("Câu hai?")], pass_percent=60)
    make.opening(quiz)
    return quiz


@pytest.fixture
def quiz(db, quiz_made):
    return deepcopy(quiz_made)


def take(user, quiz, *, right=(), wrong=(), submit=True) -> Attempt:
    """An attempt with right answers to the questions at these places, and wrong ones."""
    attempt, _new = start_attempt(user=user, quiz_key=quiz.quiz_key, idempotency_key=str(uuid4()))
    document = attempt.paper.document["questions"]
    saves = []
    for place in (*right, *wrong):
        question = document[place]
        option = next(one["id"] for one in question["options"] if one["correct"] is (place in right))
        saves.append((question["id"], 1, option, None))
    if saves:
        save_answers(user=user, attempt_uuid=attempt.uuid, saves=saves, sent_at=None)
    return submit_attempt(user=user, attempt_uuid=attempt.uuid) if submit else attempt


def key_at(quiz, place) -> UUID:
    return UUID(Paper.objects.get(quiz_key=quiz.quiz_key, is_current=True).document["questions"][place]["id"])


def correct_the_key(quiz, place=0, to=1) -> Paper:
    """The editor finds that another option was right."""
    question = quiz.quiz_questions.all()[place].question
    for number, option in enumerate(question.options.order_by("sort_order")):
        option.is_correct = number == to
        option.save()
    freeze_paper(quiz_key=quiz.quiz_key)
    return Paper.objects.get(quiz_key=quiz.quiz_key, is_current=True)


def done(job: Job) -> Job:
    """What a worker does once the transaction is committed."""
    job = run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    return job


@pytest.fixture
def heard():
    told = []

    def listen(sender, attempt, change, **kwargs):
        told.append((attempt.pk, change))

    attempt_finished.connect(listen)
    yield told
    attempt_finished.disconnect(listen)


def test_a_cancelled_question_earns_full_marks_for_all(quiz, pupil, other_pupil, teacher, heard):
    knew, did_not = take(pupil, quiz, right=[0, 1]), take(other_pupil, quiz, wrong=[0], right=[])
    heard.clear()
    _cancellation, job = cancel_question(
        quiz_key=quiz.quiz_key, question_key=key_at(quiz, 0), reason=" Câu hỏi sai ", actor=teacher
    )
    assert done(job).result == {
        "attempts": 2, "changed": 1, "higher": 1, "lower": 0, "now_passed": 0, "no_longer_passed": 0,
    }  # fmt: skip
    did_not.refresh_from_db()
    knew.refresh_from_db()
    assert (did_not.score, knew.score) == (1, 2)
    old = EarlierResult.objects.get()
    assert (old.attempt_id, old.score, old.max_score, old.passed, old.reason) == (
        did_not.pk, 0, 2, False, "Câu hỏi sai",
    )  # fmt: skip
    assert heard == [(did_not.pk, "regraded")]
    assert Answer.objects.get(attempt=did_not).fraction == 1
    logged = AuditEvent.objects.get(action="cancel_question")
    assert (logged.actor, logged.detail["reason"]) == (teacher.uuid, "Câu hỏi sai")


def test_cancelling_twice_is_cancelling_once_and_withdrawing_counts_again(quiz, pupil, teacher):
    attempt = take(pupil, quiz, wrong=[0], right=[1])
    asked = {"quiz_key": quiz.quiz_key, "question_key": key_at(quiz, 0), "reason": "Sai đề", "actor": teacher}
    first, job = cancel_question(**asked)
    again, nothing = cancel_question(**asked)
    assert again == first
    done(job)
    assert nothing is None
    assert AuditEvent.objects.filter(action="cancel_question").count() == 1
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (2, True)
    back = withdraw_cancellation(cancellation=first, reason="Đề đúng", actor=teacher)
    assert withdraw_cancellation(cancellation=first, reason="Đề đúng", actor=teacher) is None
    assert done(back).result["no_longer_passed"] == 1
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (1, False)
    assert [row.score for row in EarlierResult.objects.all()] == [1, 2]
    # Withdrawn, it may be cancelled once more.
    assert cancel_question(**asked)[1] is not None
    assert Cancellation.objects.count() == 2


@pytest.mark.parametrize("reason", ["", "   "])
def test_no_reason_no_cancellation(quiz, teacher, reason):
    with pytest.raises(problems.ReasonRequired):
        cancel_question(quiz_key=quiz.quiz_key, question_key=key_at(quiz, 0), reason=reason, actor=teacher)
    assert not Cancellation.objects.exists()
    assert not Job.objects.exists()


def test_a_question_that_was_never_asked(quiz, teacher):
    with pytest.raises(problems.NoSuchQuestion):
        cancel_question(quiz_key=quiz.quiz_key, question_key=uuid4(), reason="Sai", actor=teacher)


def test_killed_in_the_middle_and_run_again(quiz, teacher, school_class, monkeypatch, heard):
    monkeypatch.setattr(corrections, "BATCH", 2)
    attempts = [take(make.pupil(school_class), quiz, wrong=[0]) for _number in range(5)]
    Cancellation.objects.create(quiz_key=quiz.quiz_key, question_key=key_at(quiz, 0), reason="Sai", actor=teacher)
    job = Job.objects.create(
        kind=corrections.REGRADE_JOB, owner=teacher, params={"quiz": str(quiz.quiz_key), "reason": "Sai"}
    )
    heard.clear()

    class Killed(BaseException):
        """Nothing that code would catch."""

    def kill(done, total, what):
        if done >= 2:
            raise Killed

    with pytest.raises(Killed):
        regrade(quiz_key=quiz.quiz_key, change_key=job.uuid, reason="Sai", step=kill)
    assert EarlierResult.objects.count() == 2
    job = done(job)
    assert (job.result["attempts"], job.result["changed"]) == (5, 5)
    assert sorted(pk for pk, _change in heard) == sorted(one.pk for one in attempts)
    assert EarlierResult.objects.count() == 5
    # And a third time changes nothing at all.
    regrade(quiz_key=quiz.quiz_key, change_key=job.uuid, reason="Sai")
    assert (EarlierResult.objects.count(), len(heard)) == (5, 5)


def test_a_corrected_key_is_previewed_then_applied(quiz, pupil, other_pupil, teacher):
    was_right, was_wrong = take(pupil, quiz, right=[0, 1]), take(other_pupil, quiz, wrong=[0], right=[1])
    asked = was_right.paper_id
    fresh = correct_the_key(quiz, place=0, to=1)
    preview = preview_key(quiz_key=quiz.quiz_key, paper_id=fresh.pk, actor=teacher)
    expected = {
        "attempts": 2, "changed": 2, "higher": 1, "lower": 1, "now_passed": 1, "no_longer_passed": 1,
    }  # fmt: skip
    assert done(preview).result == expected
    was_right.refresh_from_db()
    assert (was_right.score, was_right.graded_by_id) == (2, None)
    assert not EarlierResult.objects.exists()
    job = apply_key(quiz_key=quiz.quiz_key, paper_id=fresh.pk, reason="Đáp án sai", actor=teacher)
    assert done(job).result == expected
    was_right.refresh_from_db()
    was_wrong.refresh_from_db()
    assert (was_right.score, was_wrong.score) == (1, 2)
    # What was asked stays; who marked it is told.
    assert (was_right.paper_id, was_right.graded_by_id) == (asked, fresh.pk)
    shown = marking_paper(was_right).by_id[str(key_at(quiz, 0))]
    assert [option["correct"] for option in shown["options"]] == [False, True, False]
    assert AuditEvent.objects.filter(action="apply_key").exists()


def test_an_old_key_is_not_applied(quiz, pupil, teacher):
    old = Paper.objects.get(quiz_key=quiz.quiz_key)
    correct_the_key(quiz)
    for act in (preview_key, apply_key):
        more = {"reason": "Sai"} if act is apply_key else {}
        with pytest.raises(problems.NoSuchKey):
            act(quiz_key=quiz.quiz_key, paper_id=old.pk, actor=teacher, **more)


def test_attempts_that_run_end_with_the_new_key(quiz, pupil, teacher):
    running = take(pupil, quiz, right=[0, 1], submit=False)
    fresh = correct_the_key(quiz)
    done(apply_key(quiz_key=quiz.quiz_key, paper_id=fresh.pk, reason="Đáp án sai", actor=teacher))
    ended = submit_attempt(user=pupil, attempt_uuid=running.uuid)
    assert (ended.score, ended.graded_by_id) == (1, fresh.pk)


def test_a_later_change_keeps_the_corrected_key_and_the_key_may_go_back(quiz, pupil, teacher):
    attempt = take(pupil, quiz, right=[0], wrong=[1])
    first = attempt.paper_id
    fresh = correct_the_key(quiz, place=0, to=1)
    done(apply_key(quiz_key=quiz.quiz_key, paper_id=fresh.pk, reason="Sai", actor=teacher))
    done(cancel_question(quiz_key=quiz.quiz_key, question_key=key_at(quiz, 1), reason="Sai", actor=teacher)[1])
    attempt.refresh_from_db()
    assert (attempt.score, attempt.graded_by_id) == (1, fresh.pk)
    back = correct_the_key(quiz, place=0, to=0)
    assert back.pk == first
    done(apply_key(quiz_key=quiz.quiz_key, paper_id=back.pk, reason="Đúng rồi", actor=teacher))
    attempt.refresh_from_db()
    assert (attempt.score, attempt.graded_by_id) == (2, None)
    assert [row.score for row in attempt.earlier_results.all()] == [1, 0, 1]


def test_a_reopened_attempt_is_left_alone_and_counts_right_when_it_ends(quiz, pupil, teacher):
    attempt = take(pupil, quiz, wrong=[0])
    reopen_attempt(attempt=attempt, seconds=600, reason="Mất mạng", granted_by=teacher)
    done(cancel_question(quiz_key=quiz.quiz_key, question_key=key_at(quiz, 0), reason="Sai", actor=teacher)[1])
    attempt.refresh_from_db()
    assert attempt.score is None
    assert submit_attempt(user=pupil, attempt_uuid=attempt.uuid).score == Decimal(1)


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_right_already_costs_as_much_for_one_as_for_many(
    count, quiz, school_class, teacher, django_assert_num_queries
):
    for _number in range(count):
        take(make.pupil(school_class), quiz, right=[0])
    # how many; which run; the batch; markings, rows and cancellations of it; no further batch; what was changed; and the
    # savepoint of each of two batches, set and released
    with django_assert_num_queries(12):
        regrade(quiz_key=quiz.quiz_key, change_key=uuid4(), reason="Sai")


# --- The pages --------------------------------------------------------------------------------------------------------


def page_of(user) -> Client:
    client = Client(headers={"Accept-Language": "vi"})
    client.force_login(user)
    return client


def addresses(quiz) -> list[str]:
    return [
        reverse("quiz_corrections", args=[quiz.quiz_key]),
        reverse("quiz_cancel", args=[quiz.quiz_key, key_at(quiz, 0)]),
    ]


@pytest.mark.parametrize("kind", ["editor", "reviewer", "province_officer"])
def test_who_mends_a_quiz(kind, quiz):
    unit = {"unit": people.province()} if kind == "province_officer" else {}
    client = page_of(people.make_with_role(kind, **unit))
    for address in addresses(quiz):
        assert client.get(address).status_code == 200


@pytest.mark.slow
def test_a_quiz_is_not_theirs_to_mend(quiz, pupil, teacher):
    strangers = [pupil, teacher, people.make_with_role("translator"), people.make_with_role("juror")]
    for user in strangers:
        client = page_of(user)
        for address in addresses(quiz):
            assert client.get(address).status_code == 404
            assert client.post(address, {"reason": "Sai"}).status_code == (
                405 if address == addresses(quiz)[0] else 404
            )
        assert client.post(reverse("quiz_key", args=[quiz.quiz_key])).status_code == 404
    assert Client().get(addresses(quiz)[0]).status_code == 302
    assert not Cancellation.objects.exists()
    assert not Job.objects.exists()


def test_a_question_is_cancelled_and_counted_again_on_the_page(quiz, pupil, django_capture_on_commit_callbacks):
    attempt = take(pupil, quiz, wrong=[0])
    client = page_of(people.make_with_role("editor"))
    corrections_page, cancel_page = addresses(quiz)
    refused = client.post(cancel_page, {"reason": " "})
    assert refused.status_code == 422
    assert not Cancellation.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(cancel_page, {"reason": "Đề in nhầm"})
    assert "Số kết quả đã đổi" in client.get(sent.url).content.decode()
    assert "Đề in nhầm" in client.get(corrections_page).content.decode()
    attempt.refresh_from_db()
    assert attempt.score == 1
    # A form sent twice does not cancel twice, nor take anything back.
    assert client.post(cancel_page, {"reason": "Đề in nhầm"}).url == corrections_page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(cancel_page, {"reason": "Đề đúng", "withdraw": "1"})
    attempt.refresh_from_db()
    assert attempt.score == 0


def test_a_key_is_looked_at_then_applied_on_the_page(quiz, pupil, django_capture_on_commit_callbacks):
    attempt = take(pupil, quiz, right=[0])
    correct_the_key(quiz)
    client = page_of(people.make_with_role("editor"))
    first = client.get(addresses(quiz)[0]).content.decode()
    assert "dichvucong.gov.vn" in first
    assert "Xem sẽ đổi những gì" in first
    with django_capture_on_commit_callbacks(execute=True):
        preview = client.post(reverse("quiz_key", args=[quiz.quiz_key])).url
    assert "Áp dụng đáp án hiện nay" in client.get(preview).content.decode()
    assert client.post(preview, {"reason": ""}).status_code == 422
    attempt.refresh_from_db()
    assert attempt.score == 1
    with django_capture_on_commit_callbacks(execute=True):
        client.post(preview, {"reason": "Đáp án sai"})
    attempt.refresh_from_db()
    assert attempt.score == 0
    # All are marked by the present key: there is nothing more to look at.
    assert "Xem sẽ đổi những gì" not in client.get(addresses(quiz)[0]).content.decode()


def test_a_job_of_another_quiz_is_not_shown(quiz):
    other = make.quiz([make.question("Câu khác?")])
    job = Job.objects.create(kind=corrections.REGRADE_JOB, params={"quiz": str(other.quiz_key), "reason": "Sai"})
    client = page_of(people.make_with_role("editor"))
    assert client.get(reverse("quiz_regrade", args=[quiz.quiz_key, job.uuid])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_as_much_for_one_question_as_for_many(count, django_assert_num_queries):
    from quizzes.queries.corrections import mending_of

    quiz = make.quiz(count)
    mending_of(quiz.quiz_key, "vi")
    # the present paper; papers; ended attempts; jobs; cancellations; by which keys they were marked
    with django_assert_num_queries(6):
        mending_of(quiz.quiz_key, "vi")
