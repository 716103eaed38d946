"""A contest on a stage as its secretary set it up: parts, teams with a drawn order, judges and a timekeeper in their seats."""

import itertools
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from contests import operations
from contests.models import Contest, Juror, Round, Turn
from contests.operations.states import name_of
from contests.presets import rule_set
from tests.factories.jury import juror
from tests.factories.schools import make_class, make_pupil, make_school, province

_numbers = itertools.count(1)
PARTS = [
    {
        "title": "Chào hỏi",
        "limit_seconds": 300,
        "grace_seconds": 15,
        "penalty_points": 1,
        "penalty_most": 3,
        "marks": [{"title": "Đúng chủ đề", "top": 10}, {"title": "Lôi cuốn", "top": 10}],
    },
    {"title": "Kiến thức", "marks": [{"title": "Trả lời đúng", "top": 20}]},
]


def contest(by, *, combine: str = "trimmed", judging: bool = True) -> Contest:
    """A communicator contest whose registration has closed and whose evening has come."""
    preset = rule_set("hoi-thi-tuyen-truyen-vien").begun(timezone.now() - timedelta(hours=1))
    document = {
        **preset,
        "rounds": [{**preset["rounds"][-1], "opens_at": timezone.now() - timedelta(hours=1)}],
        "parts": PARTS,
        "rules": {"jury": {"combine": combine}},
        "order": [["score", "desc"], ["mean", "desc"], ["criterion:2", "desc"], ["draw", "asc"]],
        "categories": [{"slug": "doi", "title": "Đội", "team_min": 1, "team_max": 5}],
    }
    made = operations.set_up_contest(document=document, organiser=province(), by=by)
    operations.move_contest(contest=made, to="open", by=by, signed_name=name_of(by))
    if judging:
        closed = timezone.now() - timedelta(minutes=5)
        Round.objects.filter(stage__contest=made).update(closes_at=closed)
        for to in ("closed", "judging"):
            operations.move_contest(contest=made, to=to, by=by, signed_name=name_of(by))
    made.refresh_from_db()
    return made


def round_of(of: Contest) -> Round:
    return Round.objects.select_related("stage__contest").get(stage__contest=of)


def team(of: Contest, by, *, school=None, name: str = "", members: int = 1) -> Turn:
    """A team of a school with freshly enrolled pupils."""
    of_class = make_class(school or make_school())
    codes = []
    for _one in range(members):
        code = f"TV{next(_numbers)}"
        make_pupil(of_class, code=code)
        codes.append(code)
    return operations.register_team(
        round=round_of(of),
        category=of.categories.get(),
        school=of_class.school,
        codes=codes,
        name=name or f"Đội {next(_numbers)}",
        by=by,
    )


def evening(by, *, teams: int = 3, judges: int = 3, **more) -> tuple[Round, list[Juror], list[Turn]]:
    """Everything up to the curtain: (round, judges, teams in their order)."""
    of = contest(by, **more)
    for _one in range(teams):
        team(of, by)
    seats = [juror(of, by) for _one in range(judges)]
    round = round_of(of)
    operations.draw_order(round=round, by=by)
    return round, seats, list(round.turns.select_related("team", "entry").order_by("position"))


def lines(turn: Turn, points, *, lock: bool = True, seq: int = 1) -> list[operations.Line]:
    """Points for each criterion in their order, and the lock, as a phone sends them."""
    from contests.models import Mark

    marks = Mark.objects.filter(part__stage=turn.round.stage_id).order_by("part__position", "position")
    found = [
        operations.Line(f"{turn.uuid}:{mark.pk}", seq, str(value))
        for mark, value in zip(marks, points, strict=True)
        if value is not None
    ]
    return [*found, operations.Line(f"{turn.uuid}:lock", 1, True)] if lock else found


def score(round: Round, seat: Juror, turn: Turn, *points) -> None:
    operations.save_lines(round=round, seat=seat, lines=lines(turn, points))


def key_of(line: str) -> tuple[UUID, str]:
    turn, what = line.split(":")
    return UUID(turn), what
