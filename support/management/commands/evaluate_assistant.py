"""`evaluate_assistant [FILE] [--tune]` (contract.md)."""

from pathlib import Path

from cms.jobs.console import ReportingCommand
from support.assistant.evaluation import HELD, TUNING, evaluate, read_questions, sweep


class Command(ReportingCommand):
    help = "Ask the assistant questions whose sources are known, and say how often it finds them and when it refuses."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "file",
            nargs="?",
            default=str(HELD),
            help='JSON lines {"question","language","expect":["url or slug"],"off_topic"}; the held set when left out',
        )
        parser.add_argument(
            "--tune", action="store_true", help="say what each threshold would give on the tuning set, change nothing"
        )

    def work(self, options):
        if options["tune"]:
            return {"thresholds": sweep(read_questions(TUNING))}
        return evaluate(read_questions(Path(options["file"])))

    def lines(self, report):
        if "thresholds" in report:
            return [
                f"{row['threshold']:.2f}  refused {row['refusal_recall']}  false refusals {row['false_refusals']}"
                for row in report["thresholds"]
            ]
        figures = [f"{name}: {value}" for name, value in report.items() if not isinstance(value, list)]
        wrong = [f"  refused wrongly: {question}" for question in report["wrongly_refused"]]
        wrong += [f"  answered wrongly: {one['question']} → {one['quoted']}" for one in report["wrongly_answered"]]
        return figures + wrong + [f"  rank {one['rank']}: {one['question']}" for one in report["missed"]]
