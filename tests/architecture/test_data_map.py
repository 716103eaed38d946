"""docs/data-map.md says of every table and column whether it tells of a person, and what becomes of it."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "data-map.md").read_text(encoding="utf-8")
ROOMS = ("cms", "courses", "media", "quizzes", "schools", "contests", "reports", "support", "django_h5p")
TELLING, ACTED, NOBODY = (
    "Tables that tell of a person",
    "Tables that keep only which of the staff acted",
    "Tables that tell of nobody",
)


def section(title: str) -> str:
    return DOCUMENT.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def telling() -> dict[str, set[str]]:
    """{table: its columns} of the first list."""
    rows = re.findall(r"^\| `([\w.]+)` \| ([\w ]+) \| (.+) \| (.+) \| (.+) \|$", section(TELLING), re.M)
    return {name: set(columns.split()) for name, columns, *_words in rows}


def listed(title: str) -> list[str]:
    return re.findall(r"`([a-z0-9]+\.\w+)`", section(title))


def tables() -> dict[str, type]:
    """Every table of ours; what Django makes by itself for many-to-many relations has no class to name."""
    found = {}
    for model in apps.get_models():
        if model.__module__.split(".")[0] in ROOMS and not model._meta.proxy:
            found[model._meta.label] = model
    return found


def columns(model) -> set[str]:
    return {field.name for field in model._meta.concrete_fields if field.name != "id" and not field.primary_key} | {
        field.name for field in model._meta.concrete_fields if field.primary_key and field.is_relation
    }


def points_at_people(model) -> bool:
    return any(field.is_relation and field.related_model is get_user_model() for field in model._meta.concrete_fields)


def test_every_table_stands_in_one_list():
    named = [*telling(), *listed(ACTED), *listed(NOBODY)]
    assert len(named) == len(set(named)), "a table stands in two lists"
    assert set(named) == set(tables()), "docs/data-map.md and the models differ"


@pytest.mark.parametrize("name", sorted(telling()))
def test_every_column_of_a_telling_table_is_named(name):
    assert telling()[name] == columns(tables()[name])


@pytest.mark.parametrize("name", sorted(listed(NOBODY)))
def test_what_tells_of_nobody_points_at_nobody(name):
    model = tables()[name]
    assert not points_at_people(model)
    telling_tables = {tables()[one] for one in telling()}
    for field in model._meta.concrete_fields:
        assert field.related_model not in telling_tables, f"{name}.{field.name} leads to a person"


def test_what_the_staff_did_is_not_about_a_person():
    """A column called `user` or `learner` is somebody acted upon, not somebody who acted."""
    for name in listed(ACTED):
        assert not {"user", "person", "pupil", "full_name", "birth_date"} & columns(tables()[name]), name
