"""Entering, the rules one accepts, and taking a round."""

from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connections
from django.utils import timezone

from cms.audit.models import AuditEvent
from contests import operations, problems
from contests.models import Category, Contest, Entry, IdentityKey, RoundAttempt
from contests.operations import Agreed
from contests.operations.entries import identity_digest
from contests.operations.states import name_of
from contests.queries.contests import rules_in_force
from quizzes.operations import grant_allowance
from quizzes.problems import UnsignedQuestions
from schools.models import SchoolSuccession
from schools.operations.cards import find_card
from tests.factories import contests as make
from tests.factories import quizzes
from tests.factories.constraints import refused
from tests.factories.schools import make_class, make_pupil, make_school, make_unit, make_with_role, province

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return make.secretary()


def only(**conditions) -> list[dict]:
    return [{"slug": "bang", "title": "Bảng", "eligibility": conditions}]


def test_a_pupil_enters_once_and_a_snapshot_of_the_day_is_kept(pupil, school_class):
    contest = make.opened(reference_date="2026-10-01")
    entry = make.entry(contest, pupil)
    assert make.entry(contest, pupil) == entry
    assert entry.snapshot["class"] == school_class.name
    assert (entry.snapshot["level"], entry.snapshot["grade"], entry.snapshot["on"]) == ("thpt", 10, "2026-10-01")
    assert (entry.class_key, entry.school_key) == (school_class.uuid, school_class.school.uuid)
    assert entry.unit_name == school_class.school.name
    assert "birth" not in str(entry.snapshot)
    assert entry.acceptances.get().rules == rules_in_force(contest)
    # A school that merges afterwards changes nothing of what was.
    SchoolSuccession.objects.create(predecessor=school_class.school, successor=make_school(), on=date(2026, 11, 1))
    entry.refresh_from_db()
    assert entry.unit_name == school_class.school.name
    assert make.take(contest, pupil).score == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"levels": ["thcs"]}, "trung học cơ sở"),
        ({"grade_min": 11}, "11"),
        ({"grade_max": 9}, "9"),
        ({"age_min": 15}, "ngày sinh"),
    ],
)
def test_who_is_not_eligible_is_told_every_reason(pupil, conditions, words):
    contest = make.opened(categories=only(**conditions))
    with pytest.raises(problems.NotEligible) as refusal:
        make.entry(contest, pupil)
    assert words in str(refusal.value)
    assert not Entry.objects.exists()


@pytest.mark.slow
def test_age_counts_on_the_reference_date(school_class):
    contest = make.opened(categories=only(age_min=15), reference_date="2026-10-01")
    young = make_pupil(school_class, "Em Nhỏ", birth_date=date(2011, 10, 2))
    old = make_pupil(school_class, "Em Lớn", birth_date=date(2011, 10, 1))
    with pytest.raises(problems.NotEligible):
        make.entry(contest, young)
    assert make.entry(contest, old).snapshot["age"] == 15


@pytest.mark.slow
def test_communes_people_and_offices_can_be_barred(pupil, other_pupil, juror, school_class):
    inside = only(units=[str(school_class.school.unit.uuid)], barred_roles=["juror"], barred_people=[])
    contest = make.opened(categories=inside)
    assert make.entry(contest, pupil)
    for stranger in (other_pupil, juror):
        with pytest.raises(problems.NotEligible):
            make.entry(contest, stranger)
    writers = make.opened(title="Cuộc thi khác", categories=only(barred_people=[str(pupil.uuid)]))
    with pytest.raises(problems.NotEligible, match="tổ chức"):
        make.entry(writers, pupil)


