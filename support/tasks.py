"""Work of this room that nobody's request waits for."""

from celery import shared_task

from support.assistant import indexing, places, vectors
from support.models import Passage
from support.operations.desk import chase_late
from support.operations.surveys import close_over


@shared_task
def index_page(page_id: int) -> None:
    quotable = indexing.index_page(page_id)
    if quotable is not None:
        vectors.embed_missing(Passage.objects.filter(quotable=quotable))
    if quotable is not None and quotable.format == "guide":
        for code in indexing.codes_told(page_id):
            indexing.index_procedure(code)


@shared_task
def index_branch(page_id: int) -> None:
    indexing.index_branch(page_id)


@shared_task
def index_telling(code: str) -> None:
    """Pages that tell a procedure whose facts have changed."""
    indexing.index_pages(indexing.pages_telling(code))
    indexing.index_procedure(code)


@shared_task
def index_missed() -> None:
    indexing.index_missed()


@shared_task
def index_point(point: str) -> None:
    """A help point was entered or changed."""
    places.index_point(point)


@shared_task
def index_places() -> None:
    """All communes: a help point's validity begins or ends with a day."""
    places.index_places()


@shared_task
def embed_missing() -> None:
    """Passages whose meaning is not in numbers yet: after an embedder was switched on, or changed."""
    vectors.embed_missing()


@shared_task
def close_surveys() -> None:
    """Surveys whose last day is over; whoever runs them is told."""
    close_over()


@shared_task
def chase_questions() -> None:
    """Questions that are late, and those of people who have left."""
    chase_late()
