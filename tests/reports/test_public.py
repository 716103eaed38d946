"""Coverage for everybody: nobody under five is shown, and nothing shown lets them be worked out."""

import random
from itertools import product

import pytest
from django.core.cache import cache
from django.urls import reverse

from reports.models import ClassTally
from reports.queries.coverage import FEWEST_SHOWN, coverage
from reports.queries.public import _group, public_coverage, withheld
from reports.queries.scopes import province
from schools.models import School
from tests.factories.schools import make_class, make_school, make_unit, school_year
from tests.reports.test_coverage import enrol


def groups_of(cells):
    whole = _group("total", "", cells, cells)
    groups = []
    for table, place in (("units", 0), ("levels", 1)):
        for key in sorted({cell[place] for cell in cells}):
            groups.append(_group(table, key, cells, [cell for cell in cells if cell[place] == key]))
    return groups, whole


def worlds(cells, shown):
    """Every way the reached may lie that fits the shown sums: what a patient reader with the rolls in hand can find."""
    keys = list(cells)
    for values in product(*(range(cells[key][0] + 1) for key in keys)):
        world = dict(zip(keys, values, strict=True))
        if all(sum(world[cell] for cell in group.cells) == group.reached for group in shown):
            yield world


def _some(chance: random.Random):
    """Two to four communes with one or two levels, of few people, so that every possibility can be tried."""
    while True:
        units, levels = chance.randint(2, 4), chance.randint(1, 2)
        places = [
            (f"X{unit}", f"L{level}") for unit in range(units) for level in range(levels) if chance.random() < 0.8
        ]
        cells = {}
        for place in places[:5]:
            roll = chance.randint(5, 11)
            few = [0, 1, 2, 4, 5, 6, roll - 1, roll]
            cells[place] = (roll, chance.choice(few) if roll > 6 else chance.randint(0, roll))
        groups, whole = groups_of(cells)
        if cells and not whole.is_small and any(group.is_small for group in groups):
            return groups, whole, cells


@pytest.mark.parametrize("seed", range(60))
def test_whoever_tries_every_possibility_finds_no_small_group(seed):
    groups, whole, cells = _some(random.Random(seed))
    hidden = withheld(groups, whole)
    shown = [group for group in groups if group not in hidden]
    assert not [group for group in shown if group.is_small]
    possible = list(worlds(cells, [*shown, whole]))
    for group in groups:
        if group.is_small:
            values = {sum(world[cell] for cell in group.cells) for world in possible}
            assert len(values) > 1, f"{group.key} must be {values}"


def test_a_single_small_commune_takes_another_one_along():
    cells = {("X1", "thpt"): (40, 3), ("X2", "thpt"): (60, 30), ("X3", "thpt"): (80, 50)}
    groups, whole = groups_of(cells)
    assert {group.key for group in withheld(groups, whole)} == {"X1", "X2"}


def test_those_still_missing_are_a_group_too():
    cells = {("X1", "thpt"): (40, 38), ("X2", "thpt"): (60, 30), ("X3", "thpt"): (80, 50)}
    groups, whole = groups_of(cells)
    assert "X1" in {group.key for group in withheld(groups, whole)}
    assert len(withheld(groups, whole)) == 2


def test_the_other_table_does_not_give_it_away():
    """X2 has all the pupils of its level, which the other table shows: hiding X2 alone would hide nothing."""
    cells = {("X1", "thpt"): (40, 3), ("X2", "gdtx"): (60, 30), ("X3", "thpt"): (80, 50)}
    groups, whole = groups_of(cells)
    assert {group.key for group in withheld(groups, whole)} == {"X1", "X2", "X3"}


def test_nothing_is_hidden_where_nobody_is_few():
    cells = {("X1", "thpt"): (40, 0), ("X2", "thpt"): (60, 60), ("X3", "thcs"): (80, 50)}
    groups, whole = groups_of(cells)
    assert withheld(groups, whole) == set()


@pytest.fixture
def three(db):
    """Three communes: 30 of 60, 40 of 80 and 3 of 50 reached."""
    cache.clear()
    made = []
    for name, roll, reached in (("Xã Một", 60, 30), ("Xã Hai", 80, 40), ("Xã Ba", 50, 3)):
        school = make_school(f"Trường {name}", unit=make_unit(name), kind=School.Kind.UPPER)
        enrol(school, g10=roll)
        ClassTally.objects.create(
            school_year=school_year(), school=school, class_key=make_class(school).uuid, grade=10, level="thpt",
            language="vi", reached=reached, started=reached,
        )  # fmt: skip
        made.append(school)
    yield made
    cache.clear()


def test_the_page_needs_no_account_and_keeps_the_small_ones_back(three, client):
    for language, words in (("vi", "không nêu"), ("en", "not shown")):
        answer = client.get(f"/{language}/reports/public/")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert text.count(f'<span class="soft">{words}</span>') == 2
        assert "3/50" not in text
        assert "40/80" in text
        assert "73" in text, "the total"
        assert "csrf" not in text


def test_the_shown_figures_are_those_of_the_ledger(three):
    ledger = coverage(scope=province(), school_year=school_year())
    found = public_coverage(ledger)
    assert found.total == ledger.total
    units = {row.key: row.values for table in found.tables if table.key == "units" for row in table.rows}
    for one in ledger.units:
        if units[one.key][1] is not None:
            assert units[one.key] == [one.label, one.roll, one.reached, one.share()]
            assert one.reached >= FEWEST_SHOWN


def test_the_figures_stand_still_for_the_day_in_every_language(three, client):
    before = client.get(reverse("reports:public")).content.decode()
    ClassTally.objects.filter(school=three[0]).update(reached=31, started=31)
    assert "30/60" in before or "40/80" in before
    for language in ("vi", "en"):
        assert "74" not in client.get(f"/{language}/reports/public/").content.decode().split("<h2")[1]


def test_without_a_roll_there_is_nothing_to_show(db, client):
    cache.clear()
    province()
    school_year()
    make_school()
    text = client.get("/vi/reports/public/").content.decode()
    assert "Chưa có số liệu" in text
    cache.clear()


def test_every_page_leads_there(db, client):
    make_school()
    assert reverse("reports:public") in client.get("/vi/reports/public/").content.decode()