def test_pledge_guardian_and_ai_are_asked_for_where_the_rules_do(school_class):
    rules = {"pledge": "Em tự làm bài.", "guardian_under": 16, "ai_declaration": True}
    contest = make.opened(rules=rules)
    category = contest.categories.get()
    child = make_pupil(school_class, "Em Nhỏ", birth_date=date(2013, 1, 1))
    grown = make_pupil(school_class, "Anh Lớn", birth_date=date(2008, 1, 1))
    complete = {"rules": True, "pledge": True, "guardian": "Bà Nội", "used_ai": False}
    for missing in ({"rules": False}, {"pledge": False}, {"guardian": " "}, {"used_ai": None}):
        with pytest.raises(problems.MustAccept):
            operations.enter_contest(
                contest=contest, category=category, user=child, agreed=Agreed(**complete | missing)
            )
    entry = operations.enter_contest(contest=contest, category=category, user=child, agreed=Agreed(**complete))
    assert entry.acceptances.get().guardian == "Bà Nội"
    operations.enter_contest(
        contest=contest, category=category, user=grown, agreed=Agreed(**complete | {"guardian": ""})
    )


@pytest.mark.slow
def test_a_change_after_the_opening_is_a_new_version_and_asks_again(pupil, by):
    contest = make.opened(by=by)
    entry = make.entry(contest, pupil)
    change = {"text": "Điều 1. Mỗi người hai lượt.", "terms": {"per_round": 2}, "order": make.ORDER}
    with pytest.raises(problems.ReasonMissing):
        operations.change_rules(contest=contest, by=by, **change)
    version = operations.change_rules(contest=contest, by=by, changes="Hai lượt thay vì một.", **change)
    assert version.number == 2
    with pytest.raises(problems.RulesNotAccepted):
        make.take(contest, pupil)
    operations.accept_rules(entry=entry, agreed=make.ALL_AGREED)
    assert make.take(contest, pupil)
    # The second attempt is what the change gave.
    assert make.take(contest, pupil)
    with pytest.raises(problems.NoAttemptsLeft):
        make.take(contest, pupil)
    assert entry.acceptances.count() == 2
    events = AuditEvent.objects.filter(target_kind="contest", target_key=contest.slug)
    assert {"set_up_contest", "move_contest", "change_rules"} <= set(events.values_list("action", flat=True))


def test_a_draft_is_rewritten_without_a_new_version(by):
    contest = make.draft(by=by)
    version = operations.change_rules(contest=contest, by=by, text="Thể lệ", terms={}, order=make.ORDER)
    assert (version.number, version.published_at) == (1, None)


# --- Open track -------------------------------------------------------------------------------------------------------


def open_contest(**rules) -> Contest:
    category = {"slug": "dan", "title": "Người dân", "open_track": True, "eligibility": {}}
    return make.opened(categories=[category], rules={"identity": True, "identity_days": 10} | rules)


def come_in(contest: Contest, name="Bà Năm Chợ", identity="079 123 456 789", birth=date(1980, 5, 1), **more):
    return operations.enter_open_track(
        contest=contest,
        category=contest.categories.get(),
        full_name=name,
        unit=make_unit(),
        agreed=make.ALL_AGREED,
        birth_date=birth,
        identity=identity,
        **more,
    )


def test_somebody_without_an_account_enters_and_comes_back_with_the_card():
    contest = open_contest()
    entered = come_in(contest)
    kept = entered.entry.identity
    assert (kept.last_digits, kept.digest) == ("789", identity_digest(contest, "079123456789"))
    assert "079123456789" not in str(entered.entry.snapshot)
    assert not entered.user.has_usable_password()
    assert find_card(code=entered.card.code, address="10.0.0.1").user == entered.user
    assert make.take(contest, entered.user).score == 4


@pytest.mark.slow
def test_one_identity_enters_once_however_it_is_typed():
    contest = open_contest()
    come_in(contest)
    with pytest.raises(problems.IdentityTaken):
        come_in(contest, "Người Khác", "079.123.456-789")
    assert Entry.objects.count() == 1
    with pytest.raises(problems.IdentityRefused):
        come_in(contest, identity="12345")
    # The same number says nothing in another contest.
    other = make.opened(
        title="Cuộc thi khác", categories=[{"slug": "d", "title": "Dân", "open_track": True}], rules={"identity": True}
    )
    assert come_in(other).entry.identity.digest != identity_digest(contest, "079123456789")


