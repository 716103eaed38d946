"""What questions tell, and what of it is not proved."""

import re
from collections.abc import Iterable

from cms.vocabulary.facts import Unproved, lacking, volatile_in
from quizzes.models import Question

_DAY = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")


def question_facts() -> Iterable[Unproved]:
    """Facts of questions that may change where the question's source is empty or says no day on which it was seen."""
    rows = Question.objects.select_related("locale").prefetch_related("options").order_by("pk")
    for question in rows.iterator(chunk_size=500):
        told = [question.stem, question.explanation, *(option.text for option in question.options.all())]
        yield from lacking(
            volatile_in("\n".join(told)),
            kind="question",
            where=str(question.translation_key),
            language=question.locale.language_code,
            source=bool(question.source),
            date=bool(_DAY.search(question.source)),
        )
