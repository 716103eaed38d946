"""The demo's communicator contest in the middle of its evening: one team has its points, one is on stage, two wait."""

import random
from datetime import timedelta

from django.utils import timezone

from contests import operations
from contests.eligibility import Eligibility, judge
from contests.jury_demo import OTHERS, OWN, _seat
from contests.models import Category, Contest, Juror, Mark, Part, Round, Sheet, Turn
from contests.operations.states import name_of
from contests.presets import rule_set
from contests.queries.people import standing_on
from schools.models import Membership, School, SchoolIdentifier, Unit, User

SLUG = "hoi-thi-tuyen-truyen-vien"
NAMES = ("Sóng nước", "Cầu vồng", "Hoa sen", "Ngọn đèn")
MEMBERS = 3


def make_stage(by: User, pupils: list[User], quiz, take) -> Contest:
    """From the draft over the quiz to the second team on stage; `pupils` are asked for three a team, `take` lets one answer."""
    chance, now = random.Random(SLUG), timezone.now()  # noqa: S311 (no secret)
    document = {**rule_set("hoi-thi-tuyen-truyen-vien").begun(now - timedelta(hours=1)), "reference_date": now.date()}
    # Two schools send several teams here, so that the evening has four.
    document["rounds"] = [
        one | ({"quota_per_unit": MEMBERS * len(NAMES)} if one.get("stage") else {}) for one in document["rounds"]
    ]
    contest = operations.set_up_contest(document=document, organiser=Unit.objects.get(depth=1), by=by, slug=SLUG)
    category = Category.objects.select_related("contest").get(contest=contest)
    first, round = Round.objects.select_related("stage__contest").filter(stage__contest=contest).order_by("number")
    operations.choose_quiz(round=first, category=category, quiz_key=quiz, by=by)
    operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
    teams = _teams(pupils, category)
    for school, code in ((school, code) for _name, school, codes in teams for code in codes):
        user = SchoolIdentifier.objects.select_related("user__person").get(school=school, code=code, valid_to=None).user
        agreed = operations.Agreed(rules=True, pledge=True, guardian="Phụ huynh của em")
        operations.enter_contest(contest=contest, category=category, user=user, agreed=agreed)
        take(contest, user, now - timedelta(days=12, hours=chance.randrange(1, 60)), chance)
    Round.objects.filter(pk=first.pk).update(opens_at=now - timedelta(days=20), closes_at=now - timedelta(days=11))
    first.refresh_from_db()
    if teams:
        operations.freeze_ranking(contest=contest, round=first, by=by)
    for name, school, codes in teams:
        operations.register_team(
            round=round,
            category=category,
            school=school,
            codes=codes,
            name=name,
            by=by,
        )
    Round.objects.filter(pk=round.pk).update(opens_at=now - timedelta(days=10), closes_at=now - timedelta(hours=2))
    for to in ("closed", "judging"):
        operations.move_contest(contest=contest, to=to, by=by, signed_name=name_of(by))
    seats = [_seat(contest, User.objects.get(username=name), by) for name in (OWN, *OTHERS)]
    operations.draw_order(round=round, by=by)
    turns = list(round.turns.select_related("round__stage__contest").order_by("position")[:2])
    if len(turns) < 2:
        return contest
    operations.call_turn(turn=turns[0], by=by)
    for part, seconds in zip(Part.objects.filter(stage=round.stage_id), (431, 240, 280, 655), strict=True):
        operations.correct_time(turn=turns[0], part=part, seconds=seconds, reason="Theo đồng hồ của ban tổ chức", by=by)
    for seat in seats:
        _score(round, seat, turns[0], chance, lock=True)
    operations.end_turn(turn=turns[0], by=by)
    for sheet in Sheet.objects.filter(turn=turns[0], state=Sheet.State.OPEN).select_related("juror"):
        operations.excuse_sheet(turn=turns[0], juror=sheet.juror, reason="Phải về sớm", by=by)
    operations.reveal_points(turn=turns[0], by=by)
    operations.call_turn(turn=turns[1], by=by)
    # The juror people try out has their own sheet still to fill in.
    for seat in seats[1:]:
        _score(round, seat, turns[1], chance, lock=seat != seats[1])
    return contest


def _teams(pupils: list[User], category: Category) -> list[tuple[str, School, list[str]]]:
    """Teams of three of one school whom the category takes, as far as the pupils reach."""
    members = Membership.objects.current().filter(user__in=pupils).select_related("school_class__school")
    of = {one.user_id: one.school_class.school for one in members}
    codes = dict(SchoolIdentifier.objects.filter(user__in=pupils, valid_to=None).values_list("user_id", "code"))
    conditions, day = Eligibility.read(category.eligibility), category.contest.reference_date
    waiting: dict[School, list[str]] = {}
    found: list[tuple[str, School, list[str]]] = []
    for one in pupils:
        if len(found) == len(NAMES):
            break
        if one.pk not in of or one.pk not in codes or judge(conditions, standing_on(one, day)[0], day):
            continue
        three = waiting.setdefault(of[one.pk], [])
        three.append(codes[one.pk])
        if len(three) == MEMBERS:
            found.append((NAMES[len(found)], of[one.pk], waiting.pop(of[one.pk])))
    return found


def _score(round: Round, seat: Juror, turn: Turn, chance: random.Random, *, lock: bool) -> None:
    lines = []
    for mark in Mark.objects.filter(part__stage=round.stage_id):
        points = round_to_quarter(float(mark.top) * chance.uniform(0.7, 0.97))
        lines.append(operations.Line(f"{turn.uuid}:{mark.pk}", 1, str(points)))
    if lock:
        lines.append(operations.Line(f"{turn.uuid}:lock", 1, True))
    operations.save_lines(round=round, seat=seat, lines=lines)


def round_to_quarter(number: float) -> float:
    return int(number * 4) / 4
