"""`manage.py load_starter_content`: idempotent; what an editor has changed stays as it is."""

from django.utils import translation
from wagtail.models import Page

from cms.jobs.console import Refused, ReportingCommand
from cms.models import ContentPage
from cms.problems import Problem
from cms.starter import load_everything
from cms.tasks import prepare_published_page


class Command(ReportingCommand):
    help = "Load the starter content: vocabulary, pages, quizzes, courses. Running it again changes nothing."

    def work(self, options):
        try:
            with translation.override("en"):
                run = load_everything(doing=lambda name, done, total: self.progress(done, total, name))
        except Problem as problem:
            report = {"created": 0, "changed": 0, "kept": 0, "edited": [], "code": problem.code}
            raise Refused(problem, report | {"faults": getattr(problem, "faults", [])}) from problem
        if run.created or run.changed:
            self._prepare_pages()
        return {"created": run.created, "changed": run.changed, "kept": run.kept, "edited": run.edited}

    def _prepare_pages(self) -> None:
        """In this process, so that the pages have their pictures even where no worker runs."""
        pages = [
            page.pk
            for page in Page.objects.live().filter(depth__gt=1)
            if issubclass(page.specific_class or Page, ContentPage)
        ]
        for number, pk in enumerate(pages):
            self.progress(number, len(pages), "pictures")
            prepare_published_page(pk)

    def lines(self, report):
        if "faults" in report:
            return []
        counts = f"created {report['created']}, changed {report['changed']}, kept {report['kept']}"
        return [counts, *(f"  changed by an editor, kept: {label}" for label in report["edited"])]
