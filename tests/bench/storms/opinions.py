"""What a survey storm needs of the database, each as a program of its own that prints one line of JSON.

`prepare` opens the survey of satisfaction; `audit FILE` compares what the writers were told with what the instance holds.
"""

import json
import os
import sys
from collections import Counter
from pathlib import Path

import django


def prepare() -> dict:
    from support.operations.surveys import make_survey, open_survey
    from support.surveys.presets import presets

    survey = open_survey(survey=make_survey(actor=None, preset=presets()["hai-long"]), actor=None)
    return {"slug": survey.slug}


def audit(slug: str, told: dict[str, int]) -> dict:
    """`told`: for each acknowledged key the step that was chosen. Everything else in the survey was told to nobody: sent,
    kept, and the answer lost on its way back, which is no fault as long as it is not there twice."""
    from support.models import SurveyAnswer
    from support.queries.survey_figures import figures

    rows = SurveyAnswer.objects.select_related("survey").filter(survey__slug=slug)
    held = {str(row.key): row.values.get("hai-long-chung") for row in rows}
    counts: Counter[str] = Counter()
    for key, step in told.items():
        counts["acknowledged_lost"] += key not in held
        counts["wrong_results"] += key in held and held[key] != step
    devices = Counter(row.device for row in rows if row.device)
    counts["duplicates"] = sum(count - 1 for count in devices.values())
    survey = rows[0].survey if held else None
    shown = figures(survey).answers if survey else 0
    counts["wrong_results"] += shown != len(held)
    return {name: counts[name] for name in ("acknowledged_lost", "duplicates", "wrong_results")} | {
        "acknowledged": len(told),
        "held": len(held),
    }


def main(task: str, *arguments: str) -> dict:
    if task == "prepare":
        return prepare()
    told = json.loads(Path(arguments[0]).read_text())
    return audit(told["slug"], told["told"])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    django.setup()
    print(json.dumps(main(*sys.argv[1:]), ensure_ascii=False))