@pytest.mark.parametrize("birth", [date(2012, 1, 1), None])
def test_nobody_under_sixteen_leaves_a_number(birth):
    entered = come_in(open_contest(), birth=birth)
    assert not IdentityKey.objects.filter(entry=entered.entry).exists()


@pytest.mark.slow
def test_identity_keys_are_erased_some_days_after_the_results(by):
    contest = open_contest()
    entered = come_in(contest)
    make.take(contest, entered.user)
    make.close_rounds(contest)
    operations.move_contest(contest=contest, to="closed", by=by, signed_name=name_of(by))
    operations.freeze_ranking(contest=contest, by=by)
    operations.move_contest(contest=contest, to="published", by=by, signed_name=name_of(by))
    assert operations.forget_identity_keys() == 0
    contest.steps.filter(to_state="published").update(at=timezone.now() - timedelta(days=10, seconds=1))
    assert operations.forget_identity_keys() == 1
    kept = IdentityKey.objects.get()
    assert (kept.digest, kept.last_digits) == (None, "")
    assert kept.erased_at


def test_a_closed_category_takes_nobody_without_an_account():
    with pytest.raises(problems.NoSuchCategory):
        come_in(make.opened())


# --- States -----------------------------------------------------------------------------------------------------------


def test_a_contest_opens_only_when_complete_and_signed_by_name(by):
    contest = operations.set_up_contest(document=make.document(text=""), organiser=province(), by=by)
    with pytest.raises(problems.NotReady) as refusal:
        operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    assert len(refusal.value.extra["lacking"]) == 2
    ready = make.draft(by=by)
    for name in ("", "Người Khác"):
        with pytest.raises(problems.NotSigned):
            operations.move_contest(contest=ready, to="open", by=by, signed_name=name)
    step = operations.move_contest(contest=ready, to="open", by=by, signed_name=f"  {name_of(by).upper()} ")
    assert step.signed_name == name_of(by)
    assert operations.move_contest(contest=ready, to="open", by=by, signed_name=name_of(by)) == step


def test_questions_that_nobody_signed_keep_a_contest_closed(by):
    contest = make.draft(by=by, quiz=quizzes.quiz(3, feedback="nothing"))
    assert "3" in " ".join(operations.lacking(contest))
    with pytest.raises((problems.NotReady, UnsignedQuestions)):
        operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))


@pytest.mark.parametrize("to", ["draft", "closed", "judging", "published", "archived"])
def test_states_are_not_skipped_and_never_go_back(by, to):
    contest = make.draft(by=by) if to != "draft" else make.opened(by=by)
    with pytest.raises(problems.OnlyForward):
        operations.move_contest(contest=contest, to=to, by=by, signed_name=name_of(by))


def test_the_database_refuses_a_step_back(by):
    contest = make.opened(by=by)
    with refused("contest_only_goes_forward"):
        contest.steps.create(from_state="open", to_state="draft", from_place=1, to_place=0, by=by, signed_name="Ai đó")


def test_a_quiz_is_not_exchanged_after_the_opening(by):
    contest = make.opened(by=by)
    round, category = contest.stages.get().rounds.get(), contest.categories.get()
    with pytest.raises(problems.OnlyForward):
        operations.choose_quiz(round=round, category=category, quiz_key=quizzes.quiz(1).quiz_key, by=by)


# --- Taking a round ---------------------------------------------------------------------------------------------------


def test_only_who_has_entered_takes_a_round(pupil, other_pupil, by):
    contest = make.opened()
    with pytest.raises(problems.NotEntered):
        make.take(contest, pupil)
    entry = make.entry(contest, pupil)
    make.entry(contest, other_pupil)
    operations.disqualify_entry(entry=entry, reason="Thi hộ", by=by)
    with pytest.raises(problems.EntryOut):
        make.take(contest, pupil)
    assert make.take(contest, other_pupil)


def test_a_start_twice_is_one_attempt_and_the_key_finds_it(pupil):
    contest = make.opened(rules={"per_round": 3})
    make.entry(contest, pupil)
    start = {"user": pupil, "contest": contest, "number": 1}
    first, new = operations.start_round_attempt(idempotency_key="a", **start)
    again, made = operations.start_round_attempt(idempotency_key="b", **start)
    assert (new, made, again) == (True, False, first)
    assert RoundAttempt.objects.get().asked == 4


