"""The demo's contests: one that is closed, with its ranking, one that is open, two for posters, the earlier one with
its jury at work, and one of communicators that is being set up. Made by the operations people call.
"""

import random
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale

from contests import operations
from contests.demo_showing import CHOOSING, make_choosing, make_shown_posters
from contests.demo_showing import SLUG as SHOWN
from contests.demo_stage import SLUG as STAGE
from contests.demo_stage import make_stage
from contests.demo_works import CLOSED_SLUG as CLOSED_POSTERS
from contests.demo_works import DRAFT_SLUG as DRAFT
from contests.demo_works import SLUG as POSTERS
from contests.demo_works import make_closed_posters, make_draft_of_communicators, make_posters
from contests.jury_demo import load_demo_jury
from contests.models import Category, Contest, Entry, Ranking, Round
from contests.operations import Agreed
from contests.operations.entries import asks_guardian
from contests.operations.rehearsal import answer_of
from contests.operations.states import name_of
from contests.presets import rule_set
from contests.queries.contests import rules_in_force
from contests.queries.people import standing_on
from contests.rules import Rules
from quizzes.models import Attempt, Question, Quiz, QuizQuestion
from quizzes.operations import approve_questions, freeze_paper, save_answers, submit_attempt, unsigned_questions
from quizzes.papers import paper
from schools.demo import BEN_DUA, DOI_MAY, accounts
from schools.models import Consent, Membership, SchoolIdentifier, Unit, User

CLOSED, OPEN = "tim-hieu-dich-vu-cong", "tuan-le-so"
ENTRANTS = 64
QUIZ, ASKED = "Đề thi tìm hiểu dịch vụ công", 15
CHOSEN_BY_TAP = [Question.Type.SINGLE, Question.Type.TRUE_FALSE, Question.Type.MULTIPLE]


def load_demo_contests() -> dict[str, int]:
    """Make the contests where they are missing; returns `{"created", "kept"}`. Without approved questions there is
    nothing to ask, and nothing is made.
    """
    counts = {"created": 0, "kept": 0}
    quiz = _quiz()
    if quiz is None:
        return counts
    for slug, make in ((CLOSED, _closed), (OPEN, _open)):
        if Contest.objects.filter(slug=slug).exists():
            counts["kept"] += 1
            continue
        with transaction.atomic():
            make(slug, quiz)
        counts["created"] += 1
    # Apart from those who are in the knowledge contests, so that their lists stay what they were.
    pupils = _pupils()[ENTRANTS : ENTRANTS + 9]
    for slug, draw, of in ((POSTERS, make_posters, pupils[:3]), (CLOSED_POSTERS, make_closed_posters, pupils[3:])):
        if Contest.objects.filter(slug=slug).exists():
            counts["kept"] += 1
            continue
        with transaction.atomic():
            draw(User.objects.get(username="thuky"), of)
        counts["created"] += 1
    with transaction.atomic():
        load_demo_jury()
    _add(counts, SHOWN, lambda by: make_shown_posters(by, _pupils()[ENTRANTS + 9 : ENTRANTS + 12]))
    # Pupils of both schools, so that each has somebody to choose from.
    _add(counts, STAGE, lambda by: make_stage(by, _pupils()[ENTRANTS + 12 : ENTRANTS + 90], quiz, _take))
    _add(counts, CHOOSING, lambda by: make_choosing(by, _pupils()[::9][:12], quiz, _take))
    _add(counts, DRAFT, make_draft_of_communicators)
    return counts


def _add(counts: dict[str, int], slug: str, make) -> None:
    if Contest.objects.filter(slug=slug).exists():
        counts["kept"] += 1
        return
    with transaction.atomic():
        make(User.objects.get(username="thuky"))
    counts["created"] += 1


