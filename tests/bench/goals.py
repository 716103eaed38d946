"""What the figures must reach (docs/performance.md), and whether they do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

# A goal's verdict: what was measured, in words, and whether that is good enough.
Verdict = tuple[str, bool]


@dataclass(frozen=True)
class Goal:
    """`judge` gets the figures of `case`; one that compares two cases gets those of `other` as well."""

    case: str
    text: str
    judge: Callable[..., Verdict]
    other: str = ""


def cost(case: str, milliseconds: float, times: float) -> Goal:
    """CPU time passes when either the milliseconds or the multiple of the trivial view holds."""

    def judge(row: dict) -> Verdict:
        met = row["cpu_ms"] <= milliseconds or row["cpu_vs_trivial"] <= times
        return f"{row['cpu_ms']} ms, {row['cpu_vs_trivial']} x", met

    return Goal(case, f"CPU <= {milliseconds:g} ms or {times:g} x", judge)


def most(case: str, name: str, *limits: float, unit: str = "") -> Goal:
    """A figure, or each of a list of figures, is at most its limit; a list has one limit for each of its requests."""

    def judge(row: dict) -> Verdict:
        found = row[name]
        values = found if isinstance(found, list) else [found]
        met = len(values) == len(limits) and all(
            value is not None and value <= limit for value, limit in zip(values, limits, strict=False)
        )
        return ", ".join(str(value) for value in values) + unit, met

    return Goal(case, f"{name} <= {', '.join(f'{limit:g}' for limit in limits)}{unit}", judge)


def least(case: str, name: str, limit: float) -> Goal:
    return Goal(case, f"{name} >= {limit:g}", lambda row: (str(row[name]), row[name] >= limit))


def without_fonts(case: str, kilobytes: int) -> Goal:
    def judge(row: dict) -> Verdict:
        found = row["bytes"] - row["font_bytes"]
        return f"{found / 1000:.1f} KB", found <= kilobytes * 1000

    return Goal(case, f"bytes but fonts <= {kilobytes} KB", judge)


def times_another(case: str, other: str, factor: float) -> Goal:
    def judge(row: dict, base: dict) -> Verdict:
        found = row["cpu_ms"] / base["cpu_ms"] if base["cpu_ms"] else 1
        return f"{found:.2f} x", found <= factor

    return Goal(case, f"CPU <= {factor:g} x {other}", judge, other=other)


def same_sql(case: str, other: str) -> Goal:
    def judge(row: dict, base: dict) -> Verdict:
        return f"{row['sql']} and {base['sql']}", row["sql"] == base["sql"]

    return Goal(case, f"the SQL of {other}", judge, other=other)


def _refused(row: dict) -> Verdict:
    dirty = row["with_200_errors"]
    return f"{dirty['wall_s']} s, {dirty['rejected']} rejected", dirty["wall_s"] <= 3 and dirty["rejected"] == 200


GOALS = [
    cost("catalogue_anonymous", 2.0, 5),
    most("catalogue_anonymous", "sql", 0),
    times_another("catalogue_1000", "catalogue_anonymous", 1.15),
    same_sql("catalogue_1000", "catalogue_anonymous"),
    cost("lesson_signed_in", 6, 12),
    most("lesson_signed_in", "sql", 5),
    cost("answer_save", 3.5, 7),
    most("answer_save", "sql", 3),
    most("answer_save", "writes", 1),
    most("answer_save", "p95_ms_16_writers", 60, unit=" ms"),
    least("assistant_questions", "recall_at_3", 0.92),
    least("assistant_questions", "recall_at_1", 0.80),
    least("assistant_questions", "refusal_recall", 0.95),
    most("assistant_questions", "false_refusals", 0.05),
    # Fifty questions a second on two cores, with 5,000 passages.
    most("assistant_answer", "p95_ms", 150, unit=" ms"),
    most("assistant_answer", "cpu_ms", 40, unit=" ms"),
    most("assistant_answer", "sql", 2),
    cost("quiz_of_ten", 15, 30),
    most("quiz_of_ten", "sql", 6, 3, 6),
    same_sql("quiz_of_forty", "quiz_of_ten"),
    cost("class_report_40", 8, 16),
    most("class_report_40", "sql", 6),
    cost("class_report_400", 11, 22),
    cost("class_report_2000", 25, 50),
    most("class_report_2000", "bytes", 60_000, unit=" B"),
    same_sql("class_report_400", "class_report_40"),
    same_sql("class_report_2000", "class_report_40"),
    most("search_5000", "p95_ms", 100, unit=" ms"),
    most("search_5000", "sql", 4),
    most("language_board_500", "p95_ms", 1000, unit=" ms"),
    cost("sign_in", 42, 85),
    cost("upload_5mb", 10, 20),
    most("roster_2000", "wall_s", 3, unit=" s"),
    most("roster_2000", "cpu_s", 3, unit=" s"),
    Goal("roster_2000", "with 200 wrong rows <= 3 s, each reported", _refused),
    most("front_page_weight", "requests", 10),
    without_fonts("front_page_weight", 60),
    most("front_page_weight", "font_bytes", 60_000, unit=" B"),
    most("lesson_weight", "requests", 12),
    without_fonts("lesson_weight", 90),
    most("lesson_weight", "font_bytes", 60_000, unit=" B"),
    most("lesson_weight", "warm_bytes", 12_000, unit=" B"),
    most("lesson_weight", "warm_requests", 3),
    most("memory", "web_pss_mb", 200, unit=" MB"),
    most("memory", "growth_percent", 5, unit=" %"),
]


def judged(figures: dict[str, dict], goals: Sequence[Goal] = GOALS) -> list[dict]:
    """Each goal whose figures are there: `{"case", "goal", "measured", "met"}`."""
    found = []
    for goal in goals:
        rows = [figures.get(name) for name in (goal.case, goal.other) if name]
        if any(row is None or "failure" in row or "skipped" in row for row in rows):
            continue
        try:
            measured, met = goal.judge(*rows)
        except KeyError as missing:
            measured, met = f"no figure for {missing}", False
        found.append({"case": goal.case, "goal": goal.text, "measured": measured, "met": met})
    return found
