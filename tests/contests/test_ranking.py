"""The ranking is a total order, whatever order its rows come in, and anybody can compute it from what is published."""

import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.collective import SchoolFigures, rank_schools
from contests.problems import RulesRefused
from contests.publishing import rules_document, table_of
from contests.ranking import Row, actual_of, draw_of, rank, valid_entrants
from contests.rules import ORDER_KEYS, Collective, Rules

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "recompute_ranking.py"
BEGAN = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
# With two criteria that the rules name, as of a rubric and of a stage.
FULL_ORDER = (*ORDER_KEYS.items(), ("criterion:noi-dung", "desc"), ("criterion:2.1", "asc"))


@st.composite
def rows(draw):
    """Attempts with many ties: few entrants, few scores, few moments."""
    made = []
    for number in range(draw(st.integers(0, 25))):
        made.append(
            Row(
                attempt=str(UUID(int=number)),
                entrant=f"E{draw(st.integers(0, 8))}",
                unit="Trường",
                score=Decimal(draw(st.integers(0, 12))) / 4,
                prediction=draw(st.one_of(st.none(), st.integers(0, 6))),
                duration_ms=draw(st.integers(0, 3)) * 500,
                submitted_at=BEGAN + timedelta(milliseconds=draw(st.integers(0, 3))),
                round=draw(st.integers(1, 2)),
                criteria={
                    key: draw(st.one_of(st.none(), st.integers(0, 2).map(Decimal))) for key in ("noi-dung", "2.1")
                },
            )
        )
    return made


orders = st.permutations(FULL_ORDER).flatmap(lambda all: st.integers(1, len(all)).map(lambda n: tuple(all[:n])))
keeps = st.sampled_from(["best", "first", "last"])


def as_tuples(ranked):
    return [(one.rank, one.row.attempt, one.prediction_error, one.draw) for one in ranked]


@pytest.mark.slow
@given(rows(), orders, keeps, st.randoms())
@settings(max_examples=150, deadline=None)
def test_the_order_of_the_rows_changes_nothing(made, order, keep, chance):
    first = rank(made, order=order, keep=keep, seed="hạt", actual=3)
    mixed = list(made)
    chance.shuffle(mixed)
    assert as_tuples(rank(mixed, order=order, keep=keep, seed="hạt", actual=3)) == as_tuples(first)


@pytest.mark.slow
@given(rows(), orders, keeps)
@settings(max_examples=150, deadline=None)
def test_everybody_has_one_rank_and_ranks_count_who_is_before(made, order, keep):
    ranked = rank(made, order=order, keep=keep, seed="s", actual=3)
    assert sorted(one.row.entrant for one in ranked) == sorted({row.entrant for row in made})
    for place, one in enumerate(ranked, 1):
        assert one.rank == place or one.rank == ranked[place - 2].rank
    if any(key == "draw" for key, _direction in order):
        assert [one.rank for one in ranked] == list(range(1, len(ranked) + 1))


@pytest.mark.slow
@given(rows(), orders)
@settings(max_examples=150, deadline=None)
def test_the_best_attempt_of_an_entrant_is_the_best_by_the_whole_order(made, order):
    best = rank(made, order=order, keep="best", seed="s", actual=3)
    alone = [row for row in made if row.entrant not in {one.row.entrant for one in best}]
    assert not alone
    for one in best:
        others = [row for row in made if row.entrant == one.row.entrant and row.attempt != one.row.attempt]
        for other in others:
            renamed = Row(**{name: getattr(other, name) for name in Row.__slots__} | {"entrant": "other"})
            pair = rank([one.row, renamed], order=order, seed="s", actual=3)
            assert pair[0].row.attempt == one.row.attempt or pair[0].rank == pair[1].rank