def _quiz() -> UUID | None:
    """A quiz of its own for the contests, of approved questions that need nobody to mark them, signed by the demo's
    reviewer. The lessons' quizzes stay what they are: what a contest asks is closed to teachers.
    """
    locale = Locale.objects.filter(language_code=settings.LANGUAGE_CODE).first()
    made = Quiz.objects.filter(title=QUIZ, locale=locale).first()
    if made is None:
        approved = Question.objects.filter(locale=locale, review=Question.Review.APPROVED, type__in=CHOSEN_BY_TAP)
        questions = list(approved.order_by("pk"))
        if not questions:
            return None
        made = Quiz(
            title=QUIZ,
            locale=locale,
            live=True,
            time_limit_minutes=15,
            feedback=Quiz.Feedback.SCORE_ONLY,
            shuffle_questions=True,
            shuffle_options=True,
        )
        # Of every lesson some: each so many questions apart.
        spread = questions[:: max(1, len(questions) // ASKED)][:ASKED]
        made.quiz_questions = [
            QuizQuestion(question=one, points=1, sort_order=place) for place, one in enumerate(spread)
        ]
        made.save()
        freeze_paper(quiz_key=made.quiz_key)
    unsigned = unsigned_questions(quiz_key=made.quiz_key)
    approve_questions(questions=unsigned, by=User.objects.get(username="thamdinh"))
    return made.quiz_key


def _draft(slug: str, quiz, document: dict, by: User) -> Contest:
    root = Unit.objects.get(depth=1)
    contest = operations.set_up_contest(document=document, organiser=root, by=by, slug=slug)
    for round in Round.objects.filter(stage__contest=contest):
        for category in Category.objects.filter(contest=contest):
            operations.choose_quiz(round=round, category=category, quiz_key=quiz, by=by)
    return contest


def _pupils() -> list[User]:
    """Pupils of both schools; those whom people try out have not entered."""
    to_try = SchoolIdentifier.objects.filter(code__in=[one["username"] for one in accounts()]).values("user")
    members = Membership.objects.current().filter(school_class__school__code__in=[BEN_DUA, DOI_MAY])
    rows = (
        members.exclude(user__in=to_try)
        .select_related("user__person")
        .order_by("school_class__name", "name_sort", "pk")
    )
    return [one.user for one in rows]


def _enter(contest: Contest, user: User, rules: Rules) -> Entry:
    standing, _place = standing_on(user, contest.reference_date)
    guardian = "Phụ huynh của em" if asks_guardian(rules, standing) else ""
    agreed = Agreed(rules=True, pledge=True, guardian=guardian)
    category = Category.objects.filter(contest=contest).order_by("pk").first()
    return operations.enter_contest(contest=contest, category=category, user=user, agreed=agreed)


def _take(contest: Contest, user: User, at, chance: random.Random) -> None:
    attempt, _new = operations.start_round_attempt(
        user=user,
        contest=contest,
        number=1,
        idempotency_key=f"demo-{contest.slug}",
        prediction=max(1, int(chance.gauss(ENTRANTS, 20))),
    )
    questions, knows = paper(attempt.paper_id).by_id, chance.uniform(0.5, 1)
    saves: list[tuple] = []
    for one, shown in attempt.questions:
        value = answer_of(questions[one], shown, knows=chance.random() < knows, chance=chance)
        if value is not None:
            saves.append((one, 1, value, None))
    save_answers(user=user, attempt_uuid=attempt.uuid, saves=saves, sent_at=None)
    submit_attempt(user=user, attempt_uuid=attempt.uuid)
    # A week is believable only if its attempts lie in it.
    ended = at + timedelta(milliseconds=chance.randrange(120_000, 900_000))
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=at, saved_at=ended, submitted_at=ended, closed_at=ended, deadline=None
    )


def _closed(slug: str, quiz) -> None:
    """Opened, taken, closed, ranked and published, two weeks ago."""
    chance = random.Random(slug)  # noqa: S311 (no secret)
    by, now = User.objects.get(username="thuky"), timezone.now()
    weekly = rule_set("tuan")
    document = {
        **weekly.begun(now - timedelta(hours=1)),
        "title": "Tìm hiểu dịch vụ công",
        "reference_date": now.date() - timedelta(days=30),
    }
    document["rounds"] = document["rounds"][:1]
    contest = _draft(slug, quiz, document, by)
    operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
    begins = now - timedelta(days=20)
    rules = Rules.of(rules_in_force(contest))
    for user in _pupils()[:ENTRANTS]:
        _enter(contest, user, rules)
        _take(contest, user, begins + timedelta(minutes=chance.randrange(60, 6 * 24 * 60)), chance)
    Consent.objects.bulk_create(
        [
            Consent(
                user=one.user,
                purpose=Consent.Purpose.LEADERBOARD,
                giver=giver,
                text_version="1",
                evidence="Phiếu đồng ý (dữ liệu minh hoạ)",
                given_at=begins,
            )
            for one in contest.entries.select_related("user").order_by("pk")[: ENTRANTS // 2]
            for giver in Consent.Giver
        ],
        ignore_conflicts=True,
    )
    Round.objects.filter(stage__contest=contest).update(opens_at=begins, closes_at=begins + timedelta(days=7))
    contest.entries.update(entered_at=begins)
    operations.move_contest(contest=contest, to="closed", by=by, signed_name=name_of(by))
    for round in [*Round.objects.filter(stage__contest=contest), None]:
        operations.freeze_ranking(contest=contest, round=round, by=by)
    Ranking.objects.filter(contest=contest).update(computed_at=begins + timedelta(days=7, hours=2))
    operations.move_contest(contest=contest, to="published", by=by, signed_name=name_of(by))


def _open(slug: str, quiz) -> None:
    """Open since the day before yesterday, with some entrants, for four weeks."""
    chance = random.Random(slug)  # noqa: S311 (no secret)
    by, now = User.objects.get(username="thuky"), timezone.now()
    document = {
        **rule_set("tuan").begun(now - timedelta(days=2)),
        "title": "Tuần lễ số: em và dịch vụ công",
        "reference_date": now.date(),
    }
    contest = _draft(slug, quiz, document, by)
    operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
    rules = Rules.of(rules_in_force(contest))
    for user in _pupils()[:12]:
        _enter(contest, user, rules)
        _take(contest, user, now - timedelta(minutes=chance.randrange(60, 47 * 60)), chance)
    operations.refresh_round(
        contest=contest, round=Round.objects.filter(stage__contest=contest).order_by("number").first()
    )
