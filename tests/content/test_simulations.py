"""The three ready simulated portals: every step of a real one is practised, nobody in them could be real."""

import json
from pathlib import Path

import pytest
import yaml

from cms.practice import PARTS, looks_personal

STARTER = Path(__file__).resolve().parents[2] / "courses" / "starter"


def simulations() -> dict[str, dict]:
    found = {}
    for path in sorted(STARTER.glob("*/*/lesson.yaml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["blocks"]:
            if block["type"] == "simulation":
                found[f"{path.parent.parent.name}/{path.parent.name}"] = block
    return found


FOUND = simulations()


def test_there_are_three_and_together_they_practise_every_part():
    assert len(FOUND) == 3
    parts = {step["part"] for block in FOUND.values() for step in block["steps"]}
    assert parts == {name for name, _label, _icon in PARTS}


@pytest.mark.parametrize("block", FOUND.values(), ids=FOUND)
def test_nothing_in_it_looks_like_a_real_number_and_every_step_counts(block):
    assert not looks_personal(json.dumps(block, ensure_ascii=False))
    for step in block["steps"]:
        assert step["criterion"]["vi"] and step["task"]["vi"]
        for option in step.get("options", []):
            assert option["correct"] or option["feedback"]["vi"], "who is wrong is told why"
