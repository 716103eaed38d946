"""`generate_load_data --schools N --classes-per-school N --pupils-per-class N --courses N --seed S` (contract.md)."""

import time

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cms.jobs.console import ReportingCommand
from schools.models import School
from schools.operations.loads.people import Size, generate


class Command(ReportingCommand):
    help = "Make a province that does not exist, with two years of results, to measure with. Never beside real people."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--schools", type=int, default=10, metavar="N")
        parser.add_argument("--classes-per-school", type=int, default=20, metavar="N")
        parser.add_argument("--pupils-per-class", type=int, default=50, metavar="N")
        parser.add_argument("--courses", type=int, default=5, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")

    def work(self, options):
        size = Size(
            options["schools"],
            options["classes_per_school"],
            options["pupils_per_class"],
            options["courses"],
            options["seed"],
        )
        if min(size.schools, size.classes, size.pupils) < 1 or size.courses < 0:
            raise CommandError(_("Give numbers from 1 on."), returncode=2)
        real = School.objects.filter(is_demo=False).exclude(code__startswith="LD")
        if real.exists() and not settings.DEBUG:
            raise CommandError(
                _("There are real schools here (%(code)s): make a database of its own.") % {"code": real[0].code},
                returncode=2,
            )
        began = time.monotonic()
        counts = generate(size, self.progress)
        return {**counts, "seconds": round(time.monotonic() - began, 1)}
