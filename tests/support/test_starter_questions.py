"""The figures the assistant must reach, on the starter content and questions it was not tuned on (issue: ask and be heard)."""

import pytest
from django.core.management import CommandError, call_command

from support.assistant.answering import KNOWN
from support.assistant.evaluation import HELD, TUNING, evaluate, read_questions, sweep
from support.assistant.indexing import index_everything

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_held_questions(starter_site, capsys):
    index_everything()
    held, tuning = read_questions(HELD), read_questions(TUNING)
    assert len(held) >= 200 and sum(one.off_topic for one in held) >= 50
    assert not {one.question for one in held} & {one.question for one in tuning}
    plain = [one for one in held if one.question.isascii()]
    assert len(plain) >= len(held) * 0.4, "half of them without accents"
    found = evaluate(held)
    assert found["recall_at_3"] >= 0.92 and found["recall_at_1"] >= 0.80, found["missed"]
    assert found["refusal_recall"] >= 0.95, found["wrongly_answered"]
    assert found["false_refusals"] <= 0.05, found["wrongly_refused"]
    call_command("evaluate_assistant", str(TUNING), "--json")
    assert '"recall_at_1"' in capsys.readouterr().out
    by_threshold = {row["threshold"]: row["refusal_recall"] - row["false_refusals"] for row in sweep(tuning)}
    # One question more or less moves the best one; it stays where none is better by more than that.
    assert by_threshold[KNOWN] >= max(by_threshold.values()) - 0.005, "the threshold is measured, not guessed"
    with pytest.raises(CommandError):
        call_command("evaluate_assistant", "/does/not/exist.jsonl")