@pytest.mark.parametrize(
    ("rules", "allowed"), [({"per_round": 1}, 1), ({"per_round": 2}, 2), ({"per_round": None, "per_day": 3}, 3)]
)
def test_attempts_are_limited_by_round_and_day(pupil, rules, allowed):
    contest = make.opened(rules=rules)
    make.entry(contest, pupil)
    for _number in range(allowed):
        make.take(contest, pupil)
    with pytest.raises(problems.NoAttemptsLeft):
        make.take(contest, pupil)


def test_the_next_day_brings_new_attempts(pupil):
    contest = make.opened(rules={"per_round": None, "per_day": 1})
    make.entry(contest, pupil)
    make.take(contest, pupil)
    RoundAttempt.objects.update(day=timezone.localdate() - timedelta(days=1))
    assert make.take(contest, pupil)


def test_a_contest_may_allow_fewer_attempts_than_it_has_rounds(pupil):
    contest = make.opened(weeks=2, days=0.01, begins=timezone.now() - timedelta(minutes=10), rules={"per_contest": 1})
    make.entry(contest, pupil)
    make.take(contest, pupil, number=1)
    round = contest.stages.get().rounds.get(number=2)
    round.opens_at = timezone.now() - timedelta(minutes=1)
    round.save()
    with pytest.raises(problems.NoAttemptsLeft):
        make.take(contest, pupil, number=2)


def test_a_guess_is_asked_for_before_the_start_and_kept(pupil):
    contest = make.opened(rules={"prediction": "entrants", "per_round": 2})
    make.entry(contest, pupil)
    for wrong in (None, -1):
        with pytest.raises(problems.PredictionMissing):
            make.take(contest, pupil, prediction=wrong)
    make.take(contest, pupil, prediction=120)
    assert RoundAttempt.objects.get().prediction == 120


def test_a_crowd_waits_its_turn_but_who_has_begun_does_not(pupil, other_pupil, monkeypatch):
    from contests.operations import attempts

    contest = make.opened(rules={"starts_per_second": 1})
    for one in (pupil, other_pupil):
        make.entry(contest, one)
    monkeypatch.setattr(attempts, "CROWD_SECONDS", 1)
    # Starts are counted by the clock's seconds: all of these fall into one, however long they take.
    now = attempts.time.time()
    monkeypatch.setattr(attempts.time, "time", lambda: now)
    key = {"contest": contest, "number": 1}
    operations.start_round_attempt(user=pupil, idempotency_key="a", **key)
    with pytest.raises(problems.TooManyStarting) as refused:
        operations.start_round_attempt(user=other_pupil, idempotency_key="b", **key)
    assert refused.value.extra["retry_after"] == 1
    assert operations.start_round_attempt(user=pupil, idempotency_key="c", **key)[1] is False
    monkeypatch.setattr(attempts.time, "time", lambda: now + 1)
    assert operations.start_round_attempt(user=other_pupil, idempotency_key="b", **key)[1] is True


@pytest.mark.parametrize(("begins", "problem"), [(1, problems.RoundNotOpen), (-8 * 24, problems.RoundOver)])
def test_a_round_is_taken_while_it_is_open(pupil, by, begins, problem):
    contest = make.opened(weeks=2, begins=timezone.now() - timedelta(hours=1))
    make.entry(contest, pupil)
    round = contest.stages.get().rounds.get(number=1)
    round.opens_at = timezone.now() + timedelta(hours=begins)
    round.closes_at = round.opens_at + timedelta(days=7)
    round.save()
    with pytest.raises(problem):
        make.take(contest, pupil)


def test_an_officer_can_let_one_person_in_later(pupil, by):
    from contests.operations.attempts import _opening

    contest = make.opened()
    entry = make.entry(contest, pupil)
    make.close_rounds(contest)
    round = contest.stages.get().rounds.get()
    with pytest.raises(problems.RoundOver):
        make.take(contest, pupil)
    opening = _opening(round, entry)
    grant_allowance(
        opening=opening, user=pupil, closes_at=timezone.now() + timedelta(hours=1), reason="Mất điện", granted_by=by
    )
    assert make.take(contest, pupil)


