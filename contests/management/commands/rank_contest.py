"""The ranking of a contest as files that anybody can compute again."""

from pathlib import Path

from django.core.management.base import CommandError

from cms.jobs.console import Refused, ReportingCommand
from cms.problems import Problem
from contests.models import Contest
from contests.operations import compute_table
from contests.problems import NothingToRank
from contests.queries.contests import categories_of, round_of
from contests.snapshots import RULES, TABLE


class Command(ReportingCommand):
    help = (
        "Compute the ranking of a contest, or of one of its rounds, from the stored attempts and write ranking.csv and "
        "rules.json into a folder; of a contest with several categories also a folder for each."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("slug", help="the contest's address")
        parser.add_argument("--round", type=int, help="one round by its number; without it the whole contest")
        parser.add_argument("--output", required=True, help="the folder to write to; it is made if it is not there")

    def work(self, options):
        contest = Contest.objects.filter(slug=options["slug"]).first()
        if contest is None:
            raise Refused(f"There is no contest “{options['slug']}”.")
        try:
            round = round_of(contest, options["round"]) if options["round"] is not None else None
            table = compute_table(contest=contest, round=round)
        except Problem as problem:
            raise Refused(problem) from problem
        if not table.ranked:
            raise Refused(NothingToRank())
        folder = Path(options["output"])
        try:
            self._write(folder, table)
            categories = list(categories_of(contest))
            for category in categories if len(categories) > 1 else []:
                self._write(folder / category.slug, compute_table(contest=contest, round=round, category=category))
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.", returncode=1) from error
        return {
            "contest": contest.slug,
            "round": options["round"],
            "ranked": len(table.ranked),
            "valid_entrants": table.entrants,
            "actual": table.actual,
            "version": table.version,
            "output": str(folder),
        }

    def _write(self, folder: Path, table) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TABLE).write_bytes(table.csv)
        (folder / RULES).write_bytes(table.document)

    def lines(self, report):
        return [f"{report['ranked']} ranked of {report['valid_entrants']} entrants; in {report['output']}."]