@pytest.mark.slow
@given(rows(), orders, st.sampled_from(["", "entrants", "all_correct"]))
@settings(max_examples=10, deadline=None)
def test_the_script_in_the_documents_computes_the_same(tmp_path_factory, made, order, prediction):
    if not prediction:
        order = tuple(pair for pair in order if pair[0] != "prediction_error") or (("score", "desc"),)
    rules = Rules(prediction=prediction, order=order)
    actual = actual_of(made, prediction)
    ranked = rank(made, order=order, seed="a1", actual=actual)
    folder = tmp_path_factory.mktemp("published")
    table, document = folder / "ranking.csv", folder / "rules.json"
    table.write_bytes(table_of(ranked, rules))
    document.write_bytes(
        rules_document(version=1, rules=rules, valid_entrants=valid_entrants(made), actual=actual, seed="a1")
    )
    done = subprocess.run([sys.executable, str(SCRIPT), str(table), str(document)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    if len(ranked) > 1 and ranked[0].rank != ranked[-1].rank:
        lines = table.read_text(encoding="utf-8").splitlines()
        lines[1], lines[-1] = lines[-1].replace(f"{ranked[-1].rank},", "1,", 1), lines[1]
        table.write_text("\n".join(lines), encoding="utf-8")
        assert subprocess.run([sys.executable, str(SCRIPT), str(table), str(document)], capture_output=True).returncode


def test_the_script_is_short_and_uses_none_of_our_code():
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 50
    assert "contests" not in text
    assert "django" not in text


def row(entrant: str, score=1, prediction=None, seconds=60, at=0, attempt="", **more) -> Row:
    return Row(
        attempt=attempt or str(UUID(int=random.getrandbits(100))),
        entrant=entrant,
        unit="",
        score=Decimal(score),
        prediction=prediction,
        duration_ms=seconds * 1000,
        submitted_at=BEGAN + timedelta(seconds=at),
        **more,
    )


def names(ranked):
    return [(one.rank, one.row.entrant) for one in ranked]


def test_the_same_rows_rank_differently_by_other_rules():
    made = [row("gần", 9, prediction=10, seconds=300), row("nhanh", 9, prediction=40, seconds=100)]
    guess_first = (("score", "desc"), ("prediction_error", "asc"), ("duration_ms", "asc"))
    time_first = (("score", "desc"), ("duration_ms", "asc"), ("prediction_error", "asc"))
    assert names(rank(made, order=guess_first, actual=12)) == [(1, "gần"), (2, "nhanh")]
    assert names(rank(made, order=time_first, actual=12)) == [(1, "nhanh"), (2, "gần")]


def test_who_made_no_guess_stands_behind_the_worst_guess():
    made = [row("không", 9), row("xa", 9, prediction=100_000)]
    assert names(rank(made, order=(("score", "desc"), ("prediction_error", "asc")), actual=3)) == [
        (1, "xa"),
        (2, "không"),
    ]


def test_first_and_last_attempts_count_where_the_rules_say_so():
    made = [row("em", 5, at=1), row("em", 9, at=2), row("em", 7, at=3)]
    for keep, score in (("best", 9), ("first", 5), ("last", 7)):
        assert rank(made, order=(("score", "desc"),), keep=keep)[0].row.score == score


def test_another_seed_draws_other_lots():
    made = [row(str(number), attempt=str(UUID(int=number))) for number in range(30)]
    order = (("score", "desc"), ("draw", "asc"))
    assert names(rank(made, order=order, seed="a")) != names(rank(made, order=order, seed="b"))
    assert draw_of("a", "x") < 16**12


@pytest.mark.parametrize(
    ("terms", "order"),
    [
        ({}, []),
        ({}, [["luck", "asc"]]),
        ({}, [["score", "up"]]),
        ({}, [["score", "desc"], ["score", "asc"]]),
        ({}, [["score", "desc"], ["prediction_error", "asc"]]),
        ({"keep": "middle"}, [["score", "desc"]]),
        ({"per_round": 0}, [["score", "desc"]]),
        ({"per_day": True}, [["score", "desc"]]),
        ({"prizes": 3}, [["score", "desc"]]),
        ({"collective": {"order": ["luck"]}}, [["score", "desc"]]),
        ({"collective": {"by": "rate"}}, [["score", "desc"]]),
    ],
)
def test_rules_that_mean_nothing_are_refused(terms, order):
    with pytest.raises(RulesRefused):
        Rules.read(terms, order)


def school(key: str, entrants: int, roll: int | None, points: int = 0) -> SchoolFigures:
    return SchoolFigures(key=key, name=f"Trường {key}", entrants=entrants, roll=roll, points=points)


def test_schools_rank_by_participation_and_converted_points_and_say_when_data_is_missing():
    figures = [
        school("a", 50, 100, 8),
        school("b", 30, 50),
        school("c", 90, None),
        school("d", 2, 10),
        school("e", 6, 10),
    ]
    ranked = rank_schools(figures, Collective(min_entrants=5))
    assert [(one["rank"], one["key"], one["total"]) for one in ranked[:3]] == [
        (1, "b", "60.00"),
        (1, "e", "60.00"),
        (3, "a", "58.00"),
    ]
    assert {one["key"]: one["why"] for one in ranked[3:]} == {"c": "no_roll", "d": "few"}
    by_points = rank_schools(figures, Collective(order=("points", "entrants")))
    assert [one["key"] for one in by_points] == ["a", "c", "b", "e", "d"]


def test_participation_is_never_above_a_hundred():
    assert school("a", 12, 10).rate == 100
