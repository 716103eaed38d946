"""The answers of self-checks stand in the page (ADR 0019): no question that counts may be among them."""

from pathlib import Path

import pytest
import yaml

from cms.blocks import SelfCheckBlock
from cms.text.folding import fold

STARTER = Path(__file__).resolve().parents[2] / "courses" / "starter"
KEYS = {"question", "stem"}


def _texts(value, under: str = "") -> set[str]:
    """Every text that stands at a key "question" or "stem", folded."""
    if isinstance(value, dict):
        return set().union(*(_texts(inner, under if under in KEYS else key) for key, inner in value.items()))
    if isinstance(value, list):
        return set().union(*(_texts(inner, under) for inner in value))
    return {fold(value)} if isinstance(value, str) and under in KEYS else set()


def _in(pattern: str) -> set[str]:
    return set().union(*(_texts(yaml.safe_load(path.read_text())) for path in STARTER.rglob(pattern)))


def test_a_self_check_holds_text_only_and_names_no_question_of_the_bank():
    assert {name: type(block).__name__ for name, block in SelfCheckBlock().child_blocks.items()} == {
        "question": "TextBlock",
        "options": "ListBlock",
    }


@pytest.mark.slow
def test_no_question_stands_both_in_a_quiz_and_in_a_self_check():
    checks, quizzes = _in("lesson.yaml"), _in("quiz.yaml")
    assert checks
    assert quizzes
    assert not checks & quizzes