def test_a_quiz_of_a_contest_is_started_by_the_contest_only(pupil, as_user):
    contest = make.opened()
    make.entry(contest, pupil)
    key = contest.stages.get().rounds.get().quizzes.get().quiz_key
    answer = as_user(pupil).post(f"/api/v1/quizzes/{key}/attempts", headers={"Idempotency-Key": "x"})
    assert answer.status_code == 404


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_presses_at_the_same_moment_start_one_attempt(school_class):
    pupil = make_pupil(school_class)
    contest = make.opened(rules={"per_round": 5})
    make.entry(contest, pupil)
    found = []

    def press(number):
        try:
            found.append(
                operations.start_round_attempt(user=pupil, contest=contest, number=1, idempotency_key=f"k{number}")[
                    0
                ].pk
            )
        finally:
            connections.close_all()

    threads = [Thread(target=press, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    assert RoundAttempt.objects.count() == 1


def test_withdrawing_is_possible_until_the_first_attempt(pupil):
    contest = make.opened()
    entry = make.entry(contest, pupil)
    operations.withdraw_entry(entry=entry)
    with pytest.raises(problems.EntryOut):
        make.take(contest, pupil)
    make.entry(contest, pupil)
    make.take(contest, pupil)
    with pytest.raises(problems.AlreadyTaken):
        operations.withdraw_entry(entry=entry)


def test_tracks_are_asked_different_questions(pupil, teacher, by):
    make_with_role("juror")
    contest = operations.set_up_contest(
        document=make.document(
            categories=[
                {"slug": "hoc-sinh", "title": "Học sinh", "eligibility": {"levels": ["thcs", "thpt"]}},
                {"slug": "giao-vien", "title": "Giáo viên", "eligibility": {"levels": ["teacher"]}},
            ]
        ),
        organiser=province(),
        by=by,
    )
    round = contest.stages.get().rounds.get()
    papers = {}
    for category in Category.objects.filter(contest=contest):
        papers[category.slug] = quizzes.signed(
            quizzes.quiz([quizzes.question(f"Câu của {category.slug}?")], feedback="nothing")
        )
        operations.choose_quiz(round=round, category=category, quiz_key=papers[category.slug].quiz_key, by=by)
    operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
    make.entry(contest, pupil, contest.categories.get(slug="hoc-sinh"))
    attempt, _new = operations.start_round_attempt(user=pupil, contest=contest, number=1, idempotency_key="a")
    assert attempt.quiz_key == papers["hoc-sinh"].quiz_key
    make_class()
    with pytest.raises(problems.NotEligible):
        make.entry(contest, teacher, contest.categories.get(slug="hoc-sinh"))


@pytest.mark.parametrize(
    ("results", "feedback", "ready"),
    [
        ("now", "after_submit", False),
        ("now", "after_close", True),
        ("now", "score_only", True),
        ("after_close", "score_only", False),
        ("after_close", "nothing", True),
    ],
)
def test_a_quiz_tells_no_more_than_the_rules_allow(by, results, feedback, ready):
    quiz = quizzes.signed(quizzes.quiz(2, feedback=feedback))
    contest = make.draft(by=by, quiz=quiz, rules={"results": results})
    assert (operations.lacking(contest) == []) is ready


def test_results_that_come_later_are_not_told_by_the_api_either(pupil, as_user):
    contest = make.opened(rules={"results": "after_close"}, quiz=quizzes.signed(quizzes.quiz(2, feedback="nothing")))
    make.entry(contest, pupil)
    attempt, _new = operations.start_round_attempt(user=pupil, contest=contest, number=1, idempotency_key="a")
    told = as_user(pupil).post(f"/api/v1/attempts/{attempt.uuid}/submit").json()
    assert told["receipt"]
    assert not {"score", "max_score", "passed"} & set(told)
    assert operations.refresh_standings() == 0
